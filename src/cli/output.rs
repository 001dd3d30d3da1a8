//! Stdout and stderr: the only place that prints.

use std::{
    io::{self, BufRead, Write},
    path::Path,
};

use anyhow::{Context, bail};
use serde::Serialize;

/// Where results go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Out {
    json: bool,
}

impl Out {
    pub(super) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether JSON was asked for.
    pub(super) fn is_json(self) -> bool {
        self.json
    }

    /// Prints the value as one line of JSON, or the text.
    pub(super) fn either(self, value: &impl Serialize, text: impl FnOnce() -> String) -> anyhow::Result<()> {
        if self.json { line(&serde_json::to_string(value)?) } else { bytes(text().as_bytes()) }
    }
}

/// Prints one line.
pub(super) fn line(line: &str) -> anyhow::Result<()> {
    bytes(format!("{line}\n").as_bytes())
}

/// Prints bytes as they are.
pub(super) fn bytes(bytes: &[u8]) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()?;
    Ok(())
}

/// Says on stderr why a command could not run.
pub(super) fn complain(error: &anyhow::Error) {
    let _ = writeln!(io::stderr(), "todoke: {error:#}");
}

/// A hint for people on stderr.
pub(super) fn hint(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Asks whoever sits there whether what was shown is to be done.
pub(super) fn agreed() -> anyhow::Result<bool> {
    hint("Carry this out? [y/N]（実行しますか）");
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer).context("no answer could be read")?;
    if read == 0 {
        bail!("nobody answered, and nothing was changed; add --yes to go on without a question");
    }
    Ok(["y", "yes", "はい"].contains(&answer.trim().to_lowercase().as_str()))
}

/// Writes a file whole or not at all: what stood there is kept when writing fails.
pub(super) fn file(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
        file.write_all(bytes)?;
        file.persist(path).map_err(|error| error.error)
    });
    written.map(drop).with_context(|| format!("{} cannot be written", path.display()))
}

/// Whether the reader of stdout went away (`todoke … | head`): nobody is left to be told.
pub(super) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}
