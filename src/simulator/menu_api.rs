//! The Messaging API's part about rich menus.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, Path, State as Extract},
    http::{HeaderMap, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use super::{
    FriendId, Simulator,
    api::{Effect, Verdict, authorized, carry_out, header},
    menus::{Change, Menus, Refused},
};
use crate::{
    domain::menu::Menu,
    line::menu::{read_menu, to_value},
};

/// More than any picture that LINE takes, so that LINE's own refusal is heard.
const LARGEST_BODY: usize = 4_000_000;

pub(super) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/v2/bot/richmenu", post(create))
        .route("/v2/bot/richmenu/validate", post(validate))
        .route("/v2/bot/richmenu/list", get(list))
        .route("/v2/bot/richmenu/{id}", axum::routing::delete(delete))
        .route("/v2/bot/richmenu/{id}/content", post(upload).get(content))
        .route("/v2/bot/user/all/richmenu", get(default_menu).delete(clear_default))
        .route("/v2/bot/user/all/richmenu/{id}", post(set_default))
        .route("/v2/bot/richmenu/alias", post(create_alias))
        .route("/v2/bot/richmenu/alias/list", get(aliases))
        .route("/v2/bot/richmenu/alias/{alias}", post(update_alias).delete(delete_alias))
        .route("/v2/bot/richmenu/bulk/link", post(link))
        .route("/v2/bot/richmenu/bulk/unlink", post(unlink))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
}

/// A call's path in the ledger, without ids, and what is judged.
struct Call<'a> {
    simulator: &'a Simulator,
    endpoint: &'static str,
    headers: &'a HeaderMap,
    body: &'a Bytes,
}

impl Call<'_> {
    /// Asks for a change.
    async fn change(
        self,
        status: u16,
        judge: impl FnOnce(&Menus) -> Result<(Change, Value), Refused>,
    ) -> Response<Body> {
        let judged = judge(&self.simulator.state().menus);
        self.end(judged.map(|(change, answer)| (status, answer, Effect::Menus(change)))).await
    }

    /// Asks for nothing but an answer.
    async fn look(self, judge: impl FnOnce(&Menus) -> Result<Value, Refused>) -> Response<Body> {
        let judged = judge(&self.simulator.state().menus);
        self.end(judged.map(|answer| (200, answer, Effect::Look))).await
    }

    async fn end(self, judged: Result<(u16, Value, Effect), Refused>) -> Response<Body> {
        let verdict = match (authorized(self.simulator, self.headers), judged) {
            (Err(refused), _) => *refused,
            (Ok(()), Ok((status, answer, effect))) => {
                Verdict { status, answer, event: None, effect: Some(effect) }
            }
            (Ok(()), Err(Refused(status, message))) => Verdict::refused(status, &message),
        };
        carry_out(self.simulator, self.endpoint, self.headers, self.body, verdict).await
    }

    fn menu(&self) -> Result<Menu, Refused> {
        let value: Value = serde_json::from_slice(self.body)
            .map_err(|_| Refused(400, "The request body could not be parsed as JSON".into()))?;
        read_menu(&value).map_err(|fault| Refused(400, fault.to_string()))
    }

    fn text(&self, name: &str) -> String {
        let value: Value = serde_json::from_slice(self.body).unwrap_or_default();
        value[name].as_str().unwrap_or_default().to_owned()
    }
}

/// The change, answered `{}`.
fn done(change: Result<Change, Refused>) -> Result<(Change, Value), Refused> {
    change.map(|change| (change, json!({})))
}

async fn create(Extract(simulator): Extract<Simulator>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let call = Call { simulator: &simulator, endpoint: "/v2/bot/richmenu", headers: &headers, body: &body };
    let (menu, id) = (call.menu(), format!("richmenu-{}", simulator.state().random.hex()));
    let judge = |menus: &Menus| {
        let menu = menu?;
        menus.room()?;
        Ok((Change::Create { id: id.clone(), menu }, json!({ "richMenuId": id })))
    };
    call.change(200, judge).await
}

async fn validate(Extract(simulator): Extract<Simulator>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let endpoint = "/v2/bot/richmenu/validate";
    let call = Call { simulator: &simulator, endpoint, headers: &headers, body: &body };
    let menu = call.menu();
    call.look(|_| menu.map(|_| json!({}))).await
}

async fn list(Extract(simulator): Extract<Simulator>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let endpoint = "/v2/bot/richmenu/list";
    let shape = |id: &str, menu: &Menu| {
        let mut value = to_value(menu, menu.name());
        value["richMenuId"] = id.into();
        value
    };
    let call = Call { simulator: &simulator, endpoint, headers: &headers, body: &body };
    call.look(|menus| Ok(menus.list(shape))).await
}

async fn delete(
    Extract(simulator): Extract<Simulator>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let endpoint = "/v2/bot/richmenu/{id}";
    let call = Call { simulator: &simulator, endpoint, headers: &headers, body: &body };
    call.change(200, |menus| done(menus.may_delete(id))).await
}

async fn upload(
    Extract(simulator): Extract<Simulator>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let endpoint = "/v2/bot/richmenu/{id}/content";
    let kind = header(&headers, "content-type").unwrap_or_default();
    let call = Call { simulator: &simulator, endpoint, headers: &headers, body: &body };
    call.change(200, |menus| done(menus.may_upload(id, &kind, &body))).await
}

async fn content(
    Extract(simulator): Extract<Simulator>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response<Body> {
    let endpoint = "/v2/bot/richmenu/{id}/content";
    let body = Bytes::new();
    let image = simulator.state().menus.image(&id).cloned();
    let call = Call { simulator: &simulator, endpoint, headers: &headers, body: &body };
    let found = image.is_some();
    let judged = |_: &Menus| {
        if found { Ok(json!({})) } else { Err(Refused(404, "Not found".into())) }
    };
    let answered = call.look(judged).await;
    match image {
        Some(image) if answered.status().is_success() => Response::builder()
            .header("content-type", image.kind().content_type())
            .body(Body::from(image.bytes().to_vec()))
            .expect("a plain header makes a valid answer"),
        _ => answered,
    }
}

async fn default_menu(
    Extract(simulator): Extract<Simulator>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let endpoint = "/v2/bot/user/all/richmenu";
    let call = Call { simulator: &simulator, endpoint, headers: &headers, body: &body };
    call.look(Menus::default_id).await
}

async fn clear_default(
    Extract(simulator): Extract<Simulator>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let endpoint = "/v2/bot/user/all/richmenu";
    let call = Call { simulator: &simulator, endpoint, headers: &headers, body: &body };
    call.change(200, |_| done(Ok(Change::ClearDefault))).await
}

async fn set_default(
    Extract(simulator): Extract<Simulator>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let endpoint = "/v2/bot/user/all/richmenu/{id}";
    let call = Call { simulator: &simulator, endpoint, headers: &headers, body: &body };
    call.change(200, |menus| done(menus.may_default(id))).await
}

async fn create_alias(
    Extract(simulator): Extract<Simulator>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let endpoint = "/v2/bot/richmenu/alias";
    let call = Call { simulator: &simulator, endpoint, headers: &headers, body: &body };
    let (alias, id) = (call.text("richMenuAliasId"), call.text("richMenuId"));
    call.change(200, |menus| done(menus.may_create_alias(&alias, id))).await
}

async fn aliases(Extract(simulator): Extract<Simulator>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let endpoint = "/v2/bot/richmenu/alias/list";
    let call = Call { simulator: &simulator, endpoint, headers: &headers, body: &body };
    call.look(|menus| Ok(menus.alias_list())).await
}

async fn update_alias(
    Extract(simulator): Extract<Simulator>,
    Path(alias): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let endpoint = "/v2/bot/richmenu/alias/{alias}";
    let call = Call { simulator: &simulator, endpoint, headers: &headers, body: &body };
    let id = call.text("richMenuId");
    call.change(200, |menus| done(menus.may_update_alias(&alias, id))).await
}

async fn delete_alias(
    Extract(simulator): Extract<Simulator>,
    Path(alias): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let endpoint = "/v2/bot/richmenu/alias/{alias}";
    let call = Call { simulator: &simulator, endpoint, headers: &headers, body: &body };
    call.change(200, |menus| done(menus.may_delete_alias(&alias))).await
}

async fn link(Extract(simulator): Extract<Simulator>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let endpoint = "/v2/bot/richmenu/bulk/link";
    let call = Call { simulator: &simulator, endpoint, headers: &headers, body: &body };
    let (id, friends) = (call.text("richMenuId"), friends(&body));
    call.change(202, |menus| done(menus.may_link(id, friends))).await
}

async fn unlink(Extract(simulator): Extract<Simulator>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let endpoint = "/v2/bot/richmenu/bulk/unlink";
    let call = Call { simulator: &simulator, endpoint, headers: &headers, body: &body };
    let friends = friends(&body);
    call.change(202, |_| done(Menus::may_unlink(friends))).await
}

/// Whom a call is about.
fn friends(body: &Bytes) -> Vec<FriendId> {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let friends = value["userIds"].as_array().into_iter().flatten().filter_map(Value::as_str);
    friends.map(|id| FriendId(id.to_owned())).collect()
}
