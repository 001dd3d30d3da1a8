use proptest::prelude::*;

use super::*;
use crate::{
    domain::{
        attribute::{Attribute, Choice, Group, Keeping, Retention},
        language::{Language, Localized},
        roster::PersonalCode,
        time::Timestamp,
    },
    system::SystemEntropy,
};

fn label(text: &str) -> Localized<String> {
    Localized::new([(Language::Ja, text.to_owned())].into())
}

fn attributes() -> Attributes {
    let group = |(id, text): &(&str, &str)| Group {
        choice: Choice { id: id.parse().unwrap(), label: label(text), within: None },
        code: None,
    };
    let attribute = |id: &str, groups: &[(&str, &str)]| Attribute {
        id: id.parse().unwrap(),
        kind: Kind::Group(groups.iter().map(group).collect()),
        label: label(id),
        purpose: label("試験"),
        retention: Retention::WhileRegistered,
        keeping: Keeping::Plain,
    };
    Attributes::new(vec![
        attribute("member", &[("heads", "区長会"), ("fire", "消防団")]),
        attribute("school", &[("fire", "防火クラブ"), ("pta", "PTA")]),
    ])
    .unwrap()
}

fn group(attribute: &str, group: &str) -> GroupRef {
    GroupRef { attribute: attribute.parse().unwrap(), group: group.parse().unwrap() }
}

fn invited(group: &GroupRef, name: &str) -> Invited {
    let code = PersonalCode::draw(&SystemEntropy);
    let (hash, made) = (code.hash(), Timestamp::UNIX_EPOCH);
    Invited { group: group.clone(), name: name.parse().unwrap(), hash, code: Some(code), made, used: None }
}

fn rows(text: &str) -> Vec<(usize, Vec<String>)> {
    crate::sheet::read_numbered(text.as_bytes()).unwrap()
}

fn told(plan: &Plan) -> Vec<String> {
    plan.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn a_group_is_named_by_its_id_with_its_attribute_or_by_its_label() {
    let asked = attributes();
    let one = |text: &str| match find(&asked, text) {
        Find::One(found) => Some(found),
        _ => None,
    };
    for text in ["heads", " member=heads ", "区長会", "member = 区長会"] {
        assert_eq!(one(text), Some(group("member", "heads")), "{text}");
    }
    assert_eq!(find(&asked, "fire"), Find::Several(vec![group("member", "fire"), group("school", "fire")]));
    assert_eq!(one("school=fire"), Some(group("school", "fire")));
    assert_eq!((one(""), one("other"), one("other=fire")), (None, None, None));
}

#[test]
fn every_problem_is_told_with_its_line_and_column_and_what_to_do() {
    let heads = group("member", "heads");
    let known = [invited(&heads, "佐藤 花子")];
    let sheet = "group,name,code\nheads,\"二\n行\",\nother,山田 太郎,\nfire,鈴木 一,\n\nheads,高橋,\nheads,高橋 ,\nheads,佐藤　花子,K7QM-2XW9-RT4H\n";
    let found = plan(&attributes(), &known, &rows(sheet), Scope::default());
    let expected = [
        "line 2, name: the name has to be",
        "line 4, group: there is no such group; there are member=heads, member=fire, school=fire, school=pta",
        "line 5, group: several attributes have such a group; write member=fire, school=fire",
        "line 8, name: the name stands in line 7 too; add what",
        "line 9, code: the code is not the one of this person; leave",
    ];
    let told = told(&found);
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.starts_with(expected), "{told}");
    }
    for (sheet, scope, expected) in [
        ("", Scope::default(), "line 1: there are no people"),
        ("group,name\n", Scope { replaces: true, ..Scope::default() }, "line 1: there are no people"),
        ("person\nx\n", Scope::default(), "line 1, group: the column is missing"),
        (
            "person\nx\n",
            Scope { group: Some(&heads), replaces: false },
            "line 1, name: the column is missing",
        ),
        (
            "group,name\nmember=fire,x\n",
            Scope { group: Some(&heads), replaces: false },
            "line 2, group: the row is of another group",
        ),
    ] {
        let plan = plan(&attributes(), &[], &rows(sheet), scope);
        assert!(self::told(&plan)[0].starts_with(expected), "{:?}", plan.problems);
        assert!(plan.removed.is_empty());
    }
}

#[test]
fn only_a_whole_list_takes_people_off_and_only_of_its_own_groups() {
    let (heads, fire) = (group("member", "heads"), group("member", "fire"));
    let known = [invited(&heads, "佐藤"), invited(&heads, "山田"), invited(&fire, "佐藤")];
    let sheet = rows("name,code,state\n佐藤,,open\n鈴木,,\n");
    let scope = Scope { group: Some(&heads), replaces: false };
    let kept = plan(&attributes(), &known, &sheet, scope);
    assert_eq!((kept.added.len(), kept.same, kept.removed.len()), (1, 1, 0));
    let whole = plan(&attributes(), &known, &sheet, Scope { replaces: true, ..scope });
    assert_eq!(whole.removed, [known[1].clone()]);
    let by_column = rows("group,name\nmember=heads,佐藤\n");
    let whole = plan(&attributes(), &known, &by_column, Scope { group: None, replaces: true });
    assert_eq!(whole.removed, [known[1].clone()], "the brigade is not what the sheet speaks of");
}

proptest! {
    #[test]
    fn a_list_that_was_read_once_changes_nothing_more(
        names in prop::collection::btree_set("[a-z山田太郎 ]{1,12}", 1..20),
        replaces in any::<bool>(),
    ) {
        let heads = group("member", "heads");
        let sheet: Vec<(usize, Vec<String>)> = std::iter::once(vec!["name".to_owned()])
            .chain(names.into_iter().map(|name| vec![name]))
            .enumerate()
            .map(|(at, row)| (at + 1, row))
            .collect();
        let scope = Scope { group: Some(&heads), replaces };
        let first = plan(&attributes(), &[], &sheet, scope);
        prop_assume!(first.problems.is_empty());
        let list: Vec<Invited> =
            first.added.iter().map(|(_, group, name)| invited(group, name.expose())).collect();
        let again = plan(&attributes(), &list, &sheet, scope);
        prop_assert_eq!((again.added.len(), again.removed.len(), again.same), (0, 0, list.len()));
    }

    #[test]
    fn any_sheet_makes_a_plan(
        sheet in prop::collection::vec((0usize..50, prop::collection::vec(".{0,20}", 0..5)), 0..12),
        replaces in any::<bool>(),
    ) {
        let found = plan(&attributes(), &[], &sheet, Scope { group: None, replaces });
        prop_assert!(found.removed.is_empty());
    }
}
