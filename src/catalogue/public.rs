//! The sentences of residents' own pages: `assets/locales/<language>/public.ftl`, in every language.

use std::collections::BTreeMap;

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};

use super::CatalogueError;
use crate::domain::language::Language;

macro_rules! sentences {
    ($($name:ident = $key:literal,)*) => {
        /// A sentence of the pages. The catalogues say where each stands.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the comments of assets/locales/ja/public.ftl are the docs")]
        pub enum Sentence { $($name,)* }

        impl Sentence {
            /// Every sentence.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The key in the catalogues.
            pub fn key(self) -> &'static str {
                match self { $(Self::$name => $key,)* }
            }
        }
    };
}

sentences! {
    Skip = "skip",
    Languages = "languages",
    AskTitle = "ask-title",
    AskLead = "ask-lead",
    About = "about",
    TextLabel = "text-label",
    TextHint = "text-hint",
    DivisionLabel = "division-label",
    DivisionHint = "division-hint",
    NameLabel = "name-label",
    NameHint = "name-hint",
    PrivacyTitle = "privacy-title",
    Privacy = "privacy",
    Send = "send",
    ErrorTitle = "error-title",
    ErrorPrefix = "error-prefix",
    ErrorEmpty = "error-empty",
    ErrorTooLong = "error-too-long",
    DoneTitle = "done-title",
    DoneLead = "done-lead",
    DoneOpen = "done-open",
    DangerTitle = "danger-title",
    EnquiryTitle = "enquiry-title",
    EnquiryState = "enquiry-state",
    StateOpen = "state-open",
    StateInProgress = "state-in-progress",
    StateAnswered = "state-answered",
    StateClosed = "state-closed",
    Talk = "talk",
    FromYou = "from-you",
    KeepSecret = "keep-secret",
    ReplyTitle = "reply-title",
    ReplyLabel = "reply-label",
    ReplySend = "reply-send",
    SheetTitle = "sheet-title",
    SheetLead = "sheet-lead",
    SheetScan = "sheet-scan",
    SheetAdd = "sheet-add",
    SheetChoose = "sheet-choose",
    MeShare = "me-share",
    MeShareLead = "me-share-lead",
    StopTitle = "stop-title",
    LinkUnknown = "link-unknown",
    LinkOver = "link-over",
    EnquiryGone = "enquiry-gone",
    TooMany = "too-many",
    TalkFull = "talk-full",
    Trouble = "trouble",
    LiffWait = "liff-wait",
    LiffFailed = "liff-failed",
    LiffNobody = "liff-nobody",
    LiffOpen = "liff-open",
    MeTitle = "me-title",
    MeLead = "me-lead",
    MeUntil = "me-until",
    MeContents = "me-contents",
    MeSaved = "me-saved",
    MeSavedOver = "me-saved-over",
    MeMeanwhile = "me-meanwhile",
    MeStored = "me-stored",
    MeStoredNothing = "me-stored-nothing",
    MeLanguage = "me-language",
    MeLanguageOpen = "me-language-open",
    MeKnown = "me-known",
    MeRegistered = "me-registered",
    MeElse = "me-else",
    MeEnquiries = "me-enquiries",
    MeEnquiriesNone = "me-enquiries-none",
    MeEnquiry = "me-enquiry",
    MeSent = "me-sent",
    MeSentNone = "me-sent-none",
    MeSentNote = "me-sent-note",
    MeSentOne = "me-sent-one",
    MeSentAnswer = "me-sent-answer",
    MeFewer = "me-fewer",
    MeFewerNone = "me-fewer-none",
    MeFewerOne = "me-fewer-one",
    MeFewerUndo = "me-fewer-undo",
    MeChange = "me-change",
    MePlain = "me-plain",
    MeSealed = "me-sealed",
    MeSave = "me-save",
    MeUnsaid = "me-unsaid",
    MeEmptyHint = "me-empty-hint",
    MeNarrow = "me-narrow",
    MeAreas = "me-areas",
    MeHours = "me-hours",
    MeChild = "me-child",
    MeChildNew = "me-child-new",
    MeChildKind = "me-child-kind",
    MeChildRemove = "me-child-remove",
    MeBorn = "me-born",
    MeDue = "me-due",
    MeMonth = "me-month",
    MeMonthHint = "me-month-hint",
    MeNumberHint = "me-number-hint",
    MeCode = "me-code",
    MeCodeHint = "me-code-hint",
    MeLeaveHint = "me-leave-hint",
    MeStopTitle = "me-stop-title",
    MeStopLead = "me-stop-lead",
    MeStop = "me-stop",
    MeHelpers = "me-helpers",
    MeHelpersLead = "me-helpers-lead",
    MeHelperOne = "me-helper-one",
    MeHelperCame = "me-helper-came",
    MeHelperNever = "me-helper-never",
    MeHelperName = "me-helper-name",
    MeHelperNameHint = "me-helper-name-hint",
    MeHelperFor = "me-helper-for",
    MeHelperDays = "me-helper-days",
    MeHelperMake = "me-helper-make",
    MeHelperRemove = "me-helper-remove",
    MeHelpersFull = "me-helpers-full",
    MeHelperErrorName = "me-helper-error-name",
    MeHelperMadeTitle = "me-helper-made-title",
    MeHelperMade = "me-helper-made",
    MeHelperMessage = "me-helper-message",
    MeHelperShare = "me-helper-share",
    MeHelperQr = "me-helper-qr",
    MeHelperQrHint = "me-helper-qr-hint",
    MeHelperBack = "me-helper-back",
    MeHelperTitle = "me-helper-title",
    MeHelperLead = "me-helper-lead",
    MeHelperUntil = "me-helper-until",
    MeHelperOver = "me-helper-over",
    MeEraseTitle = "me-erase-title",
    MeEraseHint = "me-erase-hint",
    MeEraseOpen = "me-erase-open",
    MeEraseLead = "me-erase-lead",
    MeEraseData = "me-erase-data",
    MeEraseTalk = "me-erase-talk",
    MeEraseEnquiries = "me-erase-enquiries",
    MeEraseFinal = "me-erase-final",
    MeEraseRest = "me-erase-rest",
    MeEraseYes = "me-erase-yes",
    MeEraseBack = "me-erase-back",
    MeErasedTitle = "me-erased-title",
    MeErased = "me-erased",
    MeErrorMonth = "me-error-month",
    MeErrorBorn = "me-error-born",
    MeErrorDue = "me-error-due",
    MeErrorDay = "me-error-day",
    MeErrorNumber = "me-error-number",
    MeErrorChildren = "me-error-children",
    MeErrorGone = "me-error-gone",
    MeOver = "me-over",
    MeNobody = "me-nobody",
    MeTrouble = "me-trouble",
}

/// All catalogues of the pages.
pub(super) struct Sentences(BTreeMap<Language, FluentBundle<FluentResource>>);

impl Sentences {
    pub(super) fn embedded() -> Result<Self, CatalogueError> {
        let bundles = Language::ALL.into_iter().map(|language| {
            let bundle = super::read(language, source(language))?;
            let has = |s: &&Sentence| bundle.get_message(s.key()).and_then(|m| m.value()).is_none();
            match Sentence::ALL.iter().find(has) {
                Some(missing) => Err(CatalogueError::Missing { language, key: missing.key() }),
                None => Ok((language, bundle)),
            }
        });
        bundles.collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn say(
        &self,
        reader: Language,
        sentence: Sentence,
        values: &[(&'static str, &str)],
    ) -> String {
        let bundle = self.0.get(&reader).expect("there is one for every language");
        let message = bundle.get_message(sentence.key()).expect("every sentence was checked at start");
        let pattern = message.value().expect("every sentence was checked at start");
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set(*name, (*value).to_owned());
        }
        bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }
}

fn source(language: Language) -> &'static str {
    match language {
        Language::Ja => include_str!("../../assets/locales/ja/public.ftl"),
        Language::JaEasy => include_str!("../../assets/locales/ja-easy/public.ftl"),
        Language::En => include_str!("../../assets/locales/en/public.ftl"),
        Language::Zh => include_str!("../../assets/locales/zh/public.ftl"),
        Language::Ko => include_str!("../../assets/locales/ko/public.ftl"),
        Language::Vi => include_str!("../../assets/locales/vi/public.ftl"),
        Language::Pt => include_str!("../../assets/locales/pt/public.ftl"),
        Language::Tl => include_str!("../../assets/locales/tl/public.ftl"),
    }
}
