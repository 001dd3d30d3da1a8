use super::*;
use crate::domain::{audit::Link, segment::sample::Random};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn who(number: u128) -> StaffId {
    StaffId(uuid::Uuid::from_u128(number))
}

fn bound(content: u8, count: u64) -> Binding {
    Binding { content: Link([content; 32]), audience: Link([7; 32]), count }
}

const NOW: (i64, i64) = (100, 60);

fn approve(way: Way, seen: &Binding, typed: u64, by: StaffId) -> Result<Way, Refusal> {
    let pause = Hold::new(SignedDuration::from_secs(NOW.1));
    way.approve((seen, seen), typed, (by, None), (at(NOW.0), pause))
}

#[test]
fn two_people_a_count_and_a_hold_come_before_the_first_call() {
    let seen = bound(1, 20);
    let waiting = Way::write(who(1)).submit(seen).unwrap();
    assert_eq!(approve(waiting, &seen, 20, who(1)), Err(Refusal::SamePerson));
    assert_eq!(approve(waiting, &seen, 21, who(2)), Err(Refusal::Miscounted));
    assert_eq!(approve(waiting, &bound(2, 20), 20, who(2)), Err(Refusal::Changed));
    let pause = Hold::new(SignedDuration::ZERO);
    let grown = (&seen, &bound(1, 21));
    assert_eq!(waiting.approve(grown, 20, (who(2), None), (at(0), pause)), Err(Refusal::Changed));
    let held = approve(waiting, &seen, 20, who(2)).unwrap();
    assert_eq!(held.sends(), None);
    assert_eq!(held.begin(at(159)), Err(Refusal::Held));
    assert_eq!(held.edit(who(1)), Err(Refusal::Elsewhere));
    let sending = held.begin(at(160)).unwrap();
    assert_eq!(sending.sends(), Some(&seen));
    let paused = sending.pause().unwrap();
    assert_eq!((paused.sends(), paused.pause()), (None, Err(Refusal::Elsewhere)));
    assert_eq!(paused.resume().unwrap().sends(), Some(&seen));
    assert_eq!(sending.finish().unwrap().cancel(), Err(Refusal::Elsewhere));
    assert_eq!(Way::write(who(1)).submit(bound(1, 0)), Err(Refusal::Nobody));
}

#[test]
fn whoever_corrects_a_word_is_the_author_and_the_other_may_approve() {
    let seen = bound(2, 5);
    let edited = Way::write(who(1)).submit(bound(1, 5)).unwrap().edit(who(2)).unwrap();
    assert_eq!((edited.stage(), edited.author()), (&Stage::Draft, who(2)));
    let waiting = edited.submit(seen).unwrap();
    assert_eq!(approve(waiting, &seen, 5, who(2)), Err(Refusal::SamePerson));
    assert!(approve(waiting, &seen, 5, who(1)).is_ok());
}

#[test]
fn a_deputy_approves_in_somebodys_place_and_is_reviewed_by_that_person() {
    let seen = bound(1, 5);
    let waiting = Way::write(who(1)).submit(seen).unwrap();
    let pause = Hold::new(SignedDuration::ZERO);
    let instead = |by, of| waiting.approve((&seen, &seen), 5, (by, Some(of)), (at(0), pause));
    assert_eq!(instead(who(2), who(2)), Err(Refusal::SamePerson), "nobody is their own deputy");
    let held = instead(who(2), who(3)).unwrap();
    assert_eq!(held.review_due(), Some(Some(who(3))));
    assert_eq!(held.review(who(4)), Err(Refusal::NoReview));
    let reviewed = held.begin(at(0)).unwrap().review(who(3)).unwrap();
    assert_eq!((reviewed.review_due(), reviewed.review(who(3))), (None, Err(Refusal::NoReview)));
    assert_eq!(approve(waiting, &seen, 5, who(2)).unwrap().review_due(), None);
}

#[test]
fn a_broken_glass_is_reviewed_by_somebody_else() {
    let pause = Hold::new(SignedDuration::from_secs(-5));
    let draft = Way::write(who(1));
    assert_eq!(draft.break_glass(bound(1, 9), 8, who(1), (at(50), pause)), Err(Refusal::Miscounted));
    let held = draft.break_glass(bound(1, 9), 9, who(1), (at(50), pause)).unwrap();
    assert_eq!(held.review_due(), Some(None));
    let sending = held.begin(at(50)).unwrap();
    assert_eq!(sending.review(who(1)), Err(Refusal::NoReview));
    assert_eq!(sending.review(who(2)).unwrap().reviewed(), Some(who(2)));
}

/// What stands apart from the machine: who wrote the text that it has now, what was submitted, who approved what.
#[derive(Default)]
struct Model {
    author: Option<StaffId>,
    submitted: Option<Binding>,
    approved: Option<(Binding, StaffId)>,
    glass: Option<Binding>,
    is_over: bool,
}

/// I6 by chance: whatever is tried, whatever may be handed to LINE has two people behind exactly it, or is a broken
/// glass; after a cancel nothing may.
#[test]
fn in_a_million_random_steps_nothing_leaves_without_two_people_for_exactly_that() {
    let mut start = [0; 8];
    crate::domain::id::Entropy::fill(&crate::system::SystemEntropy, &mut start);
    let mut random = Random(u64::from_le_bytes(start));
    println!("seed {}", random.0);
    let mut below = |bound: u64| random.next() % bound;
    let (mut way, mut model, mut now) = (Way::write(who(1)), Model::default(), 0_i64);
    model.author = Some(who(1));
    let (mut left, mut by_glass, mut refused, mut cancelled) = (0, 0, 0, 0);
    for _ in 0..1_000_000 {
        now += i64::try_from(below(4)).unwrap();
        let person = who(u128::from(1 + below(4)));
        let content = u8::try_from(below(3)).unwrap();
        let binding = bound(content, below(4));
        let typed = below(4);
        let pause = Hold::new(SignedDuration::from_secs(i64::try_from(below(6)).unwrap()));
        let next = match below(13) {
            0 => way.edit(person).inspect(|_| {
                model = Model { author: Some(person), ..Model::default() };
            }),
            1 | 2 => way.submit(binding).inspect(|_| model.submitted = Some(binding)),
            3 => way.give_back().inspect(|_| model.submitted = None),
            4..7 => {
                // Most approvers look at what is there; some at something else, or it has changed meanwhile.
                let seen = if below(4) > 0 { model.submitted.unwrap_or(binding) } else { binding };
                let is_now = if below(4) > 0 { model.submitted.unwrap_or(binding) } else { binding };
                let typed = if below(4) > 0 { seen.count } else { typed };
                let instead = (below(3) == 0).then(|| who(u128::from(1 + below(4))));
                let approved = way.approve((&seen, &is_now), typed, (person, instead), (at(now), pause));
                approved.inspect(|_| {
                    assert_eq!(typed, seen.count, "the count is typed");
                    model.approved = Some((seen, person));
                })
            }
            7 if below(6) == 0 => way.break_glass(binding, typed, person, (at(now), pause)).inspect(|_| {
                model.glass = Some(binding);
            }),
            8 => way.begin(at(now)),
            9 => way.pause(),
            10 => way.resume(),
            11 if below(4) == 0 => way.cancel().inspect(|_| {
                cancelled += 1;
                model.is_over = true;
            }),
            12 if below(4) == 0 => way.finish().inspect(|_| model.is_over = true),
            _ => way.review(person),
        };
        match next {
            Ok(next) => way = next,
            Err(_) => refused += 1,
        }
        if let Some(sent) = way.sends() {
            assert!(!model.is_over, "after a cancel or the end nothing leaves");
            left += 1;
            match (model.approved, model.glass) {
                (Some((approved, by)), None) => {
                    assert_eq!((approved, model.submitted), (*sent, Some(*sent)), "exactly that, by both");
                    assert_ne!(Some(by), model.author, "two people");
                }
                (None, Some(glass)) => {
                    assert_eq!(glass, *sent);
                    assert!(way.review_due().is_some() || way.reviewed().is_some(), "it is reported");
                    by_glass += 1;
                }
                other => panic!("it leaves and nobody let it out: {other:?}"),
            }
        }
        if model.is_over {
            assert_eq!(way.sends(), None);
            if below(3) == 0 {
                way = Way::write(person);
                model = Model { author: Some(person), ..Model::default() };
            }
        }
    }
    println!(
        "{left} steps in which something may leave, {by_glass} by a broken glass, {refused} refused, {cancelled} cancelled"
    );
    assert!(
        left > 10_000 && by_glass > 100 && refused > 10_000 && cancelled > 1_000,
        "the steps reach everything"
    );
}
