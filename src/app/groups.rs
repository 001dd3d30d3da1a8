//! What commands ask about groups: by `todoke groups …`, whoever holds the store.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    domain::{
        id::AccountId,
        roster::GroupRef,
        staff::{Actor, Machine, rights::Announce},
    },
    journeys::{
        Ctx,
        groups::{self, Find, Plan, Scope},
    },
};

/// A question about an account's groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// How each group stands.
    List,
    /// The list of a group, or of all.
    Export {
        /// The group, as typed.
        group: Option<String>,
    },
    /// What a sheet would change.
    Plan(Sheet),
    /// To change that.
    Import {
        /// The sheet.
        sheet: Sheet,
        /// The answer to [`Question::Plan`] that was shown: with another one nothing is done.
        seen: Value,
    },
}

/// A sheet of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// The rows, each with its line, the heading first.
    pub rows: Vec<(usize, Vec<String>)>,
    /// The group of every row, as typed.
    pub group: Option<String>,
    /// Whether the sheet is the whole list.
    pub replaces: bool,
}

/// Answers a question; faults of a sheet are an answer, since they are what the command prints.
pub(super) async fn answer(ctx: &Ctx, account: &AccountId, question: Value) -> Result<Value, String> {
    let question = serde_json::from_value(question)
        .map_err(|error| format!("the command is not understood: {error}"))?;
    let actor: Actor<Announce> = Machine.actor(account);
    match question {
        Question::List => {
            let list = groups::overview(ctx, &actor).await.map_err(|error| error.to_string())?;
            Ok(json!({ "groups": list }))
        }
        Question::Export { group } => {
            let group = group.map(|group| named(ctx, account, &group)).transpose()?;
            let rows =
                groups::export(ctx, &actor, group.as_ref()).await.map_err(|error| error.to_string())?;
            Ok(json!({ "rows": rows }))
        }
        Question::Plan(sheet) => Ok(shown(ctx, account, &planned(ctx, account, &sheet).await?)),
        Question::Import { sheet, seen } => {
            let plan = planned(ctx, account, &sheet).await?;
            if shown(ctx, account, &plan) != seen {
                return Err(groups::GroupError::Meanwhile.to_string());
            }
            groups::import(ctx, &actor, &plan).await.map_err(|error| error.to_string())?;
            Ok(json!({ "added": plan.added.len(), "removed": plan.removed.len(), "same": plan.same }))
        }
    }
}

fn named(ctx: &Ctx, account: &AccountId, group: &str) -> Result<GroupRef, String> {
    let attributes = ctx.library.account(account).map(|account| &account.attributes);
    let found = attributes.map_or(Find::Nothing, |attributes| groups::find(attributes, group));
    match found {
        Find::One(group) => Ok(group),
        Find::Several(_) => {
            Err(format!("several attributes have a group {group:?}; write attribute={group}"))
        }
        Find::Nothing => Err(format!("there is no group {group:?}; `todoke groups list` shows them all")),
    }
}

async fn planned(ctx: &Ctx, account: &AccountId, sheet: &Sheet) -> Result<Plan, String> {
    let group = sheet.group.as_ref().map(|group| named(ctx, account, group)).transpose()?;
    let list = ctx.store.list_invited(account).await.map_err(|error| error.to_string())?;
    let scope = Scope { group: group.as_ref(), replaces: sheet.replaces };
    let known = ctx.library.account(account).map(|account| &account.attributes);
    Ok(known.map(|attributes| groups::plan(attributes, &list, &sheet.rows, scope)).unwrap_or_default())
}

/// A plan as it is printed. It holds names, for the one who gave them.
fn shown(ctx: &Ctx, account: &AccountId, plan: &Plan) -> Value {
    let zone = ctx.library.account(account).map(|account| account.time_zone.clone());
    let zone = zone.unwrap_or(jiff::tz::TimeZone::UTC);
    let name = |group: &GroupRef| format!("{}={}", group.attribute, group.group);
    let problems = plan.problems.iter().map(|one| {
        let column = one.column.map(|column| column.to_string());
        json!({ "line": one.line, "column": column, "what": one.wrong.to_string(), "text": one.to_string() })
    });
    let added = plan
        .added
        .iter()
        .map(|(line, group, person)| json!({ "line": line, "group": name(group), "name": person.expose() }));
    let removed = plan.removed.iter().map(|one| {
        let since = one.used.map(|used| used.to_zoned(zone.clone()).date());
        json!({ "group": name(&one.group), "name": one.name.expose(), "joined": since })
    });
    json!({
        "problems": problems.collect::<Vec<_>>(),
        "added": added.collect::<Vec<_>>(),
        "removed": removed.collect::<Vec<_>>(),
        "same": plan.same,
    })
}
