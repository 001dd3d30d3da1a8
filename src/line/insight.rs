//! The adapter of the port [`Insight`].

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde::Deserialize;
use tokio::time::Instant;

use super::{
    Credentials, LineConfig,
    client::Http,
    messenger::{bot_info, learn, read},
    rate::{Late, RateGate},
};
use crate::{
    domain::{
        figure::{LineFigures, Said},
        id::AccountId,
        time::Date,
    },
    insight::Insight,
    messenger::{BotInfo, SendError},
};

const FOLLOWERS: &str = "/v2/bot/insight/followers";
/// Calls an hour ("Rate limits", "Get number of followers").
const PER_HOUR: u32 = 60;
/// How long a question waits for its turn; the next one may be a minute away.
const BRIEFLY: Duration = Duration::from_millis(200);
/// So much of a status that is not known is kept.
const LONGEST_STATUS: usize = 40;

/// Asks for the numbers of every account.
pub struct LineInsight {
    http: Http,
    accounts: HashMap<AccountId, (Arc<Credentials>, RateGate)>,
}

impl LineInsight {
    /// For these accounts, each with its own share of LINE's limits.
    pub fn new(config: &LineConfig, http: &Http, accounts: &HashMap<AccountId, Arc<Credentials>>) -> Self {
        let now = Instant::now();
        let gate = || RateGate::over(Duration::from_hours(1), PER_HOUR, config.rate_share, now);
        let each = accounts.iter().map(|(id, credentials)| (id.clone(), (Arc::clone(credentials), gate())));
        Self { http: http.clone(), accounts: each.collect() }
    }

    async fn account(&self, account: &AccountId) -> Result<&(Arc<Credentials>, RateGate), SendError> {
        let found = self.accounts.get(account).ok_or(SendError::NotConfigured)?;
        found.0.ready(&self.http).await?;
        Ok(found)
    }
}

/// `{"status":"ready","followers":7620,"targetedReaches":5848,"blocks":237}`; without numbers where there are none.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shape {
    status: String,
    followers: Option<u64>,
    targeted_reaches: Option<u64>,
    blocks: Option<u64>,
}

impl Shape {
    fn said(self) -> Said {
        match self.status.as_str() {
            "ready" => Said::Ready(LineFigures {
                followers: self.followers,
                blocks: self.blocks,
                reaches: self.targeted_reaches,
            }),
            "unready" => Said::Unready,
            "out_of_service" => Said::OutOfService,
            other => Said::Unknown(other.chars().filter(|c| !c.is_control()).take(LONGEST_STATUS).collect()),
        }
    }
}

#[async_trait]
impl Insight for LineInsight {
    async fn whose(&self, account: &AccountId) -> Result<BotInfo, SendError> {
        let (credentials, _) = self.account(account).await?;
        bot_info(&self.http, credentials).await
    }

    async fn followers(&self, account: &AccountId, day: Date) -> Result<Said, SendError> {
        let (credentials, gate) = self.account(account).await?;
        let in_time = gate.pass_as(false, Some(Instant::now() + BRIEFLY)).await;
        in_time.map_err(|Late| SendError::RateLimited { after: Duration::from_mins(1) })?;
        let query = format!("?date={}", day.strftime("%Y%m%d"));
        let shape: Shape = read(&learn(gate, self.http.get(FOLLOWERS, &query, credentials).await)?)?;
        Ok(shape.said())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(json: &str) -> Said {
        serde_json::from_str::<Shape>(json).unwrap().said()
    }

    #[test]
    fn every_answer_is_read_and_a_missing_number_is_none() {
        let ready = said(r#"{"status":"ready","followers":7620,"targetedReaches":5848,"blocks":237}"#);
        let figures = LineFigures { followers: Some(7_620), blocks: Some(237), reaches: Some(5_848) };
        assert_eq!(ready, Said::Ready(figures));
        let few = said(r#"{"status":"ready","followers":3,"targetedReaches":null,"blocks":0}"#);
        assert_eq!(few, Said::Ready(LineFigures { followers: Some(3), blocks: Some(0), reaches: None }));
        assert_eq!(said(r#"{"status":"unready","followers":null}"#), Said::Unready);
        assert_eq!(said(r#"{"status":"out_of_service"}"#), Said::OutOfService);
        let Said::Unknown(word) = said(&format!(r#"{{"status":"new\n{}"}}"#, "x".repeat(90))) else {
            panic!("a status that is not known")
        };
        assert_eq!((word.len(), &word[..4]), (40, "newx"));
        assert!(serde_json::from_str::<Shape>(r#"{"followers":3}"#).is_err());
        assert!(serde_json::from_str::<Shape>(r#"{"status":"ready","followers":-3}"#).is_err());
    }
}
