//! The city's words: plain values and folds that every other part speaks in.
//!
//! Everybody names this module; it names nothing of ours. It never does IO, reads a clock, or draws a
//! random number: those come in through the ports [`time::Clock`], [`id::Ids`] and [`id::Entropy`].

pub mod account;
pub mod announcement;
pub mod api_key;
pub mod attribute;
pub mod audit;
pub mod content;
pub mod conversation;
pub mod emergency;
pub mod enquiry;
pub mod event;
pub mod fewer;
pub mod figure;
pub mod follower;
pub mod helper;
pub mod id;
pub mod language;
pub mod liff;
pub mod link;
pub mod menu;
pub mod message;
pub mod place;
pub mod population;
pub mod profile;
pub mod reason;
pub mod registration;
pub mod resident;
pub mod roster;
pub mod segment;
pub mod settlement;
pub mod staff;
pub mod telling;
pub mod time;
pub mod unanswered;
pub mod version;
