//! Segments on the console: put together, counted, saved, removed and put back, over HTTP without JavaScript.

use std::{fs, path::Path};

use regex::Regex;
use todoke::{
    demo::crowd,
    domain::{
        audit::Action,
        id::AccountId,
        segment::{self, FEWEST_SHOWN, Named, Set},
        staff::{Actor, Machine, Role, rights::SeeFigures},
        time::Clock,
    },
    journeys::segments,
    system::SystemClock,
};

use crate::{
    console::{Answer, Browser, head},
    support::Town,
    town::Home,
};

const BASE: &str = "/console/todoke/segments";
const NEW: &str = "/console/todoke/segments/new";
const HOSTILE: &str = "<script>alert(1)</script>\"'>";

fn account() -> AccountId {
    "todoke".parse().unwrap()
}

fn unescaped(text: &str) -> String {
    let code = Regex::new("&#([0-9]+);").unwrap();
    let char = |found: &regex::Captures<'_>| char::from_u32(found[1].parse().unwrap()).unwrap().to_string();
    code.replace_all(text, char).into_owned()
}

/// Every field of the builder as a browser would send it.
fn fields(page: &str) -> Vec<(String, String)> {
    let version = page.find("name=\"version\"").expect("the builder");
    let start = page[..version].rfind("<form").unwrap();
    let form = &page[start..start + page[start..].find("</form>").unwrap()];
    let control = Regex::new(
        r#"(?s)<input ([^>]*)>|<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>|<textarea [^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>"#,
    )
    .unwrap();
    let attribute = |tag: &str, name: &str| {
        let found = Regex::new(&format!(r#"(?:^| ){name}="([^"]*)""#)).unwrap().captures(tag);
        found.map(|found| unescaped(&found[1]))
    };
    let chosen = Regex::new(r#"<option value="([^"]*)" selected>"#).unwrap();
    let option = Regex::new(r#"<option value="([^"]*)""#).unwrap();
    let mut fields = Vec::new();
    for found in control.captures_iter(form) {
        if let Some(tag) = found.get(1).map(|tag| tag.as_str()) {
            let is_chosen_from = matches!(attribute(tag, "type").as_deref(), Some("checkbox" | "radio"));
            if !is_chosen_from || tag.contains(" checked") {
                fields.push((attribute(tag, "name").unwrap(), attribute(tag, "value").unwrap_or_default()));
            }
        } else if let (Some(name), Some(options)) = (found.get(2), found.get(3)) {
            let options = options.as_str();
            let value = chosen.captures(options).or_else(|| option.captures(options)).unwrap();
            fields.push((name.as_str().to_owned(), unescaped(&value[1])));
        } else {
            fields.push((found[4].to_owned(), unescaped(&found[5])));
        }
    }
    fields
}

/// Fills a page in otherwise and presses a button; a name that comes twice is ticked twice.
async fn press(
    browser: &mut Browser,
    path: &str,
    page: &Answer,
    changes: &[(&str, &str)],
    act: &str,
) -> Answer {
    let mut all = fields(&page.text);
    all.retain(|(known, _)| changes.iter().all(|(name, _)| name != known));
    all.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    all.push(("act".into(), act.into()));
    let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(path, &all).await
}

/// What is written as JSON, posted to be saved.
async fn save_json(browser: &mut Browser, name: &str, json: &str) -> Answer {
    let page = browser.get(NEW).await;
    let page = press(browser, NEW, &page, &[], "to-json").await;
    press(browser, NEW, &page, &[("name", name), ("json", json)], "save").await
}

/// The count that is read out.
fn says(page: &Answer) -> String {
    let says = Regex::new(r#"id="says" role="status">([^<]*)<"#).unwrap();
    says.captures(&page.text).unwrap_or_else(|| panic!("{}", page.text))[1].to_owned()
}

async fn all(town: &Town) -> Vec<Named> {
    let list = town.app.ctx.store.list_segments(&account()).await.unwrap();
    list.into_iter().map(|known| known.value).collect()
}

/// How many a predicate really holds, and how many there are.
pub async fn really(town: &Town, json: &str) -> (u64, u64) {
    let ctx = &town.app.ctx;
    let attributes = &ctx.library.account(&account()).unwrap().attributes;
    let (predicate, _) = segment::read(json, attributes).unwrap();
    let set = segment::plan(&predicate, ctx.today(&account()).unwrap());
    let count = async |set| ctx.store.count_residents(&account(), &set).await.unwrap();
    (count(set).await, count(Set::All(Vec::new())).await)
}

/// A town that asks what the sample city asks, with the demo's residents.
pub async fn town_with_a_crowd() -> Town {
    let home = Home::new("");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/accounts/todoke.toml");
    fs::copy(sample, home.path().join("accounts/todoke.toml")).unwrap();
    let town = Town::in_home(home, |_| {}, &[]).await;
    crowd::register(&town.app.ctx, &account()).await.unwrap();
    town
}

#[tokio::test]
async fn a_segment_is_put_together_by_buttons_counted_and_saved() {
    let town = town_with_a_crowd().await;
    let mut announcer = Browser::with_role(&town, "todoke", Role::Announcer).await;
    let empty = announcer.get(BASE).await;
    assert!(empty.text.contains("最初の条件を作る") && empty.text.contains("セグメント"), "{}", empty.text);

    let page = announcer.get(NEW).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let (_, everybody) = really(&town, r#"{"all": []}"#).await;
    assert_eq!(says(&page), format!("{everybody}人"));
    let page = press(&mut announcer, NEW, &page, &[("g0.add", "in:topics")], "add-row:0").await;
    assert!(page.text.contains("id=\"g0.r0\" tabindex=\"-1\" autofocus"), "one goes on there: {}", page.text);
    assert!(!page.text.contains("id=\"problems\""), "an empty row need not be told yet");
    assert_eq!(says(&page), "まだ数えられません。条件の入力を確かめてください。");
    let ticked =
        [("g0.how", "any"), ("g0.r0.of", "garbage"), ("g0.r0.of", "crime"), ("g0.r0.areas", "hamami")];
    let page = press(&mut announcer, NEW, &page, &ticked, "add-group").await;
    let page = press(&mut announcer, NEW, &page, &[("g1.add", "age:children")], "add-row:1").await;
    let filled = [("g1.how", "none"), ("g1.r0.from", "３"), ("g1.r0.to", "5")];
    let page = press(&mut announcer, NEW, &page, &filled, "count").await;
    let json = r#"{"all": [{"in": {"attribute": "topics", "of": ["garbage", "crime"], "areas": ["hamami"]}},
        {"not": {"child_age": {"from": 36, "to": 71}}}]}"#;
    let (count, _) = really(&town, json).await;
    assert!(count >= FEWEST_SHOWN, "the crowd has some: {count}");
    assert_eq!(says(&page), format!("{count}人"), "{}", page.text);
    let sentence =
        "ほしいお知らせ（浜見区）が「ごみの日・防犯」のどれか、かつ「3〜5歳のお子さんがいる」ではない";
    assert!(page.text.contains(sentence), "{}", page.text);
    assert!(page.text.contains("<caption>お住まいの区など（自宅）"), "{}", page.text);

    let nameless = press(&mut announcer, NEW, &page, &[("name", " ")], "save").await;
    assert_eq!(nameless.status, 422);
    assert!(nameless.text.contains("href=\"#name\""), "{}", nameless.text);
    let before = head(&town).await;
    let saved = press(&mut announcer, NEW, &nameless, &[("name", HOSTILE)], "save").await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    assert_eq!(head(&town).await.seq, before.seq + 1, "one entry of the audit");
    let again = announcer.get(&saved.location).await;
    assert!(again.text.contains("保存しました。") && !again.text.contains("<script>alert"), "{}", again.text);
    assert!(again.text.contains("name=\"g1.r0.from\" type=\"text\" value=\"3\""), "in years: {}", again.text);

    let listed = announcer.get(BASE).await;
    assert!(listed.text.contains(&format!("{count}人")) && listed.text.contains(sentence), "{}", listed.text);
    assert!(!listed.text.contains("<script>alert") && listed.text.contains("announcerさん"));
    for (q, found) in
        [("浜見", true), ("ごみ", true), ("%E3%81%82%E3%82%8A%E3%81%BE%E3%81%9B%E3%82%93", false)]
    {
        let page = announcer.get(&format!("{BASE}?q={q}")).await;
        assert_eq!(page.text.contains(sentence), found, "{q}");
    }
}

#[tokio::test]
async fn whoever_sees_figures_sees_the_list_and_announcers_alone_edit() {
    let town = town_with_a_crowd().await;
    let mut announcer = Browser::with_role(&town, "todoke", Role::Announcer).await;
    let saved = save_json(&mut announcer, "友だち", r#"{"following": true}"#).await;
    let path = saved.location.split('?').next().unwrap().to_owned();
    let mut viewer = Browser::with_role(&town, "todoke", Role::Viewer).await;
    let listed = viewer.get(BASE).await;
    assert!(listed.text.contains("友だち") && listed.text.contains("配信できる"), "{}", listed.text);
    assert!(
        !listed.text.contains(&path) && !listed.text.contains("/segments/new"),
        "nothing leads to editing"
    );
    for page in [NEW, &path] {
        let refused = viewer.get(page).await;
        assert_eq!(refused.status, 403, "{page}");
        assert!(refused.text.contains("配信先の条件を編集する"), "{}", refused.text);
    }
    let mut operator = Browser::with_role(&town, "todoke", Role::Operator).await;
    assert_eq!(operator.get(BASE).await.status, 403);
    let mut elsewhere = announcer.get(&path.replace("seg_", "seg_0")).await;
    assert_eq!(elsewhere.status, 404);
    elsewhere = announcer.get(&format!("{BASE}/segment/seg_{}", "0".repeat(32))).await;
    assert_eq!(elsewhere.status, 404);
}

#[tokio::test]
async fn every_fault_is_told_at_its_row_or_with_its_place_in_the_json() {
    let town = town_with_a_crowd().await;
    let mut announcer = Browser::with_role(&town, "todoke", Role::Announcer).await;
    let page = announcer.get(NEW).await;
    let page = press(&mut announcer, NEW, &page, &[("g0.add", "in:wards")], "add-row:0").await;
    let page = press(&mut announcer, NEW, &page, &[("g0.add", "age:children")], "add-row:0").await;
    let page = press(&mut announcer, NEW, &page, &[("g0.add", "registered:")], "add-row:0").await;
    let typed = [("name", "条件"), ("g0.r1.from", "六"), ("g0.r2.at", "2026-02-30")];
    let told = press(&mut announcer, NEW, &page, &typed, "save").await;
    assert_eq!(told.status, 422);
    for what in [
        "<a href=\"#g0.r0\">グループ1の条件1「お住まいの区など」：1つ以上",
        "<a href=\"#g0.r1\">グループ1の条件2「お子さん」：数字か日付として読めません",
        "<a href=\"#g0.r2\">グループ1の条件3「登録した日」：「2026-02-30」は1900年から2199年の日付として",
        "value=\"六\"",
    ] {
        assert!(told.text.contains(what), "{what}: {}", told.text);
    }
    let json = press(&mut announcer, NEW, &told, &[], "to-json").await;
    assert!(json.text.contains("<code>all[0].all[0].in.of</code>"), "{}", json.text);
    assert!(json.text.contains("&#34;registered_before&#34;: &#34;2026-02-30&#34;"), "the same predicate");
    let hostile =
        r#"{"any": [{"has": "<b>x"}, {"in": {"attribute": "topics", "of": ["y"]}}, {"has": "household"}]}"#;
    let told = press(&mut announcer, NEW, &json, &[("json", hostile)], "save").await;
    assert_eq!(told.status, 422);
    for what in [
        "<code>any[0].has</code> 「&#60;b&#62;x」という項目は",
        "<code>any[1].in.of[0]</code> 「y」という選択肢はありません（garbage, ",
        "<code>any[2].has</code> 「household」は、配信先を選ぶことに使わない項目です。",
    ] {
        assert!(told.text.contains(what), "{what}: {}", told.text);
    }
    let no_json = press(&mut announcer, NEW, &told, &[("json", "{")], "count").await;
    assert!(
        no_json.text.contains("<code>—</code> JSON として読めません（1行目の1文字目）"),
        "{}",
        no_json.text
    );
    let stays = press(&mut announcer, NEW, &no_json, &[], "to-rows").await;
    assert!(
        stays.text.contains("行では表せません") && stays.text.contains("name=\"json\""),
        "{}",
        stays.text
    );
    assert_eq!(all(&town).await, []);
}

#[tokio::test]
async fn what_is_no_rows_opens_as_json_and_what_is_opens_as_rows() {
    let town = town_with_a_crowd().await;
    let mut announcer = Browser::with_role(&town, "todoke", Role::Announcer).await;
    let deep = r#"{"any": [{"all": [{"has": "topics"}, {"has": "wards"}]}, {"not": {"has": "children"}}]}"#;
    let saved = save_json(&mut announcer, "深い", deep).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let opened = announcer.get(&saved.location).await;
    assert!(
        opened.text.contains("name=\"json\"") && !opened.text.contains("name=\"g0.how\""),
        "{}",
        opened.text
    );
    let (count, _) = really(&town, deep).await;
    assert_eq!(says(&opened), format!("{count}人"));
    let path = saved.location.split('?').next().unwrap();
    let flat = r#"{"not": {"member_of": {"attribute": "member", "of": ["fire-brigade"]}}}"#;
    let rows = press(&mut announcer, path, &opened, &[("json", flat)], "to-rows").await;
    assert!(rows.text.contains("value=\"none\" selected"), "{}", rows.text);
    assert!(rows.text.contains("value=\"fire-brigade\" checked"), "{}", rows.text);
    // A copy begins with the same and has no id of its own yet.
    let copy = announcer.get(&format!("{NEW}?of={}", path.rsplit('/').next().unwrap())).await;
    assert!(
        copy.text.contains("value=\"深いの写し\"") && copy.text.contains("name=\"json\""),
        "{}",
        copy.text
    );
    let copied = press(&mut announcer, NEW, &copy, &[], "save").await;
    assert_eq!(copied.status, 303, "{}", copied.text);
    assert_eq!(all(&town).await.len(), 2);
}

#[tokio::test]
async fn who_can_be_reached_is_one_or_the_other_and_languages_are_several() {
    let town = town_with_a_crowd().await;
    let mut announcer = Browser::with_role(&town, "todoke", Role::Announcer).await;
    let page = announcer.get(NEW).await;
    let page = press(&mut announcer, NEW, &page, &[("g0.add", "following:")], "add-row:0").await;
    assert!(page.text.contains("type=\"radio\" name=\"g0.r0.of\" value=\"yes\" checked"), "{}", page.text);
    let (count, everybody) = really(&town, r#"{"following": true}"#).await;
    assert!(count < everybody, "some of the crowd have left");
    assert_eq!(says(&page), format!("{count}人"));
    let page = press(&mut announcer, NEW, &page, &[("g0.r0.of", "no")], "count").await;
    assert_eq!(says(&page), format!("{}人", everybody - count));
    let page = press(&mut announcer, NEW, &page, &[("g0.add", "language:")], "add-row:0").await;
    let ticked = [("g0.r1.of", "vi"), ("g0.r1.of", "ja-easy"), ("name", "言語")];
    let saved = press(&mut announcer, NEW, &page, &ticked, "save").await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let opened = announcer.get(&saved.location).await;
    let sentence = "ブロックしたか退会した、かつ選んだ言語が「ベトナム語・やさしい日本語」";
    assert!(opened.text.contains(sentence), "{}", opened.text);
    assert_eq!(says(&opened), "5人未満");
}

#[tokio::test]
async fn the_second_editor_is_told_and_nothing_is_lost() {
    let town = town_with_a_crowd().await;
    let mut first = Browser::with_role(&town, "todoke", Role::Announcer).await;
    let mut second = Browser::with_role(&town, "todoke", Role::Announcer).await;
    let saved = save_json(&mut first, "条件", r#"{"has": "topics"}"#).await;
    let path = saved.location.split('?').next().unwrap().to_owned();
    let seen = second.get(&path).await;
    let page = first.get(&path).await;
    let changed = press(&mut first, &path, &page, &[("name", "一人目"), ("g0.how", "none")], "save").await;
    assert_eq!(changed.status, 303, "{}", changed.text);
    for act in ["save", "remove"] {
        let seen = second.get(&path).await;
        let old: Vec<(&str, &str)> = vec![("version", "1"), ("name", "二人目")];
        let told = press(&mut second, &path, &seen, &old, act).await;
        assert_eq!(told.status, 409, "{act}: {}", told.text);
        assert!(told.text.contains("announcerさん が先に保存しました"), "{}", told.text);
        assert!(told.text.contains("「ほしいお知らせに答えている」ではない"), "theirs: {}", told.text);
        assert!(told.text.contains("value=\"二人目\""), "one's own stays in the form");
    }
    let told = press(&mut second, &path, &seen, &[("name", "二人目")], "save").await;
    assert_eq!(told.status, 409, "{}", told.text);
    let decided = press(&mut second, &path, &told, &[], "save").await;
    assert_eq!(decided.status, 303, "with both in sight it is saved: {}", decided.text);
    assert_eq!(all(&town).await[0].name.as_str(), "二人目");
    // The first one still has the page of before, and the segment goes meanwhile.
    let seen = first.get(&path).await;
    let page = second.get(&path).await;
    assert_eq!(press(&mut second, &path, &page, &[], "remove").await.status, 303);
    let told = press(&mut first, &path, &seen, &[("name", "戻す")], "save").await;
    assert_eq!(told.status, 409, "{}", told.text);
    assert!(told.text.contains("announcerさん が先に削除しました"), "{}", told.text);
    assert_eq!(press(&mut first, &path, &told, &[], "save").await.status, 303);
    let known = all(&town).await.remove(0);
    assert!(!known.removed && known.name.as_str() == "戻す");
}

#[tokio::test]
async fn what_was_removed_can_be_put_back_and_the_audit_knows_of_both() {
    let town = town_with_a_crowd().await;
    let mut announcer = Browser::with_role(&town, "todoke", Role::Announcer).await;
    let saved = save_json(&mut announcer, HOSTILE, r#"{"has": "topics"}"#).await;
    let path = saved.location.split('?').next().unwrap().to_owned();
    let page = announcer.get(&path).await;
    let removed = press(&mut announcer, &path, &page, &[], "remove").await;
    assert_eq!(removed.status, 303, "{}", removed.text);
    let twice = press(&mut announcer, &path, &page, &[], "remove").await;
    assert_eq!(
        (twice.status, &twice.location),
        (303, &removed.location),
        "a second press shows the first result"
    );
    let told = announcer.get(&removed.location).await;
    assert!(told.text.contains("を削除しました。") && !told.text.contains("<script>alert"), "{}", told.text);
    assert_eq!(announcer.get(&path).await.location, BASE, "it is not edited");
    let mut viewer = Browser::with_role(&town, "todoke", Role::Viewer).await;
    assert!(!viewer.get(&removed.location).await.text.contains("alert(1)"), "nor shown to others");

    let key = told.form_key(&path);
    let back = [("form-key", key.as_str()), ("version", "2"), ("act", "restore")];
    let restored = announcer.post(&path, &back).await;
    assert_eq!(restored.status, 303, "{}", restored.text);
    let page = announcer.get(&restored.location).await;
    assert!(page.text.contains("元に戻しました。"), "{}", page.text);
    let known = all(&town).await.remove(0);
    assert!(!known.removed && known.owner.is_some(), "with its owner");
    let entries = town.app.ctx.store.audit_from(1, 1_000).await.unwrap();
    let of_segments = entries.iter().filter(|entry| entry.action.code().starts_with("segment."));
    let acts: Vec<Action> = of_segments.map(|entry| entry.action).collect();
    assert_eq!(acts, [Action::SegmentSaved, Action::SegmentRemoved, Action::SegmentRestored]);
    assert!(entries.iter().all(|entry| !format!("{entry:?}").contains("alert(1)")), "ids and no names");

    // After 30 days it is over, and the next removal drops it.
    let ctx = &town.app.ctx;
    let viewer: Actor<SeeFigures> = Machine.actor(&account());
    let old = SystemClock.now() - segment::KEPT_REMOVED - jiff::SignedDuration::from_secs(1);
    let note = viewer.note(old, Action::SegmentRemoved, known.id);
    let over = Named { removed: true, changed: old, ..known.clone() };
    let version = todoke::domain::version::Version(3);
    ctx.store.save_segment(&account(), version, over, note).await.unwrap();
    assert!(segments::list(ctx, &viewer).await.unwrap().is_empty());
    assert_eq!(announcer.get(&path).await.status, 404);
    let saved = save_json(&mut announcer, "次", r#"{"has": "wards"}"#).await;
    let next = saved.location.split('?').next().unwrap().to_owned();
    let page = announcer.get(&next).await;
    assert_eq!(press(&mut announcer, &next, &page, &[], "remove").await.status, 303);
    let left = all(&town).await;
    assert!(left.iter().all(|named| named.id != known.id) && left.len() == 1);
    head(&town).await;
}

#[tokio::test]
async fn no_page_tells_of_a_few_nor_of_all_but_a_few() {
    let town = town_with_a_crowd().await;
    let mut announcer = Browser::with_role(&town, "todoke", Role::Announcer).await;
    // A month of birth that few have.
    let mut few = None;
    for month in 0..190 {
        let json = format!(r#"{{"child_age": {{"from": {month}, "to": {month}}}}}"#);
        let (count, _) = really(&town, &json).await;
        if (1..FEWEST_SHOWN).contains(&count) {
            few = Some(json);
            break;
        }
    }
    let few = few.expect("the crowd has such a month");
    let nobody = r#"{"any": []}"#.to_owned();
    let but_a_few = format!(r#"{{"not": {few}}}"#);
    for (json, says_so) in
        [(&few, "5人未満"), (&nobody, "5人未満"), (&but_a_few, "ほぼ全員（当てはまらない人が5人未満）")]
    {
        let saved = save_json(&mut announcer, "条件", json).await;
        let page = announcer.get(&saved.location).await;
        assert_eq!(says(&page), says_so, "{json}");
        assert!(!page.text.contains("<table"), "nothing is broken down: {}", page.text);
        let listed = announcer.get(BASE).await;
        assert!(listed.text.contains(&format!("<td class=\"number\">{says_so}</td>")), "{}", listed.text);
    }
    // What a breakdown tells is many, and so is what follows from it beside the one of everybody.
    let look = async |json: &str| {
        let actor = Machine.actor(&account());
        segments::look(&town.app.ctx, &actor, json).await.unwrap()
    };
    let (_, everybody) = really(&town, r#"{"all": []}"#).await;
    let (_, whole) = look(r#"{"all": []}"#).await;
    let mut told = 0;
    for json in [
        r#"{"in": {"attribute": "wards", "of": ["hoshikawa"]}}"#,
        r#"{"not": {"in": {"attribute": "wards", "of": ["minamihara"]}}}"#,
        r#"{"in": {"attribute": "topics", "of": ["garbage", "crime"]}}"#,
        r#"{"member_of": {"attribute": "member", "of": ["fire-brigade"]}}"#,
        r#"{"child_age": {"from": 0, "to": 71}}"#,
    ] {
        let (count, _) = really(&town, json).await;
        let (_, tables) = look(json).await;
        assert!(count >= FEWEST_SHOWN && everybody - count >= FEWEST_SHOWN, "{json}: {count}");
        for (table, of_everybody) in tables.iter().zip(&whole) {
            for ((slice, here), (_, all)) in table.parts.iter().zip(&of_everybody.parts) {
                let number = |shown: &segment::Shown| match shown {
                    segment::Shown::Exactly(number) => Some(*number),
                    _ => None,
                };
                let Some(here) = number(here) else { continue };
                told += 1;
                assert!(here >= FEWEST_SHOWN, "{slice:?} of {json}: {here}");
                if let Some(all) = number(all) {
                    assert!(
                        !(1..FEWEST_SHOWN).contains(&(all - here)),
                        "{slice:?} of {json}: {here} of {all}"
                    );
                }
            }
        }
    }
    assert!(told > 20, "the crowd is large enough: {told}");
}

#[tokio::test]
async fn the_script_gets_the_count_alone_and_changes_nothing() {
    let town = town_with_a_crowd().await;
    let mut announcer = Browser::with_role(&town, "todoke", Role::Announcer).await;
    let page = announcer.get(NEW).await;
    let action = format!("{BASE}/count");
    let key = Regex::new(r#"data-preview="([^"]+)" data-key="([0-9a-f]{64})""#).unwrap();
    let key = key.captures(&page.text).expect("the script's own token");
    assert_eq!(&key[1], action);
    let before = head(&town).await;
    for _ in 0..2 {
        let fields =
            [("form-key", &key[2]), ("g0.how", "any"), ("g0.r0.op", "has"), ("g0.r0.attribute", "topics")];
        let counted = announcer.post(&action, &fields).await;
        let (count, _) = really(&town, r#"{"has": "topics"}"#).await;
        assert_eq!(counted.status, 200, "{}", counted.text);
        assert!(counted.text.starts_with(&format!("<p data-for=\"says\">{count}人</p>")), "{}", counted.text);
        assert!(!counted.text.contains("<html"), "{}", counted.text);
    }
    assert_eq!(head(&town).await, before);
    let stale = announcer.post(&action, &[("form-key", &"0".repeat(64)), ("g0.how", "any")]).await;
    assert_eq!(stale.status, 403);
}
