use proptest::prelude::*;

use super::*;
use crate::domain::segment::sample::{self, Random};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100_000))]
    #[test]
    fn any_order_and_any_duplication_of_changes_end_the_same(seed in any::<u64>()) {
        let (attributes, mut random) = (sample::attributes(), Random(seed));
        let changes: Vec<Change> =
            (0..random.below(20)).map(|_| sample::change(&mut random, &attributes)).collect();
        let mut profile = Profile::default();
        changes.iter().cloned().for_each(|change| profile.fold(change));
        let mut shuffled: Vec<Change> = changes.iter().chain(&changes).cloned().collect();
        for at in (1..shuffled.len()).rev() {
            shuffled.swap(at, usize::try_from(random.below(i32::try_from(at).unwrap() + 1)).unwrap());
        }
        let mut other = Profile::default();
        for change in shuffled {
            other.fold(change);
        }
        prop_assert_eq!(&profile, &other);
        let stored = serde_json::to_string(&profile).unwrap();
        prop_assert_eq!(serde_json::from_str::<Profile>(&stored).unwrap(), profile);
    }
}

fn stamp(second: i64) -> Stamp {
    (Timestamp::from_second(second).unwrap(), EventKey::from_webhook_event_id("e"))
}

fn change(field: (&str, Slot), value: Option<Value>, second: i64) -> Result<Change, NotAllowed> {
    let field = Field(field.0.parse().unwrap(), field.1);
    Change::new(&sample::attributes(), field, value, stamp(second))
}

fn named(name: &str) -> Slot {
    Slot::Named(name.parse().unwrap())
}

fn chosen(name: &str) -> Value {
    Value::Chosen(name.parse().unwrap())
}

#[test]
fn only_what_the_account_asks_can_be_said() {
    use NotAllowed::{NoAttribute, NoChoice, OutOfBounds, WrongKind};
    let wish = |areas: &[&str], hours: Option<(u8, u8)>| {
        let hours = hours.and_then(|(from, until)| crate::domain::attribute::Hours::new(from, until));
        Some(Value::Wanted(Wish { areas: areas.iter().map(|a| a.parse().unwrap()).collect(), hours }))
    };
    let long_ago = Some(Value::Date(jiff::civil::date(1899, 12, 31)));
    let cases = [
        (("wards", named("home")), Some(chosen("kita")), Ok(())),
        (("wards", named("home")), None, Ok(())),
        (("wards", named("holiday")), None, Err(NoChoice)),
        (("wards", named("home")), Some(chosen("atlantis")), Err(NoChoice)),
        (("wards", Slot::Whole), Some(chosen("kita")), Err(WrongKind)),
        (("shoe", Slot::Whole), None, Err(NoAttribute)),
        (("topics", named("garbage")), wish(&["kita"], Some((7, 9))), Ok(())),
        (("topics", named("garbage")), wish(&["atlantis"], None), Err(NoChoice)),
        (("topics", named("garbage")), wish(&[], Some((8, 9))), Err(OutOfBounds)),
        (("topics", named("garbage")), Some(Value::Member), Err(WrongKind)),
        (("children", Slot::Child(4)), None, Err(OutOfBounds)),
        (("size", Slot::Whole), Some(Value::Number(21)), Err(OutOfBounds)),
        (("size", Slot::Whole), Some(Value::Number(20)), Ok(())),
        (("moved", Slot::Whole), long_ago, Err(OutOfBounds)),
        (("car", Slot::Whole), Some(Value::Number(1)), Err(WrongKind)),
    ];
    for (field, value, expected) in cases {
        assert_eq!(change(field.clone(), value.clone(), 1).map(drop), expected, "{field:?} {value:?}");
    }
}

#[test]
fn what_is_taken_back_stays_so_until_it_is_said_again() {
    let mut profile = Profile::default();
    let home = ("wards", named("home"));
    profile.fold(change(home.clone(), None, 20).unwrap());
    profile.fold(change(home.clone(), Some(chosen("kita")), 10).unwrap());
    assert_eq!(profile.iter().count(), 0);
    assert_eq!(profile.registered(), Some(stamp(10).0));
    profile.fold(change(home, Some(chosen("nishi")), 30).unwrap());
    let wards = "wards".parse().unwrap();
    assert_eq!(profile.of(&wards).map(|(_, value)| value.clone()).collect::<Vec<_>>(), [chosen("nishi")]);
}

#[test]
fn what_may_be_kept_for_days_is_dropped_after_them() {
    let attributes = sample::attributes();
    let brief = attributes.iter().cloned().map(|attribute| match attribute.id.as_str() {
        "wards" => crate::domain::attribute::Attribute { retention: Retention::Days(10), ..attribute },
        _ => attribute,
    });
    // The account has ceased to ask for one.
    let brief = brief.filter(|attribute| attribute.id.as_str() != "car").collect();
    let brief = Attributes::new(brief).unwrap();
    let mut profile = Profile::default();
    profile.fold(change(("wards", named("home")), Some(chosen("kita")), 0).unwrap());
    profile.fold(change(("size", Slot::Whole), Some(Value::Number(3)), 0).unwrap());
    let at = |day: i64| Timestamp::from_second(day * 86_400).unwrap();
    assert!(!profile.expire(&brief, at(10) - jiff::SignedDuration::from_secs(1)));
    assert!(profile.expire(&brief, at(10)));
    assert_eq!(profile.iter().map(|(field, _)| field.0.as_str().to_owned()).collect::<Vec<_>>(), ["size"]);
    profile.fold(change(("car", Slot::Whole), Some(Value::YesNo(true)), 0).unwrap());
    assert!(profile.expire(&brief, at(1)));
    assert_eq!(profile.iter().count(), 1);
}
