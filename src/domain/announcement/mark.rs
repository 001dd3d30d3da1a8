//! What the server itself writes into an announcement: what it is besides its words, and who speaks.
//!
//! Invariant: no text that staff write decides whether it is marked. A drill is one by its kind, and is marked
//! wherever somebody could take one of its bubbles for the real thing.

use crate::domain::{language::Language, staff::Department};

/// What an announcement is besides its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// A trial before it goes out, to staff alone.
    Test,
    /// A drill, to staff alone.
    Drill,
    /// It corrects an earlier one.
    Correction,
}

impl Mark {
    /// The words, with a Japanese form for staff and whoever is asked by a neighbour. They are a part of the
    /// protocol between a city and its residents (reliability.md, design rule 8), not a sentence.
    pub fn text(self, language: Language) -> &'static str {
        use Language::{En, Ja, JaEasy, Ko, Pt, Tl, Vi, Zh};
        match (self, language) {
            (Self::Test, Ja | JaEasy) => "【テスト】",
            (Self::Test, En | Tl) => "【テスト TEST】",
            (Self::Test, Zh) => "【テスト 测试】",
            (Self::Test, Ko) => "【テスト 테스트】",
            (Self::Test, Vi) => "【テスト THỬ NGHIỆM】",
            (Self::Test, Pt) => "【テスト TESTE】",
            (Self::Drill, Ja) => "【訓練】",
            (Self::Drill, JaEasy) => "【訓練（れんしゅう）】",
            (Self::Drill, En) => "【訓練 DRILL】",
            (Self::Drill, Zh) => "【訓練 演习】",
            (Self::Drill, Ko) => "【訓練 훈련】",
            (Self::Drill, Vi) => "【訓練 DIỄN TẬP】",
            (Self::Drill, Pt) => "【訓練 SIMULADO】",
            (Self::Drill, Tl) => "【訓練 PAGSASANAY】",
            (Self::Correction, Ja) => "【訂正】",
            (Self::Correction, JaEasy) => "【訂正（なおしました）】",
            (Self::Correction, En) => "【訂正 CORRECTION】",
            (Self::Correction, Zh) => "【訂正 更正】",
            (Self::Correction, Ko) => "【訂正 정정】",
            (Self::Correction, Vi) => "【訂正 ĐÍNH CHÍNH】",
            (Self::Correction, Pt) => "【訂正 CORREÇÃO】",
            (Self::Correction, Tl) => "【訂正 PAGTATAMA】",
        }
    }
}

/// All that the server writes before the words of an announcement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dress {
    /// What it is, in the order in which it stands there: a trial of a drill is both.
    pub marks: Vec<Mark>,
    /// Who speaks; once, before the first words.
    pub department: Option<Department>,
}

impl Dress {
    /// The marks alone: they stand on every bubble.
    pub fn marks(&self, language: Language) -> String {
        self.marks.iter().map(|mark| mark.text(language)).collect()
    }

    /// Marks and department: before the first words.
    pub fn opening(&self, language: Language) -> String {
        let department = self.department.as_ref().map(|name| format!("【{}】", name.as_str()));
        self.marks(language) + &department.unwrap_or_default()
    }
}
