//! The daily facts: LINE's numbers with everything that may be wrong with them, our own counts at midnight, another account
//! behind the same name; restarted and killed in between, and never faster than LINE takes it.

use std::{
    collections::HashMap,
    process::Stdio,
    sync::{Arc, Mutex},
};

use jiff::{SignedDuration, civil::date};
use secrecy::SecretString;
use serde_json::{Value, json};
use todoke::{
    domain::{
        figure::{Day, FigureName, Line, LineFigures, Said, Series, today_of_line},
        profile::{Field, Slot, Value as Profiled, Wish},
        registration::Tap,
        time::{Clock, Date, Timestamp},
    },
    insight::Insight,
    journeys::{
        Ctx,
        targets::{Collector, Step},
    },
    line::{Credentials, LineHttp, LineInsight},
    messenger::SendError,
    simulator::{
        Act, Calls, Delivery, Fault, Faults, FriendId, Simulator, SimulatorConfig, insight::DaySays, ledger,
    },
    system::SystemClock,
};

use crate::{
    announcements::tap,
    desk::todoke,
    support::{Town, until},
    town::{Home, SECRET, Server, TOKEN, free_address},
};

/// A clock that is turned.
struct Turned(Mutex<Timestamp>);

impl Clock for Turned {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// An account whose days go by as fast as one likes: a store, LINE's double, and one clock for both.
struct Years {
    town: Town,
    line: Simulator,
    clock: Arc<Turned>,
}

impl Years {
    async fn new(now: &str) -> Self {
        let town = Town::new().await;
        let clock = Arc::new(Turned(Mutex::new(now.parse().unwrap())));
        let line = double(&clock, "U1").await;
        Self { town, line, clock }
    }

    fn set(&self, now: &str) {
        *self.clock.0.lock().unwrap() = now.parse().unwrap();
    }

    fn pass(&self, time: SignedDuration) {
        let mut now = self.clock.0.lock().unwrap();
        *now += time;
    }

    /// As after a start: nothing is known but what is stored.
    fn collector(&self) -> Collector {
        self.collector_of(&self.line)
    }

    fn collector_of(&self, line: &Simulator) -> Collector {
        let clock: Arc<dyn Clock> = self.clock.clone();
        let ctx = Ctx { clock, ..self.town.app.ctx.clone() };
        Collector::new(ctx, Arc::new(self.insight(line)), todoke(), 50)
    }

    fn insight(&self, line: &Simulator) -> LineInsight {
        let mut config = self.town.home.config(&[]).settings.line;
        config.api_base = line.api_base();
        let secret = |text: &str| SecretString::from(text.to_owned());
        let credentials = Credentials::new(secret(SECRET), None, Some(secret(TOKEN)), None);
        let accounts = HashMap::from([(todoke(), Arc::new(credentials))]);
        LineInsight::new(&config, &LineHttp::new(&config).unwrap(), &accounts)
    }

    /// Steps until there is nothing to do for now; how it ended and which days were asked for.
    async fn turn(&self, collector: &mut Collector) -> (Step, Vec<Date>) {
        let mut asked = Vec::new();
        loop {
            match collector.step().await.unwrap() {
                Step::Counted(_) => {}
                Step::Asked(day) => asked.push(day),
                step => return (step, asked),
            }
        }
    }

    async fn series(&self) -> Vec<Series> {
        self.town.app.ctx.store.series(&todoke()).await.unwrap()
    }

    async fn days_of(&self, series: usize) -> Vec<Day> {
        let series = self.series().await[series].no;
        let store = &self.town.app.ctx.store;
        store.known_days(&todoke(), series, date(2016, 1, 1), date(2100, 1, 1)).await.unwrap()
    }

    async fn line_of(&self, day: Date) -> Option<Line> {
        let days = self.days_of(self.series().await.len() - 1).await;
        days.into_iter().find(|known| known.day == day).and_then(|known| known.line)
    }

    async fn value(&self, day: Date, name: &str) -> Option<u64> {
        let days = self.days_of(self.series().await.len() - 1).await;
        days.into_iter().find(|known| known.day == day)?.value(&name.parse().unwrap())
    }

    fn calls(&self) -> usize {
        calls(&self.line)
    }
}

async fn double(clock: &Arc<Turned>, destination: &str) -> Simulator {
    let config = SimulatorConfig { destination: destination.into(), ..SimulatorConfig::new(SECRET, TOKEN) };
    let clock: Arc<dyn Clock> = clock.clone();
    Simulator::start(config, clock).await.unwrap()
}

fn calls(line: &Simulator) -> usize {
    let is_asked = |line: &ledger::Line| matches!(line, ledger::Line::Call { endpoint, .. } if endpoint.ends_with("/insight/followers"));
    line.ledger().lines().iter().filter(|line| is_asked(line)).count()
}

/// People add the account, or block it.
async fn act(line: &Simulator, friends: &[FriendId], act: Act) {
    let acts = friends.iter().map(|friend| (friend.clone(), act.clone())).collect();
    line.act_together(acts, Delivery::Once);
    line.idle().await;
}

fn people(line: &Simulator, many: usize) -> Vec<FriendId> {
    (0..many).map(|_| line.add_person("住民", "ja")).collect()
}

fn numbers(followers: u64, blocks: u64) -> DaySays {
    DaySays::Ready { followers, blocks, reaches: None }
}

fn november(day: i8) -> Date {
    date(2026, 11, day)
}

#[tokio::test]
async fn what_line_says_is_read_as_it_is_and_no_more_than_sixty_questions_an_hour_are_put() {
    let years = Years::new("2026-11-28T12:00:00Z").await;
    let (insight, line) = (years.insight(&years.line), &years.line);
    assert_eq!(insight.whose(&todoke()).await.unwrap().user_id, "U1");
    let says = [
        (
            numbers(7_620, 237),
            Said::Ready(LineFigures { followers: Some(7_620), blocks: Some(237), reaches: None }),
        ),
        (DaySays::Unready, Said::Unready),
        (DaySays::OutOfService, Said::OutOfService),
        (DaySays::Status("paused"), Said::Unknown("paused".into())),
    ];
    for (script, said) in says {
        line.script_insight(november(1), script);
        assert_eq!(insight.followers(&todoke(), november(1)).await.unwrap(), said);
    }
    line.script_insight(november(1), DaySays::Error);
    let failed = insight.followers(&todoke(), november(1)).await;
    assert!(matches!(failed, Err(SendError::Unknown(_))), "{failed:?}");
    let other = insight.followers(&"minato".parse().unwrap(), november(1)).await;
    assert!(matches!(other, Err(SendError::NotConfigured)), "{other:?}");
    for _ in years.calls()..60 {
        insight.followers(&todoke(), november(2)).await.unwrap();
    }
    let over = insight.followers(&todoke(), november(2)).await;
    assert!(matches!(over, Err(SendError::RateLimited { .. })), "{over:?}");
    assert_eq!((years.calls(), line.insight_limited()), (60, 0));
    // Another process does not know of these, and LINE says so.
    let over = years.insight(line).followers(&todoke(), november(2)).await;
    assert!(matches!(over, Err(SendError::RateLimited { .. })), "{over:?}");
    assert_eq!(line.insight_limited(), 1);
}

#[tokio::test]
async fn a_day_is_unready_for_about_a_day_and_known_then() {
    // Noon in Japan.
    let years = Years::new("2026-11-25T03:00:00Z").await;
    let friends = people(&years.line, 3);
    act(&years.line, &friends, Act::Follow).await;
    years.set("2026-11-26T03:00:00Z");
    act(&years.line, &friends[..1], Act::Unfollow).await;
    years.set("2026-11-28T03:00:00Z");
    let mut collector = years.collector();
    let (ended, asked) = years.turn(&mut collector).await;
    assert!(matches!(ended, Step::Idle), "{ended:?}");
    // The account is from the 25th; thirty days before that, and no more.
    assert_eq!((asked[0], asked.len()), (november(27), 3 + 30));
    assert_eq!(years.line_of(november(27)).await.unwrap().said, Said::Unready);
    assert_eq!(years.value(november(27), "friends").await, None, "a gap is no 0");
    assert_eq!(years.value(november(25), "friends").await, Some(3));
    assert_eq!(years.value(november(26), "friends").await, Some(2));
    assert_eq!(years.value(november(26), "line.followers").await, Some(3), "followers never fall");
    assert_eq!(years.line_of(november(24)).await.unwrap().said, Said::OutOfService);
    // Not again within the hour; then each hour.
    years.pass(SignedDuration::from_mins(59));
    assert_eq!(years.turn(&mut collector).await.1, []);
    years.pass(SignedDuration::from_mins(1));
    assert_eq!(years.turn(&mut collector).await.1, [november(27)]);
    years.set("2026-11-28T11:00:00Z");
    assert_eq!(years.turn(&mut collector).await.1, [november(27)]);
    assert_eq!(years.value(november(27), "friends").await, Some(2));
    let line = years.line_of(november(27)).await.unwrap();
    assert_eq!((line.times, line.corrections.len()), (3, 0), "to become ready is no correction");
    assert_eq!(years.line.insight_limited(), 0);
    years.town.verified().await;
}

#[tokio::test]
async fn years_are_filled_in_by_the_hour_whatever_is_restarted_and_every_day_once() {
    let years = Years::new("2026-07-01T03:00:00Z").await;
    let (first, hole) = (date(2026, 7, 1), november(3));
    act(&years.line, &people(&years.line, 2), Act::Follow).await;
    years.set("2026-11-28T03:00:00Z");
    years.line.script_insight(hole, DaySays::OutOfService);
    years.line.script_insight(november(5), DaySays::Status("maintenance"));
    let mut asked = Vec::new();
    for hour in 1..=4 {
        let before = years.calls();
        loop {
            // Every seven steps the process is another one.
            let mut collector = years.collector();
            let mut ended = None;
            for _ in 0..7 {
                match collector.step().await.unwrap() {
                    Step::Asked(day) => asked.push(day),
                    Step::Counted(_) => {}
                    step => {
                        ended = Some(step);
                        break;
                    }
                }
            }
            match ended {
                Some(Step::Later) => assert_eq!(years.calls() - before, 50, "hour {hour}"),
                Some(Step::Idle) => assert_eq!(hour, 4),
                Some(other) => panic!("{other:?}"),
                None => continue,
            }
            break;
        }
        years.pass(SignedDuration::from_mins(60));
    }
    assert_eq!(years.line.insight_limited(), 0, "LINE never had to refuse one");
    // Yesterday and the day of maintenance were not ready and are asked for again each hour, or each day.
    asked.retain(|day| *day != november(27));
    let mut days: Vec<Date> = asked.clone();
    days.dedup();
    assert_eq!(days, asked, "no day twice");
    assert!(asked.windows(2).all(|two| two[0] > two[1]), "the newest first: {asked:?}");
    assert_eq!(asked.last(), Some(&date(2026, 6, 1)), "thirty days before the first one");
    assert_eq!(years.value(first, "line.followers").await, Some(2));
    assert_eq!(years.value(hole, "line.followers").await, None);
    let odd = years.line_of(november(5)).await.unwrap();
    assert_eq!(odd.said, Said::Unknown("maintenance".into()));
    assert_eq!(years.value(november(5), "line.followers").await, None);
    assert_eq!(years.line_of(date(2026, 5, 31)).await, None, "what was never asked for is not invented");
    years.town.verified().await;
}

#[tokio::test]
async fn a_corrected_day_keeps_what_it_was_and_numbers_are_never_lost_again() {
    let years = Years::new("2026-11-28T12:00:00Z").await;
    years.line.open_since(november(10));
    for day in 10..=27 {
        years.line.script_insight(november(day), numbers(100, 10));
    }
    let mut collector = years.collector();
    years.turn(&mut collector).await;
    years.line.script_insight(november(24), numbers(140, 10));
    years.line.script_insight(november(25), DaySays::Unready);
    years.line.script_insight(november(26), DaySays::OutOfService);
    years.line.script_insight(november(12), numbers(999, 10));
    years.pass(SignedDuration::from_hours(24));
    let (_, asked) = years.turn(&mut collector).await;
    assert_eq!(asked, (21..=28).rev().map(november).collect::<Vec<_>>(), "the last days once more");
    assert_eq!(years.value(november(24), "friends").await, Some(130));
    let line = years.line_of(november(24)).await.unwrap();
    assert_eq!(line.corrections.len(), 1);
    assert_eq!(line.corrections[0].before.followers, Some(100));
    for day in [25, 26, 12] {
        assert_eq!(years.value(november(day), "friends").await, Some(90), "{day}");
    }
    assert_eq!(years.turn(&mut collector).await.1, [], "once a day");
}

#[tokio::test]
async fn a_failed_call_ends_the_turn_and_a_day_that_always_fails_does_not_hold_up_the_others() {
    let years = Years::new("2026-11-28T12:00:00Z").await;
    years.line.open_since(november(20));
    let script = [None, Some(Fault::ErrorBefore), Some(Fault::CutAfter), Some(Fault::ErrorAfter)].into();
    years.line.set_faults(Faults { calls: Calls::Insight, script, ..Faults::default() });
    let mut collector = years.collector();
    let (ended, asked) = years.turn(&mut collector).await;
    assert!(matches!(ended, Step::Stopped(_)), "{ended:?}");
    assert_eq!(asked, [november(27)]);
    assert_eq!(years.line_of(november(26)).await, None, "what did not come is not known");
    for _ in 0..2 {
        let (ended, asked) = years.turn(&mut collector).await;
        assert!(matches!(ended, Step::Stopped(_)) && asked.is_empty(), "{ended:?} {asked:?}");
    }
    // Three times without an answer: the others come first, and this one a day later.
    let (_, asked) = years.turn(&mut collector).await;
    assert_eq!(asked[0], november(25));
    assert!(!asked.contains(&november(26)));
    let mut collector = years.collector();
    assert_eq!(years.turn(&mut collector).await.1, [november(26)], "another process knows nothing of that");
    // LINE refuses one for good: it is a gap, and is told as one.
    years.line.script_insight(november(28), DaySays::Error);
    years.pass(SignedDuration::from_hours(24));
    for _ in 0..3 {
        let (ended, asked) = years.turn(&mut collector).await;
        assert!(matches!(ended, Step::Stopped(_)) && asked.is_empty(), "{ended:?} {asked:?}");
    }
    assert_eq!(years.turn(&mut collector).await.1[0], november(27));
    assert_eq!(years.line_of(november(28)).await, None);
}

#[tokio::test]
async fn another_account_behind_the_name_begins_a_series_of_its_own() {
    let years = Years::new("2026-11-28T12:00:00Z").await;
    years.line.open_since(november(25));
    years.line.script_insight(november(26), numbers(58_049, 1_000));
    years.turn(&mut years.collector()).await;
    let other = double(&years.clock, "U2").await;
    other.open_since(november(26));
    other.script_insight(november(26), numbers(12, 0));
    years.pass(SignedDuration::from_mins(10));
    years.turn(&mut years.collector_of(&other)).await;
    let series = years.series().await;
    assert_eq!(series.len(), 2);
    assert_ne!(series[0].channel, series[1].channel);
    assert_eq!(series[1].began, years.clock.now());
    assert_eq!(years.value(november(26), "friends").await, Some(12));
    let before = years.days_of(0).await;
    let before = before.iter().find(|known| known.day == november(26)).unwrap();
    assert_eq!(before.value(&FigureName::Friends), Some(57_049), "what was known of the other stays apart");
    assert_eq!(years.value(november(25), "friends").await, None, "and is not taken for the new one's");
    let counted = |days: &[Day]| days.iter().any(|known| known.own.is_some());
    assert!(counted(&years.days_of(0).await), "our own counts of the days before are the other's too");
    assert!(!counted(&years.days_of(1).await));
    // The same one again: the same series.
    years.turn(&mut years.collector_of(&other)).await;
    assert_eq!(years.series().await, series);
}

fn field(attribute: &str, slot: &str) -> Field {
    Field(attribute.parse().unwrap(), Slot::Named(slot.parse().unwrap()))
}

#[tokio::test]
async fn our_own_counts_are_those_of_midnight_and_what_happened_is_not_lost_without_it() {
    let years = Years::new("2026-11-28T03:00:00Z").await;
    let town = &years.town;
    let mut friends = Vec::new();
    for _ in 0..6 {
        let friend = town.friend();
        town.says(&friend, Act::Follow).await;
        friends.push(friend);
    }
    for friend in &friends[..5] {
        tap(town, friend, &Tap::Say(field("wards", "home"), Profiled::Chosen("north".parse().unwrap())))
            .await;
    }
    tap(town, &friends[0], &Tap::Say(field("topics", "garbage"), Profiled::Wanted(Wish::default()))).await;
    assert!(town.answer(&friends[0], "粗大ごみを捨てたい").await.contains("予約が必要"));
    let gone = town.simulator.act(&friends[5], Act::Unfollow).webhook_event_id;
    town.outcome(&gone).await;

    // Real days went by for all of that: the clock is turned to the midnight after it.
    let zone = jiff::tz::TimeZone::get("Asia/Tokyo").unwrap();
    let today = SystemClock.now().to_zoned(zone.clone()).date();
    let midnight = today.tomorrow().unwrap().to_zoned(zone).unwrap().timestamp();
    let turn_to = |minutes: i64| {
        *years.clock.0.lock().unwrap() = midnight + SignedDuration::from_mins(minutes);
    };
    turn_to(0);
    let mut collector = years.collector();
    assert_eq!(collector.until_midnight(), Some(std::time::Duration::from_mins(1)));
    years.turn(&mut collector).await;
    assert_eq!(years.value(today, "own.friends").await, None, "the last minute is still being written");
    turn_to(1);
    years.turn(&mut collector).await;
    let is = |name: &'static str| years.value(today, name);
    assert_eq!(is("own.friends").await, Some(5), "whoever left is none");
    assert_eq!(is("registered.any").await, Some(5));
    assert_eq!(is("registered.ward.north").await, Some(5));
    assert_eq!(is("registered.ward.south").await, Some(0));
    assert_eq!(is("registered.topic.garbage").await, Some(1));
    assert_eq!(is("registered.child.0").await, Some(0));
    assert_eq!(is("language.en").await, Some(0));
    assert_eq!(is("questions.answered").await, Some(1));
    assert_eq!(is("sent.announcements").await, Some(0));
    // Somebody comes later: the day is what it was.
    town.says(&friends[5], Act::Follow).await;
    turn_to(20);
    years.turn(&mut years.collector()).await;
    assert_eq!(is("own.friends").await, Some(5));

    // The process was down over the next midnight, and long after it.
    turn_to(24 * 60 + 7 * 60);
    years.turn(&mut years.collector()).await;
    let next = today.tomorrow().unwrap();
    assert_eq!(years.value(next, "own.friends").await, None, "how many there were then nobody knows");
    assert_eq!(is("own.friends").await, Some(5));
    assert_eq!(is("questions.answered").await, Some(1));
    // And one on which it was up again, with a day in between of which nobody counted anything.
    turn_to(3 * 24 * 60 + 1);
    years.turn(&mut years.collector()).await;
    let between = next.tomorrow().unwrap();
    let last = between.tomorrow().unwrap();
    assert_eq!(years.value(between, "questions").await, None, "nobody counted: no 0");
    assert_eq!(years.value(last, "own.friends").await, Some(6));
    assert_eq!(years.value(last, "questions").await, Some(0));
    town.verified().await;
}

/// What the command tells of a town, whether it runs or not.
async fn told(home: &Home, more: &[&str]) -> Value {
    let mut command = home.command_here(&["figures", "--account", "todoke", "--json"]);
    command.args(more).stderr(Stdio::inherit());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert_eq!(output.status.code(), Some(0));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn the_server_collects_by_itself_is_killed_goes_on_and_tells_commands_and_metrics() {
    let (home, line) = (Home::new("[figures]\ncollect = true\n"), crate::support::simulator(|_| {}).await);
    let today = today_of_line(SystemClock.now());
    let back = |days: i32| today.checked_sub(jiff::ToSpan::days(days)).unwrap();
    for days in 1..=12 {
        line.script_insight(back(days), numbers(58_000 + 10 * u64::try_from(20 - days).unwrap(), 500));
    }
    line.script_insight(back(1), DaySays::Unready);
    for kill_at in [5, 12, 42] {
        let mut server = Server::spawn(&home, free_address(), &line.api_base(), &[]);
        until("LINE was asked", || async { (calls(&line) >= kill_at).then_some(()) }).await;
        if kill_at < 42 {
            // SIGKILL, by the drop.
            continue;
        }
        server.ready().await;
        let from = back(12).to_string();
        let asked = || async {
            if calls(&line) < 42 {
                return None;
            }
            let told = told(&home, &["--from", &from]).await;
            (told["days"][0]["day"] == from).then_some(told)
        };
        let told = until("all is known", asked).await;
        let days = told["days"].as_array().unwrap();
        assert_eq!(days.len(), 12, "{told}");
        assert_eq!(days[0]["figures"]["friends"], json!(58_080 - 500));
        assert_eq!(days[10]["figures"]["line.followers"], json!(58_180));
        assert_eq!(
            (&days[11]["line"]["status"], days[11]["figures"].get("friends")),
            (&json!("unready"), None)
        );
        assert_eq!(told["series"].as_array().unwrap().len(), 1);
        let metrics = || async {
            let text = server.get("/metrics").await;
            text.contains("todoke_figure{account=\"todoke\",figure=\"friends\"} 57680").then_some(text)
        };
        let metrics = until("the metrics tell", metrics).await;
        assert!(!metrics.contains("figure=\"registered.ward"), "no wards in labels");
        assert!(server.terminate().await.success());
    }
    // Killed twice: what was asked then and not written was asked again, and nothing else.
    assert!((42..=44).contains(&calls(&line)), "{}", calls(&line));
    assert_eq!(line.insight_limited(), 0);
    let figure = told(&home, &["--figure", "friends", "--figure", "own.friends"]).await;
    let last = figure["days"].as_array().unwrap().iter().rev().nth(1).unwrap().clone();
    assert_eq!(last["figures"]["friends"], json!(57_680), "also when nobody serves");
    let mut command = home.command_here(&["figures", "--account", "todoke", "--figure", "registered.ward"]);
    assert_eq!(command.output().unwrap().status.code(), Some(2), "a name that is none");
}
