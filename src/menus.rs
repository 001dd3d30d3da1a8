//! PORT: how todoke looks after a channel's rich menus. `line::menus` is the adapter.
//!
//! Beside [`crate::messenger`], since nothing here speaks to residents and only a command calls it.

use async_trait::async_trait;

use crate::{
    domain::{
        id::{AccountId, LineUserId},
        menu::{Menu, MenuAlias, MenuId, MenuImage},
    },
    messenger::SendError,
};

/// Residents in one call of [`RichMenus::link`] at most (Messaging API, "Link rich menu to multiple users").
pub const MOST_LINKED: usize = 500;

/// A menu that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundMenu {
    /// LINE's id.
    pub id: MenuId,
    /// Its name, which residents do not see.
    pub name: String,
}

/// An alias that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundAlias {
    /// The alias, whoever has made it.
    pub alias: String,
    /// The menu behind it, which may have been deleted since.
    pub menu: MenuId,
}

/// Looks after the menus of the installation's channels. A call whose end is unknown
/// ([`SendError::Unknown`]) may have taken effect: look before trying again.
#[async_trait]
pub trait RichMenus: Send + Sync + 'static {
    /// Every menu that was made through the API, by whomever.
    async fn menus(&self, account: &AccountId) -> Result<Vec<FoundMenu>, SendError>;

    /// Every alias.
    async fn aliases(&self, account: &AccountId) -> Result<Vec<FoundAlias>, SendError>;

    /// The menu of residents without one of their own, if one was set through the API.
    async fn default_menu(&self, account: &AccountId) -> Result<Option<MenuId>, SendError>;

    /// Whether the menu's picture has been uploaded.
    async fn has_image(&self, account: &AccountId, menu: &MenuId) -> Result<bool, SendError>;

    /// Asks whether LINE would take the menu; changes nothing.
    async fn validate(&self, account: &AccountId, menu: &Menu, name: &str) -> Result<(), SendError>;

    /// Makes a menu under a name; nobody sees it yet.
    async fn create(&self, account: &AccountId, menu: &Menu, name: &str) -> Result<MenuId, SendError>;

    /// Uploads a menu's picture; once there, it cannot be replaced.
    async fn upload(&self, account: &AccountId, menu: &MenuId, image: &MenuImage) -> Result<(), SendError>;

    /// Deletes a menu; residents who had it get the default one.
    async fn delete(&self, account: &AccountId, menu: &MenuId) -> Result<(), SendError>;

    /// Shows a menu to everybody who has none of their own.
    async fn set_default(&self, account: &AccountId, menu: &MenuId) -> Result<(), SendError>;

    /// Takes the default away; what was set in LINE's own manager shows again.
    async fn clear_default(&self, account: &AccountId) -> Result<(), SendError>;

    /// Makes an alias that is not there yet.
    async fn create_alias(
        &self,
        account: &AccountId,
        alias: &MenuAlias,
        menu: &MenuId,
    ) -> Result<(), SendError>;

    /// Lets an alias lead to another menu.
    async fn update_alias(
        &self,
        account: &AccountId,
        alias: &MenuAlias,
        menu: &MenuId,
    ) -> Result<(), SendError>;

    /// Deletes an alias.
    async fn delete_alias(&self, account: &AccountId, alias: &MenuAlias) -> Result<(), SendError>;

    /// Gives residents a menu of their own, [`MOST_LINKED`] a call. LINE does it a moment later.
    async fn link(
        &self,
        account: &AccountId,
        menu: &MenuId,
        residents: &[LineUserId],
    ) -> Result<(), SendError>;

    /// Takes the menu of their own away from residents, [`MOST_LINKED`] a call: they see the default one.
    async fn unlink(&self, account: &AccountId, residents: &[LineUserId]) -> Result<(), SendError>;
}
