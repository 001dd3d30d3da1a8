//! Shapes → content: every fault of meaning becomes a problem with its place.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, civil::Date};
use serde_saphyr::Spanned;

use super::{Problem, Severity, shape, typed::place};
use crate::{
    domain::{
        language::{Language, Localized},
        message::limit::{self, TextLimit},
    },
    intent::{
        catalog::{
            Contact, Content, FIXED_KINDS, FixedId, FixedReply, Intent, QuickText, SAFETY_KINDS,
            SafetyExample, SafetyId, SafetyKind, SafetyNumber, Topic,
        },
        draft::{self, TopicDraft, rules},
        elsewhere::Elsewhere,
        expression::{self, Expression},
        piece::Piece,
    },
};

/// What `_safety-examples.yaml` calls messages that only sound like danger.
const ORDINARY: &str = "ordinary";
/// A number that nobody has compared with its source for this long deserves a look, in days.
const CHECKED_WITHIN: i64 = 180;
/// The most intents of an account.
const INTENTS: usize = 50_000;

/// What has been read so far.
pub(super) struct Build {
    today: Date,
    content: Content,
    problems: Vec<Problem>,
    /// Where each intent was first seen.
    seen: BTreeMap<String, String>,
    /// References to be looked up at the end.
    references: Vec<(String, Spanned<String>)>,
    /// Every file, also those that cannot be read.
    pub(super) files: BTreeSet<String>,
    /// Messages from which danger is learned, with the names of their kinds.
    examples: Vec<(Option<String>, String)>,
    /// Topics to be offered first, with the file that says so.
    first: Vec<(String, Spanned<String>)>,
    /// What the topic files say, as typed.
    pub(super) pieces: Vec<Piece>,
}

impl Build {
    pub(super) fn new(today: Date) -> Self {
        let (content, problems) = (Content::default(), Vec::new());
        Self {
            today,
            content,
            problems,
            seen: BTreeMap::new(),
            references: Vec::new(),
            first: Vec::new(),
            files: BTreeSet::new(),
            examples: Vec::new(),
            pieces: Vec::new(),
        }
    }

    pub(super) fn problem(&mut self, file: &str, place: (u64, u64), severity: Severity, what: String) {
        let (line, column) = place;
        self.problems.push(Problem { file: file.to_owned(), line, column, severity, what });
    }

    pub(super) fn error<T>(&mut self, file: &str, at: &Spanned<T>, what: impl Into<String>) {
        self.problem(file, place(at), Severity::Error, what.into());
    }

    pub(super) fn warn<T>(&mut self, file: &str, at: &Spanned<T>, what: impl Into<String>) {
        self.problem(file, place(at), Severity::Warning, what.into());
    }

    /// Looks up the references and gives back the content if nothing stands in the way.
    pub(super) fn finish(mut self) -> (Option<Content>, Vec<Problem>) {
        for (file, reference) in std::mem::take(&mut self.references) {
            if !self.seen.contains_key(&reference.value) && !self.is_in_an_unread_file(&reference.value) {
                let what =
                    format!("there is no intent {:?} to follow up with; correct its id", reference.value);
                self.error(&file, &reference, what);
            }
        }
        self.order_topics();
        self.place_examples();
        self.problems.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        let usable = self.problems.iter().all(|problem| problem.severity != Severity::Error);
        (usable.then_some(self.content), self.problems)
    }

    /// Whether an intent's file is there and could not be read: its own problem says enough.
    fn is_in_an_unread_file(&self, id: &str) -> bool {
        let topic = id.split('.').next().unwrap_or(id);
        let is_read = self.content.topics.iter().any(|known| known.id == topic);
        !is_read && self.files.contains(&format!("{topic}.yaml"))
    }

    /// Topics and intents that were checked before.
    pub(super) fn put(&mut self, topics: Vec<Topic>, intents: Vec<Intent>) {
        self.content.topics = topics;
        self.content.intents = intents;
    }

    /// Topics are not read this time: their order says nothing.
    pub(super) fn forget_order(&mut self) {
        self.first.clear();
    }

    /// Kinds are known by their place once all files have been read.
    fn place_examples(&mut self) {
        for (kind, text) in std::mem::take(&mut self.examples) {
            let place = |kind: &str| self.content.safety.iter().position(|known| known.id.as_str() == kind);
            match kind.map(|kind| place(&kind)) {
                None => self.content.safety_examples.push(SafetyExample { text, kind: None }),
                Some(Some(kind)) => {
                    self.content.safety_examples.push(SafetyExample { text, kind: Some(kind) });
                }
                // A kind without a reply: there would be nothing to say.
                Some(None) => {}
            }
        }
    }

    pub(super) fn safety_examples(&mut self, file: &str, shape: shape::SafetyExamplesFile) {
        for (kind, examples) in shape {
            let known = SAFETY_KINDS.contains(&kind.as_str());
            if !known && kind != ORDINARY {
                let names = SAFETY_KINDS.join(", ");
                self.error(file, &examples, format!("{kind:?} is no kind; write one of {names}, {ORDINARY}"));
                continue;
            }
            for text in self.plain(file, &examples.value) {
                self.examples.push((known.then(|| kind.clone()), text));
            }
        }
    }

    fn order_topics(&mut self) {
        let first = std::mem::take(&mut self.first);
        for (file, name) in &first {
            if !self.files.contains(&format!("{}.yaml", name.value)) {
                let what =
                    format!("there is no topic {:?}; write the name of a file without .yaml", name.value);
                self.error(file, name, what);
            }
        }
        let place = |id: &str| first.iter().position(|(_, name)| name.value == id).unwrap_or(first.len());
        self.content.topics.sort_by_key(|topic| place(&topic.id));
    }

    pub(super) fn topic(&mut self, file: &str, shape: &shape::TopicFile) {
        let name = file.rsplit('/').next().and_then(|name| name.strip_suffix(".yaml")).unwrap_or(file);
        if shape.topic.value != name {
            self.error(file, &shape.topic, format!("topic must be the file's name; write topic: {name}"));
        }
        let typed = shape.draft(name);
        let (topic, _, problems) = draft::check_topic(&typed);
        self.place_problems(file, problems, |field, item| shape.place(field, item));
        self.content.topics.push(topic);
        for intent in &shape.intents {
            if self.content.intents.len() >= INTENTS {
                self.error(file, &intent.id, format!("at most {INTENTS} intents are read"));
                break;
            }
            self.intent(file, &typed, intent);
        }
        self.pieces.push(Piece::Topic(typed));
    }

    fn intent(&mut self, file: &str, topic: &TopicDraft, shape: &shape::IntentShape) {
        for reference in &shape.follow_up {
            self.references.push((file.to_owned(), reference.clone()));
        }
        let typed = shape.draft();
        let (intent, problems) = draft::check(&typed, topic, self.today);
        self.place_problems(file, problems, |field, item| shape.place(field, item));
        self.check_id(file, &shape.id);
        self.content.intents.extend(intent);
        self.pieces.push(Piece::Intent(typed));
    }

    fn place_problems(
        &mut self,
        file: &str,
        problems: Vec<draft::Problem>,
        place: impl Fn(draft::Field, Option<usize>) -> (u64, u64),
    ) {
        for problem in problems {
            let place = place(problem.field, problem.item);
            self.problem(file, place, problem.severity(), problem.to_string());
        }
    }

    fn check_id(&mut self, file: &str, id: &Spanned<String>) {
        let here = format!("{file}:{}", id.referenced.line());
        if let Some(first) = self.seen.get(&id.value) {
            let what = format!("id {:?} stands already at {first}; give this one another name", id.value);
            self.error(file, id, what);
        } else {
            self.seen.insert(id.value.clone(), here);
        }
    }

    fn day(&mut self, file: &str, day: &Spanned<String>) -> Option<Date> {
        let read = rules::day(&day.value);
        self.rule(file, day, draft::Field::CheckedOn, read)
    }

    pub(super) fn examples(
        &mut self,
        file: &str,
        examples: &BTreeMap<Language, Vec<Spanned<String>>>,
    ) -> Vec<(Language, String)> {
        let mut all = Vec::new();
        for (language, list) in examples {
            all.extend(self.plain(file, list).into_iter().map(|text| (*language, text)));
        }
        all
    }

    pub(super) fn plain(&mut self, file: &str, list: &[Spanned<String>]) -> Vec<String> {
        for text in list {
            self.rule(file, text, draft::Field::Examples(Language::Ja), rules::item(&text.value));
        }
        list.iter().map(|text| text.value.clone()).collect()
    }

    fn quick_replies(&mut self, file: &str, list: &[shape::QuickShape]) -> Vec<QuickText> {
        list.iter()
            .map(|quick| QuickText {
                label: self.texts(file, &quick.label, "label", limit::LABEL),
                text: self.texts(file, &quick.text, "text", limit::ACTION_TEXT),
            })
            .collect()
    }

    /// A text in several languages: Japanese is there, none is empty or too long for LINE.
    pub(super) fn texts(
        &mut self,
        file: &str,
        texts: &shape::Texts,
        what: &str,
        max: TextLimit,
    ) -> Localized<String> {
        if !texts.value.contains_key(&Language::Ja) {
            self.error(file, texts, format!("{what} has no Japanese; add ja"));
        }
        for (language, text) in &texts.value {
            if let Err(error) = max.check(text.value.trim().to_owned()) {
                self.error(file, text, format!("{what} in {language}: {error}"));
            }
        }
        let trimmed = texts.value.iter().map(|(language, text)| (*language, text.value.trim().to_owned()));
        Localized::new(trimmed.collect())
    }

    fn contact(&mut self, file: &str, shape: &shape::ContactShape) -> Contact {
        Contact {
            name: self.texts(file, &shape.name, "name", limit::BUTTONS_TEXT),
            tel: shape.tel.as_ref().map(|tel| self.tel(file, tel)),
            hours: self.texts(file, &shape.hours, "hours", limit::BUTTONS_TEXT),
        }
    }

    pub(super) fn tel(&mut self, file: &str, tel: &Spanned<String>) -> String {
        self.rule(file, tel, draft::Field::ContactTel, rules::telephone(&tel.value));
        tel.value.clone()
    }

    pub(super) fn url(&mut self, file: &str, url: &Spanned<String>) -> String {
        self.rule(file, url, draft::Field::LinkUrl, rules::address(&url.value));
        url.value.clone()
    }

    pub(super) fn pattern(&mut self, file: &str, pattern: &Spanned<String>) -> Option<Expression> {
        self.rule(file, pattern, draft::Field::Patterns, rules::pattern(&pattern.value))
    }

    /// What a rule gave, or its fault as a problem of this place.
    fn rule<T>(
        &mut self,
        file: &str,
        at: &Spanned<String>,
        field: draft::Field,
        result: Result<T, draft::Fault>,
    ) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(fault) => {
                self.error(file, at, draft::Problem { field, item: Some(0), fault }.to_string());
                None
            }
        }
    }

    /// One alternation of several expressions: it is tried once instead of each.
    fn alternation(&mut self, file: &str, patterns: &[Spanned<String>]) -> Option<Expression> {
        let first = patterns.first()?;
        let values = |patterns: &[&Spanned<String>]| {
            expression::alternation(patterns.iter().map(|pattern| pattern.value.as_str()))
        };
        if let Some(whole) = values(&patterns.iter().collect::<Vec<_>>()) {
            return Some(whole);
        }
        let sound: Vec<&Spanned<String>> =
            patterns.iter().filter(|pattern| self.pattern(file, pattern).is_some()).collect();
        if sound.is_empty() {
            return None;
        }
        let whole = values(&sound);
        if whole.is_none() {
            self.error(file, first, "these expressions are too large together; simplify the longest");
        }
        whole
    }

    pub(super) fn is_elsewhere(&mut self, elsewhere: Elsewhere) {
        self.content.elsewhere = elsewhere;
    }

    pub(super) fn safety(&mut self, file: &str, shape: shape::SafetyFile) {
        let mut kinds = BTreeSet::new();
        for kind in shape.kinds {
            if !SAFETY_KINDS.contains(&kind.id.value.as_str()) {
                let what = format!(
                    "{:?} is no kind of danger; write one of {}",
                    kind.id.value,
                    SAFETY_KINDS.join(", ")
                );
                self.error(file, &kind.id, what);
                continue;
            }
            if !kinds.insert(kind.id.value.clone()) {
                self.error(file, &kind.id, format!("{:?} stands twice; put both into one", kind.id.value));
            }
            if kind.numbers.is_empty() {
                self.error(file, &kind.id, "there are no numbers; write at least one to call");
            }
            let title = self.texts(file, &kind.title, "title", limit::TITLE);
            let reply = self.texts(file, &kind.reply, "reply", limit::TEXT);
            for language in Language::ALL.iter().filter(|l| !kind.reply.value.contains_key(l)) {
                let what = format!(
                    "the reply is missing in {language}; in danger everybody needs their own language"
                );
                self.warn(file, &kind.reply, what);
            }
            let numbers = kind.numbers.iter().map(|number| self.number(file, number)).collect();
            let exceptions = self.alternation(file, &kind.exceptions);
            let Some(patterns) = self.alternation(file, &kind.patterns) else {
                self.error(file, &kind.id, "there are no patterns; without any this kind is never found");
                continue;
            };
            let id = SafetyId(kind.id.value);
            self.content.safety.push(SafetyKind { id, title, patterns, exceptions, reply, numbers });
        }
        let order = |kind: &SafetyKind| SAFETY_KINDS.iter().position(|id| *id == kind.id.as_str());
        self.content.safety.sort_by_key(order);
    }

    fn number(&mut self, file: &str, shape: &shape::NumberShape) -> SafetyNumber {
        let checked_on = self.day(file, &shape.checked_on).unwrap_or(self.today);
        let age = checked_on.duration_until(self.today);
        if age > SignedDuration::from_hours(24 * CHECKED_WITHIN) {
            let what = format!(
                "this number was last compared with its source on {checked_on}, over {CHECKED_WITHIN} days ago; look \
                 again and write today's date"
            );
            self.warn(file, &shape.checked_on, what);
        }
        if checked_on > self.today {
            self.warn(
                file,
                &shape.checked_on,
                "checked_on lies in the future; write the day on which it was checked",
            );
        }
        SafetyNumber {
            name: self.texts(file, &shape.name, "name", limit::BUTTONS_TEXT),
            tel: self.tel(file, &shape.tel),
            hours: self.texts(file, &shape.hours, "hours", limit::BUTTONS_TEXT),
            source: self.url(file, &shape.source),
            checked_on,
        }
    }

    pub(super) fn fixed(&mut self, file: &str, shape: shape::FixedFile) {
        self.content.desk = shape.desk.map(|desk| self.contact(file, &desk));
        self.first = shape.topics.into_iter().map(|name| (file.to_owned(), name)).collect();
        for kind in shape.kinds {
            if !FIXED_KINDS.contains(&kind.id.value.as_str()) {
                let what =
                    format!("{:?} is no fixed reply; write one of {}", kind.id.value, FIXED_KINDS.join(", "));
                self.error(file, &kind.id, what);
                continue;
            }
            let reply = self.texts(file, &kind.reply, "reply", limit::TEXT);
            let quick_replies = self.quick_replies(file, &kind.quick_replies);
            let patterns = self.alternation(file, &kind.patterns);
            let id = FixedId(kind.id.value);
            self.content.fixed.push(FixedReply { id, patterns, reply, quick_replies });
        }
    }
}
