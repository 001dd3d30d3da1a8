//! What the port of residents' menus promises.

use super::{accept, replied, settle_all, text, todoke};
use crate::domain::{
    id::{LineUserId, ResidentNo},
    menu::MenuId,
};
use crate::store::Store;

pub(super) async fn all<S: Store>(fresh: &impl Fn() -> S) {
    a_resident_has_the_menu_that_was_noted_last_and_no_other(&fresh()).await;
    residents_are_found_by_number(&fresh()).await;
}

fn menu(id: &str) -> MenuId {
    MenuId(id.to_owned())
}

fn numbers(list: &[u32]) -> Vec<ResidentNo> {
    list.iter().copied().map(ResidentNo).collect()
}

async fn a_resident_has_the_menu_that_was_noted_last_and_no_other(store: &impl Store) {
    let account = todoke();
    let note = |to: Option<&str>, who: &[u32]| store.note_menu(&account, to.map(menu), numbers(who));
    let links = || async { store.menu_links(&todoke()).await.expect("readable") };
    assert!(links().await.is_empty());
    note(Some("a"), &[1, 2, 70_000, 4_000_000_000]).await.expect("writes");
    note(Some("b"), &[2, 3, 70_000]).await.expect("writes");
    note(Some("b"), &[3]).await.expect("writes");
    let expected = [(menu("a"), numbers(&[1, 4_000_000_000])), (menu("b"), numbers(&[2, 3, 70_000]))];
    assert_eq!(links().await, expected);
    note(None, &[1, 3, 9, 4_000_000_000]).await.expect("writes");
    assert_eq!(links().await, [(menu("b"), numbers(&[2, 70_000]))]);
    note(Some("c"), &[5]).await.expect("writes");
    store.keep_menus(&account, vec![menu("c"), menu("x")]).await.expect("writes");
    assert_eq!(links().await, [(menu("c"), numbers(&[5]))]);
    let minato = super::ACCOUNTS[1].parse().expect("an id");
    assert!(store.menu_links(&minato).await.expect("readable").is_empty());
}

async fn residents_are_found_by_number(store: &impl Store) {
    for user in ["U1", "U2", "U3"] {
        accept(store, vec![text(&format!("hello-{user}"), user, 1, "x")]).await;
    }
    settle_all(store, |_| replied()).await;
    let gone = store.resident_ref(&todoke(), &LineUserId::new("U2")).expect("the account is there");
    store.erase_resident(&todoke(), gone, super::at(50)).await.expect("erases");
    let found = store.line_users(&todoke(), numbers(&[0, 1, 2, 9])).await.expect("readable");
    let found: Vec<(u32, &str)> = found.iter().map(|(no, user)| (no.0, user.expose())).collect();
    assert_eq!(found, [(0, "U1"), (2, "U3")]);
}
