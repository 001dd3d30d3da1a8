use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::{
    domain::{
        attribute::{AttributeId, Choice, Keeping, Places, Retention, Topic, Topics},
        language::{Language, Localized},
        profile::{Month, Wish},
        roster::Admission,
    },
    journeys::own_data::form::read,
};

fn text_of(text: &str) -> Localized<String> {
    Localized::new([(Language::Ja, text.to_owned())].into())
}

fn attributes() -> Attributes {
    let choice = |id: &str| Choice { id: id.parse().unwrap(), label: text_of(id), within: None };
    let attribute = |id: &str, kind| Attribute {
        id: id.parse().unwrap(),
        kind,
        label: text_of(id),
        purpose: text_of("試験"),
        retention: Retention::WhileRegistered,
        keeping: Keeping::Plain,
    };
    let topic = |id| Topic { choice: choice(id), areas: true, hours: vec![] };
    Attributes::new(vec![
        attribute(
            "wards",
            Kind::Places(Places {
                roles: vec![choice("home"), choice("work")],
                places: vec![choice("kita"), choice("nishi")],
            }),
        ),
        attribute(
            "topics",
            Kind::Topics(Topics {
                topics: vec![topic("garbage"), topic("crime")],
                areas_of: Some("wards".parse().unwrap()),
            }),
        ),
        attribute("children", Kind::Children { most: 3 }),
    ])
    .unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn said(profile: &mut Profile, name: &str, value: impl Into<Option<Value>>, second: i64) {
    let (attribute, part) = name.split_once('.').unwrap();
    let slot = part.parse().map_or_else(|_| Slot::Named(part.parse().unwrap()), Slot::Child);
    let field = Field(attribute.parse().unwrap(), slot);
    let stamp = (at(second), EventKey::from_raw(&second.to_be_bytes()));
    profile.fold(Change::new(&attributes(), field, value.into(), stamp).unwrap());
}

fn born(month: &str) -> Value {
    Value::Child(Birth::Born(month.parse().unwrap()))
}

fn ward(ward: &str) -> Value {
    Value::Chosen(ward.parse().unwrap())
}

/// A form that was made at second 100 and is sent at `now`.
fn send(profile: &mut Profile, section: &str, pairs: &[(&str, &str)], now: i64) -> Result<usize, Changed> {
    let attributes = attributes();
    let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let attribute = attributes.get(&section.parse().unwrap()).unwrap();
    let today = jiff::civil::date(2026, 11, 25);
    let section = read(attribute, &Filled::new(pairs.collect()), today, &Admission::Unknown)
        .map_err(Changed::Problems)?;
    let page = Page { attributes: &attributes, made: at(100), submit: "word" };
    let changes = page.follow(attribute, &section, profile, at(now))?;
    let count = changes.len();
    for change in changes {
        profile.fold(change);
    }
    Ok(count)
}

#[test]
fn only_what_was_changed_on_the_page_is_written() {
    let mut profile = Profile::default();
    said(&mut profile, "wards.home", ward("kita"), 10);
    let form =
        [("was.wards.home", "kita"), ("wards.home", "kita"), ("was.wards.work", ""), ("wards.work", "nishi")];
    // Meanwhile the chat has moved the home.
    said(&mut profile, "wards.home", ward("nishi"), 150);
    assert_eq!(send(&mut profile, "wards", &form, 200), Ok(1));
    let known: Vec<String> = profile.iter().map(|(_, value)| text(Some(value))).collect();
    assert_eq!(known, ["nishi", "nishi"], "the chat's word on the home stays");
    assert_eq!(send(&mut profile, "wards", &form, 201), Ok(0), "a second post has nothing to add");
}

#[test]
fn what_both_changed_is_told_and_not_written() {
    let mut profile = Profile::default();
    said(&mut profile, "wards.home", ward("kita"), 10);
    let form = [("was.wards.home", "kita"), ("wards.home", "")];
    said(&mut profile, "wards.home", ward("nishi"), 150);
    assert_eq!(send(&mut profile, "wards", &form, 200), Err(Changed::Meanwhile));
    // Changed there and back: the page is older than that all the same.
    said(&mut profile, "wards.home", ward("kita"), 160);
    assert_eq!(send(&mut profile, "wards", &form, 200), Err(Changed::Meanwhile));
    // Both want the same.
    said(&mut profile, "wards.home", None::<Value>, 170);
    assert_eq!(send(&mut profile, "wards", &form, 200), Ok(0));
}

#[test]
fn a_form_that_is_sent_again_after_the_chat_undid_it_undoes_nothing() {
    let mut profile = Profile::default();
    let topic = [("was.topics.garbage", ""), ("topics.garbage", "yes")];
    assert_eq!(send(&mut profile, "topics", &topic, 110), Ok(1));
    said(&mut profile, "topics.garbage", None::<Value>, 120);
    assert_eq!(send(&mut profile, "topics", &topic, 130), Err(Changed::Meanwhile));
    let child = [("children.new", "2024-05"), ("children.new.kind", "born")];
    assert_eq!(send(&mut profile, "children", &child, 110), Ok(1));
    said(&mut profile, "children.0", None::<Value>, 120);
    assert_eq!(send(&mut profile, "children", &child, 130), Err(Changed::Meanwhile));
}

#[test]
fn twins_are_two_and_a_double_post_is_one() {
    let mut profile = Profile::default();
    let child = [("children.new", "令和6年5月"), ("children.new.kind", "born")];
    assert_eq!(send(&mut profile, "children", &child, 110), Ok(1));
    assert_eq!(send(&mut profile, "children", &child, 111), Ok(0));
    let twin = [&child[..], &[("was.children.0", "born 2024-05"), ("children.0", "2024-05")]].concat();
    assert_eq!(send(&mut profile, "children", &twin, 120), Ok(1));
    assert_eq!(send(&mut profile, "children", &twin, 121), Ok(0));
    assert_eq!(profile.children(&"children".parse::<AttributeId>().unwrap()).count(), 2);
    // The chat took the number that would have been next.
    let third = [("was.children.0", ""), ("was.children.1", ""), ("children.0", ""), ("children.1", "")];
    said(&mut profile, "children.2", born("2020-01"), 150);
    let full = [("children.new", "2021-01")];
    let refused = send(&mut profile, "children", &full, 160);
    assert!(matches!(&refused, Err(Changed::Problems(list)) if list[0].wrong == Wrong::Children { most: 3 }));
    assert!(send(&mut profile, "children", &third, 160).is_err(), "a child without a month is none");
}

#[test]
fn a_word_with_lines_clock_ahead_is_replaced_all_the_same() {
    let mut profile = Profile::default();
    said(&mut profile, "children.0", born("2024-05"), 99);
    said(&mut profile, "wards.home", ward("kita"), 100);
    let child = [("was.children.0", "born 2024-05"), ("children.0.remove", "yes"), ("children.0", "2024-05")];
    assert_eq!(send(&mut profile, "children", &child, 90), Ok(1), "our clock is behind");
    assert_eq!(profile.children(&"children".parse::<AttributeId>().unwrap()).count(), 0);
}

#[test]
fn months_are_judged_only_where_they_were_changed() {
    let mut profile = Profile::default();
    said(&mut profile, "children.0", Some(Value::Child(Birth::Expected("2019-01".parse().unwrap()))), 10);
    let kept = [("was.children.0", "due 2019-01"), ("children.0", "2019-01"), ("children.0.kind", "due")];
    assert_eq!(send(&mut profile, "children", &kept, 110), Ok(0));
    for (month, kind, wrong) in [
        ("2018-12", "due", Wrong::Due),
        ("2027-12", "due", Wrong::Due),
        ("2026-12", "born", Wrong::Born),
        ("1899-01", "born", Wrong::Month),
        ("2024-13", "born", Wrong::Month),
        ("<b>", "born", Wrong::Month),
    ] {
        let form = [("was.children.0", "due 2019-01"), ("children.0", month), ("children.0.kind", kind)];
        let problem = Problem { at: "children.0".into(), wrong };
        assert_eq!(
            send(&mut profile, "children", &form, 110),
            Err(Changed::Problems(vec![problem])),
            "{month}"
        );
    }
    for month in ["2026-10", "2026-11", "2027-09"] {
        let form = [
            ("was.children.0", text(profile.iter().next().map(|(_, v)| v)).leak() as &str),
            ("children.0", month),
            ("children.0.kind", "due"),
        ];
        assert_eq!(send(&mut profile, "children", &form, 99), Ok(1), "{month}");
    }
}

fn values() -> impl Strategy<Value = Option<Value>> {
    let wish =
        prop::collection::btree_set(prop_oneof![Just("kita"), Just("nishi")], 0..3).prop_map(|areas| {
            let areas: BTreeSet<_> = areas.into_iter().map(|area| area.parse().unwrap()).collect();
            Some(Value::Wanted(Wish { areas, hours: None }))
        });
    prop_oneof![Just(None), wish]
}

proptest! {
    /// Whatever the page showed, was made to say, and what the chat said meanwhile: either nothing is written,
    /// or exactly what was changed on the page.
    #[test]
    fn a_page_writes_what_was_changed_on_it_or_nothing(
        shown in values(), wanted in values(), meanwhile in prop::option::of(values()),
    ) {
        let mut profile = Profile::default();
        said(&mut profile, "topics.garbage", shown.clone(), 50);
        let was = text(shown.as_ref());
        let mut form = vec![("was.topics.garbage", was.as_str())];
        let areas: Vec<String> = match &wanted {
            Some(Value::Wanted(wish)) => wish.areas.iter().map(ToString::to_string).collect(),
            _ => vec![],
        };
        if wanted.is_some() {
            form.push(("topics.garbage", "yes"));
        }
        form.extend(areas.iter().map(|area| ("topics.garbage.area", area.as_str())));
        if let Some(value) = &meanwhile {
            said(&mut profile, "topics.garbage", value.clone(), 150);
        }
        let field = Field("topics".parse().unwrap(), Slot::Named("garbage".parse().unwrap()));
        let before = profile.get(&field).map(|(value, _)| value.clone());
        let sent = send(&mut profile, "topics", &form, 200);
        let after = profile.get(&field).map(|(value, _)| value.clone());
        let is_changed = wanted != shown;
        match (is_changed, meanwhile) {
            (false, _) => { prop_assert_eq!(sent, Ok(0)); prop_assert_eq!(after, before); }
            (true, None) => { prop_assert_eq!(sent, Ok(1)); prop_assert_eq!(after, wanted); }
            (true, Some(_)) if before == wanted => prop_assert_eq!(sent, Ok(0)),
            (true, Some(_)) => { prop_assert_eq!(sent, Err(Changed::Meanwhile)); prop_assert_eq!(after, before); }
        }
    }

    #[test]
    fn no_form_whatever_stands_in_it_stops_the_reader(
        pairs in prop::collection::vec(("(was\\.)?(children|topics|wards)(\\.(new|code|0|1|garbage|home))?(\\.(area|hours|kind|remove))?", ".{0,12}"), 0..12),
        section in prop_oneof![Just("children"), Just("topics"), Just("wards")],
    ) {
        let mut profile = Profile::default();
        said(&mut profile, "children.0", born("2024-05"), 10);
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let _ = send(&mut profile, section, &pairs, 200);
        let months = profile.children(&"children".parse().unwrap()).all(|(_, birth)| match birth {
            Birth::Born(month) | Birth::Expected(month) => month <= "2027-09".parse::<Month>().unwrap(),
        });
        prop_assert!(months);
    }
}
