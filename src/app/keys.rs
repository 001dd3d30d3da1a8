//! What commands ask about keys of other systems: by `todoke keys …`, whoever holds the store.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    domain::{
        api_key::ApiKey,
        id::AccountId,
        staff::{Actor, Machine, rights::ManageStaff},
    },
    journeys::{
        Ctx,
        api_keys::{self, NewKey},
    },
};

/// A question about an account's keys, everything as typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// Make a key.
    Add {
        /// What staff call it.
        label: String,
        /// The login name of whoever answers for it.
        owner: String,
        /// What it is for.
        scopes: Vec<String>,
        /// Whose announcements it writes.
        department: Option<String>,
    },
    /// The keys.
    List,
    /// Take a key away.
    Remove {
        /// Its id.
        id: String,
    },
}

pub(super) async fn answer(ctx: &Ctx, account: &AccountId, question: Value) -> Result<Value, String> {
    let question = serde_json::from_value(question)
        .map_err(|error| format!("the command is not understood: {error}"))?;
    let actor: Actor<ManageStaff> = Machine.actor(account);
    match question {
        Question::Add { label, owner, scopes, department } => {
            let new = NewKey {
                label: label.parse().map_err(|error| format!("the label {error}"))?,
                owner: owner.parse().map_err(|error| format!("the owner {error}"))?,
                scopes: scopes
                    .iter()
                    .map(|scope| {
                        scope.parse().map_err(|error: crate::domain::api_key::UnknownScope| error.to_string())
                    })
                    .collect::<Result<_, _>>()?,
                department: department
                    .map(|department| department.parse().map_err(|error| format!("the department {error}")))
                    .transpose()?,
            };
            let (key, secret) = api_keys::add(ctx, &actor, new).await.map_err(|error| error.to_string())?;
            let mut told = shown(ctx, &key).await;
            told["key"] = secret.into();
            Ok(told)
        }
        Question::List => {
            let mut keys = Vec::new();
            for key in api_keys::list(ctx, &actor).await.map_err(|error| error.to_string())? {
                keys.push(shown(ctx, &key).await);
            }
            Ok(json!({ "keys": keys }))
        }
        Question::Remove { id } => {
            let id = id.parse().map_err(|error: crate::domain::id::InvalidId| error.to_string())?;
            api_keys::remove(ctx, &actor, id).await.map_err(|error| error.to_string())?;
            Ok(json!({ "removed": id.to_string() }))
        }
    }
}

async fn shown(ctx: &Ctx, key: &ApiKey) -> Value {
    let owner = ctx.store.load_staff(key.owner).await.ok().flatten();
    let owner = owner.map_or_else(|| key.owner.to_string(), |owner| owner.value.login.as_str().to_owned());
    json!({
        "id": key.id.to_string(),
        "label": key.label.as_str(),
        "scopes": key.scopes,
        "owner": owner,
        "department": key.department,
        "made": key.made,
    })
}
