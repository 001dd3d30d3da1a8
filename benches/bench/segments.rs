//! Segments over a city of synthetic residents: count and ids, memory, and the start after a kill.
//!
//! The residents are stored as a chat stores them (an event, then its settlement with what was said), so what is
//! measured is the store that a city would have. The limit is a scan of the same facts as plain columns in
//! memory, which also says how many have to be found.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use futures_util::future::try_join_all;
use todoke::{
    config::{Config, Environment, Flags},
    domain::{
        account::Account,
        event::{Content, Event, EventKey, EventKind, IncomingMessage, Mode, ReplyToken, Source},
        id::LineUserId,
        profile::{Birth, Change, Field, Month, Slot, Value, Wish},
        segment,
        settlement::{Outcome, Said, Settlement},
        time::{Clock, Timestamp},
    },
    keyring::Keyring,
    store::{
        EventBody, Inbox, NewEvent,
        audience::Audience,
        sled::{AccountSetup, SledConfig, SledStore, Sources},
    },
    system::{SystemClock, SystemEntropy, SystemIds},
};

use crate::{
    Bench,
    bodies::{ACCOUNT, Random},
    figures::{Figure, Figures, Goal, median, number},
    line::Manner,
    process::{self, ServerPlan},
};

const WARDS: [&str; 4] = ["hoshikawa", "hamami", "sakuraoka", "minamihara"];
const TOPICS: [&str; 8] = ["garbage", "childcare", "bosai", "crime", "health", "events", "taxes", "foreign"];
/// Events of one call, and settlements under way at once.
const AT_ONCE: usize = 1_000;
/// How often the predicate is asked.
const ASKED: usize = 300;

/// A resident's facts, as a plain column would hold them.
pub struct Row {
    ward: usize,
    topics: u8,
    children: Vec<i32>,
    left: bool,
}

/// Each size: fills a store, kills a server on it, and asks.
pub async fn measure(
    bench: &Bench,
    short: bool,
    more: Option<usize>,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    bench.double.manner.set(Manner::AtOnce);
    let account = sample_city()?;
    let sizes: &[(usize, f64)] = if short { &[(20_000, 0.2)] } else { &[(160_000, 0.2), (1_650_000, 2.0)] };
    // The goal is 15 ms for ten million.
    let more = more.map(|residents| (residents, 15.0 * residents as f64 / 10_000_000.0));
    for (residents, most_ms) in sizes.iter().copied().chain(more) {
        one(bench, &account, residents, most_ms, figures).await?;
    }
    Ok(())
}

/// The account under test, as the server reads it.
pub fn sample_city() -> anyhow::Result<Account> {
    let config = Config::load(&Flags::default(), &Environment::of_this_process())?;
    let account = config.accounts.into_iter().map(|a| a.account).find(|a| a.id.as_str() == ACCOUNT);
    account.context("the sample city is among the accounts")
}

async fn one(
    bench: &Bench,
    account: &Account,
    residents: usize,
    most_ms: f64,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    let folder = tempfile::tempdir_in(&bench.folder)?;
    let rows = stored(folder.path(), account, residents).await?;
    let plan = ServerPlan {
        program: &bench.server,
        folder: folder.path(),
        line: bench.double.address,
        settings: &[],
    };
    let (mut server, _) = process::serve(&plan)?;
    server.kill();
    let (mut server, took) = process::serve(&plan)?;
    let name = format!("start after a kill, {residents} registered residents");
    figures.add(Figure::new(name, took.as_secs_f64() * 1e3, "ms").goal(Goal::Most(3_500.0)));
    let name = format!("memory after it, {residents} registered residents");
    figures.add(Figure::new(name, server.rss()?, "MiB").goal(Goal::Most(450.0)));
    server.kill();

    let store = open(folder.path(), account)?;
    let now = Month::of(today(account)).number();
    let predicate = format!(
        r#"{{"all": [
            {{"in": {{"attribute": "wards", "of": ["{}", "{}"]}}}},
            {{"in": {{"attribute": "topics", "of": ["{}", "{}"]}}}},
            {{"child_age": {{"from": 30, "to": 37}}}},
            {{"following": true}}
        ]}}"#,
        WARDS[0], WARDS[1], TOPICS[0], TOPICS[1]
    );
    let (predicate, _) =
        segment::read(&predicate, &account.attributes).map_err(|faults| anyhow::anyhow!("{}", faults[0]))?;
    let scan = || {
        let wanted = rows.iter().filter(|row| {
            row.ward < 2
                && row.topics & 3 != 0
                && !row.left
                && row.children.iter().any(|month| (30..=37).contains(&(now - month)))
        });
        wanted.count()
    };
    let expected = scan();
    let (mut took, mut scanned) = (Vec::new(), Vec::new());
    for _ in 0..ASKED {
        let watch = Instant::now();
        let set = segment::plan(&predicate, today(account));
        let count = store.count_residents(&account.id, &set).await?;
        let ids = store.list_residents(&account.id, &set).await?;
        took.push(milliseconds(watch.elapsed()));
        ensure!(
            ids.len() == expected && count == expected as u64,
            "{count} and {} residents were found where {expected} are",
            ids.len()
        );
    }
    for _ in 0..20 {
        let watch = Instant::now();
        std::hint::black_box(scan());
        scanned.push(milliseconds(watch.elapsed()));
    }
    let share = expected as f64 * 100.0 / residents as f64;
    let note = format!("{share:.1} % match; a scan of plain columns takes {} ms", number(median(scanned)));
    let name = format!("segment, count and then ids, {residents} residents");
    figures.add(Figure::new(name, median(took), "ms").goal(Goal::Most(most_ms)).note(note));
    Ok(())
}

/// Fills a store with synthetic residents.
pub async fn stored(folder: &Path, account: &Account, residents: usize) -> anyhow::Result<Vec<Row>> {
    let mut random = Random::new(5);
    let rows: Vec<Row> = (0..residents).map(|_| row(&mut random)).collect();
    let begin = Instant::now();
    let store = open(folder, account)?;
    fill(&store, account, &rows).await?;
    println!("  {residents} residents registered in {:.1} s", begin.elapsed().as_secs_f64());
    Ok(rows)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

pub fn today(account: &Account) -> jiff::civil::Date {
    SystemClock.now().to_zoned(account.time_zone.clone()).date()
}

fn row(random: &mut Random) -> Row {
    let mut below = |end: u64| usize::try_from(random.next() % end).expect("small");
    let ward = below(4);
    let topics = (0..8).fold(0, |topics, topic| topics | u8::from(below(10) < 3) << topic);
    let children = if below(10) < 4 { 1 + below(2) } else { 0 };
    let newest = Month::of(jiff::civil::date(2026, 11, 1)).number();
    let children = (0..children).map(|_| newest - i32::try_from(below(216)).expect("small")).collect();
    Row { ward, topics, children, left: below(20) == 0 }
}

pub fn open(folder: &Path, account: &Account) -> anyhow::Result<SledStore> {
    let data = folder.join("data");
    let keyring = Keyring::load_or_create(&data.join("master.key"), &SystemEntropy)?;
    let setup = AccountSetup { zone: account.time_zone.clone(), attributes: Arc::clone(&account.attributes) };
    let config = SledConfig {
        folder: data,
        cache_bytes: 64 << 20,
        max_waiting: 10 * AT_ONCE,
        accounts: [(account.id.clone(), setup)].into(),
        on_condition: Box::new(|_| {}),
    };
    let sources =
        Sources { clock: Arc::new(SystemClock), ids: Arc::new(SystemIds), entropy: Arc::new(SystemEntropy) };
    Ok(SledStore::open(config, &keyring, sources)?)
}

/// An event of each resident, settled with what it said.
async fn fill(store: &SledStore, account: &Account, rows: &[Row]) -> anyhow::Result<()> {
    let now = SystemClock.now();
    for (portion, some) in (0..).zip(rows.chunks(AT_ONCE)) {
        let first: usize = portion * AT_ONCE;
        let events = (first..).zip(some).map(|(number, row)| event(number, row, now)).collect();
        store.accept(&account.id, now, events).await?;
        loop {
            let claimed = store.claim(AT_ONCE).await?;
            if claimed.is_empty() {
                break;
            }
            let settling = claimed.iter().map(|claimed| async {
                let number: usize = match claimed.event.user().map(LineUserId::expose) {
                    Some(user) => user[1..].parse().context("a user of ours")?,
                    None => anyhow::bail!("an event of nobody"),
                };
                let at = (claimed.event.happened, claimed.key);
                let settlement = Settlement {
                    drop_body: true,
                    said: Said::Changes(changes(account, &rows[number], at)?),
                    ..Settlement::plain(Outcome::NoReplyDue, now)
                };
                Ok(store.settle(&claimed.account, claimed.key, claimed.lease, settlement).await?)
            });
            try_join_all(settling).await?;
        }
    }
    Ok(())
}

fn event(number: usize, row: &Row, now: Timestamp) -> NewEvent {
    let message = IncomingMessage { id: String::new(), content: Content::Text("登録".into()) };
    NewEvent {
        key: EventKey::from_webhook_event_id(&format!("registers-{number}")),
        body: EventBody::Read(Event {
            happened: now,
            mode: Mode::Active,
            source: Source::User(Some(LineUserId::new(format!("U{number:032}")))),
            reply_token: Some(ReplyToken::new("token")),
            kind: if row.left { EventKind::Unfollow } else { EventKind::Message(message) },
        }),
    }
}

fn changes(account: &Account, row: &Row, at: (Timestamp, EventKey)) -> anyhow::Result<Vec<Change>> {
    let mut said = vec![("wards", Slot::Named("home".parse()?), Value::Chosen(WARDS[row.ward].parse()?))];
    for (_, topic) in TOPICS.iter().enumerate().filter(|(bit, _)| row.topics >> bit & 1 == 1) {
        said.push(("topics", Slot::Named(topic.parse()?), Value::Wanted(Wish::default())));
    }
    for (number, month) in (0..).zip(&row.children) {
        let child = Value::Child(Birth::Born(Month::from_number(*month)));
        said.push(("children", Slot::Child(number), child));
    }
    said.into_iter()
        .map(|(attribute, slot, value)| {
            Ok(Change::new(&account.attributes, Field(attribute.parse()?, slot), Some(value), at)?)
        })
        .collect()
}
