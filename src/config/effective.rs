//! The configuration in force, for people: secrets masked.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Access, AccountConfig, layers::Layers};
use crate::domain::attribute::{Attribute, Keeping, Retention};

/// What `todoke config check` prints. A secret is shown as `***` when set and as nothing when not.
#[derive(Debug, Clone, Serialize)]
pub struct Effective {
    settings: Value,
    accounts: Map<String, Value>,
}

/// Keys of settings that are secrets.
const SECRET_KEYS: [(&str, &str); 2] = [("security", "master_key"), ("oidc", "client_secret")];

impl Effective {
    pub(super) fn new(layers: &Layers, accounts: &[AccountConfig]) -> Self {
        let mut settings = serde_json::to_value(&layers.table).expect("a TOML table of plain values is JSON");
        for (section, key) in SECRET_KEYS {
            if let Some(value) = settings.pointer_mut(&format!("/{section}/{key}")) {
                *value = Value::from(mask(value.as_str().is_some_and(|text| !text.is_empty())));
            }
        }
        let accounts = accounts.iter().map(|a| (a.account.id.to_string(), describe(a))).collect();
        Self { settings, accounts }
    }
}

fn mask(is_set: bool) -> &'static str {
    if is_set { "***" } else { "" }
}

fn describe(account: &AccountConfig) -> Value {
    let secrets = &account.secrets;
    json!({
        "name": account.account.name,
        "time_zone": account.account.time_zone.iana_name(),
        "languages": account.account.languages,
        "departments": account.account.departments,
        "attributes": account.account.attributes.iter().map(attribute).collect::<Vec<_>>(),
        "staff_group": account.account.staff_group.as_ref().map(|(attribute, group)| format!("{attribute}.{group}")),
        "alert_quota": account.account.alert_quota,
        "target_alerts": account.account.target_alerts,
        "link_domains": account.account.link_domains,
        "channel_id": account.channel_id,
        "liff_id": account.account.liff.as_ref().map(ToString::to_string),
        "webhooks": account.webhooks.len(),
        "channel_secret": mask(secrets.channel_secret.is_some()),
        "previous_channel_secret": mask(secrets.previous_channel_secret.is_some()),
        "channel_access_token": mask(secrets.channel_access_token.is_some()),
        "state": match (&secrets.channel_secret, account.access()) {
            (None, _) => format!("off: set {}", account.secret_variable()),
            (_, Access::None) => {
                format!("cannot answer: set {}, or channel_id in its file", account.token_variable())
            }
            (_, Access::Issued) => "on, with tokens that LINE issues to channel_id".to_owned(),
            (_, Access::Given) => "on".to_owned(),
        },
    })
}

fn attribute(attribute: &Attribute) -> String {
    let keep = match attribute.retention {
        Retention::WhileRegistered => "while registered".to_owned(),
        Retention::Days(days) => format!("{days} days"),
    };
    let keeping = match attribute.keeping {
        Keeping::Plain => "plain",
        Keeping::Sealed => "sealed",
    };
    format!("{} ({}, {keep}, {keeping})", attribute.id, attribute.kind.name())
}

impl fmt::Display for Effective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (section, values) in self.settings.as_object().into_iter().flatten() {
            writeln!(f, "[{section}]")?;
            lines(f, values)?;
            writeln!(f)?;
        }
        for (id, values) in &self.accounts {
            writeln!(f, "[account {id}]")?;
            lines(f, values)?;
            writeln!(f)?;
        }
        Ok(())
    }
}

fn lines(f: &mut fmt::Formatter<'_>, values: &Value) -> fmt::Result {
    values.as_object().into_iter().flatten().try_for_each(|(key, value)| writeln!(f, "{key} = {value}"))
}
