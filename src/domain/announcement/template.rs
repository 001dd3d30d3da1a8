//! Contents to begin from, as they are kept. One that is agreed on for alerts has two people behind it: then one person
//! alone may let exactly these words out in danger.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Content, Template};
use crate::domain::{
    id::{InvalidId, StaffId},
    time::Timestamp,
};

/// The most templates of an account: nobody finds one among more.
pub const MOST_TEMPLATES: usize = 200;

/// A template, written `tpl_<uuid>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TemplateId(pub Uuid);

impl fmt::Display for TemplateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tpl_{}", self.0.simple())
    }
}

impl FromStr for TemplateId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let uuid = text.strip_prefix("tpl_").and_then(|uuid| Uuid::try_parse(uuid).ok());
        uuid.map(Self).ok_or_else(|| InvalidId::new(text, "a template's id (tpl_ and 32 hexadecimal digits)"))
    }
}

/// A template that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptTemplate {
    /// Its id.
    pub id: TemplateId,
    /// What it says.
    pub template: Template,
    /// Who wrote what it says now.
    pub author: StaffId,
    /// Who agreed to it as a text for alerts; never its author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed_by: Option<StaffId>,
    /// When it was last changed.
    pub changed: Timestamp,
}

impl KeptTemplate {
    /// Whether one person alone may let these words out in danger: the words of an agreed template, in every language.
    pub fn allows(&self, content: &Content) -> bool {
        let own = &self.template.content;
        let same = (&own.bodies, &own.department) == (&content.bodies, &content.department);
        self.template.for_alerts && self.agreed_by.is_some_and(|by| by != self.author) && same
    }

    /// Somebody agrees to it as a text for alerts; `None`: it is no such text, or they wrote it.
    #[must_use]
    pub fn agree(self, by: StaffId) -> Option<Self> {
        (self.template.for_alerts && by != self.author).then_some(Self { agreed_by: Some(by), ..self })
    }
}
