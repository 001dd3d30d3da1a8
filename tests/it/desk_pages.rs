//! The pages of those who answer residents: what was not answered, the inbox, the search, emergency mode.

use todoke::{
    domain::{
        audit::{Action, Entry},
        enquiry::State,
        id::{IntentId, StaffId},
        staff::{Machine, Membership, Role, rights::ManageStaff},
        unanswered::{Done, Why},
    },
    journeys::staff::change_staff::change_staff,
};

use crate::{
    console::{Browser, head},
    desk::{PUBLIC, hidden, todoke},
    privacy::holding,
    support::Town,
};

const INBOX: &str = "/console/todoke/enquiries";
const UNANSWERED: &str = "/console/todoke/unanswered";
const EMERGENCY: &str = "/console/todoke/emergency";
/// Markup, the end of a text field, and marks that turn the direction of reading.
const HOSTILE: &str = "canary <script>alert(1)</script></textarea>\u{202e}\u{2066}\"'";

async fn town() -> Town {
    Town::with(PUBLIC, |_| {}).await
}

/// Somebody at the desk of a department: the demo's person of another role, whose roles are changed.
async fn desk_of(town: &Town, slot: Role, department: &str) -> (Browser, StaffId) {
    let browser = Browser::with_role(town, "todoke", slot).await;
    let login = format!("demo-{}", slot.code()).parse().unwrap();
    let known = town.app.ctx.store.load_staff_by_login(&login).await.unwrap().unwrap();
    let membership = Membership {
        account: todoke(),
        roles: vec![Role::Desk],
        department: Some(department.parse().unwrap()),
        from: None,
        until: None,
    };
    let (id, name) = (known.value.id, format!("{department} {}", slot.code()).parse().unwrap());
    let admin = Machine.actor::<ManageStaff>(&todoke());
    change_staff(&town.app.ctx, &admin, id, known.version, name, membership).await.unwrap();
    (browser, id)
}

/// A resident asks a division; gives the resident's own page and the enquiry's page in the console.
async fn ask(town: &Town, division: &str, text: &str) -> (String, String) {
    let form = town.way_to_form(&town.friend()).await;
    let (_, page) = town.page(&form).await;
    let submit = hidden(&page);
    let fields = [("submit", submit.as_str()), ("text", text), ("division", division), ("name", "佐藤")];
    let (status, page) = town.send_form(&form, &fields, "same-origin").await;
    assert_eq!(status, 200, "{page}");
    let (_, rest) = page.split_once("href=\"/p/enquiries/").unwrap();
    let own = format!("/p/enquiries/{}", rest.split_once('"').unwrap().0);
    let newest = town.enquiries(State::Open).await.pop().unwrap();
    (own, format!("{INBOX}/enquiry/{}", newest.head.id))
}

async fn entries(town: &Town) -> Vec<Entry> {
    head(town).await;
    town.app.ctx.store.audit_from(1, 100_000).await.unwrap()
}

fn has(entries: &[Entry], action: Action) -> usize {
    entries.iter().filter(|entry| entry.action == action).count()
}

/// The version that a page's forms name.
fn version(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"version\" value=\"").expect("a version");
    rest.split_once('"').unwrap().0.to_owned()
}

async fn post(
    browser: &mut Browser,
    path: &str,
    act: &str,
    fields: &[(&str, &str)],
) -> (u16, String, String) {
    let page = browser.get(path).await;
    let (key, version) = (page.form_key(path), version(&page.text));
    let all = [("form-key", key.as_str()), ("version", version.as_str()), ("act", act)];
    let all: Vec<_> = all.into_iter().chain(fields.iter().copied()).collect();
    let answer = browser.post(path, &all).await;
    (answer.status, answer.location, answer.text)
}

#[tokio::test]
async fn an_enquiry_is_worked_on_by_its_own_department_and_answered_on_its_page() {
    let town = town().await;
    let (mut ours, our_id) = desk_of(&town, Role::Desk, "環境局").await;
    let (mut theirs, their_id) = desk_of(&town, Role::Viewer, "市民局").await;
    let (own, page) = ask(&town, "環境局", HOSTILE).await;

    let list = ours.get(INBOX).await;
    assert!(list.text.contains("-000001") && list.text.contains("環境局あての"), "{}", list.text);
    assert!(!list.text.contains("canary") && !list.text.contains("佐藤"), "a list shows no words");
    let other = theirs.get(INBOX).await;
    assert!(other.text.contains("この条件の問い合わせはありません") && !other.text.contains("-000001"));
    let asked_for = theirs.get(&format!("{INBOX}?division=%E7%92%B0%E5%A2%83%E5%B1%80")).await;
    assert!(!asked_for.text.contains("-000001"), "an address does not widen what is seen");
    let number = town.enquiries(State::Open).await.remove(0).head.receipt;
    let found = ours.get(&format!("{INBOX}?number={number}")).await;
    assert_eq!((found.status, found.location.as_str()), (303, page.as_str()));
    let not_theirs = theirs.get(&format!("{INBOX}?number={number}")).await;
    assert!(not_theirs.text.contains("この番号の問い合わせはありません"));
    for path in [page.clone(), format!("{page}/print")] {
        assert_eq!(theirs.get(&path).await.status, 404, "{path}");
        let shown = ours.get(&path).await.text;
        assert!(shown.contains("canary &#60;script&#62;") && shown.contains("佐藤"), "{shown}");
        assert!(!shown.contains("<script>") && !shown.contains('\u{202e}'), "{shown}");
    }
    // With the token of a form of ours: what stops them is whose enquiry it is.
    let key = theirs.get(&format!("{INBOX}/canned")).await.form_key(&format!("{INBOX}/canned"));
    let stolen = [("form-key", key.as_str()), ("version", "1"), ("act", "answer"), ("answer", "x")];
    assert_eq!(theirs.post(&page, &stolen).await.status, 403);

    let (status, to, _) = post(&mut ours, &page, "mine", &[]).await;
    assert_eq!((status, to), (303, format!("{page}?done=assign")));
    let taken = town.enquiries(State::InProgress).await.remove(0);
    assert_eq!(taken.head.assigned, Some(our_id));
    let (status, ..) = post(&mut ours, &page, "assign", &[("whom", &their_id.to_string())]).await;
    assert_eq!(status, 422, "nobody of another department");
    let (status, _, text) = post(&mut ours, &page, "note", &[("note", "  ")]).await;
    assert!(status == 422 && text.contains("本文を書いてください"), "{text}");
    let (status, ..) = post(&mut ours, &page, "note", &[("note", "note-canary")]).await;
    assert_eq!(status, 303);

    // Two at one enquiry: whoever is slower is told, and keeps what was written.
    let stale = ours.get(&page).await;
    let (status, to, _) = post(&mut ours, &page, "answer", &[("answer", "answer-canary")]).await;
    assert_eq!((status, to), (303, format!("{page}?done=answer")));
    let fields = [
        ("form-key", stale.form_key(&page)),
        ("version", version(&stale.text)),
        ("act", "answer".to_owned()),
        ("answer", "second-canary".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let late = ours.post(&page, &fields).await;
    assert_eq!(late.status, 409);
    for kept in ["second-canary</textarea>", "answer-canary", "ほかの人が先に変更しました"] {
        assert!(late.text.contains(kept), "{kept} in {}", late.text);
    }
    let (_, read) = town.page(&own).await;
    assert!(read.contains("answer-canary") && !read.contains("note-canary"), "{read}");
    assert!(!read.contains("second-canary"));
    assert!(ours.get(&page).await.text.contains("LINE に受け付けられました"));

    let (status, ..) = post(&mut ours, &page, "close", &[]).await;
    assert_eq!((status, town.enquiries(State::Closed).await.len()), (303, 1));
    let closed = ours.get(&format!("{page}?done=close")).await;
    assert!(closed.text.contains("処理中に戻す") && !closed.text.contains("value=\"close\""));
    let (status, ..) = post(&mut ours, &page, "reopen", &[]).await;
    assert_eq!((status, town.enquiries(State::InProgress).await.len()), (303, 1));
    let (status, to, _) = post(&mut ours, &page, "transfer", &[("division", "市民局")]).await;
    assert_eq!((status, to.as_str()), (303, INBOX), "it is theirs now");
    assert_eq!((ours.get(&page).await.status, theirs.get(&page).await.status), (404, 200));

    let all = entries(&town).await;
    for (action, times) in [
        (Action::EnquiryAssigned, 1),
        (Action::EnquiryNoted, 1),
        (Action::EnquiryAnswered, 1),
        (Action::EnquiryMoved, 2),
        (Action::EnquiryTransferred, 1),
    ] {
        assert_eq!(has(&all, action), times, "{action:?}");
    }
    let words = format!("{all:?}");
    assert!(!words.contains("canary") && !words.contains("佐藤"), "{words}");
    assert_eq!(holding(&town.home.data(), "canary"), 0);
    town.still_answers().await;
}

#[tokio::test]
async fn a_text_that_is_sent_often_is_written_once_filled_in_and_not_overwritten() {
    let town = town().await;
    let (mut ours, _) = desk_of(&town, Role::Desk, "環境局").await;
    let (mut theirs, _) = desk_of(&town, Role::Viewer, "市民局").await;
    let (_, page) = ask(&town, "環境局", "質問").await;
    let canned = format!("{INBOX}/canned");
    assert!(ours.get(&canned).await.text.contains("定型文はまだありません"));
    let (status, _, text) = post(&mut ours, &canned, "add", &[("title", " "), ("text", "本文")]).await;
    assert!(status == 422 && text.contains("本文</textarea>"), "{text}");
    let (status, ..) = post(&mut ours, &canned, "add", &[("title", HOSTILE), ("text", HOSTILE)]).await;
    assert_eq!(status, 303);
    let stale = ours.get(&canned).await;
    let fields = [("title", "お礼"), ("text", "お問い合わせありがとうございます。"), ("place", "0")];
    assert_eq!(post(&mut ours, &canned, "rewrite", &fields).await.0, 303);
    let key = stale.form_key(&canned);
    let fields =
        [("form-key", key.as_str()), ("version", &version(&stale.text)), ("act", "remove"), ("place", "0")];
    assert_eq!(ours.post(&canned, &fields).await.status, 409);
    assert!(!stale.text.contains("<script>"), "{}", stale.text);
    assert!(!theirs.get(&canned).await.text.contains("お礼"), "of one department");
    assert_eq!(post(&mut theirs, &canned, "remove", &[("place", "0")]).await.0, 404);

    let (status, _, filled) =
        post(&mut ours, &page, "fill-in", &[("canned", "0"), ("answer", "書きかけ"), ("note", "メモ")]).await;
    assert_eq!(status, 200);
    assert!(filled.contains("書きかけ\n\nお問い合わせありがとうございます。</textarea>"), "{filled}");
    assert!(filled.contains("メモ</textarea>"), "what is written elsewhere stays");
    assert_eq!(has(&entries(&town).await, Action::CannedAnswersChanged), 2);
}

#[tokio::test]
async fn what_was_not_answered_is_looked_at_set_aside_and_taken_along_without_formulas() {
    let town = town().await;
    let mut editor = Browser::with_role(&town, "todoke", Role::FaqEditor).await;
    assert!(editor.get(UNANSWERED).await.text.contains("答えられなかった質問はまだありません"));
    for words in ["=ドッグラン<script>はありますか", "=ドッグラン<script>ありますか", "宇宙旅行に行きたい"]
    {
        town.answer(&town.friend(), words).await;
    }
    let list = editor.get(UNANSWERED).await.text;
    assert!(list.contains("2組が見つかりました") && list.contains("直近7日 2件 ↑"), "{list}");
    assert!(list.contains("=ドッグラン&#60;script&#62;") && !list.contains("<script>"), "{list}");
    for (filter, expected) in
        [("language=en", 0), ("days=7", 2), ("state=ignored", 0), ("state=all&page=9", 2)]
    {
        let found = editor.get(&format!("{UNANSWERED}?{filter}")).await.text;
        assert!(found.contains(&format!("{expected}組が")), "{filter}: {found}");
    }
    let (_, rest) = list.split_once("/console/todoke/unanswered/group/").unwrap();
    let group = format!("{UNANSWERED}/group/{}", rest.split_once('"').unwrap().0);
    let shown = editor.get(&group).await;
    let look = |page: &str| {
        let (_, rest) = page.split_once("name=\"look\" value=\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    // One more comes while somebody looks: no obstacle, and not set aside unseen.
    town.answer(&town.friend(), "=ドッグラン<script>ありますか").await;
    let (first, second) = (shown.form_key(&group), editor.get(&group).await);
    let fields = [("form-key", first.as_str()), ("look", &look(&shown.text)), ("act", "ignore")];
    let done = editor.post(&group, &fields).await;
    assert_eq!((done.status, done.location.as_str()), (303, UNANSWERED), "{}", done.text);
    assert_eq!(town.kept().await.iter().filter(|question| question.mark.is_some()).count(), 2);
    let fields = [("form-key", &*second.form_key(&group)), ("look", &look(&second.text)), ("act", "ignore")];
    let late = editor.post(&group, &fields).await;
    assert_eq!(late.status, 409);
    assert!(late.text.contains("ほかの人が先に対応しました"), "{}", late.text);
    assert_eq!(editor.get(&format!("{UNANSWERED}/group/unq_0")).await.status, 404);
    assert!(editor.get(&format!("{UNANSWERED}?state=ignored")).await.text.contains("ドッグラン"));

    let csv = format!("{UNANSWERED}/csv");
    let key = editor.get(UNANSWERED).await.form_key(&csv);
    let file = editor.post(&csv, &[("form-key", &key)]).await;
    assert!(file.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    assert!(file.headers["content-disposition"].to_str().unwrap().contains("attachment"));
    assert!(file.text.starts_with("\u{feff}質問,件数"), "{}", file.text);
    assert!(file.text.contains("\r\n'=ドッグラン"), "no cell is a formula: {}", file.text);
    let all = entries(&town).await;
    assert_eq!((has(&all, Action::QuestionsIgnored), has(&all, Action::QuestionsExported)), (1, 1));
    assert!(!format!("{all:?}").contains("ドッグラン"));
}

#[tokio::test]
async fn an_operator_finds_what_the_chat_says_and_leaves_what_is_missing() {
    let town = town().await;
    let mut operator = Browser::with_role(&town, "todoke", Role::Operator).await;
    let path = "/console/todoke/search";
    let mut search = async |text: &str, more: &[(&str, &str)]| {
        let fields: Vec<_> =
            [("text", text), ("language", "ja")].into_iter().chain(more.iter().copied()).collect();
        operator.fill(path, &fields).await
    };
    let found = search("粗大ごみを捨てたい", &[]).await;
    assert_eq!(found.status, 200);
    for expected in
        ["粗大ごみは予約が必要です。", "href=\"tel:00-0000-1101\"", "収集計画課", "class=\"preview\""]
    {
        assert!(found.text.contains(expected), "{expected} in {}", found.text);
    }
    assert!(!found.text.contains("data-kind"), "nothing of the preview can be pressed");
    let danger = search("火事です", &[]).await;
    assert!(danger.text.contains("危険が迫っているかもしれません（火事）") && danger.text.contains("119番"));
    assert!(!danger.text.contains("value=\"not-found\""), "danger is never kept");
    let hostile = search(HOSTILE, &[]).await;
    assert!(hostile.text.contains("value=\"canary &#60;script&#62;") && !hostile.text.contains("<script>"));
    let kept = search("090-1234-5678の件、犬の登録は", &[("act", "not-found")]).await;
    assert_eq!((kept.status, kept.location.as_str()), (303, "/console/todoke/search?kept=yes"));
    assert_eq!(town.kept().await[0].text, "〔電話〕の件、犬の登録は");
    let not = search("火事です", &[("act", "not-found")]).await;
    assert_eq!(not.location, "/console/todoke/search?kept=no");
    let all = entries(&town).await;
    let noted = all.iter().find(|entry| entry.action == Action::QuestionKept).unwrap();
    assert_eq!(noted.object, town.kept().await[0].id.to_string());
}

#[tokio::test]
async fn an_emergency_text_goes_out_when_a_second_person_has_seen_exactly_it() {
    let town = town().await;
    let friend = town.friend();
    let mut author = Browser::with_role(&town, "todoke", Role::Announcer).await;
    let mut approver = Browser::with_role(&town, "todoke", Role::Approver).await;
    let mut viewer = Browser::with_role(&town, "todoke", Role::Viewer).await;
    let (propose, approve) = (format!("{EMERGENCY}/propose"), format!("{EMERGENCY}/approve"));
    let end = format!("{EMERGENCY}/end");
    let tomorrow = town.app.ctx.today(&todoke()).unwrap().tomorrow().unwrap();
    let until = format!("{tomorrow}T12:00");
    let text = format!("避難所を開きました {HOSTILE}");
    for (fields, problem) in [
        ([("text-ja", ""), ("text-en", "x"), ("until", &*until)], "日本語の文を書いてください"),
        ([("text-ja", "避難"), ("text-en", ""), ("until", "soon")], "終了時刻を入力してください"),
        ([("text-ja", "避難"), ("text-en", ""), ("until", "2020-01-01T00:00")], "いまより後に"),
        ([("text-ja", "避難"), ("text-en", ""), ("until", "2099-01-01T00:00")], "14日以内に"),
    ] {
        let (status, _, page) = post(&mut author, &propose, "propose", &fields).await;
        assert!(status == 422 && page.contains(problem), "{problem}: {page}");
    }
    let fields = [("text-ja", text.as_str()), ("text-en", "Leave now"), ("until", &until)];
    let (status, _, preview) = post(&mut author, &propose, "preview", &fields).await;
    assert_eq!(status, 200);
    assert!(preview.contains("避難所を開きました canary &#60;script&#62;") && !preview.contains("<script>"));
    assert!(viewer.get(EMERGENCY).await.text.contains("まだ使われていません"), "a preview changes nothing");
    let stale = author.get(&propose).await;
    assert_eq!(post(&mut author, &propose, "propose", &fields).await.0, 303);
    let overwriting = [
        ("form-key", &*stale.form_key(&propose)),
        ("version", &*version(&stale.text)),
        ("act", "propose"),
        ("text-ja", "別の文"),
        ("until", &until),
    ];
    let late = author.post(&propose, &overwriting).await;
    assert!(late.status == 409 && late.text.contains("別の文</textarea>"), "{}", late.text);
    assert!(!town.answer(&friend, "転入届").await.contains("避難所"), "one person is not enough");

    assert_eq!(author.get(&approve).await.status, 403, "whoever writes has no right to approve");
    assert!(approver.get("/console/todoke").await.text.contains("承認を待っています"));
    let seen = approver.get(&approve).await;
    assert!(seen.text.contains("Leave now") && seen.text.contains("announcerさん"));
    // It is rewritten while the approver reads.
    let fields = [("text-ja", "避難所を三つ開きました"), ("text-en", "Leave now"), ("until", &until)];
    assert_eq!(post(&mut author, &propose, "propose", &fields).await.0, 303);
    let blind =
        [("form-key", &*seen.form_key(&approve)), ("version", &*version(&seen.text)), ("act", "approve")];
    assert_eq!(approver.post(&approve, &blind).await.status, 409);
    assert!(!town.answer(&friend, "転入届").await.contains("避難所"));
    assert_eq!(post(&mut approver, &approve, "approve", &[]).await.0, 303);
    let told = town.answer(&friend, "転入届").await;
    assert!(told.starts_with("避難所を三つ開きました"), "{told}");
    let home = viewer.get("/console/todoke").await.text;
    assert!(
        home.contains("緊急のお知らせを表示しています") && home.contains(&tomorrow.to_string()),
        "{home}"
    );
    let standing = viewer.get(EMERGENCY).await.text;
    assert!(
        standing.contains("announcerさん") && standing.contains("approverさん") && !standing.contains(&end),
        "{standing}"
    );

    let shown = approver.get(EMERGENCY).await;
    let fields = [("form-key", &*shown.form_key(&end)), ("version", &*version(&shown.text)), ("act", "end")];
    assert_eq!(approver.post(&end, &fields).await.status, 303);
    assert!(!town.answer(&friend, "転入届").await.contains("避難所"));
    // The viewer's own forms do not lead there.
    let own = viewer.get("/console/-/me").await.form_key("/console/-/sign-out");
    assert_eq!(viewer.post(&end, &[("form-key", &own), ("version", "1"), ("act", "end")]).await.status, 403);
    let all = entries(&town).await;
    for (action, times) in
        [(Action::EmergencyProposed, 2), (Action::EmergencyApproved, 1), (Action::EmergencyEnded, 1)]
    {
        assert_eq!(has(&all, action), times, "{action:?}");
    }
    assert!(!format!("{all:?}").contains("避難"));
}

#[tokio::test]
async fn one_person_with_both_rights_is_still_one_person() {
    let town = town().await;
    let mut both = Browser::with_role(&town, "todoke", Role::Announcer).await;
    let login = "demo-announcer".parse().unwrap();
    let known = town.app.ctx.store.load_staff_by_login(&login).await.unwrap().unwrap();
    let roles = vec![Role::Announcer, Role::Approver];
    let membership = Membership { account: todoke(), roles, department: None, from: None, until: None };
    let admin = Machine.actor::<ManageStaff>(&todoke());
    let (id, name) = (known.value.id, known.value.name);
    change_staff(&town.app.ctx, &admin, id, known.version, name, membership).await.unwrap();
    let (propose, approve) = (format!("{EMERGENCY}/propose"), format!("{EMERGENCY}/approve"));
    let until = format!("{}T12:00", town.app.ctx.today(&todoke()).unwrap().tomorrow().unwrap());
    let written = [("text-ja", "避難"), ("until", &*until)];
    assert_eq!(post(&mut both, &propose, "propose", &written).await.0, 303);
    let page = both.get(&approve).await;
    assert!(page.text.contains("自分が書いたお知らせは承認できません"), "{}", page.text);
    // The form is not offered; a token for its address is made by hand all the same.
    let (emergency, _) = town.app.ctx.store.emergency(&todoke()).await.unwrap();
    assert_eq!(emergency.draft().unwrap().author, id);
    assert!(!page.text.contains("value=\"approve\""));
    let shown = both.get(EMERGENCY).await;
    let end = format!("{EMERGENCY}/end");
    let fields =
        [("form-key", &*shown.form_key(&end)), ("version", &*version(&shown.text)), ("act", "withdraw")];
    assert_eq!(both.post(&end, &fields).await.status, 303);
    assert!(town.app.ctx.store.emergency(&todoke()).await.unwrap().0.draft().is_none());
}

/// A hidden field or the address that stands behind `before` on a page.
fn after<'a>(page: &'a str, before: &str) -> &'a str {
    let (_, rest) = page.split_once(before).unwrap_or_else(|| panic!("{before} in {page}"));
    rest.split_once('"').unwrap().0
}

#[tokio::test]
async fn a_question_that_was_not_answered_is_added_to_an_answer_and_taken_back() {
    let town = town().await;
    let mut editor = Browser::with_role(&town, "todoke", Role::FaqEditor).await;
    town.answer(&town.friend(), "宇宙港はいつできますか").await;
    let list = editor.get(UNANSWERED).await.text;
    let group = format!("{UNANSWERED}/group/{}", after(&list, "/console/todoke/unanswered/group/"));
    let press = async |editor: &mut Browser, act: &str, text: &str| {
        let page = editor.get(&group).await;
        let (key, look) = (page.form_key(&group), after(&page.text, "name=\"look\" value=\"").to_owned());
        let fields = [("form-key", key.as_str()), ("look", &look), ("act", act), ("text", text)];
        editor.post(&group, &fields).await
    };
    let shown = editor.get(&group).await.text;
    assert!(shown.contains(">宇宙港はいつできますか</textarea>"), "{shown}");
    // What somebody types is masked again, shown, and not kept.
    let refused = press(&mut editor, "add:garbage.bulky", "090-1234-5678 宇宙港はいつ").await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains(">宇宙港はいつ</textarea>") && refused.text.contains("取り除きました"));
    for (act, status) in [("add:no.such", 404), ("add:../x", 403), ("add:", 403), ("nonsense", 403)] {
        let answer = press(&mut editor, act, "宇宙港はいつ").await;
        assert!(answer.status == status || answer.status == 400, "{act}: {}", answer.status);
    }
    assert!(town.kept().await[0].mark.is_none(), "nothing of that was done");
    let found = press(&mut editor, "find", "宇宙港はいつ").await;
    assert!(found.status == 200 && found.text.contains(">宇宙港はいつ</textarea>"), "{}", found.text);

    let added = press(&mut editor, "add:garbage.bulky", "宇宙港はいつできますか").await;
    let publish = "/console/todoke/intents/publish?piece=garbage.bulky";
    assert_eq!((added.status, added.location.as_str()), (303, publish), "{}", added.text);
    assert!(editor.get(publish).await.text.contains("宇宙港はいつできますか"), "in the draft");
    let handled = editor.get(&group).await.text;
    assert!(handled.contains("href=\"/console/todoke/intents/garbage.bulky\"") && handled.contains(publish));
    assert!(!handled.contains("value=\"ignore\""), "what is done is not done again");

    let back = press(&mut editor, "reopen", "").await;
    assert_eq!((back.status, back.location), (303, format!("{group}?done=reopen")));
    assert!(editor.get(UNANSWERED).await.text.contains("宇宙港"), "it is new again");

    // A new intent for it, which is marked once it is saved.
    let new = format!("/console/todoke/intents/new?question={}", group.rsplit('/').next().unwrap());
    let begun = editor.get(&new).await;
    assert!(begun.text.contains("宇宙港はいつできますか</textarea>"), "{}", begun.text);
    let action = "/console/todoke/intents/new";
    let (key, asked) = (begun.form_key(action), after(&begun.text, "name=\"asked\" value=\"").to_owned());
    let look = after(&begun.text, "name=\"asked-look\" value=\"").to_owned();
    let fields = [
        ("form-key", key.as_str()),
        ("topic", "garbage"),
        ("name", "spaceport"),
        ("title.ja", "宇宙港の開港"),
        ("answer.ja", "まだ決まっていません。"),
        ("examples.ja", "宇宙港はいつできますか"),
        ("asked", &asked),
        ("asked-look", &look),
        ("act", "save"),
    ];
    let saved = editor.post(action, &fields).await;
    assert_eq!((saved.status, saved.location.as_str()), (303, "/console/todoke/intents/garbage.spaceport"));
    let mark = town.kept().await[0].mark.clone().unwrap();
    assert_eq!(mark.done, Done::Drafted(IntentId::new("garbage.spaceport")));
    assert!(editor.get(&group).await.text.contains("/intents/garbage.spaceport\""));
    let all = entries(&town).await;
    for action in [Action::QuestionsAdded, Action::QuestionsReopened, Action::QuestionsDrafted] {
        assert_eq!(has(&all, action), 1, "{action:?}");
    }
    assert!(!format!("{all:?}").contains("宇宙港"));
}

#[tokio::test]
async fn the_question_of_an_enquiry_is_read_masked_and_left_to_learn_from() {
    let town = town().await;
    let (mut desk, _) = desk_of(&town, Role::Desk, "環境局").await;
    let (mut theirs, _) = desk_of(&town, Role::Viewer, "市民局").await;
    let (_, page) = ask(&town, "環境局", "私は佐藤はるです。宇宙港はいつできますか。090-1234-5678").await;
    let learn = format!("{page}/learn");
    assert_eq!(theirs.get(&learn).await.status, 404, "another division's");
    let shown = desk.get(&learn).await.text;
    let proposed = shown.split("<textarea").nth(1).unwrap().split_once("</textarea>").unwrap().0;
    assert!(proposed.contains("宇宙港はいつ") && !proposed.contains("090"), "{proposed}");
    assert!(!proposed.contains("佐藤") && !proposed.contains('〔'), "{proposed}");
    for (text, says) in
        [("", "質問の文を書いて"), ("火事です", "命や安全"), ("a@example.jp 宇宙港", "取り除きました")]
    {
        let refused = desk.fill(&learn, &[("text", text)]).await;
        assert!(refused.status == 422 && refused.text.contains(says), "{text}: {}", refused.text);
    }
    let before = town.kept().await.len();
    let kept = desk.fill(&learn, &[("text", "宇宙港はいつできますか")]).await;
    assert_eq!((kept.status, kept.location), (303, format!("{page}?done=learn")));
    let question = town.kept().await.remove(0);
    assert_eq!(town.kept().await.len(), before + 1);
    assert_eq!((question.text.as_str(), &question.why), ("宇宙港はいつできますか", &Why::Enquiry));
    let all = entries(&town).await;
    let noted = all.iter().find(|entry| entry.action == Action::EnquiryLearned).unwrap();
    assert_eq!(noted.object, question.id.to_string());
    assert!(page.ends_with(&noted.detail[0].1), "the audit knows from which enquiry");
    let mut editor = Browser::with_role(&town, "todoke", Role::FaqEditor).await;
    let group = format!("{UNANSWERED}/group/{}", question.id);
    assert!(editor.get(&group).await.text.contains("問い合わせに職員が答えた"));
}
