//! The whole server against a double of LINE: over HTTP, on a real store, in a folder of its own.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod access_tokens;
mod announcements;
mod api;
mod bad_input;
mod bodies;
mod check_in;
mod command_line;
mod configuration;
mod console;
mod content;
mod conversation;
mod desk;
mod desk_pages;
mod facts;
mod fewer;
mod figures;
mod followers;
mod groups;
mod growing;
mod keys;
mod late;
mod liff;
mod line_numbers;
mod marked;
mod mutations;
mod overload;
mod own_data;
mod own_helpers;
mod privacy;
mod provider;
mod quiet;
mod reach;
mod registration;
mod reload;
mod richmenu;
mod segment_menus;
mod segments;
mod sending;
mod sign_on;
mod stop;
mod support;
mod topics;
#[path = "../support/mod.rs"]
mod town;
mod webhooks;
