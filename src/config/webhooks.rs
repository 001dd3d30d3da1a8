//! `[[webhooks]]` of an account's file: which systems are told what has become of announcements.

use std::{fs, path::PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::domain::telling::Webhook;

/// Bytes of a secret (Standard Webhooks, "Signature scheme").
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// Systems that are told, at most.
const MOST: usize = 10;

/// One of them, as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    url: String,
    secret: Option<SecretString>,
    secret_file: Option<PathBuf>,
}

/// Reads them all, or says what is wrong. No address and no secret stands in what is said.
pub(super) fn read(written: Vec<Written>) -> Result<Vec<Webhook>, String> {
    if written.len() > MOST {
        return Err(format!("there are more than {MOST} [[webhooks]]"));
    }
    let one = |(n, written): (usize, Written)| {
        read_one(written).map_err(|what| format!("[[webhooks]] number {}: {what}", n + 1))
    };
    written.into_iter().enumerate().map(one).collect()
}

fn read_one(written: Written) -> Result<Webhook, String> {
    let Written { url, secret, secret_file } = written;
    let own = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    let is_own = own.iter().any(|own| url.strip_prefix(own).is_some_and(|rest| rest.starts_with([':', '/'])));
    let is_plain = url.len() <= 2_000 && url.bytes().all(|b| b.is_ascii_graphic());
    if !is_plain || !(is_own || url.starts_with("https://")) {
        return Err("url has to begin with https:// (http:// only for this machine), without blanks".into());
    }
    let secret = match (secret, secret_file) {
        (Some(secret), None) => secret,
        (None, Some(file)) => fs::read_to_string(&file)
            .map_err(|error| format!("{} cannot be read: {error}", file.display()))?
            .into(),
        _ => return Err("write either secret or secret_file".into()),
    };
    let bytes =
        secret.expose_secret().trim().strip_prefix("whsec_").and_then(|text| STANDARD.decode(text).ok());
    let secret = bytes.filter(|bytes| BYTES.contains(&bytes.len())).ok_or(
        "the secret is whsec_ and 24 to 64 bytes in base64, for example from `echo whsec_$(openssl rand -base64 32)`",
    )?;
    Ok(Webhook { url, secret })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn hook(url: &str, secret: &str) -> Result<Webhook, String> {
        read_one(Written { url: url.into(), secret: Some(secret.into()), secret_file: None })
    }

    #[test]
    fn only_what_is_encrypted_or_on_this_machine_is_told() {
        for good in ["https://city.example/a", "http://127.0.0.1:1/", "http://localhost/x", "http://[::1]:2/"]
        {
            assert_eq!(hook(good, SECRET).unwrap().secret.len(), 24, "{good}");
        }
        for bad in ["http://city.example/", "http://127.0.0.1.city.example/", "ftp://x", "", "https://a b"] {
            assert!(hook(bad, SECRET).is_err(), "{bad}");
        }
        for bad in ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!", "whsec_c2hvcnQ="] {
            let why = hook("https://city.example/", bad).unwrap_err();
            assert!(why.contains("whsec_ and 24") && !why.contains("MfKQ"), "{why}");
        }
    }
}
