//! What was not answered, for staff to learn from: grouped by likeness, with counts and trend.
//!
//! The console calls it. What it becomes is said with a mark; `curate::learn` and the editor do the work.

use std::collections::HashMap;

use jiff::SignedDuration;

use super::Ctx;
use crate::{
    domain::{
        audit::Action,
        id::IntentId,
        staff::{Actor, NotAPerson, rights::SeeUnanswered},
        time::Timestamp,
        unanswered::{Done, LONGEST, Mark, Unanswered, UnansweredId},
        version::Version,
    },
    intent::{Snapshot, likeness::Likeness, mask},
    store::{StoreError, unanswered::Cursor},
};

/// How many of the newest questions are grouped. Reading so many takes 45 ms and grouping them 30 ms (1,200
/// different ones, two cores), so a page needs no cache of them.
const MOST: usize = 10_000;
/// How many are read at once.
const PORTION: usize = 1_000;
/// The length of one of the two times that a trend compares.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Questions that are alike.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionGroup {
    /// All of them, the oldest first.
    pub questions: Vec<Unanswered>,
    /// How many of them came in the last seven days.
    pub last_week: usize,
    /// How many came in the seven days before.
    pub week_before: usize,
    /// The intents that were near, the one that was near most often first.
    pub nearest: Vec<IntentId>,
    /// What staff did last with any of them.
    pub mark: Option<Mark>,
    /// How many came after that: an intent that was extended and still does not answer.
    pub since_mark: usize,
}

impl QuestionGroup {
    /// What stands for the group: its newest question, in today's words.
    pub fn title(&self) -> &str {
        self.questions.last().map_or("", |question| &question.text)
    }

    /// Whether staff have yet to look at it: nothing was done, or more came after an answer was written.
    pub fn is_new(&self) -> bool {
        match &self.mark {
            None => true,
            Some(mark) => matches!(mark.done, Done::Added(_)) && self.since_mark > 0,
        }
    }

    /// What a mark of this group names: every question as it was looked at.
    pub fn seen(&self) -> Vec<(Cursor, Version)> {
        self.questions.iter().map(|q| ((q.at, q.id), q.version)).collect()
    }

    /// A short word for what somebody looks at; [`QuestionGroup::as_seen`] takes it back.
    pub fn look(&self) -> String {
        let newest = self.questions.last().map_or_else(String::new, |question| question.id.to_string());
        let (count, versions) = sums(&self.seen());
        format!("{newest}.{count}.{versions}")
    }

    /// The questions that were looked at, if nobody has marked any of them since: what came later is not
    /// part of it, and no obstacle. `None`: read the group again.
    pub fn as_seen(&self, look: &str) -> Option<Vec<(Cursor, Version)>> {
        let mut parts = look.split('.');
        let newest: UnansweredId = parts.next()?.parse().ok()?;
        let (count, versions) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let last = self.questions.iter().position(|question| question.id == newest)?;
        let seen: Vec<_> = self.seen().into_iter().take(last + 1).collect();
        // Versions only grow and questions only go: the same sums are the same questions.
        (sums(&seen) == (count, versions)).then_some(seen)
    }
}

fn sums(seen: &[(Cursor, Version)]) -> (usize, u64) {
    (seen.len(), seen.iter().map(|(_, version)| version.0).sum())
}

/// Why a group was not marked.
#[derive(Debug, thiserror::Error)]
pub enum MarkError {
    /// A mark names who made it.
    #[error(transparent)]
    NotAPerson(#[from] NotAPerson),
    /// [`StoreError::Conflict`]: somebody else has marked it; read it again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The groups of an account, those that grow most first.
pub async fn list_groups(ctx: &Ctx, actor: &Actor<SeeUnanswered>) -> Result<Vec<QuestionGroup>, StoreError> {
    let mut questions = Vec::new();
    let mut before = None;
    while questions.len() < MOST {
        let portion = ctx.store.list_unanswered(actor.account(), before, PORTION).await?;
        let Some(last) = portion.last() else { break };
        before = Some((last.at, last.id));
        questions.extend(portion);
        // An embedded store reads without waiting; whoever is answered on the same thread gets a turn.
        tokio::task::yield_now().await;
    }
    questions.reverse();
    let now = ctx.clock.now();
    // Computing, not waiting: it would hold up whoever is answered on the same thread.
    let grouping = tokio::task::spawn_blocking(move || group(questions, now));
    grouping.await.map_err(|error| StoreError::Backend(Box::new(error)))
}

/// The group of a question; `None` when the question is not kept (any more).
pub async fn find_group(
    ctx: &Ctx,
    actor: &Actor<SeeUnanswered>,
    question: UnansweredId,
) -> Result<Option<QuestionGroup>, StoreError> {
    let is_it = |group: &QuestionGroup| group.questions.iter().any(|one| one.id == question);
    Ok(list_groups(ctx, actor).await?.into_iter().find(is_it))
}

/// Why words that somebody wrote cannot be learnt from as they are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WordingError {
    /// Nothing is left to learn from.
    #[error("write the question in a few words")]
    Empty,
    /// It is a letter and not a question.
    #[error("write at most {LONGEST} characters")]
    TooLong,
    /// Something personal is in it; the words without it.
    #[error("leave out what is personal")]
    Personal(String),
    /// Words of somebody in danger are not kept, whoever writes them.
    #[error("what sounds like danger is not kept")]
    Grave,
}

/// Words as they are proposed to staff: without what is personal, and without the tags that stand for it.
pub fn proposed(text: &str) -> String {
    mask::without_tags(&mask::mask(text)).chars().take(LONGEST).collect()
}

/// Words as they are kept to learn from, if nothing in them is personal or grave. Whoever typed them sees
/// what is left of them before anything is stored.
pub fn worded(snapshot: &Snapshot, text: &str) -> Result<String, WordingError> {
    if text.chars().count() > LONGEST {
        return Err(WordingError::TooLong);
    }
    if snapshot.sounds_grave(text) {
        return Err(WordingError::Grave);
    }
    let masked = mask::mask(text);
    if mask::TAGS.iter().any(|tag| masked.contains(tag)) {
        return Err(WordingError::Personal(mask::without_tags(&masked)));
    }
    if mask::says_something(&masked) { Ok(masked) } else { Err(WordingError::Empty) }
}

/// Groups questions, the oldest first.
fn group(questions: Vec<Unanswered>, now: Timestamp) -> Vec<QuestionGroup> {
    let mut likeness = Likeness::default();
    let mut groups: Vec<Vec<Unanswered>> = Vec::new();
    for question in questions {
        let place = likeness.add(&question.text);
        if place == groups.len() {
            groups.push(Vec::new());
        }
        groups[place].push(question);
    }
    let mut groups: Vec<QuestionGroup> = groups.into_iter().map(|list| summed_up(list, now)).collect();
    groups.sort_by_key(|group| std::cmp::Reverse((group.is_new(), group.last_week, group.questions.len())));
    groups
}

fn summed_up(questions: Vec<Unanswered>, now: Timestamp) -> QuestionGroup {
    let age = |question: &&Unanswered| now.duration_since(question.at);
    let last_week = questions.iter().filter(|q| age(q) < WEEK).count();
    let week_before = questions.iter().filter(|q| age(q) >= WEEK && age(q) < WEEK * 2).count();
    let mut times: HashMap<&IntentId, usize> = HashMap::new();
    for intent in questions.iter().flat_map(|question| &question.nearest) {
        *times.entry(intent).or_default() += 1;
    }
    let mut nearest: Vec<_> = times.into_iter().collect();
    nearest.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let nearest = nearest.into_iter().map(|(intent, _)| intent.clone()).collect();
    let mark = questions.iter().filter_map(|question| question.mark.clone()).max_by_key(|mark| mark.at);
    let since_mark = mark.as_ref().map_or(0, |mark| questions.iter().filter(|q| q.at > mark.at).count());
    QuestionGroup { questions, last_week, week_before, nearest, mark, since_mark }
}

/// Says of a group, as it was looked at, that it is none of the city's matters.
pub async fn ignore(
    ctx: &Ctx,
    actor: &Actor<SeeUnanswered>,
    seen: Vec<(Cursor, Version)>,
) -> Result<usize, MarkError> {
    mark(ctx, actor, seen, Some(Done::Ignored)).await
}

/// Takes back what was said of a group: it is new again. What it became stays as it is.
pub async fn reopen(
    ctx: &Ctx,
    actor: &Actor<SeeUnanswered>,
    seen: Vec<(Cursor, Version)>,
) -> Result<usize, MarkError> {
    mark(ctx, actor, seen, None).await
}

/// Says of a group that this intent was begun for it.
pub async fn mark_drafted(
    ctx: &Ctx,
    actor: &Actor<SeeUnanswered>,
    seen: Vec<(Cursor, Version)>,
    intent: IntentId,
) -> Result<usize, MarkError> {
    mark(ctx, actor, seen, Some(Done::Drafted(intent))).await
}

/// Says of a group that it has become an example in the draft of an intent.
pub async fn mark_added(
    ctx: &Ctx,
    actor: &Actor<SeeUnanswered>,
    seen: Vec<(Cursor, Version)>,
    intent: IntentId,
) -> Result<usize, MarkError> {
    mark(ctx, actor, seen, Some(Done::Added(intent))).await
}

async fn mark(
    ctx: &Ctx,
    actor: &Actor<SeeUnanswered>,
    seen: Vec<(Cursor, Version)>,
    done: Option<Done>,
) -> Result<usize, MarkError> {
    let (now, by) = (ctx.clock.now(), actor.doer().person()?);
    // The group has no name of its own: its oldest question stands for it.
    let object = seen.first().map(|((_, id), _)| id.to_string()).unwrap_or_default();
    let mut note = actor.note(now, action(done.as_ref()), object);
    note.detail.push(("questions".into(), seen.len().to_string()));
    if let Some(intent) = done.as_ref().and_then(Done::intent) {
        note.detail.push(("intent".into(), intent.to_string()));
    }
    let mark = done.map(|done| Mark { done, by, at: now });
    Ok(ctx.store.mark_unanswered(actor.account(), seen, mark, note).await?)
}

fn action(done: Option<&Done>) -> Action {
    match done {
        None => Action::QuestionsReopened,
        Some(Done::Ignored) => Action::QuestionsIgnored,
        Some(Done::Drafted(_)) => Action::QuestionsDrafted,
        Some(Done::Added(_)) => Action::QuestionsAdded,
    }
}

/// Leaves a note that the list, so many groups of it, was taken out of the system.
pub async fn note_export(ctx: &Ctx, actor: &Actor<SeeUnanswered>, groups: usize) -> Result<(), StoreError> {
    let mut note = actor.note(ctx.clock.now(), Action::QuestionsExported, "");
    note.detail.push(("groups".into(), groups.to_string()));
    ctx.store.append_audit(note).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{id::StaffId, language::Language, unanswered::Why};

    const DAY: i64 = 86_400;

    fn asked(number: u128, day: i64, text: &str, mark: Option<(i64, Done)>) -> Unanswered {
        let at = |day: i64| Timestamp::from_second(day * DAY).unwrap();
        let mark = mark.map(|(day, done)| Mark { done, by: StaffId(uuid::Uuid::from_u128(1)), at: at(day) });
        Unanswered {
            id: UnansweredId(uuid::Uuid::from_u128(number)),
            at: at(day),
            text: text.into(),
            language: Language::Ja,
            why: Why::Refused,
            nearest: vec![IntentId::new(if number.is_multiple_of(2) { "even" } else { "odd" })],
            mark,
            version: Version(1),
        }
    }

    #[test]
    fn groups_have_counts_a_trend_and_what_was_done() {
        let added = Some((15, Done::Added(IntentId::new("park.dogs"))));
        let ignored = Some((15, Done::Ignored));
        let questions = vec![
            asked(1, 10, "ドッグランはありますか", added),
            asked(2, 11, "宇宙旅行に行きたい", ignored),
            asked(3, 14, "ドッグランありますか", None),
            asked(4, 20, "ドッグランはありますか？", None),
            asked(5, 21, "宇宙旅行へ行きたい", None),
        ];
        let groups = group(questions, Timestamp::from_second(22 * DAY).unwrap());
        assert_eq!(groups.len(), 2);
        let dogs = &groups[0];
        assert_eq!((dogs.questions.len(), dogs.last_week, dogs.week_before), (3, 1, 2));
        assert_eq!((dogs.is_new(), dogs.since_mark), (true, 1), "the example did not help");
        assert_eq!(dogs.nearest[0].as_str(), "odd");
        assert_eq!(dogs.title(), "ドッグランはありますか？");
        assert!(!groups[1].is_new(), "what was ignored stays ignored");
        assert_eq!(groups[1].seen().len(), 2);
    }

    #[test]
    fn staff_see_what_is_left_of_personal_words() {
        assert_eq!(proposed("電話は 090-1234-5678 です。粗大ごみは"), "電話は です。粗大ごみは");
        let snapshot = Snapshot::compile(crate::intent::Content::default());
        assert_eq!(worded(&snapshot, " 粗大ごみの日 "), Ok("粗大ごみの日".into()));
        assert_eq!(
            worded(&snapshot, "a@example.jp 粗大ごみ"),
            Err(WordingError::Personal("粗大ごみ".into()))
        );
        assert_eq!(worded(&snapshot, "？"), Err(WordingError::Empty));
        assert_eq!(worded(&snapshot, &"犬".repeat(LONGEST + 1)), Err(WordingError::TooLong));
    }

    #[test]
    fn what_was_looked_at_is_found_again_unless_somebody_marked_it() {
        let grouped = |questions| group(questions, Timestamp::from_second(22 * DAY).unwrap()).remove(0);
        let (one, two) =
            (asked(1, 10, "ドッグランはありますか", None), asked(2, 11, "ドッグランはある", None));
        let before = grouped(vec![one.clone(), two.clone()]);
        let look = before.look();
        assert_eq!(before.as_seen(&look), Some(before.seen()));
        let later = grouped(vec![one.clone(), two.clone(), asked(3, 12, "ドッグランはありますか", None)]);
        assert_eq!(later.as_seen(&look), Some(before.seen()), "what came since is not marked with it");
        let marked = grouped(vec![Unanswered { version: Version(2), ..one }, two.clone()]);
        assert_eq!(marked.as_seen(&look), None);
        assert_eq!(grouped(vec![two]).as_seen(&look), None, "the oldest is gone");
        for bad in ["", "x", "1.2.3", "..", &format!("{look}9")] {
            assert_eq!(before.as_seen(bad), None, "{bad}");
        }
    }
}
