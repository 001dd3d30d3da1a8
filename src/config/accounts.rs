//! The accounts: one file each, their secrets also from the environment.

use std::{collections::BTreeMap, fs, path::Path};

use jiff::tz::TimeZone;
use secrecy::SecretString;
use serde::Deserialize;

use super::{ConfigError, Environment, attributes, webhooks};
use crate::domain::{
    account::Account,
    attribute::{AttributeId, Attributes, ChoiceId, Kind},
    id::AccountId,
    language::Language,
    registration::Codes,
    telling::Webhook,
};

/// One LINE account as configured.
#[derive(Debug, Clone)]
pub struct AccountConfig {
    /// What everybody may know.
    pub account: Account,
    /// The id of its Messaging API channel. With it and the secret LINE issues tokens, where none is given.
    pub channel_id: Option<String>,
    /// Who is told what has become of its announcements.
    pub webhooks: Vec<Webhook>,
    /// What nobody may see.
    pub secrets: AccountSecrets,
}

/// An account's secrets. Without a channel secret the account is off.
#[derive(Debug, Clone, Default)]
pub struct AccountSecrets {
    /// Checks webhooks.
    pub channel_secret: Option<SecretString>,
    /// Accepted beside the current one while a secret is being rotated.
    pub previous_channel_secret: Option<SecretString>,
    /// Allows calls to LINE. Without it, tokens are issued.
    pub channel_access_token: Option<SecretString>,
}

/// How an account is let in at LINE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// By the token that is given.
    Given,
    /// By tokens that LINE issues to the channel's id and secret.
    Issued,
    /// Not at all.
    None,
}

impl AccountConfig {
    /// How it is let in at LINE.
    pub fn access(&self) -> Access {
        match (&self.secrets.channel_access_token, &self.channel_id) {
            (Some(_), _) => Access::Given,
            (None, Some(_)) => Access::Issued,
            (None, None) => Access::None,
        }
    }

    /// The environment variable for its channel secret.
    pub fn secret_variable(&self) -> String {
        format!("TODOKE_ACCOUNT_{}__CHANNEL_SECRET", self.account.id.env_form())
    }

    /// The environment variable for its channel access token.
    pub fn token_variable(&self) -> String {
        format!("TODOKE_ACCOUNT_{}__CHANNEL_ACCESS_TOKEN", self.account.id.env_form())
    }
}

/// `<accounts.dir>/<id>.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountFile {
    name: String,
    #[serde(default = "tokyo")]
    time_zone: String,
    channel_id: Option<String>,
    liff_id: Option<String>,
    channel_secret: Option<SecretString>,
    previous_channel_secret: Option<SecretString>,
    channel_access_token: Option<SecretString>,
    #[serde(default = "all_languages")]
    languages: Vec<Language>,
    #[serde(default)]
    departments: Vec<String>,
    #[serde(default)]
    attributes: Vec<attributes::Written>,
    #[serde(default)]
    webhooks: Vec<webhooks::Written>,
    staff_group: Option<String>,
    #[serde(default)]
    alert_quota: u64,
    #[serde(default)]
    target_alerts: bool,
    #[serde(default)]
    link_domains: Vec<String>,
}

fn tokyo() -> String {
    "Asia/Tokyo".to_owned()
}

fn all_languages() -> Vec<Language> {
    Language::ALL.to_vec()
}

/// Reads every account file of the folder, in the order of the ids.
pub(super) fn load(dir: &Path, environment: &Environment) -> Result<Vec<AccountConfig>, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable { path: dir.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    let mut accounts = Vec::with_capacity(files.len());
    for path in files {
        accounts.push(load_one(&path, environment)?);
    }
    check_variables(&accounts, dir, environment)?;
    Ok(accounts)
}

fn load_one(path: &Path, environment: &Environment) -> Result<AccountConfig, ConfigError> {
    let wrong = |what: String| ConfigError::Wrong { origin: path.display().to_string(), what };
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let id: AccountId = stem
        .parse()
        .map_err(|e| wrong(format!("the file's name gives the account's id, but {e}; rename the file")))?;
    let text = fs::read_to_string(path)
        .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    let file: AccountFile = toml::from_str(&text).map_err(|e| wrong(super::without_the_line(&e, &text)))?;
    let time_zone = TimeZone::get(&file.time_zone).map_err(|_| {
        wrong(format!("time_zone {:?} is unknown; write a name such as \"Asia/Tokyo\"", file.time_zone))
    })?;
    if file.languages.is_empty() {
        return Err(wrong("languages is empty; write at least [\"ja\"]".into()));
    }
    let mut variables = environment.of_account(&id.env_form())?;
    let mut secret = |key: &str, from_file: Option<SecretString>| {
        let value = variables.remove(key).map(SecretString::from).or(from_file);
        value.filter(|secret| !secrecy::ExposeSecret::expose_secret(secret).trim().is_empty())
    };
    let secrets = AccountSecrets {
        channel_secret: secret("channel_secret", file.channel_secret),
        previous_channel_secret: secret("previous_channel_secret", file.previous_channel_secret),
        channel_access_token: secret("channel_access_token", file.channel_access_token),
    };
    let variable = format!("TODOKE_ACCOUNT_{}__LIFF_ID", id.env_form());
    let liff = match (variables.remove("liff_id"), file.liff_id) {
        (Some(id), _) => Some((id, variable)),
        (None, Some(id)) => Some((id, path.display().to_string())),
        (None, None) => None,
    };
    let liff = liff.filter(|(id, _)| !id.trim().is_empty()).map(|(id, origin)| {
        id.trim().parse().map_err(|e| ConfigError::Wrong { origin, what: format!("liff_id: {e}") })
    });
    let liff = liff.transpose()?;
    if let Some(key) = variables.keys().next() {
        return Err(ConfigError::Wrong {
            origin: format!("TODOKE_ACCOUNT_{}__{}", id.env_form(), key.to_uppercase()),
            what: "an account's variables are CHANNEL_SECRET, PREVIOUS_CHANNEL_SECRET, CHANNEL_ACCESS_TOKEN and \
                   LIFF_ID, each also with _FILE"
                .into(),
        });
    }
    let channel_id = file.channel_id.map(|id| id.trim().to_owned()).filter(|id| !id.is_empty());
    if let Some(id) = channel_id.as_ref().filter(|id| !id.bytes().all(|b| b.is_ascii_digit())) {
        return Err(wrong(format!(
            "channel_id is {id:?}; write the number that LINE Developers shows under Basic settings as Channel ID"
        )));
    }
    if secrets.previous_channel_secret.is_some() && secrets.channel_secret.is_none() {
        return Err(wrong(
            "previous_channel_secret is set, but channel_secret is not; set the current one too".into(),
        ));
    }
    let departments = file.departments.iter().map(|department| {
        department.parse().map_err(|_| {
            wrong(format!("department {department:?} has to be one line of 1 to 80 visible characters"))
        })
    });
    let departments = departments.collect::<Result<_, _>>()?;
    let attributes = attributes::read(file.attributes).map_err(|faults| wrong(faults.join("\n")))?;
    let staff_group = file.staff_group.as_deref().map(|text| staff_group(text, &attributes));
    let staff_group = staff_group.transpose().map_err(wrong)?;
    let link_domains = file.link_domains.iter().map(|text| link_domain(text).map_err(wrong));
    let link_domains = link_domains.collect::<Result<_, _>>()?;
    let codes = Codes::new(&attributes).into();
    let account = Account {
        id,
        name: file.name,
        time_zone,
        languages: file.languages,
        departments,
        attributes: attributes.into(),
        staff_group,
        alert_quota: file.alert_quota,
        target_alerts: file.target_alerts,
        link_domains,
        liff,
        codes,
    };
    let webhooks = webhooks::read(file.webhooks).map_err(wrong)?;
    Ok(AccountConfig { account, channel_id, webhooks, secrets })
}

/// A host to which announcements may lead: `city.example` means that and everything below it.
fn link_domain(text: &str) -> Result<String, String> {
    let host = text.trim().trim_end_matches('.').to_ascii_lowercase();
    let is_label = |label: &str| {
        let inner = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (1..=63).contains(&label.len()) && inner && !label.starts_with('-') && !label.ends_with('-')
    };
    let labels: Vec<&str> = host.split('.').collect();
    // One label alone would let everything of a whole country through; digits at the end are an address of a machine.
    let is_name =
        labels.len() >= 2 && labels.last().is_some_and(|top| !top.bytes().all(|b| b.is_ascii_digit()));
    if is_name && labels.iter().all(|label| is_label(label)) {
        return Ok(host);
    }
    Err(format!(
        "link_domains has {text:?}, which is no host name; write one such as \"city.example.lg.jp\", without https:// \
         and without a path"
    ))
}

/// The group of staff who get trials and drills: `attribute.group`.
fn staff_group(text: &str, attributes: &Attributes) -> Result<(AttributeId, ChoiceId), String> {
    let wrong = |known: &[String]| {
        let known = if known.is_empty() { "there are none yet".to_owned() } else { known.join(", ") };
        format!(
            "staff_group {text:?} is no group of an attribute of kind \"group\"; write one of them as \
                 attribute.group: {known}"
        )
    };
    let groups = attributes.plain().filter_map(|attribute| match &attribute.kind {
        Kind::Group(groups) => Some((attribute.id.clone(), groups)),
        _ => None,
    });
    let all: Vec<(AttributeId, ChoiceId)> = groups
        .flat_map(|(attribute, groups)| {
            groups.iter().map(move |group| (attribute.clone(), group.choice.id.clone()))
        })
        .collect();
    let names: Vec<String> = all.iter().map(|(attribute, group)| format!("{attribute}.{group}")).collect();
    let found = names.iter().position(|name| name == text.trim());
    found.and_then(|at| all.get(at).cloned()).ok_or_else(|| wrong(&names))
}

/// A variable for an account that does not exist is a mistake that would otherwise go unnoticed.
fn check_variables(
    accounts: &[AccountConfig],
    dir: &Path,
    environment: &Environment,
) -> Result<(), ConfigError> {
    let mut known: BTreeMap<String, &AccountId> = BTreeMap::new();
    for account in accounts {
        let id = &account.account.id;
        if let Some(other) = known.insert(id.env_form(), id) {
            return Err(ConfigError::Contradiction(format!(
                "the accounts {other} and {id} would share their environment variables; rename one of them"
            )));
        }
    }
    for (name, variable) in environment.accounts() {
        if !known.contains_key(name) {
            return Err(ConfigError::Wrong {
                origin: variable.to_owned(),
                what: format!("there is no account for it: {} has no file for {name}", dir.display()),
            });
        }
    }
    Ok(())
}
