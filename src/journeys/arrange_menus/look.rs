//! What the channel has, as far as a plan needs to know.

use crate::{
    domain::{
        id::AccountId,
        menu::{Mark, MenuAlias, MenuId, WantedMenu},
    },
    menus::{FoundAlias, RichMenus},
    messenger::SendError,
};

/// A menu that todoke has made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OurMenu {
    /// LINE's id.
    pub id: MenuId,
    /// Which state of which menu it is.
    pub mark: Mark,
    /// Whether its picture is there; asked only where the menu is still wanted.
    pub has_image: bool,
}

/// What the channel has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Menus that todoke has made.
    pub ours: Vec<OurMenu>,
    /// Menus that others have made.
    pub foreign: Vec<MenuId>,
    /// Every alias.
    pub aliases: Vec<FoundAlias>,
    /// The menu of residents without one of their own.
    pub default: Option<MenuId>,
}

/// A wanted menu that LINE would not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The menu.
    pub alias: MenuAlias,
    /// LINE's own words.
    pub message: String,
}

/// What was found, and what LINE says of the menus that are still to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// What the channel has.
    pub found: Found,
    /// Wanted menus that LINE would refuse.
    pub refused: Vec<Refusal>,
}

/// Looks; nothing is changed.
pub async fn look(
    menus: &dyn RichMenus,
    account: &AccountId,
    wanted: &[WantedMenu],
) -> Result<Looked, SendError> {
    let marks: Vec<Mark> = wanted.iter().map(WantedMenu::mark).collect();
    let mut found = Found {
        aliases: menus.aliases(account).await?,
        default: menus.default_menu(account).await?,
        ..Found::default()
    };
    for menu in menus.menus(account).await? {
        match Mark::read(&menu.name) {
            Some(mark) => {
                let has_image = marks.contains(&mark) && menus.has_image(account, &menu.id).await?;
                found.ours.push(OurMenu { id: menu.id, mark, has_image });
            }
            None => found.foreign.push(menu.id),
        }
    }
    let mut refused = Vec::new();
    for (wanted, mark) in wanted.iter().zip(&marks) {
        if found.ours.iter().any(|ours| ours.mark == *mark) {
            continue;
        }
        match menus.validate(account, &wanted.menu, &mark.name_for(&wanted.menu)).await {
            Ok(()) => {}
            Err(SendError::Refused { message, .. }) => {
                refused.push(Refusal { alias: wanted.alias.clone(), message });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(Looked { found, refused })
}
