//! What the port of other systems' keys promises.

use uuid::Uuid;

use super::{at, entries, staff::note, todoke};
use crate::{
    domain::{
        announcement::AnnouncementId,
        api_key::{ApiKey, Scope},
        id::{ApiKeyId, StaffId},
        staff::Hash,
    },
    store::{
        Store, StoreError,
        api_keys::{Known, Once},
    },
};

pub(super) async fn all<S: Store>(fresh: &impl Fn() -> S) {
    a_key_is_found_by_its_secret_until_it_is_taken_away(&fresh()).await;
    what_is_posted_again_is_answered_as_before(&fresh()).await;
}

fn key(number: u128) -> ApiKey {
    ApiKey {
        id: ApiKeyId(Uuid::from_u128(number)),
        account: todoke(),
        label: "気象情報".parse().expect("a label"),
        scopes: vec![Scope::Draft, Scope::Read],
        department: Some("危機管理局 防災課".parse().expect("a department")),
        owner: StaffId(Uuid::from_u128(1)),
        made: at(1_000),
    }
}

async fn a_key_is_found_by_its_secret_until_it_is_taken_away(store: &impl Store) {
    let note = || note(StaffId(Uuid::from_u128(1)));
    let (one, two) = (Hash([1; 32]), Hash([2; 32]));
    store.add_api_key(key(1), &one, note()).await.expect("writes");
    store.add_api_key(key(2), &two, note()).await.expect("writes");
    let again = store.add_api_key(key(3), &two, note()).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "no two keys have one secret");
    let again = store.add_api_key(key(2), &Hash([3; 32]), note()).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "no two keys have one id");
    assert_eq!(store.list_api_keys(&todoke()).await.expect("readable"), [key(1), key(2)]);
    let minato = super::ACCOUNTS[1].parse().expect("an id");
    assert!(store.list_api_keys(&minato).await.expect("readable").is_empty());
    assert_eq!(store.find_api_key(&two).await.expect("readable"), Some(key(2)));
    assert_eq!(store.find_api_key(&Hash([9; 32])).await.expect("readable"), None);
    assert!(
        !store.remove_api_key(&minato, key(2).id, note()).await.expect("writes"),
        "it is another account's"
    );
    assert_eq!(entries(store).await, 2, "what was refused left no entry");
    assert!(store.remove_api_key(&todoke(), key(2).id, note()).await.expect("writes"));
    assert!(!store.remove_api_key(&todoke(), key(2).id, note()).await.expect("writes"));
    assert_eq!(store.find_api_key(&two).await.expect("readable"), None);
    assert_eq!(store.find_api_key(&one).await.expect("readable"), Some(key(1)));
    assert_eq!(entries(store).await, 3);
}

async fn what_is_posted_again_is_answered_as_before(store: &impl Store) {
    let once = |name: u8, body: u8, second: i64, makes: u128| Once {
        name: Hash([name; 32]),
        body: Hash([body; 32]),
        at: at(second),
        makes: AnnouncementId(Uuid::from_u128(makes)),
    };
    let (first, other) = (key(1).id, key(2).id);
    let begin = |key: ApiKeyId, once: Once, before: i64| async move {
        store.begin_post(&todoke(), key, once, at(before)).await.expect("writes")
    };
    let makes = |makes: u128| Known::Makes(AnnouncementId(Uuid::from_u128(makes)));
    let look = |body: u8| async move {
        let (name, body) = (Hash([1; 32]), Hash([body; 32]));
        store.known_post(&todoke(), first, &name, &body).await.expect("readable")
    };
    assert_eq!(look(1).await, None);
    assert_eq!(begin(first, once(1, 1, 1_000, 11), 0).await, makes(11));
    assert_eq!((look(1).await, look(2).await), (Some(makes(11)), Some(Known::Other)));
    // It broke off before it was answered: the same announcement is gone on with.
    assert_eq!(begin(first, once(1, 1, 1_001, 12), 0).await, makes(11));
    assert_eq!(begin(first, once(1, 2, 1_001, 12), 0).await, Known::Other);
    assert_eq!(begin(other, once(1, 2, 1_001, 13), 0).await, makes(13), "each key has names of its own");
    let long = "あ".repeat(5_000);
    let name = Hash([1; 32]);
    store.end_post(&todoke(), first, &name, long.clone()).await.expect("writes");
    store.end_post(&todoke(), first, &name, "another".into()).await.expect("writes");
    assert_eq!(begin(first, once(1, 1, 1_002, 14), 0).await, Known::Answered(long), "the first answer stays");
    assert_eq!(begin(first, once(1, 2, 1_002, 14), 0).await, Known::Other);
    // A day later it is forgotten; so is an answer to what was never asked.
    assert_eq!(begin(first, once(1, 2, 90_000, 15), 50_000).await, makes(15));
    store.end_post(&todoke(), first, &Hash([8; 32]), "lost".into()).await.expect("writes");
    assert_eq!(begin(first, once(8, 1, 90_001, 16), 50_000).await, makes(16));
}
