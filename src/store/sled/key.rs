//! Where each record stands in the one tree: a letter, the account, and what it is about.
//!
//! | letter | record | rest of the key |
//! |---|---|---|
//! | `P` | event that waits | event key (17 bytes) |
//! | `I` | settled event | event key (17 bytes) |
//! | `R` | resident | lookup hash of the LINE id (16) |
//! | `V` | conversation | lookup hash of the LINE id (16) |
//! | `M` | kept message → event (17); or when a message that is not here was taken back (8, once 0) | lookup hash of the message id (16) |
//! | `F` | daily count | day (4) and name |
//! | `C` | published content and drafts | a second letter (see [`content`]) and what it is about |
//! | `U` | question without an answer | moment (8), id (16) |
//! | `E` | enquiry | id (16) |
//! | `Q` | enquiry by division and state | division, 0, state (1), opened (8), id (16) |
//! | `K` | enquiry by state | state (1), opened (8), id (16) |
//! | `X` | enquiry by its last change | moment (8), id (16) |
//! | `Y` | enquiry by receipt number | the number |
//! | `O` | notice to be sent | enquiry id (16) |
//! | `G` | canned answers | |
//! | `B` | emergency mode | |
//! | `H` | step of emergency mode | version (8) |
//! | `D` | what a resident said | lookup hash of the LINE id (16) |
//! | `J` | marks of 64 residents | number of the block (4) |
//! | `W` | names of marks, and with `!` what they follow from | |
//! | `Z` | when a resident was erased | lookup hash of the LINE id (16) |
//! | `N` | named segment | id (16) |
//! | `L` | people whom the city invites | a second letter (see [`invited`]) and what it is about |
//! | `l` | a resident's helpers | lookup hash of the LINE id (16) |
//! | `r` | residents who were given a rich menu | keyed hash of LINE's id of the menu (16), number of the part (2) |
//! | `f` | how far an import of followers is | |
//! | `k` | keys of other systems | a second letter (see [`api_key`]) and what it is about |
//! | `d` | figures of a day | `s` and number of the series (4); `r`, number of the series (4), day (4) |
//! | `g` | places of the city's link, and taps on it | a second letter (see [`growing`]) and what it is about |
//! | `a` | announcements | a second letter (see [`announced`]) and what it is about |
//!
//! Before all letters stand the mark of the format and what the last stop left behind.
//!
//! Staff belong to the installation, not to an account; a second letter says which record it is:
//!
//! | letters | record | rest of the key |
//! |---|---|---|
//! | `Sp` `Sc` `Sj` | person, credentials, hash of the open invitation | staff id (16) |
//! | `Sl` | login name → person | keyed hash of the name (16) |
//! | `So` | account at the single sign-on → person | keyed hash of issuer and name there (16) |
//! | `Sa` | account → person | account, 0, staff id (16) |
//! | `Si` | invitation | hash of its secret (32) |
//! | `Sk` | secret of another system's key → account and key | keyed hash of its hash (16) |
//! | `Ts` `Tp` `Tc` `To` | session, its posted forms, questions to security keys, ways to the single sign-on | hash of its token (32) |
//! | `Tl` | a person's sessions | staff id (16) |
//! | `Ae` | audit entry | number (8) |
//! | `Ah` | end of the audit chain | nothing |
//!
//! A value longer than a page is continued under its key plus two bytes (see [`super::chunk`]).

use crate::domain::{
    announcement::AnnouncementId,
    content::{ContentHash, PieceId, RevisionNo},
    enquiry::{EnquiryId, Head, Receipt, State},
    event::EventKey,
    figure::SeriesNo,
    id::{AccountId, ApiKeyId, StaffId},
    segment::SegmentId,
    staff::Hash,
    time::Timestamp,
    unanswered::UnansweredId,
};

/// The mark of the store's format.
pub(super) const FORMAT: &[u8] = b"\0format";
/// What a clean stop leaves behind for the next start, which takes it away.
pub(super) const STOP: &[u8] = b"\0stop";

/// The account and key of an event.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct EventPlace {
    pub(super) account: AccountId,
    pub(super) key: EventKey,
}

impl EventPlace {
    /// Where it waits.
    pub(super) fn pending(&self) -> Vec<u8> {
        place(b'P', &self.account, self.key.as_bytes())
    }

    /// Where it stands when settled.
    pub(super) fn settled(&self) -> Vec<u8> {
        place(b'I', &self.account, self.key.as_bytes())
    }

    /// Reads either place back, of whatever account; `None` for a further page of a long value.
    pub(super) fn read(stored: &[u8]) -> Option<Self> {
        let named = stored.get(1..)?;
        let (account, rest) = named.split_at(named.iter().position(|byte| *byte == 0)?);
        let account = std::str::from_utf8(account).ok()?.parse().ok()?;
        let key = rest[1..].try_into().ok().map(EventKey::from_bytes)?;
        Some(Self { account, key })
    }
}

/// What every pending event of an account begins with.
pub(super) fn pending_prefix(account: &AccountId) -> Vec<u8> {
    place(b'P', account, &[])
}

/// What every settled event of an account begins with.
pub(super) fn settled_prefix(account: &AccountId) -> Vec<u8> {
    place(b'I', account, &[])
}

/// A resident, by the lookup hash of the LINE id.
pub(super) fn resident(account: &AccountId, hash: &[u8; 16]) -> Vec<u8> {
    place(b'R', account, hash)
}

/// What every resident of an account begins with.
pub(super) fn resident_prefix(account: &AccountId) -> Vec<u8> {
    place(b'R', account, &[])
}

/// What a resident said.
pub(super) fn profile(account: &AccountId, hash: &[u8; 16]) -> Vec<u8> {
    place(b'D', account, hash)
}

/// What every profile of an account begins with.
pub(super) fn profile_prefix(account: &AccountId) -> Vec<u8> {
    place(b'D', account, &[])
}

/// A block of marks.
pub(super) fn marks(account: &AccountId, block: u32) -> Vec<u8> {
    place(b'J', account, &block.to_be_bytes())
}

/// What every block of marks begins with.
pub(super) fn marks_prefix(account: &AccountId) -> Vec<u8> {
    place(b'J', account, &[])
}

/// The names of marks.
pub(super) fn mark_names(account: &AccountId) -> Vec<u8> {
    place(b'W', account, &[])
}

/// What marks follow from.
pub(super) fn marks_fingerprint(account: &AccountId) -> Vec<u8> {
    place(b'W', account, b"!")
}

/// When a resident was erased.
pub(super) fn erasure(account: &AccountId, hash: &[u8; 16]) -> Vec<u8> {
    place(b'Z', account, hash)
}

/// What every erasure of an account begins with.
pub(super) fn erasure_prefix(account: &AccountId) -> Vec<u8> {
    place(b'Z', account, &[])
}

/// A resident's helpers.
pub(super) fn helpers(account: &AccountId, hash: &[u8; 16]) -> Vec<u8> {
    place(b'l', account, hash)
}

/// What all helpers of an account's residents begin with.
pub(super) fn helpers_prefix(account: &AccountId) -> Vec<u8> {
    place(b'l', account, &[])
}

/// A named segment.
pub(super) fn segment(account: &AccountId, id: SegmentId) -> Vec<u8> {
    place(b'N', account, id.0.as_bytes())
}

/// What every named segment of an account begins with.
pub(super) fn segment_prefix(account: &AccountId) -> Vec<u8> {
    place(b'N', account, &[])
}

/// What all residents who were given a menu begin with.
pub(super) fn menu_links_prefix(account: &AccountId) -> Vec<u8> {
    place(b'r', account, &[])
}

/// Those of 65,536 residents who were given a menu.
pub(super) fn menu_links(account: &AccountId, menu: &[u8; 16], part: u16) -> Vec<u8> {
    place(b'r', account, &[&menu[..], &part.to_be_bytes()[..]].concat())
}

/// How far an import of followers is.
pub(super) fn follower_import(account: &AccountId) -> Vec<u8> {
    place(b'f', account, &[])
}

/// A series of figures; without a number, what all of them begin with.
pub(super) fn figure_series(account: &AccountId, no: Option<SeriesNo>) -> Vec<u8> {
    let no = no.map(|no| no.0.to_be_bytes());
    place(b'd', account, &[&b"s"[..], no.as_ref().map_or(&[][..], |no| &no[..])].concat())
}

/// What every day of an account begins with that anything is known of.
pub(super) fn known_days(account: &AccountId) -> Vec<u8> {
    place(b'd', account, b"r")
}

/// What is known of a day.
pub(super) fn known_day(account: &AccountId, series: SeriesNo, day: jiff::civil::Date) -> Vec<u8> {
    [&known_days(account)[..], &series.0.to_be_bytes(), &date(day)].concat()
}

/// A day that sorts as it does.
fn date(day: jiff::civil::Date) -> [u8; 4] {
    let year = day.year().to_be_bytes();
    let [month, date] = [day.month().to_be_bytes()[0], day.day().to_be_bytes()[0]];
    [year[0], year[1], month, date]
}

/// Something of an announcement, by a letter: `h` the announcement, `s` a step of it, `v` the words of a variant, `p` the
/// people of a variant, `b` a batch, `w` that it is held or being sent, `l` what LINE counted, `o` a step that other
/// systems are still to be told; `d` stands for the account's deputies, `t` for its templates. After the
/// letter the id, then the step's version (8), the variant (2) or the batch (4).
pub(super) fn announced(account: &AccountId, letter: u8, id: Option<AnnouncementId>, rest: &[u8]) -> Vec<u8> {
    let id = id.map(|id| id.0.into_bytes());
    let id = id.as_ref().map_or(&[][..], |id| &id[..]);
    place(b'a', account, &[&[letter][..], id, rest].concat())
}

/// What has to do with new friends: `p` places, `t` a tap, `n` tables of the population.
pub(super) fn growing(account: &AccountId, letter: u8, rest: &[u8]) -> Vec<u8> {
    place(b'g', account, &[&[letter][..], rest].concat())
}

/// A key of another system. The other letters: `h` its id by the keyed hash of its secret, `o` a post.
pub(super) fn api_key(account: &AccountId, id: Option<ApiKeyId>) -> Vec<u8> {
    let id = id.map(|id| id.0.into_bytes());
    place(b'k', account, &[&b"e"[..], id.as_ref().map_or(&[][..], |id| &id[..])].concat())
}

/// What all posts with a key begin with.
pub(super) fn api_posts(account: &AccountId, id: ApiKeyId) -> Vec<u8> {
    place(b'k', account, &[&b"o"[..], id.0.as_bytes()].concat())
}

/// Whose a key is, by the keyed hash of its secret.
pub(super) fn api_secret(hash: &[u8; 16]) -> Vec<u8> {
    [b"Sk", &hash[..]].concat()
}

/// Somebody whom the city invites, by a keyed hash of group and name. The other letters: `c` the record of a code, by
/// its keyed hash, `m` a record by the resident who used its code.
pub(super) fn invited(account: &AccountId, id: &[u8; 16]) -> Vec<u8> {
    [&invited_prefix(account)[..], &id[..]].concat()
}

/// What everybody who is invited begins with.
pub(super) fn invited_prefix(account: &AccountId) -> Vec<u8> {
    place(b'L', account, b"e")
}

/// The record of a code.
pub(super) fn roster_code(account: &AccountId, code: &[u8; 16]) -> Vec<u8> {
    place(b'L', account, &[&b"c"[..], &code[..]].concat())
}

/// What every record begins with whose code a resident used.
pub(super) fn roster_member_prefix(account: &AccountId, hash: &[u8; 16]) -> Vec<u8> {
    place(b'L', account, &[&b"m"[..], &hash[..]].concat())
}

/// That a resident used the code of a record.
pub(super) fn roster_member(account: &AccountId, hash: &[u8; 16], id: &[u8; 16]) -> Vec<u8> {
    [&roster_member_prefix(account, hash)[..], &id[..]].concat()
}

/// A resident's conversation.
pub(super) fn conversation(account: &AccountId, hash: &[u8; 16]) -> Vec<u8> {
    place(b'V', account, hash)
}

/// The event of a kept message, by the lookup hash of the message id.
pub(super) fn message(account: &AccountId, hash: &[u8; 16]) -> Vec<u8> {
    place(b'M', account, hash)
}

/// What every count of a day begins with.
pub(super) fn day_prefix(account: &AccountId, day: jiff::civil::Date) -> Vec<u8> {
    place(b'F', account, &date(day))
}

/// A count of a day.
pub(super) fn fact(account: &AccountId, day: jiff::civil::Date, name: &str) -> Vec<u8> {
    [&day_prefix(account, day)[..], name.as_bytes()].concat()
}

/// The day and the name of an account's count.
pub(super) fn day_of_fact(account: &AccountId, stored: &[u8]) -> Option<(jiff::civil::Date, String)> {
    let rest = stored.strip_prefix(&place(b'F', account, &[])[..])?;
    let ([year_high, year_low, month, date], name) = rest.split_first_chunk()?;
    let year = i16::from_be_bytes([*year_high, *year_low]);
    let day = jiff::civil::Date::new(year, i8::from_be_bytes([*month]), i8::from_be_bytes([*date])).ok()?;
    Some((day, String::from_utf8_lossy(name).into_owned()))
}

/// A member of staff.
pub(super) fn staff(id: StaffId) -> Vec<u8> {
    [b"Sp", &id.0.as_bytes()[..]].concat()
}

/// A member of staff's credentials.
pub(super) fn credentials(id: StaffId) -> Vec<u8> {
    [b"Sc", &id.0.as_bytes()[..]].concat()
}

/// The hash of a person's open invitation.
pub(super) fn open_invitation(id: StaffId) -> Vec<u8> {
    [b"Sj", &id.0.as_bytes()[..]].concat()
}

/// An invitation.
pub(super) fn invitation(token: &Hash) -> Vec<u8> {
    [b"Si", &token.0[..]].concat()
}

/// The person of a login name, by its keyed hash.
pub(super) fn login(hash: &[u8; 16]) -> Vec<u8> {
    [b"Sl", &hash[..]].concat()
}

/// Whose an account at the single sign-on is, by its keyed hash.
pub(super) fn linked(hash: &[u8; 16]) -> Vec<u8> {
    [b"So", &hash[..]].concat()
}

/// That a person belongs to an account; without a person, what all of these begin with.
pub(super) fn staff_of(account: &AccountId, id: Option<StaffId>) -> Vec<u8> {
    let id = id.map(|id| id.0.into_bytes());
    [&b"Sa"[..], account.as_str().as_bytes(), &[0], id.as_ref().map_or(&[][..], |id| &id[..])].concat()
}

/// A session.
pub(super) fn session(token: &Hash) -> Vec<u8> {
    [b"Ts", &token.0[..]].concat()
}

/// The forms that were posted in a session.
pub(super) fn posts(token: &Hash) -> Vec<u8> {
    [b"Tp", &token.0[..]].concat()
}

/// The questions that were put to security keys in a session.
pub(super) fn challenges(token: &Hash) -> Vec<u8> {
    [b"Tc", &token.0[..]].concat()
}

/// The ways to the single sign-on that were begun in a session.
pub(super) fn detours(token: &Hash) -> Vec<u8> {
    [b"To", &token.0[..]].concat()
}

/// The tokens of a person's sessions.
pub(super) fn sessions_of(id: StaffId) -> Vec<u8> {
    [b"Tl", &id.0.as_bytes()[..]].concat()
}

/// The end of the audit chain.
pub(super) const AUDIT_HEAD: &[u8] = b"Ah";

/// An audit entry.
pub(super) fn audit(seq: u64) -> Vec<u8> {
    [b"Ae", &seq.to_be_bytes()[..]].concat()
}

/// Reads an event's key back; `None` for the continuation of a long value.
pub(super) fn event_of(account: &AccountId, place: &[u8]) -> Option<EventKey> {
    let rest = place.get(account.as_str().len() + 2..)?;
    rest.try_into().ok().map(EventKey::from_bytes)
}

/// What every question of an account begins with.
pub(super) fn unanswered_prefix(account: &AccountId) -> Vec<u8> {
    place(b'U', account, &[])
}

/// A question without an answer.
pub(super) fn unanswered(account: &AccountId, at: Timestamp, id: UnansweredId) -> Vec<u8> {
    place(b'U', account, &dated(at, id.0))
}

/// An enquiry.
pub(super) fn enquiry(account: &AccountId, id: EnquiryId) -> Vec<u8> {
    place(b'E', account, id.0.as_bytes())
}

/// What every enquiry of an account begins with.
pub(super) fn enquiry_prefix(account: &AccountId) -> Vec<u8> {
    place(b'E', account, &[])
}

/// What every enquiry in a state begins with, of a division or of all.
pub(super) fn enquiries_in(account: &AccountId, division: Option<&str>, state: State) -> Vec<u8> {
    match division {
        Some(division) => place(b'Q', account, &[division.as_bytes(), &[0, state as u8]].concat()),
        None => place(b'K', account, &[state as u8]),
    }
}

/// Every place under which an enquiry is found beside its own.
pub(super) fn enquiry_indexes(account: &AccountId, head: &Head) -> [Vec<u8>; 3] {
    let opened = dated(head.opened, head.id.0);
    let below = |division| [enquiries_in(account, division, head.state), opened.to_vec()].concat();
    [below(Some(&head.division)), below(None), enquiry_changed(account, head.changed, head.id)]
}

/// What every enquiry by its last change begins with.
pub(super) fn enquiry_changed_prefix(account: &AccountId) -> Vec<u8> {
    place(b'X', account, &[])
}

fn enquiry_changed(account: &AccountId, changed: Timestamp, id: EnquiryId) -> Vec<u8> {
    place(b'X', account, &dated(changed, id.0))
}

/// An enquiry by its receipt number.
pub(super) fn receipt(account: &AccountId, receipt: &Receipt) -> Vec<u8> {
    place(b'Y', account, receipt.0.as_bytes())
}

/// What every notice to be sent begins with.
pub(super) fn notice_prefix(account: &AccountId) -> Vec<u8> {
    place(b'O', account, &[])
}

/// A notice to be sent about an enquiry.
pub(super) fn notice(account: &AccountId, id: EnquiryId) -> Vec<u8> {
    place(b'O', account, id.0.as_bytes())
}

/// The canned answers of an account.
pub(super) fn canned_answers(account: &AccountId) -> Vec<u8> {
    place(b'G', account, &[])
}

/// The emergency mode of an account.
pub(super) fn emergency(account: &AccountId) -> Vec<u8> {
    place(b'B', account, &[])
}

/// What every step of an account's emergency mode begins with.
pub(super) fn emergency_step_prefix(account: &AccountId) -> Vec<u8> {
    place(b'H', account, &[])
}

/// A step of an account's emergency mode.
pub(super) fn emergency_step(account: &AccountId, version: u64) -> Vec<u8> {
    place(b'H', account, &version.to_be_bytes())
}

/// The last 16 bytes of a key, where an id stands there.
pub(super) fn id_of(place: &[u8]) -> Option<uuid::Uuid> {
    place.last_chunk::<16>().map(|bytes| uuid::Uuid::from_bytes(*bytes))
}

/// A moment and an id that sort as the moment does, by the microsecond.
pub(super) fn dated(at: Timestamp, id: uuid::Uuid) -> [u8; 24] {
    let mut bytes = [0; 24];
    bytes[..8].copy_from_slice(&moment(at));
    bytes[8..].copy_from_slice(id.as_bytes());
    bytes
}

/// A moment that sorts as it does: the sign bit is turned, so that 1969 comes before 1970.
pub(super) fn moment(at: Timestamp) -> [u8; 8] {
    (at.as_microsecond().cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

/// Reads [`moment`] back.
pub(super) fn moment_of(bytes: &[u8]) -> Option<Timestamp> {
    let bytes = <[u8; 8]>::try_from(bytes).ok()?;
    Timestamp::from_microsecond((u64::from_be_bytes(bytes) ^ (1 << 63)).cast_signed()).ok()
}

/// A content by its hash. The other letters: `h` the number of the head, `p` a piece of the head, `n` a
/// revision, `m` its changes, `j` the history of a piece, `i` the import mark, `d` a draft, `v` the count of
/// draft versions. Names of pieces end with 0, so that no key is the beginning of another's further pages.
pub(super) fn content(account: &AccountId, hash: &ContentHash) -> Vec<u8> {
    content_place(account, b'b', hash.as_bytes())
}

/// The number of the head.
pub(super) fn content_head(account: &AccountId) -> Vec<u8> {
    content_place(account, b'h', &[])
}

/// What every piece of the head begins with.
pub(super) fn content_head_pieces(account: &AccountId) -> Vec<u8> {
    content_place(account, b'p', &[])
}

/// A piece of the head.
pub(super) fn content_head_piece(account: &AccountId, piece: &PieceId) -> Vec<u8> {
    [&content_head_pieces(account), piece.as_str().as_bytes(), &[0]].concat()
}

/// A revision.
pub(super) fn content_revision(account: &AccountId, number: RevisionNo) -> Vec<u8> {
    content_place(account, b'n', &number.to_be_bytes())
}

/// The changes of a revision.
pub(super) fn content_changes(account: &AccountId, number: RevisionNo) -> Vec<u8> {
    content_place(account, b'm', &number.to_be_bytes())
}

/// What a revision made of a piece.
pub(super) fn content_history(account: &AccountId, piece: &PieceId, number: RevisionNo) -> Vec<u8> {
    [&content_place(account, b'j', piece.as_str().as_bytes()), &[0][..], &number.to_be_bytes()].concat()
}

/// The last reading of files.
pub(super) fn content_import(account: &AccountId) -> Vec<u8> {
    content_place(account, b'i', &[])
}

/// What every draft begins with.
pub(super) fn content_drafts(account: &AccountId) -> Vec<u8> {
    content_place(account, b'd', &[])
}

/// The draft of a piece.
pub(super) fn content_draft(account: &AccountId, piece: &PieceId) -> Vec<u8> {
    [&content_drafts(account), piece.as_str().as_bytes(), &[0]].concat()
}

/// How many versions of drafts there have been.
pub(super) fn content_draft_versions(account: &AccountId) -> Vec<u8> {
    content_place(account, b'v', &[])
}

/// Reads the piece back from a key below a prefix; `None` for a further page.
pub(super) fn content_piece_of(prefix: &[u8], place: &[u8]) -> Option<PieceId> {
    let (end, name) = place.strip_prefix(prefix)?.split_last()?;
    if *end != 0 || name.contains(&0) {
        return None;
    }
    std::str::from_utf8(name).ok()?.parse().ok()
}

fn content_place(account: &AccountId, letter: u8, rest: &[u8]) -> Vec<u8> {
    place(b'C', account, &[&[letter][..], rest].concat())
}

fn place(letter: u8, account: &AccountId, rest: &[u8]) -> Vec<u8> {
    let account = account.as_str().as_bytes();
    let mut key = Vec::with_capacity(account.len() + rest.len() + 2);
    key.push(letter);
    key.extend_from_slice(account);
    key.push(0);
    key.extend_from_slice(rest);
    key
}
