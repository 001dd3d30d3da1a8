//! Shapes → content: every fault of meaning becomes a problem with its place.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, civil::Date};
use regex::Regex;
use serde_saphyr::Spanned;

use super::{Problem, Severity, expression, shape};
use crate::{
    domain::{
        id::IntentId,
        language::{Language, Localized},
        message::limit::{self, TextLimit},
    },
    intent::catalog::{
        Contact, Content, FIXED_KINDS, FixedId, FixedReply, Intent, Link, QuickText, SAFETY_KINDS,
        SafetyExample, SafetyId, SafetyKind, SafetyNumber, Topic,
    },
};

/// What `_safety-examples.yaml` calls messages that only sound like danger.
const ORDINARY: &str = "ordinary";
/// A number that nobody has compared with its source for this long deserves a look, in days.
const CHECKED_WITHIN: i64 = 180;
/// The most intents of an account, and the most of anything within one intent.
const INTENTS: usize = 50_000;
const WITHIN_ONE: usize = 500;
/// An answer that is longer does not fit on a phone's screen; a warning.
const ANSWER_CHARACTERS: usize = 500;

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
        }
    }

    pub(super) fn problem(&mut self, file: &str, place: (u64, u64), severity: Severity, what: String) {
        let (line, column) = place;
        self.problems.push(Problem { file: file.to_owned(), line, column, severity, what });
    }

    fn error<T>(&mut self, file: &str, at: &Spanned<T>, what: impl Into<String>) {
        self.problem(file, place(at), Severity::Error, what.into());
    }

    fn warn<T>(&mut self, file: &str, at: &Spanned<T>, what: impl Into<String>) {
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
            for text in self.plain(file, &examples.value, "example") {
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

    pub(super) fn topic(&mut self, file: &str, shape: shape::TopicFile) {
        let name = file.rsplit('/').next().and_then(|name| name.strip_suffix(".yaml")).unwrap_or(file);
        if shape.topic.value != name {
            self.error(file, &shape.topic, format!("topic must be the file's name; write topic: {name}"));
        }
        if shape.owner.value.trim().is_empty() {
            self.error(file, &shape.owner, "owner is empty; write the department that answers for this file");
        }
        let contact = self.contact(file, &shape.contact);
        let title = self.texts(file, &shape.title, "title", limit::TITLE);
        let names = self.plain(file, &shape.names, "name");
        self.content.topics.push(Topic { id: name.to_owned(), title, names });
        for intent in shape.intents {
            if self.content.intents.len() >= INTENTS {
                self.error(file, &intent.id, format!("at most {INTENTS} intents are read"));
                return;
            }
            let intent = self.intent(file, name, &shape.owner.value, &contact, intent);
            self.content.intents.push(intent);
        }
    }

    fn intent(
        &mut self,
        file: &str,
        topic: &str,
        owner: &str,
        contact: &Contact,
        shape: shape::IntentShape,
    ) -> Intent {
        self.check_id(file, topic, &shape.id);
        let counts = [shape.keywords.len(), shape.patterns.len(), shape.quick_replies.len()];
        let examples: usize = shape.examples.values().map(Vec::len).sum();
        if counts.into_iter().chain([examples]).any(|count| count > WITHIN_ONE) {
            self.error(
                file,
                &shape.id,
                format!("an intent may have at most {WITHIN_ONE} of each; drop the weakest"),
            );
        }
        if examples == 0 && shape.keywords.is_empty() {
            self.warn(file, &shape.id, "there are no examples; add the questions that people really ask");
        }
        let (valid_from, valid_until) = self.validity(file, shape.valid.as_ref());
        for reference in &shape.follow_up {
            self.references.push((file.to_owned(), reference.clone()));
        }
        let answer = self.texts(file, &shape.answer, "answer", limit::TEXT);
        for (language, text) in &shape.answer.value {
            if text.value.chars().count() > ANSWER_CHARACTERS {
                let what = format!(
                    "the answer in {language} is longer than {ANSWER_CHARACTERS} characters; shorten it"
                );
                self.warn(file, text, what);
            }
        }
        Intent {
            id: IntentId::new(shape.id.value.as_str()),
            topic: topic.to_owned(),
            title: self.texts(file, &shape.title, "title", limit::DISPLAY_TEXT),
            owner: shape.owner.unwrap_or_else(|| owner.to_owned()),
            examples: self.examples(file, &shape.examples),
            keywords: self.plain(file, &shape.keywords, "keyword"),
            patterns: shape.patterns.iter().filter_map(|pattern| self.pattern(file, pattern)).collect(),
            answer,
            link: shape.link.map(|link| Link {
                label: self.texts(file, &link.label, "label", limit::LABEL),
                url: self.url(file, &link.url),
            }),
            quick_replies: self.quick_replies(file, &shape.quick_replies),
            contact: shape.contact.map_or_else(|| contact.clone(), |contact| self.contact(file, &contact)),
            source: shape.source.map(|source| self.url(file, &source)),
            valid_from,
            valid_until,
            follow_up: shape.follow_up.iter().map(|id| IntentId::new(id.value.as_str())).collect(),
        }
    }

    fn check_id(&mut self, file: &str, topic: &str, id: &Spanned<String>) {
        let name = id.value.strip_prefix(topic).and_then(|rest| rest.strip_prefix('.')).unwrap_or_default();
        let well_formed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
        if name.is_empty() || !name.chars().all(well_formed) || id.value.len() > 100 {
            let what =
                format!("id {:?} must be {topic}.<name> in lower case letters, digits and hyphens", id.value);
            self.error(file, id, what);
        }
        let here = format!("{file}:{}", id.referenced.line());
        if let Some(first) = self.seen.get(&id.value) {
            let what = format!("id {:?} stands already at {first}; give this one another name", id.value);
            self.error(file, id, what);
        } else {
            self.seen.insert(id.value.clone(), here);
        }
    }

    fn validity(&mut self, file: &str, valid: Option<&shape::ValidShape>) -> (Option<Date>, Option<Date>) {
        let Some(valid) = valid else { return (None, None) };
        let from = valid.from.as_ref().and_then(|day| self.day(file, day));
        let Some(place) = &valid.until else { return (from, None) };
        let until = self.day(file, place);
        if let (Some(from), Some(until)) = (from, until)
            && from > until
        {
            self.error(file, place, format!("until lies before from ({from}); swap them"));
        }
        if until.is_some_and(|until| until < self.today) {
            self.warn(file, place, "the answer has expired and is not given any more; renew or remove it");
        }
        (from, until)
    }

    fn day(&mut self, file: &str, day: &Spanned<String>) -> Option<Date> {
        let read = day.value.parse();
        if read.is_err() {
            self.error(file, day, format!("{:?} is no day; write it like 2027-03-31", day.value));
        }
        read.ok()
    }

    fn examples(
        &mut self,
        file: &str,
        examples: &BTreeMap<Language, Vec<Spanned<String>>>,
    ) -> Vec<(Language, String)> {
        examples
            .iter()
            .flat_map(|(language, list)| {
                self.plain(file, list, "example")
                    .into_iter()
                    .map(|text| (*language, text))
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    fn plain(&mut self, file: &str, list: &[Spanned<String>], what: &str) -> Vec<String> {
        for text in list {
            if text.value.trim().is_empty() {
                self.error(file, text, format!("the {what} is empty; remove it"));
            } else if text.value.chars().count() > 300 {
                self.error(file, text, format!("the {what} is longer than 300 characters; shorten it"));
            }
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
    fn texts(&mut self, file: &str, texts: &shape::Texts, what: &str, max: TextLimit) -> Localized<String> {
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

    fn tel(&mut self, file: &str, tel: &Spanned<String>) -> String {
        let digits = tel.value.chars().filter(char::is_ascii_digit).count();
        let plain = tel.value.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '#' | '+' | '*'));
        if !plain || !(2..=15).contains(&digits) {
            let what =
                format!("tel {:?} is no telephone number; write digits and hyphens, in quotes", tel.value);
            self.error(file, tel, what);
        }
        tel.value.clone()
    }

    fn url(&mut self, file: &str, url: &Spanned<String>) -> String {
        if !url.value.starts_with("https://") || url.value.contains(char::is_whitespace) {
            self.error(
                file,
                url,
                format!("{:?} is no address; write one that begins with https://", url.value),
            );
        } else if let Err(error) = limit::ACTION_URI.check(url.value.clone()) {
            self.error(file, url, error.to_string());
        }
        url.value.clone()
    }

    fn pattern(&mut self, file: &str, pattern: &Spanned<String>) -> Option<Regex> {
        match expression::compile(&pattern.value) {
            Ok(regex) if regex.is_match("") => {
                self.error(file, pattern, "the expression matches every text; make it say something");
                None
            }
            Ok(regex) => Some(regex),
            Err(what) => {
                self.error(file, pattern, format!("no valid regular expression: {what}"));
                None
            }
        }
    }

    /// One alternation of several expressions: it is tried once instead of each.
    fn alternation(&mut self, file: &str, patterns: &[Spanned<String>]) -> Option<Regex> {
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

fn place<T>(at: &Spanned<T>) -> (u64, u64) {
    (at.referenced.line(), at.referenced.column())
}
