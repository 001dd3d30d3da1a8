//! Our own counts of a day. How many there are is counted soon after the city's midnight, or not at all: later it would be
//! another day's. What happened is counted by day when it happens, so that it can be put together later too.

use std::collections::BTreeMap;

use jiff::{SignedDuration, ToSpan};

use crate::{
    domain::{
        account::Account,
        announcement::{AnnouncementId, Kind, Stage, Step},
        attribute::Kind as AttributeKind,
        figure::{AgeBand, Day, FigureName, Own, Series, SeriesNo},
        segment::{
            Predicate, Set, plan,
            split::{Slice, splits},
        },
        staff::Department,
        time::{Date, Timestamp},
    },
    journeys::Ctx,
    store::{MOST_DAYS, StoreError},
};

/// What happened just before midnight is written by then.
const SETTLED_AFTER: SignedDuration = SignedDuration::from_mins(1);
/// Until so long after midnight what is counted is taken for the day that has ended.
const IN_TIME: SignedDuration = SignedDuration::from_hours(6);
/// What happened is counted again for so many days: an announcement may go out over midnight.
const AGAIN: i32 = 3;
/// Announcements of a page, and so many at most.
const PAGE: usize = 100;
const MOST_ANNOUNCEMENTS: usize = 2_000;

/// When the account's yesterday may be counted: shortly after its midnight. The moment may lie behind.
pub(super) fn due(account: &Account, now: Timestamp) -> Option<Timestamp> {
    let today = now.to_zoned(account.time_zone.clone()).date();
    midnight(account, today)?.checked_add(SETTLED_AFTER).ok()
}

fn midnight(account: &Account, day: Date) -> Option<Timestamp> {
    day.to_zoned(account.time_zone.clone()).ok().map(|begin| begin.timestamp())
}

/// Counts yesterday, and what is missing of the days before; the day, or `None` where all is counted.
pub(super) async fn count(
    ctx: &Ctx,
    account: &Account,
    series: &Series,
    now: Timestamp,
) -> Result<Option<Date>, StoreError> {
    if due(account, now).is_none_or(|due| now < due) {
        return Ok(None);
    }
    let today = now.to_zoned(account.time_zone.clone()).date();
    let Ok(yesterday) = today.yesterday() else { return Ok(None) };
    let mut from = yesterday.saturating_sub((MOST_DAYS - 1).days());
    if series.no > SeriesNo(1) {
        // What was counted before is of the LINE account that was behind the name then, and of that day of both.
        let began = series.began.to_zoned(account.time_zone.clone()).date();
        from = from.max(began.saturating_add(1.day()));
    }
    let of_yesterday = ctx.store.known_days(&account.id, series.no, yesterday, yesterday).await?;
    if from > yesterday || of_yesterday.iter().any(|known| known.own.is_some()) {
        return Ok(None);
    }
    let known = ctx.store.known_days(&account.id, series.no, from, yesterday).await?;
    let known: BTreeMap<Date, Day> = known.into_iter().map(|known| (known.day, known)).collect();
    let is_counted = |day: &Date| known.get(day).is_some_and(|known| known.own.is_some());
    let counts = ctx.store.days(&account.id, from, yesterday).await?;
    let mut counts: BTreeMap<Date, Vec<(String, u64)>> =
        counts.into_iter().map(|counted| (counted.day, counted.counts)).collect();
    let sent = Sent::read(ctx, account).await?;
    let is_in_time = midnight(account, today).is_some_and(|midnight| now.duration_since(midnight) <= IN_TIME);
    let mut days = Vec::new();
    for day in from.series(1.day()).take_while(|day| *day <= yesterday) {
        let of_day = counts.remove(&day);
        let is_last = day == yesterday;
        let is_again = day >= today.saturating_sub(AGAIN.days());
        if is_counted(&day) && !is_again {
            continue;
        }
        // Nothing that was counted may mean that nobody counted.
        let is_known = of_day.is_some() || sent.days.contains_key(&day) || (is_last && is_in_time);
        let mut own = Own { counted: now, counts: BTreeMap::new() };
        if is_known {
            own.counts = happened(&of_day.unwrap_or_default(), &sent, day);
        }
        if is_last && is_in_time {
            own.counts.extend(states(ctx, account, day).await?);
        }
        if is_last || !own.counts.is_empty() {
            days.push((day, own));
        }
    }
    ctx.store.count_days(&account.id, series.no, days).await?;
    Ok(Some(yesterday))
}

/// How many there are.
async fn states(ctx: &Ctx, account: &Account, day: Date) -> Result<BTreeMap<FigureName, u64>, StoreError> {
    let friends = plan(&Predicate::Following(true), day);
    let mut counts = BTreeMap::new();
    let all = ctx.store.count_residents(&account.id, &friends).await?;
    counts.insert(FigureName::OwnFriends, all);
    for (name, parts) in groups(account) {
        let parts = parts.iter().map(|part| plan(part, day)).collect();
        let set = Set::All(vec![friends.clone(), Set::Any(parts)]);
        counts.insert(name, ctx.store.count_residents(&account.id, &set).await?);
    }
    Ok(counts)
}

/// Whom each figure of registrations counts: those for whom any of these holds.
fn groups(account: &Account) -> BTreeMap<FigureName, Vec<Predicate>> {
    let mut groups: BTreeMap<FigureName, Vec<Predicate>> = BTreeMap::new();
    let has = account.attributes.plain().map(|attribute| Predicate::Has(attribute.id.clone()));
    groups.insert(FigureName::Registered, has.collect());
    for split in splits(&account.attributes, &account.languages) {
        let kind = split.attribute.as_ref().and_then(|id| account.attributes.get(id));
        for (slice, predicate) in split.parts {
            let name = match (kind.map(|attribute| &attribute.kind), slice) {
                (Some(AttributeKind::Topics(_)), Slice::Choice(topic)) => FigureName::RegisteredTopic(topic),
                (Some(AttributeKind::Places(_)), Slice::Choice(ward)) => FigureName::RegisteredWard(ward),
                (Some(AttributeKind::Children { .. }), Slice::Ages(from, to)) => {
                    let band = AgeBand::ALL.into_iter().find(|band| band.months() == (from, to));
                    let Some(band) = band else { continue };
                    FigureName::RegisteredChild(band)
                }
                (None, Slice::Language(language)) => FigureName::Language(language),
                _ => continue,
            };
            groups.entry(name).or_default().push(predicate);
        }
    }
    groups
}

/// What happened on a day.
fn happened(counts: &[(String, u64)], sent: &Sent, day: Date) -> BTreeMap<FigureName, u64> {
    use FigureName as Name;
    let always = [
        Name::Questions,
        Name::QuestionsAnswered,
        Name::QuestionsAsked,
        Name::QuestionsRefused,
        Name::AnswersUseful,
        Name::AnswersWrong,
        Name::Taps,
        Name::SentAnnouncements,
        Name::SentRecipients,
        Name::SentBlocks,
    ];
    let mut found: BTreeMap<Name, u64> = always.into_iter().map(|name| (name, 0)).collect();
    let mut add = |name: Name, count: u64| *found.entry(name).or_default() += count;
    for (fact, count) in counts {
        let (name, is_question) = match fact.as_str() {
            "decision.answer" => (Name::QuestionsAnswered, true),
            "decision.ask" => (Name::QuestionsAsked, true),
            "decision.refuse" => (Name::QuestionsRefused, true),
            fact if fact.starts_with("feedback.useful.") => (Name::AnswersUseful, false),
            fact if fact.starts_with("feedback.wrong.") => (Name::AnswersWrong, false),
            fact if fact.starts_with("tap.") => (Name::Taps, false),
            fact => {
                // Within 72 hours: those of the first 24 are among them.
                if let Some(id) = fact.strip_prefix("left.72h.").and_then(|id| id.parse().ok()) {
                    add(Name::SentBlocks, *count);
                    if let Some(department) = sent.departments.get(&id) {
                        add(Name::DepartmentBlocks(department.clone()), *count);
                    }
                }
                continue;
            }
        };
        add(name, *count);
        if is_question {
            add(Name::Questions, *count);
        }
    }
    for (department, recipients) in sent.days.get(&day).into_iter().flatten() {
        add(Name::SentAnnouncements, 1);
        add(Name::SentRecipients, *recipients);
        if let Some(department) = department {
            add(Name::DepartmentAnnouncements(department.clone()), 1);
            add(Name::DepartmentRecipients(department.clone()), *recipients);
        }
    }
    found
}

/// What was sent: by the day on which its sending began, whose it was and for how many people LINE took it.
#[derive(Debug, Default)]
struct Sent {
    days: BTreeMap<Date, Vec<(Option<Department>, u64)>>,
    departments: BTreeMap<AnnouncementId, Department>,
}

impl Sent {
    async fn read(ctx: &Ctx, account: &Account) -> Result<Self, StoreError> {
        let (mut sent, mut before, mut read) = (Self::default(), None, 0);
        loop {
            let page = ctx.store.list_announcements(&account.id, before, PAGE).await?;
            let Some(last) = page.last() else { return Ok(sent) };
            before = Some(last.value.id);
            read += page.len();
            for announcement in page.into_iter().map(|known| known.value) {
                let is_under_way = !matches!(announcement.way.stage(), Stage::Draft | Stage::Waiting { .. });
                if !is_under_way || announcement.draft.kind == Kind::Drill {
                    continue;
                }
                let steps = ctx.store.announcement_history(&account.id, announcement.id).await?;
                let Some(begun) = steps.iter().find(|taken| taken.step == Step::Begun) else { continue };
                let day = begun.at.to_zoned(account.time_zone.clone()).date();
                let progress = ctx.store.announcement_progress(&account.id, announcement.id).await?;
                let progress = progress.unwrap_or_default();
                let department = announcement.draft.content.department;
                if let Some(department) = &department {
                    sent.departments.insert(announcement.id, department.clone());
                }
                let recipients = progress.accepted + progress.unknown;
                sent.days.entry(day).or_default().push((department, recipients));
            }
            if read >= MOST_ANNOUNCEMENTS {
                return Ok(sent);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn what_happened_is_put_together_by_name_and_by_department() {
        let (id, other) =
            (AnnouncementId(uuid::Uuid::from_u128(1)), AnnouncementId(uuid::Uuid::from_u128(2)));
        let department: Department = "環境局".parse().unwrap();
        let day = date(2026, 11, 1);
        let sent = Sent {
            days: [(day, vec![(Some(department.clone()), 500), (None, 20)])].into(),
            departments: [(id, department.clone())].into(),
        };
        let counts = [
            ("decision.answer", 3),
            ("decision.ask", 2),
            ("feedback.wrong.garbage", 1),
            (&format!("left.24h.{id}"), 4),
            (&format!("left.72h.{id}"), 5),
            (&format!("left.72h.{other}"), 2),
            ("replied", 9),
            ("tap.garbage", 7),
        ]
        .map(|(name, count): (&str, u64)| (name.to_owned(), count));
        let found = happened(&counts, &sent, day);
        let is = |name: &str| found.get(&name.parse().unwrap()).copied();
        for (name, count) in [
            ("questions", 5),
            ("questions.answered", 3),
            ("questions.asked", 2),
            ("questions.refused", 0),
            ("answers.useful", 0),
            ("answers.wrong", 1),
            ("taps", 7),
            ("sent.announcements", 2),
            ("sent.recipients", 520),
            ("sent.blocks", 7),
            ("sent.announcements.環境局", 1),
            ("sent.recipients.環境局", 500),
            ("sent.blocks.環境局", 5),
        ] {
            assert_eq!(is(name), Some(count), "{name}");
        }
        assert_eq!(found.len(), 13);
        let quiet = happened(&[], &sent, date(2026, 11, 2));
        assert_eq!((quiet.len(), quiet[&FigureName::SentAnnouncements]), (10, 0));
    }
}
