//! Is a text about another municipality? 「大阪市の住民税」 is; 「大阪から引っ越してきた」 is not.
//!
//! The names come from `assets/municipalities.txt` and from the city's own list of neighbours. A name counts
//! only where the matter is said to be there, never where somebody comes from, goes to or was treated.

use std::sync::LazyLock;

use regex::Regex;
use rustc_hash::FxHashMap;

use crate::{
    domain::language::{Language, Localized},
    intent::normalize,
};

/// One line a municipality: see its head.
const LIST: &str = include_str!("../../../assets/municipalities.txt");

/// Words that make a place the origin, the goal or the time before: the matter is one of here.
static ON_THE_WAY: LazyLock<Regex> = LazyLock::new(|| {
    let ways = "引っ?越|ひっこし|引っこし|越して|越すん|転入|転出|転居|転校|転園|移住|移り|移っ|移した|移転|異動|転勤|\
                里帰り|戸籍|本籍|前の住|以前|住んで(?:い)?た|moved|moving|\\bmove|\\bfrom\\b|lived in";
    Regex::new(ways).expect("the expression stands here")
});
/// 「大阪の病院」 is where somebody was, not whose matter it is.
const WHERE_ONE_IS: [&str; 24] = [
    "病院",
    "医院",
    "クリニック",
    "医療機関",
    "産院",
    "助産院",
    "会社",
    "職場",
    "勤務先",
    "大学",
    "高校",
    "実家",
    "家から",
    "家族",
    "親が",
    "親の",
    "親は",
    "母が",
    "母の",
    "父が",
    "父の",
    "祖父",
    "祖母",
    "友",
];

/// Finds municipalities other than the account's own.
pub(in crate::intent) struct Places {
    /// By every spelling, normalised. One that an own name shares is absent.
    names: FxHashMap<String, Localized<String>>,
    mentions: Regex,
}

impl Places {
    /// `None` when the account does not say where it is at home: then no place is another one.
    pub(in crate::intent) fn new(home: &[String], neighbours: &[Localized<String>]) -> Option<Self> {
        if home.is_empty() {
            return None;
        }
        let home: Vec<String> = home.iter().map(|name| normalize(name)).collect();
        let mut names: FxHashMap<String, Localized<String>> = FxHashMap::default();
        let mut own: Vec<String> = home.clone();
        let listed = LIST.lines().filter_map(Listed::read).map(|listed| (listed.spellings(), listed.name()));
        let added = neighbours
            .iter()
            .map(|name| (name.iter().map(|(_, text)| normalize(text)).collect::<Vec<_>>(), name.clone()));
        for (spellings, name) in listed.chain(added) {
            if spellings.iter().any(|spelling| home.contains(spelling)) {
                own.extend(spellings);
                continue;
            }
            for spelling in spellings {
                names.entry(spelling).or_insert_with(|| name.clone());
            }
        }
        names.retain(|spelling, _| !own.contains(spelling));
        let mentions = mentions(names.keys().chain(&own).map(String::as_str))?;
        Some(Self { names, mentions })
    }

    /// The other municipality that a normalised text is about.
    pub(in crate::intent) fn other(&self, normal: &str) -> Option<&Localized<String>> {
        let mut found = None;
        for mention in self.mentions.captures_iter(normal) {
            let name = ["ja", "in", "of"].into_iter().find_map(|group| mention.name(group))?;
            // A word of here: whatever else is named, the question is for this city.
            let place = self.names.get(name.as_str())?;
            let rest = normal[mention.get(0).map_or(0, |whole| whole.end())..].trim_start();
            if !WHERE_ONE_IS.iter().any(|word| rest.starts_with(word)) {
                found = found.or(Some(place));
            }
        }
        found.filter(|_| !ON_THE_WAY.is_match(normal))
    }
}

/// One expression for all names where they say whose matter it is: 「…の」, 「…役所」, `in …`, `… city`.
fn mentions<'a>(names: impl Iterator<Item = &'a str>) -> Option<Regex> {
    let mut names: Vec<&str> = names.collect();
    // The first that fits is taken: 「東大阪市」 must not be read as 「大阪市」.
    names.sort_by(|a, b| b.chars().count().cmp(&a.chars().count()).then(a.cmp(b)));
    names.dedup();
    let (latin, dense): (Vec<&str>, Vec<&str>) = names.into_iter().partition(|name| name.is_ascii());
    let any = |names: &[&str]| names.iter().map(|name| regex::escape(name)).collect::<Vec<_>>().join("|");
    let (dense, latin) = (any(&dense), any(&latin));
    let whole = format!(
        r"(?P<ja>{dense})(?: ?の| ?では| ?での|に ?ある|的|役所|市役所|区役所|庁| )|\bin (?P<in>{latin})\b|\b(?P<of>{latin})(?: city\b| prefecture\b|'s\b)"
    );
    Regex::new(&whole).ok()
}

/// A line of the list.
struct Listed<'a> {
    stem: &'a str,
    suffix: &'a str,
    latin: &'a str,
    /// Whether the stem alone cannot be anything else.
    plain: bool,
}

impl<'a> Listed<'a> {
    /// `None` for comments and blank lines.
    fn read(line: &'a str) -> Option<Self> {
        let mut parts = line.split('#').next()?.split_whitespace();
        let (stem, suffix, latin) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { stem, suffix, latin, plain: parts.next() == Some("*") })
    }

    fn spellings(&self) -> Vec<String> {
        let suffix = if self.suffix == "-" { "" } else { self.suffix };
        let mut spellings = vec![normalize(&format!("{}{suffix}", self.stem)), normalize(self.latin)];
        if self.plain {
            spellings.push(normalize(self.stem));
        }
        spellings
    }

    fn name(&self) -> Localized<String> {
        let suffix = if self.suffix == "-" { "" } else { self.suffix };
        let name = format!("{}{suffix}", self.stem);
        Localized::new([(Language::Ja, name), (Language::En, self.latin.to_owned())].into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(home: &[&str], text: &str) -> Option<String> {
        let neighbours = [Localized::new([(Language::Ja, "みなと町".to_owned())].into())];
        let home: Vec<String> = home.iter().map(|name| (*name).to_owned()).collect();
        let places = Places::new(&home, &neighbours)?;
        places.other(&normalize(text)).and_then(|name| name.exactly(Language::Ja)).cloned()
    }

    #[test]
    fn what_is_said_to_be_in_another_municipality_is_its_matter() {
        for (text, name) in [
            ("仙台市の図書館は何時まで？", "仙台市"),
            ("札幌の雪まつりの駐車場", "札幌市"),
            ("横須賀市役所に電話したい", "横須賀市"),
            ("東大阪市のごみの日", "東大阪市"),
            ("東京都の子育て支援", "東京都"),
            ("みなと町の給食費", "みなと町"),
            ("garbage rules in Nagoya", "名古屋市"),
            ("Kobe city hall opening hours", "神戸市"),
        ] {
            assert_eq!(of(&["とどけ市", "神奈川県"], text).as_deref(), Some(name), "{text}");
        }
    }

    #[test]
    fn where_somebody_comes_from_goes_to_or_was_is_not() {
        for text in [
            "大阪から引っ越してきた",
            "来月、福岡市に引っ越します。福岡市の学校はどうなりますか",
            "京都の病院で受けた健診の払い戻し",
            "札幌の実家の母に住民票を送りたい",
            "I moved here from Osaka city",
            "神奈川県の手当はここでいいですか",
            "とどけ市の税金と横浜市の税金はどちらが高いの",
            "そんなに大分の量はない",
            "ごみの日はいつ",
        ] {
            assert_eq!(of(&["とどけ市", "神奈川県"], text), None, "{text}");
        }
    }

    #[test]
    fn nobody_is_sent_away_from_home() {
        assert_eq!(of(&["堺市", "大阪府"], "大阪の手当"), None, "the prefecture's name is short for home");
        assert_eq!(of(&["大阪市"], "Osaka city garbage"), None);
        assert_eq!(of(&[], "大阪市の住民税"), None, "an account without a home has no elsewhere");
    }

    #[test]
    fn every_line_of_the_list_is_read() {
        let lines = LIST.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        for line in lines {
            let listed = Listed::read(line).unwrap_or_else(|| panic!("{line}"));
            assert!(matches!(listed.suffix, "-" | "都" | "府" | "県" | "市" | "区"), "{line}");
            assert!(listed.latin.is_ascii() && !listed.stem.is_ascii(), "{line}");
        }
        let prefectures = LIST.lines().filter_map(Listed::read).filter(|l| !matches!(l.suffix, "市" | "区"));
        assert_eq!(prefectures.count(), 47);
    }
}
