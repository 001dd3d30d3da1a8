//! The channel's rich menus, as LINE keeps them: made once, pictured once, led to by aliases, seen by residents.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::FriendId;
use crate::domain::menu::{MOST_MENUS, Menu, MenuAlias, MenuImage};

/// LINE's words where a menu without a picture is to be shown.
const NO_IMAGE: &str = "must upload richmenu image before applying it to user";

/// A menu of the channel.
#[derive(Debug, Clone)]
pub struct KeptMenu {
    /// The rich menu object.
    pub menu: Menu,
    /// Its picture, once it has been uploaded.
    pub image: Option<MenuImage>,
}

/// What LINE refuses: a status and its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused(pub(super) u16, pub(super) String);

/// A change of the menus that LINE has taken.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Create { id: String, menu: Menu },
    Upload { id: String, image: MenuImage },
    Delete { id: String },
    SetDefault { id: String },
    ClearDefault,
    SetAlias { alias: MenuAlias, id: String },
    DeleteAlias { alias: MenuAlias },
    Link { id: String, friends: Vec<FriendId> },
    Unlink { friends: Vec<FriendId> },
}

/// Everything about menus.
#[derive(Debug, Default)]
pub(super) struct Menus {
    menus: BTreeMap<String, KeptMenu>,
    aliases: BTreeMap<MenuAlias, String>,
    default: Option<String>,
    links: HashMap<FriendId, String>,
    changes: u64,
}

impl Menus {
    pub(super) fn get(&self, id: &str) -> Option<&KeptMenu> {
        self.menus.get(id)
    }

    /// How many changes have taken effect.
    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    /// What a resident sees: their own menu, or the default one.
    pub(super) fn of(&self, friend: &FriendId) -> Option<(&str, &KeptMenu)> {
        let own = self.links.get(friend).filter(|id| self.menus.contains_key(*id));
        let id = own.or(self.default.as_ref())?;
        Some((id, self.menus.get(id)?))
    }

    /// Somebody taps a tab. What LINE tells the server in the event.
    pub(super) fn switch(&mut self, friend: &FriendId, alias: &str) -> Value {
        let known = alias.parse::<MenuAlias>().ok().and_then(|alias| self.aliases.get(&alias).cloned());
        match known {
            None => json!({ "status": "RICHMENU_ALIAS_ID_NOTFOUND" }),
            Some(id) if !self.menus.contains_key(&id) => json!({ "status": "RICHMENU_NOTFOUND" }),
            Some(id) => {
                self.links.insert(friend.clone(), id);
                json!({ "newRichMenuAliasId": alias, "status": "SUCCESS" })
            }
        }
    }

    pub(super) fn list(&self, shape: impl Fn(&str, &Menu) -> Value) -> Value {
        let menus: Vec<Value> = self.menus.iter().map(|(id, kept)| shape(id, &kept.menu)).collect();
        json!({ "richmenus": menus })
    }

    pub(super) fn alias_list(&self) -> Value {
        let alias = |(alias, id): (&MenuAlias, &String)| json!({ "richMenuAliasId": alias.as_str(), "richMenuId": id });
        json!({ "aliases": self.aliases.iter().map(alias).collect::<Vec<_>>() })
    }

    pub(super) fn default_id(&self) -> Result<Value, Refused> {
        let id = self.default.as_ref();
        id.map(|id| json!({ "richMenuId": id })).ok_or_else(|| Refused(404, "no default richmenu".into()))
    }

    pub(super) fn image(&self, id: &str) -> Option<&MenuImage> {
        self.menus.get(id)?.image.as_ref()
    }

    // What LINE takes; nothing changes before `apply`.

    pub(super) fn room(&self) -> Result<(), Refused> {
        let full = self.menus.len() >= MOST_MENUS;
        if full { Err(Refused(400, "exceed the maximum number of rich menus".into())) } else { Ok(()) }
    }

    fn known(&self, id: &str) -> Result<&KeptMenu, Refused> {
        self.menus.get(id).ok_or_else(|| Refused(404, "Not found".into()))
    }

    pub(super) fn may_upload(&self, id: String, kind: &str, bytes: &[u8]) -> Result<Change, Refused> {
        let kept = self.known(&id)?;
        if kept.image.is_some() {
            return Err(Refused(400, "An image has already been uploaded to the richmenu".into()));
        }
        let image = MenuImage::new(bytes.to_vec()).map_err(|error| Refused(400, error.to_string()))?;
        if image.kind().content_type() != kind {
            return Err(Refused(415, "Unsupported Media Type".into()));
        }
        if image.size() != kept.menu.size() {
            let (is, wanted) = (image.size(), kept.menu.size());
            return Err(Refused(
                400,
                format!("The image size {is} does not match the richmenu size {wanted}"),
            ));
        }
        Ok(Change::Upload { id, image })
    }

    pub(super) fn may_delete(&self, id: String) -> Result<Change, Refused> {
        self.known(&id)?;
        Ok(Change::Delete { id })
    }

    pub(super) fn may_default(&self, id: String) -> Result<Change, Refused> {
        match self.known(&id)?.image {
            Some(_) => Ok(Change::SetDefault { id }),
            None => Err(Refused(400, NO_IMAGE.into())),
        }
    }

    pub(super) fn may_create_alias(&self, alias: &str, id: String) -> Result<Change, Refused> {
        let alias: MenuAlias = alias.parse().map_err(|error| Refused(400, format!("{error}")))?;
        if self.aliases.contains_key(&alias) {
            return Err(Refused(400, "conflict richmenu alias id".into()));
        }
        if self.aliases.len() >= MOST_MENUS {
            return Err(Refused(400, "exceed the maximum number of rich menu aliases".into()));
        }
        self.leads(alias, id)
    }

    pub(super) fn may_update_alias(&self, alias: &str, id: String) -> Result<Change, Refused> {
        let alias = self.known_alias(alias)?;
        self.leads(alias, id)
    }

    pub(super) fn may_delete_alias(&self, alias: &str) -> Result<Change, Refused> {
        Ok(Change::DeleteAlias { alias: self.known_alias(alias)? })
    }

    fn leads(&self, alias: MenuAlias, id: String) -> Result<Change, Refused> {
        match self.menus.get(&id) {
            None => Err(Refused(400, "richmenu not found".into())),
            Some(kept) if kept.image.is_none() => Err(Refused(400, NO_IMAGE.into())),
            Some(_) => Ok(Change::SetAlias { alias, id }),
        }
    }

    fn known_alias(&self, alias: &str) -> Result<MenuAlias, Refused> {
        let known = alias.parse().ok().filter(|alias| self.aliases.contains_key(alias));
        known.ok_or_else(|| Refused(404, "richmenu alias not found".into()))
    }

    fn some(friends: &[FriendId]) -> Result<(), Refused> {
        if (1..=500).contains(&friends.len()) {
            return Ok(());
        }
        Err(Refused(400, "The property, 'userIds', must have 1 to 500 elements".into()))
    }

    pub(super) fn may_unlink(friends: Vec<FriendId>) -> Result<Change, Refused> {
        Self::some(&friends).map(|()| Change::Unlink { friends })
    }

    pub(super) fn may_link(&self, id: String, friends: Vec<FriendId>) -> Result<Change, Refused> {
        Self::some(&friends)?;
        match self.known(&id)?.image {
            Some(_) => Ok(Change::Link { id, friends }),
            None => Err(Refused(400, NO_IMAGE.into())),
        }
    }

    pub(super) fn apply(&mut self, change: Change) {
        self.changes += 1;
        match change {
            Change::Create { id, menu } => {
                self.menus.insert(id, KeptMenu { menu, image: None });
            }
            Change::Upload { id, image } => {
                if let Some(kept) = self.menus.get_mut(&id) {
                    kept.image = Some(image);
                }
            }
            Change::Delete { id } => {
                self.menus.remove(&id);
                self.links.retain(|_, linked| *linked != id);
                self.default = self.default.take().filter(|default| *default != id);
            }
            Change::SetDefault { id } => self.default = Some(id),
            Change::ClearDefault => self.default = None,
            Change::SetAlias { alias, id } => {
                self.aliases.insert(alias, id);
            }
            Change::DeleteAlias { alias } => {
                self.aliases.remove(&alias);
            }
            Change::Link { id, friends } => {
                self.links.extend(friends.into_iter().map(|friend| (friend, id.clone())));
            }
            Change::Unlink { friends } => {
                for friend in &friends {
                    self.links.remove(friend);
                }
            }
        }
    }
}
