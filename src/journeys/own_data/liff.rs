//! The other way in: LINE says who has opened our page inside LINE, and the same page of one's own data follows.

use crate::{
    domain::{account::Account, id::AccountId, language::Language},
    id_tokens::IdTokenError,
    journeys::{Ctx, pages::Bearer},
    store::StoreError,
};

/// Why somebody does not come in.
#[derive(Debug, thiserror::Error)]
pub enum LiffError {
    /// The account has no such page.
    #[error("the account has no page inside LINE")]
    NoPage,
    /// LINE says that the token is not valid.
    #[error("LINE does not say who it is")]
    Refused,
    /// LINE was not reached.
    #[error("LINE could not be asked who it is")]
    Unanswered,
    /// Somebody who has never written to the account, or was erased.
    #[error("nobody is known")]
    Nobody,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<IdTokenError> for LiffError {
    fn from(error: IdTokenError) -> Self {
        match error {
            IdTokenError::Refused => Self::Refused,
            IdTokenError::Unanswered => Self::Unanswered,
        }
    }
}

/// The account whose page inside LINE this is.
pub fn account<'a>(ctx: &'a Ctx, id: &AccountId) -> Result<&'a Account, LiffError> {
    ctx.library.account(id).filter(|account| account.liff.is_some()).ok_or(LiffError::NoPage)
}

/// Lets in whoever the token is of: the word of the page of their own data, and the language of their talk.
pub async fn enter(ctx: &Ctx, id: &AccountId, token: &str) -> Result<(String, Language), LiffError> {
    let account = account(ctx, id)?;
    let page = account.liff.as_ref().ok_or(LiffError::NoPage)?;
    let user = ctx.id_tokens.whose(page, token).await?;
    let of = ctx.store.resident_ref(&account.id, &user)?;
    let resident = ctx.store.resident(&account.id, of).await?.ok_or(LiffError::Nobody)?;
    let language = resident.language.unwrap_or_else(|| account.default_language());
    let bearer = Bearer { account: &account.id, resident: of, language, now: ctx.clock.now() };
    Ok((ctx.pages.mine_word(&bearer), language))
}
