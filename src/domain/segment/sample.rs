//! Random households and predicates of a small city, for the tests of every evaluation. One seed gives the same
//! ones again.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::SegmentId;
use crate::domain::{
    announcement::AnnouncementId,
    attribute::{
        Attribute, Attributes, Choice, ChoiceId, Group, Hours, Keeping, Kind, Places, Retention, Topic,
        Topics,
    },
    event::EventKey,
    fewer::Series,
    language::{Language, Localized},
    profile::{Birth, Change, Field, Month, Slot, Value, Wish},
    time::Timestamp,
};

/// Numbers that follow from a seed (`SplitMix64`).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: i32) -> i32 {
        i32::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    pub(crate) fn one_in(&mut self, many: i32) -> bool {
        self.below(many) == 0
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[usize::try_from(self.below(i32::try_from(list.len()).unwrap())).unwrap()]
    }
}

fn text(ja: &str) -> Localized<String> {
    Localized::new([(Language::Ja, ja.to_owned())].into())
}

fn choice(id: &str, within: Option<&str>) -> Choice {
    Choice { id: id.parse().unwrap(), label: text(id), within: within.map(|outer| outer.parse().unwrap()) }
}

const WARDS: [&str; 5] = ["kita", "nishi", "naka", "minami", "kita-machi"];
const ROLES: [&str; 3] = ["home", "work", "parents"];
const TOPICS: [&str; 4] = ["garbage", "childcare", "bosai", "crime"];
const GROUPS: [&str; 2] = ["heads", "fire"];

/// What the small city asks: every kind, and one attribute that is sealed.
pub(crate) fn attributes() -> Attributes {
    let attribute = |id: &str, kind| Attribute {
        id: id.parse().unwrap(),
        kind,
        label: text(id),
        purpose: text("試験"),
        retention: Retention::WhileRegistered,
        keeping: Keeping::Plain,
    };
    let ward = |id: &&str| choice(id, (*id == "kita-machi").then_some("kita"));
    let topic = |id: &&str| Topic { choice: choice(id, None), areas: true, hours: hours().to_vec() };
    let group = |id: &&str| Group { choice: choice(id, None), code: format!("CODE{id:A>12}").parse().ok() };
    let topics =
        Topics { topics: TOPICS.iter().map(topic).collect(), areas_of: Some("wards".parse().unwrap()) };
    let list = vec![
        attribute(
            "wards",
            Kind::Places(Places {
                roles: ROLES.iter().map(|id| choice(id, None)).collect(),
                places: WARDS.iter().map(ward).collect(),
            }),
        ),
        attribute("topics", Kind::Topics(topics)),
        attribute("children", Kind::Children { most: 4 }),
        attribute("level", Kind::Choice(vec![choice("n1", None), choice("n5", None)])),
        attribute("size", Kind::Number { least: 1, most: 20 }),
        attribute("moved", Kind::Date),
        attribute("expires", Kind::Month),
        attribute("car", Kind::YesNo),
        attribute("member", Kind::Group(GROUPS.iter().map(group).collect())),
        Attribute { keeping: Keeping::Sealed, ..attribute("illness", Kind::YesNo) },
    ];
    Attributes::new(list).unwrap()
}

fn hours() -> [Hours; 2] {
    [Hours::new(7, 9).unwrap(), Hours::new(18, 21).unwrap()]
}

/// The day on which the tests take place.
pub(crate) fn today() -> Date {
    jiff::civil::date(2026, 11, 25)
}

fn name(random: &mut Random, names: &[&str]) -> ChoiceId {
    random.pick(names).parse().unwrap()
}

fn day(random: &mut Random) -> Date {
    today().saturating_add(jiff::Span::new().days(random.below(1_200) - 800))
}

/// A month around today: children of twenty years, and some that are expected.
fn month(random: &mut Random) -> Month {
    Month::from_number(Month::of(today()).number() + random.below(260) - 248)
}

/// Announcements of which households want fewer.
pub(crate) fn series() -> [Series; 3] {
    let segment = SegmentId(uuid::Uuid::from_u128(1));
    [Series::Segment(segment), Series::Department("環境局".parse().unwrap()), Series::City]
}

/// A change that the city allows, at one of few moments, so that some are at the same.
pub(crate) fn change(random: &mut Random, attributes: &Attributes) -> Change {
    let second = 1_700_000_000 + i64::from(random.below(400)) * 86_400;
    let event = EventKey::from_webhook_event_id(&format!("e{}", random.below(3)));
    let at = (Timestamp::from_second(second).unwrap(), event);
    if random.one_in(12) {
        let because_of = AnnouncementId(uuid::Uuid::from_u128(u128::from(random.next() % 3)));
        let value = (!random.one_in(3)).then_some(because_of);
        return Change::fewer(random.pick(&series()).clone(), value, at);
    }
    let (attribute, slot, value) = match random.below(11) {
        0 | 1 => {
            let ward = Value::Chosen(name(random, &WARDS));
            ("wards", Slot::Named(name(random, &ROLES)), ward)
        }
        2..=4 => {
            let narrow = random.one_in(3);
            let areas: BTreeSet<ChoiceId> =
                (0..2 * i32::from(narrow)).map(|_| name(random, &WARDS)).collect();
            let hours = random.one_in(4).then(|| hours()[0]);
            ("topics", Slot::Named(name(random, &TOPICS)), Value::Wanted(Wish { areas, hours }))
        }
        5 => {
            let month = month(random);
            let expected = month >= Month::of(today()) || random.one_in(5);
            let birth = if expected { Birth::Expected(month) } else { Birth::Born(month) };
            ("children", Slot::Child(u8::try_from(random.below(4)).unwrap()), Value::Child(birth))
        }
        6 => ("level", Slot::Whole, Value::Chosen(name(random, &["n1", "n5"]))),
        7 => ("size", Slot::Whole, Value::Number(1 + random.below(20))),
        8 => ("moved", Slot::Whole, Value::Date(day(random))),
        9 => match random.below(3) {
            0 => ("expires", Slot::Whole, Value::Month(month(random))),
            1 => ("car", Slot::Whole, Value::YesNo(random.one_in(2))),
            _ => ("illness", Slot::Whole, Value::YesNo(random.one_in(2))),
        },
        _ => ("member", Slot::Named(name(random, &GROUPS)), Value::Member),
    };
    let value = (!random.one_in(6)).then_some(value);
    Change::new(attributes, Field(attribute.parse().unwrap(), slot), value, at).unwrap()
}

fn some(random: &mut Random, names: &[&str]) -> Vec<String> {
    (0..=random.below(3)).map(|_| (*random.pick(names)).to_owned()).collect()
}

/// A language that somebody chose, or none.
pub(crate) fn language(random: &mut Random) -> Option<Language> {
    random.one_in(3).then(|| *random.pick(&[Language::En, Language::Vi, Language::Ja]))
}

/// A predicate of every form, as JSON.
pub(crate) fn predicate(random: &mut Random, depth: i32) -> Json {
    let forms = if depth == 0 { 13 } else { 16 };
    match random.below(forms) {
        0 => json!({"in": {"attribute": "wards", "of": some(random, &WARDS)}}),
        1 => json!({"in": {"attribute": "wards", "of": some(random, &WARDS), "roles": some(random, &ROLES)}}),
        2 => json!({"in": {"attribute": "topics", "of": some(random, &TOPICS)}}),
        3 => {
            json!({"in": {"attribute": "topics", "of": some(random, &TOPICS), "areas": some(random, &WARDS)}})
        }
        4 => json!({"in": {"attribute": "level", "of": some(random, &["n1", "n5"])}}),
        5 => json!({"in": {"attribute": "car", "of": some(random, &["yes", "no"])}}),
        6 => {
            let asked = ["wards", "topics", "children", "level", "size", "moved", "expires", "car", "member"];
            json!({"has": *random.pick(&asked)})
        }
        7 => {
            let (from, to) = (1 + random.below(10), 8 + random.below(13));
            let (from, to) = (from.min(to), from.max(to));
            match random.below(3) {
                0 => json!({"between": {"attribute": "size", "from": from}}),
                1 => json!({"between": {"attribute": "size", "to": to}}),
                _ => json!({"between": {"attribute": "size", "from": from, "to": to}}),
            }
        }
        8 => {
            let (one, other) = (day(random), day(random));
            let (from, to) = (one.min(other).to_string(), one.max(other).to_string());
            json!({"between": {"attribute": "moved", "from": from, "to": to}})
        }
        9 => json!({"between": {"attribute": "expires", "from": month(random).to_string()}}),
        10 => {
            let (one, other) = (random.below(250) - 10, random.below(250) - 10);
            let mut form = json!({"from": one.min(other), "to": one.max(other)});
            if random.one_in(2) {
                form["at"] = day(random).to_string().into();
            }
            json!({ "child_age": form })
        }
        11 => match random.below(4) {
            0 => json!({"following": random.one_in(2)}),
            1 => json!({"language": some(random, &["en", "vi", "zh"])}),
            _ => {
                let day =
                    jiff::civil::date(2023, 11, 14).saturating_add(jiff::Span::new().days(random.below(500)));
                json!({"registered_before": day.to_string()})
            }
        },
        12 => json!({"member_of": {"attribute": "member", "of": some(random, &GROUPS)}}),
        13 => json!({"not": predicate(random, depth - 1)}),
        all_or_any => {
            let inner: Vec<Json> = (0..random.below(4)).map(|_| predicate(random, depth - 1)).collect();
            if all_or_any == 14 { json!({ "all": inner }) } else { json!({ "any": inner }) }
        }
    }
}
