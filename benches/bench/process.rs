//! Other processes: the server under test and the limits, each on the server's core, ended by their id.

use std::{
    fs::{self, File},
    io::Write,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use rustix::thread::{CpuSet, sched_setaffinity};

use crate::bodies::{ACCOUNT, SECRET, TOKEN};

/// Two cores, where there are two.
#[derive(Debug, Clone, Copy)]
pub enum Core {
    /// For servers.
    Server = 0,
    /// For the generator and the double.
    Generator = 1,
}

/// Keeps this thread, and the processes that it starts, on one core. A machine with one core, or one that
/// does not allow it, is measured as it is.
pub fn pin(core: Core) {
    let mut set = CpuSet::new();
    set.set(core as usize);
    let _ = sched_setaffinity(None, &set);
}

/// A process that ends with this value.
pub struct Process {
    child: Child,
    /// Its port on loopback.
    pub address: SocketAddr,
}

impl Process {
    /// Starts a command on the server's core.
    fn start(command: &mut Command, address: SocketAddr) -> anyhow::Result<Self> {
        pin(Core::Server);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        pin(Core::Generator);
        Ok(Self { child: child.context("the process cannot be started")?, address })
    }

    /// Starts this program again as one of the limits.
    pub fn limit(what: &str, more: &[&str]) -> anyhow::Result<Self> {
        let address = free_address()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--be").arg(what).arg(address.to_string()).args(more);
        let mut process = Self::start(&mut command, address)?;
        process.wait_until(|address| TcpStream::connect(address).is_ok())?;
        Ok(process)
    }

    /// Starts a server that listens to nobody.
    pub fn loose(what: &str, more: &[&str]) -> anyhow::Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 9));
        let mut command = Command::new(std::env::current_exe()?);
        Self::start(command.arg("--be").arg(what).args(more), address)
    }

    /// Its id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Resident memory in MiB.
    pub fn rss(&self) -> anyhow::Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib / 1_024.0)
    }

    fn wait_until(&mut self, ready: impl Fn(SocketAddr) -> bool) -> anyhow::Result<()> {
        let deadline = Instant::now() + Duration::from_mins(1);
        while !ready(self.address) {
            if let Some(status) = self.child.try_wait()? {
                bail!("the process ended by itself: {status}");
            }
            if Instant::now() > deadline {
                bail!("the process is not ready after a minute");
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        Ok(())
    }

    /// Ends it without a warning, as a power cut would.
    pub fn kill(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// How a server under test is started.
pub struct ServerPlan<'a> {
    /// The program.
    pub program: &'a Path,
    /// Where its data, accounts and log go; kept, so that a server may be started there again.
    pub folder: &'a Path,
    /// The double.
    pub line: SocketAddr,
    /// Settings beside the defaults, as variables.
    pub settings: &'a [(&'a str, &'a str)],
}

/// `todoke serve` with a configuration of its own; comes back when `/readyz` says 200, with how long that
/// took from the start of the process.
pub fn serve(plan: &ServerPlan<'_>) -> anyhow::Result<(Process, Duration)> {
    let accounts = plan.folder.join("accounts");
    fs::create_dir_all(&accounts)?;
    let city = concat!(env!("CARGO_MANIFEST_DIR"), "/config/accounts/todoke.toml");
    fs::copy(city, accounts.join(format!("{ACCOUNT}.toml")))?;
    let address = free_address()?;
    let log = plan.folder.join("log");
    let mut command = Command::new(plan.program);
    command
        .arg("serve")
        .arg("--data")
        .arg(plan.folder.join("data"))
        .current_dir(plan.folder)
        .env_clear()
        .env("TODOKE_SERVER__LISTEN", address.to_string())
        .env("TODOKE_LINE__API_BASE", format!("http://{}", plan.line))
        // The double has no limits.
        .env("TODOKE_LINE__REPLY_PER_SECOND", "1000000")
        .env("TODOKE_ACCOUNTS__DIR", &accounts)
        .env("TODOKE_INTENTS__DIR", concat!(env!("CARGO_MANIFEST_DIR"), "/intents"))
        .env("TODOKE_INTENTS__WATCH", "false")
        .env("TODOKE_ACCOUNT_TODOKE__CHANNEL_SECRET", SECRET)
        .env("TODOKE_ACCOUNT_TODOKE__CHANNEL_ACCESS_TOKEN", TOKEN)
        .envs(plan.settings.iter().copied())
        .stderr(File::create(&log)?);
    let watch = Instant::now();
    let mut process = Process::start(&mut command, address)?;
    if let Err(error) = process.wait_until(is_ready) {
        let said = fs::read_to_string(&log).unwrap_or_default();
        return Err(error.context(said));
    }
    Ok((process, watch.elapsed()))
}

fn is_ready(address: SocketAddr) -> bool {
    use std::io::Read;
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200"))
    };
    ask().unwrap_or(false)
}

fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// CPU time that a process has used.
pub struct Cpu(f64);

impl Cpu {
    /// So far, all threads, in user and kernel.
    pub fn of(pid: u32) -> anyhow::Result<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        // The name in brackets may hold spaces; utime and stime are the 12th and 13th after it.
        let after = stat.rsplit_once(')').context("no name in stat")?.1;
        let fields: Vec<&str> = after.split_whitespace().collect();
        let ticks: f64 = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
        Ok(Self(ticks / rustix::param::clock_ticks_per_second() as f64))
    }

    /// Seconds between two readings.
    pub fn since(&self, before: &Self) -> f64 {
        self.0 - before.0
    }
}
