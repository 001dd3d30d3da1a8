//! The doors to residents' own pages: addresses for this resident, made only when an answer offers them.

use crate::{
    domain::{account::Account, id::IntentId, language::Language, resident::Resident, time::Timestamp},
    journeys::{Ctx, pages::Bearer},
};

/// Makes the addresses behind 「市に問い合わせる」 and the button to one's own data.
#[derive(Clone, Copy)]
pub struct Door<'a> {
    ctx: &'a Ctx,
    account: &'a Account,
    resident: &'a Resident,
    now: Timestamp,
}

impl<'a> Door<'a> {
    /// The door for a resident; `None` where no such page is offered.
    pub(super) fn new(
        ctx: &'a Ctx,
        account: &'a Account,
        resident: Option<&'a Resident>,
        now: Timestamp,
    ) -> Option<Self> {
        ctx.pages.url.as_ref()?;
        Some(Self { ctx, account, resident: resident?, now })
    }

    /// The address of the form, about what an intent is about.
    pub(super) fn address(&self, language: Language, about: Option<&IntentId>) -> Option<String> {
        self.ctx.pages.ask_address(&self.bearer(language)?, about)
    }

    /// The address of the page with what is stored.
    pub(super) fn own_data(&self, language: Language) -> Option<String> {
        self.ctx.pages.mine_address(&self.bearer(language)?)
    }

    fn bearer(&self, language: Language) -> Option<Bearer<'a>> {
        let account = &self.account.id;
        let resident = self.ctx.store.resident_ref(account, &self.resident.line_user_id).ok()?;
        Some(Bearer { account, resident, language, now: self.now })
    }
}
