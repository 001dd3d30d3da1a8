use super::*;
use crate::{
    domain::{
        language::Language,
        menu::{Bounds, Menu, MenuAction, MenuArea, MenuImage},
        message::Action,
    },
    menus::FoundAlias,
};

/// A menu whose one area says `text`.
fn wanted(alias: &str, text: &str, is_default: bool) -> WantedMenu {
    let header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\xb0\0\0\x03\x2a";
    let image = MenuImage::new(header.to_vec()).unwrap();
    let action = MenuAction::Tap(Action::message("ごみ", text).unwrap());
    let areas = vec![MenuArea { bounds: Bounds { x: 0, y: 0, width: 10, height: 10 }, action }];
    let menu = Menu::new("市", "メニュー", true, image.size(), areas).unwrap();
    let segment = None;
    WantedMenu { alias: alias.parse().unwrap(), language: Language::Ja, is_default, segment, menu, image }
}

fn id(text: &str) -> MenuId {
    MenuId(text.to_owned())
}

fn alias(text: &str) -> MenuAlias {
    text.parse().unwrap()
}

fn ours(at_line: &str, menu: &WantedMenu, has_image: bool) -> OurMenu {
    OurMenu { id: id(at_line), mark: menu.mark(), has_image }
}

fn leads(alias: &str, to: &str) -> FoundAlias {
    FoundAlias { alias: alias.into(), menu: id(to) }
}

#[test]
fn an_empty_channel_gets_everything_and_the_default_last() {
    let menus = [wanted("main", "ごみ", true), wanted("main-en", "garbage", false)];
    let steps = plan(&menus, &Found::default()).unwrap().steps;
    let expected = [
        Step::Create(alias("main")),
        Step::Upload(alias("main")),
        Step::Create(alias("main-en")),
        Step::Upload(alias("main-en")),
        Step::CreateAlias(alias("main")),
        Step::CreateAlias(alias("main-en")),
        Step::SetDefault(alias("main")),
    ];
    assert_eq!(steps, expected);
}

#[test]
fn what_is_as_wanted_needs_no_step() {
    let menu = wanted("main", "ごみ", true);
    let found = Found {
        ours: vec![ours("a", &menu, true)],
        foreign: vec![id("f")],
        aliases: vec![leads("main", "a"), leads("other", "f")],
        default: Some(id("a")),
    };
    let plan = plan(&[menu], &found).unwrap();
    assert_eq!((plan.steps, plan.foreign), (Vec::new(), 1));
}

#[test]
fn a_changed_menu_goes_only_after_its_successor_is_seen() {
    let (old, new) = (wanted("main", "ごみ", true), wanted("main", "防災", true));
    let found = Found {
        ours: vec![ours("a", &old, false)],
        aliases: vec![leads("main", "a")],
        default: Some(id("a")),
        ..Found::default()
    };
    let expected = [
        Step::Create(alias("main")),
        Step::Upload(alias("main")),
        Step::UpdateAlias(alias("main")),
        Step::SetDefault(alias("main")),
        Step::Delete { alias: alias("main"), id: id("a") },
    ];
    assert_eq!(plan(&[new], &found).unwrap().steps, expected);
}

#[test]
fn a_menu_without_its_picture_gets_it_and_a_twin_goes() {
    let menu = wanted("main", "ごみ", true);
    let found = Found { ours: vec![ours("a", &menu, false)], ..Found::default() };
    let steps = plan(std::slice::from_ref(&menu), &found).unwrap().steps;
    assert_eq!(steps[0], Step::Upload(alias("main")));

    let twins = vec![ours("a", &menu, false), ours("b", &menu, true)];
    let found =
        Found { ours: twins, aliases: vec![leads("main", "b")], default: Some(id("b")), ..Found::default() };
    let steps = plan(&[menu], &found).unwrap().steps;
    assert_eq!(steps, [Step::Delete { alias: alias("main"), id: id("a") }]);
}

#[test]
fn what_is_not_wanted_any_more_goes_alias_first_and_the_default_before_it() {
    let old = wanted("main", "ごみ", true);
    let found = Found {
        ours: vec![ours("a", &old, false)],
        foreign: vec![id("f")],
        aliases: vec![leads("main", "a"), leads("other", "f"), leads("dangling", "gone")],
        default: Some(id("a")),
    };
    let expected = [
        Step::ClearDefault,
        Step::DeleteAlias(alias("main")),
        Step::Delete { alias: alias("main"), id: id("a") },
    ];
    assert_eq!(plan(&[], &found).unwrap().steps, expected);
    let others = Found { default: Some(id("f")), ..found };
    assert!(!plan(&[], &others).unwrap().steps.contains(&Step::ClearDefault), "it is not ours");
}

#[test]
fn others_aliases_are_not_taken_and_their_default_only_openly() {
    let menu = wanted("main", "ごみ", true);
    let found = Found {
        foreign: vec![id("f")],
        aliases: vec![leads("main", "f")],
        default: Some(id("f")),
        ..Found::default()
    };
    let refused = plan(std::slice::from_ref(&menu), &found);
    assert_eq!(refused, Err(PlanError::ForeignAlias(alias("main"))));
    let found = Found { aliases: vec![leads("main", "gone")], ..found };
    let plan = plan(&[menu], &found).unwrap();
    assert!(plan.steps.contains(&Step::UpdateAlias(alias("main"))), "what led nowhere may be led");
    assert!(plan.replaces_foreign_default);
}

#[test]
fn a_full_channel_is_told_and_not_run_into() {
    let menu = wanted("main", "ごみ", true);
    let foreign = |count: usize| (0..count).map(|n| id(&n.to_string())).collect::<Vec<_>>();
    let full = Found { foreign: foreign(MOST_MENUS), ..Found::default() };
    assert!(matches!(plan(std::slice::from_ref(&menu), &full), Err(PlanError::NoRoom { new_menus: 1, .. })));
    let almost = Found { foreign: foreign(MOST_MENUS - 1), ..Found::default() };
    assert!(plan(&[menu], &almost).is_ok());
}
