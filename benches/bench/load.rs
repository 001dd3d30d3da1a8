//! The generator: prebuilt requests over keep-alive connections, one request in flight on each.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::Context;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Semaphore,
    task::JoinSet,
};

use crate::{
    bodies::Requests,
    figures::{micros, percentile},
    line::{Board, Double, Manner, head_and_length},
    process::{Cpu, Process},
};

/// When the next request goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As soon as the one before it on the connection was answered.
    Closed,
    /// The same, but at most so many events may lack their reply.
    Window(usize),
    /// So many a second, whatever the server does.
    Rate(u32),
}

/// A load to be put on a server.
pub struct Plan {
    /// The server.
    pub address: SocketAddr,
    /// Its process, whose CPU time is counted.
    pub pid: u32,
    /// Keep-alive connections.
    pub connections: usize,
    /// See [`Pace`].
    pub pace: Pace,
    /// Runs so long before it counts.
    pub warm: Duration,
    /// Counts so long.
    pub measure: Duration,
    /// Whether requests may be sent again when all were sent.
    pub again: bool,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Seconds that were measured.
    pub seconds: f64,
    /// Requests answered 200.
    pub accepted: u64,
    /// Requests answered otherwise.
    pub refused: u64,
    /// Replies at the double.
    pub replies: u64,
    /// CPU seconds of the server.
    pub cpu: f64,
    /// Microseconds from sent to 200, sorted.
    pub acks: Vec<u32>,
    /// Microseconds from sent to reply, sorted.
    pub reply_times: Vec<u32>,
    /// Events accepted and replies, the warm-up and a moment after the end included.
    pub all: (u64, u64),
}

impl Outcome {
    /// Accepted requests a second.
    pub fn accepted_rate(&self) -> f64 {
        self.accepted as f64 / self.seconds
    }

    /// Replies a second.
    pub fn reply_rate(&self) -> f64 {
        self.replies as f64 / self.seconds
    }

    /// CPU microseconds of the server for each of `count`.
    pub fn cpu_each(&self, count: u64) -> f64 {
        self.cpu * 1e6 / (count as f64).max(1.0)
    }

    /// A percentile of the acknowledgements in milliseconds.
    pub fn ack_ms(&self, percent: f64) -> f64 {
        percentile(&self.acks, percent) / 1e3
    }

    /// A percentile of the replies in milliseconds.
    pub fn reply_ms(&self, percent: f64) -> f64 {
        percentile(&self.reply_times, percent) / 1e3
    }
}

struct Run {
    requests: Rc<Requests>,
    plan: Plan,
    board: Rc<Board>,
    next: Cell<usize>,
    /// When requests became due, in [`Pace::Rate`].
    due: RefCell<VecDeque<Instant>>,
    accepted: Cell<u64>,
    refused: Cell<u64>,
    taken: Cell<u64>,
    acks: RefCell<Vec<u32>>,
}

/// Makes the residents known to a server, whose first message costs more than all others.
pub async fn introduce(requests: &Rc<Requests>, double: &Double, server: &Process) -> anyhow::Result<()> {
    let plan = Plan {
        address: server.address,
        pid: server.id(),
        connections: 8,
        // A double that does not answer still lets everybody in.
        pace: if double.manner.get() == Manner::Never { Pace::Closed } else { Pace::Window(1_000) },
        warm: Duration::ZERO,
        measure: Duration::from_secs(10),
        again: false,
    };
    run(requests, double, plan).await.map(drop)
}

/// Puts a load on a server.
pub async fn run(requests: &Rc<Requests>, double: &Double, plan: Plan) -> anyhow::Result<Outcome> {
    let from = Instant::now() + plan.warm;
    let until = from + plan.measure;
    let room = match plan.pace {
        Pace::Closed => Semaphore::MAX_PERMITS,
        Pace::Window(events) => events,
        Pace::Rate(_) => 0,
    };
    let board = Rc::new(Board {
        sent: RefCell::new(vec![None; requests.len() * requests.events_each]),
        took: RefCell::default(),
        counted: Cell::new(0),
        replies: Cell::new(0),
        from,
        until,
        room: Semaphore::new(room),
        windowed: matches!(plan.pace, Pace::Window(_)),
        replied: tokio::sync::Notify::new(),
    });
    *double.board.borrow_mut() = Some(Rc::clone(&board));
    let run = Rc::new(Run {
        requests: Rc::clone(requests),
        plan,
        board: Rc::clone(&board),
        next: Cell::new(0),
        due: RefCell::default(),
        accepted: Cell::new(0),
        refused: Cell::new(0),
        taken: Cell::new(0),
        acks: RefCell::default(),
    });
    let outcome = drive(&run).await;
    *double.board.borrow_mut() = None;
    outcome
}

async fn drive(run: &Rc<Run>) -> anyhow::Result<Outcome> {
    let board = &run.board;
    let mut tasks: JoinSet<std::io::Result<()>> = JoinSet::new();
    for _ in 0..run.plan.connections {
        let run = Rc::clone(run);
        tasks.spawn_local(async move { run.connection().await });
    }
    if let Pace::Rate(rate) = run.plan.pace {
        let run = Rc::clone(run);
        tasks.spawn_local(async move { run.release(rate).await });
    }
    tokio::time::sleep_until(board.from.into()).await;
    let cpu = Cpu::of(run.plan.pid)?;
    let mut ended = board.until;
    let mut all_sent = false;
    while !all_sent && Instant::now() < board.until {
        tokio::select! {
            () = tokio::time::sleep_until(board.until.into()) => {}
            result = tasks.join_next() => match result {
                Some(result) => result?.context("the server broke a connection")?,
                None => { all_sent = true; ended = Instant::now(); }
            },
        }
    }
    let cpu = Cpu::of(run.plan.pid)?.since(&cpu);
    let late = tokio::time::timeout(Duration::from_secs(2), async {
        while board.replies.get() < run.taken.get() {
            board.replied.notified().await;
        }
    });
    while matches!(run.plan.pace, Pace::Rate(_))
        && let Ok(Some(result)) = tokio::time::timeout(Duration::from_secs(2), tasks.join_next()).await
    {
        result?.context("the server broke a connection")?;
    }
    if (all_sent && run.plan.pace != Pace::Closed) || matches!(run.plan.pace, Pace::Rate(_)) {
        // Who does not reply in time has not replied.
        let _ = late.await;
    }
    tasks.abort_all();
    let (mut acks, mut reply_times) = (run.acks.take(), board.took.take());
    acks.sort_unstable();
    reply_times.sort_unstable();
    Ok(Outcome {
        seconds: (ended - board.from).as_secs_f64(),
        accepted: run.accepted.get(),
        refused: run.refused.get(),
        replies: board.counted.get(),
        cpu,
        acks,
        reply_times,
        all: (run.taken.get(), board.replies.get()),
    })
}

impl Run {
    async fn connection(&self) -> std::io::Result<()> {
        let mut stream = TcpStream::connect(self.plan.address).await?;
        stream.set_nodelay(true)?;
        let mut buffer = Vec::with_capacity(4_096);
        let each = self.requests.events_each;
        while let Some((index, due)) = self.turn().await {
            for event in index * each..(index + 1) * each {
                self.board.sent.borrow_mut()[event] = Some(due);
            }
            stream.write_all(self.requests.get(index)).await?;
            let ok = read_answer(&mut stream, &mut buffer).await?;
            let now = Instant::now();
            if ok {
                self.taken.set(self.taken.get() + u64::try_from(each).unwrap_or(1));
            } else if self.board.windowed {
                self.board.room.add_permits(each);
            }
            if now >= self.board.from && now < self.board.until {
                let count = if ok { &self.accepted } else { &self.refused };
                count.set(count.get() + 1);
                self.acks.borrow_mut().push(micros(now - due));
            }
        }
        Ok(())
    }

    /// Waits for the turn; gives the request and since when it was due. `None` when all is over.
    async fn turn(&self) -> Option<(usize, Instant)> {
        if self.plan.pace != Pace::Closed {
            let events = u32::try_from(self.requests.events_each).ok()?;
            self.board.room.acquire_many(events).await.ok()?.forget();
        }
        let now = Instant::now();
        let due = self.due.borrow_mut().pop_front().unwrap_or(now);
        let index = self.next.get();
        let index = if index >= self.requests.len() && self.plan.again { 0 } else { index };
        self.next.set(index + 1);
        (now < self.board.until && index < self.requests.len()).then_some((index, due))
    }

    /// Makes requests due, a few every millisecond. What a busy server delays counts as its delay.
    async fn release(&self, rate: u32) -> std::io::Result<()> {
        let begin = Instant::now();
        let mut ticks = tokio::time::interval(Duration::from_millis(1));
        let mut released = 0;
        while Instant::now() < self.board.until {
            ticks.tick().await;
            let now = Instant::now();
            let wanted = u64::from(rate) * u64::try_from((now - begin).as_micros()).unwrap_or(0) / 1_000_000;
            while released < wanted {
                released += 1;
                self.due.borrow_mut().push_back(now);
                self.board.room.add_permits(1);
            }
        }
        self.board.room.close();
        Ok(())
    }
}

/// Reads one answer; whether it was 200.
async fn read_answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> std::io::Result<bool> {
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if let Some((head, length)) = head_and_length(buffer)
            && buffer.len() >= head + length
        {
            return Ok(buffer.starts_with(b"HTTP/1.1 200"));
        }
    }
}
