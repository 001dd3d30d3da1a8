//! What todoke does, one verb a file. Read this folder first.
//!
//! - [`receive`]: LINE's events become durable.
//! - [`answer`]: a stored event gets its one outcome, and mostly a reply.
//! - [`curate`]: edited intent files become what the bot says.
//! - [`check_in`]: LINE says whether an account's token works and its webhooks are meant for it.
//! - [`retain`]: what has been kept long enough is dropped.
//! - [`staff`]: who works for the city comes in, and may do what they may do.
//! - [`unanswered`]: what the bot could not answer, for staff to learn from.
//! - [`search`]: the same answers for somebody who answers the telephone.
//! - [`enquiries`]: a resident asks a person of the city; [`pages`]: the links that lead there.
//! - [`own_data`]: residents see, change and erase what is stored of them.
//! - [`emergency`]: a text of two people's that precedes every answer.
//! - [`follow_way`]: a tap on the button to an online procedure is counted and led on.
//! - [`arrange_menus`]: the city's rich menus become those of the channel; [`link_menus`]: some residents get their own.
//! - [`figures`]: what was asked and how it went, in numbers; [`overview`]: what waits for somebody.
//!
//! - [`segments`]: residents by what they said of themselves, counted.
//! - [`import_followers`]: everybody who follows becomes known, as LINE lists them.
//! - [`announce`]: staff write announcements, show them to a second person, approve, stop and correct them.
//! - [`deliver`]: what was approved reaches exactly those people, once.
//! - [`announced`]: what residents are told of the announcements that they got, and how they get fewer.
//! - [`tell`]: other systems are told what has become of announcements.
//! - [`api_keys`]: keys of other systems, which post announcements.
//! - [`targets`]: whether the city reaches its people: the daily facts.
//! - [`grow`]: more friends: links and sheets for places, and what came of them.
//! - [`reach`]: the city's people against those who registered, by ward and age.
//! - [`groups`]: lists of people whom the city invites, and the codes that let them in.
//!
//! Journeys name the domain, `intent`, the ports and the catalogue; never `web`, `jobs`, `line`, the
//! configuration or an adapter.

pub mod announce;
mod announced;
pub mod answer;
pub mod api_keys;
pub mod arrange_menus;
pub mod check_in;
pub mod curate;
pub mod deliver;
pub mod emergency;
pub mod enquiries;
pub mod figures;
mod follow_way;
pub mod groups;
pub mod grow;
pub mod import_followers;
mod library;
pub mod link_menus;
pub mod overview;
pub mod own_data;
pub mod pages;
pub mod reach;
pub mod receive;
pub mod retain;
pub mod search;
pub mod segments;
pub mod staff;
pub mod targets;
pub mod tell;
pub mod unanswered;

use std::sync::Arc;

pub use follow_way::follow_way;
pub use library::{Edition, Library};
pub use receive::receive;

use crate::{
    catalogue::Catalogue,
    domain::{
        id::{Entropy, Ids},
        time::Clock,
    },
    id_tokens::IdTokens,
    messenger::Messenger,
    sign_on::SingleSignOn,
    store::SharedStore,
};

/// What every journey may use. Cheap to clone.
#[derive(Clone)]
pub struct Ctx {
    /// What todoke remembers.
    pub store: SharedStore,
    /// How it speaks.
    pub messenger: Arc<dyn Messenger>,
    /// What each account's bot says.
    pub library: Arc<Library>,
    /// The sentences that todoke itself says.
    pub catalogue: Arc<Catalogue>,
    /// Who LINE says that the accounts are.
    pub identities: Arc<check_in::Identities>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// New names.
    pub ids: Arc<dyn Ids>,
    /// New secrets.
    pub entropy: Arc<dyn Entropy>,
    /// Passwords of staff, and who tries too many.
    pub passwords: Arc<staff::Passwords>,
    /// The city's single sign-on, where there is one.
    pub sign_on: Option<Arc<dyn SingleSignOn>>,
    /// Whose ID tokens of LINE Login are.
    pub id_tokens: Arc<dyn IdTokens>,
    /// How announcements are held and paced.
    pub announcing: Arc<announce::Settings>,
    /// The way to residents' own pages.
    pub pages: Arc<pages::Pages>,
}
