//! What stands around the content of every page: title, menu, who is signed in, the catalogue, and tokens
//! for forms.

use std::sync::Arc;

use super::{
    Need, PAGES, Section, assets,
    form::{self, FormKey},
    visit::Visit,
};
use crate::{
    catalogue::ConsoleWords,
    domain::{id::Entropy, language::Language},
    journeys::staff::recognise::Recognised,
};

/// A place in the menu.
pub struct Entry {
    /// For people.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// Whether it is the page that is shown.
    pub current: bool,
}

/// A part of the menu.
pub struct Group {
    /// Its heading.
    pub label: String,
    /// Its pages; never empty.
    pub entries: Vec<Entry>,
}

/// Everything that `console/layout.html` needs.
pub struct Frame {
    words: ConsoleWords,
    /// The page's own title.
    pub title: String,
    /// The menu, by what the person may do on the account.
    pub menu: Vec<Group>,
    /// The account's id and name.
    pub account: Option<(String, String)>,
    /// The person's other accounts: address and name.
    pub other_accounts: Vec<(String, String)>,
    /// The name of whoever has signed in.
    pub person: Option<String>,
    /// Where the language can be changed to come back here.
    pub language_href: String,
    /// The stylesheet's address.
    pub css: String,
    /// The script's address.
    pub js: String,
    forms: Option<(FormKey, Arc<dyn Entropy>)>,
}

impl Frame {
    pub(super) fn of(visit: &Visit) -> Self {
        let (inner, words) = (visit.inner(), visit.words());
        let mut frame = Self::bare(words);
        frame.title = words.say(inner.page.label);
        let here = inner.uri.path_and_query().map_or("/console", |path| path.as_str());
        frame.language_href = language_href(words, here);
        frame.forms = visit.form_key().map(|key| (FormKey::new(key), Arc::clone(&visit.ctx().entropy)));
        let Recognised::Signed(signed) = &inner.who else { return frame };
        frame.person = Some(signed.checked.staff().name.to_string());
        let name =
            |id| visit.ctx().library.account(id).map_or_else(String::new, |account| account.name.clone());
        // On a page of one's own the menu is that of the first account, so that it leads back.
        let first = signed.accounts(visit.ctx()).next().cloned();
        let Some(account) = inner.account.clone().or(first) else { return frame };
        frame.other_accounts = signed
            .accounts(visit.ctx())
            .filter(|other| **other != account)
            .map(|other| (format!("/console/{other}"), name(other)))
            .collect();
        frame.account = Some((account.to_string(), name(&account)));
        let today = visit.ctx().today(&account);
        let may = |need| match need {
            Need::Right(right) => today.is_some_and(|day| signed.checked.may(right, &account, day).is_ok()),
            Need::SignedIn => true,
            Need::Nothing | Need::Halfway => false,
        };
        for section in Section::ALL {
            let pages = PAGES.iter().filter(|page| page.section == Some(section) && may(page.need));
            let entries: Vec<Entry> = pages
                .map(|page| {
                    let href = format!("/console{}", page.path.replace("{account}", account.as_str()));
                    let current = href == inner.uri.path();
                    Entry { label: words.say(page.label), href, current }
                })
                .collect();
            if !entries.is_empty() {
                frame.menu.push(Group { label: words.say(section.label()), entries });
            }
        }
        frame
    }

    /// Without a person: the way in, and errors.
    pub(super) fn bare(words: ConsoleWords) -> Self {
        Self {
            words,
            title: words.say("console"),
            menu: Vec::new(),
            account: None,
            other_accounts: Vec::new(),
            person: None,
            language_href: language_href(words, "/console"),
            css: assets::css(),
            js: assets::js(),
            forms: None,
        }
    }

    /// With another title than the page's own.
    #[must_use]
    pub fn titled(mut self, title: String) -> Self {
        self.title = title;
        self
    }

    /// The address of a page of the account by its path in [`PAGES`]; `None`: there is no such page.
    pub fn way(&self, path: &str) -> Option<String> {
        let (account, _) = self.account.as_ref()?;
        let page = PAGES.iter().find(|page| page.path == path)?;
        Some(format!("/console{}", page.path.replace("{account}", account)))
    }

    /// The sentence of a key.
    pub fn t(&self, key: &str) -> String {
        self.words.say(key)
    }

    /// The sentence of a key with one variable.
    pub fn tv(&self, key: &str, name: &str, value: impl std::fmt::Display) -> String {
        self.words.say_with(key, &[(name, &value.to_string())])
    }

    /// For `lang`.
    pub fn lang(&self) -> &'static str {
        self.words.language().html()
    }

    /// Whether the page is in Japanese.
    pub fn is_japanese(&self) -> bool {
        self.words.language() == Language::Ja
    }

    /// The token alone, for a script that posts to `action`; empty on pages of errors.
    pub fn token(&self, action: &str) -> String {
        let token = |(key, entropy): &(FormKey, Arc<dyn Entropy>)| key.token(&**entropy, action);
        self.forms.as_ref().map_or_else(String::new, token)
    }

    /// The hidden field that every form carries; `action` is where the form is posted. Hexadecimal digits
    /// and our own names: safe in HTML as it is.
    pub fn form(&self, action: &str) -> String {
        let token = self.token(action);
        format!("<input type=\"hidden\" name=\"{}\" value=\"{token}\">", form::FIELD)
    }
}

fn language_href(words: ConsoleWords, here: &str) -> String {
    let other = if words.language() == Language::Ja { "en" } else { "ja" };
    let next: String = form_urlencoded::byte_serialize(here.as_bytes()).collect();
    format!("/console/-/language/{other}?next={next}")
}
