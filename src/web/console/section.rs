//! The parts of the menu.

/// The parts of the menu, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// What is going on.
    Overview,
    /// What residents ask, and who answers.
    Questions,
    /// What the bot says.
    Content,
    /// What goes out, and to whom.
    Sending,
    /// Who works here and what they did.
    Administration,
}

impl Section {
    /// Every section.
    pub const ALL: [Self; 5] =
        [Self::Overview, Self::Questions, Self::Content, Self::Sending, Self::Administration];

    /// Its heading's key in the catalogue.
    pub fn label(self) -> &'static str {
        match self {
            Self::Overview => "section-overview",
            Self::Questions => "section-questions",
            Self::Content => "section-content",
            Self::Sending => "section-sending",
            Self::Administration => "section-administration",
        }
    }
}
