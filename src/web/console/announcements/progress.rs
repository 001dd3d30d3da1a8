//! How far one is, in numbers of people, with pace and time left; and the same alone for the script.

use askama::Template;
use axum::{extract::Path, response::Response};

use super::{
    super::{
        frame::Frame,
        session::Acting,
        visit::{Visit, page},
    },
    load,
    words::{number, pause_key, stage_code, stage_key},
};
use crate::{
    domain::{
        announcement::{Announcement, Stage, Step, batch::Progress},
        staff::{Actor, rights::ViewConsole},
        time::Timestamp,
    },
    journeys::announce,
    web::error::ConsoleError,
};

/// A part of everybody: its name, how many, and how much of a hundred.
struct Share {
    key: &'static str,
    count: String,
    percent: u64,
}

#[derive(Template)]
#[template(path = "console/announcements/progress.html")]
pub(super) struct Now {
    frame: Frame,
    stage: &'static str,
    /// What is read out when it changes.
    says: String,
    /// Seconds until it begins, while it is held.
    seconds: Option<i64>,
    shares: Vec<Share>,
    settled: u64,
    total: u64,
    left: String,
    pause: Option<&'static str>,
    /// How many people are in batches of which nobody can tell.
    pub(super) unknown: u64,
}

impl Now {
    pub(super) async fn of(
        visit: &Visit,
        actor: &Actor<ViewConsole>,
        known: &Announcement,
    ) -> Result<Self, ConsoleError> {
        let (ctx, frame, now) = (visit.ctx(), visit.frame(), visit.ctx().clock.now());
        let seen = announce::progress(ctx, actor, known.id).await?;
        let progress = seen.progress.unwrap_or_default();
        let seconds = match known.way.stage() {
            Stage::Held { from, .. } => Some(from.duration_since(now).as_secs().max(0)),
            _ => None,
        };
        let begun = match known.way.stage() {
            Stage::Sending { paused: false, .. } => {
                let history = announce::history(ctx, actor, known.id).await?;
                // The pace counts from when it went on last: it stood still before.
                history
                    .iter()
                    .rev()
                    .find(|taken| matches!(taken.step, Step::Begun | Step::Resumed))
                    .map(|taken| taken.at)
            }
            _ => None,
        };
        let left = begun.and_then(|begun| left(&progress, begun, now)).map(|seconds| {
            let (key, count) = if seconds < 90 {
                ("ann-left-seconds", seconds)
            } else {
                ("ann-left-minutes", seconds.div_ceil(60))
            };
            frame.tv(key, "count", number(count))
        });
        let total = progress.total();
        let share = |key, count: u64| Share {
            key,
            count: number(count),
            percent: (count * 100).checked_div(total).unwrap_or_default(),
        };
        let shares = vec![
            share("ann-accepted", progress.accepted),
            share("ann-refused", progress.refused),
            share("ann-unknown", progress.unknown),
            share("ann-withdrawn", progress.withdrawn),
            share("ann-not-yet", progress.not_yet + progress.under_way),
        ];
        let says = match seconds {
            Some(_) => frame.t("ann-held-says"),
            None => format!(
                "{}：{}",
                frame.t(stage_key(known)),
                frame.tv(
                    "ann-accepted-of",
                    "count",
                    format!("{} / {}", number(progress.accepted), number(total))
                )
            ),
        };
        Ok(Self {
            stage: stage_code(known),
            says,
            seconds,
            shares: if total == 0 { Vec::new() } else { shares },
            settled: progress.settled(),
            total,
            left: left.unwrap_or_default(),
            pause: known.paused.map(pause_key),
            unknown: progress.unknown,
            frame,
        })
    }

    /// It as a part of a page.
    pub(super) fn html(&self) -> Result<String, ConsoleError> {
        self.render().map_err(|error| {
            tracing::error!(%error, "a progress could not be rendered");
            ConsoleError::Internal
        })
    }

    /// Whether it will be another one in a moment.
    pub(super) fn is_moving(&self) -> bool {
        matches!(self.stage, "held" | "sending")
    }
}

/// Seconds until everybody has an outcome, by the pace so far; `None`: there is none yet.
fn left(progress: &Progress, begun: Timestamp, now: Timestamp) -> Option<u64> {
    let elapsed = u64::try_from(now.duration_since(begun).as_millis()).ok()?;
    let (settled, open) = (progress.settled(), progress.under_way + progress.not_yet);
    if settled == 0 || open == 0 {
        return None;
    }
    Some((elapsed.saturating_mul(open) / settled).div_ceil(1_000))
}

/// How far it is just now as a fragment of a page, for the script.
pub(in crate::web::console) async fn fragment(
    visit: Visit,
    Acting(actor): Acting<ViewConsole>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let known = load(&visit, &actor, &id).await?;
    Ok(page(&Now::of(&visit, &actor, &known.value).await?))
}
