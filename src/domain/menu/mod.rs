//! Rich menus: pictures with areas to tap, below a chat. Within LINE's limits by construction.
//!
//! Sources: Messaging API reference, "Rich menu" and "Rich menu alias"; the guide "Using rich menus".

mod image;
mod mark;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

pub use image::{ImageKind, MenuImage};
pub use mark::Mark;

use super::{
    language::Language,
    message::{
        Action, LimitError,
        limit::{self, TextLimit},
    },
    segment::SegmentName,
};

/// Areas of one menu at most.
pub const MOST_AREAS: usize = 20;
/// Menus, and aliases, of one channel at most.
pub const MOST_MENUS: usize = 1_000;

/// Why something is no rich menu; each says what LINE takes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MenuError {
    /// A text or a number is out of bounds.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// A text is no alias.
    #[error("{0:?} is no alias; write 1 to 32 of a-z, 0-9, - and _")]
    Alias(String),
    /// The size is not one of LINE's.
    #[error(
        "the size is {0}; LINE takes a width of 800 to 2500, a height of at least 250, and at least 1.45 times as \
         wide as high, for example 2500×1686 or 1200×810"
    )]
    Size(MenuSize),
    /// An area is empty or reaches beyond the picture.
    #[error("the area {area} is not within the picture of {size}")]
    Outside {
        /// The area.
        area: Bounds,
        /// The picture.
        size: MenuSize,
    },
    /// The picture is of another kind.
    #[error("the picture is neither PNG nor JPEG; save it as one of them")]
    NoPicture,
    /// The picture is too heavy.
    #[error("the picture has {bytes} bytes; LINE takes at most 1,000,000: use fewer colours, or JPEG")]
    TooHeavy {
        /// How many bytes it has.
        bytes: usize,
    },
}

/// The name by which other menus, and links of residents, lead to a menu: `[a-z0-9_-]{1,32}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MenuAlias(String);

impl MenuAlias {
    /// The alias as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for MenuAlias {
    type Err = MenuError;

    fn from_str(text: &str) -> Result<Self, MenuError> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        if (1..=32).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(MenuError::Alias(text.to_owned()))
        }
    }
}

impl TryFrom<String> for MenuAlias {
    type Error = MenuError;

    fn try_from(text: String) -> Result<Self, MenuError> {
        text.parse()
    }
}

impl From<MenuAlias> for String {
    fn from(alias: MenuAlias) -> Self {
        alias.0
    }
}

impl fmt::Display for MenuAlias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// LINE's id of a menu that was made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MenuId(pub String);

/// Width and height in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MenuSize {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

impl MenuSize {
    /// Checks LINE's limits on a menu's picture.
    pub fn check(self) -> Result<Self, MenuError> {
        let wide_enough = u64::from(self.width) * 100 >= u64::from(self.height) * 145;
        if (800..=2_500).contains(&self.width) && self.height >= 250 && wide_enough {
            Ok(self)
        } else {
            Err(MenuError::Size(self))
        }
    }
}

impl fmt::Display for MenuSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}×{}", self.width, self.height)
    }
}

/// A rectangle in pixels of the picture, from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// To the right of `x`.
    pub width: u32,
    /// Below `y`.
    pub height: u32,
}

impl Bounds {
    fn right(self) -> u64 {
        u64::from(self.x) + u64::from(self.width)
    }

    fn bottom(self) -> u64 {
        u64::from(self.y) + u64::from(self.height)
    }

    /// Whether it is empty or reaches beyond a picture of that size.
    fn is_outside(self, size: MenuSize) -> bool {
        self.width == 0
            || self.height == 0
            || self.right() > u64::from(size.width)
            || self.bottom() > u64::from(size.height)
    }

    /// Whether a tap could mean both.
    pub fn overlaps(self, other: Self) -> bool {
        u64::from(self.x) < other.right()
            && u64::from(other.x) < self.right()
            && u64::from(self.y) < other.bottom()
            && u64::from(other.y) < self.bottom()
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}×{} at {},{}", self.width, self.height, self.x, self.y)
    }
}

/// What a tap on an area does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MenuAction {
    /// Says something as the resident, opens an address, or sends us a code.
    Tap(Action),
    /// Shows the menu behind another alias.
    Switch {
        /// What is read out, at most 20 characters.
        label: String,
        /// The other menu.
        to: MenuAlias,
    },
}

impl MenuAction {
    /// A change to the menu behind another alias.
    pub fn switch(label: impl Into<String>, to: MenuAlias) -> Result<Self, MenuError> {
        Ok(Self::Switch { label: limit::LABEL.check(label.into())?, to })
    }

    /// What screen readers read out, and what stands for the picture where there is none.
    pub fn label(&self) -> &str {
        match self {
            Self::Tap(action) => action.label(),
            Self::Switch { label, .. } => label,
        }
    }
}

/// A part of the picture that can be tapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuArea {
    /// Where.
    pub bounds: Bounds,
    /// What happens.
    pub action: MenuAction,
}

/// A menu without its picture: what LINE calls the rich menu object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Menu {
    name: String,
    chat_bar: String,
    opens: bool,
    size: MenuSize,
    areas: Vec<MenuArea>,
}

impl Menu {
    /// `chat_bar` stands on the bar below the chat; with `opens` the menu is unfolded when the chat is opened.
    pub fn new(
        name: impl Into<String>,
        chat_bar: impl Into<String>,
        opens: bool,
        size: MenuSize,
        areas: Vec<MenuArea>,
    ) -> Result<Self, MenuError> {
        let text = |limit: TextLimit, text: String| limit.check(text);
        limit::count("areas", areas.len(), 1, MOST_AREAS)?;
        let size = size.check()?;
        if let Some(area) = areas.iter().find(|area| area.bounds.is_outside(size)) {
            return Err(MenuError::Outside { area: area.bounds, size });
        }
        Ok(Self {
            name: text(limit::MENU_NAME, name.into())?,
            chat_bar: text(limit::CHAT_BAR, chat_bar.into())?,
            opens,
            size,
            areas,
        })
    }

    /// What people who look after the account call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What stands on the bar that opens it.
    pub fn chat_bar(&self) -> &str {
        &self.chat_bar
    }

    /// Whether it is unfolded when the chat is opened.
    pub fn opens(&self) -> bool {
        self.opens
    }

    /// The picture's size.
    pub fn size(&self) -> MenuSize {
        self.size
    }

    /// What can be tapped.
    pub fn areas(&self) -> &[MenuArea] {
        &self.areas
    }
}

/// A menu as the city's files want it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedMenu {
    /// Its name among menus.
    pub alias: MenuAlias,
    /// The language of its labels.
    pub language: Language,
    /// Whether residents see it who have no menu of their own.
    pub is_default: bool,
    /// The segment whose residents get it as their own. Of several menus that are for a resident the first counts.
    pub segment: Option<SegmentName>,
    /// Texts and areas.
    pub menu: Menu,
    /// The picture.
    pub image: MenuImage,
}

impl WantedMenu {
    /// The mark of this state of the menu.
    pub fn mark(&self) -> Mark {
        Mark::of(&self.alias, &self.menu, &self.image)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: MenuSize = MenuSize { width: 2_500, height: 1_686 };

    fn area(x: u32, y: u32, width: u32, height: u32) -> MenuArea {
        let action = MenuAction::Tap(Action::message("ごみ", "ごみ").unwrap());
        MenuArea { bounds: Bounds { x, y, width, height }, action }
    }

    fn menu(chat_bar: &str, size: MenuSize, areas: Vec<MenuArea>) -> Result<Menu, MenuError> {
        Menu::new("市のメニュー", chat_bar, true, size, areas)
    }

    #[test]
    fn a_menu_keeps_lines_limits() {
        assert!(menu(&"あ".repeat(14), FULL, vec![area(0, 0, 2_500, 1_686); 20]).is_ok());
        assert!(menu(&"あ".repeat(15), FULL, vec![area(0, 0, 1, 1)]).is_err());
        assert!(menu("メニュー", FULL, Vec::new()).is_err());
        assert!(menu("メニュー", FULL, vec![area(0, 0, 1, 1); 21]).is_err());
    }

    #[test]
    fn an_area_stays_within_the_picture_however_large_its_numbers_are() {
        for outside in [
            area(0, 0, 2_501, 1),
            area(2_500, 0, 1, 1),
            area(0, 1_686, 1, 1),
            area(0, 0, 0, 1),
            area(u32::MAX, u32::MAX, u32::MAX, u32::MAX),
        ] {
            let refused = menu("メニュー", FULL, vec![outside.clone()]);
            assert_eq!(refused, Err(MenuError::Outside { area: outside.bounds, size: FULL }));
        }
    }

    #[test]
    fn sizes_are_those_that_line_takes() {
        let check = |width, height| MenuSize { width, height }.check().is_ok();
        for (width, height) in [(2_500, 1_686), (1_200, 810), (800, 250), (2_500, 843), (2_500, 1_724)] {
            assert!(check(width, height), "{width}×{height}");
        }
        for (width, height) in
            [(2_501, 1_686), (799, 300), (800, 249), (2_500, 1_725), (0, 0), (1_686, 2_500)]
        {
            assert!(!check(width, height), "{width}×{height}");
        }
    }

    #[test]
    fn neighbours_do_not_overlap_and_what_shares_a_pixel_does() {
        let one = Bounds { x: 0, y: 0, width: 100, height: 100 };
        assert!(!one.overlaps(Bounds { x: 100, y: 0, width: 100, height: 100 }));
        assert!(!one.overlaps(Bounds { x: 0, y: 100, width: 100, height: 100 }));
        assert!(one.overlaps(Bounds { x: 99, y: 99, width: 1, height: 1 }));
    }

    #[test]
    fn an_alias_is_what_line_takes() {
        for fine in ["main", "main-en", "a_1", "0"] {
            assert_eq!(fine.parse::<MenuAlias>().map(String::from), Ok(fine.to_owned()));
        }
        for wrong in ["", "Main", "メニュー", "a b", &"a".repeat(33)] {
            assert!(wrong.parse::<MenuAlias>().is_err(), "{wrong}");
        }
    }
}
