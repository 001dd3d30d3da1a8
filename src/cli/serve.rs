//! `todoke serve`: everything runs until a signal or a failed store ends it.

use axum::Router;
use tokio::signal::unix::{SignalKind, signal};

use super::Ended;
use crate::{
    app::App,
    config::Config,
    telemetry::{self, Counts},
};

pub(super) async fn serve(config: Config) -> anyhow::Result<Ended> {
    config.require_a_live_account()?;
    telemetry::log_to_stderr(&config.settings.log.level)?;
    let app = App::start(&config, Some(Counts::start()?), |_| Router::new()).await?;
    until_ended(app).await
}

/// Waits for SIGTERM, SIGINT or the end of the store, then stops in order.
pub(super) async fn until_ended(mut app: App) -> anyhow::Result<Ended> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let ended = tokio::select! {
        _ = terminate.recv() => Ended::Fine,
        _ = interrupt.recv() => Ended::Fine,
        // A supervisor starts the process again; what was acknowledged is on the disk.
        () = app.failed() => Ended::WithProblems,
    };
    app.stop().await;
    Ok(ended)
}
