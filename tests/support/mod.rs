//! What the process tests and the integration tests share: a small town in a temporary folder, the real
//! process, and chance that can be replayed.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    time::Duration,
};

use tempfile::TempDir;
use todoke::{
    config::{Config, Environment, Flags},
    domain::{
        id::{AccountId, StaffId},
        staff::{
            Actor, Checked, Hash, Membership, Origin, Permission, Role, Session, SessionId, Staff, Stage,
            Strength,
        },
        time::Timestamp,
    },
};
use tokio::time::{interval, timeout};
use uuid::Uuid;

/// The channel secret of every test; a marked value that must show up nowhere.
pub const SECRET: &str = "canary-channel-secret-5b1d";
/// The channel access token of every test.
pub const TOKEN: &str = "canary-access-token-77e0";
const SECRET_VARIABLE: &str = "TODOKE_ACCOUNT_TODOKE__CHANNEL_SECRET";
const TOKEN_VARIABLE: &str = "TODOKE_ACCOUNT_TODOKE__CHANNEL_ACCESS_TOKEN";
/// Nothing here takes longer on a busy machine with two cores.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// A folder with an account, intents, data and a configuration file.
pub struct Home {
    folder: TempDir,
}

impl Home {
    /// A fresh town; `settings` is added to its configuration file.
    pub fn new(settings: &str) -> Self {
        let home = Self { folder: tempfile::tempdir().unwrap() };
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/town"), home.path());
        let (accounts, intents) = (home.path().join("accounts"), home.path().join("intents"));
        let folders =
            format!("[accounts]\ndir = '{}'\n[intents]\ndir = '{}'\n", accounts.display(), intents.display());
        // What comes by itself now and then would get in the way of whoever counts calls.
        let figures = if settings.contains("[figures]") { "" } else { "[figures]\ncollect = false\n" };
        fs::write(home.config_file(), format!("{figures}{folders}{settings}")).unwrap();
        home
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    pub fn config_file(&self) -> PathBuf {
        self.path().join("todoke.toml")
    }

    /// The configuration as the library reads it.
    pub fn config(&self, variables: &[(&str, &str)]) -> Config {
        let flags = Flags { config: Some(self.config_file()), data: Some(self.data()) };
        let secrets = [(SECRET_VARIABLE, SECRET), (TOKEN_VARIABLE, TOKEN)];
        let all = secrets.iter().chain(variables).map(|(name, value)| ((*name).into(), (*value).into()));
        Config::load(&flags, &Environment::from_pairs(all)).unwrap()
    }

    /// A command of the real program in this town, with nothing else in its environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_todoke"));
        command.args(arguments).env_clear().env(SECRET_VARIABLE, SECRET).env(TOKEN_VARIABLE, TOKEN);
        command.stdin(Stdio::null()).current_dir(self.path());
        command
    }

    /// The same, of a command that takes `--config` and `--data`.
    pub fn command_here(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(arguments);
        command.arg("--config").arg(self.config_file()).arg("--data").arg(self.data());
        command
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(drop).unwrap() }
    }
}

/// A loopback address that was free a moment ago, below the ports that the kernel gives to connections: a
/// double that knocks while the server is down could be given the server's own port and keep it.
pub fn free_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % 9_000).unwrap();
    (0..9_000)
        .map(|_| 20_000 + (start + NEXT.fetch_add(1, Ordering::Relaxed) % 9_000) % 9_000)
        .map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .find(|address| TcpListener::bind(address).is_ok())
        .unwrap()
}

/// `todoke serve` as a process of its own; killed when dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// Starts the process and does not wait. What it logs is added to `log` in the town's folder.
    pub fn spawn(home: &Home, address: SocketAddr, api_base: &str, variables: &[(&str, &str)]) -> Self {
        let log = fs::OpenOptions::new().create(true).append(true).open(home.path().join("log")).unwrap();
        let child = home
            .command_here(&["serve"])
            .env("TODOKE_SERVER__LISTEN", address.to_string())
            .env("TODOKE_LINE__API_BASE", api_base)
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Self { child, address }
    }

    /// Waits until it answers.
    pub async fn ready(&mut self) {
        let waited = timeout(PATIENCE, async {
            let mut ticks = interval(Duration::from_millis(10));
            loop {
                ticks.tick().await;
                if reqwest::get(format!("http://{}/livez", self.address)).await.is_ok() {
                    return;
                }
                let ended = self.child.try_wait().unwrap();
                assert!(ended.is_none(), "the server ended by itself: {ended:?}");
            }
        });
        waited.await.expect("the server is ready in time");
    }

    /// The text at an operators' address.
    pub async fn get(&self, path: &str) -> String {
        let answer = reqwest::get(format!("http://{}{path}", self.address)).await.unwrap();
        answer.text().await.unwrap()
    }

    /// Asks it to stop, as a supervisor does, and waits for its end.
    pub async fn terminate(mut self) -> ExitStatus {
        let sent = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success());
        let waited = timeout(PATIENCE, async {
            let mut ticks = interval(Duration::from_millis(10));
            loop {
                ticks.tick().await;
                if let Some(status) = self.child.try_wait().unwrap() {
                    return status;
                }
            }
        });
        waited.await.expect("the server stops in time")
    }
}

impl Drop for Server {
    /// SIGKILL: nothing of it gets to run any more.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `SplitMix64`: everything random in a test comes from one printed seed.
pub struct Random(u64);

impl Random {
    /// From the variable `TODOKE_TEST_SEED`, or from the system; printed, so that a run can be replayed.
    #[expect(clippy::print_stdout, reason = "a failed run is replayed with what is printed")]
    pub fn from_environment() -> Self {
        use todoke::{domain::id::Entropy, system::SystemEntropy};
        let mut bytes = [0; 8];
        SystemEntropy.fill(&mut bytes);
        let seed = knob("TODOKE_TEST_SEED").unwrap_or(u64::from_le_bytes(bytes));
        println!("TODOKE_TEST_SEED={seed}");
        Self::new(seed)
    }

    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// A number that the caller of the tests may set.
#[expect(clippy::disallowed_methods, reason = "a knob of the tests, not configuration")]
pub fn knob(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a whole number"))
}

/// A member of staff with these roles on the sample account, as a checked session would make one.
pub fn actor<R: Permission>(number: u128, roles: &[Role]) -> Actor<R> {
    let (id, now) = (StaffId(Uuid::from_u128(number)), Timestamp::UNIX_EPOCH);
    let account: AccountId = "todoke".parse().unwrap();
    let membership = Membership {
        account: account.clone(),
        roles: roles.to_vec(),
        department: None,
        from: None,
        until: None,
    };
    let staff = Staff {
        id,
        login: format!("staff-{number}").parse().unwrap(),
        name: format!("職員{number}").parse().unwrap(),
        memberships: vec![membership],
    };
    let session = Session {
        id: SessionId(Uuid::from_u128(number)),
        staff: id,
        stage: Stage::Full,
        strength: Strength::TwoFactors,
        begun: now,
        seen: now,
        proved: now,
        origin: Origin { address: "192.0.2.1".into(), agent: String::new() },
        form_key: Hash([0; 32]),
        offered_seed: None,
        signed_on: None,
    };
    let checked = Checked::check(staff, session, now).unwrap();
    checked.actor(&account, jiff::civil::date(2026, 12, 1)).unwrap()
}
