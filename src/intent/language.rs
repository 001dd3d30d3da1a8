//! In which language a message is written, by script first and by common words where scripts agree.

use crate::domain::language::Language;

/// Characters of simplified Chinese that Japanese does not write, and words that only Chinese has.
const CHINESE: &[&str] = &[
    "吗", "什么", "怎么", "如何", "请", "哪", "您", "你", "们", "这", "个", "为", "办", "证", "垃圾", "费",
    "时", "间", "车", "东", "长", "门", "问", "说", "还", "谢", "电", "话", "预", "约", "处", "税务", "儿",
    "学", "医", "险", "钱", "没有", "可以", "我想", "我要", "需要", "的", "嗎", "什麼", "怎麼", "請問",
    "哪裡", "這", "們", "請",
];
/// Letters that only Vietnamese has among the languages here.
const VIETNAMESE_LETTERS: &str = "ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ";
const VIETNAMESE: &[&str] = &[
    "toi", "tôi", "lam", "như", "nhu", "đâu", "dau", "rác", "rac", "không", "khong", "thế", "nào", "nao",
    "cho", "xin", "bao", "nhieu", "ở",
];
const PORTUGUESE_LETTERS: &str = "ãõç";
const PORTUGUESE: &[&str] = &[
    "como", "onde", "não", "nao", "quero", "preciso", "para", "posso", "lixo", "meu", "minha", "qual",
    "quando", "quanto", "eu", "os", "uma", "um", "fazer", "da", "do", "por", "que", "obrigado", "olá",
    "criança", "imposto",
];
const FILIPINO: &[&str] = &[
    "paano",
    "saan",
    "kailan",
    "magkano",
    "ako",
    "ang",
    "ng",
    "mga",
    "po",
    "ba",
    "ko",
    "sa",
    "para",
    "kailangan",
    "gusto",
    "basura",
    "anak",
    "ano",
    "salamat",
    "pwede",
    "puwede",
    "may",
    "wala",
    "namin",
    "ay",
    "kung",
];

/// The language of normalised text; `None` where nothing tells (numbers, emoji).
pub fn detect(normal: &str) -> Option<Language> {
    let (mut kana, mut han, mut hangul, mut latin) = (0, 0, 0, 0);
    for c in normal.chars() {
        match c {
            'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー' => kana += 1,
            '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '々' => han += 1,
            '\u{ac00}'..='\u{d7a3}' | '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' => hangul += 1,
            c if c.is_alphabetic() => latin += 1,
            _ => {}
        }
    }
    if hangul > kana + han {
        return Some(Language::Ko);
    }
    if kana > 0 {
        return Some(Language::Ja);
    }
    if han > 0 {
        let chinese = CHINESE.iter().any(|word| normal.contains(word) && !ALSO_JAPANESE.contains(word));
        return Some(if chinese { Language::Zh } else { Language::Ja });
    }
    (latin > 0).then(|| detect_latin(normal))
}

/// In the list above for sentences, but no proof on their own: Japanese writes them as well.
const ALSO_JAPANESE: &[&str] = &["学", "的", "可以", "需要"];

fn detect_latin(normal: &str) -> Language {
    let has = |letters: &str| normal.chars().any(|c| letters.contains(c));
    if has(VIETNAMESE_LETTERS) {
        return Language::Vi;
    }
    let words: Vec<&str> = normal.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let count = |list: &[&str]| words.iter().filter(|word| list.contains(word)).count();
    let portuguese = count(PORTUGUESE) + usize::from(has(PORTUGUESE_LETTERS)) * 2;
    let candidates =
        [(count(VIETNAMESE), Language::Vi), (portuguese, Language::Pt), (count(FILIPINO), Language::Tl)];
    // One short word proves little in a long sentence.
    let enough = if words.len() >= 4 { 2 } else { 1 };
    let best = candidates.into_iter().max_by_key(|(count, _)| *count).filter(|(count, _)| *count >= enough);
    best.map_or(Language::En, |(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intent::normalize;

    #[test]
    fn messages_are_told_apart_by_script_and_words() {
        for (text, language) in [
            ("粗大ごみを出したい", Some(Language::Ja)),
            ("住民票", Some(Language::Ja)),
            ("大学", Some(Language::Ja)),
            ("垃圾怎么扔？", Some(Language::Zh)),
            ("请问在哪里办住民票", Some(Language::Zh)),
            ("쓰레기 버리는 날", Some(Language::Ko)),
            ("How do I throw away a sofa?", Some(Language::En)),
            ("Vứt rác cồng kềnh như thế nào?", Some(Language::Vi)),
            ("Como jogar fora um sofá?", Some(Language::Pt)),
            ("Paano magtapon ng malaking basura?", Some(Language::Tl)),
            ("123", None),
        ] {
            assert_eq!(detect(&normalize(text)), language, "{text}");
        }
    }
}
