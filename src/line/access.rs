//! Channel access tokens: the one that was given, or stateless ones, which LINE issues for a quarter of an hour to whoever
//! has the channel's id and secret.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::Mutex, time::Instant};

use super::client::{Http, Issued};
use crate::messenger::SendError;

/// After a failure nobody asks again for so long: those who wait are told the same.
const PAUSE: Duration = Duration::from_secs(1);
/// A token is renewed when so much of its time is over: of 15 minutes after 12 (LINE's guide "Channel access token").
const FRESH: f64 = 0.8;
/// And not used any more when so much is over: a call that is on its way has to arrive with it.
const USABLE: f64 = 0.97;

/// How calls are let in at LINE.
#[derive(Debug)]
pub(super) enum Access {
    /// There is no token, and no channel id to get one with.
    None,
    /// A token that was given; it cannot be renewed.
    Given(Arc<SecretString>),
    /// Tokens that are issued.
    Issued(Stateless),
}

impl Access {
    /// A token that counts now.
    pub(super) async fn token(&self, http: &Http) -> Result<Arc<SecretString>, SendError> {
        match self {
            Self::None => Err(SendError::NotConfigured),
            Self::Given(token) => Ok(Arc::clone(token)),
            Self::Issued(stateless) => stateless.token(http).await,
        }
    }

    /// Another token than one that LINE refused; `None`: there is no other.
    pub(super) async fn instead_of(
        &self,
        refused: &Arc<SecretString>,
        http: &Http,
    ) -> Result<Option<Arc<SecretString>>, SendError> {
        match self {
            Self::None | Self::Given(_) => Ok(None),
            Self::Issued(stateless) => stateless.instead_of(refused, http).await.map(Some),
        }
    }
}

/// Tokens of one channel. One caller renews at a time, for all.
#[derive(Debug)]
pub(super) struct Stateless {
    channel_id: String,
    channel_secret: SecretString,
    current: ArcSwapOption<Current>,
    /// Held by whoever renews; with the last failure.
    renewing: Mutex<Option<Failed>>,
}

#[derive(Debug)]
struct Current {
    token: Arc<SecretString>,
    fresh_until: Instant,
    usable_until: Instant,
}

#[derive(Debug)]
struct Failed {
    at: Instant,
    why: Why,
}

/// A failure, without its cause: that was logged where it happened.
#[derive(Debug, Clone, Copy)]
enum Why {
    Refused,
    TooOften(Duration),
    NotReached,
}

impl Why {
    fn of(error: &SendError) -> Self {
        match error {
            SendError::Unauthorized => Self::Refused,
            SendError::RateLimited { after } => Self::TooOften(*after),
            _ => Self::NotReached,
        }
    }

    fn error(self) -> SendError {
        match self {
            Self::Refused => SendError::Unauthorized,
            Self::TooOften(after) => SendError::RateLimited { after },
            Self::NotReached => SendError::NotSent(None),
        }
    }
}

impl Stateless {
    pub(super) fn new(channel_id: String, channel_secret: SecretString) -> Self {
        Self { channel_id, channel_secret, current: ArcSwapOption::empty(), renewing: Mutex::new(None) }
    }

    async fn token(&self, http: &Http) -> Result<Arc<SecretString>, SendError> {
        let old = self.current.load_full();
        let now = Instant::now();
        if let Some(old) = old.filter(|old| now < old.usable_until) {
            if now < old.fresh_until {
                return Ok(Arc::clone(&old.token));
            }
            // One renews it; the others go on with it, and so does the one should it not succeed.
            let Ok(mut failed) = self.renewing.try_lock() else { return Ok(Arc::clone(&old.token)) };
            return match self.another_than(&old.token, &mut failed, http).await {
                Ok(token) => Ok(token),
                Err(_) => Ok(Arc::clone(&old.token)),
            };
        }
        let mut failed = self.renewing.lock().await;
        match self.current.load_full().filter(|current| Instant::now() < current.usable_until) {
            // Somebody else has renewed it meanwhile.
            Some(current) => Ok(Arc::clone(&current.token)),
            None => self.renew(&mut failed, http).await,
        }
    }

    async fn instead_of(
        &self,
        refused: &Arc<SecretString>,
        http: &Http,
    ) -> Result<Arc<SecretString>, SendError> {
        let mut failed = self.renewing.lock().await;
        self.another_than(refused, &mut failed, http).await
    }

    async fn another_than(
        &self,
        old: &Arc<SecretString>,
        failed: &mut Option<Failed>,
        http: &Http,
    ) -> Result<Arc<SecretString>, SendError> {
        match self.current.load_full().filter(|current| !Arc::ptr_eq(&current.token, old)) {
            Some(current) => Ok(Arc::clone(&current.token)),
            None => self.renew(failed, http).await,
        }
    }

    async fn renew(&self, failed: &mut Option<Failed>, http: &Http) -> Result<Arc<SecretString>, SendError> {
        let asked = Instant::now();
        if let Some(last) = failed.as_ref().filter(|last| asked.duration_since(last.at) < PAUSE) {
            return Err(last.why.error());
        }
        match http.issue(&self.channel_id, self.channel_secret.expose_secret()).await {
            Ok(Issued { token, life }) => {
                *failed = None;
                let token = Arc::new(token);
                self.current.store(Some(Arc::new(Current {
                    token: Arc::clone(&token),
                    fresh_until: asked + life.mul_f64(FRESH),
                    usable_until: asked + life.mul_f64(USABLE),
                })));
                Ok(token)
            }
            Err(error) => {
                *failed = Some(Failed { at: Instant::now(), why: Why::of(&error) });
                Err(error)
            }
        }
    }
}
