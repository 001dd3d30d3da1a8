//! What is to be done, in an order in which residents never lose the menu that they see: what is new is made and
//! gets its picture, then aliases and the default lead to it, and only then what is old goes. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::look::{Found, OurMenu};
use crate::domain::menu::{MOST_MENUS, Mark, MenuAlias, MenuId, WantedMenu};

/// One call to LINE that changes something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Make the menu, which nobody sees yet.
    Create(MenuAlias),
    /// Upload its picture.
    Upload(MenuAlias),
    /// Make the alias, leading to the menu.
    CreateAlias(MenuAlias),
    /// Let the alias lead to the menu.
    UpdateAlias(MenuAlias),
    /// Show the menu to everybody without one of their own.
    SetDefault(MenuAlias),
    /// Show none by default.
    ClearDefault,
    /// Delete an alias that is not wanted any more.
    DeleteAlias(MenuAlias),
    /// Delete an earlier state of a menu, or one that is not wanted any more.
    Delete {
        /// Which menu it was.
        alias: MenuAlias,
        /// LINE's id of it.
        id: MenuId,
    },
}

/// Steps in their order, and what they build on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// What is to be done; nothing, if all is as wanted.
    pub steps: Vec<Step>,
    /// Wanted menus that are there already.
    pub present: BTreeMap<MenuAlias, MenuId>,
    /// How many menus others have made, which stay as they are.
    pub foreign: usize,
    /// Whether the default is taken from a menu that somebody else has made.
    pub replaces_foreign_default: bool,
}

impl Plan {
    /// The steps after which residents see what is wanted, and those that take away what is old: between the two
    /// residents get menus of their own.
    pub fn halves(&self) -> (&[Step], &[Step]) {
        let is_deletion = |step: &Step| matches!(step, Step::DeleteAlias(_) | Step::Delete { .. });
        self.steps.split_at(self.steps.iter().position(is_deletion).unwrap_or(self.steps.len()))
    }
}

/// Why there can be no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// An alias is in others' hands.
    #[error(
        "the alias {0} leads to a menu that todoke has not made; rename our file, or delete that alias where it was \
         made"
    )]
    ForeignAlias(MenuAlias),
    /// There is no room for the new ones beside the old ones.
    #[error(
        "LINE keeps at most {MOST_MENUS} menus and {MOST_MENUS} aliases a channel; there are {menus} menus and \
         {aliases} aliases, and {new_menus} and {new_aliases} more are wanted: delete some where they were made"
    )]
    NoRoom {
        /// Menus that are there.
        menus: usize,
        /// Aliases that are there.
        aliases: usize,
        /// Menus to be made.
        new_menus: usize,
        /// Aliases to be made.
        new_aliases: usize,
    },
}

/// Compares what is wanted with what is there.
pub fn plan(wanted: &[WantedMenu], found: &Found) -> Result<Plan, PlanError> {
    let (mut making, mut leading, mut deleting) = (Vec::new(), Vec::new(), Vec::new());
    let mut plan = Plan { foreign: found.foreign.len(), ..Plan::default() };
    for menu in wanted {
        let alias = &menu.alias;
        let present = present(&menu.mark(), alias, found);
        if present.is_none() {
            making.push(Step::Create(alias.clone()));
        }
        if !present.is_some_and(|present| present.has_image) {
            making.push(Step::Upload(alias.clone()));
        }
        match found.aliases.iter().find(|one| one.alias == alias.as_str()) {
            None => leading.push(Step::CreateAlias(alias.clone())),
            Some(one) if found.foreign.contains(&one.menu) => {
                return Err(PlanError::ForeignAlias(alias.clone()));
            }
            Some(one) if present.is_some_and(|present| present.id == one.menu) => {}
            // It leads to an earlier state, or to a menu that is gone.
            Some(_) => leading.push(Step::UpdateAlias(alias.clone())),
        }
        plan.present.extend(present.map(|present| (alias.clone(), present.id.clone())));
    }
    let is_ours = |id: &MenuId| found.ours.iter().any(|ours| ours.id == *id);
    match wanted.iter().find(|menu| menu.is_default) {
        Some(menu) => {
            let present = plan.present.get(&menu.alias);
            if present.is_none() || present != found.default.as_ref() {
                plan.replaces_foreign_default = found.default.as_ref().is_some_and(|id| !is_ours(id));
                leading.push(Step::SetDefault(menu.alias.clone()));
            }
        }
        None if found.default.as_ref().is_some_and(is_ours) => leading.push(Step::ClearDefault),
        None => {}
    }
    let wanted: BTreeSet<&str> = wanted.iter().map(|menu| menu.alias.as_str()).collect();
    let unwanted =
        found.aliases.iter().filter(|one| is_ours(&one.menu) && !wanted.contains(one.alias.as_str()));
    deleting.extend(unwanted.filter_map(|one| one.alias.parse().ok()).map(Step::DeleteAlias));
    let kept: BTreeSet<&MenuId> = plan.present.values().collect();
    let old = found.ours.iter().filter(|ours| !kept.contains(&ours.id));
    deleting.extend(old.map(|ours| Step::Delete { alias: ours.mark.alias().clone(), id: ours.id.clone() }));

    room(found, &making, &leading)?;
    plan.steps = [making, leading, deleting].concat();
    Ok(plan)
}

/// The menu in the wanted state that is there. A call whose answer was lost may have made two: the one that
/// residents see already comes first, then one with a picture.
fn present<'a>(mark: &Mark, alias: &MenuAlias, found: &'a Found) -> Option<&'a OurMenu> {
    let leads_here =
        |menu: &OurMenu| found.aliases.iter().any(|one| one.alias == alias.as_str() && one.menu == menu.id);
    let same = found.ours.iter().filter(|ours| ours.mark == *mark);
    same.min_by_key(|ours| (!ours.has_image, !leads_here(ours), found.default.as_ref() != Some(&ours.id)))
}

fn room(found: &Found, making: &[Step], leading: &[Step]) -> Result<(), PlanError> {
    let menus = found.ours.len() + found.foreign.len();
    let new_menus = making.iter().filter(|step| matches!(step, Step::Create(_))).count();
    let new_aliases = leading.iter().filter(|step| matches!(step, Step::CreateAlias(_))).count();
    let aliases = found.aliases.len();
    if menus + new_menus > MOST_MENUS || aliases + new_aliases > MOST_MENUS {
        return Err(PlanError::NoRoom { menus, aliases, new_menus, new_aliases });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
