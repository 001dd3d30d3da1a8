//! What a form brings: its fields and files, and the token that proves where it was made.
//!
//! A token is bound to one session and one address, and is the key under which the form counts once.

use std::collections::HashMap;

use axum::{
    body::Body,
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request},
    http::header,
};
use bytes::Bytes;

use crate::{
    domain::{id::Entropy, staff::Hash},
    keyring::Key,
    web::{body, error::ConsoleError},
};

/// The largest form, in bytes: a list of 2,000 staff, or a long answer in eight languages.
pub(super) const LARGEST: usize = 2 * 1024 * 1024;
/// So many fields a form has at most.
const MOST_FIELDS: usize = 2_000;
/// The name of the token's field.
pub(super) const FIELD: &str = "form-key";

/// A posted form.
#[derive(Debug, Clone, Default)]
pub struct Posted {
    fields: Vec<(String, String)>,
    files: HashMap<String, Bytes>,
}

impl Posted {
    /// The field's text, trimmed at its ends; empty when it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// The field's text as it was typed, for passwords.
    pub fn raw(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// Every value of a field that may come several times, such as boxes that are ticked.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Whether a box was ticked or a button pressed.
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, _)| field == name)
    }

    /// The content of a file; `None` when none was chosen.
    pub fn file(&self, name: &str) -> Option<&Bytes> {
        self.files.get(name).filter(|content| !content.is_empty())
    }

    /// Every field except the token and the proof of identity, to be sent once more.
    pub(super) fn again(&self) -> Vec<(String, String)> {
        let ours = |name: &str| name == FIELD || name.starts_with("confirm-");
        self.fields.iter().filter(|(name, _)| !ours(name)).cloned().collect()
    }

    /// Reads a form of either encoding, of at most so many bytes.
    pub(super) async fn read(request: Request, largest: usize) -> Result<Self, ConsoleError> {
        let (parts, body) = request.into_parts();
        let bytes = body::read(body, largest).await.map_err(|error| match error {
            crate::web::WebError::TooLarge { .. } => ConsoleError::TooLarge,
            _ => ConsoleError::BadForm,
        })?;
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
        if kind.starts_with("multipart/form-data") {
            let mut request = Request::from_parts(parts, Body::from(bytes));
            // It was measured above, by this page's own measure.
            DefaultBodyLimit::disable().apply(&mut request);
            let form = Multipart::from_request(request, &()).await.map_err(|_| ConsoleError::BadForm)?;
            return read_multipart(form).await;
        }
        let mut posted = Self::default();
        for (name, value) in form_urlencoded::parse(&bytes) {
            posted.push(name.into_owned(), value.into_owned())?;
        }
        Ok(posted)
    }

    pub(super) fn push(&mut self, name: String, value: String) -> Result<(), ConsoleError> {
        if self.fields.len() >= MOST_FIELDS {
            return Err(ConsoleError::BadForm);
        }
        self.fields.push((name, value));
        Ok(())
    }
}

async fn read_multipart(mut form: Multipart) -> Result<Posted, ConsoleError> {
    let mut posted = Posted::default();
    while let Some(field) = form.next_field().await.map_err(|_| ConsoleError::BadForm)? {
        let name = field.name().unwrap_or_default().to_owned();
        let is_file = field.file_name().is_some();
        let content = field.bytes().await.map_err(|_| ConsoleError::BadForm)?;
        if is_file {
            posted.files.insert(name, content);
        } else {
            posted.push(name, String::from_utf8_lossy(&content).into_owned())?;
        }
    }
    Ok(posted)
}

/// Makes and checks the tokens of one session.
#[derive(Clone)]
pub(super) struct FormKey(Key);

impl FormKey {
    pub(super) fn new(form_key: Hash) -> Self {
        Self(Key::from_bytes(form_key.0))
    }

    /// A token for a form that is posted to `action`.
    pub(super) fn token(&self, entropy: &dyn Entropy, action: &str) -> String {
        let mut nonce = [0; 16];
        entropy.fill(&mut nonce);
        let seal = self.0.hash(&[&nonce[..], action.as_bytes()].concat());
        nonce.iter().chain(&seal).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The key under which the form counts once; `None` when the token was not made for this session and
    /// this address.
    pub(super) fn check(&self, token: &str, action: &str) -> Option<[u8; 16]> {
        if token.len() != 64 || !token.is_ascii() {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(token.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        let nonce: [u8; 16] = *bytes.first_chunk()?;
        let seal: [u8; 16] = *bytes.last_chunk()?;
        self.0.verifies(&[&nonce[..], action.as_bytes()].concat(), &seal).then_some(nonce)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemEntropy;

    #[test]
    fn a_token_is_good_for_its_session_and_its_address_alone() {
        let (key, other) = (FormKey::new(Hash([1; 32])), FormKey::new(Hash([2; 32])));
        let token = key.token(&SystemEntropy, "/console/todoke/staff");
        let nonce = key.check(&token, "/console/todoke/staff").unwrap();
        assert!(token.starts_with(&format!("{:02x}", nonce[0])));
        assert_ne!(token, key.token(&SystemEntropy, "/console/todoke/staff"));
        assert_eq!(other.check(&token, "/console/todoke/staff"), None);
        assert_eq!(key.check(&token, "/console/minato/staff"), None);
        for bad in ["", "zz", &"0".repeat(64), &"あ".repeat(22), &token[..63]] {
            assert_eq!(key.check(bad, "/console/todoke/staff"), None, "{bad}");
        }
    }

    #[tokio::test]
    async fn both_encodings_of_a_form_are_read() {
        let post = |kind: &str, body: &str| {
            Request::builder()
                .method("POST")
                .header("content-type", kind)
                .body(Body::from(body.to_owned()))
                .unwrap()
        };
        let read = |request| Posted::read(request, LARGEST);
        let form = read(post("application/x-www-form-urlencoded", "name=+%E8%8A%B1+&role=a&role=b&go="))
            .await
            .unwrap();
        assert_eq!((form.text("name"), form.raw("name")), ("花", " 花 "));
        assert_eq!(form.all("role").collect::<Vec<_>>(), ["a", "b"]);
        assert!(form.has("go") && !form.has("stop") && form.file("list").is_none());
        let body = "--x\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x\r\n\
                    content-disposition: form-data; name=\"list\"; filename=\"s.csv\"\r\n\r\nlogin\r\n--x--\r\n";
        let form = read(post("multipart/form-data; boundary=x", body)).await.unwrap();
        assert_eq!((form.text("a"), form.file("list").unwrap().as_ref()), ("1", &b"login"[..]));
        assert!(read(post("multipart/form-data", body)).await.is_err());
        let many = "a=1&".repeat(MOST_FIELDS + 1);
        assert!(read(post("application/x-www-form-urlencoded", &many)).await.is_err());
        let large = "a".repeat(LARGEST + 1);
        assert!(matches!(read(post("text/plain", &large)).await, Err(ConsoleError::TooLarge)));
    }
}
