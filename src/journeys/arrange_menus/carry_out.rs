//! One step after the other, as they are planned. It may break off after any of them: what is done is done, and
//! the next plan begins there.

use std::collections::BTreeMap;

use super::plan::Step;
use crate::{
    domain::{
        id::AccountId,
        menu::{MenuAlias, MenuId, WantedMenu},
    },
    menus::RichMenus,
    messenger::SendError,
};

/// LINE did not do a step; those before it are done.
#[derive(Debug, thiserror::Error)]
#[error("LINE has not done it")]
pub struct Stopped {
    /// The step.
    pub step: Step,
    /// Why.
    #[source]
    pub source: SendError,
}

/// Carries out steps of a plan for the menus that it was made for, and tells of each one when it is done. `ids` are the
/// menus that are there: those of the plan, and after that those that were made too.
pub async fn carry_out(
    menus: &dyn RichMenus,
    account: &AccountId,
    wanted: &[WantedMenu],
    ids: &mut BTreeMap<MenuAlias, MenuId>,
    steps: &[Step],
    mut done: impl FnMut(&Step),
) -> Result<(), Stopped> {
    for step in steps {
        take(menus, account, wanted, ids, step)
            .await
            .map_err(|source| Stopped { step: step.clone(), source })?;
        done(step);
    }
    Ok(())
}

async fn take(
    menus: &dyn RichMenus,
    account: &AccountId,
    wanted: &[WantedMenu],
    ids: &mut BTreeMap<MenuAlias, MenuId>,
    step: &Step,
) -> Result<(), SendError> {
    let menu = |alias: &MenuAlias| wanted.iter().find(|menu| menu.alias == *alias).ok_or(SendError::Gone);
    let id = |ids: &BTreeMap<MenuAlias, MenuId>, alias| ids.get(alias).cloned().ok_or(SendError::Gone);
    match step {
        Step::Create(alias) => {
            let wanted = menu(alias)?;
            let name = wanted.mark().name_for(&wanted.menu);
            let id = menus.create(account, &wanted.menu, &name).await?;
            ids.insert(alias.clone(), id);
            Ok(())
        }
        Step::Upload(alias) => menus.upload(account, &id(ids, alias)?, &menu(alias)?.image).await,
        Step::CreateAlias(alias) => menus.create_alias(account, alias, &id(ids, alias)?).await,
        Step::UpdateAlias(alias) => menus.update_alias(account, alias, &id(ids, alias)?).await,
        Step::SetDefault(alias) => menus.set_default(account, &id(ids, alias)?).await,
        Step::ClearDefault => menus.clear_default(account).await,
        Step::DeleteAlias(alias) => gone(menus.delete_alias(account, alias).await),
        Step::Delete { id, .. } => gone(menus.delete(account, id).await),
    }
}

/// What somebody else has deleted meanwhile is deleted.
fn gone(result: Result<(), SendError>) -> Result<(), SendError> {
    match result {
        Err(SendError::Gone) => Ok(()),
        other => other,
    }
}
