use jiff::civil::{Date, date};

use super::*;
use crate::domain::{
    attribute::{Choice, Group, Keeping, Places, Retention},
    event::EventKey,
    language::{Language, Localized},
    profile::Birth,
    roster::{Admission, GroupRef},
};

fn label(text: &str) -> Localized<String> {
    Localized::new([(Language::Ja, text.to_owned())].into())
}

fn choice(id: &str) -> Choice {
    Choice { id: id.parse().unwrap(), label: label(id), within: None }
}

fn attribute(id: &str, kind: Kind) -> Attribute {
    Attribute {
        id: id.parse().unwrap(),
        kind,
        label: label(id),
        purpose: label("why"),
        retention: Retention::WhileRegistered,
        keeping: Keeping::Plain,
    }
}

fn attributes() -> Attributes {
    let topic = |id: &str, areas, hours| Topic { choice: choice(id), areas, hours };
    let town = Choice { within: Some("north".parse().unwrap()), ..choice("north-one") };
    let places = Places {
        roles: vec![choice("home"), choice("work")],
        places: vec![choice("north"), choice("south"), town],
    };
    let topics = Topics {
        topics: vec![
            topic("garbage", true, vec![Hours::new(6, 8).unwrap()]),
            topic("taxes", false, Vec::new()),
        ],
        areas_of: Some("wards".parse().unwrap()),
    };
    let code = "K7QM2XW9RT4H".parse().ok();
    Attributes::new(vec![
        attribute("wards", Kind::Places(places)),
        attribute("topics", Kind::Topics(topics)),
        attribute("children", Kind::Children { most: 2 }),
        attribute("household", Kind::Number { least: 1, most: 12 }),
        attribute("groups", Kind::Group(vec![Group { choice: choice("fire"), code }])),
    ])
    .unwrap()
}

/// A resident who taps, with what is stored of them.
struct Resident {
    attributes: Attributes,
    profile: Profile,
    step: Option<Step>,
    taps: usize,
}

impl Resident {
    fn new() -> Self {
        Self { attributes: attributes(), profile: Profile::default(), step: None, taps: 0 }
    }

    fn asking(&self) -> Asking<'_> {
        let at = Timestamp::from_second(1_800_000_000 + i64::try_from(self.taps).unwrap()).unwrap();
        Asking {
            attributes: &self.attributes,
            profile: &self.profile,
            at: (at, EventKey::from_bytes([7; 17])),
            today: date(2026, 11, 25),
        }
    }

    fn take(&mut self, turn: Turn) -> Vec<Note> {
        turn.changes.into_iter().for_each(|change| self.profile.fold(change));
        self.step = turn.next;
        self.taps += 1;
        turn.notes
    }

    fn tap(&mut self, tap: &Tap, picked: Option<Date>) -> Vec<Note> {
        let turn = press(&self.asking(), tap, picked, self.step.as_ref());
        self.take(turn)
    }

    /// Taps a button that is shown, found by what it means.
    fn choose(&mut self, is_meant: impl Fn(&Tap) -> bool) -> Vec<Note> {
        let shown = options(&self.asking(), self.step.as_ref().unwrap());
        let tap =
            shown.iter().find(|tap| is_meant(tap)).unwrap_or_else(|| panic!("{:?}: {shown:?}", self.step));
        self.tap(&tap.clone(), None)
    }

    fn wants(&self, topic: &str) -> Option<Wish> {
        self.asking().wish(&topic_field(topic))
    }
}

fn topic_field(topic: &str) -> Field {
    Field("topics".parse().unwrap(), Slot::Named(topic.parse().unwrap()))
}

#[test]
fn the_first_useful_subscription_takes_three_taps_and_a_stop_three() {
    let mut resident = Resident::new();
    resident.tap(&Tap::Open, None);
    resident.choose(|tap| matches!(tap, Tap::Say(field, _) if *field == topic_field("garbage")));
    assert!(
        resident.wants("garbage").unwrap().areas.is_empty(),
        "it is stored with the tap, for the whole city"
    );
    let told = resident.choose(|tap| matches!(tap, Tap::Area(_, Some(area)) if area.as_str() == "north"));
    assert_eq!((resident.taps, told.len()), (3, 2), "the topic's area, and where one lives");
    assert_eq!(resident.wants("garbage").unwrap().areas, ["north".parse().unwrap()].into());

    let mut new = Resident::new();
    new.tap(&Tap::Open, None);
    new.tap(&Tap::Open, None);
    assert_eq!(new.step, Some(Step::Menu), "whoever wants something else first finds it");

    // Where one lives is known now: another topic with areas asks nothing more.
    resident.choose(|tap| matches!(tap, Tap::Say(field, _) if *field == topic_field("taxes")));
    let before = resident.taps;
    resident.tap(&Tap::Stop, None);
    resident.choose(|tap| matches!(tap, Tap::TakeBack(field) if *field == topic_field("garbage")));
    assert_eq!((resident.taps - before, resident.wants("garbage")), (2, None));
    assert_eq!(resident.step, Some(Step::Stop(0)), "there is another one");
    resident.choose(|tap| matches!(tap, Tap::TakeBack(_)));
    assert_eq!(resident.step, None);
    assert_eq!(resident.tap(&Tap::Stop, None), [Note::NothingToStop]);
}

#[test]
fn children_are_added_up_to_the_most_and_corrected() {
    let mut resident = Resident::new();
    let id: AttributeId = "children".parse().unwrap();
    resident.tap(&Tap::Ask(id.clone()), None);
    let add = |resident: &mut Resident, tap: &Tap, day| resident.tap(tap, Some(day));
    let (born, due) = (Tap::AddBorn(id.clone()), Tap::AddDue(id.clone()));
    for nonsense in [date(2026, 11, 26), date(1800, 1, 1)] {
        assert_eq!(add(&mut resident, &born, nonsense), [Note::Refused]);
    }
    for nonsense in [date(2026, 9, 1), date(2028, 1, 1)] {
        assert_eq!(add(&mut resident, &due, nonsense), [Note::Refused]);
    }
    add(&mut resident, &born, date(2024, 5, 3));
    add(&mut resident, &due, date(2027, 1, 10));
    assert_eq!(add(&mut resident, &born, date(2020, 1, 1)), [Note::Refused], "there are two");
    let shown = options(&resident.asking(), resident.step.as_ref().unwrap());
    assert!(!shown.contains(&born), "{shown:?}");
    let second = Field(id.clone(), Slot::Child(1));
    resident.tap(&Tap::Part(second.clone()), None);
    resident.tap(&Tap::Born(second), Some(date(2026, 11, 20)));
    let known: Vec<(u8, Birth)> = resident.profile.children(&id).collect();
    let month = |text: &str| Birth::Born(text.parse().unwrap());
    assert_eq!(known, [(0, month("2024-05")), (1, month("2026-11"))]);
    resident.tap(&Tap::TakeBack(Field(id.clone(), Slot::Child(0))), None);
    add(&mut resident, &born, date(2020, 1, 1));
    assert_eq!(resident.profile.children(&id).count(), 2, "a number that is free is used again");
}

#[test]
fn a_place_within_another_is_asked_for_after_it() {
    let mut resident = Resident::new();
    resident.tap(&Tap::Ask("wards".parse().unwrap()), None);
    resident.choose(|tap| matches!(tap, Tap::Part(_)));
    let place =
        |id: &str, tap: &Tap| matches!(tap, Tap::Say(_, Value::Chosen(place)) if place.as_str() == id);
    resident.choose(|tap| place("north", tap));
    assert!(matches!(&resident.step, Some(Step::Place(_, Some(within), 0)) if within.as_str() == "north"));
    resident.choose(|tap| place("north-one", tap));
    let home = Field("wards".parse().unwrap(), Slot::Named("home".parse().unwrap()));
    assert_eq!(resident.profile.get(&home).unwrap().0, &Value::Chosen("north-one".parse().unwrap()));
}

#[test]
fn what_is_asked_for_may_be_typed_and_a_question_is_none_of_it() {
    let mut resident = Resident::new();
    let read = |resident: &Resident, step: &Step, words: &str| {
        typed(&resident.asking(), step, words, &Admission::Unknown)
    };
    let of = |id: &str| Step::Attribute(id.parse().unwrap(), 0);
    let Typed::Turn(turn) = read(&resident, &of("household"), "4人") else { panic!("a number") };
    resident.take(*turn);
    let Typed::Turn(turn) = read(&resident, &of("household"), "400") else { panic!("a number") };
    assert_eq!((turn.notes.as_slice(), turn.next), ([Note::Refused].as_slice(), Some(of("household"))));
    let Typed::Turn(turn) = read(&resident, &of("groups"), "k7qm-2xw9-rt4h") else { panic!("a code") };
    resident.take(*turn);
    let Typed::Turn(turn) = read(&resident, &of("groups"), "k7qm-2xw9-rt4j") else { panic!("a code") };
    assert_eq!(turn.notes, [Note::WrongCode]);
    let own = |admission| typed(&resident.asking(), &of("groups"), "k7qm-2xw9-rt4j", &admission);
    let Typed::Turn(turn) = own(Admission::Taken) else { panic!("a code") };
    assert_eq!((turn.changes.len(), turn.notes.as_slice()), (0, [Note::UsedCode].as_slice()));
    let fire = GroupRef { attribute: "groups".parse().unwrap(), group: "fire".parse().unwrap() };
    let Typed::Turn(turn) = own(Admission::Admitted(fire)) else { panic!("a code") };
    assert_eq!(turn.changes.len(), 1);
    let Typed::Turn(turn) = read(&resident, &of("children"), "令和6年5月") else { panic!("a month") };
    resident.take(*turn);
    assert_eq!(resident.profile.iter().count(), 3);
    for step in [of("household"), of("groups"), of("children"), of("topics"), Step::Menu] {
        for question in ["粗大ごみを出したい", "2", "", "ごみ"] {
            let is_number = question == "2" && step == of("household");
            assert_eq!(read(&resident, &step, question) != Typed::Else, is_number, "{step:?} {question}");
        }
    }
}

#[test]
fn days_are_read_as_people_type_them() {
    for (text, day) in [
        ("2024-05", date(2024, 5, 1)),
        ("2024/5/3", date(2024, 5, 3)),
        ("2024年5月3日生まれ", date(2024, 5, 3)),
        ("令和6年5月", date(2024, 5, 1)),
        ("令和元年12月", date(2019, 12, 1)),
        ("h31.4.30", date(2019, 4, 30)),
        ("平成2年 2月", date(1990, 2, 1)),
        ("2024年2月31日", date(2024, 2, 1)),
    ] {
        assert_eq!(month_typed(text), Some(day), "{text}");
    }
    for none in ["", "5月", "2024", "2024-13", "123-4567", "2024-05-03-01", "ごみ", "令和", "99999年1月"]
    {
        assert_eq!(month_typed(none), None, "{none}");
    }
}

#[test]
fn every_button_that_is_ever_shown_has_a_code_that_reads_back_and_tells_nothing() {
    let (codes, attributes) = (Codes::new(&attributes()), attributes());
    let mut resident = Resident::new();
    let mut steps = vec![Step::Menu, Step::Stop(0), Step::StopAll, Step::Erase];
    let mut seen = 0;
    // From every step by every button, as deep as it goes.
    while let Some(step) = steps.pop() {
        for tap in options(&resident.asking(), &step) {
            let code = Codes::code(&tap);
            assert_eq!(codes.read(&code), Some(&tap), "{step:?}");
            assert!(code.len() == 22 && !attributes.iter().any(|a| code.contains(a.id.as_str())));
            let turn = press(&resident.asking(), &tap, Some(date(2026, 11, 1)), Some(&step));
            turn.changes.iter().cloned().for_each(|change| resident.profile.fold(change));
            seen += 1;
            steps.extend(turn.next.filter(|next| *next != step && seen < 400));
        }
    }
    assert!(seen >= 200, "{seen}");
    assert_eq!(codes.read("r:00000000000000000000"), None);
}

#[test]
fn no_step_shows_more_buttons_than_line_takes() {
    let many = |prefix: &str| (0..40).map(|n| choice(&format!("{prefix}{n}"))).collect::<Vec<_>>();
    let places = Places { roles: many("r"), places: many("p") };
    let topics =
        many("t").into_iter().map(|choice| Topic { choice, areas: true, hours: Vec::new() }).collect();
    let attributes = Attributes::new(vec![
        attribute("wards", Kind::Places(places)),
        attribute("topics", Kind::Topics(Topics { topics, areas_of: Some("wards".parse().unwrap()) })),
        attribute("one", Kind::Choice(many("c"))),
        attribute("number", Kind::Number { least: 0, most: 1_000 }),
        attribute("children", Kind::Children { most: 12 }),
    ])
    .unwrap();
    let mut resident = Resident { attributes, ..Resident::new() };
    for topic in 0..40 {
        let field = topic_field(&format!("t{topic}"));
        resident.tap(&Tap::Say(field, Value::Wanted(Wish::default())), None);
    }
    for _ in 0..12 {
        resident.tap(&Tap::AddBorn("children".parse().unwrap()), Some(date(2020, 1, 1)));
    }
    let of = |id: &str, page| Step::Attribute(id.parse().unwrap(), page);
    let home = Field("wards".parse().unwrap(), Slot::Named("r0".parse().unwrap()));
    let mut steps = vec![Step::Menu, Step::Place(home, None, 3), Step::Area(topic_field("t0"), 1)];
    for page in 0..12 {
        steps.push(Step::Stop(page));
        steps.extend(["wards", "topics", "one", "number", "children"].map(|id| of(id, page)));
    }
    for step in steps {
        let shown = options(&resident.asking(), &step);
        assert!((2..=13).contains(&shown.len()), "{step:?} shows {}", shown.len());
    }
}
