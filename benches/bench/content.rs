//! How long staff wait who keep ten thousand intents: list, search, and a publication until it is in use.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use serde_json::json;
use todoke::{
    content::files::FolderShelf,
    domain::{
        account::Account,
        language::Language,
        staff::{Actor, Machine, rights::PublishIntents},
    },
    health::Health,
    intent::{
        draft::{ContactDraft, Draft},
        listing::{self, Filter},
        piece::Piece,
    },
    journeys::{
        Library,
        curate::{self, Desk, Edit},
    },
    keyring::Keyring,
    store::{
        SharedStore,
        sled::{AccountSetup, SledConfig, SledStore, Sources},
    },
    system::{SystemClock, SystemEntropy, SystemIds},
};

use crate::{
    bodies::ACCOUNT,
    figures::{Figure, Figures, Goal, median},
    synthetic,
};

/// So many intents a city has here.
const INTENTS: usize = 10_000;
/// Nobody waits longer for a list or a publication.
const MOST_MS: f64 = 300.0;

/// Lists, searches and publishes.
pub async fn measure(folder: &Path, short: bool, figures: &mut Figures) -> anyhow::Result<()> {
    let folder = folder.join("content");
    write_files(&folder.join("intents").join(ACCOUNT))?;
    let account = Account {
        id: ACCOUNT.parse()?,
        name: "とどけ市".into(),
        time_zone: jiff::tz::TimeZone::UTC,
        languages: vec![Language::Ja],
        departments: Vec::new(),
        attributes: Arc::default(),
        codes: Arc::default(),
        staff_group: None,
        alert_quota: 0,
        target_alerts: false,
        link_domains: Vec::new(),
        liff: None,
    };
    let store = open(&folder, &account)?;
    let library = Arc::new(Library::new([account.clone()]));
    let shelf = Arc::new(FolderShelf::new(folder.join("intents")));
    let shared: SharedStore = Arc::clone(&store) as SharedStore;
    let desk = Desk::new(shared, library, shelf, Arc::new(Health::default()), Arc::new(SystemClock), false);
    let watch = Instant::now();
    curate::adopt(&desk, &account).await;
    let adopted = milliseconds(watch.elapsed());
    let head = desk.published(&account.id).context("there is a desk for it")?;
    ensure!(
        head.edition.drafts().count() == INTENTS,
        "the synthetic files have errors: {:?}",
        desk.health.findings()
    );

    let rounds = if short { 5 } else { 20 };
    let search = |filter: Filter| {
        let took = (0..rounds).map(|_| {
            let watch = Instant::now();
            std::hint::black_box(listing::list(&head.edition, &filter));
            milliseconds(watch.elapsed())
        });
        median(took)
    };
    let list = search(Filter::default());
    figures.add(goal(Figure::new("list of 10,000 intents", list, "ms")));
    let nothing = search(Filter { text: "どこにもない言葉".into(), ..Filter::default() });
    figures.add(goal(Figure::new("search that finds nothing in 10,000 intents", nothing, "ms")));

    let actor: Actor<PublishIntents> = Machine.actor(&account.id);
    let mut took = Vec::new();
    for round in 0..rounds {
        let head = desk.published(&account.id).context("there is a desk for it")?;
        let mut draft = head.edition.drafts().nth(round * 97).context("there are enough")?.clone();
        draft.answer.insert(Language::Ja, format!("{round}回目の回答です。"));
        let id = draft.id.parse()?;
        let edit = Edit { base: head.edition.hash(&id), id, to: Some(Piece::Intent(draft)), draft: None };
        let watch = Instant::now();
        curate::publish(&desk, &actor, vec![edit], "計測".into()).await?;
        took.push(milliseconds(watch.elapsed()));
    }
    let note = format!("checked, compiled, stored, in use; all files at the first start {adopted:.0} ms");
    figures.add(goal(Figure::new("publication of one of 10,000 intents", median(took), "ms")).note(note));
    store.close();
    Ok(())
}

fn goal(figure: Figure) -> Figure {
    figure.goal(Goal::Most(MOST_MS))
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn open(folder: &Path, account: &Account) -> anyhow::Result<Arc<SledStore>> {
    let keyring = Keyring::load_or_create(&folder.join("master.key"), &SystemEntropy)?;
    let config = SledConfig {
        folder: folder.join("data"),
        cache_bytes: 64 << 20,
        max_waiting: 50,
        accounts: [(
            account.id.clone(),
            AccountSetup { zone: account.time_zone.clone(), attributes: Arc::clone(&account.attributes) },
        )]
        .into(),
        on_condition: Box::new(|_| {}),
    };
    let sources =
        Sources { clock: Arc::new(SystemClock), ids: Arc::new(SystemIds), entropy: Arc::new(SystemEntropy) };
    Ok(Arc::new(SledStore::open(config, &keyring, sources)?))
}

/// The synthetic intents as topic files; JSON is YAML.
fn write_files(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let content = synthetic::content(INTENTS).context("a synthetic expression is wrong")?;
    let ja = |text: &str| [(Language::Ja, text.to_owned())].into();
    let contact = ContactDraft { name: ja("市民課"), tel: None, hours: ja("平日") };
    for topic in &content.topics {
        let text = |texts: &todoke::domain::language::Localized<String>| {
            texts.best(Language::Ja).map(|(_, text)| text.clone()).unwrap_or_default()
        };
        let intents = content.intents.iter().filter(|intent| intent.topic == topic.id);
        let drafts = intents.map(|intent| Draft {
            id: intent.id.to_string(),
            title: ja(&text(&intent.title)),
            examples: [(Language::Ja, intent.examples.iter().map(|(_, one)| one.clone()).collect())].into(),
            keywords: intent.keywords.clone(),
            patterns: intent.patterns.iter().map(|one| one.as_str().to_owned()).collect(),
            answer: ja(&text(&intent.answer)),
            ..Draft::default()
        });
        let file = json!({
            "topic": topic.id,
            "title": { "ja": text(&topic.title) },
            "owner": "市民局",
            "contact": contact,
            "intents": drafts.collect::<Vec<_>>(),
        });
        std::fs::write(folder.join(format!("{}.yaml", topic.id)), serde_json::to_vec(&file)?)?;
    }
    Ok(())
}
