//! A predicate as it is written: the JSON of files, pages and stored segments, and its schema.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whom a segment holds: an object with exactly one of these names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(title = "Segment", rename = "Predicate")]
pub enum Written {
    /// Everybody for whom all of these hold; of an empty list: everybody.
    All(Vec<Written>),
    /// Everybody for whom at least one of these holds; of an empty list: nobody.
    Any(Vec<Written>),
    /// Everybody for whom this does not hold.
    Not(Box<Written>),
    /// Who has said one of some choices, topics or places, or yes or no.
    In(In),
    /// Who has said anything of this attribute.
    Has(String),
    /// Who has said a number, a day or a month between two bounds.
    Between(Between),
    /// Who has a child of an age.
    ChildAge(ChildAge),
    /// Who follows the account (true), or is known to have left or blocked it (false).
    Following(bool),
    /// Who said something for the first time before this day.
    RegisteredBefore(
        /// A day, written like 2026-11-25.
        #[schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
        String,
    ),
    /// Who has chosen one of these languages.
    Language(
        /// Codes of languages, like en.
        #[schemars(length(min = 1, max = 8))]
        Vec<String>,
    ),
    /// Who has joined one of some groups.
    MemberOf(MemberOf),
}

/// One of some choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct In {
    /// An attribute of kind choice, topics, places or yes-no.
    pub attribute: String,
    /// Names of its choices; of yes-no: yes or no. A choice means everything that is within it.
    #[schemars(length(min = 1, max = 200))]
    pub of: Vec<String>,
    /// Only of places: only where the place has one of these roles, for example home. Without: any role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200))]
    pub roles: Option<Vec<String>>,
    /// Only of topics: only who wants them for one of these areas, or for all areas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200))]
    pub areas: Option<Vec<String>>,
}

/// Between two bounds, both included; at least one of them is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Between {
    /// An attribute of kind number, date or month.
    pub attribute: String,
    /// The least: a number, a day like 2026-11-25 or a month like 2026-11.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Bound>,
    /// The most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Bound>,
}

/// A bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Bound {
    /// Of a number.
    Number(i32),
    /// Of a day or a month.
    Text(String),
}

/// The age of at least one child, in whole months: 0 in the month of birth, below 0 before it (-1 in the month
/// before; of somebody expected -1 in the expected month). At least one bound is given, both are included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChildAge {
    /// An attribute of kind children; may be left out where the account has one only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// The least age.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -10, max = 1200))]
    pub from: Option<i32>,
    /// The greatest age.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -10, max = 1200))]
    pub to: Option<i32>,
    /// The day on which the child has that age, like 2027-04-01. Without: today, whenever that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    pub at: Option<String>,
}

/// One of some groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberOf {
    /// An attribute of kind group.
    pub attribute: String,
    /// Names of its groups.
    #[schemars(length(min = 1, max = 200))]
    pub of: Vec<String>,
}

/// The schema of predicates, as docs/segments.schema.json holds it.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Written)
}
