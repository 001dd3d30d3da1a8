//! A LINE official account as the rest of todoke sees it: no secrets in here.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::{
    attribute::{AttributeId, Attributes, ChoiceId},
    id::AccountId,
    language::Language,
    liff::LiffId,
    registration::Codes,
    staff::Department,
};

/// One municipality's LINE account.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its name in addresses, keys and file names.
    pub id: AccountId,
    /// Its name for people, for example とどけ市.
    pub name: String,
    /// Where its days begin and end.
    pub time_zone: TimeZone,
    /// The languages offered to residents, in order; the first is used when nothing else is known.
    pub languages: Vec<Language>,
    /// Its departments; empty: any name may be given.
    pub departments: Vec<Department>,
    /// What it asks its residents; empty: nothing.
    pub attributes: Arc<Attributes>,
    /// The group of staff who get trials and drills, an attribute and one of its groups; `None`: there are none.
    pub staff_group: Option<(AttributeId, ChoiceId)>,
    /// So many messages of the month's quota are kept for alerts.
    pub alert_quota: u64,
    /// Whether the staff group is told by LINE when a target gets worse.
    pub target_alerts: bool,
    /// Hosts, in small letters, to which announcements may lead people besides those of its answers, with everything below them.
    pub link_domains: Vec<String>,
    /// Its page inside LINE, where there is one.
    pub liff: Option<LiffId>,
    /// The codes of the buttons by which residents say it.
    pub codes: Arc<Codes>,
}

impl Account {
    /// The language for somebody of whom nothing is known yet.
    pub fn default_language(&self) -> Language {
        self.languages.first().copied().unwrap_or(Language::Ja)
    }
}
