use tempfile::TempDir;

use super::*;

const HEAD: &str =
    "name = '市'\nchat_bar = 'メニュー'\nlanguage = 'ja'\nimage = 'main.png'\ndefault = true\n";
const AREA: &str =
    "\n[[areas]]\nbounds = { x = 0, y = 0, width = 600, height = 405 }\nlabel = 'ごみ'\nsays = 'ごみ'\n";

/// A folder of an account with these files, and a picture of 1200×810.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("todoke");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("main.png"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\xb0\0\0\x03\x2a").unwrap();
    fs::write(folder.join("note.txt"), "no picture").unwrap();
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
    dir
}

/// What is told of these files, each as `file:line: …`.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    let dir = folder(files);
    let (_, problems) = load(dir.path(), &"todoke".parse().unwrap()).unwrap();
    let folder = format!("{}/todoke/", dir.path().display());
    problems.iter().map(|problem| problem.to_string().replace(&folder, "")).collect()
}

#[test]
fn a_menu_is_read_with_the_size_of_its_picture() {
    let dir = folder(&[("main.toml", &format!("{HEAD}{AREA}"))]);
    let (menus, problems) = load(dir.path(), &"todoke".parse().unwrap()).unwrap();
    assert_eq!(problems, []);
    assert_eq!((menus[0].alias.as_str(), menus[0].is_default), ("main", true));
    assert_eq!(menus[0].menu.size().to_string(), "1200×810");
    assert_eq!(menus[0].menu.areas()[0].action.label(), "ごみ");
}

#[test]
fn every_fault_is_told_with_its_line_and_what_to_write() {
    let area = |from: &str, to: &str| AREA.replace(from, to);
    let cases: Vec<(String, &str, &str)> = vec![
        (format!("{HEAD}{}", area("label = 'ごみ'\n", "")), "main.toml:7: ", "write label"),
        (format!("{HEAD}{}", area("says = 'ごみ'", "")), "main.toml:7: ", "exactly one of"),
        (format!("{HEAD}for = '子育て'\n{AREA}"), "main.toml:6: ", "contradict each other"),
        (
            format!("{}{AREA}", HEAD.replace("default = true", "for = ''")),
            "main.toml:5: ",
            "a segment's name",
        ),
        (format!("{HEAD}{AREA}opens = 'https://a.example'\n"), "main.toml:7: ", "exactly one of"),
        (format!("{HEAD}{}", area("says = 'ごみ'", "opens = 'ftp://a'")), "main.toml:7: ", "https://"),
        (
            format!("{HEAD}{}", area("label = 'ごみ'", &format!("label = '{}'", "ご".repeat(21)))),
            "main.toml:7: ",
            "at most 20",
        ),
        (format!("{HEAD}{}", area("says = 'ごみ'", "switches_to = 'Main'")), "main.toml:7: ", "a-z, 0-9"),
        (
            format!("{HEAD}{}", area("says = 'ごみ'", "switches_to = 'en'")),
            "main.toml:7: ",
            "the menus of this folder are main",
        ),
        (
            format!("{HEAD}{}", area("width = 600", "width = 1201")),
            "main.toml:7: ",
            "not within the picture of 1200×810",
        ),
        (format!("{HEAD}{AREA}{AREA}"), "main.toml:12: ", "lies over"),
        (format!("{HEAD}{}", area("x = 0", "x = -1")), "main.toml:8: ", ""),
        (HEAD.to_owned(), "main.toml:1: ", "1 to 20 are allowed"),
        (format!("{}{AREA}", HEAD.replace("メニュー", &"あ".repeat(15))), "main.toml:2: ", "at most 14"),
        (
            format!("{}{AREA}", HEAD.replace("'市'", &format!("'{}'", "市".repeat(290)))),
            "main.toml:1: ",
            "at most 300",
        ),
        (
            format!("{}{AREA}", HEAD.replace("main.png", "none.png")),
            "main.toml:4: ",
            "none.png cannot be read",
        ),
        (format!("{}{AREA}", HEAD.replace("main.png", "../main.png")), "main.toml:4: ", "beside this one"),
        (format!("{}{AREA}", HEAD.replace("main.png", "note.txt")), "main.toml:4: ", "neither PNG nor JPEG"),
        (format!("{}{AREA}", HEAD.replace("'ja'", "'xx'")), "main.toml:3: ", "ja"),
        (format!("{HEAD}colour = 1\n{AREA}"), "main.toml:6: ", "colour"),
        (format!("{}{AREA}", HEAD.replace("default = true", "")), "todoke:0: ", "default = true in one file"),
    ];
    for (text, place, hint) in cases {
        let told = told(&[("main.toml", &text)]);
        let one = told.first().map_or("", String::as_str);
        let place_fits = one.starts_with(place) || one.contains(&format!("/{place}"));
        assert!(told.len() == 1 && place_fits && one.contains(hint), "{place}{hint}\n{told:#?}\n{text}");
    }
}

#[test]
fn files_are_compared_with_each_other() {
    let menu = format!("{HEAD}{AREA}");
    let told_of_two = told(&[("main.toml", &menu), ("other.toml", &menu)]);
    assert!(told_of_two.len() == 1 && told_of_two[0].starts_with("other.toml:0: "), "{told_of_two:?}");
    let upper = told(&[("Main.toml", &menu)]);
    assert!(upper[0].starts_with("Main.toml:0: ") && upper[0].contains("rename the file"), "{upper:?}");
}

#[test]
fn all_faults_of_all_files_are_told_at_once() {
    let two = format!("{HEAD}{}{}", AREA.replace("says", "said"), "");
    let wrong = AREA.replace("label = 'ごみ'\n", "");
    let three = format!("{HEAD}{wrong}{wrong}");
    assert_eq!(told(&[("a.toml", &two), ("b.toml", &three)]).len(), 3);
}

#[test]
fn an_account_without_a_folder_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let error = load(dir.path(), &"todoke".parse().unwrap()).unwrap_err().to_string();
    assert!(error.contains("todoke"), "{error}");
}
