//! What commands ask of the store: answered by a running server through the control socket, or by the
//! command itself when nobody serves. One function, so that both ways do the same.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{announcements, curating, figures, followers, groups, holder::LineSide, keys, menus, segments};
use crate::{
    control::Request,
    domain::{
        audit::{Action, Note, Who},
        id::AccountId,
        staff::{Actor, Machine, Membership, Role, rights::ManageStaff},
    },
    journeys::{
        Ctx,
        curate::Desk,
        staff::{
            StaffError,
            invite::{self, NewStaff},
        },
    },
    store::{StoreError, sled::SledStore},
};

/// Entries of the audit log in one answer.
const ENTRIES_AT_ONCE: usize = 500;

/// Answers one question; `{"error": …}` says why not.
pub(super) async fn answer(
    ctx: &Ctx,
    store: &Arc<SledStore>,
    desk: &Desk,
    line: &LineSide,
    request: Request,
) -> Value {
    let answered = match request {
        Request::Intents { account, question } => match serde_json::from_value(question) {
            Ok(question) => return curating::answer(desk, &account, question).await,
            Err(error) => Err(format!("the command is not understood: {error}")),
        },
        Request::Segments { account, question } => match known_account(ctx, &account) {
            Ok(account) => segments::answer(ctx, &account, question).await,
            Err(error) => Err(error),
        },
        Request::Announcements { account, question } => match known_account(ctx, &account) {
            Ok(account) => announcements::answer(ctx, &account, question).await,
            Err(error) => Err(error),
        },
        Request::Figures { account, question } => match known_account(ctx, &account) {
            Ok(account) => figures::answer(ctx, &account, question).await,
            Err(error) => Err(error),
        },
        Request::Groups { account, question } => match known_account(ctx, &account) {
            Ok(account) => groups::answer(ctx, &account, question).await,
            Err(error) => Err(error),
        },
        Request::Keys { account, question } => match known_account(ctx, &account) {
            Ok(account) => keys::answer(ctx, &account, question).await,
            Err(error) => Err(error),
        },
        Request::Menus { account, question } => match known_account(ctx, &account) {
            Ok(account) => menus::answer(ctx, line, &account, question).await,
            Err(error) => Err(error),
        },
        Request::FollowersStep { account } => match known_account(ctx, &account) {
            Ok(account) => followers::step(ctx, line, &account).await,
            Err(error) => Err(error),
        },
        Request::StoreVerify => {
            let store = Arc::clone(store);
            let report = tokio::task::spawn_blocking(move || store.verify()).await;
            report.map(|report| json!(report)).map_err(|error| format!("verifying broke off: {error}"))
        }
        Request::StaffAdd { account, login, name, roles, department, from, until } => {
            let day = |text: Option<String>| match text {
                None => Ok(None),
                Some(text) => text
                    .parse()
                    .map(Some)
                    .map_err(|_| format!("{text:?} is no day; write it like 2027-04-01")),
            };
            let new = (|| {
                let account = known_account(ctx, &account)?;
                let roles = roles.iter().map(|role| role.parse::<Role>().map_err(|e| e.to_string()));
                let roles = roles.collect::<Result<_, _>>()?;
                let department = department.map(|one| one.parse()).transpose();
                let department = department.map_err(|e| format!("the department {e}"))?;
                let (from, until) = (day(from)?, day(until)?);
                Ok::<_, String>(NewStaff {
                    login: login.parse().map_err(|e| format!("the login name {e}"))?,
                    name: name.parse().map_err(|e| format!("the name {e}"))?,
                    membership: Membership { account, roles, department, from, until },
                })
            })();
            match new {
                Ok(new) => add_staff(ctx, new).await,
                Err(error) => Err(error),
            }
        }
        Request::StaffList { account } => match known_account(ctx, &account) {
            Ok(account) => list_staff(ctx, &account).await.map_err(|error| error.to_string()),
            Err(error) => Err(error),
        },
        Request::AuditFrom { from, export } => audit_from(ctx, from, export).await.map_err(|e| e.to_string()),
    };
    answered.unwrap_or_else(|error| json!({ "error": error }))
}

fn known_account(ctx: &Ctx, account: &str) -> Result<AccountId, String> {
    let known =
        || ctx.library.accounts().map(|account| account.id.to_string()).collect::<Vec<_>>().join(", ");
    let id = account.parse::<AccountId>().ok().filter(|id| ctx.library.account(id).is_some());
    id.ok_or_else(|| format!("there is no account {account:?}; the accounts are {}", known()))
}

async fn add_staff(ctx: &Ctx, new: NewStaff) -> Result<Value, String> {
    let actor: Actor<ManageStaff> = Machine.actor(&new.membership.account);
    let account = new.membership.account.clone();
    let invited = invite::add_staff(ctx, &actor, new).await.map_err(|error| match error {
        StaffError::UnknownDepartment => {
            let known = ctx.library.account(&account).map(|account| account.departments.clone());
            let known: Vec<String> = known.unwrap_or_default().iter().map(ToString::to_string).collect();
            format!("the account has no such department; it has {}", known.join(", "))
        }
        StaffError::LoginTaken => "the login name is taken; choose another one".into(),
        other => other.to_string(),
    })?;
    Ok(json!({
        "staff": invited.staff.to_string(),
        "path": format!("/console/-/invitations/{}", invited.secret.expose()),
    }))
}

async fn list_staff(ctx: &Ctx, account: &AccountId) -> Result<Value, StoreError> {
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let portion = ctx.store.list_staff(account, after, ENTRIES_AT_ONCE).await?;
        let Some(last) = portion.last() else { return Ok(json!({ "staff": listed })) };
        after = Some(last.value.id);
        listed.extend(portion.iter().filter_map(|staff| {
            let membership = staff.value.membership(account)?;
            Some(json!({
                "id": staff.value.id.to_string(),
                "login": staff.value.login,
                "name": staff.value.name,
                "roles": membership.roles,
                "department": membership.department,
                "from": membership.from,
                "until": membership.until,
            }))
        }));
    }
}

async fn audit_from(ctx: &Ctx, from: u64, export: bool) -> Result<Value, StoreError> {
    if export && from == 1 {
        ctx.store
            .append_audit(Note {
                at: ctx.clock.now(),
                actor: Who::CommandLine,
                action: Action::AuditExported,
                object: "audit".into(),
                account: None,
                from: None,
                detail: Vec::new(),
            })
            .await?;
    }
    Ok(json!({ "entries": ctx.store.audit_from(from, ENTRIES_AT_ONCE).await? }))
}
