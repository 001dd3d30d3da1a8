//! Passwords: argon2id on threads of its own, few at once, and as long for nobody as for somebody.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use jiff::SignedDuration;
use tokio::sync::Semaphore;

use crate::domain::{id::Entropy, staff::Failures, time::Timestamp};

/// Memory, passes and lanes (OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, 2, 1).
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// So many are computed at once: each takes memory and a core.
const AT_ONCE: usize = 2;
/// So many names and addresses are watched at most; beyond, the oldest are forgotten.
const WATCHED: usize = 10_000;
/// Passwords have at least so many characters (NIST SP 800-63B asks for 8, ASVS 5.0 for 8 and
/// recommends 15) …
pub const SHORTEST: usize = 12;
/// … and at most so many.
pub const LONGEST: usize = 128;

/// Why a password cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Fewer than [`SHORTEST`] characters.
    #[error("the password is shorter than 12 characters")]
    Short,
    /// More than [`LONGEST`] characters.
    #[error("the password is longer than 128 characters")]
    Long,
    /// It holds the login name, or hardly different characters.
    #[error("the password is easily guessed")]
    Guessable,
}

/// Hashes and checks passwords, and watches names and addresses from which many wrong ones come.
pub struct Passwords {
    running: Semaphore,
    /// The hash of a password that nobody has, made when first asked for: a start must not wait for it.
    nobody: OnceLock<String>,
    entropy: Arc<dyn Entropy>,
    failures: Mutex<HashMap<String, Failures>>,
}

impl Passwords {
    /// Ready for use.
    pub fn new(entropy: Arc<dyn Entropy>) -> Self {
        let running = Semaphore::new(AT_ONCE);
        Self { running, nobody: OnceLock::new(), entropy, failures: Mutex::default() }
    }

    /// Checks whether a new password is worth something.
    pub fn check(password: &str, login: &str) -> Result<(), WeakPassword> {
        let small = password.to_lowercase();
        let mut different: Vec<char> = small.chars().collect();
        different.sort_unstable();
        different.dedup();
        match password.chars().count() {
            ..SHORTEST => Err(WeakPassword::Short),
            _ if password.chars().count() > LONGEST => Err(WeakPassword::Long),
            _ if different.len() < 5 || small.contains(login) => Err(WeakPassword::Guessable),
            _ => Ok(()),
        }
    }

    /// The hash to store (PHC string).
    pub async fn hash(&self, password: &str) -> String {
        let (password, entropy) = (password.as_bytes().to_vec(), Arc::clone(&self.entropy));
        self.run(move || hash(&password, &*entropy)).await
    }

    /// Whether the password is the one of the hash. Without a hash the answer is no, and takes as long.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> bool {
        let known = stored.is_some();
        let stored = match stored {
            Some(stored) => stored.to_owned(),
            None => self.nobody().await,
        };
        let password: Vec<u8> = password.bytes().take(4 * LONGEST).collect();
        let right = self.run(move || {
            PasswordHash::new(&stored).is_ok_and(|hash| argon2().verify_password(&password, &hash).is_ok())
        });
        right.await && known
    }

    async fn nobody(&self) -> String {
        if let Some(nobody) = self.nobody.get() {
            return nobody.clone();
        }
        let mut unknown = [0; 32];
        self.entropy.fill(&mut unknown);
        let entropy = Arc::clone(&self.entropy);
        let hash = self.run(move || hash(&unknown, &*entropy)).await;
        self.nobody.get_or_init(|| hash).clone()
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let _turn = self.running.acquire().await.expect("the semaphore is never closed");
        tokio::task::spawn_blocking(work).await.expect("hashing does not panic")
    }

    /// How long an address, or a name that nobody has, must wait; otherwise counts one more attempt.
    pub fn count_attempt(&self, of: &str, free: u32, now: Timestamp) -> Option<SignedDuration> {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= WATCHED {
            failures.retain(|_, seen| seen.last.is_some_and(|last| now.duration_since(last).as_hours() < 1));
            if failures.len() >= WATCHED {
                failures.clear();
            }
        }
        let seen = failures.entry(of.to_owned()).or_default();
        // `free` more attempts than a person's own name has: behind one address sit many people.
        let counted = Failures { count: seen.count.saturating_sub(free), last: seen.last };
        if let Some(wait) = counted.wait(now) {
            return Some(wait);
        }
        *seen = seen.with_one_more(now);
        None
    }

    /// Forgets an address's attempts after a right one.
    pub fn forget_attempts(&self, of: &str) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(of);
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the parameters are sound");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(password: &[u8], entropy: &dyn Entropy) -> String {
    let mut salt = [0; 16];
    entropy.fill(&mut salt);
    let hash: PasswordHash =
        argon2().hash_password_with_salt(password, &salt).expect("salt and password have sound lengths");
    hash.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemEntropy;

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_alone_and_nobody_has_none() {
        let passwords = Passwords::new(Arc::new(SystemEntropy));
        let stored = passwords.hash("正しい馬 電池 ホチキス").await;
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(passwords.verify("正しい馬 電池 ホチキス", Some(&stored)).await);
        assert!(!passwords.verify("正しい馬 電池 ホチキズ", Some(&stored)).await);
        assert!(!passwords.verify("", None).await);
        assert!(!passwords.verify("x", Some("no hash")).await);
    }

    #[test]
    fn a_guessable_password_is_refused() {
        for (password, why) in [
            ("short", Some(WeakPassword::Short)),
            ("aaaaaaaaaaaaaaaa", Some(WeakPassword::Guessable)),
            ("Hanako-2027-todoke", Some(WeakPassword::Guessable)),
            ("粗大ごみは火曜日に出します", None),
            ("correct horse battery", None),
        ] {
            assert_eq!(Passwords::check(password, "hanako").err(), why, "{password}");
        }
        assert_eq!(Passwords::check(&"あいうえおか".repeat(30), "x").err(), Some(WeakPassword::Long));
    }

    #[test]
    fn an_address_waits_after_many_attempts() {
        let passwords = Passwords::new(Arc::new(SystemEntropy));
        let now = Timestamp::from_second(1_000).unwrap();
        let attempts =
            (0..100).take_while(|_| passwords.count_attempt("192.0.2.1", 20, now).is_none()).count();
        assert_eq!(attempts, 25);
        assert!(passwords.count_attempt("192.0.2.2", 20, now).is_none());
        passwords.forget_attempts("192.0.2.1");
        assert!(passwords.count_attempt("192.0.2.1", 20, now).is_none());
    }
}
