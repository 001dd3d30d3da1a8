use super::*;
use crate::domain::language::Language;

fn text(ja: &str) -> Localized<String> {
    Localized::new([(Language::Ja, ja.to_owned())].into())
}

fn choice(id: &str, within: Option<&str>) -> Choice {
    Choice { id: id.parse().unwrap(), label: text(id), within: within.map(|outer| outer.parse().unwrap()) }
}

fn attribute(id: &str, kind: Kind) -> Attribute {
    Attribute {
        id: id.parse().unwrap(),
        kind,
        label: text(id),
        purpose: text("お知らせのため"),
        retention: Retention::WhileRegistered,
        keeping: Keeping::Plain,
    }
}

fn complaints(list: Vec<Attribute>) -> Vec<String> {
    Attributes::new(list).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn whoever_picks_a_ward_means_its_towns() {
    let places = vec![
        choice("kita", None),
        choice("kita-machi", Some("kita")),
        choice("nishi", None),
        choice("kita-machi-1", Some("kita-machi")),
    ];
    let kind = Kind::Places(Places { roles: vec![choice("home", None)], places });
    let covered = kind.covered(&"kita".parse().unwrap());
    let covered: Vec<&str> = covered.iter().map(ChoiceId::as_str).collect();
    assert_eq!(covered, ["kita", "kita-machi", "kita-machi-1"]);
    assert!(Attributes::new(vec![attribute("wards", kind)]).is_ok());
}

#[test]
fn every_fault_is_named_with_its_place_and_what_to_write() {
    let topic = |id: &str| Topic { choice: choice(id, None), areas: true, hours: Vec::new() };
    let topics = |areas_of: Option<&str>| {
        let areas_of = areas_of.map(|id| id.parse().unwrap());
        Kind::Topics(Topics { topics: vec![topic("garbage")], areas_of })
    };
    let group = |id: &str| Group { choice: choice(id, None), code: "ABCDEFGHJKLM".parse().ok() };
    let silent = Attribute { label: Localized::default(), ..attribute("a", Kind::Date) };
    let sealed = Attribute { keeping: Keeping::Sealed, ..attribute("a", topics(None)) };
    let long = Attribute { purpose: text(&"あ".repeat(201)), ..attribute("a", Kind::YesNo) };
    let brief = Attribute { retention: Retention::Days(0), ..attribute("a", Kind::YesNo) };
    let cases: Vec<(Vec<Attribute>, &str)> = vec![
        (vec![attribute("a", Kind::Date), attribute("a", Kind::Month)], "attribute a: the name comes twice"),
        (vec![attribute("a", Kind::Choice(Vec::new()))], "nothing to choose"),
        (vec![attribute("a", Kind::Choice(vec![choice("x", None), choice("x", None)]))], "a, x: the choice"),
        (vec![attribute("a", Kind::Choice(vec![choice("x", Some("y"))]))], "within names y"),
        (
            vec![attribute("a", Kind::Choice(vec![choice("x", Some("y")), choice("y", Some("x"))]))],
            "leads back",
        ),
        (
            vec![attribute("a", Kind::Places(Places { roles: vec![], places: vec![choice("x", None)] }))],
            "home",
        ),
        (vec![attribute("a", topics(Some("wards")))], "areas_of names wards"),
        (vec![attribute("a", topics(None))], "a, garbage: areas = true needs areas_of"),
        (vec![attribute("a", Kind::Number { least: 2, most: 1 })], "least is above most"),
        (vec![attribute("a", Kind::Children { most: 13 })], "between 1 and 12"),
        (
            vec![attribute("a", Kind::Group(vec![group("x"), group("y")]))],
            "a, y: the code is that of another",
        ),
        (vec![silent], "label has no Japanese text"),
        (vec![sealed], "cannot be sealed"),
        (vec![long], "purpose (ja) has to be one line of 1 to 200"),
        (vec![brief], "keep has to be"),
        (
            (0..=MOST).map(|n| attribute(&format!("a{n}"), Kind::Date)).collect(),
            "a100: there are more than 100",
        ),
    ];
    for (list, expected) in cases {
        let told = complaints(list);
        assert!(told.iter().any(|one| one.contains(expected)), "{expected}: {told:?}");
    }
}

#[test]
fn a_code_lets_into_its_group_and_into_no_other() {
    let group = |id: &str, code: &str| Group { choice: choice(id, None), code: code.parse().ok() };
    let kind = Kind::Group(vec![group("heads", "AAAABBBBCCCC"), group("fire", "DDDDEEEEFFFF")]);
    assert_eq!(kind.admitted_by("dddd-eeee-ffff").map(|choice| choice.id.as_str()), Some("fire"));
    assert_eq!(kind.admitted_by("dddd-eeee-fffg"), None);
    assert_eq!(Kind::Date.admitted_by("AAAABBBBCCCC"), None);
}
