//! What fields, faults, differences and trials are called on a page.

use std::collections::HashMap;

use super::super::visit::Visit;
use crate::{
    catalogue::Phrase,
    domain::{
        content::{Origin, PieceId, PieceKind, Revision},
        id::IntentId,
        language::Language,
        time::Timestamp,
    },
    intent::{
        diff::{Fate, diff},
        draft::{Field, Problem},
        edition::Edition,
        piece::Piece,
        regression::{Comparison, Outcome},
    },
    web::error::ConsoleError,
};

/// A language's own name.
pub(super) fn language(visit: &Visit, language: Language) -> String {
    visit.ctx().catalogue.say(language, Phrase::LanguageName)
}

/// A field with its language.
pub(super) fn field(visit: &Visit, field: Field) -> String {
    let name = visit.words().say(&key_of(field));
    match field.language() {
        Some(of) => visit
            .words()
            .say_with("field-in-language", &[("field", &name), ("language", &language(visit, of))]),
        None => name,
    }
}

/// A field without its language.
pub(super) fn plain_field(visit: &Visit, field: Field) -> String {
    visit.words().say(&key_of(field))
}

/// `contact.tel` is `field-contact-tel`.
fn key_of(field: Field) -> String {
    format!("field-{}", field.base().replace(['.', '_'], "-"))
}

/// What is wrong, with the place in a list.
pub(super) fn fault(visit: &Visit, problem: &Problem) -> String {
    let values = problem.fault.arguments();
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let said = visit.words().say_with(&format!("fault-{}", problem.fault.name()), &values);
    match problem.item {
        Some(item) => {
            visit.words().say_with("fault-of-item", &[("number", &(item + 1).to_string()), ("fault", &said)])
        }
        None => said,
    }
}

/// A field that differs.
pub(super) struct ShownDiff {
    pub(super) label: String,
    pub(super) is_list: bool,
    /// `del`, `ins` or `span`, and the text.
    pub(super) segments: Vec<(&'static str, String)>,
}

/// What differs between two states of a piece.
pub(super) fn diffs(visit: &Visit, before: Option<&Piece>, after: Option<&Piece>) -> Vec<ShownDiff> {
    let shown = |found: crate::intent::diff::FieldDiff| {
        let tag = |fate| match fate {
            Fate::Same => "span",
            Fate::Removed => "del",
            Fate::Added => "ins",
        };
        ShownDiff {
            label: found.field.map_or_else(|| visit.words().say("whole-file"), |one| field(visit, one)),
            is_list: found.field.is_some_and(Field::is_list),
            segments: found.segments.into_iter().map(|one| (tag(one.fate), one.text)).collect(),
        }
    };
    diff(before, after).into_iter().map(shown).collect()
}

/// The Japanese title of an intent or a topic; the name where there is none.
pub(super) fn title(edition: &Edition, piece: &str) -> String {
    let intent = edition.draft(&IntentId::new(piece)).map(|draft| &draft.title);
    let texts = intent.or_else(|| edition.topic(piece).map(|topic| &topic.title));
    texts.and_then(|texts| texts.get(&Language::Ja)).cloned().unwrap_or_else(|| piece.to_owned())
}

/// The same of a piece that may not be published.
pub(super) fn title_of(piece: &Piece) -> String {
    let (texts, name) = match piece {
        Piece::Intent(draft) => (Some(&draft.title), &draft.id),
        Piece::Topic(topic) => (Some(&topic.title), &topic.topic),
        Piece::File(file) => (None, &file.path),
    };
    texts.and_then(|texts| texts.get(&Language::Ja)).unwrap_or(name).clone()
}

/// What a change does to the answers.
pub(super) struct ShownTrial {
    /// "3 now right, 1 now wrong, …".
    pub(super) summary: String,
    /// How many questions were asked, and how many are answered rightly before and after.
    pub(super) asked: String,
    pub(super) rows: Vec<ShownDifference>,
    /// How many more there are than rows.
    pub(super) more: usize,
    /// Whether something must not break and would.
    pub(super) stops: bool,
}

/// A question that goes another way.
pub(super) struct ShownDifference {
    pub(super) text: String,
    pub(super) expected: String,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) now: String,
    pub(super) breaks: bool,
}

/// So many differences are shown.
const MOST_DIFFERENCES: usize = 200;

/// A comparison as a page shows it.
pub(super) fn trial(visit: &Visit, edition: &Edition, comparison: &Comparison) -> ShownTrial {
    let (words, summary) = (visit.words(), &comparison.summary);
    let outcome = |outcome: Outcome| {
        words.say(match outcome {
            Outcome::Right => "outcome-right",
            Outcome::Wrong => "outcome-wrong",
            Outcome::AskedBack => "outcome-asked-back",
            Outcome::Refused => "outcome-refused",
        })
    };
    let name = |id: &IntentId| title(edition, id.as_str());
    let row = |found: &crate::intent::regression::Difference| ShownDifference {
        text: found.text.clone(),
        expected: found.expected.as_ref().map_or_else(|| words.say("expected-none"), name),
        before: outcome(found.before),
        after: outcome(found.after),
        now: found.now.iter().map(name).collect::<Vec<_>>().join(" / "),
        breaks: found.breaks(),
    };
    let number = |count: usize| count.to_string();
    ShownTrial {
        summary: words.say_with(
            "trial-summary",
            &[
                ("right", &number(summary.now_right)),
                ("wrong", &number(summary.now_wrong)),
                ("asked", &number(summary.now_asked_back)),
                ("refused", &number(summary.now_refused)),
            ],
        ),
        asked: words.say_with(
            "trial-asked",
            &[
                ("count", &number(summary.questions)),
                ("before", &number(summary.right_before)),
                ("after", &number(summary.right_after)),
            ],
        ),
        rows: comparison.differences.iter().take(MOST_DIFFERENCES).map(row).collect(),
        more: comparison.differences.len().saturating_sub(MOST_DIFFERENCES),
        stops: comparison.broken().next().is_some(),
    }
}

/// Names of whoever did something, looked up once a page.
pub(super) struct People<'a> {
    visit: &'a Visit,
    known: HashMap<String, String>,
}

impl<'a> People<'a> {
    pub(super) fn new(visit: &'a Visit) -> Self {
        Self { visit, known: HashMap::new() }
    }

    /// A person's name; what the machine did by its own name.
    pub(super) async fn name(&mut self, by: &str) -> Result<String, ConsoleError> {
        if let Some(name) = self.known.get(by) {
            return Ok(name.clone());
        }
        let words = self.visit.words();
        let name = match (by, by.parse()) {
            ("files", _) => words.say("by-files"),
            ("cli" | "command-line", _) => words.say("who-command-line"),
            (_, Ok(id)) => {
                let staff = self.visit.ctx().store.load_staff(id).await?;
                staff.map_or_else(|| by.to_owned(), |staff| staff.value.name.to_string())
            }
            _ => by.to_owned(),
        };
        self.known.insert(by.to_owned(), name.clone());
        Ok(name)
    }
}

/// A moment by the account's clock.
pub(super) fn moment(visit: &Visit, at: Timestamp) -> String {
    let account = visit.account().ok().and_then(|id| visit.ctx().library.account(id));
    let zone = account.map_or(jiff::tz::TimeZone::UTC, |account| account.time_zone.clone());
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string()
}

/// Where a revision came from.
pub(super) fn origin(visit: &Visit, revision: &Revision) -> String {
    let words = visit.words();
    match &revision.origin {
        Origin::Files { .. } => words.say("origin-files"),
        Origin::Console => words.say("origin-console"),
        Origin::Return { of } => words.say_with("origin-return", &[("revision", &of.to_string())]),
    }
}

/// The address of a piece's editor; `None` for what has no editor.
pub(super) fn editor(base: &str, piece: &PieceId) -> Option<String> {
    match piece.kind() {
        PieceKind::Intent => Some(format!("{base}/{piece}")),
        PieceKind::Topic => Some(format!("{base}/topics/topic/{piece}")),
        PieceKind::File => None,
    }
}
