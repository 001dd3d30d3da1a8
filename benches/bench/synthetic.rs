//! Cities that nobody has written: as many intents as wanted, always the same, with real words.

use todoke::{
    domain::{
        id::IntentId,
        language::{Language, Localized},
    },
    intent::{Contact, Content, Intent, catalog::Topic, expression::compile},
};

use crate::bodies::Random;

/// Whom or where it is about.
const ABOUT: [&str; 40] = [
    "中央区",
    "北区",
    "港地区",
    "本庁舎",
    "市民会館",
    "図書館",
    "公民館",
    "体育館",
    "児童館",
    "保健センター",
    "高齢者",
    "障害のある人",
    "妊婦",
    "乳幼児",
    "小学生",
    "中学生",
    "外国人住民",
    "新婚世帯",
    "単身世帯",
    "子育て世帯",
    "個人事業主",
    "農家",
    "中小企業",
    "町内会",
    "商店街",
    "学童クラブ",
    "保育園",
    "幼稚園",
    "市営住宅",
    "駐輪場",
    "公園",
    "河川敷",
    "水道",
    "下水道",
    "道路",
    "街路灯",
    "墓地",
    "斎場",
    "市場",
    "運動場",
];
/// What it is about.
const THINGS: [&str; 45] = [
    "利用料",
    "減免",
    "補助金",
    "助成金",
    "給付金",
    "手当",
    "証明書",
    "許可証",
    "登録",
    "住所変更",
    "名義変更",
    "健康診断",
    "予防接種",
    "相談窓口",
    "説明会",
    "講座",
    "見学",
    "予約",
    "抽選",
    "面接",
    "納付書",
    "口座振替",
    "領収書",
    "還付",
    "督促状",
    "苦情",
    "修理",
    "点検",
    "撤去",
    "貸出",
    "延長",
    "返却",
    "落とし物",
    "駐車場",
    "送迎",
    "給食",
    "時間外利用",
    "団体利用",
    "夏季休業",
    "年末年始の休み",
    "開館時間",
    "工事",
    "停電対応",
    "避難場所",
    "ボランティア",
];
/// What is wanted.
const WANTED: [&str; 12] = [
    "申し込み",
    "取り消し",
    "再発行",
    "期限",
    "必要書類",
    "金額",
    "条件",
    "届け出",
    "変更",
    "問い合わせ先",
    "代理人",
    "郵送",
];

fn words(number: usize) -> (&'static str, &'static str, &'static str) {
    let about = ABOUT[number % ABOUT.len()];
    let thing = THINGS[number / ABOUT.len() % THINGS.len()];
    let wanted = WANTED[(number / (ABOUT.len() * THINGS.len()) + number) % WANTED.len()];
    (about, thing, wanted)
}

/// A question such as residents type it, about one of 20,000 intents.
pub fn question(random: &mut Random) -> String {
    let number = usize::try_from(random.next() % 20_000).expect("below 20,000");
    let (about, thing, wanted) = words(number);
    match random.next() % 6 {
        0 => format!("{about}の{thing}の{wanted}"),
        1 => format!("{about} {thing} {wanted}"),
        2 => format!("すみません、{about}の{thing}について{wanted}を知りたいのですが"),
        3 => format!("{thing}の{wanted}は？"),
        4 => format!("{about}の{thing}ってどうなっていますか。{wanted}も教えてください"),
        _ => format!("{wanted}（{thing}）"),
    }
}

/// Content of so many intents.
pub fn content(count: usize) -> Result<Content, anyhow::Error> {
    let intents = (0..count).map(intent).collect::<Result<Vec<_>, _>>()?;
    let topics = (0..ABOUT.len())
        .map(|number| Topic {
            id: format!("topic{number}"),
            title: japanese(ABOUT[number].to_owned()),
            names: Vec::new(),
        })
        .collect();
    Ok(Content { topics, intents, ..Content::default() })
}

fn intent(number: usize) -> anyhow::Result<Intent> {
    let (about, thing, wanted) = words(number);
    let topic = format!("topic{}", number % ABOUT.len());
    let examples = [
        format!("{about}の{thing}の{wanted}を知りたい"),
        format!("{about}の{thing}について教えて"),
        format!("{thing}の{wanted}はどうすればいいですか"),
        format!("{about}で{thing}を使いたい"),
        format!("{about}の{wanted}はいつまで"),
        format!("{thing} {wanted} {about}"),
    ];
    // One in four has an expression of its own, one in forty one without a literal beginning.
    let pattern = match number % 40 {
        0 => Some(format!("(.+)?{about}の?{thing}(の|を)?{wanted}(方法|したい)")),
        place if place % 4 == 0 => Some(format!("{about}の?{thing}(の|を)?{wanted}")),
        _ => None,
    };
    Ok(Intent {
        id: IntentId::new(format!("{topic}.n{number}")),
        topic,
        title: japanese(format!("{about}の{thing}の{wanted}")),
        owner: "市民局".into(),
        examples: examples.into_iter().map(|example| (Language::Ja, example)).collect(),
        keywords: vec![format!("{about}{thing}"), format!("{thing}{wanted}"), format!("{thing}{number}")],
        patterns: pattern
            .map(|pattern| compile(&pattern))
            .transpose()
            .map_err(anyhow::Error::msg)?
            .into_iter()
            .collect(),
        answer: japanese(format!(
            "{about}の{thing}の{wanted}は、市役所の窓口で受け付けています。受付は平日の8時30分から17時15分までです。\n\
             {wanted}には、本人が確認できる書類をお持ちください。{thing}については第{number}号の案内をご覧ください。"
        )),
        link: None,
        quick_replies: Vec::new(),
        contact: Contact::default(),
        source: None,
        valid_from: None,
        valid_until: None,
        follow_up: Vec::new(),
    })
}

fn japanese(text: String) -> Localized<String> {
    Localized::new([(Language::Ja, text)].into())
}
