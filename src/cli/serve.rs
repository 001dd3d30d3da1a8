//! `todoke serve`: everything runs until a signal or a failed store ends it.

use axum::Router;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Ended;
use crate::{
    app::App,
    config::Config,
    telemetry::{self, Counts},
};

pub(super) async fn serve(config: Config) -> anyhow::Result<Ended> {
    config.require_a_live_account()?;
    telemetry::log_to_stderr(&config.settings.log.level)?;
    let signals = Signals::listen()?;
    let app = App::start(&config, Some(Counts::start()?), |_| Router::new()).await?;
    signals.until_ended(app).await
}

/// Whoever asks the process to end.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// From now on SIGTERM and SIGINT are taken note of instead of killing. To be called before anything is started: a
    /// supervisor that stops the server while it starts would otherwise break it off.
    pub(super) fn listen() -> anyhow::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for a signal, also one that came since [`Self::listen`], or for the end of the store; then stops in order.
    pub(super) async fn until_ended(mut self, mut app: App) -> anyhow::Result<Ended> {
        let ended = tokio::select! {
            _ = self.terminate.recv() => Ended::Fine,
            _ = self.interrupt.recv() => Ended::Fine,
            // A supervisor starts the process again; what was acknowledged is on the disk.
            () = app.failed() => Ended::WithProblems,
        };
        app.stop().await;
        Ok(ended)
    }
}
