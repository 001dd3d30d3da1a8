//! Laying the sources over each other, with an error that names the source of a wrong key or value.

use std::fs;

use serde::Deserialize;
use toml::{Table, Value};

use super::{ConfigError, Environment, Flags, Settings};

const DEFAULTS: &str = include_str!("../../config/default.toml");

/// The merged settings, not yet typed.
pub(super) struct Layers {
    pub(super) table: Table,
    /// Where the last values came from, for messages.
    origin: String,
}

/// Merges defaults, file, environment and flags.
pub(super) fn merge(flags: &Flags, environment: &Environment) -> Result<Layers, ConfigError> {
    let mut table: Table = DEFAULTS.parse().expect("the embedded defaults are valid TOML, a test reads them");
    let mut origin = "config/default.toml".to_owned();
    if let Some(path) = &flags.config {
        let text = fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.clone(), source })?;
        origin = path.display().to_string();
        let file: Table = text.parse().map_err(|e| ConfigError::Wrong {
            origin: origin.clone(),
            what: super::without_the_line(&e, &text),
        })?;
        overlay(&mut table, file, &origin)?;
    }
    for (variable, section, key, text) in environment.settings()? {
        let slot = slot(&mut table, &section, &key)
            .ok_or_else(|| unknown(&variable, &format!("{section}.{key}"), &known_keys()))?;
        *slot = typed_like(slot, &text).map_err(|expected| ConfigError::Wrong {
            origin: variable,
            what: format!("{text:?} is not {expected}"),
        })?;
    }
    if let Some(data) = &flags.data {
        let url = slot(&mut table, "store", "url").expect("the defaults have store.url");
        if url.as_str().is_some_and(|url| url.starts_with("postgres")) {
            return Err(ConfigError::Contradiction(
                "--data names a folder, but store.url names PostgreSQL: leave one of them out".into(),
            ));
        }
        *url = Value::String(format!("sled:{}", data.display()));
    }
    Ok(Layers { table, origin })
}

impl Layers {
    /// The typed settings.
    pub(super) fn settings(&self) -> Result<Settings, ConfigError> {
        Settings::deserialize(Value::Table(self.table.clone())).map_err(|e| ConfigError::Wrong {
            origin: self.origin.clone(),
            what: super::without_the_value(&e.to_string()),
        })
    }
}

/// Lays a file over the defaults; the defaults name every section and key there is.
fn overlay(table: &mut Table, file: Table, origin: &str) -> Result<(), ConfigError> {
    for (section, content) in file {
        let Value::Table(content) = content else {
            return Err(ConfigError::Wrong {
                origin: origin.to_owned(),
                what: format!(
                    "{section:?} stands outside of a section; write it below a line such as [server]"
                ),
            });
        };
        for (key, value) in content {
            let slot = slot(table, &section, &key)
                .ok_or_else(|| unknown(origin, &format!("{section}.{key}"), &known_keys()))?;
            *slot = value;
        }
    }
    Ok(())
}

fn slot<'a>(table: &'a mut Table, section: &str, key: &str) -> Option<&'a mut Value> {
    table.get_mut(section)?.as_table_mut()?.get_mut(key)
}

/// Reads a variable's text as the kind of value that the default has.
fn typed_like(default: &Value, text: &str) -> Result<Value, &'static str> {
    match default {
        Value::Integer(_) => text.parse().map(Value::Integer).map_err(|_| "a whole number"),
        Value::Float(_) => text.parse().map(Value::Float).map_err(|_| "a number"),
        // A list: what stands between commas.
        Value::Array(_) => Ok(Value::Array(
            text.split(',').map(str::trim).filter(|one| !one.is_empty()).map(Value::from).collect(),
        )),
        Value::Boolean(_) => text.parse().map(Value::Boolean).map_err(|_| "true or false"),
        _ => Ok(Value::String(text.to_owned())),
    }
}

fn known_keys() -> Vec<String> {
    let table: Table = DEFAULTS.parse().expect("the embedded defaults are valid TOML, a test reads them");
    let keys_of = |(section, content): (&String, &Value)| {
        let keys = content.as_table().into_iter().flat_map(Table::keys);
        keys.map(|key| format!("{section}.{key}")).collect::<Vec<_>>()
    };
    table.iter().flat_map(keys_of).collect()
}

/// Says that a key is unknown, and which one was probably meant.
fn unknown(origin: &str, key: &str, known: &[String]) -> ConfigError {
    let nearest = known.iter().min_by_key(|candidate| distance(candidate, key));
    let hint = nearest.filter(|candidate| distance(candidate, key) <= 4).map_or_else(
        || "`todoke config check` lists the known keys".to_owned(),
        |c| format!("did you mean {c}?"),
    );
    ConfigError::Wrong { origin: origin.to_owned(), what: format!("there is no key {key}; {hint}") }
}

/// How many letters have to be changed, added or dropped to make `a` from `b` (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
