//! Under which name keys know the console, and why they may not be able to.

use url::{Origin, Url};

/// The console as a key knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// The host's name. Keys are bound to it: under another name none of them works.
    pub id: String,
    /// The origin of the console's pages, for example `https://line.city.example`.
    pub origin: String,
}

/// Why keys are not offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotOffered {
    /// The configuration does not tell where browsers open the console.
    NoAddress,
    /// Browsers let keys speak over https alone, and to this machine.
    NotHttps,
    /// The address is a number; keys know names.
    NoName,
}

impl RelyingParty {
    /// The console at the address under which browsers open it; empty: unknown.
    pub fn of(address: &str) -> Result<Self, NotOffered> {
        if address.is_empty() {
            return Err(NotOffered::NoAddress);
        }
        let url = Url::parse(address).map_err(|_| NotOffered::NoAddress)?;
        let id = url.domain().ok_or(NotOffered::NoName)?.to_owned();
        let is_here = id == "localhost" || id.ends_with(".localhost");
        let origin @ Origin::Tuple(..) = url.origin() else { return Err(NotOffered::NoAddress) };
        match url.scheme() {
            "https" => {}
            "http" if is_here => {}
            _ => return Err(NotOffered::NotHttps),
        }
        Ok(Self { id, origin: origin.ascii_serialization() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_over_https_or_this_machine_and_nothing_else() {
        for (address, expected) in [
            ("https://line.city.example", Ok(("line.city.example", "https://line.city.example"))),
            ("https://Line.City.example:443/", Ok(("line.city.example", "https://line.city.example"))),
            ("https://city.example:8443/todoke", Ok(("city.example", "https://city.example:8443"))),
            ("http://localhost:8080", Ok(("localhost", "http://localhost:8080"))),
            ("https://届け.example", Ok(("xn--08jw73k.example", "https://xn--08jw73k.example"))),
            ("http://city.example", Err(NotOffered::NotHttps)),
            ("http://127.0.0.1:8080", Err(NotOffered::NoName)),
            ("https://[::1]", Err(NotOffered::NoName)),
            ("", Err(NotOffered::NoAddress)),
            ("city.example", Err(NotOffered::NoAddress)),
        ] {
            let found = RelyingParty::of(address);
            let found = found.as_ref().map(|party| (party.id.as_str(), party.origin.as_str()));
            assert_eq!(found.map_err(|reason| *reason), expected, "{address}");
        }
    }
}
