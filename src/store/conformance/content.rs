//! The suite's part on published content: revisions, conflicts, history, drafts.

use super::{ACCOUNTS, at, todoke};
use crate::{
    domain::{
        audit::{Action, Note, Who},
        content::{
            Blob, ContentHash, ImportMark, Origin, PieceId, Publication, RevisionNo, SavedDraft, Version,
        },
        id::AccountId,
    },
    store::{
        Store, StoreError,
        content::{Contents, DraftEdit},
    },
};

/// Runs every sentence.
pub(super) async fn all<S: Store>(fresh: &impl Fn() -> S) {
    a_publication_is_the_next_revision_whole(&fresh()).await;
    a_publication_that_has_not_seen_the_head_changes_nothing(&fresh()).await;
    a_content_that_is_not_kept_cannot_be_published(&fresh()).await;
    an_earlier_revision_and_a_pieces_history_are_found(&fresh()).await;
    many_pieces_are_published_at_once(&fresh()).await;
    files_are_marked_with_their_revision(&fresh()).await;
    the_second_of_two_editors_is_told_and_nothing_is_lost(&fresh()).await;
    a_published_draft_goes_and_a_newer_one_stops_it(&fresh()).await;
    drafts_are_listed_in_portions(&fresh()).await;
    a_long_draft_is_read_whole_while_it_is_saved_again(&fresh()).await;
}

fn piece(name: &str) -> PieceId {
    name.parse().expect("a valid name")
}

/// Keeps a text and gives its hash.
pub async fn keep(store: &impl Contents, text: &str) -> ContentHash {
    let blob = Blob::new(text.into());
    let hash = blob.hash();
    store.keep(&todoke(), vec![blob]).await.expect("keeps");
    hash
}

/// A publication of the console.
pub fn publication(expected: RevisionNo, changes: &[(&str, Option<ContentHash>)]) -> Publication {
    Publication {
        expected,
        changes: changes.iter().map(|(name, hash)| (piece(name), *hash)).collect(),
        drafts: Vec::new(),
        by: "staff-1".into(),
        why: "料金が変わった".into(),
        at: at(1_000),
        origin: Origin::Console,
        note: note(Action::ContentPublished, "revision"),
    }
}

fn note(action: Action, object: &str) -> Note {
    Note {
        at: at(1_000),
        actor: Who::System,
        action,
        object: object.into(),
        account: Some(todoke()),
        from: None,
        detail: Vec::new(),
    }
}

/// Every action of the audit so far.
async fn audited(store: &impl Store) -> Vec<Action> {
    let entries = store.audit_from(1, 100).await.expect("readable");
    entries.into_iter().map(|entry| entry.action).collect()
}

async fn publish(store: &impl Contents, publication: Publication) -> Result<RevisionNo, StoreError> {
    store.publish(&todoke(), publication).await
}

async fn a_publication_is_the_next_revision_whole(store: &impl Contents) {
    assert_eq!(store.head_pieces(&todoke()).await.expect("readable"), (0, [].into()));
    let (one, two) = (keep(store, "one").await, keep(store, "two").await);
    assert_eq!(keep(store, "one").await, one, "keeping twice is no fault");
    let first = publication(0, &[("a.x", Some(one)), ("a", Some(two))]);
    assert_eq!(publish(store, first).await.expect("publishes"), 1);
    let second = publication(1, &[("a.x", Some(two)), ("a", Some(two)), ("a.y", Some(one))]);
    assert_eq!(publish(store, second).await.expect("publishes"), 2);
    let expected = [(piece("a"), two), (piece("a.x"), two), (piece("a.y"), one)].into();
    assert_eq!(store.head_pieces(&todoke()).await.expect("readable"), (2, expected));
    let (revision, changes) = store.revision(&todoke(), 2).await.expect("readable").expect("it is there");
    assert_eq!((revision.changed, revision.by.as_str(), revision.at), (2, "staff-1", at(1_000)));
    let changes: Vec<_> = changes.into_iter().map(|c| (c.piece, c.before, c.after)).collect();
    assert_eq!(changes, [(piece("a.x"), Some(one), Some(two)), (piece("a.y"), None, Some(one))]);
    let blobs = store.contents(&todoke(), &[two, one]).await.expect("kept");
    assert_eq!(blobs.iter().map(Blob::bytes).collect::<Vec<_>>(), [b"two", b"one"]);
    let minato: AccountId = ACCOUNTS[1].parse().expect("a valid account id");
    assert_eq!(store.head(&minato).await.expect("readable"), 0, "another account has its own");
    assert!(store.contents(&minato, &[one]).await.is_err());
}

async fn a_publication_that_has_not_seen_the_head_changes_nothing(store: &impl Contents) {
    let (one, two) = (keep(store, "one").await, keep(store, "two").await);
    publish(store, publication(0, &[("a.x", Some(one))])).await.expect("publishes");
    for expected in [0, 2] {
        let refused = publish(store, publication(expected, &[("a.x", Some(two))])).await;
        assert!(matches!(refused, Err(StoreError::Conflict)));
    }
    assert_eq!(store.head_pieces(&todoke()).await.expect("readable"), (1, [(piece("a.x"), one)].into()));
    assert_eq!(store.revision(&todoke(), 2).await.expect("readable"), None);
    // Two at once: one of them.
    let [a, b] = [("a.x", two), ("a.y", two)].map(|(name, hash)| publication(1, &[(name, Some(hash))]));
    let (a, b) = tokio::join!(publish(store, a), publish(store, b));
    assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1, "{a:?} {b:?}");
}

async fn a_content_that_is_not_kept_cannot_be_published(store: &impl Contents) {
    let one = keep(store, "one").await;
    let never = ContentHash::of(b"never");
    let refused = publish(store, publication(0, &[("a.x", Some(one)), ("a.y", Some(never))])).await;
    assert!(matches!(refused, Err(StoreError::Damaged { .. })));
    assert_eq!(store.head_pieces(&todoke()).await.expect("readable"), (0, [].into()));
}

async fn an_earlier_revision_and_a_pieces_history_are_found(store: &impl Contents) {
    let mut hashes = Vec::new();
    for number in 0..6 {
        let hash = keep(store, &format!("text {number}")).await;
        let change = [("a.x", Some(hash)), if number % 2 == 0 { ("a.y", Some(hash)) } else { ("a.y", None) }];
        publish(store, publication(number, &change)).await.expect("publishes");
        hashes.push(hash);
    }
    let pieces = store.pieces_at(&todoke(), 3).await.expect("readable").expect("it is there");
    assert_eq!(pieces, [(piece("a.x"), hashes[2]), (piece("a.y"), hashes[2])].into());
    let none = store.pieces_at(&todoke(), 0).await.expect("readable");
    assert_eq!(none, Some([].into()), "before the first there was nothing");
    assert_eq!(store.pieces_at(&todoke(), 7).await.expect("readable"), None);
    let numbers =
        |list: Vec<crate::domain::content::Revision>| list.iter().map(|r| r.number).collect::<Vec<_>>();
    assert_eq!(numbers(store.revisions(&todoke(), None, 2).await.expect("readable")), [6, 5]);
    assert_eq!(numbers(store.revisions(&todoke(), Some(3), 9).await.expect("readable")), [2, 1]);
    let history = store.history(&todoke(), &piece("a.y"), None, 2).await.expect("readable");
    let history: Vec<_> = history.into_iter().map(|(revision, hash)| (revision.number, hash)).collect();
    assert_eq!(history, [(6, None), (5, Some(hashes[4]))]);
    let earlier = store.history(&todoke(), &piece("a.y"), Some(5), 1).await.expect("readable");
    assert_eq!(earlier[0].0.number, 4);
    assert_eq!(store.history(&todoke(), &piece("a"), None, 9).await.expect("readable"), []);
}

async fn many_pieces_are_published_at_once(store: &impl Contents) {
    let texts: Vec<String> = (0..300).map(|number| format!("{number} {}", "長い".repeat(2_000))).collect();
    let blobs: Vec<Blob> = texts.iter().map(|text| Blob::new(text.clone().into())).collect();
    store.keep(&todoke(), blobs.clone()).await.expect("keeps");
    let names: Vec<String> = (0..300).map(|number| format!("topic.intent-{number}")).collect();
    let changes: Vec<_> =
        names.iter().map(String::as_str).zip(blobs.iter().map(|b| Some(b.hash()))).collect();
    publish(store, publication(0, &changes)).await.expect("publishes");
    let (_, pieces) = store.head_pieces(&todoke()).await.expect("readable");
    assert_eq!(pieces.len(), 300);
    let hashes: Vec<ContentHash> = pieces.values().copied().collect();
    let read = store.contents(&todoke(), &hashes).await.expect("kept");
    assert!(read.iter().zip(&hashes).all(|(blob, hash)| blob.hash() == *hash));
}

async fn files_are_marked_with_their_revision(store: &impl Store) {
    let one = keep(store, "one").await;
    assert_eq!(store.import_mark(&todoke()).await.expect("readable"), None);
    let import = ContentHash::of(b"files");
    let mut files = publication(0, &[("a.x", Some(one))]);
    files.origin = Origin::Files { import };
    publish(store, files).await.expect("publishes");
    let mark = store.import_mark(&todoke()).await.expect("readable");
    assert_eq!(mark, Some(ImportMark { files: import, revision: 1 }));
    publish(store, publication(1, &[("a.x", None)])).await.expect("publishes");
    assert_eq!(store.import_mark(&todoke()).await.expect("readable"), mark, "the console leaves the mark");
    let [late, now] = [1, 2].map(|revision| ImportMark { files: one, revision });
    assert!(matches!(
        store.mark_import(&todoke(), late, Some(note(Action::ContentSettled, "1"))).await,
        Err(StoreError::Conflict)
    ));
    let settled = Some(note(Action::ContentSettled, "2"));
    store.mark_import(&todoke(), now, settled).await.expect("marks");
    let written = audited(store).await;
    assert_eq!(written, [Action::ContentPublished, Action::ContentPublished, Action::ContentSettled]);
    assert_eq!(store.import_mark(&todoke()).await.expect("readable"), Some(now));
}

fn edit(name: &str, expected: Version, author: &str, body: &str) -> DraftEdit {
    DraftEdit {
        piece: piece(name),
        expected,
        author: author.into(),
        at: at(1_000),
        base: None,
        body: body.into(),
        note: note(Action::DraftSaved, name),
    }
}

async fn save(store: &impl Contents, edit: DraftEdit) -> Result<SavedDraft, StoreError> {
    store.save_draft(&todoke(), edit).await
}

async fn the_second_of_two_editors_is_told_and_nothing_is_lost(store: &impl Store) {
    let long = "長い文".repeat(5_000);
    let first = save(store, edit("a.x", 0, "hanako", &long)).await.expect("saves");
    let refused = save(store, edit("a.x", 0, "taro", "mine")).await;
    assert!(matches!(refused, Err(StoreError::Conflict)));
    let kept = store.draft(&todoke(), &piece("a.x")).await.expect("readable").expect("kept");
    assert_eq!((kept.author.as_str(), &kept.body, kept.version), ("hanako", &long, first.version));
    let second = save(store, edit("a.x", first.version, "taro", "both")).await.expect("has seen the first");
    assert!(second.version > first.version);
    let discarded = || note(Action::DraftDiscarded, "a.x");
    let refused = store.discard_draft(&todoke(), &piece("a.x"), first.version, discarded()).await;
    assert!(matches!(refused, Err(StoreError::Conflict)));
    store.discard_draft(&todoke(), &piece("a.x"), second.version, discarded()).await.expect("discards");
    assert_eq!(store.draft(&todoke(), &piece("a.x")).await.expect("readable"), None);
    let anew = save(store, edit("a.x", 0, "taro", "anew")).await.expect("saves");
    assert!(anew.version > second.version, "a version never comes twice");
    let [saved, thrown] = [Action::DraftSaved, Action::DraftDiscarded];
    assert_eq!(audited(store).await, [saved, saved, thrown, saved], "what was refused leaves no entry");
}

async fn a_long_draft_is_read_whole_while_it_is_saved_again(store: &impl Store) {
    let texts = ["甲".repeat(9_000), "乙".repeat(9_000)];
    let first = save(store, edit("a.x", 0, "hanako", &texts[0])).await.expect("saves");
    let writes = async {
        let mut seen = first.version;
        for round in 0..60 {
            seen = save(store, edit("a.x", seen, "hanako", &texts[round % 2])).await.expect("saves").version;
        }
    };
    let reads = async {
        for _ in 0..3_000 {
            let read = store.draft(&todoke(), &piece("a.x")).await.expect("readable").expect("kept");
            assert!(texts.contains(&read.body), "half of one text and half of the other");
            tokio::task::yield_now().await;
        }
    };
    tokio::join!(writes, reads);
}

async fn a_published_draft_goes_and_a_newer_one_stops_it(store: &impl Store) {
    let one = keep(store, "one").await;
    let draft = save(store, edit("a.x", 0, "hanako", "one")).await.expect("saves");
    let newer = save(store, edit("a.x", draft.version, "taro", "two")).await.expect("saves");
    let mut with_draft = publication(0, &[("a.x", Some(one))]);
    with_draft.drafts = vec![(piece("a.x"), draft.version)];
    assert!(matches!(publish(store, with_draft.clone()).await, Err(StoreError::Conflict)));
    assert_eq!(store.head(&todoke()).await.expect("readable"), 0);
    with_draft.drafts = vec![(piece("a.x"), newer.version)];
    publish(store, with_draft).await.expect("publishes");
    assert_eq!(store.draft(&todoke(), &piece("a.x")).await.expect("readable"), None);
    let [saved, published] = [Action::DraftSaved, Action::ContentPublished];
    assert_eq!(audited(store).await, [saved, saved, published], "what was refused leaves no entry");
}

async fn drafts_are_listed_in_portions(store: &impl Contents) {
    for name in ["a.x", "a.xx", "a", "b.y"] {
        save(store, edit(name, 0, "hanako", &"長い文".repeat(3_000))).await.expect("saves");
    }
    let names =
        |list: Vec<SavedDraft>| list.into_iter().map(|draft| draft.piece.to_string()).collect::<Vec<_>>();
    assert_eq!(names(store.drafts(&todoke(), None, 3).await.expect("readable")), ["a", "a.x", "a.xx"]);
    let rest = store.drafts(&todoke(), Some(&piece("a.x")), 9).await.expect("readable");
    assert_eq!(names(rest), ["a.xx", "b.y"]);
}
