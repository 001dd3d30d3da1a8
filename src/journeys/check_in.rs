//! Each account checks in with LINE: does its access token work, and are its webhooks meant for it?
//!
//! A background job calls [`check_in`] after the start and again until it is fine; `web` tells
//! [`Identities::addressed`] whom LINE writes to. Findings go to the health registry only: neither holds up
//! the start nor a webhook, and a webhook is never refused for its destination, since its signature decides.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::Ctx;
use crate::{
    domain::id::AccountId,
    health::{Finding, Health, Level},
    messenger::SendError,
};

/// The longest id of a bot that is remembered; LINE's have 33 characters.
const LONGEST_ID: usize = 64;

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// LINE knows the account; there is no more to ask.
    Fine,
    /// Not (yet): to be asked again later.
    AskAgain,
}

/// A live account's channel, and where its secrets are set.
#[derive(Debug)]
pub struct Channel {
    /// The account.
    pub account: AccountId,
    /// The variable for its channel secret.
    pub secret_variable: String,
    /// The variable for its channel access token.
    pub token_variable: String,
    /// Whether LINE issues its tokens, to the channel's id and secret.
    pub is_token_issued: bool,
}

impl Channel {
    /// What decides whose calls they are.
    fn identity(&self) -> &str {
        if self.is_token_issued { "channel_id" } else { &self.token_variable }
    }
}

/// Who LINE says that the accounts are: by their tokens, and by their webhooks.
#[derive(Debug)]
pub struct Identities {
    health: Arc<Health>,
    channels: HashMap<AccountId, (Channel, Mutex<Known>)>,
}

/// The bot's user id as each side tells it. It names the account, not a person.
#[derive(Debug, Default)]
struct Known {
    by_token: Option<String>,
    /// What people search and add the account by, `@…`.
    basic_id: Option<String>,
    by_webhook: Option<String>,
}

impl Identities {
    /// Nothing is known yet.
    pub fn new(health: Arc<Health>, channels: impl IntoIterator<Item = Channel>) -> Self {
        let channels = channels.into_iter().map(|c| (c.account.clone(), (c, Mutex::default()))).collect();
        Self { health, channels }
    }

    /// A webhook of the account, whose signature fitted, was addressed to this bot.
    pub fn addressed(&self, account: &AccountId, destination: &str) {
        if !destination.is_empty() && destination.len() <= LONGEST_ID {
            self.learn(account, destination, |known| &mut known.by_webhook);
        }
    }

    /// What people add the account by, `@…`, as soon as LINE has told it.
    pub fn basic_id(&self, account: &AccountId) -> Option<String> {
        let (_, known) = self.channels.get(account)?;
        known.lock().unwrap_or_else(PoisonError::into_inner).basic_id.clone()
    }

    fn learn_basic_id(&self, account: &AccountId, id: String) {
        if let Some((_, known)) = self.channels.get(account) {
            known.lock().unwrap_or_else(PoisonError::into_inner).basic_id = Some(id);
        }
    }

    fn learn(&self, account: &AccountId, id: &str, side: impl Fn(&mut Known) -> &mut Option<String>) {
        let Some((channel, known)) = self.channels.get(account) else { return };
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        // Every webhook comes by here: only what is new is compared.
        if side(&mut known).as_deref() == Some(id) {
            return;
        }
        *side(&mut known) = Some(id.to_owned());
        let part = format!("line.{account}.destination");
        match (&known.by_token, &known.by_webhook) {
            (Some(token), Some(webhook)) if token != webhook => self.health.report(part, mixed(channel)),
            _ => self.health.clear(&part),
        }
    }
}

/// Asks LINE who an account is, and reports what that says about its token.
pub async fn check_in(ctx: &Ctx, account: &AccountId) -> Checked {
    let Some((channel, _)) = ctx.identities.channels.get(account) else { return Checked::Fine };
    let part = format!("line.{account}");
    let health = &ctx.identities.health;
    match ctx.messenger.bot_info(account).await {
        Ok(bot) => {
            ctx.identities.learn(account, &bot.user_id, |known| &mut known.by_token);
            health.clear(&part);
            tracing::info!(%account, basic_id = bot.basic_id, "LINE knows the account");
            ctx.identities.learn_basic_id(account, bot.basic_id);
            Checked::Fine
        }
        // The configuration has no token: that was reported at the start.
        Err(SendError::NotConfigured) => Checked::Fine,
        // LINE is there; it will say later.
        Err(SendError::RateLimited { .. }) => Checked::AskAgain,
        Err(SendError::Unauthorized) => {
            health.report(part, refused_token(channel));
            Checked::AskAgain
        }
        Err(error @ (SendError::NotSent(_) | SendError::Unknown(_))) => {
            tracing::warn!(%account, %error, "LINE did not say who the account is; it is asked again");
            health.report(part, not_reached());
            Checked::AskAgain
        }
        Err(error) => {
            tracing::warn!(%account, %error, "LINE refused to say who the account is; it is asked again");
            health.report(part, refused_question(channel));
            Checked::AskAgain
        }
    }
}

fn degraded(reason: &str, remedy: String) -> Finding {
    Finding { level: Level::Degraded, reason: reason.to_owned(), remedy }
}

fn refused_token(channel: &Channel) -> Finding {
    let Channel { secret_variable: secret, token_variable: variable, .. } = channel;
    if channel.is_token_issued {
        return degraded(
            "LINE issues no channel access token; nobody gets an answer\
             （LINEがチャネルアクセストークンを発行しないため、返信できません）",
            format!(
                "see that channel_id in the account's file and {secret} are of one Messaging API channel, and start \
                 again（アカウントのファイルの channel_id と {secret} が同じチャネルの値かを確かめ、再起動してください）"
            ),
        );
    }
    degraded(
        "LINE refuses the channel access token; nobody gets an answer\
         （LINEがチャネルアクセストークンを受け付けないため、返信できません）",
        format!(
            "issue a token for this channel at LINE Developers, set {variable} and start again\
             （LINE Developersでトークンを発行し、{variable} に設定して再起動してください）"
        ),
    )
}

fn not_reached() -> Finding {
    degraded(
        "LINE is not reached（LINEに接続できません）",
        "see that HTTPS to line.api_base gets out; it is asked again by itself\
         （line.api_base へのHTTPS通信を確認してください。自動で確認し直します）"
            .into(),
    )
}

fn refused_question(channel: &Channel) -> Finding {
    let variable = channel.identity();
    degraded(
        "LINE does not say whose token it is（トークンがどのアカウントのものか、LINEが答えません）",
        format!(
            "see that line.api_base is LINE's and that {variable} is of a Messaging API channel\
             （line.api_base と、{variable} がMessaging APIのトークンであることを確認してください）"
        ),
    )
}

fn mixed(channel: &Channel) -> Finding {
    let (secret, token) = (&channel.secret_variable, channel.identity());
    degraded(
        "webhooks come from another channel than the access token's; LINE will refuse every reply\
         （Webhookのチャネルとアクセストークンのチャネルが違い、返信はすべて断られます）",
        format!(
            "take both from one channel: {secret} and {token}（同じチャネルの値を {secret} と {token} に設定してください）"
        ),
    )
}
