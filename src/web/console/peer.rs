//! Who is at the other end of a connection, and whether their part of the way is encrypted.
//!
//! A proxy is believed only if the configuration trusts its address.

use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

use axum::http::HeaderMap;
use ipnet::IpNet;
use serde::Deserialize;

/// A network such as `10.1.0.0/16`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network(IpNet);

impl Network {
    /// Whether the address lies in it. An IPv4 address that came over IPv6 counts as itself.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let one = || text.parse::<IpAddr>().ok().map(IpNet::from);
        text.parse::<IpNet>().ok().or_else(one).map(Self).ok_or_else(|| {
            format!("{text:?} is no network; write an address or a network such as 10.1.0.0/16")
        })
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// The client of a request, as far as it can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The client's address.
    pub address: IpAddr,
    /// Whether the request came encrypted, or never left the machine.
    pub is_safe: bool,
    /// Whether a trusted proxy says that it came by https.
    pub is_https: bool,
}

impl Caller {
    /// Reads `X-Forwarded-For` and `X-Forwarded-Proto` of trusted proxies, from the right: what stands to
    /// the left of the first address that is not trusted was written by anybody.
    pub fn of(peer: SocketAddr, headers: &HeaderMap, trusted: &[Network]) -> Self {
        let peer = peer.ip().to_canonical();
        let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
        if !is_trusted(peer) {
            return Self { address: peer, is_safe: peer.is_loopback(), is_https: false };
        }
        let values = |name: &str| {
            let lines = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
            lines.flat_map(|line| line.split(',')).map(str::trim).map(str::to_owned).collect::<Vec<_>>()
        };
        let mut address = peer;
        for hop in values("x-forwarded-for").iter().rev() {
            let Ok(hop) = hop.parse::<IpAddr>() else { break };
            address = hop.to_canonical();
            if !is_trusted(address) {
                break;
            }
        }
        let is_https = values("x-forwarded-proto").last().is_some_and(|proto| proto == "https");
        Self { address, is_safe: is_https, is_https }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(peer: &str, forwarded: &[(&'static str, &'static str)]) -> Caller {
        let mut headers = HeaderMap::new();
        for (name, value) in forwarded {
            headers.append(*name, value.parse().unwrap());
        }
        let trusted = ["10.0.0.0/8".parse().unwrap(), "127.0.0.1".parse().unwrap()];
        Caller::of(SocketAddr::new(peer.parse().unwrap(), 1), &headers, &trusted)
    }

    #[test]
    fn only_a_trusted_proxy_says_who_the_client_is() {
        let spoofed = [("x-forwarded-for", "192.0.2.1"), ("x-forwarded-proto", "https")];
        let stranger = caller("203.0.113.9", &spoofed);
        assert_eq!((stranger.address.to_string().as_str(), stranger.is_safe), ("203.0.113.9", false));
        let proxied = caller(
            "10.1.1.1",
            &[("x-forwarded-for", "1.1.1.1, 192.0.2.1, 10.2.2.2"), ("x-forwarded-proto", "https")],
        );
        assert_eq!((proxied.address.to_string().as_str(), proxied.is_safe), ("192.0.2.1", true));
        assert!(!caller("10.1.1.1", &[("x-forwarded-for", "192.0.2.1")]).is_safe, "plain http to the proxy");
        assert!(
            !caller("10.1.1.1", &[("x-forwarded-proto", "https, http")]).is_safe,
            "the nearest proxy counts"
        );
        assert_eq!(
            caller("::ffff:10.1.1.1", &[("x-forwarded-for", "192.0.2.7")]).address.to_string(),
            "192.0.2.7"
        );
        assert_eq!(caller("10.1.1.1", &[("x-forwarded-for", "nonsense")]).address.to_string(), "10.1.1.1");
    }

    #[test]
    fn loopback_is_safe_without_a_proxy() {
        let headers = HeaderMap::new();
        assert!(Caller::of("127.0.0.1:1".parse().unwrap(), &headers, &[]).is_safe);
        assert!(Caller::of("[::1]:1".parse().unwrap(), &headers, &[]).is_safe);
        assert!(!Caller::of("192.0.2.1:1".parse().unwrap(), &headers, &[]).is_safe);
    }

    #[test]
    fn a_network_is_read_and_nonsense_is_named() {
        assert!("10.1.0.0/16".parse::<Network>().unwrap().contains("10.1.2.3".parse().unwrap()));
        assert!(!"10.1.0.0/16".parse::<Network>().unwrap().contains("10.2.2.3".parse().unwrap()));
        assert!("2001:db8::/32".parse::<Network>().unwrap().contains("2001:db8::1".parse().unwrap()));
        assert!("10.1.0.0/33".parse::<Network>().unwrap_err().contains("10.1.0.0/33"));
    }
}
