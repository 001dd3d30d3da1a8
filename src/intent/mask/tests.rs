use proptest::prelude::*;

use super::*;

#[test]
fn what_is_personal_becomes_a_tag_and_the_question_stays() {
    for (text, masked) in [
        ("電話は090-1234-5678です", "電話は〔電話〕です"),
        ("０４４ー２００ー１１１１ に折り返して", "〔電話〕 に折り返して"),
        ("+81 90 1234 5678", "〔電話〕"),
        ("〇九〇の一二三四の五六七八まで", "〔電話〕まで"),
        ("0 9 0 . 1 2 3 4 . 5 6 7 8", "〔電話〕"),
        ("taro.yamada＠example.com に送って", "〔メール〕 に送って"),
        ("taro (at) example (dot) com です", "〔メール〕 です"),
        ("taro アットマーク example ドット com です", "〔メール〕 です"),
        ("〒210-8577 に住んでます", "〔郵便番号〕 に住んでます"),
        ("住所は とどけ市中央区本町2丁目3-4です", "住所は 〔住所〕です"),
        ("中央区本町５番地のごみ", "〔住所〕のごみ"),
        ("本町1-2-3 ハイツとどけ201号室 のごみの日", "〔住所〕 のごみの日"),
        ("マイナンバーは123456789018でいい？", "マイナンバーは〔個人番号〕でいい?"),
        ("カード 4111 1111 1111 1111 で払える？", "カード 〔カード〕 で払える?"),
        ("整理番号 A1234567890 の結果", "整理番号 A〔番号〕 の結果"),
        ("私は山田太郎です。転入届は？", "私は〔名前〕です。転入届は?"),
        ("わたしはやまだたろうと申します", "〔名前〕と申します"),
        ("はじめまして、佐藤 花子と申します", "はじめまして、〔名前〕と申します"),
        ("名前はグエン・マイです", "名前は〔名前〕です"),
        ("氏名:田中一郎。住民票ください", "氏名:〔名前〕。住民票ください"),
        ("My name is Taro Yamada and I need help", "My name is 〔名前〕 and I need help"),
        ("my name is taro", "my name is 〔名前〕"),
        ("Meu nome é João Silva", "Meu nome é 〔名前〕"),
        ("我叫王小明，想办手续", "我叫〔名前〕,想办手续"),
        ("LINE IDは todoke_taro です", "〔ID〕 です"),
        ("U0123456789abcdef0123456789abcdef", "〔ID〕"),
        ("https://example.com/u/123?name=taro を見て", "〔URL〕 を見て"),
        ("line.me/ti/p/abcdef のこと", "〔URL〕 のこと"),
    ] {
        assert_eq!(mask(text), masked, "{text}");
        assert_eq!(mask(masked), masked, "twice: {text}");
    }
}

#[test]
fn what_a_city_is_asked_about_stays() {
    for text in [
        "2026年11月23日の予定",
        "2026-11-23に休みますか",
        "9:00-17:00ですか",
        "児童手当は15000円ですか",
        "所得が5,000,000円です",
        "119番",
        "1歳6か月健診",
        "10-20リットルの袋",
        "本町2丁目のごみの日",
        "市民税は1-2期まとめて払えますか",
        "3-4歳児クラス",
        "私は高齢者です",
        "私は外国人です",
        "私は妊娠中です",
        "名前は変更できますか",
        "my name is wrong on the card",
        "ソファー2点と椅子3脚",
        "三十代です",
        "二、三日かかりますか",
        "一人暮らしです",
        "令和8年4月1日から令和9年3月31日まで",
        "@ はどこにありますか",
    ] {
        assert_eq!(mask(text), text.replace('？', "?"), "{text}");
    }
}

/// Floor: of the sample city's questions and examples, those that masking touches at all.
#[test]
fn ordinary_questions_keep_their_words() {
    let questions = include_str!("../../../intents/todoke/questions.jsonl");
    let texts: Vec<String> = questions
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|question| question["text"].as_str().unwrap().to_owned())
        .collect();
    let touched: Vec<_> = texts.iter().filter(|text| mask(text).contains('〔')).collect();
    assert!(touched.len() * 200 <= texts.len(), "{} of {}: {touched:?}", touched.len(), texts.len());
}

#[test]
fn a_text_of_tags_alone_says_nothing() {
    assert!(!says_something(&mask("090-1234-5678")));
    assert!(says_something(&mask("090-1234-5678 ごみ")));
}

/// The digits of a text, whatever their spelling.
fn digits_of(text: &str) -> String {
    text.nfkc().filter_map(|c| c.to_digit(10)).map(|d| char::from_digit(d, 10).unwrap()).collect()
}

fn spelled(digits: &str, ways: &[u8]) -> String {
    let way = |at: usize| ways.get(at % ways.len().max(1)).copied().unwrap_or(0);
    let mut text = String::new();
    for (at, c) in digits.chars().enumerate() {
        let value = c.to_digit(10).unwrap();
        text.push(match way(at) % 3 {
            0 => c,
            1 => char::from_u32('０' as u32 + value).unwrap(),
            _ => "〇一二三四五六七八九".chars().nth(value as usize).unwrap(),
        });
        text.push_str(match way(at + 1) % 11 {
            0 => "-",
            1 => "ー",
            2 => " ",
            3 => "−",
            4 => "\u{200b}",
            5 => ".",
            6 => ") (",
            _ => "",
        });
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_planted_number_never_survives(
        kind in 0_u8..4,
        random in prop::collection::vec(0_u32..10, 16),
        ways in prop::collection::vec(any::<u8>(), 1..20),
        before in "[ぁ-んァ-ン一-龥a-z、。 ]{0,12}",
        after in "[ぁ-んァ-ン一-龥a-z、。 ]{0,12}",
    ) {
        let digit = |at: usize| char::from_digit(random[at], 10).unwrap();
        let number: String = match kind {
            0 => ['0', '9', '0'].into_iter().chain((0..8).map(digit)).collect(),
            1 => (0..7).map(digit).collect(),
            2 => (0..12).map(digit).collect(),
            _ => (0..16).map(digit).collect(),
        };
        let masked = mask(&format!("{before}{}{after}", spelled(&number, &ways)));
        prop_assert!(!digits_of(&masked).contains(&number), "{} in {}", number, masked);
        prop_assert_eq!(mask(&masked), masked);
    }

    #[test]
    fn a_planted_mail_address_never_survives(
        local in "[a-z]{3,8}[._][a-z0-9]{3,8}",
        host in "[a-z]{4,8}",
        before in "[ぁ-んァ-ン一-龥、。 ]{0,12}",
        after in "[ぁ-んァ-ン一-龥、。 ]{0,12}",
    ) {
        let masked = mask(&format!("{before}{local}@{host}.example{after}"));
        prop_assert!(!masked.contains(&local) && !masked.contains(&host), "{}", masked);
    }

    #[test]
    fn any_text_is_masked_without_an_accident(text in "\\PC{0,60}") {
        let once = mask(&text);
        prop_assert!(!once.contains('\n'));
    }
}
