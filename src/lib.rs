//! todoke (届け, "delivered"): the open, self-hosted backend behind a municipality's LINE official account.
//!
//! Read in this order: [`domain`] (the city's words), [`journeys`] (what todoke does), then the ports
//! ([`store`], [`messenger`], [`sign_on`]) and what stands behind them. docs/ARCHITECTURE.md is the map;
//! `tests/architecture.rs` holds who may name whom.

pub mod domain;
pub mod id_tokens;
pub mod intent;
pub mod journeys;

pub mod content;
pub mod followers;
pub mod insight;
pub mod menus;
pub mod messenger;
pub mod sign_on;
pub mod store;
pub mod webhooks;

pub mod catalogue;
pub mod health;
pub mod keyring;
pub mod line;
pub mod oidc;
pub mod sheet;
pub mod webhook_client;

pub mod jobs;
pub mod web;

pub mod demo;
pub mod preview;
pub mod simulator;

pub mod app;
pub mod cli;
pub mod config;
pub mod control;
pub mod system;
pub mod telemetry;
