//! Reach: the city's table comes in, and stands beside those who registered; nothing of a few is told.

use todoke::domain::{audit::Action, staff::Role};

use crate::{
    console::{Answer, Browser},
    segments::{really, town_with_a_crowd},
};

const BASE: &str = "/console/todoke/reach";
const CHANGE: &str = "/console/todoke/reach/table";
const DAY: &str = "2026-10-01";
/// Four wards by the years of childhood and everybody else, with a line of totals as offices publish them.
const TABLE: &str = "区名,年齢,人口\n市計,総数,99999\n星川区,0～5歳,900\n星川区,6歳以上,\"9,100\"\nhamami,0,100\nhamami,1-2,200\n\
                     hamami,3-5,300\nhamami,6+,9400\n桜丘区,０歳,50\n桜丘区,１～２歳,50\n桜丘区,3,0\n桜丘区,6-100,900\n";

/// Sends a file with what is typed beside it.
async fn send(browser: &mut Browser, version: &str, as_of: &str, source: &str, file: &[u8]) -> Answer {
    let key = browser.get(BASE).await.form_key(CHANGE);
    let mut body = Vec::new();
    for (name, value) in [
        ("form-key", key.as_str()),
        ("version", version),
        ("act", "keep"),
        ("as-of", as_of),
        ("source", source),
    ] {
        body.extend(
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes(),
        );
    }
    body.extend(b"--x\r\nContent-Disposition: form-data; name=\"table\"; filename=\"t.csv\"\r\n\r\n");
    body.extend(file);
    body.extend(b"\r\n--x--\r\n");
    let request = browser.http.post(format!("{}{CHANGE}", browser.base)).body(body);
    browser.send(request.header("content-type", "multipart/form-data; boundary=x")).await
}

/// The cells of the row that begins with a label.
fn row(page: &str, label: &str) -> Vec<String> {
    let (_, rest) =
        page.split_once(&format!("<th scope=\"row\">{label}<")).unwrap_or_else(|| panic!("{label}: {page}"));
    let row = rest.split("</tr>").next().unwrap();
    row.split("<td>").skip(1).map(|cell| cell.split('<').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_citys_table_stands_beside_those_who_registered() {
    let town = town_with_a_crowd().await;
    let mut announcer = Browser::with_role(&town, "todoke", Role::Announcer).await;
    assert!(announcer.get(BASE).await.text.contains("人口の表がまだありません"));
    let sent = send(&mut announcer, "0", DAY, "住民基本台帳", TABLE.as_bytes()).await;
    assert_eq!((sent.status, sent.location.as_str()), (303, BASE), "{}", sent.text);
    let mut viewer = Browser::with_role(&town, "todoke", Role::Viewer).await;
    let page = viewer.get(BASE).await.text;
    assert!(page.contains("人口：住民基本台帳（2026-10-01時点）"));
    assert!(!page.contains(CHANGE), "whoever looks has no form");
    let home = |ward: &str| {
        format!(
            r#"{{"all": [{{"following": true}}, {{"in": {{"attribute": "wards", "roles": ["home"], "of": ["{ward}"]}}}}]}}"#
        )
    };
    let (registered, _) = really(&town, &home("hoshikawa")).await;
    let told = row(&page, "星川区");
    assert_eq!(told[..2], ["10000".to_owned(), registered.to_string()], "{told:?}");
    assert_eq!(told[2], format!("{}.{}%", (registered + 5) / 100, (registered + 5) / 10 % 10));
    assert_eq!(row(&page, "南原区")[0], "表にありません");
    assert_eq!(row(&page, "南原区")[2], "—");
    // 0 to 5 years of one ward cannot be split: those ages are unknown, not too small.
    assert_eq!(row(&page, "0歳")[0], "表にありません");
    assert_eq!(row(&page, "75歳以上")[1], "尋ねていません");
    let topic = viewer.get(&format!("{BASE}?topic=childcare")).await.text;
    let wanted = r#"{"all": [{"following": true}, {"in": {"attribute": "topics", "of": ["childcare"]}}, {"in": {"attribute": "wards", "roles": ["home"], "of": ["hamami"]}}]}"#;
    assert_eq!(row(&topic, "浜見区")[1], really(&town, wanted).await.0.to_string());
    let file = viewer.get(&format!("{BASE}/reach.csv?topic=childcare")).await.text;
    assert!(file.contains("浜見区,10000,"), "{file}");
    assert_eq!(viewer.get(&format!("{BASE}?topic=../x")).await.status, 200, "a topic that is none is all");
    let audit = town.app.ctx.store.audit_from(1, 1_000).await.unwrap();
    assert_eq!(audit.iter().filter(|entry| entry.action == Action::PopulationKept).count(), 1);
}

#[tokio::test]
async fn a_table_with_problems_changes_nothing_and_tells_every_line() {
    let town = town_with_a_crowd().await;
    let mut announcer = Browser::with_role(&town, "todoke", Role::Announcer).await;
    let bad = "区,年齢,人口\n東区,0,1\n星川区,幼児,<b>\n星川区,1,<b>\n";
    for (as_of, source, file, told) in [
        ("", "台帳", TABLE, "いつの人口か"),
        ("2999-01-01", "台帳", TABLE, "いつの人口か"),
        (DAY, "", TABLE, "出典を"),
        (DAY, "台帳", "", "ファイルを選んでください"),
        (DAY, "台帳", bad, "2行目：「東区」という区は"),
        (DAY, "台帳", bad, "4行目：人数「&#60;b&#62;」"),
        (DAY, "台帳", "町,人口\n星川区,1\n", "列が見つかりません"),
    ] {
        let got = send(&mut announcer, "0", as_of, source, file.as_bytes()).await;
        assert_eq!(got.status, 422, "{told}: {}", got.text);
        assert!(got.text.contains(told), "{told}: {}", got.text);
    }
    for wild in [&b"\xff\xfe\x00"[..], b"PK\x03\x04broken", &[b'a'; 100_000]] {
        assert_eq!(send(&mut announcer, "0", DAY, "台帳", wild).await.status, 422);
    }
    let known = town.app.ctx.store.populations(&"todoke".parse().unwrap()).await.unwrap();
    assert_eq!((known.version.0, known.value.len()), (0, 0));
    assert_eq!(send(&mut announcer, "0", DAY, "台帳", TABLE.as_bytes()).await.status, 303);
    assert_eq!(
        send(&mut announcer, "0", DAY, "台帳", TABLE.as_bytes()).await.status,
        409,
        "somebody was quicker"
    );
    let key = announcer.get(BASE).await.form_key(CHANGE);
    let remove = [("form-key", key.as_str()), ("version", "1"), ("act", "remove:2026-10-01")];
    assert_eq!(announcer.post(CHANGE, &remove).await.status, 303);
    assert!(announcer.get(BASE).await.text.contains("人口の表がまだありません"));
}

#[tokio::test]
async fn where_nobody_is_asked_for_a_ward_the_page_says_so() {
    let town = crate::console::town_with("").await;
    let mut viewer = Browser::with_role(&town, "minato", Role::Viewer).await;
    assert!(viewer.get("/console/minato/reach").await.text.contains("お住まいの区を市民に尋ねていません"));
}
