//! The smallest LINE there can be: takes replies over HTTP/1.1, notes when, and says 200.
//!
//! It shares the generator's thread, so it must cost little: no HTTP library, no JSON.

use std::{
    cell::{Cell, RefCell},
    net::{Ipv4Addr, SocketAddr},
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Notify, Semaphore},
};

const ACCEPTED: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
    x-line-request-id: 11111111-2222-3333-4444-555555555555\r\ncontent-length: 2\r\n\r\n{}";
const BEFORE_TOKEN: &[u8] = b"\"replyToken\":\"";
const TOKEN_LEN: usize = 32;

/// How the double answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// At once.
    AtOnce,
    /// Never: what waits for the answer keeps waiting.
    Never,
    /// After so long.
    After(Duration),
}

/// What one load notes about its events.
pub struct Board {
    /// When each event was sent.
    pub sent: RefCell<Vec<Option<Instant>>>,
    /// How long each reply that counts took, in microseconds.
    pub took: RefCell<Vec<u32>>,
    /// Replies that count.
    pub counted: Cell<u64>,
    /// All replies.
    pub replies: Cell<u64>,
    /// Replies count from here to there.
    pub from: Instant,
    /// See `from`.
    pub until: Instant,
    /// Events may be sent as long as there are permits; each reply gives one back.
    pub room: Semaphore,
    /// Whether replies give back permits.
    pub windowed: bool,
    /// Woken by each reply.
    pub replied: Notify,
}

impl Board {
    fn note(&self, token: Option<usize>) {
        let now = Instant::now();
        self.replies.set(self.replies.get() + 1);
        if now >= self.from && now < self.until {
            self.counted.set(self.counted.get() + 1);
            let sent = token.and_then(|number| self.sent.borrow().get(number).copied().flatten());
            if let Some(sent) = sent {
                self.took.borrow_mut().push(crate::figures::micros(now - sent));
            }
        }
        if self.windowed {
            self.room.add_permits(1);
        }
        self.replied.notify_waiters();
    }
}

/// The double.
pub struct Double {
    /// Where it listens.
    pub address: SocketAddr,
    /// How it answers.
    pub manner: Cell<Manner>,
    /// Who is told of replies.
    pub board: RefCell<Option<Rc<Board>>>,
    /// A reply's body, for limits that post the same.
    pub sample: RefCell<Vec<u8>>,
}

impl Double {
    /// Listens on a free loopback port until the process ends.
    pub async fn start() -> std::io::Result<Rc<Self>> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let double = Rc::new(Self {
            address: listener.local_addr()?,
            manner: Cell::new(Manner::AtOnce),
            board: RefCell::default(),
            sample: RefCell::default(),
        });
        let serving = Rc::clone(&double);
        tokio::task::spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let double = Rc::clone(&serving);
                tokio::task::spawn_local(async move {
                    // A server that was killed leaves broken connections behind.
                    let _ = double.converse(stream).await;
                });
            }
        });
        Ok(double)
    }

    async fn converse(&self, mut stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut buffer: Vec<u8> = Vec::with_capacity(16 * 1024);
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
            let body = &buffer[head..head + length];
            match self.manner.get() {
                Manner::AtOnce => {}
                Manner::Never => std::future::pending().await,
                Manner::After(pause) => tokio::time::sleep(pause).await,
            }
            // A long one if there is one: the first answers to be seen may be greetings.
            if self.sample.borrow().len() < 400 && token(body).is_some() {
                *self.sample.borrow_mut() = body.to_vec();
            }
            let board = self.board.borrow().clone();
            if let Some(board) = board {
                board.note(token(body));
            }
            stream.write_all(ACCEPTED).await?;
            buffer.drain(..head + length);
        }
    }
}

/// Where the body begins and how long it is; `None` while the head is not complete.
pub fn head_and_length(bytes: &[u8]) -> Option<(usize, usize)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let length = bytes[..end].split(|byte| *byte == b'\n').find_map(|line| {
        let (name, value) = line.split_at_checked(15)?;
        name.eq_ignore_ascii_case(b"content-length:")
            .then(|| std::str::from_utf8(value).ok()?.trim().parse().ok())
            .flatten()
    });
    Some((end, length.unwrap_or(0)))
}

/// The event's number in a reply token; the token may stand anywhere in the body.
fn token(body: &[u8]) -> Option<usize> {
    let hex = token_text(body)?;
    usize::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()
}

/// The reply token's 32 digits.
pub fn token_text(body: &[u8]) -> Option<&[u8]> {
    // serde_json sorts members, so the token stands near one end of what todoke sends.
    let at = body.windows(BEFORE_TOKEN.len()).rposition(|window| window == BEFORE_TOKEN)?;
    body.get(at + BEFORE_TOKEN.len()..at + BEFORE_TOKEN.len() + TOKEN_LEN)
}
