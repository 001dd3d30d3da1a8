//! Draft → intent, or what is wrong at which field.

use jiff::civil::Date;

use super::{ContactDraft, Draft, Fault, Field, LinkDraft, Problem, Texts, TopicDraft, rules};
use crate::{
    domain::{
        id::IntentId,
        language::{Language, Localized},
        message::limit::{self, TextLimit},
    },
    intent::{
        catalog::{Contact, Intent, Link, QuickText, Topic},
        expression::Expression,
        source::Severity,
    },
};

/// The most of anything within one intent.
const WITHIN_ONE: usize = 500;
/// An answer that is longer does not fit on a phone's screen.
const ANSWER_CHARACTERS: usize = 500;

/// Checks an intent of a topic. It comes back when there is no error; problems come back always. Whether
/// the intents that it follows up with exist is for whoever knows them all.
pub fn check(draft: &Draft, topic: &TopicDraft, today: Date) -> (Option<Intent>, Vec<Problem>) {
    let mut check = Check::default();
    check.id(&draft.id, &topic.topic);
    check.counts(draft);
    if draft.owner.as_deref().is_some_and(|owner| owner.trim().is_empty()) {
        check.fault(Field::Owner, Fault::NoOwner);
    }
    let (valid_from, valid_until) = check.validity(draft, today);
    if let Some(day) = check.day(Field::CheckedOn, draft.checked_on.as_deref())
        && day > today
    {
        check.fault(Field::CheckedOn, Fault::InFuture);
    }
    for (at, question) in draft.must_not_break.iter().enumerate() {
        check.item(Field::MustNotBreak, at, rules::item(question));
    }
    let answer = check.texts(&draft.answer, Field::Answer, limit::TEXT);
    for (language, text) in &draft.answer {
        if text.chars().count() > ANSWER_CHARACTERS {
            check.fault(Field::Answer(*language), Fault::LongAnswer { max: ANSWER_CHARACTERS });
        }
    }
    let contact = match &draft.contact {
        Some(own) => check.contact(own),
        // The topic's own faults are told with the topic.
        None => Check::default().contact(&topic.contact),
    };
    let intent = Intent {
        id: IntentId::new(draft.id.as_str()),
        topic: topic.topic.clone(),
        title: check.texts(&draft.title, Field::Title, limit::DISPLAY_TEXT),
        owner: draft.owner.clone().unwrap_or_else(|| topic.owner.clone()),
        examples: check.examples(draft),
        keywords: check.list(Field::Keywords, &draft.keywords),
        patterns: check.patterns(draft),
        answer,
        link: draft.link.as_ref().map(|link| check.link(link)),
        quick_replies: check.quick_replies(draft),
        contact,
        source: draft.source.clone().inspect(|source| check.one(Field::Source, rules::address(source))),
        valid_from,
        valid_until,
        follow_up: draft.follow_up.iter().map(|id| IntentId::new(id.as_str())).collect(),
    };
    let sound = check.problems.iter().all(|problem| problem.severity() != Severity::Error);
    (sound.then_some(intent), check.problems)
}

/// Checks what the intents of a topic have in common.
pub fn check_topic(draft: &TopicDraft) -> (Topic, Contact, Vec<Problem>) {
    let mut check = Check::default();
    if draft.owner.trim().is_empty() {
        check.fault(Field::Owner, Fault::NoOwner);
    }
    let contact = check.contact(&draft.contact);
    let title = check.texts(&draft.title, Field::Title, limit::TITLE);
    let names = check.list(Field::Names, &draft.names);
    (Topic { id: draft.topic.clone(), title, names }, contact, check.problems)
}

#[derive(Default)]
struct Check {
    problems: Vec<Problem>,
}

impl Check {
    fn fault(&mut self, field: Field, fault: Fault) {
        self.problems.push(Problem::new(field, fault));
    }

    fn one(&mut self, field: Field, result: Result<(), Fault>) {
        if let Err(fault) = result {
            self.fault(field, fault);
        }
    }

    fn item(&mut self, field: Field, item: usize, result: Result<(), Fault>) {
        if let Err(fault) = result {
            self.problems.push(Problem { field, item: Some(item), fault });
        }
    }

    fn id(&mut self, id: &str, topic: &str) {
        let name = id.strip_prefix(topic).and_then(|rest| rest.strip_prefix('.')).unwrap_or_default();
        let well_formed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
        if name.is_empty() || !name.chars().all(well_formed) || id.len() > 100 {
            self.fault(Field::Id, Fault::Id { id: id.to_owned(), topic: topic.to_owned() });
        }
    }

    fn counts(&mut self, draft: &Draft) {
        let examples: usize = draft.examples.values().map(Vec::len).sum();
        let counts = [
            draft.keywords.len(),
            draft.patterns.len(),
            draft.quick_replies.len(),
            draft.must_not_break.len(),
            examples,
        ];
        if counts.into_iter().any(|count| count > WITHIN_ONE) {
            self.fault(Field::Id, Fault::TooMany { max: WITHIN_ONE });
        }
        if examples == 0 && draft.keywords.is_empty() {
            self.fault(Field::Id, Fault::NoExamples);
        }
    }

    fn day(&mut self, field: Field, day: Option<&str>) -> Option<Date> {
        match rules::day(day?) {
            Ok(day) => Some(day),
            Err(fault) => {
                self.fault(field, fault);
                None
            }
        }
    }

    fn validity(&mut self, draft: &Draft, today: Date) -> (Option<Date>, Option<Date>) {
        let Some(valid) = &draft.valid else { return (None, None) };
        let from = self.day(Field::ValidFrom, valid.from.as_deref());
        let until = self.day(Field::ValidUntil, valid.until.as_deref());
        if let (Some(from), Some(until)) = (from, until)
            && from > until
        {
            self.fault(Field::ValidUntil, Fault::UntilBeforeFrom { from });
        }
        if until.is_some_and(|until| until < today) {
            self.fault(Field::ValidUntil, Fault::Expired);
        }
        (from, until)
    }

    fn list(&mut self, field: Field, list: &[String]) -> Vec<String> {
        for (at, text) in list.iter().enumerate() {
            self.item(field, at, rules::item(text));
        }
        list.to_vec()
    }

    fn examples(&mut self, draft: &Draft) -> Vec<(Language, String)> {
        let mut examples = Vec::new();
        for (language, list) in &draft.examples {
            let checked = self.list(Field::Examples(*language), list);
            examples.extend(checked.into_iter().map(|text| (*language, text)));
        }
        examples
    }

    fn patterns(&mut self, draft: &Draft) -> Vec<Expression> {
        let mut sound = Vec::new();
        for (at, pattern) in draft.patterns.iter().enumerate() {
            let read = rules::pattern(pattern).map(|expression| sound.push(expression));
            self.item(Field::Patterns, at, read);
        }
        sound
    }

    /// A text in several languages: Japanese is there, none is empty or too long for LINE.
    fn texts(&mut self, texts: &Texts, field: fn(Language) -> Field, max: TextLimit) -> Localized<String> {
        self.texts_of(None, texts, field, max)
    }

    fn texts_of(
        &mut self,
        item: Option<usize>,
        texts: &Texts,
        field: fn(Language) -> Field,
        max: TextLimit,
    ) -> Localized<String> {
        if !texts.contains_key(&Language::Ja) {
            self.problems.push(Problem { field: field(Language::Ja), item, fault: Fault::NoJapanese });
        }
        for (language, text) in texts {
            if let Err(fault) = rules::text(text, max) {
                self.problems.push(Problem { field: field(*language), item, fault });
            }
        }
        Localized::new(texts.iter().map(|(language, text)| (*language, text.trim().to_owned())).collect())
    }

    fn link(&mut self, link: &LinkDraft) -> Link {
        self.one(Field::LinkUrl, rules::address(&link.url));
        Link { label: self.texts(&link.label, Field::LinkLabel, limit::LABEL), url: link.url.clone() }
    }

    fn quick_replies(&mut self, draft: &Draft) -> Vec<QuickText> {
        let quick = draft.quick_replies.iter().enumerate();
        quick
            .map(|(at, quick)| QuickText {
                label: self.texts_of(Some(at), &quick.label, Field::QuickLabel, limit::LABEL),
                text: self.texts_of(Some(at), &quick.text, Field::QuickText, limit::ACTION_TEXT),
            })
            .collect()
    }

    fn contact(&mut self, contact: &ContactDraft) -> Contact {
        if let Some(tel) = &contact.tel {
            self.one(Field::ContactTel, rules::telephone(tel));
        }
        Contact {
            name: self.texts(&contact.name, Field::ContactName, limit::BUTTONS_TEXT),
            tel: contact.tel.clone(),
            hours: self.texts(&contact.hours, Field::ContactHours, limit::BUTTONS_TEXT),
        }
    }
}
