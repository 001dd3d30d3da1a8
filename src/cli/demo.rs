//! `todoke demo`: the real server, a double of LINE beside it, and a page on which anybody plays residents.

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use anyhow::Context;
use clap::Args;
use secrecy::SecretString;

use super::{Ended, output, serve::Signals};
use crate::{
    app::{self, App},
    config::{AccountSecrets, Config, Environment, Flags, menus},
    demo::{self, DemoState},
    domain::{
        id::{AccountId, Entropy},
        language::Language,
        staff::Machine,
    },
    journeys::arrange_menus,
    simulator::{Simulator, SimulatorConfig},
    system::{SystemClock, SystemEntropy},
    telemetry::{self, Counts},
};

/// The account that is played with.
const SAMPLE_CITY: &str = "todoke";
/// Tried first, so that the address can be kept in mind; any free port will do.
const USUAL_PORT: u16 = 8080;

#[derive(Args)]
pub(super) struct DemoArgs {
    /// The page's port on this machine [default: 8080, or a free one if that is taken]
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Keep everything in this folder instead of a temporary one
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

pub(super) async fn demo(args: DemoArgs) -> anyhow::Result<Ended> {
    let temporary = match &args.data {
        Some(_) => None,
        None => {
            Some(tempfile::Builder::new().prefix("todoke-demo-").tempdir().context("no temporary folder")?)
        }
    };
    let data = args.data.or_else(|| temporary.as_ref().map(|folder| folder.path().to_owned()));
    let mut config = Config::load(&Flags { config: None, data }, &Environment::default())?;
    // A newcomer's terminal shows the address, not a log.
    telemetry::log_to_stderr("warn")?;
    config.settings.server.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, port(args.port)?));
    // The demo's own pages are reached where the demo is.
    config.settings.server.public_url = format!("http://{}", config.settings.server.listen);

    // Security keys know names and no numbers.
    let port = config.settings.server.listen.port();
    config.settings.console.public_url = format!("http://localhost:{port}");

    let signals = Signals::listen()?;
    let (secret, token) = (random_text(), random_text());
    let account: AccountId = SAMPLE_CITY.parse()?;
    let simulator = start_simulator(&secret, &token).await?;
    // What is tried on the demo's console does not change the sample city's files.
    config.settings.intents.write_back = false;
    config.settings.line.api_base = simulator.api_base();
    config.settings.line.data_api_base = simulator.api_base();
    config.settings.line.liff_sdk = simulator.liff_sdk();
    config.settings.line.schemes_base = simulator.schemes_base();
    let name = play_only(&mut config, &account, &secret, &token)?;

    let menus = arrange_menus(&config, &account).await;
    let menus = menus
        .inspect_err(|error| output::hint(&format!("The demo has no rich menu: {error:#}")))
        .unwrap_or_default();
    let for_page = (simulator.clone(), account.clone());
    let app = App::start(&config, Some(Counts::start()?), |ctx| {
        demo::router(DemoState::new(for_page.0, ctx.clone(), Machine.actor(&for_page.1), name, menus))
    })
    .await?;
    simulator.set_webhook_url(format!("http://{}/line/{account}/webhook", app.address));
    demo::people(&simulator);
    demo::crowd::register(&app.ctx, &account).await.context("the demo's crowd cannot be stored")?;
    let (viewer, editor) = (Machine.actor(&account), Machine.actor(&account));
    demo::crowd::name_segments(&app.ctx, &viewer, &editor)
        .await
        .context("the demo's segments cannot be stored")?;
    let (keeper, counter) = (Machine.actor(&account), Machine.actor(&account));
    demo::history::remember(&app.ctx, &account, &simulator)
        .await
        .context("the demo's history cannot be stored")?;
    demo::history::put_up(&app.ctx, &keeper).await.context("the demo's places cannot be stored")?;
    demo::history::aim(&app.ctx, &counter).await.context("the demo's target cannot be stored")?;
    demo::history::populate(&app.ctx, &counter).await.context("the demo's population cannot be stored")?;
    output::line(&format!("http://{}/demo", app.address))?;
    output::hint(
        "Open this address in a browser. Ctrl-C ends the demo.\nこのアドレスをブラウザーで開いてください。終了は Ctrl-C です。",
    );
    let ended = signals.until_ended(app).await;
    simulator.shutdown().await;
    drop(temporary);
    ended
}

/// What `todoke richmenu sync --yes` does; the language of each menu by its name at LINE.
async fn arrange_menus(config: &Config, account: &AccountId) -> anyhow::Result<HashMap<String, Language>> {
    let (wanted, problems) = menus::load(&config.settings.menus.dir, account)?;
    if let Some(problem) = problems.first() {
        anyhow::bail!("{problem}");
    }
    let menus = app::rich_menus(config)?;
    let looked = arrange_menus::look(&menus, account, &wanted).await?;
    let plan = arrange_menus::plan(&wanted, &looked.found)?;
    arrange_menus::carry_out(&menus, account, &wanted, &mut plan.present.clone(), &plan.steps, |_| {})
        .await?;
    Ok(wanted.iter().map(|menu| (menu.mark().name_for(&menu.menu), menu.language)).collect())
}

/// The asked port, or the usual one if it is free, or any. It has to be known before the server listens,
/// since the chat names it.
fn port(asked: Option<u16>) -> anyhow::Result<u16> {
    let free = |port| std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?.local_addr();
    let found = match asked {
        Some(0) => free(0),
        Some(port) => return Ok(port),
        None => free(USUAL_PORT).or_else(|_| free(0)),
    };
    Ok(found.context("no port is free")?.port())
}

async fn start_simulator(secret: &str, token: &str) -> anyhow::Result<Simulator> {
    let mut seed = [0; 8];
    SystemEntropy.fill(&mut seed);
    // Event ids must differ from those of an earlier demo on the same data.
    let config = SimulatorConfig { seed: u64::from_le_bytes(seed), ..SimulatorConfig::new(secret, token) };
    Simulator::start(config, Arc::new(SystemClock))
        .await
        .context("the double of LINE cannot listen on loopback")
}

/// The demo's page inside LINE, of no real channel.
const LIFF: &str = "2000000000-Todoke";

/// Switches the sample city on with secrets of this run, and every other account off; gives its name.
fn play_only(config: &mut Config, account: &AccountId, secret: &str, token: &str) -> anyhow::Result<String> {
    for configured in &mut config.accounts {
        configured.secrets = AccountSecrets::default();
    }
    config.accounts.retain(|configured| configured.account.id == *account);
    let dir = config.settings.accounts.dir.display();
    let city = config.accounts.first_mut().with_context(|| {
        format!(
            "the sample city is missing: {dir}/{SAMPLE_CITY}.toml; start the demo in the project's folder"
        )
    })?;
    city.secrets.channel_secret = Some(SecretString::from(secret));
    city.secrets.channel_access_token = Some(SecretString::from(token));
    // The double plays LINE's script on this page; `#user=` and somebody's id say who opens it.
    city.account.liff = Some(LIFF.parse()?);
    Ok(city.account.name.clone())
}

fn random_text() -> String {
    let mut bytes = [0; 32];
    SystemEntropy.fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
