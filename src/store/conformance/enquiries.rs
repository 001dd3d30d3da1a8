//! What the port of enquiries promises.

use uuid::Uuid;

use super::{accept, at, claim_one, entries, replied, settle, staff::note, text, todoke};
use crate::{
    domain::{
        enquiry::{
            CannedAnswer, Enquiry, EnquiryId, Message, NewEnquiry, Notice, NoticeOutcome, Receipt, Side,
            State, Step,
        },
        id::{LineUserId, ResidentRef, StaffId},
        language::Language,
        message::Messages,
        version::Version,
    },
    store::{Store, StoreError, enquiries::Opened},
};

pub(super) async fn all<S: Store>(fresh: &impl Fn() -> S) {
    an_enquiry_is_opened_once_and_has_its_number(&fresh()).await;
    of_two_changes_to_one_version_one_is_told(&fresh()).await;
    enquiries_are_listed_by_division_and_state(&fresh()).await;
    a_notice_is_due_until_it_is_settled(&fresh()).await;
    enquiries_expire_by_their_last_change(&fresh()).await;
    canned_answers_are_not_overwritten(&fresh()).await;
}

fn staff(number: u128) -> StaffId {
    StaffId(Uuid::from_u128(number))
}

/// Makes somebody known and gives the handle.
async fn known(store: &impl Store) -> ResidentRef {
    let account = todoke();
    accept(store, vec![text("hello", "U1", 1, "x")]).await;
    settle(store, &claim_one(store).await, replied()).await.expect("the claim is alive");
    store.resident_ref(&account, &LineUserId::new("U1")).expect("an account of ours")
}

pub(super) fn new(number: u128, resident: ResidentRef, division: &str) -> NewEnquiry {
    NewEnquiry {
        id: EnquiryId(Uuid::from_u128(number)),
        resident,
        division: division.to_owned(),
        about: None,
        language: Language::Ja,
        name: Some("佐藤".into()),
        text: "ドッグランはありますか。".repeat(200),
        at: at(1_000 + i64::try_from(number).expect("small")),
    }
}

async fn load(store: &impl Store, number: u128) -> Enquiry {
    let account = todoke();
    let id = EnquiryId(Uuid::from_u128(number));
    store.load_enquiry(&account, id).await.expect("readable").expect("known").0
}

async fn an_enquiry_is_opened_once_and_has_its_number(store: &impl Store) {
    let account = todoke();
    let resident = known(store).await;
    let known = store.resident(&account, resident).await.expect("readable").expect("known");
    assert_eq!(known.line_user_id.expose(), "U1");
    assert_eq!(store.resident(&account, ResidentRef([9; 16])).await.expect("readable"), None);
    let first = store.open_enquiry(&account, new(1, resident, "環境課")).await.expect("opens");
    assert_eq!(first, Opened::New(Receipt("1970-000001".into())));
    let again = store.open_enquiry(&account, new(1, resident, "別の課")).await.expect("opens");
    assert_eq!(again, Opened::Known(Receipt("1970-000001".into())));
    let (one, other) = tokio::join!(
        store.open_enquiry(&account, new(2, resident, "環境課")),
        store.open_enquiry(&account, new(3, resident, "環境課"))
    );
    assert_ne!(one.expect("opens").receipt(), other.expect("opens").receipt());
    let read = load(store, 1).await;
    assert_eq!((read.head.state, read.head.division.as_str()), (State::Open, "環境課"));
    assert_eq!(read.content.messages[0].text, new(1, resident, "").text);
    let found = store.enquiry_by_receipt(&account, &Receipt("1970-000001".into())).await.expect("readable");
    assert_eq!(found, Some(EnquiryId(Uuid::from_u128(1))));
    for unknown in ["1970", "1970-999999", ""] {
        let found = store.enquiry_by_receipt(&account, &Receipt(unknown.into())).await.expect("readable");
        assert_eq!(found, None);
    }
    let minato = super::ACCOUNTS[1].parse().expect("valid");
    let elsewhere = store.load_enquiry(&minato, EnquiryId(Uuid::from_u128(1))).await.expect("readable");
    assert_eq!(elsewhere, None);
    let stranger = store.open_enquiry(&account, new(4, ResidentRef([9; 16]), "環境課")).await;
    assert!(matches!(stranger, Err(StoreError::Damaged { .. })), "{stranger:?}");
}

async fn of_two_changes_to_one_version_one_is_told(store: &impl Store) {
    let account = todoke();
    let resident = known(store).await;
    store.open_enquiry(&account, new(1, resident, "環境課")).await.expect("opens");
    let read = load(store, 1).await;
    let step = |number| read.after(Step::Assign(Some(staff(number))), at(2_000)).expect("may be");
    let (one, other) = tokio::join!(
        store.save_enquiry(&account, read.head.version, step(1), None, Some(note(staff(1)))),
        store.save_enquiry(&account, read.head.version, step(2), None, Some(note(staff(2))))
    );
    assert!(one.is_ok() != other.is_ok());
    assert!(matches!(one.and(other), Err(StoreError::Conflict)));
    let mut unknown = step(1);
    unknown.head.id = EnquiryId(Uuid::from_u128(77));
    let refused = store.save_enquiry(&account, Version(1), unknown, None, Some(note(staff(1)))).await;
    assert!(matches!(refused, Err(StoreError::Conflict)));
    assert_eq!(entries(store).await, 1, "what was refused left no entry");
}

async fn numbers(store: &impl Store, division: Option<&str>, state: State) -> Vec<u128> {
    let account = todoke();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = store.list_enquiries(&account, division, state, after, 2).await.expect("readable");
        let Some(last) = page.last() else { return seen };
        after = Some((last.opened, last.id));
        seen.extend(page.into_iter().map(|head| head.id.0.as_u128()));
    }
}

async fn enquiries_are_listed_by_division_and_state(store: &impl Store) {
    let account = todoke();
    let resident = known(store).await;
    assert_eq!(store.enquiries_by(&account, resident).await.expect("readable"), []);
    for (number, division) in [(1, "環境課"), (2, "公園課"), (3, "環境課"), (4, "環境課"), (5, "環境")]
    {
        store.open_enquiry(&account, new(number, resident, division)).await.expect("opens");
    }
    let theirs = store.enquiries_by(&account, resident).await.expect("readable");
    assert_eq!(theirs.iter().map(|head| head.id.0.as_u128()).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!(store.enquiries_by(&account, ResidentRef([9; 16])).await.expect("readable"), []);
    assert_eq!(numbers(store, Some("環境課"), State::Open).await, [1, 3, 4]);
    assert_eq!(numbers(store, Some("環境"), State::Open).await, [5]);
    assert_eq!(numbers(store, None, State::Open).await, [1, 2, 3, 4, 5]);
    let read = load(store, 3).await;
    let moved = read.after(Step::Transfer("公園課".into()), at(3_000)).expect("may be");
    let taken = moved.after(Step::Move(State::InProgress), at(3_000)).expect("may be");
    store.save_enquiry(&account, read.head.version, taken, None, None).await.expect("saves");
    assert_eq!(numbers(store, Some("環境課"), State::Open).await, [1, 4]);
    assert_eq!(numbers(store, Some("公園課"), State::InProgress).await, [3]);
    assert_eq!(numbers(store, None, State::InProgress).await, [3]);
    assert_eq!(numbers(store, Some("なし"), State::Open).await, [0; 0]);
    for (division, state, most, expected) in [
        (Some("環境課"), State::Open, 9, 2),
        (Some("公園課"), State::InProgress, 9, 1),
        (None, State::Open, 9, 4),
        (None, State::Open, 3, 3),
        (Some("なし"), State::Open, 9, 0),
    ] {
        let counted = store.count_enquiries(&account, division, state, most).await.expect("readable");
        assert_eq!(counted, expected, "{division:?} {state:?} {most}");
    }
}

fn notice(number: u128) -> Notice {
    let messages = Messages::text("回答が届きました").expect("short");
    Notice { retry_key: Uuid::from_u128(number), messages, written: at(2_000) }
}

async fn a_notice_is_due_until_it_is_settled(store: &impl Store) {
    let account = todoke();
    let resident = known(store).await;
    store.open_enquiry(&account, new(1, resident, "環境課")).await.expect("opens");
    let id = EnquiryId(Uuid::from_u128(1));
    let answer = |number| {
        let from = Side::Staff(staff(1));
        Step::Answer(Message { id: Uuid::from_u128(number), from, at: at(2_000), text: "はい".into() })
    };
    let read = load(store, 1).await;
    let answered = read.after(answer(10), at(2_000)).expect("may be");
    // A change that is told off writes no notice.
    let refused = store.save_enquiry(&account, Version(9), answered.clone(), Some(notice(100)), None).await;
    assert!(matches!(refused, Err(StoreError::Conflict)));
    assert!(store.due_notices(&account, 9).await.expect("readable").is_empty());
    store.save_enquiry(&account, read.head.version, answered, Some(notice(100)), None).await.expect("saves");
    let due = store.due_notices(&account, 9).await.expect("readable");
    assert_eq!((due.len(), &due[0].notice, due[0].resident), (1, &notice(100), resident));
    let settle = |key: u128, outcome| {
        store.settle_notice(&account, id, Uuid::from_u128(key), outcome, Some("r-1".into()))
    };
    settle(999, NoticeOutcome::Refused).await.expect("another key is passed over");
    assert_eq!(store.due_notices(&account, 9).await.expect("readable").len(), 1);
    settle(100, NoticeOutcome::Accepted).await.expect("settles");
    settle(100, NoticeOutcome::Unknown).await.expect("settled once only");
    assert!(store.due_notices(&account, 9).await.expect("readable").is_empty());
    let (enquiry, record) = store.load_enquiry(&account, id).await.expect("readable").expect("known");
    assert_eq!(record.and_then(|record| record.outcome), Some(NoticeOutcome::Accepted));
    // A change of another kind leaves the record as it is.
    let closed = enquiry.after(Step::Move(State::Closed), at(2_001)).expect("may be");
    store.save_enquiry(&account, enquiry.head.version, closed, None, None).await.expect("saves");
    let (_, record) = store.load_enquiry(&account, id).await.expect("readable").expect("known");
    assert_eq!(record.and_then(|record| record.request_id), Some("r-1".into()));
}

async fn enquiries_expire_by_their_last_change(store: &impl Store) {
    let account = todoke();
    let resident = known(store).await;
    for number in 1..=4 {
        store.open_enquiry(&account, new(number, resident, "環境課")).await.expect("opens");
    }
    let read = load(store, 2).await;
    let changed = read.after(Step::Move(State::Closed), at(5_000)).expect("may be");
    store.save_enquiry(&account, read.head.version, changed, Some(notice(1)), None).await.expect("saves");
    assert_eq!(store.expire_enquiries(&account, at(4_000), 2).await.expect("expires"), 2);
    assert_eq!(store.expire_enquiries(&account, at(4_000), 2).await.expect("expires"), 1);
    assert_eq!(store.expire_enquiries(&account, at(4_000), 2).await.expect("expires"), 0);
    assert_eq!(numbers(store, None, State::Open).await, [0; 0]);
    assert_eq!(numbers(store, Some("環境課"), State::Closed).await, [2]);
    let gone = store.load_enquiry(&account, EnquiryId(Uuid::from_u128(1))).await.expect("readable");
    assert_eq!(gone, None);
    assert_eq!(store.expire_enquiries(&account, at(6_000), 9).await.expect("expires"), 1);
    assert!(store.due_notices(&account, 9).await.expect("readable").is_empty());
}

async fn canned_answers_are_not_overwritten(store: &impl Store) {
    let account = todoke();
    let canned =
        |title: &str| CannedAnswer { title: title.into(), text: "本文".repeat(900), division: None };
    assert_eq!(store.canned_answers(&account).await.expect("readable"), (Vec::new(), Version(0)));
    let (one, other) = tokio::join!(
        store.save_canned_answers(&account, Version(0), vec![canned("一")], note(staff(1))),
        store.save_canned_answers(&account, Version(0), vec![canned("二"), canned("三")], note(staff(2)))
    );
    assert!(one.is_ok() != other.is_ok());
    let (list, version) = store.canned_answers(&account).await.expect("readable");
    assert_eq!((version, list.is_empty()), (Version(1), false));
    store.save_canned_answers(&account, version, Vec::new(), note(staff(1))).await.expect("saves");
    assert_eq!(store.canned_answers(&account).await.expect("readable"), (Vec::new(), Version(2)));
}
