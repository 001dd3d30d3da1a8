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
        event::EventKey,
        id::AccountId,
        settlement::{Outcome, Settlement},
        time::Clock,
    },
    keyring::Keyring,
    store::{
        Contents, Inbox, StoreError, conformance,
        sled::{OpenError, SledConfig, SledStore, Sources},
        view::Views,
    },
    system::{SystemClock, SystemEntropy, SystemIds},
};

fn sources() -> Sources {
    Sources { clock: Arc::new(SystemClock), ids: Arc::new(SystemIds), entropy: Arc::new(SystemEntropy) }
}

fn open(folder: &Path) -> Result<SledStore, OpenError> {
    let accounts: HashMap<AccountId, TimeZone> =
        conformance::ACCOUNTS.iter().map(|id| (id.parse().unwrap(), TimeZone::UTC)).collect();
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
async fn a_closed_store_accepts_nothing_and_what_waited_comes_back_marked() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let now = SystemClock.now();
    store.accept(&todoke(), now, vec![conformance::text("e1", "U1", 1, "ごみ")]).await.unwrap();
    store.close();
    let refused = store.accept(&todoke(), now, vec![conformance::text("e2", "U1", 2, "ごみ")]).await;
    assert!(matches!(refused, Err(StoreError::Closed)));
    drop(store);
    let store = open(folder.path()).unwrap();
    let claimed = store.claim(10).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert!(claimed[0].maybe_attempted);
    assert_eq!(claimed[0].event.text(), Some("ごみ"));
    assert!(store.verify().problems.is_empty(), "{:?}", store.verify());
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
