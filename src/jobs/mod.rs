//! Background work: the runner that answers events, and what happens now and then.
//!
//! `app` starts and stops it. A job calls a journey; it decides nothing itself.

pub mod periodic;
pub mod runner;
