//! The adapter of the port [`Followers`].

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use serde::Deserialize;
use tokio::time::Instant;

use super::{
    Credentials, LineConfig,
    client::{Http, Place, encoded},
    messenger::{learn, read},
    rate::RateGate,
};
use crate::{
    domain::{
        follower::PageToken,
        id::{AccountId, LineUserId},
    },
    followers::{Followers, FollowersPage},
    messenger::SendError,
};

/// People on a page at most ("limit").
const MOST_ON_A_PAGE: usize = 1_000;
/// LINE's limit for this endpoint ("Rate limits", all others), calls a second.
const PER_SECOND: u32 = 2_000;

/// Lists the followers of every account.
pub struct LineFollowers {
    http: Http,
    accounts: HashMap<AccountId, (Arc<Credentials>, RateGate)>,
}

impl LineFollowers {
    /// For these accounts, each with its own share of LINE's limits.
    pub fn new(config: &LineConfig, http: &Http, accounts: &HashMap<AccountId, Arc<Credentials>>) -> Self {
        let now = Instant::now();
        let gate = || RateGate::new(PER_SECOND, config.rate_share, now);
        let each = accounts.iter().map(|(id, credentials)| (id.clone(), (Arc::clone(credentials), gate())));
        Self { http: http.clone(), accounts: each.collect() }
    }
}

#[async_trait]
impl Followers for LineFollowers {
    async fn page(&self, account: &AccountId, after: Option<&PageToken>) -> Result<FollowersPage, SendError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Shape {
            user_ids: Vec<LineUserId>,
            next: Option<String>,
        }
        let (credentials, gate) = self.accounts.get(account).ok_or(SendError::NotConfigured)?;
        credentials.ready(&self.http).await?;
        let mut query = format!("?limit={MOST_ON_A_PAGE}");
        if let Some(after) = after {
            query.push_str("&start=");
            query.push_str(&encoded(after.expose()));
        }
        gate.pass().await;
        let answered =
            learn(gate, self.http.look(Place::api("/v2/bot/followers/ids", &query), credentials).await)?;
        let Shape { user_ids, next } = read(&answered)?;
        let next = next.filter(|next| !next.is_empty()).map(PageToken::new);
        Ok(FollowersPage { people: user_ids, next })
    }
}
