//! PORT: a city's single sign-on, by which staff prove that they are who they are. `oidc` is the adapter.
//!
//! Journeys call it; it names only the domain. It tells whose account somebody has signed in with at the
//! provider, and never who that is to us.

use async_trait::async_trait;

use crate::domain::{language::Language, staff::OutsideAccount, time::Timestamp};

/// What one way to the provider is made of. The secrets are random texts of 64 hexadecimal digits.
#[derive(Clone)]
pub struct Ask<'a> {
    /// Comes back with the answer.
    pub state: &'a str,
    /// Comes back inside the token.
    pub nonce: &'a str,
    /// Its hash goes along; itself it is shown when the code is redeemed.
    pub verifier: &'a str,
    /// Whether the person has to sign in there anew.
    pub anew: bool,
    /// For the provider's own pages.
    pub language: Language,
}

/// What is to be redeemed, and what it has to fit.
#[derive(Clone)]
pub struct Redeem<'a> {
    /// The code that came back.
    pub code: &'a str,
    /// As asked.
    pub nonce: &'a str,
    /// As asked.
    pub verifier: &'a str,
    /// When the person had to sign in anew: not before this moment. `None`: whenever.
    pub anew_since: Option<Timestamp>,
}

/// Why nothing was learned; each variant is another sentence for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignOnError {
    /// The provider was not reached, or did not answer as one does. Not the person's fault.
    #[error("provider")]
    Provider,
    /// The provider does not know the code (any more).
    #[error("code")]
    Code,
    /// The token was not made for this, or not by this provider.
    #[error("{0}")]
    Token(Unsound),
}

/// What is wrong with a token; the word stands in the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsound {
    /// The signature is not the provider's.
    #[error("signature")]
    Signature,
    /// Another provider made it.
    #[error("issuer")]
    Issuer,
    /// It was made for another service.
    #[error("audience")]
    Audience,
    /// Its time is over, or has not come.
    #[error("time")]
    Time,
    /// It answers another question.
    #[error("nonce")]
    Nonce,
    /// It does not say that the person has signed in anew.
    #[error("not-anew")]
    NotAnew,
    /// It does not say that the person was recognised as strongly as demanded (`oidc.acr_values`).
    #[error("strength")]
    Strength,
    /// Anything else.
    #[error("malformed")]
    Malformed,
}

/// A provider of single sign-on.
#[async_trait]
pub trait SingleSignOn: Send + Sync {
    /// Its name for machines (`iss`).
    fn issuer(&self) -> &str;

    /// What staff call it.
    fn label(&self, language: Language) -> &str;

    /// Where a browser has to go.
    async fn way(&self, ask: &Ask<'_>) -> Result<String, SignOnError>;

    /// Learns whose account it was.
    async fn redeem(&self, redeem: &Redeem<'_>) -> Result<OutsideAccount, SignOnError>;
}
