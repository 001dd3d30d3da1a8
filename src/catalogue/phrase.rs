//! The sentences of a chat by name; the catalogues hold the words.

macro_rules! phrases {
    ($($(#[$doc:meta])* $name:ident = $key:literal,)*) => {
        /// A sentence of the catalogues.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Phrase { $($(#[$doc])* $name,)* }

        impl Phrase {
            /// Every sentence; each catalogue has them all.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The key in the catalogues.
            pub fn key(self) -> &'static str {
                match self { $(Self::$name => $key,)* }
            }
        }
    };
}

phrases! {
    /// Before the right words of an announcement that was wrong.
    CorrectionLead = "correction-lead",
    /// Leads the choices when a question is ambiguous.
    AskLead = "ask-lead",
    /// Leads the choices when a message holds several matters.
    AskSeveral = "ask-several",
    /// Says that the number may be typed.
    AskNumberHint = "ask-number-hint",
    /// Button (20 characters): none of the choices fits.
    NoneOfThese = "none-of-these",
    /// Leads nearby topics after a refusal.
    RefuseNearby = "refuse-nearby",
    /// Another municipality is meant: `$city`, `$account`.
    RefuseMunicipality = "refuse-municipality",
    /// Leads nearby questions after that.
    RefuseHere = "refuse-here",
    /// Nothing fits, for a city without words of its own for it.
    Refused = "refused",
    /// Leads the contact after a refusal.
    RefuseContact = "refuse-contact",
    /// Asks whether the answer helped.
    FeedbackQuestion = "feedback-question",
    /// Button (20 characters): it helped.
    FeedbackUseful = "feedback-useful",
    /// Button (20 characters): it was wrong.
    FeedbackWrong = "feedback-wrong",
    /// Thanks for a 「役に立った」.
    FeedbackThanks = "feedback-thanks",
    /// Says sorry for a 「ちがう」; the contact follows.
    FeedbackSorry = "feedback-sorry",
    /// A contact in one line: `$name`, `$tel`, `$hours`.
    ContactLine = "contact-line",
    /// Button (20 characters): dial.
    CallButton = "call-button",
    /// Button (20 characters): open the online procedure.
    OpenLink = "open-link",
    /// Names the source page; its address follows.
    SourceLine = "source-line",
    /// Confirms a chosen language: `$language`.
    LanguageChosen = "language-chosen",
    /// The language's own name.
    LanguageName = "language-name",
    /// Asks which language.
    ChooseLanguage = "choose-language",
    /// Leads the list of topics.
    TopicsLead = "topics-lead",
    /// Leads the rest of a list of topics.
    TopicsAlso = "topics-also",
    /// Button (20 characters): show more topics.
    MoreTopics = "more-topics",
    /// Says in which language the answer is, if not in the reader's: `$language`.
    AnswerInOtherLanguage = "answer-in-other-language",
    /// Button (20 characters): ask a person of the city on a form.
    AskPerson = "ask-person",
    /// Leads that button where there is no contact beside it; at most 160 characters.
    AskPersonLead = "ask-person-lead",
    /// Tells that an enquiry was answered: `$number`; at most 160 characters, nothing of the answer.
    EnquiryAnswered = "enquiry-answered",
    /// Button (20 characters): open the answer's page.
    EnquiryOpen = "enquiry-open",
    /// A button of an older day that no longer leads anywhere.
    ButtonTooOld = "button-too-old",
    /// Button (20 characters) and word: begin to register, or change it.
    RegOpen = "reg-open",
    /// Leads the topics.
    RegTopicsLead = "reg-topics-lead",
    /// Leads what is registered and what may be changed.
    RegMenuLead = "reg-menu-lead",
    /// Nothing is registered.
    RegNothing = "reg-nothing",
    /// Asks for one of the choices of `$label`.
    RegAsk = "reg-ask",
    /// Asks for which area a topic `$topic` is wanted.
    RegAreaLead = "reg-area-lead",
    /// Button (20 characters): for all areas.
    RegEverywhere = "reg-everywhere",
    /// Asks at which hours a topic `$topic` is wanted.
    RegHoursLead = "reg-hours-lead",
    /// Button (20 characters): at any time.
    RegAnyTime = "reg-any-time",
    /// Button (20 characters): the hours `$from` to `$until`.
    RegHours = "reg-hours",
    /// Leads the children.
    RegChildrenLead = "reg-children-lead",
    /// Button (20 characters): pick the day of birth.
    RegAddBorn = "reg-add-born",
    /// Button (20 characters): pick the day on which a birth is expected.
    RegAddDue = "reg-add-due",
    /// Button (20 characters): a child born in `$month`.
    RegBorn = "reg-born",
    /// Button (20 characters): a child expected in `$month`.
    RegDue = "reg-due",
    /// A month: `$year`, `$month`.
    RegMonth = "reg-month",
    /// Button (20 characters): pick a day.
    RegPick = "reg-pick",
    /// Asks for a number: `$label`, `$least`, `$most`.
    RegNumberLead = "reg-number-lead",
    /// Asks for the code of a group.
    RegCodeLead = "reg-code-lead",
    /// The code lets nobody in.
    RegWrongCode = "reg-wrong-code",
    /// The code was used by somebody else.
    RegUsedCode = "reg-used-code",
    /// Registered: `$what`.
    RegSaved = "reg-saved",
    /// Not registered any more: `$what`.
    RegTakenBack = "reg-taken-back",
    /// Stopped: `$what`.
    RegStopped = "reg-stopped",
    /// It could not be registered.
    RegRefused = "reg-refused",
    /// Button (20 characters) and word: stop topics.
    RegStop = "reg-stop",
    /// Asks what is to be stopped.
    RegStopLead = "reg-stop-lead",
    /// There is nothing to be stopped.
    RegNothingToStop = "reg-nothing-to-stop",
    /// Button (20 characters): stop all topics, asks first.
    RegStopAll = "reg-stop-all",
    /// Asks whether all topics are to be stopped.
    RegStopAllLead = "reg-stop-all-lead",
    /// Button (20 characters): stop all topics.
    RegStopAllYes = "reg-stop-all-yes",
    /// All topics are stopped.
    RegAllStopped = "reg-all-stopped",
    /// Button (20 characters) and word: what is stored.
    RegData = "reg-data",
    /// Leads what is stored.
    RegDataLead = "reg-data-lead",
    /// Button (20 characters): the page with everything that is stored.
    RegPage = "reg-page",
    /// Leads that button; at most 160 characters.
    RegPageLead = "reg-page-lead",
    /// Button (20 characters) and word: erase everything.
    RegErase = "reg-erase",
    /// Asks whether everything is to be erased.
    RegEraseLead = "reg-erase-lead",
    /// Button (20 characters): erase everything.
    RegEraseYes = "reg-erase-yes",
    /// Everything is erased.
    RegErased = "reg-erased",
    /// Button (20 characters): why is this asked?
    RegWhy = "reg-why",
    /// How long it is kept: while registered.
    RegKeptWhile = "reg-kept-while",
    /// How long it is kept: `$days` days.
    RegKeptDays = "reg-kept-days",
    /// Button (20 characters): end the registration.
    RegLeave = "reg-leave",
    /// The registration is ended.
    RegLeft = "reg-left",
    /// Button (20 characters): back to what is registered.
    RegBack = "reg-back",
    /// Button (20 characters): the next choices.
    RegMore = "reg-more",
    /// Button (20 characters): remove it.
    RegRemove = "reg-remove",
    /// Button (20 characters): stop this topic.
    RegStopOne = "reg-stop-one",
    /// Button (20 characters): change the area.
    RegChangeArea = "reg-change-area",
    /// Button (20 characters): change the hours.
    RegChangeHours = "reg-change-hours",
    /// Asks what is to become of `$what`.
    RegPartLead = "reg-part-lead",
    /// The registration had been broken off.
    RegLapsed = "reg-lapsed",
    /// Button (20 characters): yes.
    RegYes = "reg-yes",
    /// Button (20 characters): no.
    RegNo = "reg-no",
    /// Words (divided by |) that begin a registration.
    RegOpenWords = "reg-open-words",
    /// Words (divided by |) that begin to stop topics.
    RegStopWords = "reg-stop-words",
    /// Words (divided by |) that ask what is stored.
    RegDataWords = "reg-data-words",
    /// Words (divided by |) that ask for everything to be erased.
    RegEraseWords = "reg-erase-words",
    /// Words (divided by |) that leave a registration.
    RegQuitWords = "reg-quit-words",
    /// Button (20 characters) and word: why did I get this?
    AnnWhy = "ann-why",
    /// Words (divided by |) that ask it.
    AnnWhyWords = "ann-why-words",
    /// Button (20 characters) and word: fewer of these.
    AnnFewer = "ann-fewer",
    /// Words (divided by |) that ask for fewer.
    AnnFewerWords = "ann-fewer-words",
    /// Words (divided by |) that ask of what fewer are wanted.
    AnnListWords = "ann-list-words",
    /// Button (20 characters): undo.
    AnnUndo = "ann-undo",
    /// Button (20 characters): stop these topics.
    AnnStop = "ann-stop",
    /// Nothing was sent yet.
    AnnNone = "ann-none",
    /// It is not known that it was sent to this resident.
    AnnUnknown = "ann-unknown",
    /// It was a test, to staff.
    AnnTest = "ann-test",
    /// Which announcement it is: `$line`, `$date`.
    AnnLead = "ann-lead",
    /// It went to all friends.
    WhyAll = "why-all",
    /// It went to the staff group.
    WhyStaff = "why-staff",
    /// It was a drill.
    WhyDrill = "why-drill",
    /// It went to those who got an earlier one.
    WhyEarlier = "why-earlier",
    /// Leads what holds for the resident.
    WhyPicked = "why-picked",
    /// Part: follows.
    WhyFollowing = "why-following",
    /// Part: registered before some day.
    WhyRegistered = "why-registered",
    /// Part: chose `$language`.
    WhyLanguage = "why-language",
    /// Part: something does not hold.
    WhyExcluded = "why-excluded",
    /// It holds no more.
    WhyNoLonger = "why-no-longer",
    /// What is registered was said by the resident.
    WhyOwn = "why-own",
    /// It is an alert.
    WhyAlert = "why-alert",
    /// Leads buttons; at most 160 characters.
    WhyButtons = "why-buttons",
    /// Asks whether topics are to be stopped; they follow.
    FewerTopics = "fewer-topics",
    /// Leads what is sent no more.
    FewerFromNow = "fewer-from-now",
    /// What is sent no more: to the same people as `$what`.
    FewerSegment = "fewer-segment",
    /// What is sent no more: of `$department`.
    FewerDepartment = "fewer-department",
    /// What is sent no more: without a department.
    FewerCity = "fewer-city",
    /// What still comes.
    FewerStill = "fewer-still",
    /// What goes to all friends cannot be stopped.
    FewerAll = "fewer-all",
    /// What goes to staff is left by leaving the group.
    FewerStaff = "fewer-staff",
    /// It would not be sent any more.
    FewerNotMeant = "fewer-not-meant",
    /// It is undone.
    FewerUndone = "fewer-undone",
    /// There is nothing to undo.
    FewerUndoNone = "fewer-undo-none",
    /// Leads buttons; at most 160 characters.
    FewerButtons = "fewer-buttons",
    /// Leads what is sent no more.
    FewerList = "fewer-list",
    /// Fewer are wanted of nothing.
    FewerListNone = "fewer-list-none",
}
