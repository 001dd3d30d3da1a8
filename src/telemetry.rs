//! Logs as JSON lines to stderr, metrics for Prometheus.
//!
//! `cli` sets it up once. What is logged names no person: ids of events and intents, never LINE ids,
//! names, words or tokens.

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

/// Upper bounds of the histograms of durations, in seconds.
const SECONDS: [f64; 14] =
    [0.000_5, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 10.0];

/// Starts logging; `level` is a tracing filter. A second call changes nothing.
pub fn log_to_stderr(level: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::builder().parse(level).map_err(|e| {
        anyhow::anyhow!("log.level {level:?} is no filter ({e}); write info, or todoke::line=debug,info")
    })?;
    let layer = tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(std::io::stderr);
    let _ = tracing_subscriber::registry().with(filter).with(layer).try_init();
    Ok(())
}

/// What has been counted.
pub struct Counts(PrometheusHandle);

impl Counts {
    /// Starts counting. Only one may live in a process.
    pub fn start() -> anyhow::Result<Self> {
        let builder =
            PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)?;
        Ok(Self(builder.install_recorder()?))
    }

    /// The counts in Prometheus's text format.
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Folds single measurements into their sums. Without it they pile up until somebody asks for the counts.
    pub fn tidy(&self) {
        self.0.run_upkeep();
    }
}
