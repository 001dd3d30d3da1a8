//! Why an announcement came to a resident.

use super::Reader;
use crate::{
    catalogue::Phrase,
    domain::{
        announcement::{Audience, Kind},
        profile::{Field, Value},
        segment::{self, Because, reasons},
    },
    store::{StoreError, announcements::Got},
};

/// The reason, in sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::journeys) struct Why {
    /// To whom it went.
    pub(in crate::journeys) lead: String,
    /// What of that holds for the resident.
    pub(in crate::journeys) because: Vec<String>,
    /// What else is to be known.
    pub(in crate::journeys) more: Vec<String>,
}

impl Why {
    /// As a text of the chat.
    pub(in crate::journeys) fn text(&self) -> String {
        let mut text = self.lead.clone();
        for part in &self.because {
            text.push_str("\n・");
            text.push_str(part);
        }
        for part in &self.more {
            text.push('\n');
            text.push_str(part);
        }
        text
    }
}

impl Reader<'_> {
    /// Why the resident got it, as they are known now.
    pub(in crate::journeys) async fn why(&self, got: &Got) -> Result<Why, StoreError> {
        let draft = &got.announcement.draft;
        let plain = |phrase| (self.say(phrase), Vec::new(), false);
        let (lead, because, is_own) = match (&draft.audience, draft.kind) {
            (_, Kind::Drill) => plain(Phrase::WhyDrill),
            (Audience::AllFriends, _) => plain(Phrase::WhyAll),
            (Audience::StaffGroup, _) => plain(Phrase::WhyStaff),
            (Audience::Reached { announcement } | Audience::Unsettled { announcement }, _) => {
                let earlier = self.got(*announcement).await?;
                let because = earlier.iter().map(|got| self.title(got)).collect();
                (self.say(Phrase::WhyEarlier), because, false)
            }
            (Audience::Picked { predicate, .. }, _) => {
                let day = got.announcement.freeze.as_ref().map_or_else(|| self.today(), |freeze| freeze.day);
                let read = segment::read_again(predicate, &self.account.attributes).ok();
                let found = read.and_then(|read| reasons(&read, self.profile, &self.standing, day));
                match found {
                    None => plain(Phrase::WhyNoLonger),
                    Some(found) if found.iter().all(|one| matches!(one, Because::Following(_))) => {
                        plain(Phrase::WhyAll)
                    }
                    Some(found) => {
                        let is_own = found.iter().any(|because| {
                            matches!(because, Because::Said(..) | Because::Wants(..) | Because::Language(_))
                        });
                        let mut parts: Vec<String> = found.iter().filter_map(|one| self.part(one)).collect();
                        // What was wanted and what was said may be the same.
                        parts.sort();
                        parts.dedup();
                        (self.say(Phrase::WhyPicked), parts, is_own)
                    }
                }
            }
        };
        let own = is_own.then_some(Phrase::WhyOwn);
        let alert = (draft.kind == Kind::Alert).then_some(Phrase::WhyAlert);
        let more = own.into_iter().chain(alert).map(|phrase| self.say(phrase)).collect();
        Ok(Why { lead, because, more })
    }

    /// Topics as they are wanted.
    pub(in crate::journeys) fn topics(&self, topics: &[(Field, Value)]) -> Vec<String> {
        topics.iter().map(|(field, value)| self.speaker().told(field, value)).collect()
    }

    fn part(&self, because: &Because) -> Option<String> {
        Some(match because {
            Because::Said(field, value) | Because::Wants(field, value) => self.speaker().told(field, value),
            Because::Following(true) => self.say(Phrase::WhyFollowing),
            // Nobody who left can be reached.
            Because::Following(false) => return None,
            Because::Registered => self.say(Phrase::WhyRegistered),
            Because::Language(language) => {
                let name = self.ctx.catalogue.say(*language, Phrase::LanguageName);
                self.say_with(Phrase::WhyLanguage, &[("language", &name)])
            }
            Because::Excluded => self.say(Phrase::WhyExcluded),
        })
    }
}
