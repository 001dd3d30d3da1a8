//! PORT: ways to find intents for a text. A matcher is one file and one line in [`all`].
//!
//! A matcher says which intents it sees and how surely; what follows from that is decided in
//! [`super::decision`] alone.

mod bm25f;
mod coverage;
mod exact;
mod gram;
mod keyword;
mod pattern;
mod reading;

pub use reading::Readings;

use super::catalog::Content;

/// An intent that a matcher sees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// The intent's place in the content.
    pub intent: usize,
    /// For ranking: comparable among the evidence of one matcher for one text.
    pub score: f32,
    /// What it says about this intent.
    pub says: Says,
}

/// What evidence says, comparable across matchers, texts and contents.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Says {
    /// How surely this intent is meant, 0 to 1.
    Confidence(f32),
    /// By how many times the odds that it is meant grow beside what the other matchers say.
    Odds(f32),
}

/// Finds intents.
pub trait Matcher: Send + Sync {
    /// A short name for explanations.
    fn name(&self) -> &'static str;

    /// The intents that it sees for a normalised text, best first, at most `top`.
    fn find(&self, normal: &str, top: usize) -> Vec<Evidence>;
}

/// Every matcher, the surest first, of a content and its readings.
pub fn all(content: &Content, readings: &Readings) -> Vec<Box<dyn Matcher>> {
    vec![
        Box::new(exact::Exact::new(readings)),
        Box::new(pattern::Patterns::new(content, readings)),
        Box::new(bm25f::Bm25f::new(content, readings)),
        Box::new(keyword::Keywords::new(readings)),
    ]
}
