//! The desk on the real store and real files: what is in use, what is in the files, who is told.

use std::{
    fs,
    path::{Path, PathBuf},
};

use jiff::tz::TimeZone;

use super::*;
use crate::{
    content::files::FolderShelf,
    domain::{
        audit::{self, Action, Head},
        content::Origin,
        id::IntentId,
        language::Language,
        staff::{
            self, Checked, Machine, Membership, Role, Session, SessionId, Staff, StaffId, Stage, Strength,
        },
    },
    health::Level,
    intent::{Query, draft::Draft},
    keyring::Keyring,
    store::sled::{AccountSetup, OpenError, SledConfig, SledStore, Sources},
    system::{Stopwatch, SystemClock, SystemEntropy, SystemIds},
};

const TOPIC: &str = "topic: garbage
title: { ja: ごみ }
owner: 環境局
contact: { name: { ja: 課 }, hours: { ja: 平日 } }
intents:
  # asked every day
  - id: garbage.bulky
    title: { ja: 粗大ごみ }
    keywords: [ソファ]
    answer: { ja: 予約が必要です。 }
    must_not_break: [ソファ]
  - id: garbage.days   # asked in April
    title: { ja: 収集日 }
    keywords: [曜日]
    answer: { ja: 月曜です。 }
";
const SAFETY: &str = "kinds:
  - id: fire
    title: { ja: 火事 }
    patterns: [火事です]
    reply: { ja: 119 }
    numbers:
      - { name: { ja: 消防 }, tel: '119', hours: { ja: 24時間 }, source: 'https://www.fdma.go.jp/', checked_on: 2026-11-01 }
";

struct House {
    folder: tempfile::TempDir,
    store: Arc<SledStore>,
    desk: Desk,
    account: Account,
}

impl House {
    /// A house with its files, in which nothing has been published yet.
    fn new(write_back: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("intents/todoke")).unwrap();
        fs::write(folder.path().join("intents/todoke/garbage.yaml"), TOPIC).unwrap();
        fs::write(folder.path().join("intents/todoke/_safety.yaml"), SAFETY).unwrap();
        Self::open(folder, write_back)
    }

    fn open(folder: tempfile::TempDir, write_back: bool) -> Self {
        let account = Account {
            departments: Vec::new(),
            attributes: Arc::default(),
            codes: Arc::default(),
            staff_group: None,
            alert_quota: 0,
            target_alerts: false,
            link_domains: Vec::new(),
            liff: None,
            id: "todoke".parse().unwrap(),
            name: "とどけ市".into(),
            time_zone: TimeZone::UTC,
            languages: vec![Language::Ja],
        };
        let keyring = Keyring::load_or_create(&folder.path().join("master.key"), &SystemEntropy).unwrap();
        let open = || {
            let config = SledConfig {
                folder: folder.path().join("data"),
                cache_bytes: 8 << 20,
                max_waiting: 50,
                accounts: [(
                    account.id.clone(),
                    AccountSetup { zone: TimeZone::UTC, attributes: Arc::default() },
                )]
                .into(),
                on_condition: Box::new(|condition| panic!("the store reports {condition:?}")),
            };
            let sources = Sources {
                clock: Arc::new(SystemClock),
                ids: Arc::new(SystemIds),
                entropy: Arc::new(SystemEntropy),
            };
            SledStore::open(config, &keyring, sources)
        };
        // sled's own thread may hold the folder of a closed store for a moment longer.
        let began = Stopwatch::start();
        let store = loop {
            match open() {
                Err(OpenError::InUse { .. }) if began.elapsed_seconds() < 20.0 => std::thread::yield_now(),
                opened => break Arc::new(opened.unwrap()),
            }
        };
        let library = Arc::new(Library::new([account.clone()]));
        let shelf = Arc::new(FolderShelf::new(folder.path().join("intents")));
        let (shared, health) = (Arc::clone(&store) as SharedStore, Arc::new(Health::default()));
        let desk = Desk::new(shared, library, shelf, health, Arc::new(SystemClock), write_back);
        Self { folder, store, desk, account }
    }

    async fn adopted(write_back: bool) -> Self {
        let house = Self::new(write_back);
        house.adopt().await;
        assert_eq!((house.revision(), house.level()), (1, Level::Ok), "{:?}", house.desk.health.findings());
        house
    }

    /// Somebody who edits and publishes, signed in.
    fn person(&self, number: u128) -> Checked {
        let (id, now) = (StaffId(uuid::Uuid::from_u128(number)), self.desk.clock.now());
        let membership = Membership {
            account: self.account.id.clone(),
            roles: vec![Role::FaqEditor],
            department: None,
            from: None,
            until: None,
        };
        let staff = Staff {
            id,
            login: format!("person-{number}").parse().unwrap(),
            name: "花子".parse().unwrap(),
            memberships: vec![membership],
        };
        let session = Session {
            id: SessionId(uuid::Uuid::from_u128(number)),
            staff: id,
            stage: Stage::Full,
            strength: Strength::TwoFactors,
            begun: now,
            seen: now,
            proved: now,
            origin: staff::Origin { address: "192.0.2.1".into(), agent: String::new() },
            form_key: staff::Hash([0; 32]),
            offered_seed: None,
            signed_on: None,
        };
        Checked::check(staff, session, now).unwrap()
    }

    fn actor<R: Permission>(&self) -> Actor<R> {
        Machine.actor(&self.account.id)
    }

    /// The process ends and another one begins.
    async fn restarted(self, write_back: bool) -> Self {
        let Self { folder, store, desk, .. } = self;
        store.close();
        drop((store, desk));
        let house = Self::open(folder, write_back);
        house.adopt().await;
        house
    }

    async fn adopt(&self) {
        adopt(&self.desk, &self.account).await;
    }

    fn published(&self) -> Arc<Published> {
        self.desk.published(&self.account.id).unwrap()
    }

    fn revision(&self) -> RevisionNo {
        self.published().revision
    }

    fn level(&self) -> Level {
        self.desk.health.level()
    }

    fn told(&self) -> String {
        self.desk.health.findings().values().map(|f| format!("{} / {}", f.reason, f.remedy)).collect()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("intents/todoke").join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap()
    }

    fn edit_file(&self, from: &str, to: &str) {
        let text = self.text("garbage.yaml");
        assert!(text.contains(from), "{from}:\n{text}");
        fs::write(self.file("garbage.yaml"), text.replace(from, to)).unwrap();
    }

    /// What the bot says to a text.
    fn says(&self, text: &str) -> String {
        let snapshot = self.desk.library.snapshot(&self.account.id).unwrap();
        let today = self.desk.today(&self.account);
        let kind = snapshot.decide(&Query { text, language: None, offered: &[Language::Ja], today }).kind;
        match kind {
            crate::intent::DecisionKind::Answer(id) => {
                snapshot.intent(&id).unwrap().answer.best(Language::Ja).unwrap().1.clone()
            }
            other => other.name().to_owned(),
        }
    }

    /// An edit of an intent as the console makes it.
    fn edit(&self, id: &str, change: impl FnOnce(&mut Draft)) -> Edit {
        let edition = Arc::clone(&self.published().edition);
        let mut draft = edition.draft(&IntentId::new(id)).cloned().unwrap_or_default();
        id.clone_into(&mut draft.id);
        change(&mut draft);
        let id: PieceId = id.parse().unwrap();
        Edit { base: edition.hash(&id), id, to: Some(Piece::Intent(draft)), draft: None }
    }

    async fn publish(&self, edit: Edit) -> Result<Arc<Published>, PublishError> {
        publish(&self.desk, &self.actor(), vec![edit], "直した".into()).await
    }

    fn answer(&self, id: &str, answer: &str) -> Edit {
        self.edit(id, |draft| drop(draft.answer.insert(Language::Ja, answer.into())))
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn files_are_the_first_revision_and_what_did_not_change_makes_no_other() {
    let house = House::adopted(true).await;
    assert_eq!((house.says("ソファ"), house.says("火事です")), ("予約が必要です。".into(), "safety".into()));
    house.adopt().await;
    house.edit_file("# asked every day", "# asked daily");
    house.adopt().await;
    assert_eq!(house.revision(), 1, "a comment is no revision");
    house.edit_file("予約が必要", "シールが必要");
    house.adopt().await;
    assert_eq!((house.revision(), house.says("ソファ")), (2, "シールが必要です。".into()));
    let house = house.restarted(true).await;
    assert_eq!((house.revision(), house.says("ソファ")), (2, "シールが必要です。".into()));
    let (revision, changes) = house.store_revision(2).await;
    assert!(matches!(revision.origin, Origin::Files { .. }) && revision.by == "files");
    assert_eq!(changes, ["garbage.bulky"]);
}

impl House {
    async fn store_revision(&self, number: RevisionNo) -> (crate::domain::content::Revision, Vec<String>) {
        let (revision, changes) = self.desk.store.revision(&self.account.id, number).await.unwrap().unwrap();
        (revision, changes.into_iter().map(|change| change.piece.to_string()).collect())
    }
}

#[tokio::test]
async fn a_bad_edit_of_the_files_changes_nothing_and_a_restart_still_answers() {
    let house = House::adopted(true).await;
    house.edit_file("keywords: [曜日]", "keyword: [曜日]");
    house.adopt().await;
    assert!(
        house.told().contains("garbage.yaml:14:") && house.told().contains("the earlier ones are"),
        "{}",
        house.told()
    );
    let house = house.restarted(true).await;
    assert_eq!((house.level(), house.says("曜日")), (Level::Degraded, "月曜です。".into()));
    house.edit_file("keyword: [曜日]", "keywords: [曜日]");
    house.adopt().await;
    assert_eq!((house.level(), house.revision()), (Level::Ok, 1));
    fs::remove_file(house.file("_safety.yaml")).unwrap();
    house.adopt().await;
    assert!(house.told().contains("_safety.yaml is gone"), "{}", house.told());
    assert_eq!(house.says("火事です"), "safety");
}

#[tokio::test]
async fn what_the_console_publishes_is_in_use_and_in_the_files_and_nothing_else_is_touched() {
    let house = House::adopted(true).await;
    let next = house.publish(house.answer("garbage.bulky", "電話で予約。")).await.unwrap();
    assert_eq!((next.revision, house.says("ソファ")), (2, "電話で予約。".into()));
    let text = house.text("garbage.yaml");
    assert!(text.contains("電話で予約。") && !text.contains("予約が必要"), "{text}");
    assert!(text.contains("# asked every day") && text.contains("# asked in April"), "{text}");
    assert_eq!(house.text("_safety.yaml"), SAFETY);
    assert_eq!(names(&house.folder.path().join("intents/todoke")), ["_safety.yaml", "garbage.yaml"]);
    house.adopt().await;
    assert_eq!((house.revision(), house.level()), (2, Level::Ok), "our own writing is no edit");
    // An edit of the files after that is the next revision, and no conflict.
    house.edit_file("月曜です。", "火曜です。");
    house.adopt().await;
    assert_eq!((house.revision(), house.says("曜日")), (3, "火曜です。".into()));
}

#[tokio::test]
async fn a_process_that_ended_before_it_wrote_the_files_writes_them_at_its_next_start() {
    let house = House::adopted(false).await;
    house.publish(house.answer("garbage.bulky", "電話で予約。")).await.unwrap();
    assert_eq!(house.text("garbage.yaml"), TOPIC, "write_back is off");
    let house = house.restarted(true).await;
    assert!(house.text("garbage.yaml").contains("電話で予約。"));
    assert_eq!((house.level(), house.revision()), (Level::Ok, 2), "{}", house.told());
}

#[tokio::test]
async fn files_and_console_that_contradict_each_other_are_a_persons_decision() {
    for take in [Take::Files, Take::Console] {
        let house = House::adopted(false).await;
        house.publish(house.answer("garbage.bulky", "電話で予約。")).await.unwrap();
        house.edit_file("予約が必要です。", "窓口で予約。");
        house.adopt().await;
        assert_eq!(house.published().conflict, ["garbage.bulky".parse().unwrap()]);
        assert!(
            house.told().contains("garbage.bulky") && house.told().contains("settle"),
            "{}",
            house.told()
        );
        assert_eq!(house.says("ソファ"), "電話で予約。");
        assert!(house.text("garbage.yaml").contains("窓口で予約。"), "neither side is overwritten");
        let house = house.restarted(true).await;
        assert_eq!(house.level(), Level::Degraded, "a restart does not decide");
        settle(&house.desk, &house.actor(), take, String::new()).await.unwrap();
        let (says, revision) =
            if take == Take::Files { ("窓口で予約。", 3) } else { ("電話で予約。", 2) };
        assert_eq!(
            (house.says("ソファ").as_str(), house.revision(), house.level()),
            (says, revision, Level::Ok)
        );
        assert!(house.text("garbage.yaml").contains(says));
        house.adopt().await;
        assert_eq!((house.level(), house.revision()), (Level::Ok, revision));
        let again = settle(&house.desk, &house.actor(), take, String::new()).await;
        assert!(matches!(again, Err(PublishError::NoConflict)));
    }
}

#[tokio::test]
async fn the_second_of_two_editors_is_told_and_others_are_not_held_up() {
    let house = House::adopted(true).await;
    let first = house.answer("garbage.bulky", "一人目");
    let (second, elsewhere) =
        (house.answer("garbage.bulky", "二人目"), house.answer("garbage.days", "水曜です。"));
    house.publish(first).await.unwrap();
    assert!(matches!(house.publish(second).await, Err(PublishError::Conflict(pieces)) if pieces.len() == 1));
    house.publish(elsewhere).await.unwrap();
    assert_eq!((house.says("ソファ"), house.says("曜日")), ("一人目".into(), "水曜です。".into()));
}

#[tokio::test]
async fn what_must_not_break_stops_a_publication_and_a_trial_shows_it_first() {
    let house = House::adopted(true).await;
    fs::write(house.file("questions.jsonl"), "{\"text\":\"タンス\",\"intent\":\"garbage.bulky\"}\n").unwrap();
    let edit = house.edit("garbage.bulky", |draft| draft.keywords = vec!["タンス".into()]);
    let shown = try_out(&house.desk, &house.actor(), std::slice::from_ref(&edit), Vec::new()).await.unwrap();
    assert_eq!((shown.summary.questions, shown.summary.now_right, shown.broken().count()), (2, 1, 1));
    assert!(matches!(house.publish(edit).await, Err(PublishError::Breaks(_))));
    house.edit_file("keywords: [ソファ]", "keywords: [タンス]");
    house.adopt().await;
    assert!(house.told().contains("ソファ") && house.told().contains("must_not_break"), "{}", house.told());
    assert_eq!((house.revision(), house.says("ソファ")), (1, "予約が必要です。".into()));
}

#[tokio::test]
async fn edits_with_errors_are_not_published_and_name_their_fields() {
    let house = House::adopted(true).await;
    let refused = house.publish(house.edit("garbage.bulky", |draft| draft.title.clear())).await;
    let Err(PublishError::Problems(problems)) = refused else { panic!("it was taken") };
    assert_eq!(problems[0].problem.field.to_string(), "title.ja");
    let homeless = house.publish(house.edit("tax.new", |draft| draft.keywords = vec!["税".into()])).await;
    assert!(matches!(homeless, Err(PublishError::Problems(_))));
    assert_eq!(house.revision(), 1);
}

#[tokio::test]
async fn an_earlier_revision_is_published_again_with_all_that_came_and_went() {
    let house = House::adopted(true).await;
    house.publish(house.answer("garbage.bulky", "電話で予約。")).await.unwrap();
    let new = house.edit("garbage.new", |draft| {
        draft.title = [(Language::Ja, "新しい".to_owned())].into();
        draft.answer = [(Language::Ja, "新しい答え".to_owned())].into();
        draft.keywords = vec!["乾電池".into()];
    });
    house.publish(new).await.unwrap();
    assert_eq!(house.says("乾電池"), "新しい答え");
    assert!(house.text("garbage.yaml").contains("garbage.new"));
    let actor = house.actor();
    let back = |of, expected| return_to(&house.desk, &actor, of, expected, "戻す".into());
    assert!(matches!(back(1, 2).await, Err(PublishError::Conflict(_))));
    assert!(matches!(back(9, 3).await, Err(PublishError::NoRevision(9))));
    let next = back(1, 3).await.unwrap();
    assert_eq!((next.revision, house.says("ソファ")), (4, "予約が必要です。".into()));
    assert!(!house.text("garbage.yaml").contains("garbage.new"));
    assert!(matches!(house.store_revision(4).await.0.origin, Origin::Return { of: 1 }));
    assert_eq!(house.store.verify().problems, Vec::<String>::new());
}

#[tokio::test]
async fn a_sheet_becomes_drafts_that_are_published_together() {
    let house = House::adopted(true).await;
    let rows = |answer: &str| -> Vec<Vec<String>> {
        [["id", "answer.ja"], ["garbage.bulky", "表から。"], ["garbage.days", answer]]
            .iter()
            .map(|row| row.iter().map(ToString::to_string).collect())
            .collect()
    };
    let (hanako, taro) = (house.person(1), house.person(2));
    let import = |rows, by: &Checked, dry| {
        let actor = by.actor(&house.account.id, house.desk.today(&house.account)).unwrap();
        let desk = &house.desk;
        async move { import::import(desk, &actor, rows, dry).await.unwrap() }
    };
    let bad = import(rows(""), &hanako, false).await;
    assert!(!bad.is_sound() && bad.saved.is_empty());
    assert!(import(rows("木曜です。"), &hanako, true).await.saved.is_empty(), "a dry run");
    let saved = import(rows("木曜です。"), &hanako, false).await.saved;
    assert_eq!((saved.len(), house.revision()), (2, 1), "an import publishes nothing");
    let held = import(rows("金曜です。"), &taro, false).await;
    assert_eq!((held.edited_by_others.len(), held.saved.len()), (2, 0));
    let again = import(rows("金曜です。"), &hanako, false).await.saved;
    let publish =
        async |drafts| draft::publish_drafts(&house.desk, &house.actor(), drafts, String::new()).await;
    assert!(matches!(publish(&saved).await, Err(PublishError::Conflict(_))));
    publish(&again).await.unwrap();
    assert_eq!((house.revision(), house.says("曜日")), (2, "金曜です。".into()));
    assert_eq!(house.desk.store.drafts(&house.account.id, None, 9).await.unwrap(), []);
}

#[tokio::test]
async fn a_reorganisation_is_one_revision() {
    let house = House::adopted(true).await;
    let own = house.edit("garbage.days", |draft| draft.owner = Some("環境局".into()));
    house.publish(own).await.unwrap();
    let actor = house.actor();
    let to = |from, head| reassign(&house.desk, &actor, from, "市民局", head, "組織改正".into());
    assert_eq!(to("水道局", 2).await.unwrap().0, 0);
    let (count, next) = to("環境局", 2).await.unwrap();
    assert_eq!((count, next.revision), (2, 3), "the topic, and the intent with an owner of its own");
    assert_eq!(crate::intent::listing::owners(&next.edition), [("市民局", 2)]);
    assert!(house.text("garbage.yaml").contains("owner: 市民局"));
}

#[tokio::test]
async fn everything_that_people_do_leaves_an_entry_of_the_audit_with_ids_and_hashes_alone() {
    let house = House::adopted(false).await;
    let hanako = house.person(1);
    let (id, today) = (house.account.id.clone(), house.desk.today(&house.account));
    let actor = hanako.actor(&id, today).unwrap();
    let edit = house.answer("garbage.bulky", "電話で予約。");
    let piece = edit.to.clone().unwrap();
    let saved = draft::save(&house.desk, &actor, &piece, 0, edit.base).await.unwrap();
    draft::discard(&house.desk, &actor, &saved.piece, saved.version).await.unwrap();
    let saved = draft::save(&house.desk, &actor, &piece, 0, edit.base).await.unwrap();
    let publisher = hanako.actor(&id, today).unwrap();
    let drafts = [(saved.piece, saved.version)];
    draft::publish_drafts(&house.desk, &publisher, &drafts, "値上げ".into()).await.unwrap();
    reassign(&house.desk, &publisher, "環境局", "市民局", 2, "組織改正".into()).await.unwrap();
    return_to(&house.desk, &publisher, 1, 3, "戻す".into()).await.unwrap();
    house.edit_file("予約が必要です。", "窓口で予約。");
    house.adopt().await;
    settle(&house.desk, &publisher, Take::Console, String::new()).await.unwrap();

    let entries = house.desk.store.audit_from(1, 100).await.unwrap();
    audit::verify(Head::START, &entries).unwrap();
    let done: Vec<_> = entries.iter().map(|entry| entry.action).collect();
    let expected = [
        Action::ContentPublished,
        Action::DraftSaved,
        Action::DraftDiscarded,
        Action::DraftSaved,
        Action::ContentPublished,
        Action::ContentReassigned,
        Action::ContentReturned,
        Action::ContentSettled,
    ];
    assert_eq!(done, expected);
    assert_eq!(entries[0].actor, audit::Who::System, "the files");
    assert!(entries[1..].iter().all(|entry| entry.actor == publisher.doer().who));
    assert_eq!(entries[4].object, "revision-2");
    let json = serde_json::to_string(&entries).unwrap();
    assert!(json.is_ascii(), "no word of anybody: {json}");
}

#[tokio::test]
async fn a_question_becomes_an_example_in_ones_own_draft_and_answers_once_published() {
    let house = House::adopted(true).await;
    let today = house.desk.today(&house.account);
    let (hanako, taro) = (house.person(1), house.person(2));
    let (hanako, taro) =
        (hanako.actor(&house.account.id, today).unwrap(), taro.actor(&house.account.id, today).unwrap());
    let piece: PieceId = "garbage.bulky".parse().unwrap();
    let add = |actor, text| learn::add_example(&house.desk, actor, &piece, Language::Ja, text);
    add(&hanako, "絨毯をどうすれば").await.unwrap();
    assert!(matches!(add(&taro, "箪笥").await, Err(PublishError::Conflict(_))));
    add(&hanako, "絨毯をどうすれば").await.unwrap();
    let saved = add(&hanako, "箪笥").await.unwrap();
    let (_, Piece::Intent(typed)) =
        draft::open(&house.desk, &house.account.id, &piece).await.unwrap().unwrap()
    else {
        panic!("it is an intent")
    };
    assert_eq!(typed.examples[&Language::Ja], ["絨毯をどうすれば", "箪笥"]);
    assert_ne!(house.says("絨毯をどうすれば"), "予約が必要です。");
    draft::publish_drafts(&house.desk, &house.actor(), &[(piece.clone(), saved.version)], "学んだ".into())
        .await
        .unwrap();
    assert_eq!(house.says("絨毯をどうすれば"), "予約が必要です。");
    let nobody = "garbage.nothing".parse().unwrap();
    let none = learn::add_example(&house.desk, &hanako, &nobody, Language::Ja, "x").await;
    assert!(matches!(none, Err(PublishError::NoDraft(_))));
}
