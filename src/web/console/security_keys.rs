//! Security keys: the list under one's own account, adding and removing; and what browsers need to ask a
//! key, wherever one may be used.
//!
//! A browser speaks to a key by a script alone, so that everything here stands beside a way without one.

use askama::Template;
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{
    entrance,
    form::Posted,
    frame::Frame,
    second_factor::{session_of, show_once},
    session,
    visit::{Visit, page, page_with_problems, see},
};
use crate::{
    domain::staff::{Challenge, KeyId, KeyName, MOST_KEYS, SecurityKey},
    journeys::staff::{
        Assertion, Attestation, NotOffered, RelyingParty,
        add_key::{self, Added, NotAdded},
        enrol::{self, Link},
        prove_key,
        remove_key::{self, NotRemoved},
        sign_in::Proof,
    },
    web::error::ConsoleError,
};

/// A heading and what to do, by their keys.
pub(super) type Problem = (&'static str, &'static str);
/// The key did not answer as it should.
pub(super) const WRONG: Problem = ("key-wrong", "key-wrong-what");
const NAME: Problem = ("key-name-wrong", "key-name-note");
const TOO_MANY: Problem = ("keys-too-many", "keys-too-many-what");

/// What `console/key.html` needs: a button that asks a key, or why there is none.
pub(super) struct Offer {
    pub(super) kind: &'static str,
    pub(super) prefix: &'static str,
    pub(super) options: &'static str,
    pub(super) label: &'static str,
    pub(super) token: String,
    pub(super) origin: String,
    pub(super) reason: Option<&'static str>,
    /// What was typed as the new key's name.
    pub(super) name: String,
}

impl Offer {
    fn new(
        visit: &Visit,
        kind: &'static str,
        prefix: &'static str,
        options: &'static str,
        label: &'static str,
    ) -> Self {
        let (origin, reason) = match &visit.state().0.party {
            Ok(party) => (party.origin.clone(), None),
            Err(NotOffered::NoAddress) => (String::new(), Some("key-no-address")),
            Err(NotOffered::NotHttps) => (String::new(), Some("key-not-https")),
            Err(NotOffered::NoName) => (String::new(), Some("key-no-name")),
        };
        let name = visit.posted().text("key-name").to_owned();
        Self { kind, prefix, options, label, token: visit.frame().token(options), origin, reason, name }
    }

    /// At the second step of the way in.
    pub(super) fn to_come_in(visit: &Visit) -> Self {
        Self::new(visit, "get", "key", "/console/-/code/challenge", "key-use")
    }

    /// Before a grave act.
    pub(super) fn to_confirm(visit: &Visit) -> Self {
        Self::new(visit, "get", "confirm-key", "/console/-/me/challenge", "key-confirm")
    }

    /// While the first second factor is set up on the way in.
    pub(super) fn to_enrol(visit: &Visit) -> Self {
        Self::new(visit, "create", "key", "/console/-/enrol/challenge", "key-add-go")
    }

    /// Under one's own account.
    pub(super) fn to_add(visit: &Visit) -> Self {
        Self::new(visit, "create", "key", "/console/-/me/keys/challenge", "key-add-go")
    }
}

fn party(visit: &Visit) -> Result<&RelyingParty, ConsoleError> {
    visit.state().0.party.as_ref().map_err(|_| ConsoleError::NotFound)
}

/// What a key said, if the form brings that.
pub(super) fn posted_proof(posted: &Posted, prefix: &str) -> Option<Assertion> {
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(posted.text(&format!("{prefix}-{name}"))).ok();
    posted.has(&format!("{prefix}-credential")).then(|| Assertion {
        credential: bytes("credential").unwrap_or_default(),
        client_data: bytes("client-data").unwrap_or_default(),
        authenticator_data: bytes("authenticator-data").unwrap_or_default(),
        signature: bytes("signature").unwrap_or_default(),
    })
}

/// The proof that came: a key's, otherwise a code.
pub(super) fn proof<'a>(
    visit: &'a Visit,
    assertion: Option<&'a Assertion>,
    code: &'a str,
) -> Result<Proof<'a>, ConsoleError> {
    Ok(match assertion {
        Some(assertion) => Proof::Key(party(visit)?, assertion),
        None => Proof::Code(code),
    })
}

/// Puts a question to the person's keys.
pub(super) async fn ask_for_proof(visit: Visit) -> Result<Response, ConsoleError> {
    let (party, (staff, _, token)) = (party(&visit)?, session_of(&visit)?);
    let asked = prove_key::ask(visit.ctx(), staff.id, &token).await?;
    let options = json!({
        "challenge": text(&asked.challenge),
        "rpId": party.id,
        "timeout": Challenge::LIFE.as_millis(),
        "userVerification": "discouraged",
        "allowCredentials": described(&asked.keys),
    });
    Ok(Json(options).into_response())
}

/// Puts a question to a key that is to be added.
pub(super) async fn ask_for_new(visit: Visit) -> Result<Response, ConsoleError> {
    let (party, (staff, session, token)) = (party(&visit)?, session_of(&visit)?);
    let asked = add_key::ask(visit.ctx(), session, &token).await?.ok_or(ConsoleError::NotFound)?;
    let algorithms = add_key::ALGORITHMS.map(|number| json!({ "type": "public-key", "alg": number }));
    let options = json!({
        "challenge": text(&asked.challenge),
        "rp": { "id": party.id, "name": "todoke" },
        // The random name of the person: nothing personal is kept on a key but what it shows to its owner.
        "user": {
            "id": text(staff.id.0.as_bytes()),
            "name": staff.login.as_str(),
            "displayName": staff.name.as_str(),
        },
        "pubKeyCredParams": algorithms,
        "timeout": Challenge::LIFE.as_millis(),
        "attestation": "none",
        "authenticatorSelection": {
            "residentKey": "discouraged",
            "requireResidentKey": false,
            "userVerification": "discouraged",
        },
        "excludeCredentials": described(&asked.keys),
    });
    Ok(Json(options).into_response())
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn described(keys: &[SecurityKey]) -> Vec<Value> {
    let one = |key: &SecurityKey| json!({ "type": "public-key", "id": text(&key.credential), "transports": key.transports });
    keys.iter().map(one).collect()
}

struct Row {
    id: KeyId,
    name: String,
    since: String,
    used: String,
    form: String,
}

#[derive(Template)]
#[template(path = "console/security_keys.html")]
struct KeysPage {
    frame: Frame,
    action: String,
    rows: Vec<Row>,
    key: Offer,
    is_full: bool,
    is_last: bool,
    problem: Option<Problem>,
}

/// Shows one's keys.
pub(super) async fn list(visit: Visit) -> Result<Response, ConsoleError> {
    Ok(page(&keys_page(&visit, None).await?))
}

async fn keys_page(visit: &Visit, problem: Option<Problem>) -> Result<KeysPage, ConsoleError> {
    let (ctx, staff) = (visit.ctx(), visit.signed()?.checked.staff());
    let factors = enrol::look(ctx, staff.id).await?;
    let keys = remove_key::list_keys(ctx, staff.id).await?;
    let zone = super::me::zone_of(ctx, staff);
    let day = |at: jiff::Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%d").to_string();
    let (frame, action) = (visit.frame(), visit.path().to_owned());
    let has_other = keys.len() > 1 || factors.has_app || factors.link == Link::Usable;
    let is_last = !has_other && staff.needs_second_factor();
    let is_full = keys.len() >= MOST_KEYS;
    let rows = keys.into_iter().map(|key| Row {
        id: key.id,
        name: key.name.to_string(),
        since: day(key.since),
        used: key.used.map_or_else(|| "–".to_owned(), day),
        form: frame.form(&action),
    });
    let rows = rows.collect();
    Ok(KeysPage { rows, action, is_full, is_last, key: Offer::to_add(visit), problem, frame })
}

/// Adds or removes one; that it is really them was asked before (see `gate`).
pub(super) async fn act(visit: Visit) -> Result<Response, ConsoleError> {
    let done = match visit.posted().text("act") {
        "add" => add(&visit).await?,
        "remove" => remove(&visit).await?,
        _ => return Err(ConsoleError::BadForm),
    };
    match done {
        Ok(response) => Ok(response),
        Err(problem) => Ok(page_with_problems(&keys_page(&visit, Some(problem)).await?)),
    }
}

async fn remove(visit: &Visit) -> Result<Result<Response, Problem>, ConsoleError> {
    let key: KeyId = visit.posted().text("key").parse().map_err(|_| ConsoleError::NotFound)?;
    match remove_key::remove_key(visit.ctx(), visit.signed()?, key, &visit.origin()).await {
        Ok(()) => Ok(Ok(see("/console/-/me/keys"))),
        Err(NotRemoved::Unknown) => Err(ConsoleError::NotFound),
        Err(NotRemoved::Last) => Ok(Err(("key-last", "key-last-what"))),
        Err(NotRemoved::Store(error)) => Err(error.into()),
    }
}

/// Adds the key that the form brings; a first one leads to the recovery codes.
pub(super) async fn add(visit: &Visit) -> Result<Result<Response, Problem>, ConsoleError> {
    let (posted, party, (_, session, token)) = (visit.posted(), party(visit)?, session_of(visit)?);
    let Ok(name) = posted.text("key-name").parse::<KeyName>() else { return Ok(Err(NAME)) };
    let bytes = |name| URL_SAFE_NO_PAD.decode(posted.text(name)).unwrap_or_default();
    let attestation = Attestation {
        client_data: bytes("key-client-data"),
        object: bytes("key-attestation"),
        transports: posted.text("key-transports").split(' ').map(str::to_owned).collect(),
    };
    let added =
        add_key::add_key(visit.ctx(), party, session, &token, name, &attestation, visit.origin()).await;
    match added {
        Ok(Added::Beside) => Ok(Ok(see("/console/-/me/keys"))),
        Ok(Added::First(enrolled)) => {
            let shown = show_once(visit, enrolled.token.hash(), enrolled.recovery_codes);
            Ok(Ok(entrance::with_cookie(see(&shown), session::give(&enrolled.token))))
        }
        Err(NotAdded::Wrong) => Ok(Err(WRONG)),
        Err(NotAdded::TooMany) => Ok(Err(TOO_MANY)),
        Err(NotAdded::Store(error)) => Err(error.into()),
    }
}
