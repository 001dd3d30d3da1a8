//! The door to a person: an address for this resident, made only when an answer offers it.

use crate::{
    domain::{account::Account, id::IntentId, language::Language, resident::Resident, time::Timestamp},
    journeys::{Ctx, pages::Bearer},
};

/// Makes the address behind 「市に問い合わせる」.
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
        let account = &self.account.id;
        let resident = self.ctx.store.resident_ref(account, &self.resident.line_user_id).ok()?;
        self.ctx.pages.ask_address(&Bearer { account, resident, language, now: self.now }, about)
    }
}
