//! The way to residents' own pages: links that lead to them, for as long as they may.

use std::sync::Arc;

use jiff::SignedDuration;

use crate::domain::{
    enquiry::EnquiryId,
    helper::Helper,
    id::{AccountId, IntentId, ResidentRef},
    language::Language,
    link::{Leads, Link, Links},
    place::PlaceCode,
    time::Timestamp,
};

/// How long the button 「市に問い合わせる」 leads to a form. It stays in the chat for ever.
const ASK_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How long a form may be filled in: nobody is hurried (WCAG 2.2.1 counts from 20 hours on as no limit).
const SUBMIT_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How long the button to one's own data leads there: the chat gives a new one at any time.
pub const MINE_FOR: SignedDuration = SignedDuration::from_mins(60);

/// Where residents' own pages are, and how links to them are made.
pub struct Pages {
    /// The address under which the outside reaches this server; `None`: no such page is offered in the chat.
    pub url: Option<String>,
    /// The address of LINE's script for pages inside LINE.
    pub liff_sdk: String,
    /// Where LINE's own addresses begin that lead to adding an account and to telling others of it.
    pub line_schemes: String,
    /// Makes and reads links.
    pub links: Arc<dyn Links>,
    /// How long an enquiry is kept after its last change.
    pub enquiries_kept: SignedDuration,
}

/// Why a link leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It is none of ours, or leads somewhere else.
    #[error("the link is not whole")]
    Unknown,
    /// Its time is over.
    #[error("the link is too old")]
    Over(Language),
}

impl Pages {
    /// The address of the form for somebody; `None` without a public address.
    pub fn ask_address(&self, who: &Bearer<'_>, about: Option<&IntentId>) -> Option<String> {
        let link = who.link(Leads::Ask(about.cloned()), ASK_FOR);
        Some(format!("{}/p/ask/{}", self.url.as_ref()?, self.links.write(&link)))
    }

    /// The address that leads to an intent's online procedure and counts the tap; `None` without a public
    /// address. LINE does not tell of taps on a button that opens an address.
    pub fn way_address(&self, account: &AccountId, intent: &IntentId) -> Option<String> {
        Some(format!("{}/p/go/{}", self.url.as_ref()?, self.links.write_way(account, intent)))
    }

    /// The address of a place, for paper; `None` without a public address.
    pub fn place_address(&self, code: &PlaceCode) -> Option<String> {
        Some(format!("{}/p/add/{code}", self.url.as_ref()?))
    }

    /// The address by which somebody tells family and friends of an account; `None` without a public address.
    pub fn share_address(&self, account: &AccountId) -> Option<String> {
        Some(format!("{}/p/share/{account}", self.url.as_ref()?))
    }

    /// Where LINE asks whether the account is to be added.
    pub fn add_in_line(&self, basic_id: &str) -> String {
        format!("{}/ti/p/{}", self.line_schemes, escaped(basic_id))
    }

    /// Where LINE asks whom of one's friends to tell of the account.
    pub fn recommend_in_line(&self, basic_id: &str) -> String {
        format!("{}/nv/recommendOA/{}", self.line_schemes, escaped(basic_id))
    }

    /// The word of the address under which somebody reads an enquiry, for as long as it is kept.
    pub fn read_word(&self, who: &Bearer<'_>, enquiry: EnquiryId) -> String {
        self.links.write(&who.link(Leads::Read(enquiry), self.enquiries_kept))
    }

    /// The address that goes with it.
    pub fn read_address(&self, word: &str) -> Option<String> {
        Some(format!("{}/p/enquiries/{word}", self.url.as_ref()?))
    }

    /// The word that lets a form be sent once under this name.
    pub fn submit_word(&self, who: &Bearer<'_>, as_: EnquiryId) -> String {
        self.links.write(&who.link(Leads::Submit(as_), SUBMIT_FOR))
    }

    /// The address under which somebody sees and changes what is stored of them; `None` without a public
    /// address.
    pub fn mine_address(&self, who: &Bearer<'_>) -> Option<String> {
        Some(format!("{}/p/me/{}", self.url.as_ref()?, self.mine_word(who)))
    }

    /// The word of that address.
    pub fn mine_word(&self, who: &Bearer<'_>) -> String {
        self.links.write(&who.link(Leads::Mine, MINE_FOR))
    }

    /// The address under which somebody helps with that, until the helper's time is over; `None` without a
    /// public address.
    pub fn help_address(&self, who: &Bearer<'_>, helper: &Helper) -> Option<String> {
        let link = Link { until: helper.until, ..who.link(Leads::Help(helper.id), SignedDuration::ZERO) };
        Some(format!("{}/p/me/{}", self.url.as_ref()?, self.links.write(&link)))
    }

    /// The word that lets the forms of such a page be sent, made with the page.
    pub fn change_word(&self, who: &Bearer<'_>) -> String {
        self.links.write(&who.link(Leads::Change(who.now), SUBMIT_FOR))
    }

    /// Reads a word of ours whose time is not over.
    pub fn follow(&self, word: &str, now: Timestamp) -> Result<Link, LinkError> {
        let link = self.links.read(word).ok_or(LinkError::Unknown)?;
        if now < link.until { Ok(link) } else { Err(LinkError::Over(link.language)) }
    }
}

/// A basic id as a part of an address: LINE's own examples write `%40` for the sign it begins with.
fn escaped(basic_id: &str) -> String {
    let letter =
        |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c.to_string() } else { percent(c) };
    basic_id.chars().map(letter).collect()
}

fn percent(c: char) -> String {
    c.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// For whom a link is made.
#[derive(Debug, Clone, Copy)]
pub struct Bearer<'a> {
    /// On which account.
    pub account: &'a AccountId,
    /// Who.
    pub resident: ResidentRef,
    /// In which language the page is to be read.
    pub language: Language,
    /// From when on the time counts.
    pub now: Timestamp,
}

impl<'a> Bearer<'a> {
    /// The bearer of a link, for another link of the same person.
    pub fn of(link: &'a Link, now: Timestamp) -> Self {
        Self { account: &link.account, resident: link.resident, language: link.language, now }
    }

    fn link(&self, leads: Leads, lasts: SignedDuration) -> Link {
        Link {
            account: self.account.clone(),
            resident: self.resident,
            leads,
            language: self.language,
            until: self.now.checked_add(lasts).unwrap_or(Timestamp::MAX),
        }
    }
}
