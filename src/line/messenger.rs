//! The adapter of the port [`Messenger`]: each call of the port is one call of the Messaging API.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::Instant;
use uuid::Uuid;

use super::{
    Credentials, LineConfig,
    client::{Answered, Http},
    message,
    numbers::{self, ConsumptionShape, QuotaShape, StatisticsShape, UnitsShape},
    rate::{Late, RateGate},
};
use crate::{
    domain::{
        event::ReplyToken,
        id::{AccountId, LineUserId},
        message::Messages,
        time::Date,
    },
    messenger::{
        BotInfo, Manner, Messenger, Profile, Quota, Receipt, Recipients, SendError, SendKind, UnitStatistics,
    },
};

const PUSH: &str = "/v2/bot/message/push";
const MULTICAST: &str = "/v2/bot/message/multicast";
const BROADCAST: &str = "/v2/bot/message/broadcast";

/// Calls a second of every endpoint without a limit of its own ("Rate limits").
const OTHERS: u32 = 2_000;
/// Broadcasts an hour, and calls of an insight endpoint an hour.
const PER_HOUR: u32 = 60;
/// How long a question for statistics waits for its turn; the next one may be a minute away.
const BRIEFLY: Duration = Duration::from_millis(200);

/// So many multicasts may go out at once: what a restart adds to what went out before it stays small beside LINE's own
/// bucket of 200.
const BURST: u32 = 10;

/// Speaks to LINE for every account.
pub struct LineMessenger {
    http: Http,
    urgent: Http,
    accounts: HashMap<AccountId, Channel>,
}

/// One account's credentials and rate gates.
struct Channel {
    credentials: Arc<Credentials>,
    reply: RateGate,
    push: RateGate,
    multicast: RateGate,
    broadcast: RateGate,
    profile: RateGate,
    loading: RateGate,
    insight: RateGate,
    /// One for all endpoints without a low limit: stricter than LINE, which counts each for itself.
    other: RateGate,
}

impl LineMessenger {
    /// For these accounts, each with its own share of LINE's limits.
    pub fn new(config: &LineConfig, http: &Http, accounts: &HashMap<AccountId, Arc<Credentials>>) -> Self {
        let now = Instant::now();
        let gate = |limit| RateGate::new(limit, config.rate_share, now);
        let hourly = || RateGate::over(Duration::from_hours(1), PER_HOUR, config.rate_share, now);
        let channel = |credentials: &Arc<Credentials>| Channel {
            credentials: Arc::clone(credentials),
            reply: gate(config.reply_per_second),
            push: gate(config.push_per_second),
            multicast: RateGate::even(config.multicast_per_second, config.rate_share, BURST, now),
            broadcast: hourly(),
            profile: gate(config.push_per_second),
            loading: gate(config.loading_per_second),
            insight: hourly(),
            other: gate(OTHERS),
        };
        let accounts = accounts.iter().map(|(id, credentials)| (id.clone(), channel(credentials))).collect();
        Self { http: http.clone(), urgent: http.urgent(), accounts }
    }

    /// The account's side, let in at LINE.
    async fn channel(&self, account: &AccountId) -> Result<&Channel, SendError> {
        let channel = self.accounts.get(account).ok_or(SendError::NotConfigured)?;
        channel.credentials.ready(&self.http).await?;
        Ok(channel)
    }

    /// Gets what stands at an endpoint without a low limit.
    async fn look(&self, account: &AccountId, endpoint: &'static str) -> Result<Answered, SendError> {
        let channel = self.channel(account).await?;
        channel.other.pass().await;
        learn(&channel.other, self.http.get(endpoint, "", &channel.credentials).await)
    }

    /// Posts what an announcement consists of, when its turn has come.
    async fn announce(
        &self,
        credentials: &Credentials,
        (gate, endpoint): (&RateGate, &'static str),
        body: Vec<u8>,
        manner: Manner<'_>,
        retry_key: Uuid,
    ) -> Result<Receipt, SendError> {
        let limit = manner.patience.map(|patience| Instant::now() + patience);
        gate.pass_as(manner.is_urgent, limit).await.map_err(|Late| SendError::NotSent(None))?;
        let http = if manner.is_urgent { &self.urgent } else { &self.http };
        learn(gate, http.post(endpoint, credentials, body, Some(retry_key)).await)
            .map(|answered| answered.receipt)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReplyBody<'a> {
    reply_token: &'a str,
    messages: Vec<message::Wire<'a>>,
}

/// A push is to one person, a multicast to many, a broadcast to nobody by name.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AnnounceBody<'a, To> {
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<To>,
    messages: Vec<message::Wire<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    notification_disabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_aggregation_units: Option<[&'a str; 1]>,
}

impl<'a, To> AnnounceBody<'a, To> {
    fn new(to: Option<To>, messages: &'a Messages, manner: Manner<'a>) -> Self {
        Self {
            to,
            messages: message::to_wire(messages),
            notification_disabled: manner.is_silent,
            custom_aggregation_units: manner.unit.map(|unit| [unit]),
        }
    }
}

pub(super) fn encode(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("texts and lists of them are JSON")
}

/// A 429 empties the gate, so that everybody slows down and not only the one who was told.
pub(super) fn learn(gate: &RateGate, result: Result<Answered, SendError>) -> Result<Answered, SendError> {
    if let Err(SendError::RateLimited { .. }) = &result {
        gate.drain();
    }
    result
}

#[async_trait]
impl Messenger for LineMessenger {
    async fn reply(
        &self,
        account: &AccountId,
        token: &ReplyToken,
        messages: &Messages,
    ) -> Result<Receipt, SendError> {
        let channel = self.channel(account).await?;
        let body = encode(&ReplyBody { reply_token: token.expose(), messages: message::to_wire(messages) });
        channel.reply.pass().await;
        let result = self.http.post("/v2/bot/message/reply", &channel.credentials, body, None).await;
        learn(&channel.reply, result).map(|answered| answered.receipt)
    }

    async fn push(
        &self,
        account: &AccountId,
        to: &LineUserId,
        messages: &Messages,
        manner: Manner<'_>,
        retry_key: Uuid,
    ) -> Result<Receipt, SendError> {
        let channel = self.channel(account).await?;
        let body = encode(&AnnounceBody::new(Some(to.expose()), messages, manner));
        self.announce(&channel.credentials, (&channel.push, PUSH), body, manner, retry_key).await
    }

    async fn multicast(
        &self,
        account: &AccountId,
        to: &Recipients,
        messages: &Messages,
        manner: Manner<'_>,
        retry_key: Uuid,
    ) -> Result<Receipt, SendError> {
        let channel = self.channel(account).await?;
        let people: Vec<&str> = to.list().iter().map(LineUserId::expose).collect();
        let body = encode(&AnnounceBody::new(Some(people), messages, manner));
        self.announce(&channel.credentials, (&channel.multicast, MULTICAST), body, manner, retry_key).await
    }

    async fn broadcast(
        &self,
        account: &AccountId,
        messages: &Messages,
        manner: Manner<'_>,
        retry_key: Uuid,
    ) -> Result<Receipt, SendError> {
        let channel = self.channel(account).await?;
        let manner = Manner { unit: None, ..manner };
        let body = encode(&AnnounceBody::<&str>::new(None, messages, manner));
        self.announce(&channel.credentials, (&channel.broadcast, BROADCAST), body, manner, retry_key).await
    }

    async fn validate(
        &self,
        account: &AccountId,
        kind: SendKind,
        messages: &Messages,
    ) -> Result<(), SendError> {
        let channel = self.channel(account).await?;
        let endpoint = match kind {
            SendKind::Push => "/v2/bot/message/validate/push",
            SendKind::Multicast => "/v2/bot/message/validate/multicast",
            SendKind::Broadcast => "/v2/bot/message/validate/broadcast",
        };
        let body = json!({ "messages": message::to_value(messages) }).to_string().into_bytes();
        channel.other.pass().await;
        learn(&channel.other, self.http.post(endpoint, &channel.credentials, body, None).await).map(drop)
    }

    async fn quota(&self, account: &AccountId) -> Result<Quota, SendError> {
        let quota: QuotaShape = read(&self.look(account, numbers::QUOTA).await?)?;
        let consumption: ConsumptionShape = read(&self.look(account, numbers::CONSUMPTION).await?)?;
        Ok(numbers::quota(&quota, &consumption))
    }

    async fn unit_statistics(
        &self,
        account: &AccountId,
        unit: &str,
        from: Date,
        to: Date,
    ) -> Result<UnitStatistics, SendError> {
        let channel = self.channel(account).await?;
        if !numbers::is_unit(unit) {
            let message = format!("{unit:?} is no name of an aggregation unit");
            return Err(SendError::Refused { status: 400, message });
        }
        let limit = Instant::now() + BRIEFLY;
        let in_time = channel.insight.pass_as(false, Some(limit)).await;
        in_time.map_err(|Late| SendError::RateLimited { after: Duration::from_mins(1) })?;
        let query = numbers::query(unit, from, to);
        let result = self.http.get(numbers::STATISTICS, &query, &channel.credentials).await;
        let shape: StatisticsShape = read(&learn(&channel.insight, result)?)?;
        Ok(numbers::statistics(shape))
    }

    async fn units_used(&self, account: &AccountId) -> Result<u64, SendError> {
        let shape: UnitsShape = read(&self.look(account, numbers::UNITS).await?)?;
        Ok(shape.num_of_custom_aggregation_units)
    }

    async fn profile(&self, account: &AccountId, user: &LineUserId) -> Result<Profile, SendError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Shape {
            #[serde(default)]
            display_name: String,
            language: Option<String>,
        }
        let channel = self.channel(account).await?;
        // Inbound ids are never refused by their form, but only a plain one may become part of a path.
        if !user.expose().bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(SendError::Gone);
        }
        channel.profile.pass().await;
        let result = self.http.get("/v2/bot/profile/", user.expose(), &channel.credentials).await;
        let shape: Shape = read(&learn(&channel.profile, result)?)?;
        Ok(Profile { display_name: shape.display_name, language: shape.language })
    }

    async fn show_loading(
        &self,
        account: &AccountId,
        user: &LineUserId,
        seconds: u8,
    ) -> Result<(), SendError> {
        let channel = self.channel(account).await?;
        // LINE takes 5 to 60 in steps of 5.
        let seconds = seconds.clamp(5, 60).div_ceil(5) * 5;
        let body = json!({ "chatId": user.expose(), "loadingSeconds": seconds });
        channel.loading.pass().await;
        let body = body.to_string().into_bytes();
        let result = self.http.post("/v2/bot/chat/loading/start", &channel.credentials, body, None).await;
        learn(&channel.loading, result).map(|_| ())
    }

    async fn bot_info(&self, account: &AccountId) -> Result<BotInfo, SendError> {
        bot_info(&self.http, &self.channel(account).await?.credentials).await
    }
}

/// What LINE tells about the account of a token.
pub(super) async fn bot_info(http: &Http, credentials: &Credentials) -> Result<BotInfo, SendError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Shape {
        user_id: String,
        #[serde(default)]
        basic_id: String,
        #[serde(default)]
        display_name: String,
    }
    let shape: Shape = read(&http.get("/v2/bot/info", "", credentials).await?)?;
    Ok(BotInfo { user_id: shape.user_id, basic_id: shape.basic_id, display_name: shape.display_name })
}

/// Reads an accepted answer; one that LINE's documentation does not describe counts as a refusal.
pub(super) fn read<'a, T: Deserialize<'a>>(answered: &'a Answered) -> Result<T, SendError> {
    serde_json::from_slice(&answered.body)
        .map_err(|error| SendError::Refused { status: 200, message: format!("unexpected answer: {error}") })
}
