//! Configuration: embedded defaults → file → environment → flags, each key checked, contradictions said.
//!
//! `cli` loads it once and hands each part its own section. It is the only place that reads the
//! environment. Secrets are [`SecretString`]s and are masked whenever the configuration is printed.

mod accounts;
mod attributes;
mod effective;
mod environment;
mod layers;
pub mod menus;
mod webhooks;

use std::{net::SocketAddr, path::PathBuf};

use secrecy::SecretString;
use serde::Deserialize;

pub use accounts::{Access, AccountConfig, AccountSecrets};
pub use effective::Effective;
pub use environment::Environment;

use crate::{
    line::LineConfig,
    oidc::OidcConfig,
    web::{ServerConfig, console::ConsoleConfig},
};

/// The whole configuration, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The installation's own settings.
    pub settings: Settings,
    /// The LINE accounts, by id.
    pub accounts: Vec<AccountConfig>,
    /// What `todoke config check` prints.
    pub effective: Effective,
}

/// What stands in `config/default.toml`, where each key is explained.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where and how todoke is served.
    pub server: ServerConfig,
    /// The staff console.
    pub console: ConsoleConfig,
    /// The city's single sign-on.
    pub oidc: OidcConfig,
    /// Where everything is kept.
    pub store: StoreSettings,
    /// How long events are kept.
    pub inbox: InboxSettings,
    /// How long questions without an answer are kept.
    pub unanswered: UnansweredSettings,
    /// How long enquiries are kept.
    pub enquiries: EnquiriesSettings,
    /// How events are worked on.
    pub runner: RunnerSettings,
    /// How announcements are held and paced.
    pub announcements: AnnouncementsSettings,
    /// What is collected day by day.
    pub figures: FiguresSettings,
    /// How LINE is called.
    pub line: LineConfig,
    /// Where the accounts stand.
    pub accounts: AccountsSettings,
    /// Where the intents stand.
    pub intents: IntentsSettings,
    /// Where the rich menus stand.
    pub menus: MenusSettings,
    /// The master key.
    pub security: SecuritySettings,
    /// What is logged.
    pub log: LogSettings,
}

/// Section `store`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreSettings {
    /// `sled:<folder>`.
    pub url: String,
    /// Bytes of cache.
    pub cache_bytes: u64,
    /// Events that may wait.
    pub max_waiting: usize,
}

/// Section `inbox`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboxSettings {
    /// Hours for which bodies are kept after settling.
    pub keep_text_hours: u32,
    /// Days for which ids are kept.
    pub keep_id_days: u32,
}

/// Section `unanswered`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnansweredSettings {
    /// Days for which masked questions are kept.
    pub keep_days: u32,
}

/// Section `enquiries`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnquiriesSettings {
    /// Days for which an enquiry is kept after its last change.
    pub keep_days: u32,
}

/// Section `runner`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunnerSettings {
    /// Events answered at once.
    pub concurrency: usize,
}

/// Section `announcements`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnnouncementsSettings {
    /// Seconds between the approval of an announcement and its first call.
    pub hold_seconds: u32,
    /// The same of alerts and corrections.
    pub urgent_hold_seconds: u32,
    /// Calls a second of ordinary announcements.
    pub calls_per_second: u32,
    /// Calls at once, of alerts and of everything else each.
    pub calls_at_once: usize,
    /// Whether the first 500 people go first.
    pub ramp: bool,
    /// Milliseconds before a call without an outcome is tried again.
    pub back_off_ms: u64,
}

/// Section `figures`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FiguresSettings {
    /// Whether they are collected.
    pub collect: bool,
    /// Calls an hour for LINE's numbers, of each account.
    pub calls_per_hour: usize,
}

/// Section `accounts`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountsSettings {
    /// The folder of account files.
    pub dir: PathBuf,
}

/// Section `intents`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntentsSettings {
    /// The folder of intent folders.
    pub dir: PathBuf,
    /// Whether changes are watched.
    pub watch: bool,
    /// Whether what the console publishes is written to the files.
    pub write_back: bool,
}

/// Section `menus`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MenusSettings {
    /// The folder with one folder of menus an account.
    pub dir: PathBuf,
}

/// Section `security`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecuritySettings {
    /// 64 hexadecimal digits, or empty for the file in the data folder.
    pub master_key: SecretString,
}

/// Section `log`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// A tracing filter.
    pub level: String,
}

/// What the command line says; it overrides everything else.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--config FILE`.
    pub config: Option<PathBuf>,
    /// `--data DIR`.
    pub data: Option<PathBuf>,
}

/// Why the configuration cannot be used, and what to change.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("{path}: cannot be read: {source}", path = path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A value is wrong or unknown.
    #[error("{origin}: {what}")]
    Wrong {
        /// The file or variable.
        origin: String,
        /// What is wrong and what to write instead.
        what: String,
    },
    /// Two values contradict each other.
    #[error("{0}")]
    Contradiction(String),
}

/// A TOML error with its place. The parser's own text would repeat the line, which may hold a secret.
fn without_the_line(error: &toml::de::Error, text: &str) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    format!("line {line}: {}", without_the_value(error.message()))
}

/// 「invalid type: integer `123…`, expected a string」 would repeat the value itself.
fn without_the_value(message: &str) -> String {
    let (first, rest) = message.trim().split_once('\n').unwrap_or((message.trim(), ""));
    let what = match first.split_once("expected ") {
        Some((wrong, expected)) if wrong.starts_with("invalid") => {
            format!("the value is of the wrong kind; expected {expected} (texts stand in quotes)")
        }
        _ => first.to_owned(),
    };
    format!("{what} {}", rest.trim()).trim().to_owned()
}

impl Config {
    /// Reads all layers and checks them against each other.
    pub fn load(flags: &Flags, environment: &Environment) -> Result<Self, ConfigError> {
        let layers = layers::merge(flags, environment)?;
        let settings = layers.settings()?;
        settings.check()?;
        let accounts = accounts::load(&settings.accounts.dir, environment)?;
        let effective = Effective::new(&layers, &accounts);
        Ok(Self { settings, accounts, effective })
    }

    /// Checks that at least one account can take webhooks; asked by `serve`, not by commands that only read.
    pub fn require_a_live_account(&self) -> Result<(), ConfigError> {
        if self.accounts.iter().any(|account| account.secrets.channel_secret.is_some()) {
            return Ok(());
        }
        let dir = self.settings.accounts.dir.display();
        Err(ConfigError::Contradiction(match self.accounts.first() {
            None => format!(
                "there is no LINE account: write {dir}/<id>.toml, for example by copying the sample city's \
                 todoke.toml"
            ),
            Some(account) => format!(
                "no account has a channel secret, so no webhook could be checked: set {}, or channel_secret \
                 in {dir}/{}.toml (LINE Developers console → your channel → Basic settings → Channel secret)",
                account.secret_variable(),
                account.account.id,
            ),
        }))
    }
}

impl Settings {
    /// The folder of the embedded store.
    pub fn data_dir(&self) -> Result<PathBuf, ConfigError> {
        match self.store.url.split_once(':') {
            Some(("sled", folder)) if !folder.is_empty() => Ok(PathBuf::from(folder)),
            Some(("postgres" | "postgresql", _)) => Err(ConfigError::Contradiction(
                "store.url names PostgreSQL, which this version cannot use yet; write sled:<folder>".into(),
            )),
            _ => Err(ConfigError::Contradiction(format!(
                "store.url is {:?}; write sled:<folder>, for example sled:./data",
                self.store.url
            ))),
        }
    }

    /// The console's own address; `None`: it is served beside everything else.
    pub fn console_listen(&self) -> Result<Option<SocketAddr>, ConfigError> {
        match self.server.console_listen.as_str() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| {
                ConfigError::Contradiction(format!(
                    "server.console_listen is {text:?}; write an address and a port such as 127.0.0.1:8081, or \
                     nothing"
                ))
            }),
        }
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.data_dir()?;
        if self.console_listen()? == Some(self.server.listen) {
            return Err(ConfigError::Contradiction(
                "server.console_listen is the same as server.listen; choose another port, or leave it empty"
                    .into(),
            ));
        }
        let wrong = |what: &str| Err(ConfigError::Contradiction(what.to_owned()));
        if self.server.webhook_max_bytes < 1_024 {
            return wrong(
                "server.webhook_max_bytes is below 1024: no webhook would fit; the default is 6291456",
            );
        }
        if self.server.webhook_max_in_work == 0 {
            return wrong(
                "server.webhook_max_in_work is 0: every webhook would be refused; write at least 1",
            );
        }
        if self.store.max_waiting == 0 {
            return wrong("store.max_waiting is 0: every webhook would be refused; write at least 1");
        }
        if self.unanswered.keep_days == 0 || self.enquiries.keep_days == 0 {
            return wrong(
                "unanswered.keep_days or enquiries.keep_days is 0: everything would be dropped before anybody \
                 reads it; write at least 1",
            );
        }
        if self.unanswered.keep_days > 3_650 || self.enquiries.keep_days > 3_650 {
            return wrong(
                "unanswered.keep_days or enquiries.keep_days is above 3650: what is kept for more than ten \
                 years is kept for ever; write fewer days",
            );
        }
        if !is_public(&self.console.public_url) {
            return wrong(
                "console.public_url must start with https://, for example https://console.city.example: staff \
                 sign in there (http:// is for this machine alone)",
            );
        }
        if !is_public(&self.server.public_url) {
            return wrong(
                "server.public_url must start with https://, for example https://line.city.example: residents \
                 write to the city there (http:// is for this machine alone)",
            );
        }
        if !is_public(&self.oidc.issuer) {
            return wrong(
                "oidc.issuer must start with https://, for example https://login.city.example (http:// is for \
                 this machine alone)",
            );
        }
        if let Err(what) = self.oidc.check(self.console.address(&self.server)) {
            return wrong(what);
        }
        if self.runner.concurrency == 0 {
            return wrong("runner.concurrency is 0: nothing would be answered; write at least 1");
        }
        if !(self.line.rate_share > 0.0 && self.line.rate_share <= 1.0) {
            return wrong("line.rate_share must be above 0 and at most 1");
        }
        if !(1..=60).contains(&self.figures.calls_per_hour) {
            return wrong(
                "figures.calls_per_hour must be 1 to 60, as many as LINE takes; to collect nothing write \
                 figures.collect = false",
            );
        }
        if u64::from(self.inbox.keep_text_hours) > u64::from(self.inbox.keep_id_days) * 24 {
            return wrong(
                "inbox.keep_text_hours is longer than inbox.keep_id_days: a body would outlive its event; raise \
                 keep_id_days or lower keep_text_hours",
            );
        }
        Ok(())
    }
}

/// Whether an address is empty, encrypted, or on this machine.
fn is_public(url: &str) -> bool {
    let on_this_machine = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    let own = |start: &&str| {
        url.strip_prefix(*start).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    };
    url.is_empty() || url.starts_with("https://") || on_this_machine.iter().any(own)
}

#[cfg(test)]
mod tests;
