//! What is shown once and stored nowhere: links of invitations, recovery codes.
//!
//! A form leads to a page that may be loaded again; what that page shows is kept here, in memory, for ten
//! minutes and for the session that made it.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use jiff::SignedDuration;

use crate::domain::{id::Entropy, staff::Hash, time::Timestamp};

const KEPT: SignedDuration = SignedDuration::from_mins(10);
const MOST: usize = 200;

/// Lines for one person's eyes: what it is about, and the secret itself.
pub(super) type Lines = Vec<(String, String)>;

struct Notice {
    id: String,
    session: Hash,
    at: Timestamp,
    lines: Lines,
}

/// All that wait to be shown.
#[derive(Default)]
pub(super) struct Notices(Mutex<VecDeque<Notice>>);

impl Notices {
    /// Keeps lines for the session with this token; gives the name under which they are shown.
    pub(super) fn keep(&self, entropy: &dyn Entropy, session: Hash, at: Timestamp, lines: Lines) -> String {
        let mut id = [0; 16];
        entropy.fill(&mut id);
        let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut notices = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notices.retain(|notice| at.duration_since(notice.at) <= KEPT);
        while notices.len() >= MOST {
            notices.pop_front();
        }
        notices.push_back(Notice { id: id.clone(), session, at, lines });
        id
    }

    /// The lines, for the session that made them.
    pub(super) fn show(&self, id: &str, session: Hash, now: Timestamp) -> Option<Lines> {
        let notices = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = notices.iter().find(|notice| notice.id == id && notice.session == session)?;
        (now.duration_since(found.at) <= KEPT).then(|| found.lines.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemEntropy;

    #[test]
    fn a_notice_is_for_its_session_and_for_ten_minutes() {
        let (notices, at) = (Notices::default(), Timestamp::from_second(1_000).unwrap());
        let lines = vec![("hanako".to_owned(), "secret".to_owned())];
        let id = notices.keep(&SystemEntropy, Hash([1; 32]), at, lines.clone());
        assert_eq!(notices.show(&id, Hash([1; 32]), at), Some(lines));
        assert_eq!(notices.show(&id, Hash([2; 32]), at), None);
        assert_eq!(notices.show(&id, Hash([1; 32]), at + SignedDuration::from_mins(11)), None);
        for _ in 0..MOST {
            notices.keep(&SystemEntropy, Hash([3; 32]), at, Vec::new());
        }
        assert_eq!(notices.show(&id, Hash([1; 32]), at), None);
    }
}
