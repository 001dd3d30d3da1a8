//! What the machine allows: this program, started again by itself, doing the least there is to do.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, bail};
use axum::{Router, extract::State, http::StatusCode, routing::post};
use bytes::Bytes;
use reqwest::Client;

use crate::{bodies::TOKEN, line};

/// Is a limit until it is killed, or until the bench that started it has gone.
pub fn be(what: &str, rest: &[String]) -> anyhow::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match (what, rest) {
        ("plain", [listen]) => runtime.block_on(plain(listen.parse()?)),
        ("reply", [listen, line, body]) => runtime.block_on(reply(listen.parse()?, Poster::new(line, body)?)),
        ("post", [line, body, loops]) => runtime.block_on(post_on(Poster::new(line, body)?, loops.parse()?)),
        _ => bail!("there is no such limit: {what} {rest:?}"),
    }
}

/// The same axum and the same reading of bodies: no signature, no events, no storage, 200.
async fn plain(listen: SocketAddr) -> anyhow::Result<()> {
    let take = |_: Bytes| async { StatusCode::OK };
    serve(listen, Router::new().route("/line/{account}/webhook", post(take))).await
}

/// The same, and after the 200 a reply through reqwest.
async fn reply(listen: SocketAddr, poster: Poster) -> anyhow::Result<()> {
    async fn take(State(poster): State<Poster>, body: Bytes) -> StatusCode {
        tokio::spawn(async move {
            if let Some(token) = line::token_text(&body) {
                poster.post(token).await;
            }
        });
        StatusCode::OK
    }
    serve(listen, Router::new().route("/line/{account}/webhook", post(take)).with_state(poster)).await
}

async fn serve(listen: SocketAddr, router: Router) -> anyhow::Result<()> {
    use axum::serve::ListenerExt;
    let listener = tokio::net::TcpListener::bind(listen).await?.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}

/// Replies as fast as reqwest can post them, so many at once.
async fn post_on(poster: Poster, loops: usize) -> anyhow::Result<()> {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..loops {
        let poster = poster.clone();
        tasks.spawn(async move {
            loop {
                poster.post(&[b'f'; 32]).await;
            }
        });
    }
    tasks.join_next().await;
    Ok(())
}

/// Posts one and the same reply with other tokens, through a client that is set up as todoke's.
#[derive(Clone)]
struct Poster {
    client: Client,
    url: String,
    before: Bytes,
    after: Bytes,
}

impl Poster {
    fn new(line: &str, body: &str) -> anyhow::Result<Self> {
        let body = std::fs::read(body)?;
        let token = line::token_text(&body).context("the sample has no token")?;
        let at = token.as_ptr() as usize - body.as_ptr() as usize;
        let client = Client::builder()
            .timeout(Duration::from_secs(8))
            .pool_max_idle_per_host(1_024)
            .tcp_nodelay(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self {
            client,
            url: format!("http://{line}/v2/bot/message/reply"),
            before: Bytes::copy_from_slice(&body[..at]),
            after: Bytes::copy_from_slice(&body[at + token.len()..]),
        })
    }

    async fn post(&self, token: &[u8]) {
        let body = [&self.before[..], token, &self.after[..]].concat();
        let request = self
            .client
            .post(&self.url)
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {TOKEN}"))
            .body(body);
        if let Ok(response) = request.send().await {
            // Read to the end, so that the connection can be used again.
            let _ = response.bytes().await;
        }
    }
}
