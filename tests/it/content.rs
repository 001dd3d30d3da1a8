//! Staff keep what the bot says: over HTTP, as a browser without JavaScript does it, and what the chat says then.

use regex::Regex;
use todoke::{domain::staff::Role, journeys::curate, simulator::Act};

use crate::{
    console::{Answer, Browser, head},
    support::Town,
};

const BASE: &str = "/console/todoke/intents";
const BULKY: &str = "/console/todoke/intents/garbage.bulky";
const HOSTILE: &str = "<script>alert(1)</script>\u{202e}\"'>";

/// Every field of a page's editor as a browser would send it.
fn fields(page: &str) -> Vec<(String, String)> {
    let unescaped = |text: &str| {
        let code = Regex::new("&#([0-9]+);").unwrap();
        let char =
            |found: &regex::Captures<'_>| char::from_u32(found[1].parse().unwrap()).unwrap().to_string();
        code.replace_all(text, char).into_owned()
    };
    let mut found = Vec::new();
    let version = page.find("name=\"version\"").expect("the editor");
    let start = page[..version].rfind("<form").expect("a form with a version");
    let form = &page[start..start + page[start..].find("</form>").unwrap()];
    let input = Regex::new("<input ([^>]*)>").unwrap();
    let attribute = |tag: &str, name: &str| {
        let pattern = Regex::new(&format!(r#"(?:^| ){name}="([^"]*)""#)).unwrap();
        pattern.captures(tag).map(|found| unescaped(&found[1]))
    };
    for tag in input.captures_iter(form) {
        if let Some(name) = attribute(&tag[1], "name") {
            found.push((name, attribute(&tag[1], "value").unwrap_or_default()));
        }
    }
    let area = Regex::new(r#"(?s)<textarea [^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>"#).unwrap();
    found.extend(area.captures_iter(form).map(|found| (found[1].to_owned(), unescaped(&found[2]))));
    found
}

/// Opens the editor, changes some fields and presses a button.
pub async fn edit(browser: &mut Browser, path: &str, changes: &[(&str, &str)], act: &str) -> Answer {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{path}: {}", page.text);
    send(browser, path, &page, changes, act).await
}

/// Presses a button of an editor that was opened before.
pub async fn send(
    browser: &mut Browser,
    path: &str,
    page: &Answer,
    changes: &[(&str, &str)],
    act: &str,
) -> Answer {
    let mut all = fields(&page.text);
    for (name, value) in changes {
        all.retain(|(known, _)| known != name);
        all.push(((*name).to_owned(), (*value).to_owned()));
    }
    all.push(("act".into(), act.into()));
    let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(path, &all).await
}

/// Posts the form of a page that publishes, with a reason.
pub async fn publish(browser: &mut Browser, path: &str, why: &str) -> Answer {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let action = path.split('?').next().unwrap();
    let key = page.form_key(action);
    let hidden = Regex::new(r#"<input type="hidden" name="(draft|remove|head)" value="([^"]*)">"#).unwrap();
    let mut all = vec![("form-key", key.as_str()), ("why", why)];
    let found: Vec<(String, String)> =
        hidden.captures_iter(&page.text).map(|found| (found[1].to_owned(), found[2].to_owned())).collect();
    all.extend(found.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    browser.post(action, &all).await
}

/// What the bot says to a text, in the first of its messages.
pub async fn says(town: &Town, text: &str) -> String {
    let said = town.says(&town.friend(), Act::Text { text: text.into() }).await;
    said.join("\n")
}

#[tokio::test]
async fn an_edit_is_tried_published_in_use_and_returned() {
    let town = Town::new().await;
    let mut editor = Browser::with_role(&town, "todoke", Role::FaqEditor).await;
    let list = editor.get(&format!("{BASE}?q=%E7%B2%97%E5%A4%A7")).await;
    assert!(list.text.contains("garbage.bulky") && !list.text.contains("garbage.days"), "{}", list.text);
    assert!(!says(&town, "粗大ごみを捨てたい").await.contains("新しい窓口"));

    let shown = edit(
        &mut editor,
        BULKY,
        &[("answer.ja", "新しい窓口へ。"), ("question", "粗大ごみを捨てたい")],
        "show",
    )
    .await;
    assert_eq!(shown.status, 200);
    assert!(shown.text.contains("新しい窓口へ。") && shown.text.contains("回答します"), "{}", shown.text);
    let saved = edit(&mut editor, BULKY, &[("answer.ja", "新しい窓口へ。")], "publish").await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let check = editor.get(&saved.location).await;
    assert!(check.text.contains("<ins>") && check.text.contains("新しく誤り"), "{}", check.text);
    assert!(!says(&town, "粗大ごみを捨てたい").await.contains("新しい窓口"), "a draft is not published");
    let without = publish(&mut editor, &saved.location, "").await;
    assert_eq!(without.status, 422, "a reason is asked for");
    let before = head(&town).await;
    let done = publish(&mut editor, &saved.location, "窓口の移転 <b>").await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!(head(&town).await.seq, before.seq + 1, "one entry of the audit");
    assert!(says(&town, "粗大ごみを捨てたい").await.contains("新しい窓口へ。"));
    let revision = editor.get(&done.location).await;
    assert!(revision.text.contains("窓口の移転 &#60;b&#62;") && revision.text.contains("第2版"));

    let back = publish(&mut editor, &format!("{BASE}/history/1/return"), "元に戻す").await;
    assert_eq!(back.location, format!("{BASE}/history/3"), "{}", back.text);
    assert!(!says(&town, "粗大ごみを捨てたい").await.contains("新しい窓口"));
    let history = editor.get(&format!("{BULKY}/history")).await;
    assert!(history.text.contains("第3版") && history.text.contains("第1版に戻した"), "{}", history.text);
    let key = history.form_key(&format!("{BULKY}/history"));
    let restored = [("form-key", key.as_str()), ("revision", "2"), ("version", "0")];
    let restored = editor.post(&format!("{BULKY}/history"), &restored).await;
    assert_eq!(restored.location, format!("{BASE}/publish?piece=garbage.bulky"), "{}", restored.text);
    let again = publish(&mut editor, &restored.location, "やはり移転").await;
    assert_eq!(again.location, format!("{BASE}/history/4"));
    assert!(says(&town, "粗大ごみを捨てたい").await.contains("新しい窓口へ。"));
}

#[tokio::test]
async fn the_second_editor_is_told_and_neither_text_is_lost() {
    let town = Town::new().await;
    let mut first = Browser::with_role(&town, "todoke", Role::FaqEditor).await;
    let mut second = Browser::with_role(&town, "todoke", Role::FaqEditor).await;
    let opened = second.get(BULKY).await;
    assert_eq!(edit(&mut first, BULKY, &[("answer.ja", "一人目の文")], "save").await.status, 303);
    let told = send(&mut second, BULKY, &opened, &[("answer.ja", "二人目の文")], "save").await;
    assert_eq!(told.status, 409);
    assert!(told.text.contains("先に保存しました"), "{}", told.text);
    for text in ["<del>一</del><ins>二</ins>", ">\n二人目の文</textarea>"] {
        assert!(told.text.contains(text), "{text} is lost: {}", told.text);
    }
    let kept = first.get(BULKY).await;
    assert!(kept.text.contains("一人目の文") && !kept.text.contains("二人目"));
    let decided = send(&mut second, BULKY, &told, &[("answer.ja", "二人の文")], "save").await;
    assert_eq!(decided.status, 303, "with both in sight it is a decision");
    assert!(first.get(BULKY).await.text.contains("二人の文"));
    // What is thrown away under somebody who still types is told too.
    let opened = second.get(BULKY).await;
    let other = edit(&mut first, BULKY, &[], "discard").await;
    assert_eq!(other.location, BULKY);
    let stale = send(&mut second, BULKY, &opened, &[("answer.ja", "遅い")], "publish").await;
    assert_eq!(stale.status, 409, "the draft is gone");
}

#[tokio::test]
async fn problems_stand_at_their_fields_and_stop_a_publication() {
    let town = Town::new().await;
    let mut editor = Browser::with_role(&town, "todoke", Role::FaqEditor).await;
    let saved = edit(&mut editor, BULKY, &[("answer.ja", ""), ("link.url", "http://x")], "publish").await;
    assert_eq!(saved.status, 303);
    let check = editor.get(&saved.location).await;
    assert!(check.text.contains("このままでは公開できません"), "{}", check.text);
    assert!(!check.text.contains("name=\"why\""), "there is nothing to press");
    let page = editor.get(BULKY).await;
    for part in
        ["href=\"#answer.ja\"", "href=\"#link.url\"", "id=\"answer.ja-problem\"", "日本語がありません"]
    {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    // Whoever posts all the same changes nothing.
    let key = page.form_key(BULKY);
    let forged =
        editor.post(&format!("{BASE}/publish"), &[("form-key", &key), ("draft", "garbage.bulky@1")]).await;
    assert_eq!(forged.status, 403);
    assert_eq!(town.app.desk.published(&"todoke".parse().unwrap()).unwrap().revision, 1);
}

#[tokio::test]
async fn what_must_not_break_stops_a_publication() {
    let town = Town::new().await;
    let mut editor = Browser::with_role(&town, "todoke", Role::FaqEditor).await;
    let saved = edit(&mut editor, BULKY, &[("must_not_break", "粗大ごみを捨てたい")], "publish").await;
    assert_eq!(publish(&mut editor, &saved.location, "守る").await.status, 303);
    let changes =
        [("keywords", "タンス"), ("examples.ja", "たんす"), ("title.ja", "タンス"), ("examples.en", "")];
    let saved = edit(&mut editor, BULKY, &changes, "publish").await;
    let check = editor.get(&saved.location).await;
    assert!(
        check.text.contains("必ず答える質問") && check.text.contains("粗大ごみを捨てたい"),
        "{}",
        check.text
    );
    assert!(!check.text.contains("name=\"why\""), "there is nothing to press: {}", check.text);
    assert_eq!(town.app.desk.published(&"todoke".parse().unwrap()).unwrap().revision, 2);
}

#[tokio::test]
async fn a_new_answer_begins_as_a_draft_and_goes_again() {
    let town = Town::new().await;
    let mut editor = Browser::with_role(&town, "todoke", Role::FaqEditor).await;
    let new = format!("{BASE}/new");
    let changes = [
        ("topic", "garbage"),
        ("name", "battery"),
        ("title.ja", "乾電池の出し方"),
        ("answer.ja", "電池は回収箱へ。"),
        ("keywords", "乾電池\nボタン電池"),
        ("quick.0.label.ja", "収集日"),
        ("quick.0.text.ja", "収集日はいつ"),
    ];
    let taken: Vec<_> =
        changes.iter().map(|(n, v)| if *n == "name" { (*n, "bulky") } else { (*n, *v) }).collect();
    assert_eq!(edit(&mut editor, &new, &taken, "save").await.status, 409, "the name is taken");
    let bad: Vec<_> =
        changes.iter().map(|(n, v)| if *n == "name" { (*n, "電池") } else { (*n, *v) }).collect();
    assert_eq!(edit(&mut editor, &new, &bad, "save").await.status, 422);
    let saved = edit(&mut editor, &new, &changes, "publish").await;
    assert_eq!(saved.location, format!("{BASE}/publish?piece=garbage.battery"), "{}", saved.text);
    assert_eq!(publish(&mut editor, &saved.location, "問い合わせが多い").await.status, 303);
    assert!(says(&town, "乾電池").await.contains("電池は回収箱へ。"));
    let page = editor.get(&format!("{BASE}/garbage.battery")).await;
    assert!(page.text.contains("value=\"収集日はいつ\""), "quick replies come back: {}", page.text);
    let gone = publish(&mut editor, &format!("{BASE}/publish?remove=garbage.battery"), "やめた").await;
    assert_eq!(gone.status, 303, "{}", gone.text);
    assert!(!says(&town, "乾電池").await.contains("電池は回収箱へ。"));
    assert_eq!(editor.get(&format!("{BASE}/garbage.battery")).await.status, 404);
}

#[tokio::test]
async fn hostile_words_are_shown_as_words_on_every_page() {
    let town = Town::new().await;
    let mut editor = Browser::with_role(&town, "todoke", Role::FaqEditor).await;
    let hostile: Vec<(&str, &str)> = [
        "answer.ja",
        "examples.ja",
        "keywords",
        "owner",
        "must_not_break",
        "contact.name.ja",
        "contact.hours.ja",
    ]
    .iter()
    .map(|field| (*field, HOSTILE))
    .chain([("title.ja", "<i>見出し</i>"), ("question", "<b>太字</b>")])
    .collect();
    let shown = edit(&mut editor, BULKY, &hostile, "show").await;
    let saved = edit(&mut editor, BULKY, &hostile, "publish").await;
    let check = editor.get(&saved.location).await;
    let done = publish(&mut editor, &saved.location, "<u>理由</u>").await;
    let pages = [
        shown.text,
        check.text,
        editor.get(&done.location).await.text,
        editor.get(BULKY).await.text,
        editor.get(&format!("{BULKY}/history")).await.text,
        editor.get(BASE).await.text,
        editor.get(&format!("{BASE}/history")).await.text,
        editor.get(&format!("{BASE}/publish?remove=garbage.bulky")).await.text,
    ];
    assert_eq!(done.status, 303, "{}", done.text);
    for page in pages {
        for tag in ["<script>alert", "<i>", "<b>太字", "<u>", "\"'>"] {
            assert!(!page.contains(tag), "{tag} in {page}");
        }
    }
}

/// Posts a file to the import and gives the page with what was found.
async fn look(editor: &mut Browser, file: &[u8]) -> Answer {
    let path = format!("{BASE}/import");
    let key = editor.get(&path).await.form_key(&path);
    let part = |head: &str, content: &[u8]| {
        let head = format!("--x\r\ncontent-disposition: form-data; name=\"{head}\r\n\r\n");
        [head.as_bytes(), content, b"\r\n"].concat()
    };
    let body = [
        part("form-key\"", key.as_bytes()),
        part("act\"", b"look"),
        part("list\"; filename=\"list.csv\"", file),
        b"--x--\r\n".to_vec(),
    ]
    .concat();
    let request = editor.http.post(format!("{}{path}", editor.base)).body(body);
    editor.send(request.header("content-type", "multipart/form-data; boundary=x")).await
}

#[tokio::test]
async fn a_sheet_tells_every_rows_problem_and_then_becomes_drafts() {
    let town = Town::new().await;
    let mut editor = Browser::with_role(&town, "todoke", Role::FaqEditor).await;
    let bad = "id,回答（ja）,電話\ngarbage.bulky,,電話\nnonsense,x,\ngarbage.bulky,y,\n";
    let (cp932, _, _) = encoding_rs::SHIFT_JIS.encode(bad);
    let looked = look(&mut editor, &cp932).await;
    assert_eq!(looked.status, 422);
    for said in ["B2", "C2", "A3", "A4", "日本語がありません", "電話番号ではありません"] {
        assert!(looked.text.contains(said), "{said}: {}", looked.text);
    }
    assert!(editor.get(&format!("{BASE}/publish")).await.text.contains("下書きはありません"));
    let good = "id,answer.ja,keywords\ngarbage.bulky,表から。,\"粗大ごみ\n=1+1\"\n";
    let looked = look(&mut editor, good.as_bytes()).await;
    assert_eq!(looked.status, 200, "{}", looked.text);
    let path = format!("{BASE}/import");
    let go = [("form-key", looked.form_key(&path)), ("act", "go".into()), ("text", good.to_owned())];
    let go: Vec<(&str, &str)> = go.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = editor.post(&path, &go).await;
    assert_eq!(done.location, format!("{BASE}/publish"), "{}", done.text);
    let drafts = editor.get(&done.location).await;
    assert!(drafts.text.contains("value=\"garbage.bulky\""), "{}", drafts.text);
    let published = publish(&mut editor, &format!("{BASE}/publish?all=1"), "表から").await;
    assert_eq!(published.status, 303, "{}", published.text);
    assert!(says(&town, "粗大ごみ").await.contains("表から。"));
    // What comes out again has no formula, and is read back as it was.
    let csv = editor.get(&format!("{BASE}/export?format=csv&topic=garbage")).await;
    assert!(csv.headers["content-disposition"].to_str().unwrap().contains("todoke-intents-2.csv"));
    assert!(csv.text.contains("粗大ごみ\n=1+1"), "{}", csv.text);
    assert!(
        !Regex::new(r#"(?m)(?:^|,)"?[=+@-]"#).unwrap().is_match(&csv.text.replace("\n=1+1", "")),
        "{}",
        csv.text
    );
    let unchanged = look(&mut editor, csv.text.as_bytes()).await;
    assert!(unchanged.text.contains("新規 0、変更 0"), "{}", unchanged.text);
    let xlsx = editor.get(&format!("{BASE}/export?format=xlsx")).await;
    assert!(xlsx.headers["content-type"].to_str().unwrap().contains("spreadsheetml"));
}

#[tokio::test]
async fn files_and_console_that_differ_are_shown_and_chosen() {
    let town = Town::with("write_back = false\nwatch = false\n", |_| {}).await;
    let mut editor = Browser::with_role(&town, "todoke", Role::FaqEditor).await;
    let saved = edit(&mut editor, BULKY, &[("answer.ja", "画面の文。")], "publish").await;
    assert_eq!(publish(&mut editor, &saved.location, "画面").await.status, 303);
    let file = town.home.path().join("intents/todoke/garbage.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let edited = text.replace("粗大ごみは予約が必要です。", "ファイルの文。");
    assert_ne!(text, edited, "{text}");
    std::fs::write(&file, edited).unwrap();
    let account = town.app.ctx.library.account(&"todoke".parse().unwrap()).unwrap().clone();
    curate::adopt(&town.app.desk, &account).await;
    let list = editor.get(BASE).await;
    assert!(list.text.contains("両方で変更された項目が1件"), "{}", list.text);
    let path = format!("{BASE}/conflict");
    let both = editor.get(&path).await;
    assert!(both.text.contains("<del>画面</del><ins>ファイル</ins>"), "{}", both.text);
    assert!(says(&town, "粗大ごみ").await.contains("画面の文。"), "until then nothing changes");
    let chosen = editor.fill(&path, &[("take", "files")]).await;
    assert_eq!(chosen.location, BASE, "{}", chosen.text);
    assert!(says(&town, "粗大ごみ").await.contains("ファイルの文。"));
    assert!(!editor.get(BASE).await.text.contains("両方で変更された"));
}

#[tokio::test]
async fn a_reorganisation_is_looked_at_and_then_one_revision() {
    let town = Town::new().await;
    let mut editor = Browser::with_role(&town, "todoke", Role::FaqEditor).await;
    let published = || town.app.desk.published(&"todoke".parse().unwrap()).unwrap();
    let from = todoke::intent::listing::owners(&published().edition)[0].0.to_owned();
    let query: String = form_urlencoded(&from);
    let path = format!("{BASE}/reassign");
    let same = editor.get(&format!("{path}?from={query}&to={query}")).await;
    assert_eq!(same.status, 422);
    let looked = editor.get(&format!("{path}?from={query}&to=%E6%96%B0%E8%AA%B2")).await;
    assert!(looked.text.contains("<ins><bdi>新課</bdi></ins>"), "{}", looked.text);
    assert_eq!(published().revision, 1, "looking changes nothing");
    let key = looked.form_key(&path);
    let fields = |revision| {
        [("form-key", key.as_str()), ("from", from.as_str()), ("to", "新課"), ("revision", revision)]
    };
    assert_eq!(editor.post(&path, &fields("0")).await.status, 409, "another head was seen");
    let done = editor.post(&path, &fields("1")).await;
    assert_eq!(done.location, format!("{BASE}/history/2"), "{}", done.text);
    let edition = published();
    let owners = todoke::intent::listing::owners(&edition.edition);
    assert!(
        owners.iter().any(|(owner, _)| *owner == "新課") && owners.iter().all(|(owner, _)| *owner != from)
    );
}

fn form_urlencoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn the_preview_changes_nothing_and_may_be_asked_for_again_and_again() {
    let town = Town::new().await;
    let mut editor = Browser::with_role(&town, "todoke", Role::FaqEditor).await;
    let page = editor.get(BULKY).await;
    let key = Regex::new(r#"data-key="([0-9a-f]{64})""#).unwrap().captures(&page.text).unwrap()[1].to_owned();
    let path = format!("{BASE}/preview");
    let before = head(&town).await;
    for answer in ["打っている途中", "打ち終えた<script>"] {
        let mut all = fields(&page.text);
        all.retain(|(name, _)| name != "answer.ja" && name != "form-key");
        all.push(("answer.ja".into(), answer.into()));
        all.push(("form-key".into(), key.clone()));
        let all: Vec<(&str, &str)> =
            all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let shown = editor.post(&path, &all).await;
        assert_eq!(shown.status, 200);
        assert!(shown.text.contains(&answer[..9]) && !shown.text.contains("<script"), "{}", shown.text);
    }
    assert_eq!(head(&town).await, before);
    assert_eq!(editor.post(&path, &[("form-key", &"0".repeat(64))]).await.status, 403);
}
