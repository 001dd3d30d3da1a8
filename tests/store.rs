//! The stores: one suite for every backend, and what only a real process and a real disk can show.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "the tests wait for the tasks that they start")]

use std::{
    collections::{HashMap, HashSet},
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use jiff::tz::TimeZone;
use todoke::{
    domain::{
        attribute::{Attribute, Attributes, Keeping},
        conversation::Conversation,
        event::{EventKey, EventKind},
        id::AccountId,
        language::Language,
        profile::{Change, Field, Slot, Value},
        segment::{self, Set},
        settlement::{Outcome, Said, Settlement, Trace},
        staff::{Hash, Invitation},
        time::{Clock, Timestamp},
    },
    keyring::Keyring,
    store::{
        Accepted, Claimed, Contents, Inbox, StoreError,
        audience::Audience,
        conformance,
        enquiries::Enquiries,
        sled::{AccountSetup, OpenError, SledConfig, SledStore, Sources},
        view::Views,
    },
    system::{SystemClock, SystemEntropy, SystemIds},
};

fn sources() -> Sources {
    Sources { clock: Arc::new(SystemClock), ids: Arc::new(SystemIds), entropy: Arc::new(SystemEntropy) }
}

fn open(folder: &Path) -> Result<SledStore, OpenError> {
    open_with(folder, &conformance::ACCOUNTS)
}

fn open_with(folder: &Path, accounts: &[&str]) -> Result<SledStore, OpenError> {
    open_asking(folder, accounts, conformance::audience::attributes())
}

fn open_asking(folder: &Path, accounts: &[&str], attributes: Attributes) -> Result<SledStore, OpenError> {
    let setup = AccountSetup { zone: TimeZone::UTC, attributes: Arc::new(attributes) };
    let accounts: HashMap<AccountId, AccountSetup> =
        accounts.iter().map(|id| (id.parse().unwrap(), setup.clone())).collect();
    let config = SledConfig {
        folder: folder.to_owned(),
        cache_bytes: 8 << 20,
        max_waiting: 50,
        accounts,
        on_condition: Box::new(|condition| panic!("the store reports {condition:?}")),
    };
    let keyring = Keyring::load_or_create(&folder.join("master.key"), &SystemEntropy).unwrap();
    SledStore::open(config, &keyring, sources())
}

fn todoke() -> AccountId {
    "todoke".parse().unwrap()
}

#[tokio::test]
async fn the_embedded_store_keeps_every_promise_of_the_port() {
    let folder = tempfile::tempdir().unwrap();
    let next = AtomicUsize::new(0);
    let fresh = || open(&folder.path().join(next.fetch_add(1, Ordering::Relaxed).to_string())).unwrap();
    conformance::all(fresh).await;
}

#[tokio::test]
async fn a_folder_belongs_to_one_process_and_the_error_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).unwrap();
    let complaint = open(folder.path()).err().expect("the second is refused").to_string();
    assert!(complaint.contains("another todoke is using"), "{complaint}");
    first.close();
    drop(first);
    open(folder.path()).unwrap();
}

#[tokio::test]
async fn a_closed_store_accepts_nothing_and_gives_nothing_out() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let now = SystemClock.now();
    store.accept(&todoke(), now, vec![conformance::text("e1", "U1", 1, "ごみ")]).await.unwrap();
    store.close();
    let refused = store.accept(&todoke(), now, vec![conformance::text("e2", "U2", 2, "ごみ")]).await;
    assert!(matches!(refused, Err(StoreError::Closed)));
    assert!(store.claim(10).await.unwrap().is_empty(), "it could not be written how it ended");
    assert!(store.verify().problems.is_empty(), "{:?}", store.verify());
}

/// What waits, by its words, and whether it comes back marked as maybe attempted.
async fn marks(store: &SledStore) -> Vec<(String, bool)> {
    let mut marks: Vec<_> = store
        .claim(10)
        .await
        .unwrap()
        .into_iter()
        .map(|claimed| (claimed.event.text().unwrap().to_owned(), claimed.maybe_attempted))
        .collect();
    marks.sort();
    marks
}

#[tokio::test]
async fn after_a_clean_stop_only_what_somebody_had_begun_comes_back_marked() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let one = |name: &str, user: &str| vec![conformance::text(name, user, 1, name)];
    store.accept(&todoke(), SystemClock.now(), one("begun", "U1")).await.unwrap();
    assert_eq!(marks(&store).await, [("begun".to_owned(), false)]);
    store.accept(&todoke(), SystemClock.now(), one("waited", "U2")).await.unwrap();
    store.close();
    drop(store);
    // Somebody who only looks changes nothing of it.
    drop(open(folder.path()).unwrap());
    let store = open(folder.path()).unwrap();
    assert_eq!(marks(&store).await, [("begun".to_owned(), true), ("waited".to_owned(), false)]);
    drop(store);
    let both = [("begun".to_owned(), true), ("waited".to_owned(), true)];
    assert_eq!(marks(&open(folder.path()).unwrap()).await, both);
}

#[tokio::test]
async fn what_a_stop_could_not_look_at_comes_back_marked() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let event = vec![conformance::text("e1", "U1", 1, "ごみ")];
    store.accept(&todoke(), SystemClock.now(), event).await.unwrap();
    assert_eq!(marks(&store).await, [("ごみ".to_owned(), false)]);
    drop(store);
    // A start without the account knows nothing of its events, and stops cleanly.
    drop(open_with(folder.path(), &["minato"]).unwrap());
    assert_eq!(marks(&open(folder.path()).unwrap()).await, [("ごみ".to_owned(), true)]);
}

#[tokio::test]
async fn the_audit_chain_goes_on_after_a_start_and_staff_stand_nowhere_in_clear() {
    use todoke::store::{audit::Audit, conformance::staff, staff::People};
    let folder = tempfile::tempdir().unwrap();
    for round in 1..=3_u128 {
        let store = open(folder.path()).unwrap();
        let mut person = staff::person(round);
        person.login = format!("canary-login-{round}").parse().unwrap();
        person.name = "カナリア花子".parse().unwrap();
        let (note, token) = (staff::note(person.id), Hash([u8::try_from(round).unwrap(); 32]));
        let invitation = Invitation { staff: person.id, token, until: SystemClock.now() };
        store.add_staff(person, invitation, note).await.unwrap();
        let entries = store.audit_from(1, 100).await.unwrap();
        assert_eq!(entries.len(), usize::try_from(round).unwrap());
        let report = store.verify();
        assert_eq!((report.problems, report.audit), (Vec::<String>::new(), u64::try_from(round).unwrap()));
        store.close();
    }
    let bytes = fs::read(folder.path().join("store/db")).unwrap();
    for secret in ["canary-login", "カナリア"] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
}

#[tokio::test]
async fn another_master_key_is_noticed_at_start() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    store.accept(&todoke(), SystemClock.now(), vec![conformance::text("e1", "U1", 1, "x")]).await.unwrap();
    store.close();
    drop(store);
    fs::remove_file(folder.path().join("master.key")).unwrap();
    let complaint = open(folder.path()).err().expect("the store is refused").to_string();
    assert!(complaint.contains("master key") && complaint.contains("nothing was changed"), "{complaint}");
}

#[tokio::test]
async fn neither_ids_nor_words_stand_on_the_disk_in_clear() {
    const USER: &str = "Ucanary0123456789canary0123456789";
    const WORDS: &str = "canary-words-私の住所は";
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    for name in ["e1", "e2"] {
        let event = conformance::text(name, USER, 1, WORDS);
        store.accept(&todoke(), SystemClock.now(), vec![event]).await.unwrap();
    }
    let claimed = store.claim(1).await.unwrap().remove(0);
    let settlement = Settlement::plain(Outcome::Replied, SystemClock.now());
    store.settle(&claimed.account, claimed.key, claimed.lease, settlement).await.unwrap();
    store.close();
    drop(store);
    let mut read = 0;
    let mut folders = vec![folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            read += bytes.len();
            for secret in [USER, WORDS, "m-e1"] {
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "{secret} stands in {}", path.display());
            }
        }
    }
    assert!(read > 1_000, "the search has read something");
}

/// Changes the records whose key begins so, from outside, as a failing disk would. The store is closed.
fn damage(folder: &Path, prefix: &[u8], change: impl Fn(&[u8]) -> Vec<u8>) -> usize {
    // sled's own thread may hold the folder of a closed store for a moment longer.
    let tree = (0..1_000_000)
        .find_map(|_| sled::open(folder.join("store")).inspect_err(|_| std::thread::yield_now()).ok())
        .expect("a closed store gives its folder free");
    let records: Vec<_> = tree.scan_prefix(prefix).map(Result::unwrap).collect();
    for (key, value) in &records {
        tree.insert(key, change(value)).unwrap();
    }
    tree.flush().unwrap();
    records.len()
}

fn last_bit(value: &[u8]) -> Vec<u8> {
    let mut value = value.to_vec();
    *value.last_mut().unwrap() ^= 1;
    value
}

async fn settle_everything(store: &SledStore, at: i64) {
    for claimed in store.claim(100).await.unwrap() {
        let settlement = Settlement::plain(Outcome::Replied, Timestamp::from_second(at).unwrap());
        store.settle(&claimed.account, claimed.key, claimed.lease, settlement).await.unwrap();
    }
}

#[tokio::test]
async fn retention_steps_over_a_damaged_record_and_counts_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    for (name, user) in [("e1", "U1"), ("e2", "U2"), ("e3", "U3")] {
        store
            .accept(&todoke(), SystemClock.now(), vec![conformance::text(name, user, 1, "x")])
            .await
            .unwrap();
    }
    settle_everything(&store, 100).await;
    drop(store);
    let first = EventKey::from_webhook_event_id("e1").as_bytes().to_vec();
    assert_eq!(damage(folder.path(), &[b"Itodoke\0", &first[..]].concat(), last_bit), 1);
    let store = open(folder.path()).unwrap();
    let after = Timestamp::from_second(200).unwrap();
    let expired = store.expire(after, after, 1_000).await.unwrap();
    assert_eq!((expired.events, expired.damaged, expired.more), (2, 1, false));
    let again = store.expire(after, after, 1_000).await.unwrap();
    assert_eq!((again.events, again.damaged), (0, 1), "it stays, and is told, until it is put right");
}

#[tokio::test]
async fn what_a_removed_account_left_behind_expires_like_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let minato: AccountId = "minato".parse().unwrap();
    // A ULID of 2023-11-14: nobody can settle what waits, so its name must say how old it is.
    let waits = conformance::text("01HF7YAT00AAAAAAAAAAAAAAAA", "U2", 1, "waits");
    store
        .accept(&minato, SystemClock.now(), vec![conformance::text("e1", "U1", 1, "settled")])
        .await
        .unwrap();
    settle_everything(&store, 100).await;
    store.accept(&minato, SystemClock.now(), vec![waits.clone()]).await.unwrap();
    drop(store);
    let store = open_with(folder.path(), &["todoke"]).unwrap();
    let before = |second| Timestamp::from_second(second).unwrap();
    let early = store.expire(before(1_600_000_000), before(50), 1_000).await.unwrap();
    assert_eq!((early.bodies, early.events, early.damaged), (1, 0, 0));
    let expired = store.expire(before(1_700_006_400), before(1_700_006_400), 1_000).await.unwrap();
    assert_eq!((expired.events, expired.damaged), (2, 0));
    drop(store);
    assert_eq!(damage(folder.path(), b"Iminato", last_bit), 0, "nothing is left");
    assert_eq!(damage(folder.path(), b"Pminato", last_bit), 0, "nothing is left");
    assert_eq!(damage(folder.path(), b"Mminato", last_bit), 0, "nothing is left");
}

#[tokio::test]
async fn marks_of_the_form_without_a_time_are_read_and_expire() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    for id in ["m-e1", "m-e2"] {
        store.forget_message(&todoke(), id, SystemClock.now()).await.unwrap();
    }
    drop(store);
    // No further pages, the checksum of nothing, nothing.
    assert_eq!(damage(folder.path(), b"Mtodoke", |_| vec![0; 6]), 2);
    let store = open(folder.path()).unwrap();
    let event = conformance::text("e1", "U1", 1, "0120-000-000");
    store.accept(&todoke(), SystemClock.now(), vec![event]).await.unwrap();
    let claimed = store.claim(1).await.unwrap().remove(0);
    let settlement = Settlement {
        trace: Some(Trace::default()),
        ..Settlement::plain(Outcome::Replied, SystemClock.now())
    };
    store.settle(&claimed.account, claimed.key, claimed.lease, settlement).await.unwrap();
    let view = store.event(&todoke(), claimed.key).await.unwrap().unwrap();
    assert_eq!(view.trace, None, "the message had been taken back");
    let early = Timestamp::from_second(100).unwrap();
    let later = SystemClock.now() + std::time::Duration::from_mins(1);
    store.expire(early, early, 1_000).await.unwrap();
    store.expire(early, later, 1_000).await.unwrap();
    drop(store);
    assert_eq!(damage(folder.path(), b"Mtodoke", last_bit), 0, "the other mark got a time, and expired");
}

#[tokio::test]
async fn somebody_whose_key_is_gone_is_known_anew() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let follow =
        |name, second| conformance::event(name, "U1", second, EventKind::Follow { is_unblocked: false });
    let say = |name| conformance::text(name, "U1", 3, "ごみ");
    for event in [follow("e1", 1), say("e2")] {
        store.accept(&todoke(), SystemClock.now(), vec![event]).await.unwrap();
    }
    let claimed = store.claim(1).await.unwrap().remove(0);
    let before = claimed.resident.clone().unwrap();
    let settlement = Settlement {
        language: Some(Language::En),
        conversation: Some(Conversation { language: Some(Language::En), ..Conversation::default() }),
        trace: Some(Trace::default()),
        ..Settlement::plain(Outcome::Replied, SystemClock.now())
    };
    store.settle(&claimed.account, claimed.key, claimed.lease, settlement).await.unwrap();
    drop(store);
    fs::write(folder.path().join("residents.keys"), b"").unwrap();

    let store = open(folder.path()).unwrap();
    assert!(store.claim(10).await.unwrap().is_empty(), "what waited went with the key");
    assert_eq!(store.event(&todoke(), claimed.key).await.unwrap().unwrap().trace, None);
    for event in [say("e3"), follow("e4", 4)] {
        assert_eq!(store.accept(&todoke(), SystemClock.now(), vec![event]).await.unwrap(), [Accepted::New]);
    }
    for _ in 0..2 {
        let claimed = store.claim(10).await.unwrap().remove(0);
        let anew = claimed.resident.clone().unwrap();
        assert_ne!(anew.id, before.id);
        assert_eq!((anew.language, claimed.conversation.language), (None, None));
        settle_one(&store, &claimed).await;
    }
}

async fn settle_one(store: &SledStore, claimed: &Claimed) {
    let settlement = Settlement::plain(Outcome::Replied, SystemClock.now());
    store.settle(&claimed.account, claimed.key, claimed.lease, settlement).await.unwrap();
}

#[tokio::test]
async fn somebody_whose_record_is_damaged_is_answered_and_known_anew() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let say = |name: &str| conformance::text(name, "U1", 1, "ごみ");
    store.accept(&todoke(), SystemClock.now(), vec![say("e1")]).await.unwrap();
    let claimed = store.claim(1).await.unwrap().remove(0);
    let talk = Conversation { language: Some(Language::En), ..Conversation::default() };
    let with_talk = Settlement {
        conversation: Some(talk),
        facts: vec!["fact".into()],
        ..Settlement::plain(Outcome::Replied, SystemClock.now())
    };
    store.settle(&claimed.account, claimed.key, claimed.lease, with_talk.clone()).await.unwrap();
    drop(store);
    // The resident, the talk and the day's figures; the second time cut down to one byte.
    for change in [last_bit as fn(&[u8]) -> Vec<u8>, |value| value[..1].to_vec()] {
        for prefix in [b"Rtodoke", b"Vtodoke"] {
            assert_eq!(damage(folder.path(), prefix, change), 1);
        }
        assert!(damage(folder.path(), b"Ftodoke", change) > 0);
        let store = open(folder.path()).unwrap();
        let name = format!("e{}", store.verify().settled + 1);
        store.accept(&todoke(), SystemClock.now(), vec![say(&name)]).await.unwrap();
        let claimed = store.claim(1).await.unwrap().remove(0);
        assert_eq!((claimed.resident.as_ref(), &claimed.conversation), (None, &Conversation::default()));
        let settlement = Settlement { language: Some(Language::Vi), ..with_talk.clone() };
        store.settle(&claimed.account, claimed.key, claimed.lease, settlement).await.unwrap();
        store.accept(&todoke(), SystemClock.now(), vec![say(&format!("{name}-again"))]).await.unwrap();
        let claimed = store.claim(1).await.unwrap().remove(0);
        assert_eq!(claimed.resident.as_ref().and_then(|resident| resident.language), Some(Language::Vi));
        settle_one(&store, &claimed).await;
        assert_eq!(store.verify().problems, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_damaged_waiting_event_does_not_keep_the_store_from_opening() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let old = conformance::text("01HF7YAT00AAAAAAAAAAAAAAAA", "U1", 1, "damaged");
    store.accept(&todoke(), SystemClock.now(), vec![old]).await.unwrap();
    drop(store);
    assert_eq!(damage(folder.path(), b"Ptodoke", last_bit), 1);
    let store = open(folder.path()).unwrap();
    let event = conformance::text("e2", "U1", 2, "ごみ");
    store.accept(&todoke(), SystemClock.now(), vec![event]).await.unwrap();
    assert_eq!(marks(&store).await, [("ごみ".to_owned(), false)]);
    assert_eq!(store.verify().problems.len(), 1);
    let before = |second| Timestamp::from_second(second).unwrap();
    let expired = store.expire(before(1_000), before(1_000), 1_000).await.unwrap();
    assert_eq!((expired.events, expired.damaged), (0, 1));
    let expired = store.expire(before(1_000), before(1_700_006_400), 1_000).await.unwrap();
    assert_eq!((expired.events, expired.damaged), (1, 1), "its name says that it is old");
    assert_eq!(store.verify().problems, Vec::<String>::new());
}

/// What the tests ask of the residents: those who live in a ward, and those who live where nobody knows.
fn lives_in(ward: &str) -> Set {
    let json = format!(r#"{{"in": {{"attribute": "wards", "of": ["{ward}"]}}}}"#);
    let (predicate, _) = segment::read(&json, &conformance::audience::attributes()).unwrap();
    segment::plan(&predicate, jiff::civil::date(2026, 11, 25))
}

/// The resident of an event says where they live, and perhaps something that is sealed.
fn says(claimed: &Claimed, ward: &str) -> Settlement {
    let attributes = conformance::audience::attributes();
    let said = [
        ("wards", Slot::Named("home".parse().unwrap()), Value::Chosen(ward.parse().unwrap())),
        ("illness", Slot::Whole, Value::YesNo(true)),
    ];
    let changes = said.map(|(attribute, slot, value)| {
        let field = Field(attribute.parse().unwrap(), slot);
        Change::new(&attributes, field, Some(value), (claimed.event.happened, claimed.key)).unwrap()
    });
    let said = Said::Changes(changes.to_vec());
    Settlement { said, ..Settlement::plain(Outcome::Replied, SystemClock.now()) }
}

async fn register(store: &SledStore, name: &str, user: &str, ward: &str) {
    let event = conformance::text(name, user, 10, "北区に住んでいます");
    store.accept(&todoke(), SystemClock.now(), vec![event]).await.unwrap();
    let claimed = store.claim(1).await.unwrap().remove(0);
    store.settle(&claimed.account, claimed.key, claimed.lease, says(&claimed, ward)).await.unwrap();
}

#[tokio::test]
async fn segments_are_the_same_after_a_start_and_follow_what_the_account_asks() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    for (number, ward) in ["kita", "nishi", "kita"].into_iter().enumerate() {
        register(&store, &format!("e{number}"), &format!("U{number}"), ward).await;
    }
    let leaves = conformance::event("left", "U1", 20, EventKind::Unfollow);
    store.accept(&todoke(), SystemClock.now(), vec![leaves]).await.unwrap();
    let left = Set::Not(Box::new(Set::Not(Box::new(Set::Marked("!left".into())))));
    let asked = [lives_in("kita"), lives_in("nishi"), left, Set::All(Vec::new()), Set::Any(Vec::new())];
    let answers = async |store: &SledStore| {
        let mut answers = Vec::new();
        for set in &asked {
            answers.push(store.list_residents(&todoke(), set).await.unwrap());
        }
        answers
    };
    let before = answers(&store).await;
    assert_eq!(before.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1, 1, 3, 0]);
    drop(store);
    let store = open(folder.path()).unwrap();
    assert_eq!(answers(&store).await, before);
    assert_eq!(store.verify().problems, Vec::<String>::new());
    assert_eq!(store.verify().profiles, 3);
    drop(store);
    // A damaged block is made anew from what is true.
    assert_eq!(damage(folder.path(), b"Jtodoke", last_bit), 1);
    let store = open(folder.path()).unwrap();
    assert_eq!(answers(&store).await, before);
    drop(store);
    // The account has come to keep wards sealed: nobody is found by them any more, whatever was stored.
    let asked_before = conformance::audience::attributes();
    let sealed = asked_before.iter().cloned().filter_map(|attribute| match attribute.id.as_str() {
        "wards" => Some(Attribute { keeping: Keeping::Sealed, ..attribute }),
        "topics" => None,
        _ => Some(attribute),
    });
    let sealed = Attributes::new(sealed.collect()).unwrap();
    let store = open_asking(folder.path(), &conformance::ACCOUNTS, sealed).unwrap();
    assert_eq!(answers(&store).await.iter().map(Vec::len).collect::<Vec<_>>(), [0, 0, 1, 3, 0]);
    assert_eq!(store.verify().problems, Vec::<String>::new());
    drop(store);
    assert_eq!(answers(&open(folder.path()).unwrap()).await, before, "and back");
}

#[tokio::test]
async fn nothing_of_an_erased_resident_is_left_to_be_read_and_the_key_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    register(&store, "e1", "Ucanary0001", "kita").await;
    register(&store, "e2", "Ucanary0002", "kita").await;
    let keys = || fs::read(folder.path().join("residents.keys")).unwrap();
    let (before, salt) = (keys(), keys()[24..40].to_vec());
    let user = todoke::domain::id::LineUserId::new("Ucanary0001");
    let resident = store.resident_ref(&todoke(), &user).unwrap();
    assert!(store.erase_resident(&todoke(), resident, SystemClock.now()).await.unwrap());
    assert_eq!(keys().len(), before.len(), "the number stays taken");
    let holds = |needle: &[u8]| {
        let mut folders = vec![folder.path().to_owned()];
        let mut found = 0;
        while let Some(next) = folders.pop() {
            for entry in fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = fs::read(path).unwrap();
                    found += usize::from(bytes.windows(needle.len()).any(|window| window == needle));
                }
            }
        }
        found
    };
    assert_eq!(holds(&salt), 0, "the key cannot be made again");
    for word in ["Ucanary0001", "kita", "illness", "北区"] {
        assert_eq!(holds(word.as_bytes()), 0, "{word}");
    }
    assert_eq!(store.verify().problems, Vec::<String>::new());
    assert_eq!(store.count_residents(&todoke(), &lives_in("kita")).await.unwrap(), 1);
    drop(store);
    let store = open(folder.path()).unwrap();
    assert_eq!(store.count_residents(&todoke(), &lives_in("kita")).await.unwrap(), 1);
    assert_eq!(store.verify().residents, 1);
    drop(store);
    // As after a crash between the records and the key: the key comes back with the file, the start destroys it.
    fs::write(folder.path().join("residents.keys"), &before).unwrap();
    let store = open(folder.path()).unwrap();
    assert_eq!(holds(&salt), 0);
    assert_eq!(store.count_residents(&todoke(), &Set::All(Vec::new())).await.unwrap(), 1);
}

/// Not a test of its own: the process that the next test kills. Residents register for ever, and it prints
/// each whose registration was acknowledged.
#[tokio::test]
async fn child_that_registers_until_it_is_killed() {
    let Some(folder) =
        std::env::args().find_map(|arg| arg.strip_prefix("register-folder=").map(ToOwned::to_owned))
    else {
        return;
    };
    let store = open(Path::new(&folder)).unwrap();
    let run = SystemClock.now().as_nanosecond();
    for number in 0_u32.. {
        register(&store, &format!("e{run}-{number}"), &format!("U{run}-{number}"), "kita").await;
        println!("registered U{run}-{number}");
    }
}

#[tokio::test]
async fn what_was_acknowledged_to_a_resident_survives_sigkill() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 1..=12 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["child_that_registers_until_it_is_killed", "--exact", "--nocapture"])
            .arg(format!("register-folder={}", folder.path().display()))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        for line in lines.map_while(Result::ok) {
            if let Some((_, user)) = line.split_once("registered ") {
                acknowledged.push(user.to_owned());
            }
            if acknowledged.len() >= round * 23 {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        let store = open(folder.path()).unwrap();
        for user in &acknowledged {
            let user = todoke::domain::id::LineUserId::new(user);
            let resident = store.resident_ref(&todoke(), &user).unwrap();
            let profile = store.profile(&todoke(), resident).await.unwrap();
            assert_eq!(profile.iter().count(), 2, "what was acknowledged is gone");
        }
        let found = store.count_residents(&todoke(), &lives_in("kita")).await.unwrap();
        assert!(found >= acknowledged.len() as u64);
        assert_eq!(found, store.verify().profiles as u64, "profiles and marks stand together");
        assert_eq!(store.verify().problems, Vec::<String>::new());
    }
    assert!(acknowledged.len() >= 12 * 23);
}

/// Not a test of its own: the process that the next test kills. It accepts for ever and prints the name
/// of each event whose acceptance was acknowledged.
#[tokio::test]
async fn child_that_accepts_until_it_is_killed() {
    let Some(folder) =
        std::env::args().find_map(|arg| arg.strip_prefix("store-folder=").map(ToOwned::to_owned))
    else {
        return;
    };
    let store = Arc::new(open(Path::new(&folder)).unwrap());
    let run = SystemClock.now().as_nanosecond();
    for number in 0_u32.. {
        let tasks: Vec<_> = (0..8)
            .map(|lane| {
                let store = Arc::clone(&store);
                let name = format!("{run}-{number}-{lane}");
                tokio::spawn(async move {
                    let event = conformance::text(&name, &format!("U{run}{number}{lane}"), 1, "ごみ");
                    if store.accept(&"todoke".parse().unwrap(), SystemClock.now(), vec![event]).await.is_ok()
                    {
                        println!("accepted {name}");
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        for claimed in store.claim(100).await.unwrap() {
            let settlement = Settlement::plain(Outcome::Replied, SystemClock.now());
            store.settle(&claimed.account, claimed.key, claimed.lease, settlement).await.unwrap();
        }
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_sigkill() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = HashSet::new();
    for round in 0..20 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["child_that_accepts_until_it_is_killed", "--exact", "--nocapture"])
            .arg(format!("store-folder={}", folder.path().display()))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // A different moment each round, counted in acknowledgements rather than in time.
        for line in lines.map_while(Result::ok) {
            if let Some((_, name)) = line.split_once("accepted ") {
                acknowledged.insert(name.to_owned());
            }
            if acknowledged.len() >= (round + 1) * 37 {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
    }
    assert!(acknowledged.len() >= 20 * 37);
    let store = open(folder.path()).unwrap();
    let claimed = store.claim(100).await.unwrap();
    assert!(claimed.iter().all(|claimed| claimed.maybe_attempted), "after a kill nobody knows");
    for name in &acknowledged {
        let view = store.event(&todoke(), EventKey::from_webhook_event_id(name)).await.unwrap();
        assert!(view.is_some(), "{name} was acknowledged and is gone");
    }
    assert_eq!(store.verify().problems, Vec::<String>::new());
}

/// Not a test of its own: the process that the next test kills. It publishes for ever: always the same new
/// text for every piece, so that half a revision would show.
#[tokio::test]
async fn child_that_publishes_until_it_is_killed() {
    let Some(folder) =
        std::env::args().find_map(|arg| arg.strip_prefix("content-folder=").map(ToOwned::to_owned))
    else {
        return;
    };
    let store = open(Path::new(&folder)).unwrap();
    loop {
        let head = store.head(&todoke()).await.unwrap();
        let text = format!("{} {}", head + 1, "本文".repeat(1_500));
        let hash = conformance::content::keep(&store, &text).await;
        let changes = PIECES.map(|piece| (piece, Some(hash)));
        store.publish(&todoke(), conformance::content::publication(head, &changes)).await.unwrap();
        println!("published {}", head + 1);
    }
}

const PIECES: [&str; 5] = ["a", "a.x", "a.y", "b", "b.z"];

#[tokio::test]
async fn a_kill_during_publishing_leaves_the_old_or_the_new_revision() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = 0;
    for round in 1..=12 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["child_that_publishes_until_it_is_killed", "--exact", "--nocapture"])
            .arg(format!("content-folder={}", folder.path().display()))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let until = acknowledged + round;
        for line in lines.map_while(Result::ok) {
            if let Some((_, number)) = line.split_once("published ") {
                acknowledged = number.trim().parse().unwrap();
            }
            if acknowledged >= until {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        let store = open(folder.path()).unwrap();
        let (head, pieces) = store.head_pieces(&todoke()).await.unwrap();
        assert!(head == acknowledged || head == acknowledged + 1, "{head} after {acknowledged}");
        assert_eq!(pieces.len(), PIECES.len());
        let hashes: Vec<_> = pieces.values().copied().collect();
        assert!(hashes.iter().all(|hash| *hash == hashes[0]), "revision {head} is half of one: {pieces:?}");
        let text = store.contents(&todoke(), &hashes).await.unwrap().remove(0);
        assert!(text.bytes().starts_with(format!("{head} ").as_bytes()));
        assert_eq!(store.verify().problems, Vec::<String>::new());
        acknowledged = head;
    }
    assert!(acknowledged >= 70);
}
