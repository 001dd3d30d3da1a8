//! OpenID Connect: the adapter of the port `sign_on`. Authorization code flow with PKCE (OpenID Connect
//! Core 1.0, section 3.1; RFC 7636).
//!
//! The protocol is the library's: addresses, the exchange of the code, and every check of a token
//! (signature, issuer, audience, time, nonce) but that of the authorized party. Here stand what the city configured, the
//! calls ([`http`]), and when the provider's own description is read again.

mod config;
mod http;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use jiff::SignedDuration;
use openidconnect::{
    AuthType, AuthenticationContextClass, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError,
    ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, LanguageTag,
    Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    SignatureVerificationError, TokenResponse,
    core::{
        CoreAuthPrompt, CoreClient, CoreClientAuthMethod, CoreIdToken, CoreJwsSigningAlgorithm,
        CoreProviderMetadata, CoreResponseType,
    },
    url,
};
use secrecy::ExposeSecret;

pub use config::OidcConfig;
use http::{Http, is_safe};

use crate::{
    domain::{
        language::Language,
        staff::OutsideAccount,
        time::{Clock, Timestamp},
    },
    sign_on::{Ask, Redeem, SignOnError, SingleSignOn, Unsound},
};

/// For so long the provider's description and keys are taken as they were read; an unknown key has them
/// read again at once.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(1);
/// So far the provider's clock and ours may be apart.
const SKEW: SignedDuration = SignedDuration::from_mins(1);
/// A token older than this when it comes was not made for us now.
const OLDEST: SignedDuration = SignedDuration::from_mins(10);

/// The algorithms that are taken: those with a public key, whatever else the provider would offer.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why the adapter cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum NotMade {
    /// An address is none.
    #[error("oidc.issuer or console.public_url is no address: {0}")]
    Address(#[from] url::ParseError),
    /// TLS or the network of this machine.
    #[error("the client for the single sign-on cannot be made: {0}")]
    Client(#[from] reqwest::Error),
}

/// What the provider says about itself, and when.
struct Known {
    metadata: CoreProviderMetadata,
    at: Timestamp,
}

/// A city's provider.
pub struct Oidc {
    config: OidcConfig,
    issuer: IssuerUrl,
    back: RedirectUrl,
    http: Http,
    clock: Arc<dyn Clock>,
    known: Mutex<Option<Arc<Known>>>,
}

impl Oidc {
    /// Speaks to nobody yet. `back` is the address to which the provider sends browsers back.
    pub fn new(config: &OidcConfig, back: String, clock: Arc<dyn Clock>) -> Result<Self, NotMade> {
        Ok(Self {
            issuer: IssuerUrl::new(config.issuer.clone())?,
            back: RedirectUrl::new(back)?,
            http: Http::new(Duration::from_millis(config.timeout_ms))?,
            config: config.clone(),
            clock,
            known: Mutex::new(None),
        })
    }

    /// What the provider says about itself: as it was read, if not too long ago.
    async fn known(&self) -> Result<Arc<Known>, SignOnError> {
        let kept = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match kept {
            Some(known) if self.clock.now().duration_since(known.at).abs() <= KNOWN_FOR => Ok(known),
            // What was true an hour ago serves on while the provider does not answer.
            Some(old) => Ok(self.read().await.unwrap_or(old)),
            None => self.read().await,
        }
    }

    /// Reads it anew. Two at once are two readings: nobody waits behind somebody else's.
    async fn read(&self) -> Result<Arc<Known>, SignOnError> {
        let read = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http).await;
        let metadata = read.map_err(|error| {
            let error = with_source(&error);
            tracing::warn!(%error, "the single sign-on does not describe itself; look at oidc.issuer and the network");
            SignOnError::Provider
        })?;
        let known = Arc::new(Known { metadata, at: self.clock.now() });
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&known));
        Ok(known)
    }

    fn client(&self, known: &Known) -> Client {
        let methods = known.metadata.token_endpoint_auth_methods_supported();
        let takes = |method| methods.is_none_or(|methods| methods.contains(&method));
        // The default of OAuth 2.0 where the provider names none.
        let by = if takes(CoreClientAuthMethod::ClientSecretBasic) {
            AuthType::BasicAuth
        } else {
            AuthType::RequestBody
        };
        let id = ClientId::new(self.config.client_id.clone());
        let secret = ClientSecret::new(self.config.client_secret.expose_secret().to_owned());
        CoreClient::from_provider_metadata(known.metadata.clone(), id, Some(secret))
            .set_redirect_uri(self.back.clone())
            .set_auth_type(by)
    }

    /// Checks a token against what was asked, and what the provider says about its keys.
    fn check(
        &self,
        known: &Known,
        token: &CoreIdToken,
        redeem: &Redeem<'_>,
    ) -> Result<OutsideAccount, ClaimsVerificationError> {
        let (client, now) = (self.client(known), self.clock.now());
        let (not_before, not_after) = (now - OLDEST, now + SKEW);
        let offered = known.metadata.id_token_signing_alg_values_supported();
        let allowed = ALGORITHMS.into_iter().filter(|one| offered.contains(one));
        let wanted = &self.config.acr_values;
        let anew_since = redeem.anew_since.map(|since| SystemTime::from(since - SKEW));
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(allowed)
            .set_time_fn(move || SystemTime::from(now).into())
            .set_issue_time_verifier_fn(move |issued| {
                let issued = SystemTime::from(issued);
                let fits = SystemTime::from(not_before) <= issued && issued <= SystemTime::from(not_after);
                if fits { Ok(()) } else { Err("not made just now".into()) }
            })
            .set_auth_context_verifier_fn(move |strength: Option<&AuthenticationContextClass>| {
                let is_one = strength.is_some_and(|strength| wanted.iter().any(|one| *one == **strength));
                if wanted.is_empty() || is_one { Ok(()) } else { Err("not as strong as demanded".into()) }
            })
            .set_auth_time_verifier_fn(move |signed_in| {
                let signed_in = signed_in.map(SystemTime::from);
                let fits = anew_since.is_none_or(|since| signed_in.is_some_and(|at| since <= at));
                if fits { Ok(()) } else { Err("not signed in anew".into()) }
            });
        let claims = token.claims(&verifier, &Nonce::new(redeem.nonce.to_owned()))?;
        // The library leaves this one to its callers (OpenID Connect Core, section 3.1.3.7, step 5). Further
        // audiences it has refused.
        if claims.authorized_party().is_some_and(|party| **party != self.config.client_id) {
            return Err(ClaimsVerificationError::InvalidAudience("made for another party".into()));
        }
        Ok(OutsideAccount {
            issuer: claims.issuer().as_str().to_owned(),
            subject: claims.subject().as_str().to_owned(),
        })
    }
}

#[async_trait]
impl SingleSignOn for Oidc {
    fn issuer(&self) -> &str {
        self.issuer.as_str()
    }

    fn label(&self, language: Language) -> &str {
        if language == Language::Ja { &self.config.label_ja } else { &self.config.label_en }
    }

    async fn way(&self, ask: &Ask<'_>) -> Result<String, SignOnError> {
        let known = self.known().await?;
        let client = self.client(&known);
        let (state, nonce) = (CsrfToken::new(ask.state.to_owned()), Nonce::new(ask.nonce.to_owned()));
        let verifier = PkceCodeVerifier::new(ask.verifier.to_owned());
        let mut request = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || state,
                move || nonce,
            )
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_scopes(self.config.scopes.iter().cloned().map(Scope::new))
            .add_ui_locale(LanguageTag::new(ask.language.html().to_owned()));
        for value in &self.config.acr_values {
            request = request.add_auth_context_value(AuthenticationContextClass::new(value.clone()));
        }
        if ask.anew {
            request = request.add_prompt(CoreAuthPrompt::Login).set_max_age(Duration::ZERO);
        }
        let (url, ..) = request.url();
        if is_safe(&url) {
            return Ok(url.into());
        }
        tracing::warn!("the single sign-on names a page that does not begin with https://");
        Err(SignOnError::Provider)
    }

    async fn redeem(&self, redeem: &Redeem<'_>) -> Result<OutsideAccount, SignOnError> {
        let known = self.known().await?;
        let client = self.client(&known);
        let code = AuthorizationCode::new(redeem.code.to_owned());
        let exchange = client.exchange_code(code).map_err(|_| {
            tracing::warn!("the single sign-on names no address at which a code is redeemed");
            SignOnError::Provider
        })?;
        let verifier = PkceCodeVerifier::new(redeem.verifier.to_owned());
        let answer = exchange.set_pkce_verifier(verifier).request_async(&self.http).await;
        let answer = answer.map_err(|error| match error {
            RequestTokenError::ServerResponse(refused) if refused.error().as_ref() == "invalid_grant" => {
                SignOnError::Code
            }
            RequestTokenError::ServerResponse(refused) => {
                let error = word(refused.error().as_ref());
                tracing::warn!(
                    error,
                    "the single sign-on refuses todoke; look at oidc.client_id and client_secret"
                );
                SignOnError::Provider
            }
            other => {
                let error = with_source(&other);
                tracing::warn!(%error, "the single sign-on did not redeem a code");
                SignOnError::Provider
            }
        })?;
        let token = answer.id_token().ok_or_else(|| refused(Unsound::Malformed))?;
        let checked = match self.check(&known, token, redeem) {
            // The provider may sign with a new key.
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => self.check(&*self.read().await?, token, redeem),
            checked => checked,
        };
        checked.map_err(|error| refused(unsound(&error)))
    }
}

fn refused(why: Unsound) -> SignOnError {
    tracing::warn!(%why, "a token of the single sign-on was refused");
    SignOnError::Token(why)
}

fn unsound(error: &ClaimsVerificationError) -> Unsound {
    match error {
        ClaimsVerificationError::SignatureVerification(_) => Unsound::Signature,
        ClaimsVerificationError::InvalidIssuer(_) => Unsound::Issuer,
        ClaimsVerificationError::InvalidAudience(_) => Unsound::Audience,
        ClaimsVerificationError::Expired(_) => Unsound::Time,
        ClaimsVerificationError::InvalidNonce(_) => Unsound::Nonce,
        ClaimsVerificationError::InvalidAuthTime(_) => Unsound::NotAnew,
        ClaimsVerificationError::InvalidAuthContext(_) => Unsound::Strength,
        _ => Unsound::Malformed,
    }
}

/// An error's own sentence and the one behind it, neither of which repeats what was sent or came.
fn with_source(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}

/// A code of the provider's, for a log: nothing but what such codes are made of.
fn word(code: &str) -> String {
    code.chars().filter(|c| c.is_ascii_lowercase() || *c == '_').take(40).collect()
}
