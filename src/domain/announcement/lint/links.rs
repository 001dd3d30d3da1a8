//! Links to pages that are not the city's, that are not encrypted, or whose host is not what it seems.

use super::{
    City, Finding, Severity, What,
    scan::{links, words},
};
use crate::domain::announcement::{Content, Part};

/// Names under which only public bodies of Japan can register (JPRS, .go.jp and .lg.jp): no stranger has one.
const PUBLIC: [&str; 2] = ["go.jp", "lg.jp"];

pub fn find(content: &Content, city: &City<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for words in words(content) {
        for range in links(words.text) {
            let judged = judge(&words.text[range.clone()], city);
            found.extend(judged.into_iter().map(|(severity, what)| words.finding(&range, severity, what)));
        }
    }
    for (place, address) in content.addresses().filter(|(_, address)| !address.trim().is_empty()) {
        // Pictures come from wherever the city keeps them, and nobody goes there.
        let is_picture = matches!(place.part, Part::Original | Part::Preview);
        let judged = judge(address, city);
        let kept = judged
            .into_iter()
            .filter(|(_, what)| !is_picture || !matches!(what, What::PlainLink | What::ForeignLink(_)));
        found.extend(kept.map(|(severity, what)| Finding {
            severity,
            place: place.clone(),
            words: address.to_owned(),
            what,
        }));
    }
    found
}

fn judge(address: &str, city: &City<'_>) -> Vec<(Severity, What)> {
    let mut found = Vec::new();
    let Some((host, is_disguised)) = split(address) else { return found };
    if is_disguised {
        found.push((Severity::Stops, What::DisguisedLink(host.clone())));
    } else if !city.domains.iter().map(String::as_str).chain(PUBLIC).any(|own| is_below(&host, own)) {
        found.push((Severity::AsksToConfirm, What::ForeignLink(host)));
    }
    if address.to_ascii_lowercase().starts_with("http://") {
        found.push((Severity::AsksToConfirm, What::PlainLink));
    }
    found
}

/// The host of a web address, in small letters; `None`: it is none, or one that hides its host. Made for lists of a
/// city's own domains.
pub fn host(address: &str) -> Option<String> {
    split(address).filter(|(_, is_disguised)| !is_disguised).map(|(host, _)| host)
}

/// The host of a web address, and whether it is hidden behind a name (`https://city.example@else.example`), a bare
/// number, or letters that look like others.
fn split(address: &str) -> Option<(String, bool)> {
    let lower = address.to_lowercase();
    let rest = ["https://", "http://"].iter().find_map(|scheme| lower.strip_prefix(scheme))?;
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let named = authority.rsplit('@').next().unwrap_or_default();
    let host = named.split(':').next().unwrap_or_default().trim_end_matches('.');
    let is_number = !host.is_empty() && host.chars().all(|c| c.is_ascii_digit() || c == '.');
    let is_odd = authority.contains('@')
        || rest.split(['/', '?', '#']).next().is_some_and(|whole| whole.contains('\\'))
        || named.starts_with('[')
        || is_number
        || !host.is_ascii()
        || host.split('.').any(|label| label.starts_with("xn--"));
    Some((host.to_owned(), is_odd))
}

fn is_below(host: &str, own: &str) -> bool {
    let own = own.trim_start_matches('.').to_ascii_lowercase();
    !own.is_empty() && (host == own || host.strip_suffix(&own).is_some_and(|before| before.ends_with('.')))
}
