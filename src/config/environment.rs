//! The environment as configuration sees it: only `TODOKE_…__…` counts, `…_FILE` names a file.

use std::{collections::BTreeMap, fs, path::PathBuf};

use super::ConfigError;

/// The variables that are configuration. Others are ignored, so that `TODOKE_BIN` may mean anything.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The process's own environment.
    pub fn of_this_process() -> Self {
        Self::from_pairs(std::env::vars_os().filter_map(|(name, value)| {
            // A variable that is not UTF-8 cannot be one of ours.
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }))
    }

    /// Keeps what is configuration.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(
            pairs
                .into_iter()
                .filter(|(name, _)| name.starts_with("TODOKE_") && name.contains("__"))
                .collect(),
        )
    }

    /// The variables of one account by key (`channel_secret` …), with `_FILE` resolved.
    pub(super) fn of_account(&self, env_form: &str) -> Result<BTreeMap<String, String>, ConfigError> {
        let prefix = format!("{ACCOUNT}{env_form}__");
        let mut values = BTreeMap::new();
        for (name, value) in &self.0 {
            if let Some(key) = name.strip_prefix(&prefix) {
                let (key, value) = resolve_file(name, key, value)?;
                values.insert(key, value);
            }
        }
        Ok(values)
    }

    /// The names of accounts (in environment form) that variables speak of, each with one such variable.
    pub(super) fn accounts(&self) -> BTreeMap<&str, &str> {
        self.0
            .keys()
            .filter_map(|name| Some((name.strip_prefix(ACCOUNT)?.split_once("__")?.0, name.as_str())))
            .collect()
    }

    /// Everything that is not about an account: (variable, section, key, value).
    pub(super) fn settings(&self) -> Result<Vec<(String, String, String, String)>, ConfigError> {
        self.0
            .iter()
            .filter(|(name, _)| !name.starts_with(ACCOUNT))
            .map(|(name, value)| {
                let rest = &name["TODOKE_".len()..];
                let (section, key) = rest.split_once("__").unwrap_or((rest, ""));
                let (key, value) = if SECRETS_IN_FILES.contains(&rest) {
                    resolve_file(name, key, value)?
                } else {
                    (key.to_lowercase(), value.clone())
                };
                Ok((name.clone(), section.to_lowercase(), key, value))
            })
            .collect()
    }
}

/// Secrets of settings, which may stand in a file of their own.
const SECRETS_IN_FILES: [&str; 2] = ["SECURITY__MASTER_KEY_FILE", "OIDC__CLIENT_SECRET_FILE"];

/// What variables of accounts begin with. No section is called `account`, so nothing collides.
const ACCOUNT: &str = "TODOKE_ACCOUNT_";

/// `KEY_FILE=path` means: the value of `key` is what the file says, without its last line break.
fn resolve_file(name: &str, key: &str, value: &str) -> Result<(String, String), ConfigError> {
    match key.strip_suffix("_FILE") {
        None => Ok((key.to_lowercase(), value.to_owned())),
        Some(key) => {
            let path = PathBuf::from(value);
            let text = fs::read_to_string(&path).map_err(|source| ConfigError::Wrong {
                origin: name.to_owned(),
                what: format!("the file {} cannot be read: {source}", path.display()),
            })?;
            Ok((key.to_lowercase(), text.trim_end_matches(['\r', '\n']).to_owned()))
        }
    }
}
