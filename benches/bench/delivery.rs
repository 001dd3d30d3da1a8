//! Announcements to a whole city: from the end of the hold to the last call that LINE accepted, against a double that
//! refuses above 200 calls a second, as LINE does; and an alert in the middle of it.
//!
//! What was approved lies in the store when the server starts, so that what is measured is sending alone. LINE's own
//! limit is the figure's limit: so many calls cannot be made faster. Every person's id is counted at the double.

use std::{
    cell::{Cell, RefCell},
    collections::HashSet,
    net::{Ipv4Addr, SocketAddr},
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use jiff::SignedDuration;
use todoke::{
    domain::{
        account::Account,
        announcement::{
            Announcement, AnnouncementId, Audience, Binding, Block, Content, Draft, Freeze, Frozen, Hold,
            Kind, Route, Step, Taken, Variant, Way, batch::Naming,
        },
        audit::Who,
        id::{Ids, ResidentNo, StaffId},
        language::Language,
        message::{Message, Messages, Text},
        segment::{self, Predicate},
        time::{Clock, Timestamp},
        version::Version,
    },
    store::{
        announcements::{Announcements, Move},
        audience::Audience as _,
        sled::SledStore,
    },
    system::{SystemClock, SystemIds},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    Bench,
    figures::{Figure, Figures, Goal, number},
    line::head_and_length,
    process::{self, Cpu, Process, ServerPlan},
    segments::{open, sample_city, stored, today},
};

/// Multicasts a second that LINE takes ("Rate limits" of the Messaging API).
const LIMIT: f64 = 200.0;
/// People of a multicast.
const PEOPLE: usize = 500;
/// The header by which a call is known again.
const RETRY_KEY: &[u8] = b"x-line-retry-key:";
/// The words of the alert, by which the double knows it.
const ALERT: &str = "避難してください";
/// The alert is for so many people.
const ALERTED: usize = 20_000;
/// Full pace, without the first 500.
const SETTINGS: &[(&str, &str)] =
    &[("TODOKE_ANNOUNCEMENTS__CALLS_PER_SECOND", "1000"), ("TODOKE_ANNOUNCEMENTS__RAMP", "false")];
/// So long after now the hold ends: the server has started by then.
const START: SignedDuration = SignedDuration::from_secs(6);

/// Each size: fills a store, approves, serves, and counts.
pub async fn measure(bench: &Bench, short: bool, figures: &mut Figures) -> anyhow::Result<()> {
    let account = sample_city()?;
    // Seconds: the goals of the part that announcements are sent in.
    let sizes: &[(usize, f64)] = if short { &[(20_000, 0.9)] } else { &[(160_000, 2.5), (1_650_000, 17.5)] };
    for (residents, most) in sizes {
        one(bench, &account, (*residents, *most), figures).await?;
    }
    Ok(())
}

async fn one(
    bench: &Bench,
    account: &Account,
    (residents, most): (usize, f64),
    figures: &mut Figures,
) -> anyhow::Result<()> {
    let folder = tempfile::tempdir_in(&bench.folder)?;
    stored(folder.path(), account, residents).await?;
    // LINE remembers keys for 24 hours: what the first server had begun when it was ended, the second one tries again.
    let keys = Rc::new(RefCell::new(HashSet::new()));
    for with_alert in [false, true] {
        let line = Line::start(residents, Rc::clone(&keys)).await?;
        let store = open(folder.path(), account)?;
        let following = segment::plan(&Predicate::Following(true), today(account));
        let everybody = store.list_residents(&account.id, &following).await?;
        let people = everybody.len();
        let start = SystemClock.now().checked_add(START)?;
        let watch = Instant::now();
        approved(&store, account, (Kind::Ordinary, "あしたは ごみの 日です。"), everybody.clone(), start)
            .await?;
        let approving = watch.elapsed();
        let middle = SignedDuration::try_from(Duration::from_secs_f64(people as f64 / 500.0 / LIMIT / 2.0))?;
        let alert_at = start.checked_add(middle)?;
        if with_alert {
            let some = everybody.into_iter().take(ALERTED).collect();
            approved(&store, account, (Kind::Alert, ALERT), some, alert_at).await?;
        }
        drop(store);
        let plan = ServerPlan {
            program: &bench.server,
            folder: folder.path(),
            line: line.address,
            settings: SETTINGS,
        };
        let (server, _) = process::serve(&plan)?;
        let alerted = if with_alert { ALERTED.min(people) } else { 0 };
        let calls = people.div_ceil(PEOPLE) + alerted.div_ceil(PEOPLE);
        let cpu = cpu_until(&server, &line, calls, start).await?;
        let notes = line.notes.borrow();
        let after = |moment: Option<Timestamp>, start: Timestamp| -> anyhow::Result<f64> {
            let moment = moment.context("no call was made")?;
            Ok(moment.duration_since(start).as_secs_f64())
        };
        ensure!(line.twice.get() == 0, "{} people were sent to twice", line.twice.get());
        ensure!(line.reached.get() == people, "{} of {people} were reached", line.reached.get());
        let took = after(notes.last, start)?;
        if with_alert {
            let name = format!("alert in the middle of {residents} residents: first call");
            let first = after(notes.alert, alert_at)?;
            figures.add(Figure::new(name, first, "s").goal(Goal::Most(1.0)));
            continue;
        }
        let name = format!("announcement to {residents} residents, from the end of the hold");
        let note = format!(
            "{people} follow, {calls} calls, {} a second, refused with 429: {}; CPU {:.2} cores",
            number(calls as f64 / took),
            line.refused.get(),
            cpu / took
        );
        let limit = calls as f64 / LIMIT;
        figures.add(Figure::new(name, took, "s").limit(limit).goal(Goal::Most(most)).note(note));
        let refused = f64::from(line.refused.get());
        figures.add(Figure::new("  calls refused with 429", refused, "").goal(Goal::Most(0.0)));
        let name = format!("  freezing and approving it, {people} people");
        figures.add(Figure::new(name, approving.as_secs_f64() * 1e3, "ms"));
    }
    Ok(())
}

/// Waits until so many calls were accepted; the seconds of CPU that the server took from `start` on.
async fn cpu_until(server: &Process, line: &Line, calls: usize, start: Timestamp) -> anyhow::Result<f64> {
    let wait = Duration::try_from(start.duration_since(SystemClock.now())).unwrap_or_default();
    tokio::time::sleep(wait).await;
    let before = Cpu::of(server.id())?;
    let deadline = Instant::now() + Duration::from_mins(2);
    while line.accepted.get() < calls {
        ensure!(
            Instant::now() < deadline,
            "only {} of {calls} calls were made in two minutes",
            line.accepted.get()
        );
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(Cpu::of(server.id())?.since(&before))
}

/// An announcement as two people let it out: who gets it frozen, batches and keys stored, held until then.
async fn approved(
    store: &SledStore,
    account: &Account,
    (kind, words): (Kind, &str),
    people: Vec<ResidentNo>,
    from: Timestamp,
) -> anyhow::Result<()> {
    let (author, approver) = (StaffId(SystemIds.uuid_v7()), StaffId(SystemIds.uuid_v7()));
    let content = Content {
        title: "計測".parse()?,
        bodies: [(Language::Ja, vec![Block::Text(words.into())])].into(),
        is_silent: false,
        department: None,
    };
    let (_, predicate) = segment::read(r#"{"following": true}"#, &account.attributes)
        .map_err(|faults| anyhow::anyhow!("{}", faults[0]))?;
    let draft = Draft { kind, content, audience: Audience::Picked { predicate, segment: None }, due: None };
    let now = SystemClock.now();
    let messages = Messages::new(vec![Message::Text(Text::new(words)?)])?;
    let count = u32::try_from(people.len())?;
    let variant = Variant { language: Language::Ja, messages, is_silent: false };
    let frozen = Frozen { variants: vec![(variant, people)] };
    let binding = Binding { content: draft.hash(), audience: frozen.hash(), count: frozen.count() };
    let freeze = Freeze { at: now, day: today(account), counts: vec![count], route: Route::Multicast };
    let way = Way::write(author).submit(binding)?;
    let id = AnnouncementId(SystemIds.uuid_v7());
    let waiting = Announcement {
        id,
        draft,
        way,
        freeze: Some(freeze.clone()),
        paused: None,
        corrects: None,
        begun_by: Who::Staff(author),
        changed: now,
    };
    let step = |announcement: &Announcement, step, expected| Move {
        expected,
        announcement: announcement.clone(),
        taken: Taken {
            at: now,
            by: Who::System,
            step,
            remark: String::new(),
            instead_of: None,
            content: binding.content,
            count: Some(binding.count),
        },
        note: None,
    };
    let to = step(&waiting, Step::Submitted, Version::default());
    let version = store.freeze_announcement(&account.id, to, frozen).await?;
    let hold = Hold::new(SignedDuration::ZERO);
    let way = way.approve((&binding, &binding), binding.count, (approver, None), (from, hold))?;
    let released = Announcement { way, ..waiting };
    let naming = Naming { account: &account.id, announcement: id, content: binding.content };
    let to = step(&released, Step::Approved, version);
    store.approve_announcement(&account.id, to, naming.cut(&freeze)).await?;
    Ok(())
}

/// LINE's multicast: up to 200 calls a second, each person counted.
struct Line {
    address: SocketAddr,
    tokens: Cell<(f64, Instant)>,
    refused: Cell<u32>,
    accepted: Cell<usize>,
    reached: Cell<usize>,
    twice: Cell<usize>,
    people: RefCell<Vec<bool>>,
    /// The retry keys of accepted calls.
    keys: Rc<RefCell<HashSet<Vec<u8>>>>,
    notes: RefCell<Notes>,
}

#[derive(Default)]
struct Notes {
    /// When the last call of the announcement was accepted.
    last: Option<Timestamp>,
    /// When the first call of the alert came.
    alert: Option<Timestamp>,
}

impl Line {
    async fn start(residents: usize, keys: Rc<RefCell<HashSet<Vec<u8>>>>) -> anyhow::Result<Rc<Self>> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let line = Rc::new(Self {
            address: listener.local_addr()?,
            tokens: Cell::new((LIMIT, Instant::now())),
            refused: Cell::default(),
            accepted: Cell::default(),
            reached: Cell::default(),
            twice: Cell::default(),
            people: RefCell::new(vec![false; residents]),
            keys,
            notes: RefCell::default(),
        });
        let serving = Rc::clone(&line);
        tokio::task::spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let line = Rc::clone(&serving);
                tokio::task::spawn_local(async move {
                    // A server that was killed leaves broken connections behind.
                    let _ = line.converse(stream).await;
                });
            }
        });
        Ok(line)
    }

    async fn converse(&self, mut stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut buffer: Vec<u8> = Vec::with_capacity(64 * 1024);
        loop {
            let (head, length) = loop {
                if let Some(message) = head_and_length(&buffer)
                    && buffer.len() >= message.0 + message.1
                {
                    break message;
                }
                if stream.read_buf(&mut buffer).await? == 0 {
                    return Ok(());
                }
            };
            let is_multicast = buffer.starts_with(b"POST /v2/bot/message/multicast ");
            let answer = match is_multicast {
                true if self.takes() => self.take(&buffer[..head], &buffer[head..head + length]),
                true => {
                    self.refused.set(self.refused.get() + 1);
                    "429 Too Many Requests"
                }
                false => "200 OK",
            };
            let answer = format!(
                "HTTP/1.1 {answer}\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}"
            );
            stream.write_all(answer.as_bytes()).await?;
            buffer.drain(..head + length);
        }
    }

    fn takes(&self) -> bool {
        let (tokens, at) = self.tokens.get();
        let now = Instant::now();
        let tokens = ((now - at).as_secs_f64().mul_add(LIMIT, tokens)).min(LIMIT);
        let takes = tokens >= 1.0;
        self.tokens.set((if takes { tokens - 1.0 } else { tokens }, now));
        takes
    }

    /// A call within the limit: one under a key that was accepted before reaches nobody ("Retry an API request" of the
    /// Messaging API).
    fn take(&self, head: &[u8], body: &[u8]) -> &'static str {
        let lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let key = lines.into_iter().find_map(|line| {
            let (name, value) = line.split_at_checked(RETRY_KEY.len())?;
            name.eq_ignore_ascii_case(RETRY_KEY).then(|| value.to_vec())
        });
        let is_new = key.is_none_or(|key| self.keys.borrow_mut().insert(key));
        if is_new { self.hand(body) } else { "409 Conflict" }
    }

    fn hand(&self, body: &[u8]) -> &'static str {
        let now = SystemClock.now();
        self.accepted.set(self.accepted.get() + 1);
        let mut notes = self.notes.borrow_mut();
        if body.windows(ALERT.len()).any(|window| window == ALERT.as_bytes()) {
            notes.alert.get_or_insert(now);
            return "200 OK";
        }
        notes.last = Some(now);
        let mut people = self.people.borrow_mut();
        for id in body.split(|byte| *byte == b'"').filter(|text| text.len() == 33 && text[0] == b'U') {
            let Some(number) = std::str::from_utf8(&id[1..]).ok().and_then(|id| id.parse::<usize>().ok())
            else {
                continue;
            };
            if let Some(seen) = people.get_mut(number) {
                let count = if std::mem::replace(seen, true) { &self.twice } else { &self.reached };
                count.set(count.get() + 1);
            }
        }
        "200 OK"
    }
}
