//! PURE: what a city asks its residents, as configured: the attributes of an account.
//!
//! `config` makes them from an account's file, chats and pages ask by them, [`super::profile`] holds what
//! residents said, [`super::segment`] picks residents by it. Nothing here knows a resident.

mod code;
mod fault;
mod name;

use super::language::Localized;

pub use code::{CodeHash, InvalidCode};
pub use fault::{Fault, Wrong};
pub use name::{AttributeId, ChoiceId};

/// The most children that one resident may name.
pub const MOST_CHILDREN: u8 = 12;
/// The most attributes of an account, and the most choices of an attribute: a chat shows no more.
pub const MOST: usize = 100;

/// One thing that residents may say about themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name in files, predicates and stored records.
    pub id: AttributeId,
    /// What may be said.
    pub kind: Kind,
    /// What residents and staff call it.
    pub label: Localized<String>,
    /// What the city needs it for, in the residents' words; shown when they ask.
    pub purpose: Localized<String>,
    /// How long it is kept.
    pub retention: Retention,
    /// How it is kept.
    pub keeping: Keeping,
}

/// What may be said of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// One of several choices.
    Choice(Vec<Choice>),
    /// Any number of topics; each may be narrowed to areas and hours.
    Topics(Topics),
    /// A place for each role: where one lives, works, where the parents live.
    Places(Places),
    /// A day.
    Date,
    /// A month of a year.
    Month,
    /// A whole number between two bounds, both included.
    Number {
        /// The least.
        least: i32,
        /// The most.
        most: i32,
    },
    /// Yes or no.
    YesNo,
    /// Groups that are joined with an invitation code.
    Group(Vec<Group>),
    /// The children of the household.
    Children {
        /// At most so many, up to [`MOST_CHILDREN`].
        most: u8,
    },
}

/// One of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its name within the attribute.
    pub id: ChoiceId,
    /// What residents and staff call it.
    pub label: Localized<String>,
    /// The choice that it is a part of: a town of a ward. Whoever picks the ward means its towns too.
    pub within: Option<ChoiceId>,
}

/// What residents may want to be told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topics {
    /// The topics.
    pub topics: Vec<Topic>,
    /// The attribute whose places are the areas to which topics may be narrowed.
    pub areas_of: Option<AttributeId>,
}

/// A topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Name and labels.
    pub choice: Choice,
    /// Whether it may be narrowed to some areas.
    pub areas: bool,
    /// The hours of the day that are offered; none: at any time.
    pub hours: Vec<Hours>,
}

/// Places by role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// Whose place or for what: home, work, parents.
    pub roles: Vec<Choice>,
    /// The places.
    pub places: Vec<Choice>,
}

/// A group that is joined with a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Name and labels.
    pub choice: Choice,
    /// The code that lets everybody in who has it; `None`: only codes of one's own do
    /// ([`crate::domain::roster`]).
    pub code: Option<CodeHash>,
}

/// Whole hours of a day in the account's time zone: from `from` on, before `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Hours {
    from: u8,
    until: u8,
}

impl Hours {
    /// `None` unless `from` < `until` ≤ 24.
    pub fn new(from: u8, until: u8) -> Option<Self> {
        (from < until && until <= 24).then_some(Self { from, until })
    }

    /// The first hour.
    pub fn from(self) -> u8 {
        self.from
    }

    /// The hour after the last one.
    pub fn until(self) -> u8 {
        self.until
    }
}

/// How long what was said is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// Until it is changed, stopped or erased.
    WhileRegistered,
    /// So many days after it was said.
    Days(u16),
}

/// How what was said is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeping {
    /// Residents may be picked by it.
    Plain,
    /// Nobody is picked by it: it stands only under the resident's own key.
    Sealed,
}

impl Kind {
    /// Its name in files.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Choice(_) => "choice",
            Self::Topics(_) => "topics",
            Self::Places(_) => "places",
            Self::Date => "date",
            Self::Month => "month",
            Self::Number { .. } => "number",
            Self::YesNo => "yes-no",
            Self::Group(_) => "group",
            Self::Children { .. } => "children",
        }
    }

    /// The choices among which one picks, where there are any: topics, places and groups count.
    pub fn choices(&self) -> Box<dyn Iterator<Item = &Choice> + '_> {
        match self {
            Self::Choice(choices) => Box::new(choices.iter()),
            Self::Topics(topics) => Box::new(topics.topics.iter().map(|topic| &topic.choice)),
            Self::Places(places) => Box::new(places.places.iter()),
            Self::Group(groups) => Box::new(groups.iter().map(|group| &group.choice)),
            Self::Date | Self::Month | Self::Number { .. } | Self::YesNo | Self::Children { .. } => {
                Box::new(std::iter::empty())
            }
        }
    }

    /// A choice by its name.
    pub fn choice(&self, id: &ChoiceId) -> Option<&Choice> {
        self.choices().find(|choice| choice.id == *id)
    }

    /// The choice and everything within it, however deep.
    pub fn covered(&self, id: &ChoiceId) -> Vec<ChoiceId> {
        let mut covered = vec![id.clone()];
        let mut at = 0;
        while let Some(outer) = covered.get(at).cloned() {
            for inner in self.choices().filter(|choice| choice.within.as_ref() == Some(&outer)) {
                if !covered.contains(&inner.id) {
                    covered.push(inner.id.clone());
                }
            }
            at += 1;
        }
        covered
    }

    /// The group that the code lets into.
    pub fn admitted_by(&self, code: &str) -> Option<&Choice> {
        let Self::Group(groups) = self else { return None };
        let code = code.parse::<CodeHash>().ok()?;
        groups.iter().find(|group| group.code == Some(code)).map(|group| &group.choice)
    }
}

/// The attributes of an account, in the order in which they are asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attributes(Vec<Attribute>);

impl Attributes {
    /// Checks what one attribute alone cannot tell: names that come twice, texts that are missing, areas that
    /// are none, parts of parts without an end. All faults, in the order of the list.
    pub fn new(list: Vec<Attribute>) -> Result<Self, Vec<Fault>> {
        let faults = fault::find(&list);
        if faults.is_empty() { Ok(Self(list)) } else { Err(faults) }
    }

    /// The attribute of that name.
    pub fn get(&self, id: &AttributeId) -> Option<&Attribute> {
        self.0.iter().find(|attribute| attribute.id == *id)
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Attribute> {
        self.0.iter()
    }

    /// Those by which residents may be picked.
    pub fn plain(&self) -> impl Iterator<Item = &Attribute> {
        self.iter().filter(|attribute| attribute.keeping == Keeping::Plain)
    }
}

#[cfg(test)]
mod tests;
