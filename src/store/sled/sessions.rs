//! Sessions: the session under the hash of its token, the tokens of each person, the forms posted in each and
//! the questions put to security keys.

use async_trait::async_trait;

use super::{
    SledStore, audit, key,
    people::Desk,
    writer::{self, Txn},
};
use crate::{
    domain::{
        audit::Note,
        id::StaffId,
        staff::{Challenge, Hash, Session, SessionId},
        time::Timestamp,
    },
    store::{
        StoreError, record,
        sessions::{MOST_CHALLENGES, MOST_SESSIONS, Post, Sessions},
        staff::Sessions as Ending,
    },
};

/// So many posted forms are remembered in a session; beyond, the oldest is forgotten.
const MOST_POSTS: usize = 500;

/// A form's key and, once it is done, where it led.
type Posted = ([u8; 16], Option<String>);

#[async_trait]
impl Sessions for SledStore {
    async fn begin_session(
        &self,
        token: &Hash,
        session: Session,
        replaces: Option<Hash>,
        note: Option<Note>,
    ) -> Result<(), StoreError> {
        let (desk, token) = (self.staff_desk(), *token);
        self.writer
            .write(
                move |txn| {
                    if let Some(replaced) = replaces {
                        if !txn.has(&key::session(&replaced))? {
                            return Err(StoreError::Conflict);
                        }
                        remove(txn, session.staff, &replaced)?;
                    }
                    make_room(txn, &desk, session.staff, session.begun)?;
                    put(txn, &desk, &token, &session)?;
                    let mut tokens = tokens(txn.get(&key::sessions_of(session.staff))?.as_deref());
                    tokens.push(token);
                    put_tokens(txn, session.staff, &tokens)?;
                    note.map_or(Ok(()), |note| audit::append(txn, &desk, note))
                },
                |()| {},
            )
            .await
    }

    async fn load_session(&self, token: &Hash) -> Result<Option<Session>, StoreError> {
        let (desk, place) = (self.staff_desk(), key::session(token));
        open(&desk, &place, writer::read(&self.tree, &place)?)
    }

    async fn change_session(
        &self,
        token: &Hash,
        session: Session,
        note: Option<Note>,
    ) -> Result<(), StoreError> {
        let (desk, token) = (self.staff_desk(), *token);
        self.writer
            .write(
                move |txn| {
                    if txn.has(&key::session(&token))? {
                        put(txn, &desk, &token, &session)?;
                        if let Some(note) = note {
                            audit::append(txn, &desk, note)?;
                        }
                    }
                    Ok(())
                },
                |()| {},
            )
            .await
    }

    async fn note_use(&self, token: &Hash, at: Timestamp) -> Result<(), StoreError> {
        let (desk, token) = (self.staff_desk(), *token);
        self.writer
            .write(
                move |txn| {
                    let place = key::session(&token);
                    if let Some(session) = open(&desk, &place, txn.get(&place)?)? {
                        put(txn, &desk, &token, &Session { seen: session.seen.max(at), ..session })?;
                    }
                    Ok(())
                },
                |()| {},
            )
            .await
    }

    async fn list_sessions(&self, staff: StaffId) -> Result<Vec<Session>, StoreError> {
        let desk = self.staff_desk();
        let tokens = tokens(writer::read(&self.tree, &key::sessions_of(staff))?.as_deref());
        let sessions = tokens.iter().map(|token| {
            let place = key::session(token);
            open(&desk, &place, writer::read(&self.tree, &place)?)
        });
        // One may end between the two reads.
        sessions.filter_map(Result::transpose).collect()
    }

    async fn end_session(&self, staff: StaffId, session: SessionId, note: Note) -> Result<bool, StoreError> {
        let desk = self.staff_desk();
        self.writer
            .write(
                move |txn| {
                    for token in tokens(txn.get(&key::sessions_of(staff))?.as_deref()) {
                        let place = key::session(&token);
                        if open(&desk, &place, txn.get(&place)?)?.is_some_and(|one| one.id == session) {
                            remove(txn, staff, &token)?;
                            audit::append(txn, &desk, note)?;
                            return Ok(true);
                        }
                    }
                    Ok(false)
                },
                |_| {},
            )
            .await
    }

    async fn end_sessions(&self, staff: StaffId, note: Note) -> Result<usize, StoreError> {
        let desk = self.staff_desk();
        self.writer
            .write(
                move |txn| {
                    let ended = end(txn, staff, Ending::EndAll)?;
                    audit::append(txn, &desk, note)?;
                    Ok(ended)
                },
                |_| {},
            )
            .await
    }

    async fn claim_post(&self, token: &Hash, post: &[u8; 16]) -> Result<Post, StoreError> {
        let (token, post) = (*token, *post);
        self.writer
            .write(
                move |txn| {
                    if !txn.has(&key::session(&token))? {
                        return Err(StoreError::Conflict);
                    }
                    let mut posts = posts(txn, &token)?;
                    match posts.iter().find(|(known, _)| *known == post) {
                        Some((_, Some(location))) => return Ok(Post::Done(location.clone())),
                        Some((_, None)) => return Ok(Post::Unknown),
                        None => posts.push((post, None)),
                    }
                    let beyond = posts.len().saturating_sub(MOST_POSTS);
                    posts.drain(..beyond);
                    txn.put(&key::posts(&token), &record::plain(&posts))?;
                    Ok(Post::First)
                },
                |_| {},
            )
            .await
    }

    async fn finish_post(
        &self,
        token: &Hash,
        post: &[u8; 16],
        location: Option<String>,
    ) -> Result<(), StoreError> {
        let (token, post) = (*token, *post);
        self.writer
            .write(
                move |txn| {
                    // A form that ends its own session has nothing left to remember.
                    if !txn.has(&key::session(&token))? {
                        return Ok(());
                    }
                    let mut posts = posts(txn, &token)?;
                    posts.retain(|(known, _)| *known != post);
                    posts.extend(location.map(|location| (post, Some(location))));
                    txn.put(&key::posts(&token), &record::plain(&posts))
                },
                |()| {},
            )
            .await
    }

    async fn keep_challenge(&self, token: &Hash, challenge: Challenge) -> Result<(), StoreError> {
        let token = *token;
        self.writer
            .write(
                move |txn| {
                    if !txn.has(&key::session(&token))? {
                        return Err(StoreError::Conflict);
                    }
                    let mut open = challenges(txn, &token)?;
                    open.push(challenge);
                    let beyond = open.len().saturating_sub(MOST_CHALLENGES);
                    open.drain(..beyond);
                    txn.put(&key::challenges(&token), &record::plain(&open))
                },
                |()| {},
            )
            .await
    }

    async fn take_challenge(&self, token: &Hash, bytes: &Hash) -> Result<Option<Challenge>, StoreError> {
        let (token, bytes) = (*token, *bytes);
        self.writer
            .write(
                move |txn| {
                    let mut open = challenges(txn, &token)?;
                    let Some(at) = open.iter().position(|one| one.bytes == bytes) else { return Ok(None) };
                    let question = open.remove(at);
                    txn.put(&key::challenges(&token), &record::plain(&open))?;
                    Ok(Some(question))
                },
                |_| {},
            )
            .await
    }
}

/// Ends sessions of a person; says how many.
pub(super) fn end(txn: &mut Txn<'_>, staff: StaffId, ending: Ending) -> Result<usize, StoreError> {
    let kept = match ending {
        Ending::Keep => return Ok(0),
        Ending::EndOthers(kept) => Some(kept),
        Ending::EndAll => None,
    };
    let ended: Vec<Hash> = tokens(txn.get(&key::sessions_of(staff))?.as_deref())
        .into_iter()
        .filter(|token| Some(*token) != kept)
        .collect();
    ended.iter().try_for_each(|token| remove(txn, staff, token))?;
    Ok(ended.len())
}

/// Drops what is over, and the oldest where there is no room for one more.
fn make_room(txn: &mut Txn<'_>, desk: &Desk, staff: StaffId, now: Timestamp) -> Result<(), StoreError> {
    let mut left = Vec::new();
    for token in tokens(txn.get(&key::sessions_of(staff))?.as_deref()) {
        let place = key::session(&token);
        match open(desk, &place, txn.get(&place)?)? {
            Some(session) if session.is_alive(now) => left.push(token),
            _ => remove(txn, staff, &token)?,
        }
    }
    let beyond = (left.len() + 1).saturating_sub(MOST_SESSIONS);
    left[..beyond].iter().try_for_each(|token| remove(txn, staff, token))
}

fn remove(txn: &mut Txn<'_>, staff: StaffId, token: &Hash) -> Result<(), StoreError> {
    txn.remove(&key::session(token))?;
    txn.remove(&key::posts(token))?;
    txn.remove(&key::challenges(token))?;
    txn.remove(&key::detours(token))?;
    let mut tokens = tokens(txn.get(&key::sessions_of(staff))?.as_deref());
    tokens.retain(|one| one != token);
    put_tokens(txn, staff, &tokens)
}

fn put(txn: &mut Txn<'_>, desk: &Desk, token: &Hash, session: &Session) -> Result<(), StoreError> {
    let place = key::session(token);
    txn.put(&place, &record::seal(&desk.keys.records, &*desk.entropy, &place, session))
}

fn open(desk: &Desk, place: &[u8], stored: Option<Vec<u8>>) -> Result<Option<Session>, StoreError> {
    stored.map(|sealed| record::open(&desk.keys.records, place, &sealed, "session")).transpose()
}

/// Tokens of a person, oldest first.
fn tokens(stored: Option<&[u8]>) -> Vec<Hash> {
    let (tokens, _) = stored.unwrap_or_default().as_chunks::<32>();
    tokens.iter().map(|token| Hash(*token)).collect()
}

fn put_tokens(txn: &mut Txn<'_>, staff: StaffId, tokens: &[Hash]) -> Result<(), StoreError> {
    let place = key::sessions_of(staff);
    if tokens.is_empty() {
        return txn.remove(&place);
    }
    let bytes: Vec<u8> = tokens.iter().flat_map(|token| token.0).collect();
    txn.put(&place, &bytes)
}

fn posts(txn: &Txn<'_>, token: &Hash) -> Result<Vec<Posted>, StoreError> {
    txn.get(&key::posts(token))?
        .map_or_else(|| Ok(Vec::new()), |bytes| record::read_plain(&bytes, "posted forms"))
}

fn challenges(txn: &Txn<'_>, token: &Hash) -> Result<Vec<Challenge>, StoreError> {
    txn.get(&key::challenges(token))?
        .map_or_else(|| Ok(Vec::new()), |bytes| record::read_plain(&bytes, "challenges"))
}
