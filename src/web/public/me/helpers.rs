//! `/p/me/{word}/helpers`: makes and takes back the links of those who help.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    super::{
        Peer, Wish,
        page::{self, Frame, rendered},
    },
    Sent, shown, taken,
    view::{Said, day},
};
use crate::{
    catalogue::public::Sentence,
    domain::helper::HelperId,
    journeys::own_data::helpers::{self, Link, Made},
    web::{WebState, qr::qr},
};

/// The page that shows a link once.
#[derive(Template)]
#[template(path = "public/me_helper.html")]
struct Given<'a> {
    frame: Frame<'a>,
    word: &'a str,
    lead: String,
    address: String,
    share: String,
    /// The address as a QR code, SVG.
    code: String,
}

/// There is nothing to look at here: who comes back is led to the page.
pub(in crate::web::public) async fn back(Path(word): Path<String>) -> Redirect {
    Redirect::to(&format!("/p/me/{word}#helpers"))
}

/// Makes a link, or takes back the one that is named.
pub(in crate::web::public) async fn change(
    State(state): State<WebState>,
    Path(word): Path<String>,
    Query(wish): Query<Wish>,
    Peer(peer): Peer,
    headers: HeaderMap,
    sent: Sent,
) -> Response {
    let (filled, language) = match taken(&state, &wish, &word, peer, &headers, sent) {
        Ok(taken) => taken,
        Err(refused) => return *refused,
    };
    let ctx = &state.0.ctx;
    let submit = filled.get("submit").unwrap_or_default();
    if let Some(id) = filled.get("remove").and_then(HelperId::read) {
        return match helpers::remove(ctx, &word, submit, id).await {
            Ok(()) => {
                Redirect::to(&format!("/p/me/{word}?lang={}&saved=1#saved", language.code())).into_response()
            }
            Err(error) => state.no_own_data(&wish, &error),
        };
    }
    match helpers::add(ctx, &word, submit, &filled).await {
        Ok(Made::Link(link)) => {
            let mut frame =
                Frame::new(&ctx.catalogue, language, Some(&link.account), Sentence::MeHelperMadeTitle);
            // The page is the answer to the form: it has no address to come back to.
            frame.languages.clear();
            page::respond(StatusCode::OK, given(frame, &word, *link))
        }
        Ok(Made::NoName(typed)) => {
            shown(&state, &wish, &word, StatusCode::UNPROCESSABLE_ENTITY, Said::NoName(typed)).await
        }
        Ok(Made::Full) => shown(&state, &wish, &word, StatusCode::CONFLICT, Said::Full).await,
        Err(error) => state.no_own_data(&wish, &error),
    }
}

fn given(frame: Frame<'_>, word: &str, link: Link) -> String {
    let until = day(&link.account, link.helper.until);
    let lead = frame.with(Sentence::MeHelperMade, &[("name", link.helper.name.as_str()), ("date", &until)]);
    let message = format!(
        "{}\n{}",
        frame.with(Sentence::MeHelperMessage, &[("city", &link.account.name)]),
        link.address
    );
    let encoded: String = form_urlencoded::byte_serialize(message.as_bytes()).collect();
    // A blank is `+` in forms alone.
    let share = format!("https://line.me/R/share?text={}", encoded.replace('+', "%20"));
    let code = qr(&link.address);
    rendered(&Given { frame, word, lead, address: link.address, share, code })
}
