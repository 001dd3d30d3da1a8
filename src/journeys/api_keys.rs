//! Keys of other systems: made for a person who answers for them, shown once, recognised with every call.

use super::{
    Ctx,
    staff::{Secret, StaffError, check_department},
};
use crate::{
    domain::{
        api_key::{ApiKey, KeyLabel, Scope},
        audit::Action,
        id::ApiKeyId,
        staff::{Actor, CheckedKey, Department, LoginName, Right, rights::ManageStaff},
    },
    store::StoreError,
};

/// What a key begins with, so that scanners of leaked secrets know one.
const BEGINS: &str = "todoke_key_";

/// Why no key was made or taken away.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Nobody of the account has this login name.
    #[error("nobody of the account has this login name; `todoke staff list` shows them all")]
    UnknownOwner,
    /// The person who is to answer for it may not do it.
    #[error("the person who answers for the key has not the right {}; give them a role that has it, or leave out {scope}", right.code())]
    Beyond {
        /// What the key is to be for.
        scope: Scope,
        /// What is missing.
        right: Right,
    },
    /// The account has no such department.
    #[error("the account has no such department")]
    UnknownDepartment,
    /// There is no such key.
    #[error("the account has no such key; `todoke keys list` shows them all")]
    Unknown,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A key to be made.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// What staff call it.
    pub label: KeyLabel,
    /// Who answers for it.
    pub owner: LoginName,
    /// What it is for; at least one.
    pub scopes: Vec<Scope>,
    /// Whose announcements it writes.
    pub department: Option<Department>,
}

/// Makes a key. What comes back beside it is shown to one person, once, and stands nowhere.
pub async fn add(ctx: &Ctx, actor: &Actor<ManageStaff>, new: NewKey) -> Result<(ApiKey, String), KeyError> {
    let account = actor.account();
    check_department(ctx, account, new.department.as_ref()).map_err(|error| match error {
        StaffError::Store(error) => KeyError::Store(error),
        _ => KeyError::UnknownDepartment,
    })?;
    let owner = ctx.store.load_staff_by_login(&new.owner).await?;
    let owner = owner.map(|owner| owner.value).filter(|owner| owner.membership(account).is_some());
    let owner = owner.ok_or(KeyError::UnknownOwner)?;
    let membership = owner.membership(account).ok_or(KeyError::UnknownOwner)?;
    let mut scopes = new.scopes;
    scopes.sort_unstable();
    scopes.dedup();
    if let Some(scope) = scopes.iter().find(|scope| !membership.grants(scope.right())) {
        return Err(KeyError::Beyond { scope: *scope, right: scope.right() });
    }
    let key = ApiKey {
        id: ApiKeyId(ctx.ids.uuid_v7()),
        account: account.clone(),
        label: new.label,
        scopes,
        department: new.department,
        owner: owner.id,
        made: ctx.clock.now(),
    };
    let secret = Secret::new(&*ctx.entropy);
    let mut note = actor.note(key.made, Action::ApiKeyAdded, key.id);
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.code()).collect();
    note.detail = vec![("scopes".into(), scopes.join(" ")), ("owner".into(), owner.id.to_string())];
    ctx.store.add_api_key(key.clone(), &secret.hash(), note).await?;
    Ok((key, format!("{BEGINS}{}", secret.expose())))
}

/// The account's keys, the oldest first.
pub async fn list(ctx: &Ctx, actor: &Actor<ManageStaff>) -> Result<Vec<ApiKey>, StoreError> {
    ctx.store.list_api_keys(actor.account()).await
}

/// Takes a key away: from then on nobody is let in by it.
pub async fn remove(ctx: &Ctx, actor: &Actor<ManageStaff>, id: ApiKeyId) -> Result<(), KeyError> {
    let note = actor.note(ctx.clock.now(), Action::ApiKeyRemoved, id);
    let is_removed = ctx.store.remove_api_key(actor.account(), id, note).await?;
    is_removed.then_some(()).ok_or(KeyError::Unknown)
}

/// Whose key was shown, from which address; `None`: it is none, or the person who answered for it is not there any
/// more.
pub async fn recognise(ctx: &Ctx, shown: &str, from: &str) -> Result<Option<CheckedKey>, StoreError> {
    let Some(secret) = shown.strip_prefix(BEGINS).and_then(Secret::parse) else { return Ok(None) };
    let Some(key) = ctx.store.find_api_key(&secret.hash()).await? else { return Ok(None) };
    let owner = ctx.store.load_staff(key.owner).await?;
    Ok(owner.and_then(|owner| CheckedKey::check(key, owner.value, from.to_owned())))
}
