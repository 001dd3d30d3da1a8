//! Reading a body up to a limit, without leaving the sender hanging when it is too long.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use tokio::time::timeout;

use super::WebError;

/// How long a whole body may take. LINE itself gives up after two seconds.
const WITHIN: Duration = Duration::from_secs(10);

/// How much of a too large body is read and thrown away, so that the sender gets to read our 413. What
/// is longer still has its connection closed.
const DISCARD_AT_MOST: usize = 64 * 1024 * 1024;

/// Reads the whole body, at most `max` bytes.
pub(super) async fn read(body: Body, max: usize) -> Result<Bytes, WebError> {
    timeout(WITHIN, read_frames(body, max)).await.unwrap_or(Err(WebError::Incomplete))
}

async fn read_frames(mut body: Body, max: usize) -> Result<Bytes, WebError> {
    let mut first: Option<Bytes> = None;
    let mut more = BytesMut::new();
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| WebError::Incomplete)?.into_data() else { continue };
        length = length.saturating_add(data.len());
        if length > DISCARD_AT_MOST {
            break;
        }
        if length > max {
            continue;
        }
        // Nearly every webhook is one frame: hand it on without a copy.
        match first.take() {
            None if more.is_empty() => first = Some(data),
            held => {
                if let Some(held) = held {
                    more.extend_from_slice(&held);
                }
                more.extend_from_slice(&data);
            }
        }
    }
    if length > max {
        return Err(WebError::TooLarge { max });
    }
    Ok(first.unwrap_or_else(|| more.freeze()))
}
