//! How a menu of ours is known among all menus of a channel: by its name at LINE.

use sha2::{Digest, Sha256};

use super::{Menu, MenuAction, MenuAlias, MenuImage};
use crate::domain::message::Action;

/// Before everything that todoke has made.
const PREFIX: &str = "todoke:";
/// Hexadecimal digits of the hash; 64 bits tell a city's menus apart.
const DIGITS: usize = 16;

/// `todoke:<alias>:<hash of everything that residents see>`. A menu cannot be changed at LINE, only made anew,
/// so the hash tells whether the one that is there is the one that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    alias: MenuAlias,
    hash: String,
}

impl Mark {
    /// The mark of a menu with this picture.
    pub fn of(alias: &MenuAlias, menu: &Menu, image: &MenuImage) -> Self {
        let mut hash = Sha256::new();
        for part in parts(menu) {
            feed(&mut hash, part.as_bytes());
        }
        feed(&mut hash, image.bytes());
        let hash = hash.finalize().iter().take(DIGITS / 2).map(|byte| format!("{byte:02x}")).collect();
        Self { alias: alias.clone(), hash }
    }

    /// Reads the mark out of a menu's name at LINE; `None`: somebody else has made it.
    pub fn read(name: &str) -> Option<Self> {
        let (mark, _) = name.split_once(' ')?;
        let (alias, hash) = mark.strip_prefix(PREFIX)?.split_once(':')?;
        let is_hash =
            hash.len() == DIGITS && hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        is_hash.then_some(())?;
        Some(Self { alias: alias.parse().ok()?, hash: hash.to_owned() })
    }

    /// Which of the city's menus it is a state of.
    pub fn alias(&self) -> &MenuAlias {
        &self.alias
    }

    /// The name at LINE: the mark, and the city's own name for people who look there.
    pub fn name_for(&self, menu: &Menu) -> String {
        format!("{PREFIX}{}:{} {}", self.alias, self.hash, menu.name())
    }
}

/// Lengths go first, so that no two different lists give the same bytes.
fn feed(hash: &mut Sha256, part: &[u8]) {
    hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
    hash.update(part);
}

fn parts(menu: &Menu) -> Vec<String> {
    let mut parts = vec![
        menu.name().to_owned(),
        menu.chat_bar().to_owned(),
        menu.opens().to_string(),
        menu.size().to_string(),
    ];
    for area in menu.areas() {
        let (kind, value) = match &area.action {
            MenuAction::Tap(Action::Message { text, .. }) => ("message", text.as_str()),
            MenuAction::Tap(Action::Uri { uri, .. }) => ("uri", uri.as_str()),
            MenuAction::Tap(Action::Postback { data, .. }) => ("postback", data.as_str()),
            MenuAction::Tap(Action::Pick { data, .. }) => ("pick", data.as_str()),
            MenuAction::Switch { to, .. } => ("switch", to.as_str()),
        };
        let label = area.action.label();
        parts.extend([area.bounds.to_string(), label.to_owned(), kind.to_owned(), value.to_owned()]);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::menu::{Bounds, MenuArea};

    /// As much of a PNG as says that it is 1200×810.
    const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\xb0\0\0\x03\x2a";

    fn menu(name: &str, text: &str) -> Menu {
        let action = MenuAction::Tap(Action::message("ごみ", text).unwrap());
        let areas = vec![MenuArea { bounds: Bounds { x: 0, y: 0, width: 10, height: 10 }, action }];
        Menu::new(name, "メニュー", true, image().size(), areas).unwrap()
    }

    fn image() -> MenuImage {
        MenuImage::new(PICTURE.to_vec()).unwrap()
    }

    #[test]
    fn a_name_at_line_gives_the_mark_back_whatever_the_city_calls_the_menu() {
        for name in ["市のメニュー", "todoke:x:y z", "a b c"] {
            let menu = menu(name, "ごみ");
            let mark = Mark::of(&"main".parse().unwrap(), &menu, &image());
            assert_eq!(Mark::read(&mark.name_for(&menu)), Some(mark));
        }
    }

    #[test]
    fn what_others_have_made_is_not_ours() {
        for name in [
            "",
            "メニュー",
            "todoke",
            "todoke: menu",
            "todoke:main:0123456789abcdef",
            "todoke:main:0123456789abcde x",
            "todoke:main:0123456789ABCDEF x",
            "todoke:Main:0123456789abcdef x",
            "a todoke:main:0123456789abcdef x",
        ] {
            assert_eq!(Mark::read(name), None, "{name}");
        }
    }

    #[test]
    fn every_change_that_residents_see_changes_the_mark() {
        let (alias, old) = ("main".parse().unwrap(), menu("市", "ごみ"));
        let mark = Mark::of(&alias, &old, &image());
        assert_eq!(mark, Mark::of(&alias, &old, &image()));
        assert_ne!(mark, Mark::of(&alias, &menu("市", "防災"), &image()));
        let mut other = PICTURE.to_vec();
        other.push(0);
        assert_ne!(mark, Mark::of(&alias, &old, &MenuImage::new(other).unwrap()));
    }
}
