//! Background work: the runner that answers events, the accounts' check-in, and what happens now and then.
//!
//! `app` starts and stops it. A job calls a journey; it decides nothing itself.

pub mod check_in;
pub mod collect;
pub mod deliver;
pub mod periodic;
pub mod runner;
pub mod tell;
