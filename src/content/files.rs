//! Intent files in folders: `<dir>/<account>/*.yaml`; the likes of `*.yml` come too, so that the loader can warn.

use std::{
    ffi::OsStr,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use notify_debouncer_full::{DebounceEventResult, new_debouncer, notify::RecursiveMode};

use super::{Shelf, ShelfError, WatchGuard};
use crate::{domain::id::AccountId, intent::source::SourceFile};

/// Editors write in several steps; so long must nothing happen before a change counts.
const CALM: Duration = Duration::from_millis(300);

/// The folder of folders.
pub struct FolderShelf {
    dir: PathBuf,
}

impl FolderShelf {
    /// `dir` is `intents.dir`.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }
}

impl Shelf for FolderShelf {
    fn read(&self, account: &AccountId) -> Result<Vec<SourceFile>, ShelfError> {
        let folder = self.dir.join(account.as_str());
        let unreadable = |path: &Path, source: io::Error| {
            let path = path.display().to_string();
            match source.kind() {
                io::ErrorKind::NotFound => ShelfError::Missing { folder: path },
                _ => ShelfError::Unreadable { path, source },
            }
        };
        let mut files = Vec::new();
        for entry in fs::read_dir(&folder).map_err(|e| unreadable(&folder, e))? {
            let path = entry.map_err(|e| unreadable(&folder, e))?.path();
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            let is_yaml =
                |ending: &OsStr| ["yaml", "yml"].iter().any(|yaml| ending.eq_ignore_ascii_case(yaml));
            if hidden || !path.extension().is_some_and(is_yaml) {
                continue;
            }
            // Bytes that are no UTF-8 become U+FFFD, and the loader says where.
            let bytes = fs::read(&path).map_err(|e| unreadable(&path, e))?;
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            files.push(SourceFile { path: name, text: String::from_utf8_lossy(&bytes).into_owned() });
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    fn questions(&self, account: &AccountId) -> Result<String, ShelfError> {
        let path = self.dir.join(account.as_str()).join("questions.jsonl");
        match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            read => {
                read.map_err(|source| ShelfError::Unreadable { path: path.display().to_string(), source })
            }
        }
    }

    fn write(&self, account: &AccountId, files: &[(String, Option<String>)]) -> Result<(), ShelfError> {
        let folder = self.dir.join(account.as_str());
        for (name, text) in files {
            let path = folder.join(name);
            let written = match text {
                // A hidden name: nobody reads it before it is whole.
                Some(text) => replace(&folder.join(format!(".{name}.new")), &path, text),
                None => fs::remove_file(&path),
            };
            written
                .and_then(|()| fs::File::open(&folder)?.sync_all())
                .map_err(|source| ShelfError::Unwritable { path: path.display().to_string(), source })?;
        }
        Ok(())
    }

    fn watch(&self, on_change: Box<dyn Fn() + Send>) -> Result<WatchGuard, ShelfError> {
        let unwatchable = |what: notify_debouncer_full::notify::Error| ShelfError::Unwatchable {
            path: self.dir.display().to_string(),
            what: what.to_string(),
        };
        let mut watcher = new_debouncer(CALM, None, move |result: DebounceEventResult| {
            let changed = |event: &notify_debouncer_full::DebouncedEvent| !event.kind.is_access();
            if result.is_err() || result.is_ok_and(|events| events.iter().any(changed)) {
                on_change();
            }
        })
        .map_err(unwatchable)?;
        watcher.watch(&self.dir, RecursiveMode::Recursive).map_err(unwatchable)?;
        Ok(WatchGuard { _watcher: Box::new(watcher) })
    }
}

/// Writes beside, makes it durable, then renames over.
fn replace(beside: &Path, path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::File::create(beside)?;
    file.write_all(text.as_bytes())?;
    // Whoever may read and write the old one may do so with the new one.
    if let Ok(old) = fs::metadata(path) {
        file.set_permissions(old.permissions())?;
    }
    file.sync_all()?;
    fs::rename(beside, path)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn files_come_sorted_and_a_save_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("todoke");
        fs::create_dir(&folder).unwrap();
        for name in ["b.yaml", "a.yaml", "c.YML", "notes.txt", ".hidden.yaml"] {
            fs::write(folder.join(name), "topic: a").unwrap();
        }
        let shelf = FolderShelf::new(dir.path());
        let account = "todoke".parse().unwrap();
        let names: Vec<String> = shelf.read(&account).unwrap().into_iter().map(|file| file.path).collect();
        assert_eq!(names, ["a.yaml", "b.yaml", "c.YML"]);
        let (tell, changes) = mpsc::channel();
        let _guard = shelf.watch(Box::new(move || tell.send(()).unwrap_or_default())).unwrap();
        // As editors do it: write beside, then rename over.
        fs::write(folder.join(".a.yaml.new"), "topic: b").unwrap();
        fs::rename(folder.join(".a.yaml.new"), folder.join("a.yaml")).unwrap();
        changes.recv_timeout(Duration::from_secs(20)).unwrap();
    }

    #[test]
    fn files_are_written_whole_and_removed() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("todoke");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("old.yaml"), "old").unwrap();
        let (shelf, account) = (FolderShelf::new(dir.path()), "todoke".parse().unwrap());
        let files = [("new.yaml".to_owned(), Some("new".to_owned())), ("old.yaml".to_owned(), None)];
        shelf.write(&account, &files).unwrap();
        let read: Vec<_> =
            shelf.read(&account).unwrap().into_iter().map(|file| (file.path, file.text)).collect();
        assert_eq!(read, [("new.yaml".to_owned(), "new".to_owned())]);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing is left beside");
        assert_eq!(shelf.questions(&account).unwrap(), "");
        let complaint = shelf.write(&"none".parse().unwrap(), &files).unwrap_err().to_string();
        assert!(complaint.contains("write_back"), "{complaint}");
    }

    #[test]
    fn a_missing_folder_says_what_to_do() {
        let shelf = FolderShelf::new("/nonexistent");
        let complaint = shelf.read(&"todoke".parse().unwrap()).unwrap_err().to_string();
        assert!(complaint.contains("correct intents.dir"), "{complaint}");
    }
}
