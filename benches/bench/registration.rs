//! Residents who register in the chat at a city's busiest pace: from the tap to the answer that reaches LINE, with
//! what was said durable. Afterwards the server is killed, and everybody has to be found by a segment.

use std::{rc::Rc, time::Duration};

use anyhow::ensure;
use todoke::{
    domain::{
        profile::{Field, Slot, Value, Wish},
        registration::{Codes, Tap},
        segment,
    },
    store::audience::Audience,
};

use crate::{
    Bench,
    bodies::{RESIDENTS, Requests},
    figures::{Figure, Figures, Goal, number},
    line::Manner,
    load::{self, Pace, Plan},
    process::{self, ServerPlan},
    segments::{open, sample_city, today},
};

/// Taps a second (`How it must be shown` of the part that residents register in).
const RATE: u32 = 1_000;
/// Keep-alive connections of LINE.
const CONNECTIONS: usize = 64;

/// A minute of registrations; two seconds in the short form.
pub async fn measure(bench: &Bench, short: bool, figures: &mut Figures) -> anyhow::Result<()> {
    bench.double.manner.set(Manner::AtOnce);
    let measure = Duration::from_secs(if short { 2 } else { 60 });
    let seconds = usize::try_from((bench.warm + measure).as_secs() + 2)?;
    let taps = taps()?;
    let requests = Rc::new(Requests::taps(seconds * usize::try_from(RATE)?, &taps)?);
    let folder = tempfile::tempdir_in(&bench.folder)?;
    let plan = ServerPlan {
        program: &bench.server,
        folder: folder.path(),
        line: bench.double.address,
        settings: &[],
    };
    let (mut server, _) = process::serve(&plan)?;
    load::introduce(&bench.introductions, &bench.double, &server).await?;
    let plan = Plan {
        address: server.address,
        pid: server.id(),
        connections: CONNECTIONS,
        pace: Pace::Rate(RATE),
        warm: bench.warm,
        measure,
        again: false,
    };
    let outcome = load::run(&requests, &bench.double, plan).await?;
    server.kill();

    let name = format!("registration, {RATE} taps/s for {} s: answer after tap, p99", measure.as_secs());
    let note = format!(
        "p50 {} ms, p99.9 {} ms; 200 after tap p99 {} ms; CPU {:.2} cores; refused {}",
        number(outcome.reply_ms(50.0)),
        number(outcome.reply_ms(99.9)),
        number(outcome.ack_ms(99.0)),
        outcome.cpu / outcome.seconds,
        outcome.refused
    );
    figures.add(Figure::new(name, outcome.reply_ms(99.0), "ms").goal(Goal::Most(50.0)).note(note));
    let (accepted, replies) = outcome.all;
    let share = replies as f64 / (accepted as f64).max(1.0);
    let note = format!("{replies} of {accepted}");
    figures.add(Figure::new("  answers for each tap", share, "").goal(Goal::Least(1.0)).note(note));

    // Those whose first topic was acknowledged: the second tap of each round of the residents.
    let account = sample_city()?;
    let store = open(folder.path(), &account)?;
    let wanted = r#"{"in": {"attribute": "topics", "of": ["garbage"]}}"#;
    let (wanted, _) =
        segment::read(wanted, &account.attributes).map_err(|faults| anyhow::anyhow!("{}", faults[0]))?;
    let found = store.count_residents(&account.id, &segment::plan(&wanted, today(&account))).await?;
    let all = u64::try_from(RESIDENTS)?;
    let acknowledged = replies.saturating_sub(all).min(all);
    let note = format!("{found} found, at least {acknowledged} acknowledged");
    ensure!(found >= acknowledged, "what was acknowledged is gone: {note}");
    let share = found as f64 / (acknowledged as f64).max(1.0);
    let name = "  registered after a kill, for each acknowledged";
    figures.add(Figure::new(name, share, "").goal(Goal::Least(1.0)).note(note));
    Ok(())
}

/// What each resident taps, one after another: opens it, wants two topics, says where the home is and that
/// there is a child, and stops one topic.
fn taps() -> anyhow::Result<Vec<(String, Option<&'static str>)>> {
    let field = |attribute: &str, name: &str| -> anyhow::Result<Field> {
        Ok(Field(attribute.parse()?, Slot::Named(name.parse()?)))
    };
    let wish = || Value::Wanted(Wish::default());
    let taps = [
        (Tap::Open, None),
        (Tap::Say(field("topics", "garbage")?, wish()), None),
        (Tap::Say(field("topics", "childcare")?, wish()), None),
        (Tap::Say(field("wards", "home")?, Value::Chosen("hamami".parse()?)), None),
        (Tap::AddBorn("children".parse()?), Some("2024-05-03")),
        (Tap::TakeBack(field("topics", "childcare")?), None),
    ];
    Ok(taps.iter().map(|(tap, picked)| (Codes::code(tap), *picked)).collect())
}
