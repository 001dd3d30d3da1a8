//! The audit log, newest first, searched by who, what, to what and when.
//!
//! An entry holds ids; names are looked up for this page alone. A search looks at a bounded number of
//! entries and says where it goes on.

use std::collections::HashMap;

use askama::Template;
use axum::{extract::Query, response::Response};
use serde::Deserialize;

use super::{
    frame::Frame,
    session::Acting,
    visit::{Visit, page},
};
use crate::{
    domain::{
        audit::{Action, Entry, Who},
        id::{AccountId, StaffId},
        staff::{LoginName, rights::ReadAudit},
    },
    web::error::ConsoleError,
};

/// So many entries a page shows, and so many are looked at for it.
const A_PAGE: usize = 50;
const LOOKED_AT: usize = 5_000;

#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    who: String,
    #[serde(default)]
    action: String,
    #[serde(default)]
    object: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    before: Option<u64>,
}

struct Choice {
    code: &'static str,
    label: String,
    chosen: bool,
}

struct ShownEntry {
    seq: u64,
    at: String,
    who: String,
    action: String,
    object: String,
    from: String,
    detail: String,
}

#[derive(Template)]
#[template(path = "console/audit.html")]
struct AuditPage {
    frame: Frame,
    path: String,
    search: Search,
    actions: Vec<Choice>,
    entries: Vec<ShownEntry>,
    next: Option<String>,
}

/// Searches. An auditor sees what belongs to the account and what belongs to none: signing in and the
/// like, of the account's people.
pub(super) async fn search(
    visit: Visit,
    Acting(actor): Acting<ReadAudit>,
    Query(search): Query<Search>,
) -> Result<Response, ConsoleError> {
    let (ctx, account) = (visit.ctx(), actor.account());
    let zone = ctx.library.account(account).ok_or(ConsoleError::NotFound)?.time_zone.clone();
    let people = ctx.store.list_staff(account, None, 10_000).await?;
    let people: HashMap<StaffId, String> = people
        .into_iter()
        .map(|staff| (staff.value.id, format!("{}（{}）", staff.value.name, staff.value.login.as_str())))
        .collect();
    let wanted = Wanted::read(&visit, &search).await?;
    let mut before = search.before.unwrap_or(u64::MAX);
    let (mut found, mut looked_at) = (Vec::new(), 0);
    while found.len() < A_PAGE && looked_at < LOOKED_AT && before > 1 {
        let entries = ctx.store.audit_before(before, A_PAGE * 2).await?;
        if entries.is_empty() {
            before = 0;
        }
        for entry in entries {
            if found.len() >= A_PAGE {
                break;
            }
            (before, looked_at) = (entry.seq, looked_at + 1);
            let day = entry.at.to_zoned(zone.clone()).date();
            if is_of(&entry, account, &people) && wanted.fits(&entry, day) {
                found.push(entry);
            }
        }
    }
    let shown = |entry: Entry| ShownEntry {
        seq: entry.seq,
        at: entry.at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
        who: match &entry.actor {
            Who::Staff(id) => people.get(id).cloned().unwrap_or_else(|| id.to_string()),
            Who::ApiKey(id) => visit.words().say("who-api-key") + " " + &id.to_string(),
            Who::CommandLine => visit.words().say("who-command-line"),
            Who::System => visit.words().say("who-system"),
            Who::Nobody => visit.words().say("who-nobody"),
        },
        action: action_name(&visit, entry.action),
        object: entry.object.parse().ok().and_then(|id| people.get(&id).cloned()).unwrap_or(entry.object),
        from: entry.from.unwrap_or_default(),
        detail: entry
            .detail
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect::<Vec<_>>()
            .join("\n"),
    };
    let entries = found.into_iter().map(shown).collect();
    let actions = Action::ALL.iter().map(|action| Choice {
        code: action.code(),
        label: action_name(&visit, *action),
        chosen: action.code() == search.action,
    });
    let next = (before > 1).then(|| next_page(visit.path(), &search, before));
    Ok(page(&AuditPage {
        frame: visit.frame(),
        path: visit.path().to_owned(),
        actions: actions.collect(),
        entries,
        next,
        search,
    }))
}

/// Whose entries are looked for.
enum Whom {
    Everybody,
    Nobody,
    One(StaffId),
}

/// What is looked for; `None` of a field: everything.
struct Wanted {
    who: Whom,
    action: Option<Action>,
    object: String,
    day: Option<jiff::civil::Date>,
}

impl Wanted {
    async fn read(visit: &Visit, search: &Search) -> Result<Self, ConsoleError> {
        let who = search.who.trim();
        let who = if who.is_empty() {
            Whom::Everybody
        } else {
            let by_login = match who.parse::<LoginName>() {
                Ok(login) => visit.ctx().store.load_staff_by_login(&login).await?,
                Err(_) => None,
            };
            by_login.map(|staff| staff.value.id).or_else(|| who.parse().ok()).map_or(Whom::Nobody, Whom::One)
        };
        Ok(Self {
            who,
            action: search.action.parse().ok(),
            object: search.object.trim().to_owned(),
            day: search.day.parse().ok(),
        })
    }

    fn fits(&self, entry: &Entry, day: jiff::civil::Date) -> bool {
        let is_about = |id: StaffId| entry.actor == Who::Staff(id) || entry.object == id.to_string();
        let is_whose = match self.who {
            Whom::Everybody => true,
            Whom::Nobody => false,
            Whom::One(id) => is_about(id),
        };
        is_whose
            && self.action.is_none_or(|action| action == entry.action)
            && self.day.is_none_or(|wanted| wanted == day)
            && (self.object.is_empty() || entry.object.contains(&self.object))
    }
}

fn is_of(entry: &Entry, account: &AccountId, people: &HashMap<StaffId, String>) -> bool {
    match &entry.account {
        Some(of) => of == account,
        None => match entry.actor {
            Who::Staff(id) => people.contains_key(&id),
            _ => entry.object.parse().is_ok_and(|id| people.contains_key(&id)),
        },
    }
}

fn action_name(visit: &Visit, action: Action) -> String {
    visit.words().say(&format!("action-{}", action.code().replace('.', "-")))
}

fn next_page(path: &str, search: &Search, before: u64) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("who", &search.who)
        .append_pair("action", &search.action)
        .append_pair("object", &search.object)
        .append_pair("day", &search.day)
        .append_pair("before", &before.to_string())
        .finish();
    format!("{path}?{query}")
}
