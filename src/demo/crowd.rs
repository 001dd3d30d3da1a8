//! A crowd of invented residents, so that counts of the demo are not empty: nobody plays them, and LINE's double
//! does not know them. The same on every start of a day.

use futures_util::future::try_join_all;

use crate::{
    domain::{
        attribute::{Attribute, Attributes, Choice, ChoiceId, Kind, Topic},
        event::{Event, EventKey, EventKind, Mode, Source},
        id::{AccountId, LineUserId},
        profile::{Birth, Change, Field, Month, Slot, Value, Wish},
        staff::{
            Actor,
            rights::{EditSegments, SeeFigures},
        },
        time::Timestamp,
    },
    journeys::{Ctx, receive, segments},
    store::{EventBody, NewEvent, StoreError},
};

/// How many they are.
const MANY: u64 = 300;
const DAY: i64 = 86_400;

/// What staff of the sample city have put together already: name and predicate.
const SEGMENTS: [(&str, &str); 3] = [
    (
        "星川区・ごみの日のお知らせ",
        r#"{"all": [{"in": {"attribute": "topics", "of": ["garbage"], "areas": ["hoshikawa"]}}, {"following": true}]}"#,
    ),
    (
        "3〜5歳のお子さんがいる家庭",
        r#"{"all": [{"child_age": {"attribute": "children", "from": 36, "to": 71}}, {"in": {"attribute": "topics", "of": ["childcare", "health"]}}]}"#,
    ),
    ("消防団・区長会", r#"{"member_of": {"attribute": "member", "of": ["fire-brigade", "ward-heads"]}}"#),
];

/// Numbers that follow from a seed (`SplitMix64`).
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// One of the list, the first ones more often.
    fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let end = u64::try_from(list.len()).unwrap_or(0);
        let at = self.below(end).min(self.below(end));
        list.get(usize::try_from(at).unwrap_or(0))
    }
}

/// Makes them known and says of each what they registered.
pub async fn register(ctx: &Ctx, account: &AccountId) -> Result<(), StoreError> {
    let (Some(known), Some(today)) = (ctx.library.account(account), ctx.today(account)) else {
        return Ok(());
    };
    let now = ctx.clock.now();
    let ago = |seconds: i64| Timestamp::from_second(now.as_second() - seconds).unwrap_or(now);
    let user = |number: u64| LineUserId::new(format!("Ucrowd{number:027}"));
    let mut numbers = Numbers(20_261_128);
    let since: Vec<i64> =
        (0..MANY).map(|_| i64::try_from(numbers.below(400)).unwrap_or(0) * DAY + 3_600).collect();
    // Without a token there is nothing to answer.
    let event = |number: u64, happened, kind| NewEvent {
        key: EventKey::from_raw(format!("crowd {number} {kind:?}").as_bytes()),
        body: EventBody::Read(Event {
            happened,
            mode: Mode::Active,
            source: Source::User(Some(user(number))),
            reply_token: None,
            kind,
        }),
    };
    let mut events = Vec::new();
    for (number, since) in (0..MANY).zip(&since) {
        events.push(event(number, ago(*since), EventKind::Follow { is_unblocked: false }));
        if numbers.percent(6) {
            events.push(event(number, ago(since / 2), EventKind::Unfollow));
        }
    }
    receive(ctx, account, now, events).await?;
    let month = Month::of(today);
    let mut registering = Vec::new();
    for (number, since) in (0..MANY).zip(&since) {
        // Some add the account and say nothing.
        if numbers.percent(12) {
            continue;
        }
        let at = (ago(since - 600), EventKey::from_raw(format!("crowd {number} registers").as_bytes()));
        let fields =
            known.attributes.iter().flat_map(|one| said(&mut numbers, &known.attributes, one, month));
        // Trials and drills reach the staff whom somebody plays, and no invented ones.
        let is_staff = |field: &Field| {
            let group = known.staff_group.as_ref();
            group.is_some_and(|(attribute, group)| {
                *field == Field(attribute.clone(), Slot::Named(group.clone()))
            })
        };
        let fields = fields.filter(|(field, _)| !is_staff(field));
        let changes =
            fields.filter_map(|(field, value)| Change::new(&known.attributes, field, Some(value), at).ok());
        let (changes, resident) = (changes.collect(), ctx.store.resident_ref(account, &user(number))?);
        registering.push(ctx.store.change_profile(account, resident, None, changes));
    }
    try_join_all(registering).await.map(drop)
}

/// What somebody says of an attribute.
fn said(
    numbers: &mut Numbers,
    attributes: &Attributes,
    attribute: &Attribute,
    month: Month,
) -> Vec<(Field, Value)> {
    let at = |slot| Field(attribute.id.clone(), slot);
    let named = |choice: &Choice| at(Slot::Named(choice.id.clone()));
    match &attribute.kind {
        Kind::Choice(choices) => {
            let chosen = numbers.pick(choices);
            chosen.map(|one| (at(Slot::Whole), Value::Chosen(one.id.clone()))).into_iter().collect()
        }
        Kind::Places(places) => {
            let shares = [92, 35, 15];
            let each = places.roles.iter().zip(shares).filter_map(|(role, share)| {
                let place = numbers.pick(&places.places).map(|place| place.id.clone());
                let place = place.filter(|_| numbers.percent(share))?;
                Some((named(role), Value::Chosen(place)))
            });
            each.collect()
        }
        Kind::Topics(topics) => {
            let areas = topics.areas_of.as_ref().and_then(|id| attributes.get(id));
            let areas: Vec<ChoiceId> = areas
                .into_iter()
                .flat_map(|areas| areas.kind.choices())
                .map(|area| area.id.clone())
                .collect();
            let wanted = topics.topics.iter().filter_map(|topic| wish(numbers, topic, &areas));
            wanted.map(|(topic, wish)| (named(&topic.choice), Value::Wanted(wish))).collect()
        }
        Kind::Group(groups) => {
            let joined = groups.iter().filter(|_| numbers.percent(5));
            joined.map(|group| (named(&group.choice), Value::Member)).collect()
        }
        Kind::Children { most } => {
            let children = if numbers.percent(45) { 1 + numbers.below(3).min(numbers.below(3)) } else { 0 };
            let children = u8::try_from(children).unwrap_or(0).min(*most);
            (0..children)
                .map(|number| (at(Slot::Child(number)), Value::Child(child(numbers, month))))
                .collect()
        }
        Kind::Number { least, most } => {
            let span = u64::from(most.abs_diff(*least)) + 1;
            let more = i32::try_from(numbers.below(span).min(numbers.below(span))).unwrap_or(0);
            vec![(at(Slot::Whole), Value::Number(least.saturating_add(more)))]
        }
        Kind::YesNo => vec![(at(Slot::Whole), Value::YesNo(numbers.percent(60)))],
        Kind::Month => {
            let ahead = i32::try_from(numbers.below(60)).unwrap_or(0);
            vec![(at(Slot::Whole), Value::Month(Month::from_number(month.number() + ahead)))]
        }
        Kind::Date => Vec::new(),
    }
}

fn wish<'t>(numbers: &mut Numbers, topic: &'t Topic, areas: &[ChoiceId]) -> Option<(&'t Topic, Wish)> {
    if !numbers.percent(38) {
        return None;
    }
    let narrow = topic.areas && numbers.percent(50);
    let area = numbers.pick(areas).filter(|_| narrow).cloned();
    let hours = topic.hours.first().copied().filter(|_| numbers.percent(30));
    Some((topic, Wish { areas: area.into_iter().collect(), hours }))
}

/// A child of at most 16 years, or one that is expected.
fn child(numbers: &mut Numbers, month: Month) -> Birth {
    let months = i32::try_from(numbers.below(198)).unwrap_or(0) - 6;
    let birth = Month::from_number(month.number() - months);
    if months < 0 { Birth::Expected(birth) } else { Birth::Born(birth) }
}

/// Names the sample city's segments, unless some are there already.
pub async fn name_segments(
    ctx: &Ctx,
    viewer: &Actor<SeeFigures>,
    editor: &Actor<EditSegments>,
) -> Result<(), segments::SegmentError> {
    if !segments::list(ctx, viewer).await?.is_empty() {
        return Ok(());
    }
    for (name, predicate) in SEGMENTS {
        let Ok(name) = name.parse() else { continue };
        match segments::save(ctx, editor, None, name, predicate).await {
            // The city's attributes were changed: the demo does without.
            Ok(_) | Err(segments::SegmentError::Faults(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
