//! PURE: the city's table of its population, as statistics offices publish it, to cells.

use crate::domain::{
    attribute::{Attribute, Choice},
    population::{Cell, MOST_CELLS, OLDEST},
};

/// What a table's columns may be called, the first column that is called so counts.
const WARD: [&str; 6] = ["区", "行政区", "区名", "地区", "ward", "district"];
const AGE: [&str; 5] = ["年齢", "年齢階級", "年齢区分", "age", "ages"];
const PEOPLE: [&str; 7] = ["人口", "人数", "総数", "総人口", "計", "people", "population"];
/// What stands for all wards or all ages together: such lines repeat what others say.
const ALL: [&str; 8] = ["総数", "合計", "計", "全体", "市計", "全市", "総計", "total"];

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// No column is called as a ward, or as people: the first line of the file has to name them.
    NoColumns,
    /// The ward is none of the account's.
    Ward,
    /// The age is neither one nor a range.
    Age,
    /// The number is none.
    People,
    /// There are too many lines.
    TooMany,
    /// No line has anybody.
    Nobody,
}

/// A line that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The number of the line in the file, from 1.
    pub line: usize,
    /// What stands there.
    pub text: String,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// Reads numbered lines; every problem, or every cell. Lines of totals are left out where parts of them are told.
pub fn read(rows: &[(usize, Vec<String>)], wards: &Attribute) -> Result<Vec<Cell>, Vec<Problem>> {
    let problem = |line, text: &str, wrong| Problem { line, text: text.to_owned(), wrong };
    let Some(((first, heading), rows)) = rows.split_first() else {
        return Err(vec![problem(1, "", Wrong::NoColumns)]);
    };
    let column = |names: &[&str]| {
        let plain: Vec<String> = heading.iter().map(|name| normal(name)).collect();
        plain.iter().position(|name| names.contains(&name.as_str()))
    };
    let (Some(ward), Some(people)) = (column(&WARD), column(&PEOPLE)) else {
        return Err(vec![problem(*first, &heading.join(","), Wrong::NoColumns)]);
    };
    let age = column(&AGE);
    if rows.len() > MOST_CELLS {
        return Err(vec![problem(*first, &rows.len().to_string(), Wrong::TooMany)]);
    }
    let (mut cells, mut problems) = (Vec::new(), Vec::new());
    for (line, row) in rows {
        let at = |column: usize| row.get(column).map(|text| text.trim()).unwrap_or_default();
        if row.iter().all(|text| text.trim().is_empty())
            || is_all(at(ward))
            || age.is_some_and(|age| is_all(at(age)))
        {
            continue;
        }
        let found = choice(at(ward), wards);
        let ages = age.map_or(Some((0, OLDEST)), |age| ages(at(age)));
        let count = number(at(people));
        let mut wrong = |column: usize, wrong| problems.push(problem(*line, at(column), wrong));
        match (found, ages, count) {
            (None, ..) => wrong(ward, Wrong::Ward),
            (_, None, _) => wrong(age.unwrap_or(ward), Wrong::Age),
            (.., None) => wrong(people, Wrong::People),
            (Some(choice), Some((from, to)), Some(people)) => {
                cells.push(Cell { ward: choice.id.clone(), from, to, people });
            }
        }
    }
    if problems.is_empty() && cells.iter().all(|cell| cell.people == 0) {
        problems.push(problem(*first, "", Wrong::Nobody));
    }
    if problems.is_empty() { Ok(cells) } else { Err(problems) }
}

/// Small letters, half-width digits and signs, no blanks.
fn normal(text: &str) -> String {
    let plain = |c: char| match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => {
            char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c).to_ascii_lowercase()
        }
        '～' | '〜' | '－' | '–' | '—' | 'ー' | '~' | '―' => '-',
        '，' => ',',
        c => c.to_ascii_lowercase(),
    };
    text.chars().filter(|c| !c.is_whitespace()).map(plain).collect()
}

fn is_all(text: &str) -> bool {
    ALL.contains(&normal(text).as_str())
}

/// The ward that goes by this id, or by this label in any language; one within another counts as it.
fn choice<'a>(text: &str, wards: &'a Attribute) -> Option<&'a Choice> {
    let text = normal(text);
    let named = |choice: &&Choice| {
        choice.id.as_str() == text || choice.label.iter().any(|(_, label)| normal(label) == text)
    };
    let mut found = wards.kind.choices().find(named)?;
    while let Some(outer) = &found.within {
        found = wards.kind.choices().find(|choice| choice.id == *outer)?;
    }
    Some(found)
}

/// An age in whole years, a range of them, or one with everything above.
fn ages(text: &str) -> Option<(u8, u8)> {
    let plain = normal(text).replace(['歳', '才'], "");
    let above =
        plain.strip_suffix("以上").or_else(|| plain.strip_suffix('+')).or_else(|| plain.strip_suffix('-'));
    let age = |text: &str| text.parse::<u8>().ok().filter(|age| *age <= OLDEST);
    if let Some(from) = above {
        return Some((age(from)?, OLDEST));
    }
    let (from, to) = match plain.split_once('-') {
        Some((from, to)) => (age(from)?, age(to)?),
        None => (age(&plain)?, age(&plain)?),
    };
    (from <= to).then_some((from, to))
}

/// A count, with or without commas. A dash stands for nobody in tables of statistics.
fn number(text: &str) -> Option<u64> {
    let plain = normal(text).replace(',', "");
    if plain == "-" { Some(0) } else { plain.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        attribute::{Attribute, Keeping, Kind, Places, Retention},
        language::{Language, Localized},
    };

    fn wards() -> Attribute {
        let text = |ja: &str| Localized::new([(Language::Ja, ja.to_owned())].into());
        let choice = |id: &str, label: &str, within: Option<&str>| Choice {
            id: id.parse().unwrap(),
            label: text(label),
            within: within.map(|outer| outer.parse().unwrap()),
        };
        let places = vec![
            choice("kita", "北区", None),
            choice("kita-east", "北区東", Some("kita")),
            choice("minami", "南区", None),
        ];
        Attribute {
            kind: Kind::Places(Places { roles: vec![choice("home", "自宅", None)], places }),
            id: "wards".parse().unwrap(),
            label: text("区"),
            purpose: text("区のお知らせのため"),
            retention: Retention::WhileRegistered,
            keeping: Keeping::Plain,
        }
    }

    fn of(text: &str) -> Result<Vec<Cell>, Vec<Problem>> {
        read(&crate::sheet::numbered(text).unwrap(), &wards())
    }

    #[test]
    fn tables_as_offices_publish_them_are_read() {
        let cells = of("区名,年齢,男,女,総数\n北区,総数,1,1,2\n北区,０歳,1,2,3\n北区 東,1～4歳,0,0,\"1,234\"\nMINAMI,85歳以上,0,0,-\n総数,0,9,9,18\n,,,,\n").unwrap();
        let found: Vec<_> =
            cells.iter().map(|cell| (cell.ward.as_str(), cell.from, cell.to, cell.people)).collect();
        assert_eq!(found, [("kita", 0, 0, 3), ("kita", 1, 4, 1_234), ("minami", 85, OLDEST, 0)]);
        let wards = of("ward,people\nkita,10\nminami,20\n").unwrap();
        assert!(wards.iter().all(|cell| (cell.from, cell.to) == (0, OLDEST)));
    }

    #[test]
    fn every_problem_is_told_with_its_line() {
        let told = of("区,年齢,人口\n東区,0,1\n北区,幼児,1\n北区,9-3,1\n北区,0,多数\n").unwrap_err();
        let told: Vec<_> =
            told.iter().map(|problem| (problem.line, problem.text.as_str(), problem.wrong)).collect();
        assert_eq!(
            told,
            [
                (2, "東区", Wrong::Ward),
                (3, "幼児", Wrong::Age),
                (4, "9-3", Wrong::Age),
                (5, "多数", Wrong::People)
            ]
        );
        assert_eq!(of("").unwrap_err()[0].wrong, Wrong::NoColumns);
        assert_eq!(of("町,人口\n北区,1\n").unwrap_err()[0].wrong, Wrong::NoColumns);
        assert_eq!(of("区,人口\n北区,0\n").unwrap_err()[0].wrong, Wrong::Nobody);
        for wild in ["区,人口\n北区,99999999999999999999999", "区,年齢,人口\n北区,999-,1", "区,人口\n\"北区"]
        {
            let rows = crate::sheet::numbered(wild);
            assert!(rows.is_err() || read(&rows.unwrap(), &wards()).is_err(), "{wild}");
        }
    }
}
