//! The control socket: how commands reach the store while a server holds it.
//!
//! `<data>/control.sock`, readable by the owner only. One JSON line asks, one JSON line answers. `app`
//! serves it, `cli` asks; it names nothing of ours.

use std::{
    future::Future,
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    sync::watch,
    time::timeout,
};

/// What may be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// Read every record and report.
    StoreVerify,
    /// Add somebody to the staff, everything as typed.
    StaffAdd {
        /// The account.
        account: String,
        /// The login name.
        login: String,
        /// The name for people.
        name: String,
        /// The roles.
        roles: Vec<String>,
        /// The department.
        department: Option<String>,
        /// The first day.
        from: Option<String>,
        /// The last day.
        until: Option<String>,
    },
    /// List the staff of an account.
    StaffList {
        /// The account.
        account: String,
    },
    /// Some entries of the audit log.
    AuditFrom {
        /// The number of the first one.
        from: u64,
        /// Whether they are taken out, which is an entry of its own.
        export: bool,
    },
    /// Something about an account's segments; `app` knows which questions there are.
    Segments {
        /// The account.
        account: String,
        /// The question.
        question: Value,
    },
    /// Something about an account's announcements; `app` knows which questions there are.
    Announcements {
        /// The account.
        account: String,
        /// The question.
        question: Value,
    },
    /// Something about an account's figures; `app` knows which questions there are.
    Figures {
        /// The account.
        account: String,
        /// The question.
        question: Value,
    },
    /// Something about an account's groups; `app` knows which questions there are.
    Groups {
        /// The account.
        account: String,
        /// The question.
        question: Value,
    },
    /// Something about keys of other systems; `app` knows which questions there are.
    Keys {
        /// The account.
        account: String,
        /// The question.
        question: Value,
    },
    /// Something about which residents have which rich menu; `app` knows which questions there are.
    Menus {
        /// The account.
        account: String,
        /// The question.
        question: Value,
    },
    /// The next page of an import of followers.
    FollowersStep {
        /// The account.
        account: String,
    },
    /// Something about an account's intents; `app` knows which questions there are.
    Intents {
        /// The account.
        account: String,
        /// The question.
        question: Value,
    },
}

/// A question is one line; the longest holds a whole sheet. Only the owner of the data can ask.
const LONGEST_REQUEST: u64 = 128 << 20;
/// Whoever connects and says nothing is sent away after this time.
const ASKED_WITHIN: Duration = Duration::from_secs(5);
/// Reading a large store takes its time.
const ANSWERED_WITHIN: Duration = Duration::from_mins(10);

/// Where the socket of a data folder lies.
fn place(data: &Path) -> PathBuf {
    data.join("control.sock")
}

/// Listens. The caller holds the store of this folder, so a socket that is still there is a dead one's.
pub fn listen(data: &Path) -> io::Result<UnixListener> {
    let path = place(data);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&path)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Answers one question after another until told to stop.
pub async fn serve<F>(
    listener: UnixListener,
    answer: impl Fn(Request) -> F + Send + Sync + 'static,
    mut stop: watch::Receiver<bool>,
) where
    F: Future<Output = Value> + Send,
{
    let answer = Arc::new(answer);
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "the control socket could not take a connection");
                    continue;
                }
            },
            _ = stop.wait_for(|stop| *stop) => return,
        };
        tokio::select! {
            result = converse(stream, &*answer) => if let Err(error) = result {
                tracing::warn!(%error, "a command was not answered");
            },
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

async fn converse<F>(mut stream: UnixStream, answer: &(impl Fn(Request) -> F + Send + Sync)) -> io::Result<()>
where
    F: Future<Output = Value> + Send,
{
    let (reading, mut writing) = stream.split();
    let mut line = String::new();
    let mut reading = BufReader::new(reading).take(LONGEST_REQUEST);
    timeout(ASKED_WITHIN, reading.read_line(&mut line)).await??;
    let told = match serde_json::from_str(&line) {
        Ok(request) => answer(request).await,
        Err(_) => {
            serde_json::json!({ "error": "this server does not know the command; use the todoke of its version" })
        }
    };
    writing.write_all(format!("{told}\n").as_bytes()).await
}

/// Why a running server did not answer a command.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// Talking failed.
    #[error("the server at {socket} does not answer: {source}; look whether it still runs", socket = socket.display())]
    Silent {
        /// The control socket.
        socket: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The server says why it does not do it.
    #[error("{0}")]
    Refused(String),
}

/// Asks the server that holds this data folder; `None` when nobody serves it.
pub async fn ask(data: &Path, request: &Request) -> Result<Option<Value>, ControlError> {
    let socket = place(data);
    let told = match converse_as_client(&socket, request).await {
        Ok(told) => told,
        // A socket that nobody serves any more refuses; one that never was is not found.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            return Ok(None);
        }
        Err(source) => return Err(ControlError::Silent { socket, source }),
    };
    match told["error"].as_str() {
        Some(error) => Err(ControlError::Refused(error.to_owned())),
        None => Ok(Some(told)),
    }
}

async fn converse_as_client(socket: &Path, request: &Request) -> io::Result<Value> {
    let mut stream = UnixStream::connect(socket).await?;
    stream.write_all(format!("{}\n", serde_json::to_string(request)?).as_bytes()).await?;
    let mut line = String::new();
    timeout(ANSWERED_WITHIN, BufReader::new(stream).read_line(&mut line)).await??;
    Ok(serde_json::from_str(&line)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "the test waits for the task at its end")]
    async fn a_question_is_answered_nonsense_is_refused_and_nobody_home_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(ask(folder.path(), &Request::StoreVerify).await.unwrap(), None);
        let (stop, stopping) = watch::channel(false);
        let listener = listen(folder.path()).unwrap();
        let mode = std::fs::metadata(place(folder.path())).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let server =
            tokio::spawn(serve(listener, |_| async { serde_json::json!({ "settled": 3 }) }, stopping));
        let told = ask(folder.path(), &Request::StoreVerify).await.unwrap().unwrap();
        assert_eq!(told["settled"], 3);
        let mut stream = UnixStream::connect(place(folder.path())).await.unwrap();
        stream.write_all(b"\"drop-everything\"\n").await.unwrap();
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).await.unwrap();
        assert!(line.contains("does not know"), "{line}");
        stop.send_replace(true);
        server.await.unwrap();
        // The dead server's socket is still there; nobody answers, and a new server takes its place.
        assert_eq!(ask(folder.path(), &Request::StoreVerify).await.unwrap(), None);
        listen(folder.path()).unwrap();
    }
}
