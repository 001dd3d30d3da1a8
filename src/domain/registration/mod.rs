//! PURE: how a resident registers in the chat: what was asked last ([`Step`]), what a button means
//! ([`Tap`]), and what follows from it ([`Turn`]).
//!
//! Every tap that says something is a change at once, so a registration that is broken off has lost nothing,
//! and there is no draft to be resumed. A step only remembers what typed words may refer to. Which words stand
//! on a button, and in which language, is the journey's affair.

mod codes;
mod options;
mod turn;
mod typed;

use serde::{Deserialize, Serialize};

use super::{
    attribute::{Attribute, AttributeId, Attributes, ChoiceId, Hours, Kind, Topic, Topics},
    profile::{Change, Field, Profile, Slot, Stamp, Value, Wish},
    time::Timestamp,
};

pub use codes::Codes;
pub use options::options;
pub use turn::{may_be_born, may_be_due, press};
pub use typed::{Typed, month_typed, typed};

/// What the bot asked last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// What is registered, and what may be changed.
    #[serde(rename = "m")]
    Menu,
    /// What is to be said of an attribute; of many choices this page.
    #[serde(rename = "a")]
    Attribute(AttributeId, u8),
    /// What is to become of a topic, a child or another part that was named already.
    #[serde(rename = "p")]
    Part(Field),
    /// Which place; only those within another one where that was chosen; this page.
    #[serde(rename = "w")]
    Place(Field, Option<ChoiceId>, u8),
    /// For which area a topic is wanted; this page.
    #[serde(rename = "r")]
    Area(Field, u8),
    /// At which hours a topic is wanted.
    #[serde(rename = "h")]
    Hours(Field),
    /// Which topic is to be stopped; this page.
    #[serde(rename = "s")]
    Stop(u8),
    /// Whether all topics are to be stopped.
    #[serde(rename = "x")]
    StopAll,
    /// Whether everything is to be erased.
    #[serde(rename = "e")]
    Erase,
}

/// A registration that is going on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// What was asked last.
    pub step: Step,
    /// When.
    pub at: Timestamp,
}

/// What a button means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Tap {
    /// Begin, or go back to what is registered.
    Open,
    /// Ask what is to be said of an attribute.
    Ask(AttributeId),
    /// The next choices: the step with its page.
    More(Step),
    /// What is to become of this part.
    Part(Field),
    /// Say this.
    Say(Field, Value),
    /// Take back what was said.
    TakeBack(Field),
    /// Ask for the area of a topic.
    AskArea(Field),
    /// The topic is wanted for this area; `None`: for all.
    Area(Field, Option<ChoiceId>),
    /// Ask for the hours of a topic.
    AskHours(Field),
    /// The topic is wanted at these hours; `None`: at any time.
    At(Field, Option<Hours>),
    /// A child more, born in the month of the day that is picked.
    AddBorn(AttributeId),
    /// A child more, expected in the month of the day that is picked.
    AddDue(AttributeId),
    /// This child was born in the month of the day that is picked.
    Born(Field),
    /// The day or month that is picked.
    Pick(Field),
    /// Why is this asked, and how long is it kept?
    Why(AttributeId),
    /// What is stored of me?
    Data,
    /// Which topics are to be stopped?
    Stop,
    /// Stop all topics?
    StopAll,
    /// Stop all topics.
    StopAllSurely,
    /// Erase everything?
    Erase,
    /// Erase everything.
    EraseSurely,
    /// End it.
    Leave,
}

impl Tap {
    /// Whether a day is picked with it.
    pub fn picks(&self) -> bool {
        matches!(self, Self::AddBorn(_) | Self::AddDue(_) | Self::Born(_) | Self::Pick(_))
    }
}

/// What is told about a tap, before the next question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// This is registered now.
    Saved(Field, Value),
    /// It is not any more.
    TakenBack(Field),
    /// The topic is stopped.
    Stopped(Field),
    /// All topics are stopped.
    AllStopped,
    /// There is no topic that could be stopped.
    NothingToStop,
    /// Everything that is stored.
    Data,
    /// What it is asked for.
    Why(AttributeId),
    /// It could not be said: there are as many children as there may be, the day makes no sense, …
    Refused,
    /// The code lets nobody in.
    WrongCode,
    /// The code was used by somebody else.
    UsedCode,
    /// Ended; it may be gone on with at any time.
    Left,
    /// Everything is erased.
    Erased,
}

/// What follows from a tap or typed words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Turn {
    /// What is to be stored.
    pub changes: Vec<Change>,
    /// Whether everything is to be erased.
    pub erases: bool,
    /// What is told.
    pub notes: Vec<Note>,
    /// What is asked next; `None`: nothing.
    pub next: Option<Step>,
}

/// Who asks whom, and when.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// What the account asks.
    pub attributes: &'a Attributes,
    /// What is known already.
    pub profile: &'a Profile,
    /// The moment of what the resident says now.
    pub at: Stamp,
    /// The day in the account's time zone.
    pub today: jiff::civil::Date,
}

impl<'a> Asking<'a> {
    fn attribute(&self, id: &AttributeId) -> Option<&'a Attribute> {
        self.attributes.get(id)
    }

    /// A topic by its field.
    pub fn topic(&self, field: &Field) -> Option<(&'a Topics, &'a Topic)> {
        match (&self.attribute(&field.0)?.kind, &field.1) {
            (Kind::Topics(topics), Slot::Named(name)) => {
                Some((topics, topics.topics.iter().find(|topic| topic.choice.id == *name)?))
            }
            _ => None,
        }
    }

    /// How a topic is wanted; `None`: it is not.
    pub fn wish(&self, field: &Field) -> Option<Wish> {
        match self.profile.get(field)? {
            (Value::Wanted(wish), _) => Some(wish.clone()),
            _ => None,
        }
    }

    /// The places that may be areas of a topic.
    pub fn areas(&self, field: &Field) -> Option<&'a Attribute> {
        let (topics, topic) = self.topic(field)?;
        self.attribute(topics.areas_of.as_ref().filter(|_| topic.areas)?)
    }

    /// The first role of an attribute with places (where one lives), and the place that is known for it.
    fn home(&self, places: &Attribute) -> Option<(Field, Option<ChoiceId>)> {
        let Kind::Places(kind) = &places.kind else { return None };
        let field = Field(places.id.clone(), Slot::Named(kind.roles.first()?.id.clone()));
        let known = match self.profile.get(&field) {
            Some((Value::Chosen(place), _)) => Some(place.clone()),
            _ => None,
        };
        Some((field, known))
    }

    /// Every topic that is wanted.
    pub fn wanted(&self) -> Vec<Field> {
        let wanted = self.profile.iter().filter(|(_, value)| matches!(value, Value::Wanted(_)));
        let known = wanted.filter(|(field, _)| self.topic(field).is_some());
        known.map(|(field, _)| field.clone()).collect()
    }

    /// Something is said, if the account asks it.
    fn change(&self, field: Field, value: Option<Value>) -> Option<Change> {
        Change::new(self.attributes, field, value, self.at).ok()
    }
}

#[cfg(test)]
mod tests;
