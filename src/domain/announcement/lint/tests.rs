use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::domain::{
    announcement::{Block, Button, Card, Mark, Part, Picture},
    attribute::{Attribute, AttributeId, Choice, Keeping, Kind, Places, Retention},
    language::Localized,
};

/// A Saturday.
const TODAY: Date = date(2026, 11, 28);

fn content(body: Vec<(Language, Block)>) -> Content {
    let mut content =
        Content { title: "題".parse().unwrap(), bodies: [].into(), is_silent: false, department: None };
    for (language, block) in body {
        content.bodies.entry(language).or_default().push(block);
    }
    content
}

fn attributes() -> Attributes {
    let label = |text: &str| Localized::new([(Language::Ja, text.to_owned())].into());
    let choice = |id: &str, text: &str| Choice { id: id.parse().unwrap(), label: label(text), within: None };
    let of = |id: &str, kind, keeping| Attribute {
        id: id.parse::<AttributeId>().unwrap(),
        kind,
        label: label(id),
        purpose: label("案内のため"),
        retention: Retention::WhileRegistered,
        keeping,
    };
    let places = Places {
        roles: vec![choice("home", "自宅")],
        places: vec![choice("kita", "北区"), choice("nishi", "西区")],
    };
    Attributes::new(vec![
        of("wards", Kind::Places(places), Keeping::Plain),
        of("home-type", Kind::Choice(vec![choice("flat", "集合住宅")]), Keeping::Plain),
        of("secret", Kind::Choice(vec![choice("a", "ア")]), Keeping::Sealed),
    ])
    .unwrap()
}

/// What is found in a content that goes out as ordinary news, an alert or a drill.
fn found(content: &Content, (is_alert, is_drill): (bool, bool), languages: &[Language]) -> Vec<Finding> {
    let dress = Dress { marks: if is_drill { vec![Mark::Drill] } else { Vec::new() }, department: None };
    let domains = ["city.todoke.example".to_owned(), "lin.ee".to_owned()];
    let attributes = attributes();
    let city = City {
        today: TODAY,
        languages,
        domains: &domains,
        attributes: &attributes,
        is_alert,
        is_drill,
        dress: &dress,
    };
    look(content, &city)
}

/// The codes and words of what is found in one text.
fn told(language: Language, text: &str) -> Vec<(&'static str, String)> {
    let content = content(vec![(language, Block::Text(text.to_owned()))]);
    let found = found(&content, (false, false), &[]);
    found.into_iter().map(|finding| (finding.what.code(), finding.words)).collect()
}

/// Sound texts of Japanese cities' announcements, invented, each with something that a careless lint would take for a
/// mistake.
const SOUND: &[&str] = &[
    "あすは資源物の収集日です。朝8時までに出してください。",
    "12月5日（土）に防災訓練を行います。サイレンが鳴りますが、訓練ですので驚かないでください。\nくわしくは https://www.city.todoke.example/bosai/2025/10/05.html",
    "避難訓練のお知らせ\n日時：12月6日（日）午前9時から\n場所：中央公園",
    "令和9年1月11日（月・祝）に二十歳のつどいを開催します。対象は平成18年4月2日から平成19年4月1日までに生まれた方です。",
    "対象：2020年4月2日～2021年4月1日生まれのお子さん",
    "10月1日現在の人口は58,049人です。",
    "11月1日から受付を開始しました。締切は12月25日（金）です。",
    "募集期間は11月2日（月）～12月11日（金）です。",
    "11月20日（金）に発生した断水は復旧しました。ご迷惑をおかけしました。",
    "救急・緊急の場合は119番へ。緊急連絡先を家族で確認しましょう。",
    "避難指示が発令されたら、必ず危険な場所から避難しましょう。",
    "高齢者等避難とは、警戒レベル3で出される情報です。",
    "特別警報が発表された場合の行動を確認しましょう。",
    "お問い合わせ：環境局 生活環境課 電話 044-200-0000（平日8時30分～17時15分）",
    "コールセンター 0120-000-000、IP電話 050-1234-5678",
    "予約は https://www.city.todoke.example/yoyaku からどうぞ。国の制度は https://www.mhlw.go.jp/stf/index.html をご覧ください。",
    "県のページ（https://www.pref.todoke.lg.jp/）もご覧ください。",
    "🏫👨‍👩‍👧‍👦 子ども会のクリスマス会❤️を12月24日（木）にひらきます。✨ 1️⃣受付 2️⃣ゲーム",
    "葛󠄀城市の方もどうぞ。",
    "都市計画（案）へのご意見を募集します。期間は12月1日から12月31日までです。",
    "防災訓練です。12月12日（土）にご参加ください。",
    "大学入学共通テストです。会場周辺は混雑します。1月16日（土）・17日（日）",
    "燃やすごみの量は1/2になりました。10/5リットル袋と書かれた商品はありません。",
    "開館時間 9:00-17:00、料金は500円、定員は先着20名です。整理番号は123456789012です。",
    "12月29日（火）から1月3日（日）まで休館します。1月4日（月）から開館します。",
    "12/19（土）10時～、12/20（日）13時～の2回です。",
    "令和8年12月13日（日）執行の市長選挙。投票は午前7時から午後8時までです。",
    "毎月第2火曜日に収集します。5月5日は祝日ですが収集します。",
    "昭和56年5月31日以前に建てられた木造住宅の耐震診断を補助します。",
    "2月28日（日）まで工事のため通行止めです。3月1日から通れます。",
    "マイナンバーカードの休日窓口を12月20日（日）に開きます。持ち物はカードと4桁の暗証番号です。",
    "ワクチンは生後2か月から。次回は12月8日(火)、9日(水)です。",
    "{{ wards.home | default(\"市内\") }}にお住まいの方へ、あすは不燃ごみの日です。",
    "警戒レベルについて：緊急安全確保は、すでに災害が起きている状況です。",
    "○×クイズ大会を12月13日（日）に開きます。",
    "11月28日（土）本日、イベントは予定どおり行います。",
    "※このメッセージは11月27日（金）に申し込まれた方にお送りしています。",
    "市民税第4期の納期限は令和9年2月1日（月）です。",
    "テスト勉強に図書館の自習室をどうぞ。",
    "津波警報が発表されたときの避難先を確認しましょう。",
];

#[test]
fn sound_texts_have_no_findings() {
    let mut wrong = Vec::new();
    wrong.extend(SOUND.iter().map(|text| (*text, told(Language::Ja, text))));
    for (language, text) in [
        (Language::En, "Tomorrow is a recycling day. Please put it out by 8 a.m. You may bring 5 people."),
        (Language::En, "The ward office is open on Sunday, December 6, 2026 and on Jan 11 (Mon), a holiday."),
        (
            Language::En,
            "Children born between April 2, 2020 and April 1, 2021. As of October 1, 58,049 people live here.",
        ),
        (
            Language::En,
            "A disaster drill takes place on 12 December. See https://www.city.todoke.example/2020/10/05.",
        ),
        (Language::Zh, "图书馆12月6日（星期日）开放。请于12月25日（周五）前申请。"),
        (Language::Ko, "12월 6일(일)에 개관합니다. 2026년 12월 25일(금요일)까지 신청하세요."),
        (
            Language::Vi,
            "Thư viện mở cửa ngày 6 tháng 12 (Chủ Nhật). Hạn: ngày 25 tháng 12 năm 2026 (thứ sáu).",
        ),
        (
            Language::Pt,
            "A biblioteca abre em 6 de dezembro (domingo). Prazo: 25 de dezembro de 2026 (sexta-feira).",
        ),
        (Language::Tl, "Bukas ang aklatan sa Disyembre 6 (Linggo)."),
        (
            Language::JaEasy,
            "12月 6日（日曜日）に 図書館は 休みです。\n水が 出ません。市役所で 水を くばります。",
        ),
        (Language::JaEasy, "断水（水が 出ません）は 12月 7日 月曜日に おわります。"),
    ] {
        wrong.push((text, told(language, text)));
    }
    wrong.retain(|(_, found)| !found.is_empty());
    assert_eq!(wrong, []);
}

/// A language, a text, and the codes and words of what is found.
type Case<'a> = (Language, &'a str, &'a [(&'a str, &'a str)]);

#[test]
fn what_is_wrong_is_found_where_it_stands() {
    use Language::{En, Ja, JaEasy, Ko, Pt, Tl, Vi, Zh};
    let cases: &[Case] = &[
        // Days.
        (Ja, "10月5日（火）に行います。", &[("wrong-weekday", "10月5日（火）")]),
        (Ja, "10月5日（月）に行います。", &[("past-date", "10月5日（月）")]),
        (Ja, "締切：１１月２７日", &[("past-date", "１１月２７日")]),
        (Ja, "12月20日（土）は休みです", &[("wrong-weekday", "12月20日（土）")]),
        (Ja, "令和8年12月20日(土)", &[("wrong-weekday", "令和8年12月20日(土)")]),
        (Ja, "令和7年12月20日（土）に開催します。", &[("past-date", "令和7年12月20日（土）")]),
        (Ja, "2025年12月1日までに申し込んでください。", &[("past-date", "2025年12月1日")]),
        (Ja, "12/19（金）10時", &[("wrong-weekday", "12/19（金）")]),
        (Ja, "1月16日（土）・17日（月）", &[("wrong-weekday", "17日（月）")]),
        (Ja, "11月31日まで", &[("no-such-day", "11月31日")]),
        (Ja, "令和9年2月29日（月）", &[("no-such-day", "令和9年2月29日（月）")]),
        (Ja, "2026-11-01から", &[("past-date", "2026-11-01")]),
        (JaEasy, "12月 6日 月曜日", &[("wrong-weekday", "12月 6日 月曜日")]),
        (En, "Open on Monday, December 6.", &[("wrong-weekday", "December 6")]),
        (En, "Apply by October 5, 2026.", &[("past-date", "October 5, 2026")]),
        (En, "It takes place on Dec 6 (Sat).", &[("wrong-weekday", "Dec 6 (Sat)")]),
        (Zh, "12月6日（星期六）", &[("wrong-weekday", "12月6日（星期六）")]),
        (Ko, "12월 6일(토)", &[("wrong-weekday", "12월 6일(토)")]),
        (Vi, "ngày 6 tháng 12 (thứ Bảy)", &[("wrong-weekday", "6 tháng 12 (thứ Bảy)")]),
        (Pt, "6 de dezembro (sábado)", &[("wrong-weekday", "6 de dezembro (sábado)")]),
        (Tl, "Disyembre 6 (Sabado)", &[("wrong-weekday", "Disyembre 6 (Sabado)")]),
        // Drills and alerts by the wrong way.
        (Ja, "【訓練】避難指示", &[("drill-words", "【訓練")]),
        (Ja, "これは訓練です。", &[("drill-words", "これは訓練")]),
        (Ja, "テスト配信です", &[("drill-words", "テスト配信")]),
        (En, "This is a drill.", &[("drill-words", "This is a drill")]),
        (Ja, "【緊急】断水", &[("alert-words", "【緊急")]),
        (Ja, "星川区に避難指示を発令しました。", &[("alert-words", "避難指示")]),
        (Ja, "直ちに避難してください", &[("alert-words", "直ちに避難して")]),
        (En, "An evacuation order has been issued for Kita.", &[("alert-words", "evacuation order")]),
        // Links.
        (Ja, "https://bit.ly/abc をご覧ください", &[("foreign-link", "https://bit.ly/abc")]),
        (Ja, "（http://www.city.todoke.example/a）", &[("plain-link", "http://www.city.todoke.example/a")]),
        (
            Ja,
            "https://city.todoke.example.evil.example/",
            &[("foreign-link", "https://city.todoke.example.evil.example/")],
        ),
        (Ja, "https://mycity.todoke.example", &[("foreign-link", "https://mycity.todoke.example")]),
        (
            Ja,
            "https://city.todoke.example@evil.example/",
            &[("disguised-link", "https://city.todoke.example@evil.example/")],
        ),
        (Ja, "https://cіty.todoke.example/", &[("disguised-link", "https://cіty.todoke.example/")]),
        (Ja, "https://198.51.100.7/a", &[("disguised-link", "https://198.51.100.7/a")]),
        (
            Ja,
            "https://evil.example\\@city.todoke.example/",
            &[("disguised-link", "https://evil.example\\@city.todoke.example/")],
        ),
        // Characters.
        (Ja, "ごみ\u{200b}の日", &[("invisible-character", "\u{200b}")]),
        (Ja, "a\u{202e}b", &[("turning-character", "\u{202e}")]),
        (Ja, "a\u{7}b", &[("invisible-character", "\u{7}")]),
        (Ja, "髙\u{e000}", &[("unknown-character", "\u{e000}")]),
        (Ja, "か\u{fe0f}", &[("invisible-character", "\u{fe0f}")]),
        // Somebody's own.
        (Ja, "電話 ０９０－１２３４－５６７８", &[("mobile-number", "０９０－１２３４－５６７８")]),
        (Ja, "番号 1234 5678 9018", &[("my-number", "1234 5678 9018")]),
        (Ja, "taro@gmail.com まで", &[("private-mail", "@gmail.com")]),
        // What was left.
        (
            Ja,
            "〇〇区の皆さま、●月●日に",
            &[("placeholder", "〇〇"), ("placeholder", "●月"), ("placeholder", "●日")],
        ),
        // Fields.
        (Ja, "{{ wards.home }}の方へ", &[("no-default", "{{ wards.home }}")]),
        (Ja, "{{ name }}さん", &[("unknown-field", "{{ name }}")]),
        (Ja, "{{ secret | default('x') }}", &[("unknown-field", "{{ secret | default('x') }}")]),
        (Ja, "{{ home_type", &[("field-unclosed", "")]),
        // Easy Japanese.
        (JaEasy, "申請を 出して ください。", &[("hard-word", "申請")]),
        (JaEasy, "令和9年 1月 4日", &[("era-year", "令和")]),
    ];
    let mut wrong = Vec::new();
    for (language, text, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|(code, words)| (*code, (*words).to_owned())).collect();
        wrong.push((text, told(*language, text), expected));
    }
    wrong.retain(|(_, found, expected)| found != expected);
    assert_eq!(wrong, []);
    let long = format!("{}。", "あ".repeat(61));
    assert_eq!(told(JaEasy, &long)[0].0, "long-sentence");
}

#[test]
fn alerts_and_drills_speak_as_they_should() {
    let alert = content(vec![(
        Language::Ja,
        Block::Text("【緊急】避難指示を発令しました。直ちに避難してください。".into()),
    )]);
    assert_eq!(found(&alert, (true, false), &[]), []);
    let codes =
        |found: Vec<Finding>| found.into_iter().map(|finding| finding.what.code()).collect::<Vec<_>>();
    assert_eq!(codes(found(&alert, (false, true), &[])), ["drill-unsaid"]);
    let says_it =
        content(vec![(Language::Ja, Block::Text("これは訓練です。避難指示を発令しました。".into()))]);
    assert_eq!(found(&says_it, (false, true), &[]), []);
    // The mark of a drill counts: what only just fits without it does not fit with it.
    let full = content(vec![(Language::Ja, Block::Text(format!("訓練{}", "あ".repeat(4_998))))]);
    assert_eq!(codes(found(&full, (false, true), &[])), ["too-long"]);
}

#[test]
fn each_language_that_is_offered_and_says_nothing_is_named() {
    let only_japanese = content(vec![(Language::Ja, Block::Text("お知らせ".into()))]);
    let found_in = found(&only_japanese, (false, false), &[Language::Ja, Language::En]);
    assert_eq!(found_in.len(), 1);
    assert_eq!(found_in[0].what, What::NoBody { instead: Language::Ja });
    assert_eq!(found_in[0].severity, Severity::Hint);
    assert_eq!(found(&only_japanese, (true, false), &[Language::En])[0].severity, Severity::AsksToConfirm);
    assert_eq!(found(&content(Vec::new()), (false, false), &[Language::Ja])[0].what, What::NothingSaid);
}

#[test]
fn pictures_and_cards_are_read_too() {
    let picture = Picture {
        original: "https://cdn.example/a.png".into(),
        preview: "https://cdn.example/b.png".into(),
        alt: "poster.png".into(),
    };
    let button = Button { label: "予約".into(), uri: "https://elsewhere.example/".into() };
    let card = Card {
        title: Some("10月5日（月）".into()),
        text: "予約".into(),
        image: None,
        alt: "写真".into(),
        buttons: vec![button],
    };
    let content = content(vec![(Language::Ja, Block::Image(picture)), (Language::Ja, Block::Card(card))]);
    let found: Vec<_> = found(&content, (false, false), &[])
        .into_iter()
        .map(|finding| (finding.place.block.unwrap(), finding.place.part, finding.what.code()))
        .collect();
    assert_eq!(
        found,
        [
            (0, Part::Alt, "empty-alt"),
            (1, Part::Title, "past-date"),
            (1, Part::Alt, "empty-alt"),
            (1, Part::Uri(0), "foreign-link"),
        ]
    );
}

#[test]
fn the_gravest_stand_first() {
    let content = content(vec![
        (Language::Ja, Block::Text("10月5日（月）に〇〇".into())),
        (Language::JaEasy, Block::Text("申請 {{ x".into())),
    ]);
    let severities: Vec<_> =
        found(&content, (false, false), &Language::ALL).iter().map(|f| f.severity).collect();
    assert!(severities.is_sorted());
    assert!(severities.contains(&Severity::Stops) && severities.contains(&Severity::Hint));
}

#[test]
fn a_host_is_read_from_an_address() {
    assert_eq!(host("https://WWW.City.Example:443/a?b"), Some("www.city.example".into()));
    assert_eq!(host("tel:119"), None);
    assert_eq!(host("https://a@b.example"), None);
}

/// Pieces of dates, links, fields and signs, and anything else.
fn words() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => "(令和|平成)?[0-9元]{1,5}[年月日/\\-]",
        2 => "[（(][月火水木金土日一二星期周MonTue]{1,3}[)）]",
        2 => "(https?://|://|@|\\{\\{|\\}\\}|www\\.|\\.|【訓練】|緊急|〇〇|January|Monday|de |tháng )",
        1 => "\\PC{0,6}",
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_is_looked_at_and_every_place_exists(text in words(), alt in words(), uri in words(), which in 0_usize..8) {
        let language = Language::ALL[which];
        let button = Button { label: alt.clone(), uri };
        let card = Card { title: Some(alt.clone()), text: text.clone(), image: None, alt: alt.clone(), buttons: vec![button] };
        let content = content(vec![(language, Block::Text(text)), (language, Block::Card(card))]);
        for finding in found(&content, (false, which % 2 == 0), &Language::ALL) {
            if let (Some((from, to)), Some(block)) = (finding.place.range, finding.place.block) {
                let block = &content.body(language)[block];
                let part = block.words().into_iter().chain(block.addresses()).find(|(part, _)| *part == finding.place.part);
                let at = part.and_then(|(_, text)| text.get(from..to));
                prop_assert!(at.is_some_and(|words| finding.words.is_empty() || words == finding.words), "{finding:?}");
            }
        }
    }
}
