//! Targets over HTTP without JavaScript: set up, judged by facts, evaluated, downloaded; and staff are told once when one
//! gets worse.

use std::collections::BTreeMap;

use jiff::ToSpan;
use todoke::{
    domain::{
        audit::Action,
        figure::{FigureName, Own},
        id::AccountId,
        staff::{Actor, Department, Machine, Role, rights::SeeFigures},
        telling::{About, Happened},
        time::{Clock, Date},
    },
    journeys::targets,
    system::SystemClock,
};

use crate::{
    announcements::{QUICK, member_of_staff},
    console::{Browser, head},
    support::Town,
};

const BASE: &str = "/console/todoke/targets";
const NEW: &str = "/console/todoke/targets/new";

fn account() -> AccountId {
    "todoke".parse().unwrap()
}

fn looker() -> Actor<SeeFigures> {
    Machine.actor(&account())
}

fn today(town: &Town) -> Date {
    town.app.ctx.today(&account()).unwrap()
}

/// Our own friends of the last so many days, up to yesterday: the earliest first.
async fn counted(town: &Town, values: &[u64]) {
    let ctx = &town.app.ctx;
    let now = SystemClock.now();
    let series = ctx.store.series_of(&account(), None, now).await.unwrap();
    let count = i64::try_from(values.len()).unwrap();
    let days = values.iter().zip(0..).map(|(value, at)| {
        let day = today(town).saturating_sub((count - at).days());
        (day, Own { counted: now, counts: BTreeMap::from([(FigureName::OwnFriends, *value)]) })
    });
    ctx.store.count_days(&account(), series.no, days.collect()).await.unwrap();
}

/// A figure that grows by `pace` a day for 400 days, and is at 10,000 yesterday.
fn growing(pace: u64) -> Vec<u64> {
    (1..=400).map(|at| 10_000 - pace * (400 - at)).collect()
}

/// The fields of the form; the goal is so many days ahead.
fn fields<'a>(name: &'a str, ahead: &'a [String; 3]) -> Vec<(&'static str, &'a str)> {
    let [baseline, day, value] = ahead;
    vec![
        ("act", "save"),
        ("version", "0"),
        ("name", name),
        ("figure", "own.friends"),
        ("indicator", "result"),
        ("better", "more"),
        ("baseline-day", baseline),
        ("baseline-value", "6,000"),
        ("goal-day-0", day),
        ("goal-value-0", value),
        ("department", ""),
        ("note", "<b>計画</b> 12ページ"),
    ]
}

fn goal(town: &Town, days: i32, value: &str) -> [String; 3] {
    let today = today(town);
    [
        today.saturating_sub(400.days()).to_string(),
        today.saturating_add(days.days()).to_string(),
        value.into(),
    ]
}

/// Sets one up; its address.
async fn set_up(browser: &mut Browser, name: &str, ahead: &[String; 3]) -> String {
    let done = browser.fill(NEW, &fields(name, ahead)).await;
    assert_eq!(done.status, 303, "{}", done.text);
    done.location.split('?').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_target_is_set_up_judged_by_its_rule_and_downloaded() {
    let town = Town::new().await;
    let mut admin = Browser::with_role(&town, "todoke", Role::Administrator).await;
    let mut viewer = Browser::with_role(&town, "todoke", Role::Viewer).await;
    let empty = viewer.get(BASE).await.text;
    assert!(empty.contains("目標はまだありません") && !empty.contains("targets/new"), "{empty}");
    assert!(admin.get(BASE).await.text.contains(NEW));
    // Each thing that is wrong is said at its field, and what was typed stays.
    let before = head(&town).await;
    let wrong = [
        ("act", "save"),
        ("name", " "),
        ("figure", "friend"),
        ("baseline-day", "2026-13-01"),
        ("baseline-value", "多い"),
        ("goal-value-0", "<script>"),
    ];
    let again = admin.fill(NEW, &wrong).await;
    assert_eq!(again.status, 422);
    for field in ["name", "figure", "baseline-day", "baseline-value", "goal-day-0", "goal-value-0"] {
        assert!(again.text.contains(&format!("href=\"#{field}\"")), "{field}: {}", again.text);
    }
    assert!(again.text.contains("&#60;script&#62;") && !again.text.contains("<script>\""), "{}", again.text);
    let backwards = admin.fill(NEW, &fields("友だち", &goal(&town, 30, "5000"))).await;
    assert_eq!(backwards.status, 422);
    assert!(backwards.text.contains("後もどり"), "{}", backwards.text);
    assert_eq!(head(&town).await, before);
    let path = set_up(&mut admin, "友だち", &goal(&town, 100, "１１，０００")).await;
    let unknown = viewer.get(BASE).await.text;
    assert!(unknown.contains("データ不足") && unknown.contains("12週間に足りない"), "{unknown}");
    assert_eq!(
        viewer.get(&format!("{path}/file/chart.svg")).await.status,
        303,
        "there is nothing to draw yet"
    );
    counted(&town, &growing(11)).await;
    let page = viewer.get(BASE).await.text;
    for said in ["順調", "予測のまんなかが、目標の日までに", "10,000", "11,000", "＋11.0", "role=\"img\""]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    let look = viewer.get(&path).await.text;
    assert!(look.contains("&#60;b&#62;計画&#60;/b&#62;") && !look.contains("/edit\""), "{look}");
    let csv = viewer.get(&format!("{path}/file/figures.csv")).await.text;
    assert!(csv.contains(",10000,") && csv.lines().count() > 401, "{}", csv.lines().count());
    assert_eq!(viewer.get(&format!("{path}/file/figures.xlsx")).await.status, 200);
    let svg = viewer.get(&format!("{path}/file/chart.svg")).await.text;
    assert!(
        svg.starts_with("<svg xmlns=") && svg.contains("<polygon") && !svg.contains("class=\"\""),
        "{svg}"
    );
    assert_eq!(viewer.get(&format!("{path}/edit")).await.status, 403);
    let other = "/console/todoke/targets/target/tgt_00000000000000000000000000000001";
    for missing in [
        other.to_owned(),
        format!("{other}/file/chart.svg"),
        format!("{path}/file/figures.ods"),
        format!("{BASE}/target/x"),
    ] {
        assert_eq!(viewer.get(&missing).await.status, 404, "{missing}");
    }
}

#[tokio::test]
async fn of_two_editors_the_second_is_shown_and_a_removed_target_comes_back() {
    let town = Town::new().await;
    let mut one = Browser::with_role(&town, "todoke", Role::Administrator).await;
    let mut other = Browser::with_role(&town, "todoke", Role::Announcer).await;
    let ahead = goal(&town, 100, "20000");
    let path = set_up(&mut one, "友だち", &ahead).await;
    let edit = format!("{path}/edit");
    let with = |name: &'static str, version: &'static str| {
        let mut fields = fields(name, &ahead);
        fields.retain(|(field, _)| *field != "version");
        fields.push(("version", version));
        fields
    };
    assert_eq!(one.fill(&edit, &with("一", "1")).await.status, 303);
    let met = other.fill(&edit, &with("二", "1")).await;
    assert_eq!(met.status, 409);
    assert!(met.text.contains("ほかの人が先に") && met.text.contains("value=\"二\""), "{}", met.text);
    assert_eq!(other.fill(&edit, &with("二", "2")).await.status, 303);
    let gone = one.fill(&edit, &[("act", "remove"), ("version", "3")]).await;
    assert_eq!(gone.status, 303, "{}", gone.text);
    assert_eq!(one.get(&path).await.status, 404);
    let list = one.get(BASE).await;
    assert!(list.text.contains("「二」を元に戻す"), "{}", list.text);
    let key = list.form_key(&edit);
    let back = one.post(&edit, &[("form-key", &key), ("act", "restore"), ("version", "4")]).await;
    assert_eq!(back.status, 303, "{}", back.text);
    assert!(one.get(&path).await.text.contains("二"));
}

#[tokio::test]
async fn a_missed_year_needs_a_reason_and_a_next_step() {
    let town = Town::new().await;
    let mut admin = Browser::with_role(&town, "todoke", Role::Administrator).await;
    let path = set_up(&mut admin, "友だち", &goal(&town, 100, "20000")).await;
    counted(&town, &growing(1)).await;
    let year = todoke::domain::figure::fiscal::FiscalYear::of(today(&town).saturating_sub(1.day()));
    let form = format!("{path}/year/{}", year.number());
    let page = admin.get(&form).await.text;
    assert!(page.contains("△") && page.contains("時点"), "{page}");
    let lacking = admin.fill(&form, &[("version", "0"), ("mark", "missed"), ("reason", "人手不足")]).await;
    assert_eq!(lacking.status, 422);
    assert!(
        lacking.text.contains("次の取組を書いて") && lacking.text.contains("人手不足"),
        "{}",
        lacking.text
    );
    let whole =
        [("version", "0"), ("mark", "missed"), ("reason", "人手不足"), ("next-step", "駅に<ポスター>")];
    assert_eq!(admin.fill(&form, &whole).await.status, 303);
    assert_eq!(admin.fill(&form, &whole).await.status, 409, "it is there already");
    let look = admin.get(&path).await.text;
    assert!(look.contains("△") && look.contains("駅に&#60;ポスター&#62;"), "{look}");
    assert_eq!(admin.get(&format!("{path}/year/1999")).await.status, 404);
    let entries = town.app.ctx.store.audit_from(1, 1_000).await.unwrap();
    let evaluated = entries.iter().filter(|entry| entry.action == Action::TargetEvaluated);
    assert_eq!(evaluated.count(), 1);
}

#[tokio::test]
async fn staff_are_told_once_that_a_target_got_worse() {
    let town = Town::with(QUICK, |_| {}).await;
    let staff = member_of_staff(&town).await;
    let mut admin = Browser::with_role(&town, "todoke", Role::Administrator).await;
    let path = set_up(&mut admin, "友だち", &goal(&town, 100, "11000")).await;
    counted(&town, &growing(11)).await;
    let ctx = &town.app.ctx;
    let told = || {
        let chat = town.simulator.chat(&staff).into_iter();
        chat.filter(|entry| format!("{:?}", entry.content).contains("目標「友だち」")).count()
    };
    let account = account();
    let look = || targets::worsened(ctx, &account);
    look().await.unwrap();
    assert_eq!((told(), targets::recent(ctx, &looker()).await.unwrap().len()), (0, 0));
    assert!(!admin.get("/console/todoke").await.text.contains("悪くなった目標"));
    // What was enough is not enough any more.
    let ahead = goal(&town, 100, "20000");
    let mut harder = fields("友だち", &ahead);
    harder.retain(|(field, _)| *field != "version");
    harder.push(("version", "1"));
    assert_eq!(admin.fill(&format!("{path}/edit"), &harder).await.status, 303);
    for _ in 0..3 {
        look().await.unwrap();
    }
    assert_eq!(told(), 1, "by LINE, once");
    let worse = targets::recent(ctx, &looker()).await.unwrap();
    assert_eq!(worse.len(), 1);
    let id = worse[0].0;
    let tellings = ctx.store.list_tellings(&account, 10).await.unwrap();
    // Without a webhook it is let go at once.
    let of_it = tellings.iter().filter(|telling| telling.about == About::Target(id));
    assert!(of_it.clone().count() <= 1 && of_it.clone().all(|one| one.happened == Happened::Worsened));
    let home = admin.get("/console/todoke").await.text;
    assert!(home.contains("悪くなった目標") && home.contains("友だち"), "{home}");
    assert!(admin.get(&path).await.text.contains("「順調」から悪くなりました"));
}

#[tokio::test]
async fn blocks_stand_by_department_with_what_they_may_be() {
    let town = Town::new().await;
    let ctx = &town.app.ctx;
    let mut viewer = Browser::with_role(&town, "todoke", Role::Viewer).await;
    let page = "/console/todoke/targets/departments";
    assert!(viewer.get(page).await.text.contains("課の名前で送ったお知らせはありません"));
    let now = SystemClock.now();
    let series = ctx.store.series_of(&account(), None, now).await.unwrap();
    let (loud, calm) = ("<b>広報課</b>".parse().unwrap(), "防災課".parse().unwrap());
    let of = |day: i64, counts: Vec<(FigureName, u64)>| {
        (today(&town).saturating_sub(day.days()), Own { counted: now, counts: counts.into_iter().collect() })
    };
    let sent = |department: &Department, recipients, blocks| {
        vec![
            (FigureName::SentAnnouncements, 1),
            (FigureName::SentRecipients, recipients),
            (FigureName::SentBlocks, blocks),
            (FigureName::DepartmentAnnouncements(department.clone()), 1),
            (FigureName::DepartmentRecipients(department.clone()), recipients),
            (FigureName::DepartmentBlocks(department.clone()), blocks),
        ]
    };
    // The day 40 days ago is in no 28 days.
    let days =
        vec![of(1, sent(&loud, 1_000, 50)), of(2, sent(&calm, 9_000, 9)), of(40, sent(&calm, 9_000, 900))];
    ctx.store.count_days(&account(), series.no, days).await.unwrap();
    let told = viewer.get(page).await.text;
    assert!(
        !told.contains("<b>広報課") && told.contains("全体より多い") && told.contains("全体より少ない"),
        "{told}"
    );
    let file = viewer.get(&format!("{page}.csv")).await.text;
    let lines: Vec<&str> = file.lines().skip(1).collect();
    assert_eq!(lines[0], "全体,2,10000,59,5.9,4.6–7.6", "{file}");
    assert_eq!(lines[1], "<b>広報課</b>,1,1000,50,50.0,38.1–65.3");
    assert_eq!(lines[2], "防災課,1,9000,9,1.0,0.5–1.9");
    assert!(viewer.get(&format!("{page}?period=91")).await.text.contains("909"));
}
