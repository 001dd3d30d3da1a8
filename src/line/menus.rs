//! The adapter of the port [`RichMenus`].

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    Credentials, LineConfig,
    client::{Answered, Host, Http, Place},
    menu,
    messenger::{encode, learn, read},
    rate::RateGate,
};
use crate::{
    domain::{
        id::{AccountId, LineUserId},
        menu::{Menu, MenuAlias, MenuId, MenuImage},
    },
    menus::{FoundAlias, FoundMenu, MOST_LINKED, RichMenus},
    messenger::SendError,
};

const JSON: &str = "application/json";
const MENUS: &str = "/v2/bot/richmenu";
const ONE_MENU: &str = "/v2/bot/richmenu/";
const ALIASES: &str = "/v2/bot/richmenu/alias";
const ONE_ALIAS: &str = "/v2/bot/richmenu/alias/";
const DEFAULT: &str = "/v2/bot/user/all/richmenu";
const ONE_DEFAULT: &str = "/v2/bot/user/all/richmenu/";

/// LINE's limits ("Rate limits"): calls an hour to make menus, to delete them, and to delete aliases, each alone.
const PER_HOUR: u32 = 100;
/// Lists of menus a second, since 2026-05-26.
const LISTS_PER_SECOND: u32 = 10;
/// Every other endpoint here, a second.
const PER_SECOND: u32 = 2_000;

/// Looks after every account's menus.
pub struct LineMenus {
    http: Http,
    accounts: HashMap<AccountId, Channel>,
}

/// One account's credentials and rate gates.
struct Channel {
    credentials: Arc<Credentials>,
    create: RateGate,
    delete: RateGate,
    delete_alias: RateGate,
    list: RateGate,
    other: RateGate,
}

impl LineMenus {
    /// For these accounts, each with its own share of LINE's limits.
    pub fn new(config: &LineConfig, http: &Http, accounts: &HashMap<AccountId, Arc<Credentials>>) -> Self {
        let now = Instant::now();
        let hourly = || RateGate::over(Duration::from_hours(1), PER_HOUR, config.rate_share, now);
        let channel = |credentials: &Arc<Credentials>| Channel {
            credentials: Arc::clone(credentials),
            create: hourly(),
            delete: hourly(),
            delete_alias: hourly(),
            list: RateGate::new(LISTS_PER_SECOND, config.rate_share, now),
            other: RateGate::new(PER_SECOND, config.rate_share, now),
        };
        let accounts = accounts.iter().map(|(id, credentials)| (id.clone(), channel(credentials))).collect();
        Self { http: http.clone(), accounts }
    }

    async fn channel(&self, account: &AccountId) -> Result<&Channel, SendError> {
        let channel = self.accounts.get(account).ok_or(SendError::NotConfigured)?;
        channel.credentials.ready(&self.http).await?;
        Ok(channel)
    }

    /// Posts JSON (or nothing) to an endpoint of the wide gate.
    async fn post(
        &self,
        account: &AccountId,
        endpoint: &'static str,
        tail: &str,
        body: Option<&Value>,
    ) -> Result<Answered, SendError> {
        let channel = self.channel(account).await?;
        channel.other.pass().await;
        let body = body.map(encode).unwrap_or_default();
        let result = self.http.send(Place::api(endpoint, tail), &channel.credentials, JSON, body).await;
        learn(&channel.other, result)
    }

    async fn get(&self, account: &AccountId, endpoint: &'static str) -> Result<Answered, SendError> {
        let channel = self.channel(account).await?;
        channel.list.pass().await;
        learn(&channel.list, self.http.look(Place::api(endpoint, ""), &channel.credentials).await)
    }
}

/// Where a menu's picture is.
fn content(tail: &str) -> Place<'_> {
    Place { host: Host::Data, endpoint: ONE_MENU, tail }
}

/// The path of a menu's picture behind the endpoint.
fn content_tail(menu: &MenuId) -> String {
    format!("{}/content", menu.0)
}

/// LINE's ids become parts of paths, so only plain ones are taken.
fn plain_id(id: String) -> Result<MenuId, SendError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if !id.is_empty() && id.bytes().all(plain) {
        Ok(MenuId(id))
    } else {
        Err(SendError::Refused { status: 200, message: "unexpected answer: an id of a rich menu".into() })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct IdShape {
    rich_menu_id: String,
}

#[async_trait]
impl RichMenus for LineMenus {
    async fn menus(&self, account: &AccountId) -> Result<Vec<FoundMenu>, SendError> {
        #[derive(Deserialize)]
        struct Shape {
            richmenus: Vec<One>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct One {
            rich_menu_id: String,
            #[serde(default)]
            name: String,
        }
        let shape: Shape = read(&self.get(account, "/v2/bot/richmenu/list").await?)?;
        let found = shape.richmenus.into_iter();
        found.map(|one| Ok(FoundMenu { id: plain_id(one.rich_menu_id)?, name: one.name })).collect()
    }

    async fn aliases(&self, account: &AccountId) -> Result<Vec<FoundAlias>, SendError> {
        #[derive(Deserialize)]
        struct Shape {
            aliases: Vec<One>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct One {
            rich_menu_alias_id: String,
            rich_menu_id: String,
        }
        let shape: Shape = read(&self.get(account, "/v2/bot/richmenu/alias/list").await?)?;
        let found = shape.aliases.into_iter();
        found
            .map(|one| Ok(FoundAlias { alias: one.rich_menu_alias_id, menu: plain_id(one.rich_menu_id)? }))
            .collect()
    }

    async fn default_menu(&self, account: &AccountId) -> Result<Option<MenuId>, SendError> {
        match self.get(account, DEFAULT).await {
            Ok(answered) => plain_id(read::<IdShape>(&answered)?.rich_menu_id).map(Some),
            // None is set through the API.
            Err(SendError::Gone) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn has_image(&self, account: &AccountId, menu: &MenuId) -> Result<bool, SendError> {
        let channel = self.channel(account).await?;
        channel.other.pass().await;
        match learn(&channel.other, self.http.look(content(&content_tail(menu)), &channel.credentials).await)
        {
            Ok(_) => Ok(true),
            Err(SendError::Gone) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn validate(&self, account: &AccountId, menu: &Menu, name: &str) -> Result<(), SendError> {
        let body = menu::to_value(menu, name);
        self.post(account, "/v2/bot/richmenu/validate", "", Some(&body)).await.map(drop)
    }

    async fn create(&self, account: &AccountId, menu: &Menu, name: &str) -> Result<MenuId, SendError> {
        let channel = self.channel(account).await?;
        channel.create.pass().await;
        let body = encode(&menu::to_value(menu, name));
        let result = self.http.send(Place::api(MENUS, ""), &channel.credentials, JSON, body).await;
        plain_id(read::<IdShape>(&learn(&channel.create, result)?)?.rich_menu_id)
    }

    async fn upload(&self, account: &AccountId, menu: &MenuId, image: &MenuImage) -> Result<(), SendError> {
        let channel = self.channel(account).await?;
        channel.other.pass().await;
        let (kind, bytes) = (image.kind().content_type(), image.bytes().to_vec());
        let result = self.http.send(content(&content_tail(menu)), &channel.credentials, kind, bytes).await;
        learn(&channel.other, result).map(drop)
    }

    async fn delete(&self, account: &AccountId, menu: &MenuId) -> Result<(), SendError> {
        let channel = self.channel(account).await?;
        channel.delete.pass().await;
        let result = self.http.delete(Place::api(ONE_MENU, &menu.0), &channel.credentials).await;
        learn(&channel.delete, result).map(drop)
    }

    async fn set_default(&self, account: &AccountId, menu: &MenuId) -> Result<(), SendError> {
        self.post(account, ONE_DEFAULT, &menu.0, None).await.map(drop)
    }

    async fn clear_default(&self, account: &AccountId) -> Result<(), SendError> {
        let channel = self.channel(account).await?;
        channel.other.pass().await;
        learn(&channel.other, self.http.delete(Place::api(DEFAULT, ""), &channel.credentials).await).map(drop)
    }

    async fn create_alias(
        &self,
        account: &AccountId,
        alias: &MenuAlias,
        menu: &MenuId,
    ) -> Result<(), SendError> {
        let body = json!({ "richMenuAliasId": alias.as_str(), "richMenuId": menu.0 });
        self.post(account, ALIASES, "", Some(&body)).await.map(drop)
    }

    async fn update_alias(
        &self,
        account: &AccountId,
        alias: &MenuAlias,
        menu: &MenuId,
    ) -> Result<(), SendError> {
        let body = json!({ "richMenuId": menu.0 });
        self.post(account, ONE_ALIAS, alias.as_str(), Some(&body)).await.map(drop)
    }

    async fn delete_alias(&self, account: &AccountId, alias: &MenuAlias) -> Result<(), SendError> {
        let channel = self.channel(account).await?;
        channel.delete_alias.pass().await;
        let result = self.http.delete(Place::api(ONE_ALIAS, alias.as_str()), &channel.credentials).await;
        learn(&channel.delete_alias, result).map(drop)
    }

    async fn link(
        &self,
        account: &AccountId,
        menu: &MenuId,
        residents: &[LineUserId],
    ) -> Result<(), SendError> {
        for some in residents.chunks(MOST_LINKED) {
            let ids: Vec<&str> = some.iter().map(LineUserId::expose).collect();
            let body = json!({ "richMenuId": menu.0, "userIds": ids });
            self.post(account, "/v2/bot/richmenu/bulk/link", "", Some(&body)).await?;
        }
        Ok(())
    }

    async fn unlink(&self, account: &AccountId, residents: &[LineUserId]) -> Result<(), SendError> {
        for some in residents.chunks(MOST_LINKED) {
            let ids: Vec<&str> = some.iter().map(LineUserId::expose).collect();
            let body = json!({ "userIds": ids });
            self.post(account, "/v2/bot/richmenu/bulk/unlink", "", Some(&body)).await?;
        }
        Ok(())
    }
}
