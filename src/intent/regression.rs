//! What a change does to the answers: the same questions against two snapshots.
//!
//! The console shows it before publishing. Questions come from the account's regression set, from examples
//! that the caller has held out, and from the intents' own `must_not_break`; those stop a publication that
//! loses them.

use serde::Serialize;

use super::{DecisionKind, Query, Snapshot, check::Question, edition::Edition};
use crate::domain::{id::IntentId, language::Language};

/// A question, and whether it may be lost.
#[derive(Debug, Clone)]
pub struct Item {
    /// The question with its expected intent.
    pub question: Question,
    /// Whether a change that loses it is not published.
    pub must_not_break: bool,
}

/// How a question went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Answered with the right intent; for a question that nothing here answers: refused.
    Right,
    /// Answered with something else, or taken for something that is no question.
    Wrong,
    /// Asked back.
    AskedBack,
    /// Refused, though something here answers it.
    Refused,
}

/// A question that goes another way than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The question.
    pub text: String,
    /// What answers it.
    pub expected: Option<IntentId>,
    /// Whether it may be lost.
    pub must_not_break: bool,
    /// How it went.
    pub before: Outcome,
    /// How it goes.
    pub after: Outcome,
    /// What it is answered with now, or what is offered, the nearest first.
    pub now: Vec<IntentId>,
}

impl Difference {
    /// Whether this alone stops a publication: a question that must not break was right and is so no more.
    pub fn breaks(&self) -> bool {
        self.must_not_break && self.before == Outcome::Right && self.after != Outcome::Right
    }
}

/// How many questions go which way now and went another way before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Questions that were asked.
    pub questions: usize,
    /// Right before.
    pub right_before: usize,
    /// Right now.
    pub right_after: usize,
    /// Newly right.
    pub now_right: usize,
    /// Newly wrong.
    pub now_wrong: usize,
    /// Newly asked back.
    pub now_asked_back: usize,
    /// Newly refused.
    pub now_refused: usize,
}

/// What a comparison found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The counts.
    pub summary: Summary,
    /// The questions that go another way: those that stop a publication first, then those that get worse,
    /// each in the order of the questions.
    pub differences: Vec<Difference>,
}

impl Comparison {
    /// What stops a publication.
    pub fn broken(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|difference| difference.breaks())
    }
}

/// The questions that must not break, of all intents.
pub fn must_not_break(edition: &Edition) -> Vec<Item> {
    let of = |draft: &super::draft::Draft| {
        let intent = IntentId::new(draft.id.as_str());
        let items = draft.must_not_break.iter().map(move |text| Item {
            question: Question {
                text: text.clone(),
                lang: None,
                intent: Some(intent.clone()),
                also: Vec::new(),
            },
            must_not_break: true,
        });
        items.collect::<Vec<_>>()
    };
    edition.drafts().flat_map(of).collect()
}

/// Asks every question of both snapshots.
pub fn compare(
    before: &Snapshot,
    after: &Snapshot,
    offered: &[Language],
    today: jiff::civil::Date,
    items: &[Item],
) -> Comparison {
    let mut comparison = Comparison::default();
    let summary = &mut comparison.summary;
    for item in items {
        let ask = |snapshot: &Snapshot| {
            let query = Query { text: &item.question.text, language: item.question.lang, offered, today };
            judge(&item.question, snapshot.decide(&query).kind)
        };
        let ((was, _), (is, now)) = (ask(before), ask(after));
        summary.questions += 1;
        summary.right_before += usize::from(was == Outcome::Right);
        summary.right_after += usize::from(is == Outcome::Right);
        if was == is {
            continue;
        }
        match is {
            Outcome::Right => summary.now_right += 1,
            Outcome::Wrong => summary.now_wrong += 1,
            Outcome::AskedBack => summary.now_asked_back += 1,
            Outcome::Refused => summary.now_refused += 1,
        }
        comparison.differences.push(Difference {
            text: item.question.text.clone(),
            expected: item.question.intent.clone(),
            must_not_break: item.must_not_break,
            before: was,
            after: is,
            now,
        });
    }
    comparison
        .differences
        .sort_by_key(|difference| (!difference.breaks(), difference.after == Outcome::Right));
    comparison
}

fn judge(question: &Question, kind: DecisionKind) -> (Outcome, Vec<IntentId>) {
    match (kind, &question.intent) {
        (DecisionKind::Answer(id), _) => {
            (if question.is_right(&id) { Outcome::Right } else { Outcome::Wrong }, vec![id])
        }
        (DecisionKind::Ask { choices, .. }, _) => (Outcome::AskedBack, choices),
        (DecisionKind::Refuse { nearby, .. }, expected) => {
            (if expected.is_none() { Outcome::Right } else { Outcome::Refused }, nearby)
        }
        // Safety, fixed replies and languages: no answer of an intent.
        (_, expected) => (if expected.is_none() { Outcome::Right } else { Outcome::Wrong }, Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intent::{piece::Piece, source};

    fn today() -> jiff::civil::Date {
        jiff::civil::date(2026, 11, 24)
    }

    fn edition(keyword: &str) -> Edition {
        let text = format!(
            "topic: garbage\ntitle: {{ ja: ごみ }}\nowner: 環境局\n\
             contact: {{ name: {{ ja: 課 }}, hours: {{ ja: 平日 }} }}\nintents:\n\
             \x20 - {{ id: garbage.bulky, title: {{ ja: 粗大ごみの出し方 }}, keywords: [{keyword}], \
             answer: {{ ja: 予約 }}, must_not_break: [ソファ] }}\n\
             \x20 - {{ id: garbage.days, title: {{ ja: 収集日はいつ }}, answer: {{ ja: 月曜 }}, examples: {{ ja: [何曜日] }} }}\n"
        );
        let files = [source::SourceFile { path: "garbage.yaml".into(), text }];
        let pieces = source::read_pieces(&files, today()).pieces;
        let pieces = pieces.into_iter().map(|piece: Piece| (piece.id().unwrap(), Some(piece)));
        Edition::default().with(pieces, today())
    }

    fn item(text: &str, intent: Option<&str>) -> Item {
        let question =
            Question { text: text.into(), lang: None, intent: intent.map(IntentId::new), also: Vec::new() };
        Item { question, must_not_break: false }
    }

    fn run(before: &Edition, after: &Edition, items: &[Item]) -> Comparison {
        let compiled = |edition: &Edition| Snapshot::compile(edition.content(today()).0.unwrap());
        compare(&compiled(before), &compiled(after), &[Language::Ja], today(), items)
    }

    #[test]
    fn what_goes_another_way_is_counted_and_listed_the_worst_first() {
        let (with, without) = (edition("ソファ"), edition("タンス"));
        let mut items = vec![
            item("タンス", Some("garbage.bulky")),
            item("何曜日", Some("garbage.days")),
            item("市長の名前", None),
        ];
        items.extend(must_not_break(&with));
        let lost = run(&with, &without, &items);
        assert_eq!((lost.summary.questions, lost.summary.now_right, lost.summary.now_refused), (4, 1, 1));
        assert_eq!((lost.summary.right_before, lost.summary.right_after), (3, 3));
        let broken: Vec<&str> = lost.broken().map(|difference| difference.text.as_str()).collect();
        assert_eq!(broken, ["ソファ"]);
        assert!(lost.differences[0].breaks() && lost.differences[1].after == Outcome::Right);
        let won = run(&without, &with, &items);
        assert_eq!((won.summary.now_right, won.broken().count()), (1, 0), "what was not right cannot break");
        assert_eq!(run(&with, &with, &items).differences, []);
    }
}
