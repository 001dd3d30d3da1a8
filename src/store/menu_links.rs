//! PORT: which rich menu each resident was given. LINE tells it one resident at a time only.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::{
    id::{AccountId, LineUserId, ResidentNo},
    menu::MenuId,
};

/// Menus of residents' own.
#[async_trait]
pub trait MenuLinks: Send + Sync {
    /// Every menu that residents were given, and who, in order. Numbers of those who were erased may be among them.
    async fn menu_links(&self, account: &AccountId) -> Result<Vec<(MenuId, Vec<ResidentNo>)>, StoreError>;

    /// Notes that residents have this menu now, or with `None` none of their own, whatever they had before.
    async fn note_menu(
        &self,
        account: &AccountId,
        menu: Option<MenuId>,
        residents: Vec<ResidentNo>,
    ) -> Result<(), StoreError>;

    /// Drops what is noted of other menus than these: they are gone at LINE, or about to be.
    async fn keep_menus(&self, account: &AccountId, menus: Vec<MenuId>) -> Result<(), StoreError>;

    /// The LINE ids of residents, by number, in the order of the numbers; those who are not known any more are left
    /// out. It looks at every resident of the account: ask for many at once.
    async fn line_users(
        &self,
        account: &AccountId,
        residents: Vec<ResidentNo>,
    ) -> Result<Vec<(ResidentNo, LineUserId)>, StoreError>;
}
