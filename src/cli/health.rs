//! `todoke healthcheck`: what a container's runtime asks every few seconds.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use serde_json::{Value, json};

use super::{Ended, output::Out};
use crate::config::Config;

/// Longer than this nobody waits for a health check.
const WITHIN: Duration = Duration::from_secs(3);

pub(super) async fn check(config: Config, out: Out) -> anyhow::Result<Ended> {
    let address = reachable(config.settings.server.listen);
    let client = reqwest::Client::builder().timeout(WITHIN).no_proxy().build()?;
    let (ended, told) = match client.get(format!("http://{address}/readyz")).send().await {
        Ok(answer) => {
            let fine = answer.status().is_success();
            let told: Value = answer.json().await.unwrap_or_default();
            (if fine { Ended::Fine } else { Ended::WithProblems }, told)
        }
        Err(error) => {
            let remedy = format!("start it with `todoke serve`, or correct server.listen ({address})");
            let finding = json!({ "server": { "level": "refusing", "reason": error.without_url().to_string(), "remedy": remedy } });
            (Ended::WithProblems, json!({ "status": "unreachable", "findings": finding }))
        }
    };
    out.either(&told, || text(&told))?;
    Ok(ended)
}

/// Who listens everywhere is reached on loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

fn text(told: &Value) -> String {
    let mut text = format!("{}\n", told["status"].as_str().unwrap_or("unknown"));
    for (part, finding) in told["findings"].as_object().into_iter().flatten() {
        let of = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        text.push_str(&format!("{part}: {}; {}\n", of("reason"), of("remedy")));
    }
    text
}
