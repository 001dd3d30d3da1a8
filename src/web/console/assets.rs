//! The stylesheet and the script, embedded; their addresses change with their content.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use crate::web::error::ConsoleError;

const CSS: &str = include_str!("../../../assets/console/console.css");
/// Two files at one address.
const JS: &str = concat!(
    include_str!("../../../assets/console/console.js"),
    include_str!("../../../assets/console/keys.js")
);

static CSS_NAME: LazyLock<String> = LazyLock::new(|| fingerprinted("console", CSS, "css"));
static JS_NAME: LazyLock<String> = LazyLock::new(|| fingerprinted("console", JS, "js"));

fn fingerprinted(stem: &str, content: &str, extension: &str) -> String {
    let hash = Sha256::digest(content);
    let hash: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{stem}-{hash}.{extension}")
}

/// The stylesheet's address.
pub(super) fn css() -> String {
    format!("/console/-/assets/{}", *CSS_NAME)
}

/// The script's address.
pub(super) fn js() -> String {
    format!("/console/-/assets/{}", *JS_NAME)
}

/// One of the two; an address that was made from other content is gone.
pub(super) async fn asset(Path(name): Path<String>) -> Response {
    let (kind, content) = if name == *CSS_NAME {
        ("text/css; charset=utf-8", CSS)
    } else if name == *JS_NAME {
        ("text/javascript; charset=utf-8", JS)
    } else {
        return ConsoleError::NotFound.into_response();
    };
    let headers =
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, content).into_response()
}
