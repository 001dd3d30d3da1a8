//! What the double was asked and what it answered: JSON lines, durable before the answer goes out.
//!
//! It judges servers from outside: a server's own counters are no evidence. Many callers share one
//! fsync, so that the judge is not the bottleneck.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{File, OpenOptions},
    io::{self, BufRead, Write},
    path::Path,
    sync::{Mutex, PoisonError, mpsc},
};

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Line {
    /// A body was delivered and answered; status 0: no answer came.
    Webhook {
        /// The events in it.
        events: Vec<String>,
        /// Which delivery of the body this was, from 1.
        attempt: u32,
        /// The HTTP status of the answer.
        status: u16,
    },
    /// A push, multicast or broadcast took effect: whom it was for. It stands before the call's own line.
    Handed {
        /// The custom aggregation unit; empty: none.
        unit: String,
        /// The people, in the order of the call.
        to: Vec<String>,
    },
    /// A call of the Messaging API.
    Call {
        /// Its path.
        endpoint: String,
        /// The event whose reply token it carried.
        event: Option<String>,
        /// Its retry key.
        retry_key: Option<String>,
        /// SHA-256 of its body, in hexadecimal.
        body_hash: String,
        /// Whether it took effect.
        accepted: bool,
        /// The status that was answered; 0: the connection was cut.
        status: u16,
    },
}

impl Line {
    /// The people to whom a call that took effect handed something, and under which name it is counted.
    pub fn handed(&self) -> Option<(&str, &[String])> {
        match self {
            Self::Handed { unit, to } => Some((unit, to)),
            _ => None,
        }
    }
}

/// How often each person was handed something that is counted under a name.
pub fn handed<'a>(lines: &'a [Line], unit: &str) -> BTreeMap<&'a str, u32> {
    let mut found = BTreeMap::new();
    for (of, to) in lines.iter().filter_map(Line::handed) {
        if of == unit {
            for person in to {
                *found.entry(person.as_str()).or_default() += 1;
            }
        }
    }
    found
}

/// Retry keys that came with more than one body, or at more than one endpoint: there may be none.
pub fn keys_of_two_bodies(lines: &[Line]) -> BTreeSet<&str> {
    let mut first: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    let mut found = BTreeSet::new();
    for line in lines {
        if let Line::Call { endpoint, retry_key: Some(key), body_hash, .. } = line {
            let call = (endpoint.as_str(), body_hash.as_str());
            if *first.entry(key).or_insert(call) != call {
                found.insert(key.as_str());
            }
        }
    }
    found
}

/// Where lines go.
pub struct Ledger {
    lines: Mutex<Vec<Line>>,
    writer: Option<mpsc::Sender<(Line, oneshot::Sender<()>)>>,
}

impl Ledger {
    pub(super) fn open(path: Option<&Path>) -> io::Result<Self> {
        let writer = path.map(start_writer).transpose()?;
        Ok(Self { lines: Mutex::default(), writer })
    }

    /// Comes back when the line is durable.
    pub(super) async fn write(&self, line: Line) {
        match &self.writer {
            None => self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line),
            Some(writer) => {
                let (durable, wait) = oneshot::channel();
                writer.send((line, durable)).expect("the ledger's thread lives as long as the ledger");
                wait.await.expect("the ledger can be written; a judge that cannot write must not go on");
            }
        }
    }

    /// The lines kept in memory.
    pub fn lines(&self) -> Vec<Line> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads a ledger's file.
    pub fn read(path: &Path) -> io::Result<Vec<Line>> {
        io::BufReader::new(File::open(path)?)
            .lines()
            .map(|line| serde_json::from_str(&line?).map_err(io::Error::other))
            .collect()
    }
}

fn start_writer(path: &Path) -> io::Result<mpsc::Sender<(Line, oneshot::Sender<()>)>> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    let (sender, lines) = mpsc::channel::<(Line, oneshot::Sender<()>)>();
    std::thread::Builder::new().name("ledger".into()).spawn(move || {
        while let Ok(first) = lines.recv() {
            let mut text = Vec::new();
            let mut callers = Vec::new();
            for (line, durable) in std::iter::once(first).chain(lines.try_iter()) {
                serde_json::to_writer(&mut text, &line).expect("our own lines are JSON");
                text.push(b'\n');
                callers.push(durable);
            }
            if file.write_all(&text).and_then(|()| file.sync_data()).is_err() {
                // Dropping the callers tells them.
                return;
            }
            for caller in callers {
                let _ = caller.send(());
            }
        }
    })?;
    Ok(sender)
}

/// What the ledger says about each event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Verdict {
    /// Whether a delivery of it was answered 200.
    pub answered_200: bool,
    /// Replies with its token that took effect.
    pub replies_accepted: u32,
    /// Replies with its token that were tried.
    pub replies_tried: u32,
}

/// Judges a whole ledger, by event.
pub fn judge(lines: &[Line]) -> BTreeMap<String, Verdict> {
    let mut verdicts: BTreeMap<String, Verdict> = BTreeMap::new();
    for line in lines {
        match line {
            Line::Webhook { events, status, .. } => {
                for event in events {
                    verdicts.entry(event.clone()).or_default().answered_200 |= *status == 200;
                }
            }
            Line::Call { event: Some(event), accepted, .. } => {
                let verdict = verdicts.entry(event.clone()).or_default();
                verdict.replies_tried += 1;
                verdict.replies_accepted += u32::from(*accepted);
            }
            Line::Call { .. } | Line::Handed { .. } => {}
        }
    }
    verdicts
}
