//! Who gets an announcement, and in which words: the audience as sets of residents, cut into variants.
//!
//! A variant is a language and, where fields stand in the words, one choice of each: everybody in it gets the same, so
//! that personalised announcements are few calls too. Languages and choices are sets of marks, so nobody's profile is
//! read.

use jiff::civil::Date;

use crate::{
    domain::{
        account::Account,
        announcement::{
            Announcement, AnnouncementId, Audience, Content, Draft, Dress, Fault, FieldName, Frozen, Kind,
            Mark, Route, Values, Variant,
        },
        fewer::Series,
        id::{AccountId, ResidentNo},
        language::Language,
        segment::{self, Fault as SegmentFault, Predicate, Set},
    },
    journeys::{Ctx, announced::quick_replies},
    store::{StoreError, announcements::Whom},
};

/// So many different wordings at most: more are a mistake in the choice of fields.
pub const MOST_VARIANTS: usize = 500;

/// Why nobody can be picked.
#[derive(Debug, thiserror::Error)]
pub enum AudienceError {
    /// The predicate cannot be used.
    #[error("the audience cannot be worked out; its condition has faults")]
    Predicate(Vec<SegmentFault>),
    /// The account has no staff group.
    #[error(
        "the account has no staff group; set staff_group in its file, and invite staff with `todoke groups`"
    )]
    NoStaffGroup,
    /// The fields make too many different wordings.
    #[error("the fields make more than {MOST_VARIANTS} different wordings; use fewer fields")]
    TooManyVariants,
    /// It is said differently to different people, and goes to all friends in one call.
    #[error(
        "to all friends it goes out in one wording; write one language and no fields, or choose an audience"
    )]
    OneWording,
    /// Some cannot be told: a wording has faults.
    #[error("some wordings cannot go out")]
    Content(Vec<Fault>),
    /// The earlier announcement is not there.
    #[error("the earlier announcement is not there, or was sent to nobody")]
    NoEarlier,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Those who are picked: a set, and where it follows from an earlier announcement, out of these alone.
pub(in crate::journeys) struct Picked {
    set: Set,
    out_of: Option<Vec<ResidentNo>>,
}

impl Picked {
    async fn list(&self, ctx: &Ctx, account: &AccountId, set: &Set) -> Result<Vec<ResidentNo>, StoreError> {
        let mut people = ctx.store.list_residents(account, set).await?;
        if let Some(out_of) = &self.out_of {
            people.retain(|who| out_of.binary_search(who).is_ok());
        }
        Ok(people)
    }
}

/// The set of those who may still get an announcement: whoever has left, has said since that it is not for them, or has
/// asked for fewer of its series, is in it no more. A day that passes puts nobody out: `day` is the one on which it was frozen.
pub(in crate::journeys) fn still(account: &Account, draft: &Draft, day: Date) -> Set {
    let mut sets = vec![segment::plan(&Predicate::Following(true), day)];
    if let Audience::Picked { predicate, .. } = &draft.audience
        // What the account asks no more nobody can take back.
        && let Ok(predicate) = segment::read_again(predicate, &account.attributes)
    {
        sets.push(segment::plan(&predicate, day));
    }
    sets.extend(Series::left_out(draft).map(|series| Set::Not(Box::new(segment::asking_for_fewer(&series)))));
    if draft.kind == Kind::Drill || draft.audience == Audience::StaffGroup {
        sets.push(staff_group(account, day).unwrap_or(Set::Any(Vec::new())));
    }
    Set::All(sets)
}

/// The account's staff group; `None`: it has none.
pub(in crate::journeys) fn staff_group(account: &Account, day: Date) -> Option<Set> {
    let (attribute, group) = account.staff_group.clone()?;
    Some(segment::plan(&Predicate::MemberOf { attribute, of: vec![group] }, day))
}

/// Works out who is meant on a day.
pub(in crate::journeys) async fn pick(
    ctx: &Ctx,
    account: &Account,
    draft: &Draft,
    day: Date,
) -> Result<Picked, AudienceError> {
    if let Audience::Picked { predicate, .. } = &draft.audience {
        segment::read_again(predicate, &account.attributes).map_err(AudienceError::Predicate)?;
    }
    let for_staff = draft.kind == Kind::Drill || draft.audience == Audience::StaffGroup;
    if for_staff && account.staff_group.is_none() {
        return Err(AudienceError::NoStaffGroup);
    }
    let earlier = |whom, id: AnnouncementId| async move {
        let known = ctx.store.announcement(&account.id, id).await?;
        known.ok_or(AudienceError::NoEarlier)?;
        Ok::<_, AudienceError>(ctx.store.people_of(&account.id, id, whom).await?)
    };
    let out_of = match &draft.audience {
        Audience::Reached { announcement } => Some(earlier(Whom::Reached, *announcement).await?),
        Audience::Unsettled { announcement } => Some(earlier(Whom::Unsettled, *announcement).await?),
        _ => None,
    };
    Ok(Picked { set: still(account, draft, day), out_of })
}

/// How it goes out.
pub fn route(draft: &Draft) -> Route {
    match (&draft.audience, draft.kind) {
        (Audience::AllFriends, kind) if kind != Kind::Drill => Route::Broadcast,
        _ => Route::Multicast,
    }
}

/// What the server writes before the words.
pub fn dress(draft: &Draft, test: bool) -> Dress {
    let kind = match draft.kind {
        Kind::Drill => Some(Mark::Drill),
        Kind::Correction => Some(Mark::Correction),
        Kind::Ordinary | Kind::Alert => None,
    };
    let marks = test.then_some(Mark::Test).into_iter().chain(kind).collect();
    Dress { marks, department: draft.content.department.clone() }
}

/// Freezes who gets what.
pub(in crate::journeys) async fn freeze(
    ctx: &Ctx,
    account: &Account,
    (id, draft): (AnnouncementId, &Draft),
    (day, test): (Date, bool),
) -> Result<Frozen, AudienceError> {
    let picked = pick(ctx, account, draft, day).await?;
    let cut = Cutting { ctx, account, draft, day };
    let wordings = cut.wordings(&picked).await?;
    let dress = dress(draft, test);
    let is_silent = draft.content.is_silent;
    let (mut variants, mut faults) = (Vec::new(), Vec::new());
    for (language, values, set) in wordings {
        let people = picked.list(ctx, &account.id, &set).await?;
        if people.is_empty() {
            continue;
        }
        match draft.content.render(language, &values, &dress) {
            Ok(messages) => {
                let asks = quick_replies(&ctx.catalogue, language, (id, draft), test);
                let messages = messages.with_quick_replies(asks);
                variants.push((Variant { language, messages, is_silent }, people));
            }
            Err(more) => faults.extend(more),
        }
    }
    if !faults.is_empty() {
        return Err(AudienceError::Content(faults));
    }
    if route(draft) == Route::Broadcast && variants.len() > 1 {
        return Err(AudienceError::OneWording);
    }
    Ok(Frozen { variants })
}

/// Cuts an audience into those who get the same words.
struct Cutting<'a> {
    ctx: &'a Ctx,
    account: &'a Account,
    draft: &'a Draft,
    day: Date,
}

type Wording = (Language, Values, Set);

impl Cutting<'_> {
    async fn wordings(&self, picked: &Picked) -> Result<Vec<Wording>, AudienceError> {
        let mut wordings: Vec<Wording> = self
            .languages()
            .into_iter()
            .map(|(language, set)| (language, Values::new(), Set::All(vec![picked.set.clone(), set])))
            .collect();
        for field in self.draft.content.fields() {
            wordings = self.split(wordings, &field).await?;
        }
        Ok(wordings)
    }

    /// Who is spoken to in which language: each reader in their own or the nearest that is written; whoever chose
    /// none, in the account's first.
    fn languages(&self) -> Vec<(Language, Set)> {
        let content: &Content = &self.draft.content;
        let order = &self.account.languages;
        let reads = |language| segment::plan(&Predicate::Language(vec![language]), self.day);
        let mut spoken: Vec<(Language, Vec<Set>)> = Vec::new();
        let mut add = |language: Option<Language>, set: Set| {
            let Some(language) = language else { return };
            match spoken.iter_mut().find(|(known, _)| *known == language) {
                Some((_, sets)) => sets.push(set),
                None => spoken.push((language, vec![set])),
            }
        };
        for reader in Language::ALL {
            add(content.spoken_to(reader, order), reads(reader));
        }
        let anything = Set::Any(Language::ALL.into_iter().map(reads).collect());
        let first = self.account.default_language();
        add(content.spoken_to(first, order), Set::Not(Box::new(anything)));
        spoken.into_iter().map(|(language, sets)| (language, Set::Any(sets))).collect()
    }

    /// Cuts each wording by the choices of one field; whoever made none is one more part.
    async fn split(&self, wordings: Vec<Wording>, field: &FieldName) -> Result<Vec<Wording>, AudienceError> {
        let choices = field.choices(&self.account.attributes).unwrap_or_default();
        let chosen = |choice: &crate::domain::attribute::Choice| {
            let predicate = Predicate::Chosen {
                attribute: field.attribute.clone(),
                roles: field.role.clone().map(|role| vec![role]),
                of: vec![choice.id.clone()],
            };
            segment::plan(&predicate, self.day)
        };
        let mut cut = Vec::new();
        for (language, values, set) in wordings {
            let any = Set::Any(choices.iter().map(chosen).collect());
            let parts = choices.iter().map(|choice| (Some(choice), chosen(choice)));
            for (choice, part) in parts.chain([(None, Set::Not(Box::new(any)))]) {
                let part = Set::All(vec![set.clone(), part]);
                if self.ctx.store.count_residents(&self.account.id, &part).await? == 0 {
                    continue;
                }
                let mut values = values.clone();
                let text =
                    choice.and_then(|choice| field.text(&self.account.attributes, &choice.id, language));
                values.extend(text.map(|text| (field.clone(), text)));
                cut.push((language, values, part));
            }
            if cut.len() > MOST_VARIANTS {
                return Err(AudienceError::TooManyVariants);
            }
        }
        Ok(cut)
    }
}

/// The set of those who may still get what was frozen.
pub(in crate::journeys) fn still_for(account: &Account, announcement: &Announcement) -> Set {
    let day = announcement.freeze.as_ref().map_or(Date::MIN, |freeze| freeze.day);
    still(account, &announcement.draft, day)
}
