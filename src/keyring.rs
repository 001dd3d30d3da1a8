//! The keyring: one master key, and a key for each purpose derived from it.
//!
//! `app` makes it at start and hands it to those who need it. The master key never leaves this module,
//! and no key is ever shown.

use std::{
    fmt, fs, io,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::domain::{
    id::{AccountId, Entropy, IntentId},
    link::{Link, Links},
};

/// Bytes of every key here.
pub const KEY_LEN: usize = 32;

const NONCE_LEN: usize = 24;

/// A secret of 32 bytes.
#[derive(Clone)]
pub struct Key([u8; KEY_LEN]);

impl Key {
    /// A new random key.
    pub fn random(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; KEY_LEN];
        entropy.fill(&mut bytes);
        Self(bytes)
    }

    /// Takes bytes that were a key before.
    pub fn from_bytes(bytes: [u8; KEY_LEN]) -> Self {
        Self(bytes)
    }

    /// A keyed hash (HMAC-SHA256, first 16 bytes): the same input gives the same output, and nobody
    /// without the key can tell which input it was.
    pub fn hash(&self, input: &[u8]) -> [u8; 16] {
        let mut mac =
            <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(input);
        let mut half = [0; 16];
        half.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        half
    }

    /// Whether [`Self::hash`] of the input is this; takes the same time whatever differs.
    pub fn verifies(&self, input: &[u8], hash: &[u8; 16]) -> bool {
        let mut mac =
            <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(input);
        mac.verify_truncated_left(hash).is_ok()
    }

    /// A key of its own for each label: nobody without this key can make it again.
    #[must_use]
    pub fn derive(&self, label: &[u8]) -> Self {
        let mut bytes = [0; KEY_LEN];
        bytes[..16].copy_from_slice(&self.hash(&[b"1", label].concat()));
        bytes[16..].copy_from_slice(&self.hash(&[b"2", label].concat()));
        Self(bytes)
    }

    /// Seals bytes (XChaCha20-Poly1305, random nonce in front); `place` is bound to them, so that a
    /// sealed value cannot be moved to another record unnoticed.
    pub fn seal(&self, entropy: &dyn Entropy, place: &[u8], plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        entropy.fill(&mut nonce);
        let sealed = XChaCha20Poly1305::new(&self.0.into())
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: place })
            .expect("a record is far below the cipher's limit of 256 GiB");
        [&nonce[..], &sealed].concat()
    }

    /// Opens what [`Self::seal`] made for the same place; `None` when key, place or bytes are wrong.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        XChaCha20Poly1305::new(&self.0.into())
            .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: place })
            .ok()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// What a derived key is for. The names are part of the derivation: never change one.
#[derive(Debug, Clone, Copy)]
enum Purpose {
    LogHash,
    Lookup,
    Records,
    ResidentKeys,
    Fingerprint,
    Staff,
    StaffLookup,
    StaffFactors,
    Audit,
    Links,
    Ways,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Self::LogHash => "todoke/1/log-hash",
            Self::Lookup => "todoke/1/lookup",
            Self::Records => "todoke/1/records",
            Self::ResidentKeys => "todoke/1/resident-keys",
            Self::Fingerprint => "todoke/1/fingerprint",
            Self::Staff => "todoke/1/staff",
            Self::StaffLookup => "todoke/1/staff-lookup",
            Self::StaffFactors => "todoke/1/staff-factors",
            Self::Audit => "todoke/1/audit",
            Self::Links => "todoke/1/links",
            Self::Ways => "todoke/1/ways",
        }
    }
}

/// Why there is no keyring.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The text is no master key.
    #[error("{place} is no master key: write 64 hexadecimal digits, for example from `openssl rand -hex 32`")]
    Malformed {
        /// Where the text stands.
        place: String,
    },
    /// Others than the owner may read the file.
    #[error("{path} may be read by others (mode {mode:o}); run `chmod 600 {path}`")]
    TooOpen {
        /// The file.
        path: String,
        /// Its mode.
        mode: u32,
    },
    /// The file cannot be read or made.
    #[error("the master key {path} cannot be read or made: {source}")]
    Io {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
}

/// Derives the key for each purpose.
#[derive(Debug, Clone)]
pub struct Keyring {
    master: Key,
}

impl Keyring {
    /// From 64 hexadecimal digits; `place` names their origin in an error.
    pub fn parse(text: &str, place: &str) -> Result<Self, KeyringError> {
        let malformed = || KeyringError::Malformed { place: place.to_owned() };
        let digits = text.trim();
        if digits.len() != KEY_LEN * 2 || !digits.is_ascii() {
            return Err(malformed());
        }
        let mut bytes = [0; KEY_LEN];
        for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| malformed())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| malformed())?;
        }
        Ok(Self { master: Key(bytes) })
    }

    /// A keyring that nobody will have again: for tests and throw-away demos.
    pub fn ephemeral(entropy: &dyn Entropy) -> Self {
        Self { master: Key::random(entropy) }
    }

    /// Reads `<data>/master.key`, or makes it at the first start (mode 600, durable before it is used).
    pub fn load_or_create(path: &Path, entropy: &dyn Entropy) -> Result<Self, KeyringError> {
        use std::os::unix::fs::PermissionsExt;
        let shown = path.display().to_string();
        let failed = |source| KeyringError::Io { path: shown.clone(), source };
        match fs::read_to_string(path) {
            Ok(text) => {
                let mode = fs::metadata(path).map_err(failed)?.permissions().mode() & 0o777;
                if mode & 0o077 != 0 {
                    return Err(KeyringError::TooOpen { path: shown, mode });
                }
                Self::parse(&text, &shown)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let keyring = Self::ephemeral(entropy);
                let mut text: String = keyring.master.0.iter().map(|byte| format!("{byte:02x}")).collect();
                text.push('\n');
                write_once(path, text.as_bytes()).map_err(failed)?;
                Ok(keyring)
            }
            Err(error) => Err(failed(error)),
        }
    }

    fn derive(&self, purpose: Purpose, account: Option<&AccountId>) -> Key {
        let mut bytes = [0; KEY_LEN];
        let account = account.map(AccountId::as_str).unwrap_or_default();
        Hkdf::<Sha256>::new(None, &self.master.0)
            .expand_multi_info(&[purpose.label().as_bytes(), b"/", account.as_bytes()], &mut bytes)
            .expect("32 bytes are a valid length for HKDF-SHA256");
        Key(bytes)
    }

    /// Proves, beside a store, that it is opened with the key under which it was made. Tells nothing about
    /// the key.
    pub fn fingerprint(&self) -> [u8; 16] {
        self.derive(Purpose::Fingerprint, None).hash(b"todoke")
    }

    /// Hashes ids for logs.
    pub fn log_hash(&self) -> Key {
        self.derive(Purpose::LogHash, None)
    }

    /// Hashes an account's LINE ids and message ids, under which records are found.
    pub fn lookup(&self, account: &AccountId) -> Key {
        self.derive(Purpose::Lookup, Some(account))
    }

    /// Seals an account's records that belong to no resident.
    pub fn records(&self, account: &AccountId) -> Key {
        self.derive(Purpose::Records, Some(account))
    }

    /// Seals staff, invitations and sessions.
    pub fn staff(&self) -> Key {
        self.derive(Purpose::Staff, None)
    }

    /// Hashes login names, under which staff are found.
    pub fn staff_lookup(&self) -> Key {
        self.derive(Purpose::StaffLookup, None)
    }

    /// Seals password hashes and the seeds of second factors.
    pub fn staff_factors(&self) -> Key {
        self.derive(Purpose::StaffFactors, None)
    }

    /// Seals the audit log: addresses of staff stand in it.
    pub fn audit(&self) -> Key {
        self.derive(Purpose::Audit, None)
    }

    /// Seals the links to residents' own pages, and signs the ways to procedures.
    pub fn links(&self, entropy: std::sync::Arc<dyn Entropy>) -> SealedLinks {
        let (key, ways) = (self.derive(Purpose::Links, None), self.derive(Purpose::Ways, None));
        SealedLinks { key, ways, entropy }
    }

    /// Wraps an account's residents' keys.
    pub fn resident_keys(&self, account: &AccountId) -> Key {
        self.derive(Purpose::ResidentKeys, Some(account))
    }
}

/// Links sealed under a key of the installation (XChaCha20-Poly1305), as base64 for addresses: nobody can
/// read, make or change one without it. The code of a way is `<account>.<intent>.<keyed hash>`: everybody may
/// read it, and nobody else can make one.
pub struct SealedLinks {
    key: Key,
    ways: Key,
    entropy: std::sync::Arc<dyn Entropy>,
}

impl SealedLinks {
    /// Longer texts are none of ours.
    const LONGEST: usize = 800;
    const PLACE: &[u8] = b"link";
}

impl Links for SealedLinks {
    fn write(&self, link: &Link) -> String {
        let plain = serde_json::to_vec(link).expect("ids, numbers and moments are JSON");
        URL_SAFE_NO_PAD.encode(self.key.seal(&*self.entropy, Self::PLACE, &plain))
    }

    fn read(&self, text: &str) -> Option<Link> {
        if text.len() > Self::LONGEST {
            return None;
        }
        let plain = self.key.open(Self::PLACE, &URL_SAFE_NO_PAD.decode(text).ok()?)?;
        serde_json::from_slice(&plain).ok()
    }

    fn write_way(&self, account: &AccountId, intent: &IntentId) -> String {
        let named = format!("{account}.{intent}");
        let hash = URL_SAFE_NO_PAD.encode(self.ways.hash(named.as_bytes()));
        format!("{named}.{hash}")
    }

    fn read_way(&self, code: &str) -> Option<(AccountId, IntentId)> {
        if code.len() > Self::LONGEST {
            return None;
        }
        let (named, hash) = code.rsplit_once('.')?;
        let hash: [u8; 16] = URL_SAFE_NO_PAD.decode(hash).ok()?.try_into().ok()?;
        if !self.ways.verifies(named.as_bytes(), &hash) {
            return None;
        }
        // No account's id has a dot.
        let (account, intent) = named.split_once('.')?;
        Some((account.parse().ok()?, IntentId::new(intent)))
    }
}

/// Writes a new file so that it is whole or absent: temporary file, fsync, rename, fsync of the folder.
fn write_once(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let temporary = path.with_extension("new");
    let mut file =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemEntropy;

    #[test]
    fn the_master_key_is_made_once_with_mode_600_and_read_again() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/master.key");
        let made = Keyring::load_or_create(&path, &SystemEntropy).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let read = Keyring::load_or_create(&path, &SystemEntropy).unwrap();
        assert_eq!(made.log_hash().hash(b"x"), read.log_hash().hash(b"x"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let complaint = Keyring::load_or_create(&path, &SystemEntropy).unwrap_err().to_string();
        assert!(complaint.contains("chmod 600"), "{complaint}");
    }

    #[test]
    fn a_malformed_master_key_says_how_to_make_one() {
        for text in ["", "abc", &"g".repeat(64), &"a".repeat(63), &"あ".repeat(22)] {
            let complaint = Keyring::parse(text, "security.master_key").unwrap_err().to_string();
            assert!(complaint.contains("openssl rand -hex 32"), "{complaint}");
        }
    }

    #[test]
    fn each_purpose_and_account_has_a_key_of_its_own() {
        let keyring = Keyring::parse(&"0f".repeat(32), "test").unwrap();
        let (one, two) = ("one".parse().unwrap(), "two".parse().unwrap());
        let keys = [
            keyring.log_hash(),
            keyring.lookup(&one),
            keyring.lookup(&two),
            keyring.records(&one),
            keyring.resident_keys(&one),
            keyring.staff(),
            keyring.staff_lookup(),
            keyring.staff_factors(),
            keyring.audit(),
        ];
        let hashes: std::collections::BTreeSet<_> = keys.iter().map(|key| key.hash(b"same")).collect();
        assert_eq!(hashes.len(), keys.len());
    }

    #[test]
    fn a_link_reads_back_and_no_other_text_does() {
        use crate::domain::{id::ResidentRef, language::Language, link::Leads};
        let keyring = Keyring::ephemeral(&SystemEntropy);
        let links = keyring.links(std::sync::Arc::new(SystemEntropy));
        let link = Link {
            account: "todoke".parse().unwrap(),
            resident: ResidentRef([7; 16]),
            leads: Leads::Ask(None),
            language: Language::Ja,
            until: crate::domain::time::Timestamp::UNIX_EPOCH,
        };
        let text = links.write(&link);
        assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{text}");
        assert!(text.len() < 500, "it fits into a button's address: {}", text.len());
        assert_ne!(text, links.write(&link), "the same link is not recognised as the same");
        assert_eq!(links.read(&text), Some(link));
        let mut changed = text.clone().into_bytes();
        changed[40] = if changed[40] == b'A' { b'B' } else { b'A' };
        for foreign in ["", "x", &text[1..], std::str::from_utf8(&changed).unwrap(), &"A".repeat(900)] {
            assert_eq!(links.read(foreign), None, "{foreign}");
        }
        let other = Keyring::ephemeral(&SystemEntropy).links(std::sync::Arc::new(SystemEntropy));
        assert_eq!(other.read(&text), None);
    }

    #[test]
    fn a_way_reads_back_and_no_other_code_does() {
        let links = Keyring::ephemeral(&SystemEntropy).links(std::sync::Arc::new(SystemEntropy));
        let (account, intent) = ("todoke".parse().unwrap(), IntentId::new("garbage.bulky"));
        let code = links.write_way(&account, &intent);
        assert!(code.starts_with("todoke.garbage.bulky.") && code.len() < 50, "{code}");
        assert_eq!(code, links.write_way(&account, &intent), "answers with it are composed once");
        assert_eq!(links.read_way(&code), Some((account, intent)));
        let (_, hash) = code.rsplit_once('.').unwrap();
        let other = Keyring::ephemeral(&SystemEntropy).links(std::sync::Arc::new(SystemEntropy));
        for foreign in
            ["", ".", "todoke", "todoke.garbage.bulky", &code[1..], &format!("todoke.moving.in.{hash}")]
        {
            assert_eq!(links.read_way(foreign), None, "{foreign}");
        }
        assert_eq!(other.read_way(&code), None);
    }

    #[test]
    fn a_sealed_value_opens_only_with_its_key_at_its_place() {
        let (key, other) = (Key::random(&SystemEntropy), Key::random(&SystemEntropy));
        let sealed = key.seal(&SystemEntropy, b"here", "秘密".as_bytes());
        assert_eq!(key.open(b"here", &sealed).as_deref(), Some("秘密".as_bytes()));
        assert_eq!(key.open(b"there", &sealed), None);
        assert_eq!(other.open(b"here", &sealed), None);
        assert_eq!(key.open(b"here", &sealed[1..]), None);
        assert!(!sealed.windows(6).any(|window| window == "秘密".as_bytes()));
        assert!(!format!("{key:?}").contains(char::is_numeric));
        assert!(key.verifies(b"x", &key.hash(b"x")));
        assert!(!key.verifies(b"y", &key.hash(b"x")) && !other.verifies(b"x", &key.hash(b"x")));
    }
}
