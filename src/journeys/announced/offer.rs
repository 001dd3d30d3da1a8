//! How a resident can get fewer announcements like one that came.

use super::Reader;
use crate::{
    catalogue::Phrase,
    domain::{
        announcement::{Announcement, Audience, Kind},
        fewer::{Series, may_ask},
        profile::{Field, Value},
        segment::{self, Because, reasons},
    },
};

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::journeys) enum Offer {
    /// Stop these topics, for which it came; without them it would not have come.
    Topics(Vec<(Field, Value)>),
    /// Be left out of this series.
    Series(Series),
    /// Nothing needs to be done: it would not come any more.
    NotMeant,
    /// Nothing can be done; why.
    Never(Phrase),
}

impl Reader<'_> {
    /// What can be done about announcements like this one, which corrects none.
    pub(in crate::journeys) fn offer(&self, announcement: &Announcement) -> Offer {
        let draft = &announcement.draft;
        if !may_ask(draft) {
            let is_alert = draft.kind == Kind::Alert;
            return Offer::Never(if is_alert { Phrase::WhyAlert } else { Phrase::FewerStaff });
        }
        let series = Offer::Series(Series::of(draft));
        let Audience::Picked { predicate, .. } = &draft.audience else { return series };
        // What the account asks no more tells nothing of topics.
        let Ok(predicate) = segment::read_again(predicate, &self.account.attributes) else { return series };
        let (standing, today) = (&self.standing, self.today());
        let Some(found) = reasons(&predicate, self.profile, standing, today) else { return Offer::NotMeant };
        let topics: Vec<(Field, Value)> = found
            .into_iter()
            .filter_map(|because| match because {
                Because::Wants(field, value) => Some((field, value)),
                _ => None,
            })
            .collect();
        let fields: Vec<Field> = topics.iter().map(|(field, _)| field.clone()).collect();
        let without = self.profile.clone().without(&fields);
        let is_enough = reasons(&predicate, &without, standing, today).is_none();
        if !topics.is_empty() && is_enough { Offer::Topics(topics) } else { series }
    }
}
