//! Groups of a city's own people (ward heads, the fire brigade): lists of whom the city invites, in and out, and the
//! code by which each comes in.
//!
//! - [`enter`]: what a resident typed is one of these codes, or not.
//! - [`plan`](mod@plan): what a sheet would change; every problem with its place.
//! - [`import`], [`export`], [`overview`]: what staff do with lists.

mod plan;

use serde::Serialize;

use crate::{
    domain::{
        attribute::{Attribute, Attributes, Kind},
        audit::{Action, Note},
        event::EventKey,
        id::{AccountId, ResidentRef},
        roster::{Admission, GroupRef, Invited, InvitedName, PersonalCode, typed_code},
        staff::{Actor, rights::Announce},
    },
    journeys::Ctx,
    store::StoreError,
};

pub use plan::{Column, Find, Plan, Problem, Scope, Wrong, find, plan};

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum GroupError {
    /// The account is not there.
    #[error("there is no such account")]
    NoAccount,
    /// The lists were changed since the plan was made.
    #[error("the lists were changed meanwhile, and nothing was done; look at the plan again")]
    Meanwhile,
    /// There would be too many people.
    #[error("there would be more than {most} people on the lists of the account; take some off first", most = crate::domain::roster::MOST_INVITED)]
    TooMany,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Uses what a resident typed as a code of their own, if it is one of the attribute's: once and for all.
pub(in crate::journeys) async fn enter(
    ctx: &Ctx,
    account: &AccountId,
    attribute: &Attribute,
    words: &str,
    resident: ResidentRef,
) -> Result<Admission, StoreError> {
    // A code for everybody is none of one's own.
    if !matches!(attribute.kind, Kind::Group(_)) || attribute.kind.admitted_by(words).is_some() {
        return Ok(Admission::Unknown);
    }
    let Some(code) = typed_code(words) else { return Ok(Admission::Unknown) };
    ctx.store.use_code(account, &attribute.id, code, resident, ctx.clock.now()).await
}

/// How a group stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overview {
    /// The group.
    #[serde(flatten)]
    pub group: GroupRef,
    /// What it is called, in the account's first language.
    pub label: String,
    /// People on the list.
    pub invited: usize,
    /// Codes that were used.
    pub used: usize,
    /// Whether one code lets everybody in, too.
    pub has_shared_code: bool,
}

/// Every group of the account, as it stands.
pub async fn overview(ctx: &Ctx, actor: &Actor<Announce>) -> Result<Vec<Overview>, GroupError> {
    let account = ctx.library.account(actor.account()).ok_or(GroupError::NoAccount)?;
    let list = ctx.store.list_invited(actor.account()).await?;
    let of = |attribute: &Attribute| -> Vec<Overview> {
        let Kind::Group(groups) = &attribute.kind else { return Vec::new() };
        let each = groups.iter().map(|group| {
            let id = GroupRef { attribute: attribute.id.clone(), group: group.choice.id.clone() };
            let invited = || list.iter().filter(|one| one.group == id);
            let label = group.choice.label.best(account.default_language());
            Overview {
                label: label.map(|(_, label)| label.clone()).unwrap_or_default(),
                invited: invited().count(),
                used: invited().filter(|one| one.used.is_some()).count(),
                has_shared_code: group.code.is_some(),
                group: id,
            }
        });
        each.collect()
    };
    Ok(account.attributes.iter().flat_map(of).collect())
}

/// The heading of a list.
pub const HEADING: [&str; 5] = ["group", "name", "code", "state", "since"];

/// The list of a group, or of all, as a sheet: with the codes that are still good. Whoever takes them out is in the
/// audit.
pub async fn export(
    ctx: &Ctx,
    actor: &Actor<Announce>,
    group: Option<&GroupRef>,
) -> Result<Vec<Vec<String>>, GroupError> {
    let account = ctx.library.account(actor.account()).ok_or(GroupError::NoAccount)?;
    let list = ctx.store.list_invited(actor.account()).await?;
    let list: Vec<&Invited> =
        list.iter().filter(|one| group.is_none_or(|group| one.group == *group)).collect();
    let mut note = actor.note(ctx.clock.now(), Action::GroupExported, group.map_or_else(all, name_of));
    note.detail.push(("people".into(), list.len().to_string()));
    ctx.store.append_audit(note).await?;
    let row = |one: &Invited| {
        let since = one.used.unwrap_or(one.made).to_zoned(account.time_zone.clone()).date();
        let code = one.code.as_ref().map(|code| code.expose().to_owned()).unwrap_or_default();
        let state = if one.used.is_some() { "used" } else { "open" };
        let group = written(&account.attributes, &one.group);
        vec![group, one.name.expose().to_owned(), code, state.to_owned(), since.to_string()]
    };
    let heading = HEADING.map(ToOwned::to_owned).to_vec();
    Ok([heading].into_iter().chain(list.into_iter().map(row)).collect())
}

fn all() -> String {
    "all".to_owned()
}

fn name_of(group: &GroupRef) -> String {
    format!("{}={}", group.attribute, group.group)
}

/// A group as sheets name it: by its own name where no other attribute has a group of that name.
fn written(attributes: &Attributes, group: &GroupRef) -> String {
    match find(attributes, group.group.as_str()) {
        Find::One(found) if found == *group => group.group.to_string(),
        _ => name_of(group),
    }
}

/// Does what a plan without problems says: all of it in one step, or nothing.
pub async fn import(ctx: &Ctx, actor: &Actor<Announce>, plan: &Plan) -> Result<(), GroupError> {
    if !plan.problems.is_empty() || (plan.added.is_empty() && plan.removed.is_empty()) {
        return Ok(());
    }
    if plan.known + plan.added.len() > crate::domain::roster::MOST_INVITED + plan.removed.len() {
        return Err(GroupError::TooMany);
    }
    let now = ctx.clock.now();
    let added = plan.added.iter().map(|(_, group, name)| {
        let code = PersonalCode::draw(&*ctx.entropy);
        let hash = code.hash();
        Invited { group: group.clone(), name: name.clone(), code: Some(code), hash, made: now, used: None }
    });
    let removed: Vec<(GroupRef, InvitedName)> =
        plan.removed.iter().map(|one| (one.group.clone(), one.name.clone())).collect();
    let at = (now, EventKey::from_raw(ctx.ids.uuid_v7().as_bytes()));
    match ctx.store.change_roster(actor.account(), added.collect(), removed, at, note(ctx, actor, plan)).await
    {
        Err(StoreError::Conflict) => Err(GroupError::Meanwhile),
        result => Ok(result?),
    }
}

/// What the audit keeps: groups and numbers, no names.
fn note(ctx: &Ctx, actor: &Actor<Announce>, plan: &Plan) -> Note {
    let mut groups: Vec<&GroupRef> = plan.added.iter().map(|(_, group, _)| group).collect();
    groups.extend(plan.removed.iter().map(|one| &one.group));
    groups.sort_unstable();
    groups.dedup();
    let object = if let [one] = groups[..] { name_of(one) } else { all() };
    let mut note = actor.note(ctx.clock.now(), Action::GroupImported, object);
    for group in groups {
        let added = plan.added.iter().filter(|(_, of, _)| of == group).count();
        let removed = plan.removed.iter().filter(|one| one.group == *group).count();
        note.detail.push((name_of(group), format!("+{added} -{removed}")));
    }
    note
}
