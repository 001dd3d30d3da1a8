//! Sending somebody to the city's single sign-on: what the answer has to fit is kept beside the session, and
//! the address of the provider's page is given.

use super::{super::Ctx, Secret};
use crate::{
    domain::{
        language::Language,
        staff::{Credentials, Detour, Errand, Hash, Session, Stage, Strength},
    },
    sign_on::{Ask, SignOnError, SingleSignOn},
    store::StoreError,
};

/// Why nobody is sent.
#[derive(Debug, thiserror::Error)]
pub enum NotSent {
    /// There is no single sign-on, or this session has no business there.
    #[error("there is no single sign-on for this")]
    NotOffered,
    /// The provider could not be asked where.
    #[error("the provider was not reached")]
    Provider(#[from] SignOnError),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Gives the address of the provider's page for this errand; `next` is where the person wants to be
/// afterwards.
pub async fn leave_for_sign_on(
    ctx: &Ctx,
    session: &Session,
    token: &Hash,
    errand: Errand,
    next: &str,
    language: Language,
) -> Result<String, NotSent> {
    let provider = ctx.sign_on.as_ref().ok_or(NotSent::NotOffered)?;
    let credentials = ctx.store.load_credentials(session.staff).await?.value;
    if !may(&**provider, session, &credentials, errand) {
        return Err(NotSent::NotOffered);
    }
    let [state, nonce, verifier] = [(); 3].map(|()| Secret::new(&*ctx.entropy));
    let (anew, begun) = (errand == Errand::Confirm, ctx.clock.now());
    let way = provider
        .way(&Ask {
            state: state.expose(),
            nonce: nonce.expose(),
            verifier: verifier.expose(),
            anew,
            language,
        })
        .await?;
    let detour = Detour {
        state: state.hash(),
        nonce: nonce.expose().to_owned(),
        verifier: verifier.expose().to_owned(),
        errand,
        next: next.to_owned(),
        begun,
    };
    ctx.store.keep_detour(token, detour).await?;
    Ok(way)
}

/// Whether a session may do this. Whoever came in with the password alone may link the first second factor
/// and never one beside.
pub(super) fn may(
    provider: &dyn SingleSignOn,
    session: &Session,
    credentials: &Credentials,
    errand: Errand,
) -> bool {
    let is_linked = credentials.outside_account().is_some_and(|one| one.issuer == provider.issuer());
    match (errand, session.stage) {
        (Errand::Link, Stage::Enrol) => !credentials.has_second(),
        (Errand::Link, Stage::Full) => !credentials.has_second() || session.strength == Strength::TwoFactors,
        (Errand::ComeIn, Stage::SecondFactor) | (Errand::Confirm, Stage::Full) => is_linked,
        _ => false,
    }
}
