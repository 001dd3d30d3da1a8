//! What residents are told of the announcements that they got: why one came to them, and of what they want fewer. The
//! chat says it ([`super::answer`]), and so does the page of one's own data ([`super::own_data`]).
//!
//! Invariant: nothing but what a resident said themselves is told as a reason; names that staff gave to segments, and
//! what does not hold, are for staff alone.

mod left;
mod offer;
mod why;

use jiff::civil::Date;

pub(in crate::journeys) use left::{left, left_fact};
pub(in crate::journeys) use offer::Offer;
pub(in crate::journeys) use why::Why;

use super::{Ctx, answer::Speaker};
use crate::{
    catalogue::{Catalogue, Phrase},
    domain::{
        account::Account,
        announcement::{Announcement, AnnouncementId, Ask, Draft, Kind, notification},
        event::EventKey,
        fewer::{Series, may_ask},
        id::{AccountId, ResidentRef},
        language::Language,
        message::{Action, Messages, QuickReplies, QuickReply},
        profile::Profile,
        registration::Asking,
        resident::Resident,
        segment::Standing,
        time::Timestamp,
    },
    store::{StoreError, announcements::Got},
};

/// The most characters of an announcement's first line where it stands for the whole.
const LONGEST_LINE: usize = 40;
/// So many corrections of a correction are followed back.
const MOST_CORRECTIONS: usize = 16;

/// The quick replies below an announcement: why it came, and fewer like it where that may be asked.
pub(in crate::journeys) fn quick_replies(
    catalogue: &Catalogue,
    language: Language,
    (id, draft): (AnnouncementId, &Draft),
    test: bool,
) -> QuickReplies {
    let why = (Phrase::AnnWhy, if test { Ask::WhyTest(id) } else { Ask::Why(id) });
    let fewer = (!test && may_ask(draft)).then_some((Phrase::AnnFewer, Ask::Fewer(id)));
    let taps = [why].into_iter().chain(fewer).filter_map(|(phrase, ask)| {
        let label = catalogue.say(language, phrase);
        Action::postback(label.clone(), ask.code(), label).ok().map(QuickReply::new)
    });
    QuickReplies::new(taps.collect()).unwrap_or_default()
}

/// A resident who reads about announcements.
pub(in crate::journeys) struct Reader<'a> {
    ctx: &'a Ctx,
    account: &'a Account,
    who: ResidentRef,
    language: Language,
    profile: &'a Profile,
    standing: Standing,
    now: Timestamp,
}

impl<'a> Reader<'a> {
    pub(in crate::journeys) fn new(
        ctx: &'a Ctx,
        account: &'a Account,
        (who, resident): (ResidentRef, &Resident),
        profile: &'a Profile,
        (language, now): (Language, Timestamp),
    ) -> Self {
        let registered = profile.registered().map(|first| first.to_zoned(account.time_zone.clone()).date());
        let following = resident.follow.may_be_reached();
        let standing = Standing { following, registered, language: resident.language };
        Self { ctx, account, who, language, profile, standing, now }
    }

    /// The city.
    pub(in crate::journeys) fn account(&self) -> &AccountId {
        &self.account.id
    }

    /// The day in the account's time zone.
    fn today(&self) -> Date {
        self.now.to_zoned(self.account.time_zone.clone()).date()
    }

    fn say(&self, phrase: Phrase) -> String {
        self.ctx.catalogue.say(self.language, phrase)
    }

    fn say_with(&self, phrase: Phrase, values: &[(&'static str, &str)]) -> String {
        self.ctx.catalogue.say_with(self.language, phrase, values)
    }

    fn speaker(&self) -> Speaker<'a> {
        let asking = Asking {
            attributes: &self.account.attributes,
            profile: self.profile,
            at: (self.now, EventKey::from_raw(b"announced")),
            today: self.today(),
        };
        Speaker { catalogue: &self.ctx.catalogue, language: self.language, asking }
    }

    /// Which announcement it is: its first line, and the day.
    pub(in crate::journeys) fn title(&self, got: &Got) -> String {
        let (line, date) = (line(&got.variant.messages), self.day(got.at));
        self.say_with(Phrase::AnnLead, &[("line", &line), ("date", &date)])
    }

    /// The day of a moment.
    pub(in crate::journeys) fn day(&self, at: Timestamp) -> String {
        at.to_zoned(self.account.time_zone.clone()).date().to_string()
    }

    /// What a resident got of an announcement; `None`: nothing that is known.
    async fn got(&self, id: AnnouncementId) -> Result<Option<Got>, StoreError> {
        self.ctx.store.announcement_to(&self.account.id, self.who, id).await
    }

    /// The announcement of which this one is a correction, or itself.
    pub(in crate::journeys) async fn original(
        &self,
        announcement: &Announcement,
    ) -> Result<Announcement, StoreError> {
        let mut found = announcement.clone();
        for _ in 0..MOST_CORRECTIONS {
            let Some(earlier) = found.corrects.filter(|_| found.draft.kind == Kind::Correction) else {
                break;
            };
            match self.ctx.store.announcement(&self.account.id, earlier).await? {
                Some(known) => found = known.value,
                None => break,
            }
        }
        Ok(found)
    }

    /// Everything of which the resident wants fewer: because of which announcement, in words, and since when.
    pub(in crate::journeys) async fn fewer(&self) -> Result<Vec<Fewer>, StoreError> {
        let mut list = Vec::new();
        for (series, because_of, since) in self.profile.fewer() {
            let what = self.name(series, because_of, since).await?;
            list.push(Fewer { series: series.clone(), because_of, what, since });
        }
        Ok(list)
    }

    /// What a series is called: never by the name that staff gave to a segment.
    pub(in crate::journeys) async fn name(
        &self,
        series: &Series,
        because_of: AnnouncementId,
        since: Timestamp,
    ) -> Result<String, StoreError> {
        Ok(match series {
            Series::Segment(_) => {
                let got = self.got(because_of).await?;
                let what = got.map_or_else(|| self.day(since), |got| line(&got.variant.messages));
                self.say_with(Phrase::FewerSegment, &[("what", &what)])
            }
            Series::Department(name) => {
                self.say_with(Phrase::FewerDepartment, &[("department", name.as_str())])
            }
            Series::City => self.say(Phrase::FewerCity),
        })
    }
}

/// Something of which a resident wants fewer.
#[derive(Debug, Clone)]
pub struct Fewer {
    /// Of what.
    pub series: Series,
    /// Because of which announcement.
    pub because_of: AnnouncementId,
    /// In the resident's words.
    pub what: String,
    /// Since when.
    pub since: Timestamp,
}

/// The first line of an announcement, cut where it is long.
pub(in crate::journeys) fn line(messages: &Messages) -> String {
    super::answer::compose::fitted_to(notification(messages), LONGEST_LINE)
}

/// The day's count of those who asked for fewer because of an announcement: how many, and not who.
pub(in crate::journeys) fn fact(id: AnnouncementId) -> String {
    format!("fewer.{id}")
}

/// The day's count of those who took that back.
pub(in crate::journeys) fn undone(id: AnnouncementId) -> String {
    format!("fewer-undone.{id}")
}
