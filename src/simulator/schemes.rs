//! LINE's own pages behind `https://line.me/R/…`: the one that asks whether an account is to be added, so that whoever
//! plays with the double can come by a link or a QR code as a resident does.

use axum::{
    Form, Router,
    extract::{Path, State as Extract},
    response::Html,
    routing::get,
};
use serde::Deserialize;

use super::{Act, Simulator};

pub(super) fn routes() -> Router<Simulator> {
    Router::new().route("/R/ti/p/{id}", get(ask).post(add)).route("/R/nv/recommendOA/{id}", get(recommend))
}

#[derive(Deserialize)]
struct Added {
    #[serde(default)]
    name: String,
    #[serde(default)]
    language: String,
}

fn page(title: &str, body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"ja\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title></head>\
         <body><main><h1>{title}</h1>{body}</main></body></html>"
    ))
}

async fn ask(Extract(simulator): Extract<Simulator>, Path(_): Path<String>) -> Html<String> {
    let name = escaped(&simulator.0.config.bot_name);
    page(
        &format!("{name} を友だちに追加（LINEの練習用の画面）"),
        "<form method=\"post\"><p><label>あなたの名前 <input name=\"name\" value=\"新しい住民\" maxlength=\"20\"></label></p>\
         <p><label>LINEの言語 <select name=\"language\"><option value=\"ja\">日本語</option><option value=\"en\">English</option></select></label></p>\
         <p><button type=\"submit\">追加</button></p></form>",
    )
}

/// Somebody new adds the account.
async fn add(
    Extract(simulator): Extract<Simulator>,
    Path(_): Path<String>,
    Form(added): Form<Added>,
) -> Html<String> {
    let name: String = added.name.trim().chars().take(20).collect();
    let language = if added.language == "en" { "en" } else { "ja" };
    let friend = simulator.add_person(if name.is_empty() { "新しい住民".to_owned() } else { name }, language);
    simulator.act(&friend, Act::Follow);
    page("追加しました", "<p>この画面は閉じてください。</p>")
}

async fn recommend(Extract(simulator): Extract<Simulator>, Path(_): Path<String>) -> Html<String> {
    let name = escaped(&simulator.0.config.bot_name);
    page(
        &format!("{name} をおすすめする相手を選ぶ（LINEの練習用の画面）"),
        "<p>この画面は閉じてください。</p>",
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
