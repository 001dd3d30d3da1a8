use serde_json::json;

use super::{
    sample::{self, Random},
    *,
};
use crate::domain::attribute::Attributes;

/// The plan, worked out over one resident's marks.
fn worked_out(set: &Set, marks: &std::collections::BTreeSet<Mark>) -> bool {
    match set {
        Set::All(sets) => sets.iter().all(|set| worked_out(set, marks)),
        Set::Any(sets) => sets.iter().any(|set| worked_out(set, marks)),
        Set::Not(set) => !worked_out(set, marks),
        Set::Marked(name) => marks.contains(&Mark { name: name.clone(), number: None }),
        Set::Between(name, from, to) => marks.iter().any(|mark| {
            mark.name == *name && mark.number.is_some_and(|number| (from..=to).contains(&&number))
        }),
    }
}

/// Somebody at random, as segments see them.
pub(super) fn household(random: &mut Random, attributes: &Attributes) -> (Profile, Standing) {
    let mut profile = Profile::default();
    for _ in 0..random.below(16) {
        profile.fold(sample::change(random, attributes));
    }
    let registered = profile.registered().map(|first| first.to_zoned(jiff::tz::TimeZone::UTC).date());
    (profile, Standing { following: !random.one_in(5), registered, language: sample::language(random) })
}

#[test]
fn the_plan_over_marks_says_what_the_predicate_means() {
    let attributes = sample::attributes();
    let mut random = Random(20_261_125);
    let (mut held, mut all) = (0, 0);
    for number in 0..4_000 {
        let (profile, standing) = household(&mut random, &attributes);
        let marks = marks(&attributes, &profile, &standing);
        for _ in 0..10 {
            let json = sample::predicate(&mut random, 3);
            let (predicate, _) = read(&json.to_string(), &attributes).unwrap();
            let today = sample::today();
            let meant = holds(&predicate, &profile, &standing, today);
            assert_eq!(worked_out(&plan(&predicate, today), &marks), meant, "household {number}: {json}");
            held += usize::from(meant);
            all += 1;
        }
    }
    assert!(held > all / 10 && held < all * 9 / 10, "the test tries both ways: {held} of {all}");
}

#[test]
fn a_sealed_attribute_leaves_no_mark() {
    use crate::domain::profile::{Change, Field};
    let attributes = sample::attributes();
    let at = (crate::domain::time::Timestamp::UNIX_EPOCH, crate::domain::event::EventKey::from_raw(b"x"));
    let field = Field("illness".parse().unwrap(), Slot::Whole);
    let mut profile = Profile::default();
    profile.fold(Change::new(&attributes, field, Some(Value::YesNo(true)), at).unwrap());
    let standing = Standing { following: true, registered: None, language: None };
    assert_eq!(marks(&attributes, &profile, &standing), std::collections::BTreeSet::new());
}

#[test]
fn every_fault_names_its_place_and_what_may_stand_there() {
    let attributes = sample::attributes();
    let deep = (0..20).fold(json!({"has": "wards"}), |inner, _| json!({ "not": inner }));
    let wide = json!({"any": (0..250).map(|_| json!({"has": "wards"})).collect::<Vec<_>>()});
    let cases = [
        (json!([]), "the predicate: a part is an object with exactly one name out of all, any"),
        (json!({"has": "wards", "following": true}), "the predicate: a part is an object with exactly one"),
        (json!({"al": []}), "the predicate: \"al\" is no part; write one of all, any"),
        (json!({"all": {}}), "all: a list"),
        (
            json!({"all": [{"has": "wards"}, {"any": [{"has": "shoe"}]}]}),
            "all[1].any[0].has: \"shoe\" is no attribute",
        ),
        (json!({"has": "illness"}), "has: \"illness\" is sealed"),
        (
            json!({"in": {"attribute": "wards", "of": ["kita", "x"]}}),
            "in.of[1]: \"x\" is no choice here; there are kita",
        ),
        (json!({"in": {"attribute": "wards", "of": []}}), "in.of: 1 to 200 names"),
        (
            json!({"not": {"language": ["en", "xx"]}}),
            "not.language[1]: \"xx\" is no choice here; there are ja, ja-easy",
        ),
        (json!({"language": []}), "language: 1 to 8 names"),
        (
            json!({"in": {"attribute": "wards", "of": ["kita"], "areas": ["kita"]}}),
            "areas is for attributes of kind topics",
        ),
        (
            json!({"in": {"attribute": "topics", "of": ["crime"], "roles": ["home"]}}),
            "roles is for attributes of kind places",
        ),
        (json!({"in": {"attribute": "topics", "of": ["crime"], "areas": ["x"]}}), "in.areas[0]: \"x\""),
        (json!({"in": {"attribute": "car", "of": ["maybe"]}}), "[\"yes\"] or [\"no\"]"),
        (json!({"in": {"attribute": "size", "of": ["1"]}}), "of kind number; an attribute of kind choice"),
        (
            json!({"in": {"attribute": "wards", "off": ["kita"]}}),
            "in: unknown field `off`, expected one of `attribute`",
        ),
        (json!({"between": {"attribute": "size"}}), "write from, to, or both"),
        (json!({"between": {"attribute": "size", "from": "1"}}), "numbers without quotes"),
        (json!({"between": {"attribute": "size", "from": 3, "to": 2}}), "from is above to"),
        (json!({"between": {"attribute": "moved", "from": "25.11.2026"}}), "is no day from 1900"),
        (json!({"between": {"attribute": "expires", "from": "2026-13"}}), "is no month from 1900"),
        (json!({"child_age": {"from": -11}}), "from -10 to 1200"),
        (
            json!({"child_age": {"to": 3, "attribute": "wards"}}),
            "of kind places; an attribute of kind children",
        ),
        (json!({"child_age": {"to": 3, "at": "2026-02-30"}}), "child_age: \"2026-02-30\" is no day"),
        (json!({"following": "yes"}), "following: invalid type"),
        (json!({"registered_before": "now"}), "is no day"),
        (json!({"member_of": {"attribute": "topics", "of": ["garbage"]}}), "an attribute of kind group"),
        (deep, "more than 8 deep"),
        (wide, "more than 200 parts"),
    ];
    for (json, expected) in cases {
        let told: Vec<String> =
            read(&json.to_string(), &attributes).unwrap_err().iter().map(ToString::to_string).collect();
        assert!(told.iter().any(|one| one.contains(expected)), "{json}: {told:?} lacks {expected:?}");
    }
    let told = |text: &str| read(text, &attributes).unwrap_err()[0].to_string();
    assert_eq!(told("{\n \"all\": [}"), "the predicate: this is no JSON (line 2, column 10)");
    assert!(told(&format!("{}1", " ".repeat(LONGEST))).contains("longer than 32 KiB"));
    assert!(told(&"[".repeat(20_000)).contains("no JSON"), "depth of JSON itself is bounded");
    let several = json!({"all": [{"has": "x"}, {"has": "y"}]}).to_string();
    assert_eq!(read(&several, &attributes).unwrap_err().len(), 2, "all faults at once");
}

#[test]
fn what_is_read_is_written_the_same_and_fits_the_schema_of_its_names() {
    let attributes = sample::attributes();
    let mut random = Random(7);
    let schema = serde_json::to_value(schema()).unwrap();
    let names: Vec<&str> = schema["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|form| form["required"][0].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "all",
            "any",
            "not",
            "in",
            "has",
            "between",
            "child_age",
            "following",
            "registered_before",
            "language",
            "member_of"
        ]
    );
    for _ in 0..2_000 {
        let json = sample::predicate(&mut random, 3);
        let (_, written) = read(&json.to_string(), &attributes).unwrap();
        assert_eq!(serde_json::to_value(&written).unwrap(), json);
    }
}

#[test]
fn the_schema_for_editors_is_the_one_in_the_repository() {
    let committed = include_str!("../../../docs/segments.schema.json");
    let made = format!("{}\n", serde_json::to_string_pretty(&schema()).unwrap());
    assert!(committed == made, "write it anew: todoke segments schema > docs/segments.schema.json");
}

#[test]
fn a_ward_means_its_towns_and_an_age_is_counted_on_its_day() {
    use crate::domain::profile::{Birth, Change, Field};
    let attributes = sample::attributes();
    let at = (crate::domain::time::Timestamp::UNIX_EPOCH, crate::domain::event::EventKey::from_raw(b"x"));
    let mut profile = Profile::default();
    let mut say = |attribute: &str, slot, value| {
        let field = Field(attribute.parse().unwrap(), slot);
        profile.fold(Change::new(&attributes, field, Some(value), at).unwrap());
    };
    let home = Slot::Named("home".parse().unwrap());
    say("wards", home, Value::Chosen("kita-machi".parse().unwrap()));
    say("children", Slot::Child(0), Value::Child(Birth::Born("2023-04".parse().unwrap())));
    say("children", Slot::Child(1), Value::Child(Birth::Expected("2026-12".parse().unwrap())));
    let standing =
        Standing { following: true, registered: Some(jiff::civil::date(2026, 11, 1)), language: None };
    for (json, expected) in [
        (json!({"in": {"attribute": "wards", "of": ["kita"]}}), true),
        (json!({"in": {"attribute": "wards", "of": ["kita"], "roles": ["work"]}}), false),
        (json!({"child_age": {"from": 43, "to": 43}}), true),
        (json!({"child_age": {"from": 48, "to": 48, "at": "2027-04-01"}}), true),
        (json!({"child_age": {"from": 0, "to": 3}}), false),
        (json!({"child_age": {"to": -1}}), true),
        (json!({"child_age": {"from": 0, "to": 3, "at": "2027-01-01"}}), true),
        (json!({"registered_before": "2026-11-01"}), false),
        (json!({"registered_before": "2026-11-02"}), true),
        (json!({"all": []}), true),
        (json!({"any": []}), false),
    ] {
        let (predicate, _) = read(&json.to_string(), &attributes).unwrap();
        let today = jiff::civil::date(2026, 11, 25);
        assert_eq!(holds(&predicate, &profile, &standing, today), expected, "{json}");
    }
}
