//! Rich menus: a file a menu in `<menus.dir>/<account>/`, its picture beside it.
//!
//! Whoever edits them is told every fault at once, with the line and what to write.

use std::{
    collections::BTreeMap,
    fmt, fs,
    ops::Range,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use toml::Spanned;

use super::ConfigError;
use crate::domain::{
    id::AccountId,
    language::Language,
    menu::{Bounds, Mark, Menu, MenuAction, MenuAlias, MenuArea, MenuError, MenuImage, WantedMenu},
    message::{Action, limit},
};

/// A fault in a menu's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuProblem {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1; 0 where the whole file is meant.
    pub line: usize,
    /// What is wrong and what to write.
    pub what: String,
}

impl fmt::Display for MenuProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.what)
    }
}

/// `<alias>.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MenuFile {
    name: Spanned<String>,
    chat_bar: Spanned<String>,
    language: Language,
    image: Spanned<String>,
    #[serde(default)]
    default: bool,
    #[serde(rename = "for")]
    segment: Option<Spanned<String>>,
    #[serde(default)]
    open: bool,
    #[serde(default)]
    areas: Vec<Spanned<AreaTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AreaTable {
    bounds: Bounds,
    label: Option<String>,
    says: Option<String>,
    opens: Option<String>,
    switches_to: Option<String>,
}

/// A file that has been read, with what the others have to be compared with.
struct Read {
    file: PathBuf,
    text: String,
    wanted: WantedMenu,
    /// Where each area stands.
    areas: Vec<Range<usize>>,
}

/// The menus of an account, by alias, or every fault. A folder without files means: no menus.
pub fn load(dir: &Path, account: &AccountId) -> Result<(Vec<WantedMenu>, Vec<MenuProblem>), ConfigError> {
    let folder = dir.join(account.as_str());
    let unreadable = |source| ConfigError::Unreadable { path: folder.clone(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    let (mut read, mut problems) = (Vec::new(), Vec::new());
    for file in files {
        match read_file(&file) {
            Ok(menu) => read.push(menu),
            Err(found) => problems.extend(found),
        }
    }
    // Comparing with a file that could not be read would only blame its neighbours.
    if problems.is_empty() {
        problems = compare(&folder, &read);
    }
    Ok((read.into_iter().map(|menu| menu.wanted).collect(), problems))
}

fn line(text: &str, at: usize) -> usize {
    text.get(..at).unwrap_or_default().matches('\n').count() + 1
}

fn read_file(file: &Path) -> Result<Read, Vec<MenuProblem>> {
    let problem = |line: usize, what: String| MenuProblem { file: file.to_owned(), line, what };
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let alias: MenuAlias = stem.parse().map_err(|error: MenuError| {
        vec![problem(0, format!("the file's name gives the menu's alias, but {error}; rename the file"))]
    })?;
    let text = fs::read_to_string(file).map_err(|e| vec![problem(0, format!("cannot be read: {e}"))])?;
    let parsed: MenuFile = toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(0, |span| line(&text, span.start));
        vec![problem(line, error.message().lines().collect::<Vec<_>>().join("; "))]
    })?;
    let at = |span: Range<usize>, what: String| problem(line(&text, span.start), what);

    let mut problems = Vec::new();
    let image = image(file, parsed.image.get_ref());
    let image = image.map_err(|what| problems.push(at(parsed.image.span(), what))).ok();
    let mut areas = Vec::new();
    for area in &parsed.areas {
        match read_area(area.get_ref()) {
            Ok(area) => areas.push(area),
            Err(what) => problems.push(at(area.span(), what)),
        }
    }
    for (index, area) in areas.iter().enumerate() {
        let other = areas[..index].iter().find(|other| other.bounds.overlaps(area.bounds));
        if let Some(other) = other.filter(|_| areas.len() == parsed.areas.len()) {
            let what = format!(
                "the area {} lies over the one {}; LINE would take the first alone: move one of them",
                area.bounds, other.bounds
            );
            problems.push(at(parsed.areas[index].span(), what));
        }
    }
    let segment = parsed.segment.as_ref().and_then(|segment| match segment.get_ref().parse() {
        Ok(name) => Some(name),
        Err(error) => {
            problems.push(at(segment.span(), format!("for: {error}")));
            None
        }
    });
    if let Some(segment) = parsed.segment.as_ref().filter(|_| parsed.default) {
        let what = "for and default = true contradict each other: a menu is for a segment or for everybody \
                    else; write one of them";
        problems.push(at(segment.span(), what.into()));
    }
    let Some(image) = image.filter(|_| problems.is_empty()) else { return Err(problems) };
    let (name, chat_bar) = (parsed.name.get_ref().as_str(), parsed.chat_bar.get_ref().as_str());
    if let Err(error) = limit::CHAT_BAR.check(chat_bar.to_owned()) {
        return Err(vec![at(parsed.chat_bar.span(), error.to_string())]);
    }
    let menu = Menu::new(name, chat_bar, parsed.open, image.size(), areas).and_then(|menu| {
        // The mark is part of the name at LINE, and both have to fit.
        let full = Mark::of(&alias, &menu, &image).name_for(&menu);
        Menu::new(full, chat_bar, parsed.open, image.size(), menu.areas().to_vec())?;
        Ok(menu)
    });
    match menu {
        Ok(menu) => {
            let wanted = WantedMenu {
                alias,
                language: parsed.language,
                is_default: parsed.default,
                segment,
                menu,
                image,
            };
            let areas = parsed.areas.iter().map(Spanned::span).collect();
            Ok(Read { file: file.to_owned(), text, wanted, areas })
        }
        Err(error) => {
            let span = match &error {
                MenuError::Outside { area, .. } => {
                    let outside = parsed.areas.iter().find(|one| one.get_ref().bounds == *area);
                    outside.map_or(0..0, Spanned::span)
                }
                _ => parsed.name.span(),
            };
            Err(vec![at(span, error.to_string())])
        }
    }
}

fn image(file: &Path, name: &str) -> Result<MenuImage, String> {
    if Path::new(name).components().count() != 1 || name.contains(['/', '\\']) || name == ".." {
        return Err(format!("image is {name:?}; write the name of a file beside this one"));
    }
    let path = file.with_file_name(name);
    let bytes = fs::read(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    MenuImage::new(bytes).map_err(|error| format!("{name}: {error}"))
}

fn read_area(area: &AreaTable) -> Result<MenuArea, String> {
    let label = area.label.as_deref().unwrap_or_default().trim();
    if label.is_empty() {
        return Err(
            "the area has no label, so nobody who does not see the picture can use it; write label = \
                    \"…\" with at most 20 characters"
                .into(),
        );
    }
    let action = match (&area.says, &area.opens, &area.switches_to) {
        (Some(text), None, None) => {
            Action::message(label, text).map(MenuAction::Tap).map_err(MenuError::from)
        }
        (None, Some(uri), None) => Action::uri(label, uri).map(MenuAction::Tap).map_err(MenuError::from),
        (None, None, Some(alias)) => alias.parse().and_then(|alias| MenuAction::switch(label, alias)),
        _ => {
            return Err(format!(
                "the area {label:?} needs exactly one of says = \"words\", opens = \"https://…\" and switches_to = \
                 \"alias\""
            ));
        }
    };
    let action = action.map_err(|error| format!("the area {label:?}: {error}"))?;
    Ok(MenuArea { bounds: area.bounds, action })
}

/// What only all files together show.
fn compare(folder: &Path, read: &[Read]) -> Vec<MenuProblem> {
    let known: BTreeMap<&MenuAlias, &Read> = read.iter().map(|menu| (&menu.wanted.alias, menu)).collect();
    let mut problems = Vec::new();
    for menu in read {
        for (area, span) in menu.wanted.menu.areas().iter().zip(&menu.areas) {
            let MenuAction::Switch { to, .. } = &area.action else { continue };
            if !known.contains_key(to) {
                let aliases = known.keys().map(|alias| alias.as_str()).collect::<Vec<_>>().join(", ");
                let what =
                    format!("there is no menu {:?}; the menus of this folder are {aliases}", to.as_str());
                problems.push(MenuProblem {
                    file: menu.file.clone(),
                    line: line(&menu.text, span.start),
                    what,
                });
            }
        }
    }
    let defaults: Vec<&Read> = read.iter().filter(|menu| menu.wanted.is_default).collect();
    let wrong = match defaults.as_slice() {
        [] if !read.is_empty() => Some((
            folder.to_owned(),
            "no menu is shown to residents; write default = true in one file".into(),
        )),
        [first, second, ..] => Some((
            second.file.clone(),
            format!("default = true stands in {} too; keep it in one file", first.file.display()),
        )),
        _ => None,
    };
    problems.extend(wrong.map(|(file, what)| MenuProblem { file, line: 0, what }));
    problems
}

#[cfg(test)]
mod tests;
