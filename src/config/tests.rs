//! How the layers meet, what is refused, and what the refusal says.

use std::{fs, path::Path};

use secrecy::ExposeSecret;

use super::*;

/// A folder with one account and, if wanted, a configuration file.
struct Town {
    folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
    flags: Flags,
}

impl Town {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("accounts")).unwrap();
        let dir = folder.path().join("accounts").display().to_string();
        let town =
            Self { folder, variables: vec![("TODOKE_ACCOUNTS__DIR".into(), dir)], flags: Flags::default() };
        town.account("todoke", "name = \"とどけ市\"\n");
        town
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn account(&self, id: &str, text: &str) {
        fs::write(self.path().join("accounts").join(format!("{id}.toml")), text).unwrap();
    }

    fn file(mut self, text: &str) -> Self {
        let path = self.path().join("todoke.toml");
        fs::write(&path, text).unwrap();
        self.flags.config = Some(path);
        self
    }

    fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    fn load(&self) -> Result<Config, ConfigError> {
        Config::load(&self.flags, &Environment::from_pairs(self.variables.clone()))
    }

    fn complaint(&self) -> String {
        self.load().and_then(|config| config.require_a_live_account()).unwrap_err().to_string()
    }
}

const SECRET: &str = "TODOKE_ACCOUNT_TODOKE__CHANNEL_SECRET";

#[test]
fn a_later_layer_overrides_an_earlier_one() {
    let town = Town::new()
        .file("[server]\nlisten = \"127.0.0.1:1\"\nwebhook_max_bytes = 2048\n")
        .set("TODOKE_SERVER__LISTEN", "127.0.0.1:2");
    let settings = town.load().unwrap().settings;
    assert_eq!(settings.server.listen.to_string(), "127.0.0.1:2");
    assert_eq!(settings.server.webhook_max_bytes, 2048);
    assert_eq!(settings.inbox.keep_text_hours, 24);
}

#[test]
fn an_unknown_key_names_its_source_and_the_key_that_was_probably_meant() {
    let in_file = Town::new().file("[server]\nlistn = \"127.0.0.1:1\"\n").complaint();
    assert!(in_file.contains("todoke.toml") && in_file.contains("did you mean server.listen?"), "{in_file}");
    let in_environment = Town::new().set("TODOKE_INBOX__KEEP_TEXT_HOUR", "1").complaint();
    assert!(
        in_environment.contains("TODOKE_INBOX__KEEP_TEXT_HOUR")
            && in_environment.contains("inbox.keep_text_hours"),
        "{in_environment}"
    );
}

#[test]
fn a_value_of_the_wrong_kind_says_what_is_expected() {
    let complaint = Town::new().set("TODOKE_SERVER__WEBHOOK_MAX_BYTES", "many").complaint();
    assert!(complaint.contains("\"many\" is not a whole number"), "{complaint}");
}

#[test]
fn variables_without_two_underscores_are_ignored() {
    assert!(Town::new().set("TODOKE_BIN", "x").set("OTHER__THING", "x").load().is_ok());
}

#[test]
fn without_any_channel_secret_the_start_stops_and_names_the_variable() {
    assert!(Town::new().complaint().contains(SECRET));
}

#[test]
fn a_secret_may_come_from_a_file_and_the_environment_wins() {
    let town = Town::new();
    let secret = town.path().join("secret");
    fs::write(&secret, "from-file\n").unwrap();
    town.account("todoke", "name = \"とどけ市\"\nchannel_secret = \"from-toml\"\n");
    let town = town.set(&format!("{SECRET}_FILE"), secret.to_str().unwrap());
    let config = town.load().unwrap();
    assert_eq!(config.accounts[0].secrets.channel_secret.as_ref().unwrap().expose_secret(), "from-file");
}

#[test]
fn a_variable_for_an_unknown_account_or_key_stops_the_start() {
    let town = Town::new().set("TODOKE_ACCOUNT_OTHER__CHANNEL_SECRET", "x");
    assert!(town.complaint().contains("there is no account for it"));
    let town = Town::new().set("TODOKE_ACCOUNT_TODOKE__CHANNEL_SECRT", "x");
    assert!(town.complaint().contains("CHANNEL_SECRET, PREVIOUS_CHANNEL_SECRET"));
}

#[test]
fn contradictions_say_what_to_change() {
    for (name, value, hint) in [
        ("TODOKE_STORE__URL", "mysql://x", "sled:<folder>"),
        ("TODOKE_STORE__URL", "postgres://x", "PostgreSQL"),
        ("TODOKE_LINE__RATE_SHARE", "0.0", "above 0"),
        ("TODOKE_INBOX__KEEP_ID_DAYS", "0", "raise keep_id_days"),
        ("TODOKE_RUNNER__CONCURRENCY", "0", "at least 1"),
        ("TODOKE_FIGURES__CALLS_PER_HOUR", "0", "1 to 60"),
        ("TODOKE_FIGURES__CALLS_PER_HOUR", "61", "1 to 60"),
        ("TODOKE_UNANSWERED__KEEP_DAYS", "0", "at least 1"),
        ("TODOKE_ENQUIRIES__KEEP_DAYS", "99999", "fewer days"),
        ("TODOKE_SERVER__PUBLIC_URL", "line.city.example", "https://"),
        ("TODOKE_SERVER__PUBLIC_URL", "http://line.city.example", "https://"),
        ("TODOKE_SERVER__PUBLIC_URL", "http://127.0.0.1.example", "https://"),
    ] {
        let complaint = Town::new().set(name, value).complaint();
        assert!(complaint.contains(hint), "{name}={value}: {complaint}");
    }
    let mut town = Town::new().set("TODOKE_STORE__URL", "postgres://x");
    town.flags.data = Some("d".into());
    assert!(town.complaint().contains("--data"));
}

#[test]
fn an_account_file_with_a_wrong_name_zone_or_key_is_refused() {
    for (id, text, hint) in [
        ("Bad", "name = \"x\"", "rename the file"),
        ("a", "name = \"x\"\ntime_zone = \"Asia/Todoke\"", "Asia/Tokyo"),
        ("a", "name = \"x\"\nlanguages = []", "at least"),
        ("a", "name = \"x\"\ncolour = 1", "colour"),
        ("a", "name = \"x\"\nprevious_channel_secret = \"x\"", "set the current one too"),
    ] {
        let town = Town::new();
        town.account(id, text);
        let complaint = town.complaint();
        assert!(complaint.contains(hint), "{text}: {complaint}");
    }
}

#[test]
fn the_hosts_that_announcements_may_lead_to_are_host_names() {
    let links = |list: &str| {
        format!(
            "name = \"市\"\nchannel_secret = \"s\"\nchannel_access_token = \"t\"\nlink_domains = [{list}]"
        )
    };
    let town = Town::new();
    town.account("city", &links("\"City.Example.\", \"pay.example\""));
    let config = town.load().unwrap();
    assert_eq!(config.accounts[0].account.link_domains, ["city.example", "pay.example"]);
    for wrong in [
        "https://city.example",
        "city.example/a",
        "jp",
        "",
        "市.example",
        "192.0.2.1",
        "-a.example",
        "a..example",
    ] {
        let town = Town::new();
        town.account("city", &links(&format!("{wrong:?}")));
        let complaint = town.complaint();
        assert!(complaint.contains("link_domains") && complaint.contains("https://"), "{wrong}: {complaint}");
    }
}

#[test]
fn what_is_printed_and_debugged_holds_no_secret() {
    let town = Town::new()
        .set(SECRET, "canary-secret")
        .set("TODOKE_ACCOUNT_TODOKE__CHANNEL_ACCESS_TOKEN", "canary-token")
        .set("TODOKE_SECURITY__MASTER_KEY", "canary-master")
        .set("TODOKE_CONSOLE__PUBLIC_URL", "https://c.example")
        .set("TODOKE_OIDC__ISSUER", "https://login.example")
        .set("TODOKE_OIDC__CLIENT_ID", "todoke")
        .set("TODOKE_OIDC__CLIENT_SECRET", "canary-oidc");
    let config = town.load().unwrap();
    let shown =
        format!("{}{config:?}{}", config.effective, serde_json::to_string(&config.effective).unwrap());
    assert!(!shown.contains("canary"), "{shown}");
    assert!(shown.contains("***"));
}

#[test]
fn the_consoles_networks_and_address_are_read_from_every_layer() {
    let town = Town::new().file("[console]\nallow_from = ['10.1.0.0/16', '192.0.2.7']\n");
    let town = town.set("TODOKE_SERVER__TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8");
    let settings = town.load().unwrap().settings;
    assert_eq!((settings.console.allow_from.len(), settings.server.trusted_proxies.len()), (2, 2));
    assert_eq!(settings.console_listen().unwrap(), None);
    let own = Town::new().set("TODOKE_SERVER__CONSOLE_LISTEN", "127.0.0.1:8081").load().unwrap().settings;
    assert_eq!(own.console_listen().unwrap().unwrap().port(), 8081);
    let line = ("TODOKE_SERVER__PUBLIC_URL", "https://line.city.example/");
    let (port, console) = (
        ("TODOKE_SERVER__CONSOLE_LISTEN", "127.0.0.1:8081"),
        ("TODOKE_CONSOLE__PUBLIC_URL", "https://c.example"),
    );
    for (set, address) in [
        (&[][..], ""),
        (&[line], "https://line.city.example"),
        (&[line, port], ""),
        (&[line, port, console], "https://c.example"),
        (&[line, console], "https://c.example"),
    ] {
        let town = set.iter().fold(Town::new(), |town, (variable, value)| town.set(variable, value));
        let settings = town.load().unwrap().settings;
        assert_eq!(settings.console.address(&settings.server), address, "{set:?}");
    }
    for (variable, value, told) in [
        ("TODOKE_CONSOLE__ALLOW_FROM", "10.1.0.0/33", "10.1.0.0/33"),
        ("TODOKE_CONSOLE__PUBLIC_URL", "http://c.example", "console.public_url must start with https://"),
        ("TODOKE_SERVER__PUBLIC_URL", "http://localhost.evil", "server.public_url must start with https://"),
        ("TODOKE_SERVER__CONSOLE_LISTEN", "8081", "server.console_listen"),
        ("TODOKE_SERVER__CONSOLE_LISTEN", "127.0.0.1:8080", "the same as server.listen"),
    ] {
        let complaint = Town::new().set(variable, value).complaint();
        assert!(complaint.contains(told), "{complaint}");
    }
}

#[test]
fn a_single_sign_on_is_whole_or_not_there() {
    let whole = [
        ("TODOKE_OIDC__ISSUER", "https://login.example/realms/staff"),
        ("TODOKE_OIDC__CLIENT_ID", "todoke"),
        ("TODOKE_OIDC__CLIENT_SECRET", "canary-oidc"),
        ("TODOKE_CONSOLE__PUBLIC_URL", "https://c.example"),
    ];
    let with = |change: &[(&str, &str)]| {
        let all = whole.iter().filter(|(name, _)| change.iter().all(|(changed, _)| changed != name));
        all.chain(change).fold(Town::new(), |town, (name, value)| town.set(name, value))
    };
    let settings = with(&[("TODOKE_OIDC__ACR_VALUES", "a, b")]).load().unwrap().settings;
    assert!(settings.oidc.is_on() && settings.oidc.acr_values == ["a", "b"]);
    assert!(!Town::new().load().unwrap().settings.oidc.is_on());
    let file = Town::new();
    let path = file.path().join("secret");
    fs::write(&path, "canary-in-file\n").unwrap();
    let path = path.display().to_string();
    let town = whole.iter().filter(|(name, _)| !name.ends_with("SECRET")).fold(file, |t, (n, v)| t.set(n, v));
    let settings = town.set("TODOKE_OIDC__CLIENT_SECRET_FILE", &path).load().unwrap().settings;
    assert_eq!(settings.oidc.client_secret.expose_secret(), "canary-in-file");
    for (change, told) in [
        (("TODOKE_OIDC__ISSUER", ""), "oidc.issuer is not"),
        (("TODOKE_OIDC__ISSUER", "http://login.example"), "oidc.issuer must start with https://"),
        (("TODOKE_OIDC__ISSUER", "https://login.example/?a"), "must have no ?"),
        (("TODOKE_OIDC__CLIENT_ID", ""), "oidc.client_id or oidc.client_secret is not"),
        (("TODOKE_OIDC__CLIENT_SECRET", ""), "oidc.client_id or oidc.client_secret is not"),
        (("TODOKE_CONSOLE__PUBLIC_URL", ""), "write console.public_url"),
        (("TODOKE_OIDC__LABEL_JA", " "), "oidc.label_ja"),
        (("TODOKE_OIDC__TIMEOUT_MS", "0"), "oidc.timeout_ms"),
    ] {
        let complaint = with(&[change]).complaint();
        assert!(complaint.contains(told) && !complaint.contains("canary"), "{change:?}: {complaint}");
    }
}
