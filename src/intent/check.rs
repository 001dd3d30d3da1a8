//! The regression run: questions with their expected intents, and how the engine did.
//!
//! `todoke intents eval` prints it; the console will show it before publishing.

use serde::{Deserialize, Serialize};

use super::{DecisionKind, Query, Snapshot};
use crate::domain::{id::IntentId, language::Language};

/// A question whose right answer is known.
#[derive(Debug, Clone, Deserialize)]
pub struct Question {
    /// As a resident would type it.
    pub text: String,
    /// In which language.
    #[serde(default)]
    pub lang: Option<Language>,
    /// The intent that answers it; `None`: nothing here does.
    pub intent: Option<IntentId>,
    /// Other intents that are as right.
    #[serde(default)]
    pub also: Vec<IntentId>,
}

impl Question {
    /// Whether this intent answers it.
    pub fn is_right(&self, id: &IntentId) -> bool {
        self.intent.as_ref() == Some(id) || self.also.contains(id)
    }
}

/// Reads a regression set: a question a line. An error names the line.
pub fn read_questions(text: &str) -> Result<Vec<Question>, String> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let read = |(number, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| format!("line {number} is no question: {error}"))
    };
    lines.map(read).collect()
}

/// How a set of questions was answered. Shares are of the answerable, unless they say otherwise.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Questions with an intent.
    pub answerable: usize,
    /// Questions without one.
    pub unanswerable: usize,
    /// The right intent ranked first.
    pub top_1: f64,
    /// The right intent ranked among the first three.
    pub top_3: f64,
    /// Answered outright, with whatever intent.
    pub answered: f64,
    /// Answered outright with the right intent.
    pub answered_right: f64,
    /// Answered outright with a wrong intent.
    pub answered_wrong: f64,
    /// Asked back.
    pub asked: f64,
    /// Asked back with the right intent among the choices.
    pub asked_right: f64,
    /// Refused.
    pub refused: f64,
    /// Of the unanswerable: refused or asked back.
    pub others_not_answered: f64,
    /// Of all questions: answered outright with something wrong.
    pub wrong_with_confidence: f64,
}

/// One question that did not go as it should.
#[derive(Debug, Clone, Serialize)]
pub struct Miss {
    /// The question.
    pub text: String,
    /// What was expected.
    pub expected: Option<IntentId>,
    /// What was decided.
    pub decision: &'static str,
    /// The intent that was ranked first.
    pub first: Option<IntentId>,
    /// How surely.
    pub confidence: f32,
}

/// Runs every question.
pub fn run(
    snapshot: &Snapshot,
    offered: &[Language],
    today: jiff::civil::Date,
    questions: &[Question],
) -> (Figures, Vec<Miss>) {
    let mut counts = Counts::default();
    let mut misses = Vec::new();
    for question in questions {
        let decision = snapshot.decide(&Query { text: &question.text, language: None, offered, today });
        let ranked = snapshot.rank(&question.text, 3);
        let well = counts.add(question, &decision.kind, &ranked);
        if !well {
            misses.push(Miss {
                text: question.text.clone(),
                expected: question.intent.clone(),
                decision: decision.kind.name(),
                first: ranked.first().map(|(id, _)| id.clone()),
                confidence: decision.confidence,
            });
        }
    }
    (counts.figures(), misses)
}

#[derive(Default)]
struct Counts {
    answerable: usize,
    unanswerable: usize,
    top_1: usize,
    top_3: usize,
    right: usize,
    wrong: usize,
    asked: usize,
    asked_right: usize,
    refused: usize,
    others_answered: usize,
}

impl Counts {
    /// Counts one question; whether it went as it should.
    fn add(&mut self, question: &Question, kind: &DecisionKind, ranked: &[(IntentId, f32)]) -> bool {
        if question.intent.is_none() {
            self.unanswerable += 1;
            let answered = matches!(kind, DecisionKind::Answer(_));
            self.others_answered += usize::from(answered);
            return !answered;
        }
        self.answerable += 1;
        let first = ranked.first().is_some_and(|(id, _)| question.is_right(id));
        self.top_1 += usize::from(first);
        self.top_3 += usize::from(ranked.iter().take(3).any(|(id, _)| question.is_right(id)));
        match kind {
            DecisionKind::Answer(id) if question.is_right(id) => {
                self.right += 1;
                true
            }
            DecisionKind::Answer(_) => {
                self.wrong += 1;
                false
            }
            DecisionKind::Ask { choices, .. } => {
                let offered = choices.iter().any(|id| question.is_right(id));
                self.asked += 1;
                self.asked_right += usize::from(offered);
                offered
            }
            _ => {
                self.refused += 1;
                false
            }
        }
    }

    fn figures(&self) -> Figures {
        let share = |count: usize, of: usize| if of == 0 { 0.0 } else { count as f64 / of as f64 };
        let of_answerable = |count| share(count, self.answerable);
        Figures {
            answerable: self.answerable,
            unanswerable: self.unanswerable,
            top_1: of_answerable(self.top_1),
            top_3: of_answerable(self.top_3),
            answered: of_answerable(self.right + self.wrong),
            answered_right: of_answerable(self.right),
            answered_wrong: of_answerable(self.wrong),
            asked: of_answerable(self.asked),
            asked_right: of_answerable(self.asked_right),
            refused: of_answerable(self.refused),
            others_not_answered: share(self.unanswerable - self.others_answered, self.unanswerable),
            wrong_with_confidence: share(
                self.wrong + self.others_answered,
                self.answerable + self.unanswerable,
            ),
        }
    }
}
