//! Content: revisions as changes, the head's pieces one key each, contents by hash, drafts.
//!
//! Nothing here is personal, so nothing is sealed. Pieces of the head stand in the tree as they are; an
//! earlier revision is found by undoing the changes since.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::{
    SledStore, audit, key,
    people::Desk,
    verify::Report,
    writer::{self, Txn},
};
use crate::{
    domain::{
        audit::Note,
        content::{
            Blob, Change, ContentHash, ImportMark, Origin, PieceId, Publication, Revision, RevisionNo,
            SavedDraft, Version,
        },
        id::AccountId,
    },
    store::{
        StoreError,
        content::{Contents, DraftEdit, Pieces},
        record,
    },
};

/// A reader that meets a publication begins again; so often at most.
const ATTEMPTS: usize = 100;

#[async_trait]
impl Contents for SledStore {
    async fn keep(&self, account: &AccountId, contents: Vec<Blob>) -> Result<(), StoreError> {
        let account = self.account(account)?.id.clone();
        let keep = move |txn: &mut Txn<'_>| {
            for blob in contents {
                let place = key::content(&account, &blob.hash());
                if !txn.has(&place)? {
                    txn.put_new(&place, blob.bytes());
                }
            }
            Ok(())
        };
        self.writer.write(keep, |()| ()).await
    }

    async fn contents(&self, account: &AccountId, hashes: &[ContentHash]) -> Result<Vec<Blob>, StoreError> {
        let account = &self.account(account)?.id;
        hashes.iter().map(|hash| self.blob(account, hash)).collect()
    }

    async fn publish(&self, account: &AccountId, publication: Publication) -> Result<RevisionNo, StoreError> {
        let account = self.account(account)?.id.clone();
        let desk = self.staff_desk();
        self.writer.write(move |txn| publish(txn, &desk, &account, publication), |_| ()).await
    }

    async fn head(&self, account: &AccountId) -> Result<RevisionNo, StoreError> {
        self.number_of_head(&self.account(account)?.id)
    }

    async fn head_pieces(&self, account: &AccountId) -> Result<(RevisionNo, Pieces), StoreError> {
        let account = &self.account(account)?.id;
        // The number changes in the same batch as the pieces: the same one before and after means that
        // nothing was published meanwhile.
        for _ in 0..ATTEMPTS {
            let before = self.number_of_head(account)?;
            let pieces = self.scan_head(account)?;
            if self.number_of_head(account)? == before {
                return Ok((before, pieces));
            }
        }
        Err(StoreError::Conflict)
    }

    async fn pieces_at(&self, account: &AccountId, number: RevisionNo) -> Result<Option<Pieces>, StoreError> {
        let (head, mut pieces) = self.head_pieces(account).await?;
        if number > head {
            return Ok(None);
        }
        for undone in (number + 1..=head).rev() {
            for change in self.changes(account, undone)? {
                match change.before {
                    Some(before) => pieces.insert(change.piece, before),
                    None => pieces.remove(&change.piece),
                };
            }
        }
        Ok(Some(pieces))
    }

    async fn revision(
        &self,
        account: &AccountId,
        number: RevisionNo,
    ) -> Result<Option<(Revision, Vec<Change>)>, StoreError> {
        let account = &self.account(account)?.id;
        match self.revision_alone(account, number)? {
            Some(revision) => Ok(Some((revision, self.changes(account, number)?))),
            None => Ok(None),
        }
    }

    async fn revisions(
        &self,
        account: &AccountId,
        before: Option<RevisionNo>,
        most: usize,
    ) -> Result<Vec<Revision>, StoreError> {
        let account = &self.account(account)?.id;
        let head = self.number_of_head(account)?;
        let newest = before.map_or(head, |before| before.saturating_sub(1).min(head));
        (1..=newest).rev().take(most).map(|number| self.revision_that_is(account, number)).collect()
    }

    async fn history(
        &self,
        account: &AccountId,
        piece: &PieceId,
        before: Option<RevisionNo>,
        most: usize,
    ) -> Result<Vec<(Revision, Option<ContentHash>)>, StoreError> {
        let account = &self.account(account)?.id;
        let from = key::content_history(account, piece, 0);
        let to = key::content_history(account, piece, before.unwrap_or(RevisionNo::MAX));
        let mut found = Vec::new();
        for item in self.tree.range(from..to).rev().take(most) {
            let (place, _) = item.map_err(writer::backend)?;
            let number = place.last_chunk().map(|bytes| RevisionNo::from_be_bytes(*bytes));
            let became =
                self.get::<Option<ContentHash>>(&place, "history")?.ok_or_else(|| missing("history"))?;
            let number = number.ok_or_else(|| missing("history"))?;
            found.push((self.revision_that_is(account, number)?, became));
        }
        Ok(found)
    }

    async fn import_mark(&self, account: &AccountId) -> Result<Option<ImportMark>, StoreError> {
        self.get(&key::content_import(&self.account(account)?.id), "import mark")
    }

    async fn mark_import(
        &self,
        account: &AccountId,
        mark: ImportMark,
        note: Option<Note>,
    ) -> Result<(), StoreError> {
        let (account, desk) = (self.account(account)?.id.clone(), self.staff_desk());
        let marked = move |txn: &mut Txn<'_>| {
            if head_in(txn, &account)? != mark.revision {
                return Err(StoreError::Conflict);
            }
            if let Some(note) = note {
                audit::append(txn, &desk, note)?;
            }
            txn.put(&key::content_import(&account), &record::plain(&mark))
        };
        self.writer.write(marked, |()| ()).await
    }

    async fn save_draft(&self, account: &AccountId, edit: DraftEdit) -> Result<SavedDraft, StoreError> {
        let (account, desk) = (self.account(account)?.id.clone(), self.staff_desk());
        let save = move |txn: &mut Txn<'_>| {
            let place = key::content_draft(&account, &edit.piece);
            if version_in(txn, &place)? != edit.expected {
                return Err(StoreError::Conflict);
            }
            let DraftEdit { piece, author, at, base, body, note, expected: _ } = edit;
            // Versions never come twice, so that a draft made anew is not taken for the one thrown away.
            let counter = key::content_draft_versions(&account);
            txn.count(&counter, 1)?;
            let version =
                txn.get(&counter)?.and_then(|bytes| bytes.try_into().ok()).map(Version::from_be_bytes);
            let version = version.ok_or_else(|| missing("draft versions"))?;
            let draft = SavedDraft { piece, version, author, at, base, body };
            txn.put(&place, &record::plain(&draft))?;
            audit::append(txn, &desk, note)?;
            Ok(draft)
        };
        self.writer.write(save, |_| ()).await
    }

    async fn draft(&self, account: &AccountId, piece: &PieceId) -> Result<Option<SavedDraft>, StoreError> {
        self.get(&key::content_draft(&self.account(account)?.id, piece), "draft")
    }

    async fn drafts(
        &self,
        account: &AccountId,
        after: Option<&PieceId>,
        most: usize,
    ) -> Result<Vec<SavedDraft>, StoreError> {
        let account = &self.account(account)?.id;
        let prefix = key::content_drafts(account);
        let after = after.map(|piece| key::content_draft(account, piece));
        let mut found = Vec::new();
        for item in self.tree.range(after.clone().unwrap_or_else(|| prefix.clone())..) {
            let (place, _) = item.map_err(writer::backend)?;
            if !place.starts_with(&prefix) || found.len() == most {
                break;
            }
            // Further pages of a long draft come between. A draft that has gone meanwhile is no fault.
            if key::content_piece_of(&prefix, &place).is_some() && after.as_deref() != Some(&*place) {
                found.extend(self.get::<SavedDraft>(&place, "draft")?);
            }
        }
        Ok(found)
    }

    async fn discard_draft(
        &self,
        account: &AccountId,
        piece: &PieceId,
        expected: Version,
        note: Note,
    ) -> Result<(), StoreError> {
        let (place, desk) = (key::content_draft(&self.account(account)?.id, piece), self.staff_desk());
        let discard = move |txn: &mut Txn<'_>| {
            if version_in(txn, &place)? != expected {
                return Err(StoreError::Conflict);
            }
            txn.remove(&place)?;
            audit::append(txn, &desk, note)
        };
        self.writer.write(discard, |()| ()).await
    }
}

/// Publishing, the writer's part.
fn publish(
    txn: &mut Txn<'_>,
    desk: &Desk,
    account: &AccountId,
    publication: Publication,
) -> Result<RevisionNo, StoreError> {
    let Publication { expected, changes, drafts, by, why, at, origin, note } = publication;
    if head_in(txn, account)? != expected {
        return Err(StoreError::Conflict);
    }
    for (piece, version) in &drafts {
        if version_in(txn, &key::content_draft(account, piece))? != *version {
            return Err(StoreError::Conflict);
        }
    }
    let number = expected + 1;
    let mut done = BTreeMap::new();
    for (piece, after) in changes {
        let place = key::content_head_piece(account, &piece);
        let before: Option<ContentHash> = match txn.get(&place)? {
            Some(bytes) => Some(record::read_plain(&bytes, "piece of the head")?),
            None => None,
        };
        if before == after {
            continue;
        }
        match &after {
            Some(hash) if !txn.has(&key::content(account, hash))? => return Err(missing("content")),
            Some(hash) => txn.put(&place, &record::plain(hash))?,
            None => txn.remove(&place)?,
        }
        txn.put(&key::content_history(account, &piece, number), &record::plain(&after))?;
        done.insert(piece.clone(), Change { piece, before, after });
    }
    let changes: Vec<Change> = done.into_values().collect();
    let revision = Revision { number, at, by, why, origin, changed: changes.len() };
    txn.put_new(&key::content_revision(account, number), &record::plain(&revision));
    txn.put_new(&key::content_changes(account, number), &record::plain(&changes));
    txn.put(&key::content_head(account), &number.to_be_bytes())?;
    if let Origin::Files { import } = origin {
        let mark = ImportMark { files: import, revision: number };
        txn.put(&key::content_import(account), &record::plain(&mark))?;
    }
    for (piece, _) in drafts {
        txn.remove(&key::content_draft(account, &piece))?;
    }
    audit::append(txn, desk, note)?;
    Ok(number)
}

fn head_in(txn: &Txn<'_>, account: &AccountId) -> Result<RevisionNo, StoreError> {
    txn.get(&key::content_head(account))?.map_or(Ok(0), |bytes| number(&bytes))
}

fn version_in(txn: &Txn<'_>, place: &[u8]) -> Result<Version, StoreError> {
    match txn.get(place)? {
        Some(bytes) => Ok(record::read_plain::<SavedDraft>(&bytes, "draft")?.version),
        None => Ok(0),
    }
}

fn number(bytes: &[u8]) -> Result<RevisionNo, StoreError> {
    bytes.try_into().map(RevisionNo::from_be_bytes).map_err(|_| missing("number of the head"))
}

fn missing(what: &str) -> StoreError {
    StoreError::Damaged { what: what.to_owned() }
}

impl SledStore {
    fn get<T: serde::de::DeserializeOwned>(&self, place: &[u8], what: &str) -> Result<Option<T>, StoreError> {
        match writer::read(&self.tree, place)? {
            Some(bytes) => record::read_plain(&bytes, what).map(Some),
            None => Ok(None),
        }
    }

    fn number_of_head(&self, account: &AccountId) -> Result<RevisionNo, StoreError> {
        writer::read(&self.tree, &key::content_head(account))?.map_or(Ok(0), |bytes| number(&bytes))
    }

    /// The pieces of the head: as many as the city has, which is bounded by its loader.
    fn scan_head(&self, account: &AccountId) -> Result<Pieces, StoreError> {
        let prefix = key::content_head_pieces(account);
        let mut pieces = Pieces::new();
        for item in self.tree.scan_prefix(&prefix) {
            let (place, _) = item.map_err(writer::backend)?;
            let piece = key::content_piece_of(&prefix, &place).ok_or_else(|| missing("piece of the head"))?;
            // One that goes meanwhile changes the number of the head too.
            if let Some(hash) = self.get(&place, "piece of the head")? {
                pieces.insert(piece, hash);
            }
        }
        Ok(pieces)
    }

    fn blob(&self, account: &AccountId, hash: &ContentHash) -> Result<Blob, StoreError> {
        let bytes =
            writer::read(&self.tree, &key::content(account, hash))?.ok_or_else(|| missing("content"))?;
        let blob = Blob::new(bytes);
        if blob.hash() == *hash { Ok(blob) } else { Err(missing("content that is not what its name says")) }
    }

    fn revision_alone(
        &self,
        account: &AccountId,
        number: RevisionNo,
    ) -> Result<Option<Revision>, StoreError> {
        self.get(&key::content_revision(account, number), "revision")
    }

    fn revision_that_is(&self, account: &AccountId, number: RevisionNo) -> Result<Revision, StoreError> {
        self.revision_alone(account, number)?.ok_or_else(|| missing("revision"))
    }

    fn changes(&self, account: &AccountId, number: RevisionNo) -> Result<Vec<Change>, StoreError> {
        self.get(&key::content_changes(account, number), "changes of a revision")?
            .ok_or_else(|| missing("changes of a revision"))
    }

    /// Content's part of `todoke store verify`: every revision is there and follows from the one before,
    /// every content that one names is kept and is what its name says.
    pub(super) fn verify_contents(&self, account: &AccountId, report: &mut Report) {
        let result = self.number_of_head(account).and_then(|head| {
            let mut pieces = Pieces::new();
            for number in 1..=head {
                report.revisions += 1;
                self.revision_that_is(account, number)?;
                for Change { piece, before, after } in self.changes(account, number)? {
                    if pieces.get(&piece) != before.as_ref() {
                        let what =
                            format!("revision {number} of {account} does not follow from the one before;");
                        report.problems.push(StoreError::Damaged { what }.to_string());
                    }
                    match after {
                        Some(hash) => {
                            self.blob(account, &hash)?;
                            pieces.insert(piece, hash);
                        }
                        None => drop(pieces.remove(&piece)),
                    }
                }
            }
            // A server that goes on publishing meanwhile has a newer head: then there is nothing to compare.
            let stored = self.scan_head(account)?;
            if self.number_of_head(account)? == head && stored != pieces {
                let what = format!("the head of {account} is not what its revisions say;");
                report.problems.push(StoreError::Damaged { what }.to_string());
            }
            Ok(())
        });
        if let Err(error) = result {
            report.problems.push(error.to_string());
        }
    }
}
