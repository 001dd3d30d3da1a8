//! Who may name whom: reads every file under `src/` and fails with `file:line: path: rule`.
//!
//! `use` trees, renamed imports and paths in the middle of an expression all count. Tests are exempt
//! (bodies of `#[cfg(test)] mod … { }`, files named `tests.rs`), since nothing is built on them. Not seen are
//! `#[path]`, `include!`, and paths inside strings of attributes. What needs types to be seen (the clock,
//! random ids, the environment) is forbidden by `disallowed-methods` in `clippy.toml`.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::LazyLock,
};

use regex::Regex;

/// One row: the subjects, the modules that they may name (or that may name them), and why.
struct Row(&'static str, &'static str, &'static str);

/// Stands for every module.
const ANY: &str = "*";
/// A file with more lines of code (no blanks, no comments) is two files.
const MOST_LINES: usize = 500;

/// Module → the modules of ours, or single items of them, that it may name beside its own row.
const MODULES: &[Row] = &[
    Row("domain", "", "the city's words depend on nothing, so that all may speak them"),
    Row("intent", "domain", "a decision is pure, so that it can be replayed"),
    Row("store", "domain", "a port knows the city's words and no adapter"),
    Row(
        "store::record",
        "domain keyring::Key store::StoreError store::enquiries::NoticeRecord",
        "stored forms are sealed values",
    ),
    Row("store::conformance", "domain store", "one suite runs against the port, whatever the backend"),
    Row("store::sled", "domain keyring store", "an adapter knows its port, not its users"),
    Row("messenger", "domain", "a port knows the city's words and no adapter"),
    Row("id_tokens", "domain", "a port knows the city's words and no adapter"),
    Row("sign_on", "domain", "a port knows the city's words and no adapter"),
    Row("followers", "domain messenger::SendError", "a port knows the city's words and no adapter"),
    Row(
        "insight",
        "domain messenger::SendError messenger::BotInfo",
        "a port knows the city's words and no adapter",
    ),
    Row("menus", "domain messenger::SendError", "a port knows the city's words and no adapter"),
    Row("content", "domain intent::source", "a port that gives intent files and does not judge them"),
    Row("catalogue", "domain", "sentences in a language, whoever says them"),
    Row("health", "", "every part may report, so it knows none"),
    Row("keyring", "domain", "keys derive from ids and entropy that come in"),
    Row("system", "domain", "it implements the domain's ports on the machine"),
    Row("sheet", "", "bytes to rows and back, whatever they mean"),
    Row(
        "line",
        "domain messenger menus followers insight id_tokens system::Stopwatch",
        "a protocol has no policy",
    ),
    Row("oidc", "domain sign_on", "a protocol has no policy"),
    Row("webhooks", "domain", "a port knows the city's words and no adapter"),
    Row("webhook_client", "domain webhooks", "a protocol has no policy"),
    Row(
        "journeys",
        "domain intent store messenger menus followers insight id_tokens sign_on webhooks content catalogue health sheet",
        "its verbs go through ports",
    ),
    Row("jobs", "domain journeys store webhooks", "a job calls a journey and decides nothing"),
    Row(
        "web",
        "domain journeys intent health catalogue sheet preview keyring::Key line::signature line::event \
         line::Credentials \
         system::Stopwatch store::view store::staff::Versioned store::StoreError \
         store::NewEvent store::EventBody",
        "the web changes the world only through a journey, never through the store",
    ),
    Row("preview", "domain", "message to HTML is pure"),
    Row("simulator", "domain line system::Stopwatch", "it plays LINE and does not know us"),
    Row(
        "demo",
        "domain simulator preview catalogue journeys::Ctx journeys::staff::play journeys::receive \
         journeys::segments journeys::grow journeys::reach journeys::targets store::view store::NewEvent store::EventBody store::StoreError web::console::session",
        "it plays residents and staff, makes a crowd known, and reads what is stored",
    ),
    Row(
        "config",
        "domain line::LineConfig oidc::OidcConfig web::ServerConfig web::console::ConsoleConfig",
        "it fills each part's own section",
    ),
    Row("telemetry", "", "logs and metrics are the same for every part"),
    Row("control", "", "the socket carries questions; app answers them"),
    Row("app", ANY, "the composition root joins everything"),
    Row("cli", ANY, "a command may reach for anything"),
    Row("main", "cli", "the process is its command line"),
];

/// What only a few may name: adapters, roots, the machine.
const KEPT: &[Row] = &[
    Row("crate::store::sled crate::content::files", "app cli", "adapters are named by app and cli only"),
    Row("crate::line::messenger crate::line::LineMessenger", "line app", "the adapter of the port messenger"),
    Row("crate::oidc::Oidc", "app", "the adapter of the port sign_on"),
    Row("crate::webhook_client", "app", "the adapter of the port webhooks"),
    Row("crate::line::menus crate::line::LineMenus", "line app", "the adapter of the port menus"),
    Row("crate::line::followers crate::line::LineFollowers", "line app", "the adapter of the port followers"),
    Row("crate::line::insight crate::line::LineInsight", "line app", "the adapter of the port insight"),
    Row("crate::system::SystemClock", "app cli", "the clock comes in as domain::time::Clock"),
    Row("crate::system::SystemIds", "app cli", "identifiers come in as domain::id::Ids"),
    Row("crate::system::SystemEntropy", "app cli", "randomness comes in as domain::id::Entropy"),
    Row("crate::keyring::Keyring::load_or_create", "app cli", "the master key is opened where all is joined"),
    Row("crate::domain::staff::Machine", "app cli", "only the command line has every right by itself"),
    Row("crate::journeys::staff::play", "demo", "nobody comes in without a password but in the demo"),
    Row("crate::store::record", "store::sled", "stored forms are an adapter's affair"),
    Row("crate::store::conformance", "", "only tests run the suite"),
    Row(
        "crate::config crate::telemetry",
        "app cli",
        "a part gets its own section and is set up from outside",
    ),
    Row("crate::app", "cli", "a root is named by nobody below it"),
    Row("crate::cli", "main", "a root is named by nobody below it"),
    Row(
        "std::fs",
        "config keyring content::files store::sled simulator control cli",
        "files have few owners",
    ),
    Row("std::net", "web simulator config app cli", "addresses stay at the edge"),
    Row("std::env", "config", "configuration is read once"),
    Row("std::thread", "store::sled simulator", "a thread belongs to whoever joins it"),
    Row("std::process", "cli main", "only the command line ends the process"),
];

/// Dependency → who may name it. A new one has to be placed here.
const CRATES: &[Row] = &[
    Row("serde thiserror", ANY, "derives"),
    Row("axum", "web demo simulator app cli", "HTTP stays at the edge"),
    Row("tower_http", "web demo", "HTTP stays at the edge"),
    Row("http_body_util", "web", "HTTP stays at the edge"),
    Row("bytes", "web line", "bodies as they came"),
    Row("tokio", "store journeys jobs line web simulator control app cli", "the pure centre does not wait"),
    Row(
        "async_trait",
        "store messenger menus followers insight id_tokens sign_on line oidc webhooks webhook_client",
        "ports that wait, and their adapters",
    ),
    Row("futures_util", "jobs line simulator demo", "work that waits together, or may panic"),
    Row("reqwest", "line oidc webhook_client simulator cli", "only protocols call out"),
    Row("openidconnect", "oidc", "a protocol that is not ours has one home"),
    Row("hmac", "keyring line::signature webhook_client", "keys and signatures have one home each"),
    Row(
        "base64",
        "line::signature keyring journeys::staff::webauthn web::console::security_keys simulator::liff webhook_client \
         config::webhooks",
        "LINE signs in base64; a link is one word of an address; browsers speak of keys in it",
    ),
    Row("aws_lc_rs ciborium url", "journeys::staff::webauthn", "what security keys say, and where"),
    Row("hkdf chacha20poly1305", "keyring", "keys have one home"),
    Row(
        "sha2",
        "domain::event domain::audit domain::content domain::attribute domain::registration domain::menu domain::helper keyring line::signature journeys::answer::deliver \
         journeys::staff::secret journeys::staff::webauthn web::api::announcements web::console::assets \
         simulator webhook_client",
        "names by content",
    ),
    Row("getrandom", "system", "randomness comes in as domain::id::Entropy"),
    Row("uuid", "domain messenger line store simulator system", "ids are made in system"),
    Row(
        "jiff",
        "domain intent store journeys line::event oidc web::console simulator::insight demo::history config app cli",
        "a moment is domain::time::Timestamp",
    ),
    Row("sled crc32fast rustix roaring", "store::sled", "no caller sees a backend's type"),
    Row("regex unicode_normalization rustc_hash", "intent", "reading texts"),
    Row("aho_corasick", "intent::matcher", "matching texts"),
    Row(
        "regex_syntax",
        "intent::matcher intent::expression intent::source",
        "what an expression needs, before it is compiled",
    ),
    Row("unicode_segmentation", "domain::message", "LINE counts what people see"),
    Row(
        "serde_json",
        "store keyring line web simulator demo webhook_client config control app cli intent::source intent::piece intent::check \
         journeys::staff::webauthn domain::segment domain::registration domain::announcement::content domain::announcement::draft",
        "a form of edges; predicates are JSON, and their faults name places in it; buttons are named by it, \
         contents hashed by it",
    ),
    Row("serde_saphyr", "intent::source", "only intent files are YAML"),
    Row(
        "schemars",
        "domain::language domain::segment intent::source",
        "intent files and predicates have a schema",
    ),
    Row("toml", "config", "only configuration is TOML"),
    Row("secrecy", "config line oidc app cli", "a secret goes from configuration to the protocol"),
    Row("csv encoding_rs", "sheet journeys::staff", "tables as people save them"),
    Row("calamine rust_xlsxwriter", "sheet", "the forms of sheets have one home"),
    Row("similar", "intent::diff", "one home for differences"),
    Row("notify_debouncer_full", "content::files", "one adapter watches"),
    Row("arc_swap", "journeys line", "what is swapped whole while others read"),
    Row("fluent_bundle", "catalogue", "sentences have one home"),
    Row("askama", "preview demo web", "HTML is made where pages are"),
    Row(
        "tracing",
        "journeys jobs line oidc web store::sled demo control app",
        "the pure centre does not log",
    ),
    Row("metrics", "journeys jobs line web", "the pure centre does not count"),
    Row("tracing_subscriber metrics_exporter_prometheus", "telemetry", "set up once"),
    Row("argon2 totp_rs", "journeys::staff", "passwords and codes have one home"),
    Row("qrcode", "web::qr", "one picture for cameras"),
    Row("form_urlencoded ipnet", "web::console web::public", "what pages show and browsers send"),
    Row("anyhow", "telemetry app cli", "below the roots an error is a type"),
    Row("clap clap_complete tempfile", "cli", "the command line's own"),
    Row("minijinja", "domain::announcement::field", "what staff may write into texts has one home"),
    Row("tikv_jemallocator", "main", "a process has one allocator"),
];

/// Comments (nested once), raw strings (up to `##`), strings, chars, lifetimes; words, `::`, any other sign.
static LEXEME: LazyLock<Regex> = LazyLock::new(|| {
    let comment = r"//[^\n]*|/\*(?s:/\*.*?\*/|.)*?\*/";
    let raw = r###"[bc]?r(?s:"[^"]*"|#".*?"#|##".*?"##)"###;
    let literal = r#""(?s:\\.|[^"\\])*"|'(?:\\.[^']*|[^\\'])'|'W"#.replace('W', r"(?-u:\w)+");
    Regex::new(&format!(r"(?<blank>{comment}|{raw}|{literal})|(?:r#)?(?-u:\w)+|::|\S")).unwrap()
});

/// A line, and what stands there: a word, `::`, one sign, or `"` for a piece of literal text.
struct Token(usize, String);

/// Rust's tokens as far as paths need them: comments vanish, literals lose their content.
fn tokens(text: &str) -> Vec<Token> {
    let (mut found, mut at, mut line) = (Vec::new(), 0, 1);
    for lexeme in LEXEME.captures_iter(text) {
        let whole = lexeme.get_match();
        line += text[at..whole.start()].matches('\n').count();
        at = whole.start();
        if lexeme.name("blank").is_none() {
            found.push(Token(line, whole.as_str().trim_start_matches("r#").into()));
        } else if !whole.as_str().starts_with('/') {
            found.extend((0..=whole.as_str().matches('\n').count()).map(|n| Token(line + n, "\"".into())));
        }
    }
    found
}

fn word(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| &token.1)
}

fn is_word(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
}

/// The place after the bracket that closes the one at `open`.
fn after_closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_i32;
    let closing = (open..tokens.len()).find(|at| {
        let sign = word(tokens, *at);
        depth += i32::from(["(", "[", "{"].contains(&sign)) - i32::from([")", "]", "}"].contains(&sign));
        depth == 0
    });
    closing.map_or(tokens.len(), |at| at + 1)
}

/// The place after the `#[cfg(test)] mod x { … }` that begins at `start`, if one does.
fn after_test_module(tokens: &[Token], start: usize) -> Option<usize> {
    let cfg = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut at = start + cfg.len();
    if !(start..at).map(|at| word(tokens, at)).eq(cfg) {
        return None;
    }
    while word(tokens, at) == "#" {
        at = after_closing(tokens, at + 1);
    }
    (word(tokens, at) == "mod" && word(tokens, at + 2) == "{").then(|| after_closing(tokens, at + 2))
}

/// A path as it is written, and where.
struct Mention {
    place: String,
    /// The module in which it stands, from `crate` on.
    module: String,
    path: Vec<String>,
    /// The name that an import gives it in its module.
    import: Option<String>,
}

/// Finds every path of one file.
struct Finder<'a> {
    file: &'a str,
    tokens: &'a [Token],
    module: String,
    found: Vec<Mention>,
}

impl Finder<'_> {
    fn find(&mut self, mut at: usize, end: usize) {
        while at < end {
            at = match (word(self.tokens, at), word(self.tokens, at + 1)) {
                ("#", _) => after_test_module(self.tokens, at).unwrap_or(at + 1),
                ("use", next) if next != "<" => self.use_tree(at + 1, &[]),
                ("extern", "crate") => self.use_tree(at + 2, &[]),
                ("mod", name) if word(self.tokens, at + 2) == "{" => self.inline_module(name, at + 2),
                (first, "::") if is_word(first) => self.inline_path(at),
                _ => at + 1,
            }
        }
    }

    fn inline_module(&mut self, name: &str, open: usize) -> usize {
        let (end, outer) = (after_closing(self.tokens, open), self.module.clone());
        self.module = format!("{outer}::{name}");
        self.find(open + 1, end - 1);
        self.module = outer;
        end
    }

    fn inline_path(&mut self, start: usize) -> usize {
        let (mut at, mut path) = (start, vec![word(self.tokens, start).to_owned()]);
        while word(self.tokens, at + 1) == "::" && is_word(word(self.tokens, at + 2)) {
            at += 2;
            path.push(word(self.tokens, at).to_owned());
        }
        // `<T as Trait>::Name::of` and `value.method::<T>()` begin at a type, not at a module.
        let before = |n: usize| start.checked_sub(n).map_or("", |at| word(self.tokens, at));
        if path.len() > 1 && before(1) != "." && (before(1), before(2)) != ("::", ">") {
            self.mention(start, path, None);
        }
        at + 1
    }

    fn use_tree(&mut self, mut at: usize, prefix: &[String]) -> usize {
        let mut path = prefix.to_vec();
        loop {
            match word(self.tokens, at) {
                "{" => {
                    let end = after_closing(self.tokens, at);
                    while at + 1 < end {
                        at = self.use_tree(at + 1, &path);
                    }
                    return end;
                }
                end @ ("as" | "," | "}" | ";" | "") => {
                    let renamed = usize::from(end == "as");
                    if path.len() > prefix.len() || renamed == 1 || word(self.tokens, at - 1) == "self" {
                        let name =
                            if end == "as" { word(self.tokens, at + 1) } else { &path[path.len() - 1] };
                        let name = Some(name.to_owned());
                        self.mention(at - 1, path, name);
                    }
                    return at + 2 * renamed;
                }
                "::" => {}
                "self" if !path.is_empty() => {}
                segment => path.push(segment.to_owned()),
            }
            at += 1;
        }
    }

    fn mention(&mut self, at: usize, path: Vec<String>, import: Option<String>) {
        let (place, module) = (format!("{}:{}", self.file, self.tokens[at].0), self.module.clone());
        self.found.push(Mention { place, module, path, import });
    }
}

/// The source as the rules see it.
#[derive(Default)]
struct Code {
    mentions: Vec<Mention>,
    /// Every module, from `crate` on.
    modules: BTreeSet<String>,
    /// What the names of imports, from `crate` on, stand for.
    imports: BTreeMap<String, String>,
    lines: BTreeMap<String, usize>,
}

static CODE: LazyLock<Code> = LazyLock::new(|| {
    let (mut files, mut folders) = (BTreeMap::new(), vec!["src".to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let name = format!("{folder}/{}", entry.file_name().to_str().unwrap());
            if entry.file_type().unwrap().is_dir() {
                folders.push(name);
            } else if name.rsplit('.').next() == Some("rs") {
                files.insert(name.clone(), fs::read_to_string(name).unwrap());
            }
        }
    }
    Code::of(files.iter().map(|(file, text)| (file.as_str(), text.as_str())))
});

impl Code {
    fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut code = Self::default();
        for (file, text) in files {
            let (tokens, module) = (tokens(text), module_of(file));
            code.lines.insert(file.into(), tokens.chunk_by(|a, b| a.0 == b.0).count());
            if !module.ends_with("::tests") {
                let mut finder = Finder { file, tokens: &tokens, module: module.clone(), found: Vec::new() };
                finder.find(0, tokens.len());
                code.mentions.append(&mut finder.found);
                code.modules.insert(module);
            }
        }
        // Twice, since an import may build on one further down.
        for mention in code.mentions.iter().chain(&code.mentions) {
            if let Some(name) = &mention.import {
                code.imports.insert(format!("{}::{name}", mention.module), code.absolute(mention));
            }
        }
        code
    }

    /// The path from `crate` or from a foreign crate on; imports of its module are looked through.
    fn absolute(&self, mention: &Mention) -> String {
        let Mention { module, path, import, .. } = mention;
        let local = format!("{module}::{}", path[0]);
        let imported = self.imports.get(&local).filter(|_| import.as_ref() != Some(&path[0]));
        let supers = path.iter().take_while(|segment| *segment == "super").count();
        let base = match path[0].as_str() {
            "crate" | "todoke" => "crate".to_owned(),
            "self" => module.clone(),
            "super" => module.rsplitn(supers + 1, "::").last().unwrap().to_owned(),
            _ if self.modules.contains(&local) => local,
            name => imported.cloned().unwrap_or(name.to_owned()),
        };
        [&[base], &path[supers.max(1)..]].concat().join("::")
    }

    fn violations(&self) -> Vec<String> {
        let told = |mention: &Mention| {
            let (path, place) = (self.absolute(mention), mention.place.clone());
            broken_rules(&mention.module, &path)
                .into_iter()
                .map(move |rule| format!("{place}: {path}: {rule}"))
        };
        self.mentions.iter().flat_map(told).collect()
    }

    /// Who names whom among top-level modules, without all that leads to no circle.
    fn knots(&self) -> BTreeSet<(String, String)> {
        let top = |path: &str| path.strip_prefix("crate::")?.split("::").next().map(ToOwned::to_owned);
        let edge = |mention: &Mention| Some((top(&mention.module)?, top(&self.absolute(mention))?));
        let mut edges: BTreeSet<_> = self.mentions.iter().filter_map(edge).filter(|(a, b)| a != b).collect();
        loop {
            let (all, before) = (edges.clone(), edges.len());
            edges.retain(|(a, b)| all.iter().any(|e| e.0 == *b) && all.iter().any(|e| e.1 == *a));
            if edges.len() == before {
                return edges;
            }
        }
    }

    /// Whether a name of a row exists as a module, or its module does.
    fn has(&self, name: &str) -> bool {
        let is_type = |segment: &str| segment.starts_with(char::is_uppercase);
        let module: Vec<&str> = name.split("::").take_while(|segment| !is_type(segment)).collect();
        name == ANY || self.modules.contains(&format!("crate::{}", module.join("::")))
    }
}

fn broken_rules(module: &str, path: &str) -> Vec<String> {
    let (home, mut broken) = (module.trim_start_matches("crate::"), Vec::new());
    if let Some(target) = path.strip_prefix("crate::") {
        match row_of(home) {
            None => broken.push(format!("{home} has no row in MODULES")),
            Some(row) if covers(row.1, target) || row_of(target).is_some_and(|own| own.0 == row.0) => {}
            Some(row) => broken.push(format!("{} may name only [{}]: {}", row.0, row.1, row.2)),
        }
        if target.ends_with('*') {
            broken.push("import names one by one: a glob hides them from this test".into());
        }
    }
    for Row(subjects, by, why) in CRATES.iter().chain(KEPT) {
        for subject in subjects.split(' ').filter(|subject| within(path, subject)) {
            if !covers(by, home) && !within(module, subject) {
                broken.push(format!("only [{by}] may name {subject}: {why}"));
            }
        }
    }
    broken
}

/// `src/a/b.rs` and `src/a/b/mod.rs` are `crate::a::b`; `main` counts as a module of its own.
fn module_of(file: &str) -> String {
    let path = file.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    if path == "lib" { "crate".into() } else { format!("crate::{}", path.replace('/', "::")) }
}

fn within(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn covers(names: &str, path: &str) -> bool {
    names.split(' ').any(|name| name == ANY || within(path, name))
}

/// The row of the nearest module above.
fn row_of(module: &str) -> Option<&'static Row> {
    MODULES.iter().filter(|row| within(module, row.0)).max_by_key(|row| row.0.len())
}

#[test]
fn every_module_names_only_what_it_may() {
    let found = CODE.violations();
    assert!(found.is_empty(), "{} rules are broken:\n{}", found.len(), found.join("\n"));
}

#[test]
fn every_module_and_dependency_has_its_row_and_no_row_is_stale() {
    let lib = tokens(&fs::read_to_string("src/lib.rs").unwrap());
    let declared = lib.windows(2).filter(|pair| pair[0].1 == "mod").map(|pair| pair[1].1.as_str());
    let rowless: Vec<_> = declared.filter(|module| row_of(module).is_none()).collect();
    assert!(rowless.is_empty(), "no row in MODULES for {rowless:?}");

    let subjects = MODULES.iter().chain(KEPT).map(|row| row.0);
    let others = MODULES.iter().chain(KEPT).chain(CRATES).map(|row| row.1);
    let names =
        subjects.chain(others).flat_map(str::split_whitespace).filter(|name| !name.starts_with("std::"));
    let stale: Vec<_> = names.filter(|name| !CODE.has(name.trim_start_matches("crate::"))).collect();
    assert!(stale.is_empty(), "rows name what does not exist: {stale:?}");

    let manifest: toml::Table = fs::read_to_string("Cargo.toml").unwrap().parse().unwrap();
    let dependencies = manifest["dependencies"].as_table().unwrap().keys();
    let dependencies: BTreeSet<_> = dependencies.map(|name| name.replace('-', "_")).collect();
    let placed = CRATES.iter().flat_map(|row| row.0.split(' ')).map(ToOwned::to_owned).collect();
    assert_eq!(dependencies, placed, "Cargo.toml (left) and CRATES (right) differ");
}

#[test]
fn no_modules_are_knotted() {
    assert_eq!(CODE.knots(), BTreeSet::new());
}

#[test]
fn no_file_is_too_long() {
    let long: Vec<_> = CODE.lines.iter().filter(|(_, lines)| **lines > MOST_LINES).collect();
    assert!(long.is_empty(), "more than {MOST_LINES} lines of code: {long:?}");
}

/// `line: path` of every broken rule in a file of that text.
fn broken(file: &str, text: &str) -> Vec<String> {
    let file = &format!("src/{file}");
    let told = Code::of([("src/store/sled/mod.rs", ""), (file, text)]).violations();
    let short = |told: &String| told.split(": ").take(2).collect::<Vec<_>>().join(": ");
    told.iter().map(|told| short(told).replace(&format!("{file}:"), "")).collect()
}

#[test]
fn a_path_is_found_however_it_is_written() {
    let nested = "use crate::{\n domain::{id, time},\n store::{sled::{self, Db as D},\n StoreError}};";
    let cases: &[(&str, &str, &[&str])] = &[
        ("journeys/a.rs", nested, &["3: crate::store::sled", "3: crate::store::sled::Db"]),
        ("jobs/a.rs", "use crate as us;\nfn f() { us::web::x() }", &["2: crate::web::x"]),
        ("jobs/a.rs", "use s::sled::A;\nuse crate::store as s;", &["1: crate::store::sled::A"]),
        ("jobs/a.rs", "use crate::store;\ntype A = store::sled::S;", &["2: crate::store::sled::S"]),
        ("jobs/a.rs", "use crate::store::*;", &["1: crate::store::*"]),
        ("store/mod.rs", "pub use sled::Db;", &["1: crate::store::sled::Db"; 2]),
        ("store/sled/a.rs", "use super::super::super::web;\nuse super::super::X;", &["1: crate::web"]),
        ("intent/a.rs", "mod b { use super::super::X; }\nuse super::super::web;", &["2: crate::web"]),
        ("intent/a.rs", "extern crate tokio as t;\nuse t::time;", &["1: tokio", "2: tokio::time"]),
        ("domain/a.rs", "type A = r#crate::web::X;", &["1: crate::web::X"]),
        ("domain/a.rs", "fn f() {\n ::tokio::spawn() }", &["2: tokio::spawn"]),
        (
            "preview.rs",
            "#[tokio::main]\nfn f() { V::<super::web::X>::a() }",
            &["1: tokio::main", "2: crate::web::X"],
        ),
        ("new.rs", "use crate::domain::id;", &["1: crate::domain::id"]),
    ];
    for (file, text, expected) in cases {
        assert_eq!(broken(file, text), *expected, "{text}");
    }
}

#[test]
fn what_only_looks_like_a_path_is_none() {
    let text = r###"// use crate::web;
        /* use crate::web; /* nested */ use crate::web; */
        const A: &str = "use crate::web; \" crate::web::x";
        const B: &str = r##"crate::web::x "# crate::web::y"##;
        fn f<'a>(x: &'a str) -> impl Sized + use<'a> { ('"', '\'', '\u{1f}', b'"', x.tokio::<u8>()) }
        #[cfg(test)]
        #[expect(clippy::all, reason = "}")]
        mod tests { use crate::web; fn g() { crate::web::x() } }
        "###;
    assert_eq!(broken("domain/a.rs", text), [""; 0]);
    assert_eq!(broken("domain/tests.rs", "use crate::web;"), [""; 0]);
    assert_eq!(broken("domain/a.rs", &format!("{text}use crate::web;")), ["9: crate::web"]);
}

#[test]
fn a_circle_is_a_knot() {
    let files = [("src/a.rs", "use crate::b::X;"), ("src/b/mod.rs", "fn f() { crate::c::x() }")];
    let knots =
        |c| Code::of(files.into_iter().chain([("src/c.rs", c), ("src/d.rs", "use super::a;")])).knots();
    assert_eq!(knots("use crate::e;"), BTreeSet::new());
    assert_eq!(knots("use super::a;").len(), 3);
}
