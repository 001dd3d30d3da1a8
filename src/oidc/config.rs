//! Section `oidc` of the configuration.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// The city's single sign-on; every key is explained in `config/default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcConfig {
    /// The provider's own name for itself, an address; empty: there is none.
    pub issuer: String,
    /// Under what the provider knows todoke.
    pub client_id: String,
    /// What todoke proves that by.
    pub client_secret: SecretString,
    /// What staff call the provider, in Japanese.
    pub label_ja: String,
    /// What staff call the provider, in English.
    pub label_en: String,
    /// Asked for beside `openid`.
    pub scopes: Vec<String>,
    /// How strongly the provider has to recognise people, one of these; empty: as it likes.
    pub acr_values: Vec<String>,
    /// Milliseconds to wait for an answer of the provider.
    pub timeout_ms: u64,
}

impl OidcConfig {
    /// Whether there is a provider.
    pub fn is_on(&self) -> bool {
        !self.issuer.is_empty()
    }

    /// What contradicts itself, and what to write instead. `console` is the console's own address, empty
    /// where it is unknown.
    pub fn check(&self, console: &str) -> Result<(), &'static str> {
        let has_secret = !self.client_secret.expose_secret().is_empty();
        if !self.is_on() {
            return if self.client_id.is_empty() && !has_secret {
                Ok(())
            } else {
                Err(
                    "oidc.client_id or oidc.client_secret is set, but oidc.issuer is not: write the provider's \
                     address, for example https://login.city.example, or leave all three empty",
                )
            };
        }
        if self.issuer.contains(['?', '#']) {
            return Err(
                "oidc.issuer must have no ? and no #: write the provider's own name for itself, as it \
                        stands in its description as `issuer`",
            );
        }
        if self.client_id.is_empty() || !has_secret {
            return Err(
                "oidc.issuer is set, but oidc.client_id or oidc.client_secret is not: register todoke at \
                        the provider as a confidential (web) client and write both \
                        (TODOKE_OIDC__CLIENT_SECRET or TODOKE_OIDC__CLIENT_SECRET_FILE)",
            );
        }
        if console.is_empty() {
            return Err("oidc.issuer is set, but the console's own address is not known: write \
                        console.public_url, for example https://console.city.example, to which the provider \
                        sends staff back");
        }
        if self.label_ja.trim().is_empty() || self.label_en.trim().is_empty() {
            return Err("oidc.label_ja or oidc.label_en is empty: write what staff call the provider");
        }
        if !(100..=60_000).contains(&self.timeout_ms) {
            return Err("oidc.timeout_ms must be from 100 to 60000; the default is 8000");
        }
        Ok(())
    }
}
