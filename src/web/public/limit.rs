//! How often somebody may send a form: a bucket for each person behind a link and for each address. And how
//! many taps of one address are counted.
//!
//! In memory and bounded: a restart forgets it, which is no harm. A loopback address is a proxy of the
//! city's own and stands for everybody: it has no bucket.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::domain::{id::ResidentRef, time::Timestamp};

/// Forms in a row that one person may send.
const PERSON: f64 = 5.0;
/// Forms in a row that may come from one address: a mobile network has many people behind one.
const ADDRESS: f64 = 60.0;
/// Changes in a row of one's own data: a section each, with slips of the pen, and codes that are tried.
const CHANGES: f64 = 60.0;
/// Looks in a row at one's own data, which read much.
const LOOKS: f64 = 120.0;
/// Taps in a row that are counted from one address: many more, since a whole mobile network or a proxy of the
/// city's may stand behind it, and few enough that nobody alone makes a link look popular.
const TAPS: f64 = 600.0;
/// A used-up bucket is full again after this time.
const REFILL: Duration = Duration::from_hours(1);
/// How many buckets there are at most.
const MOST: usize = 20_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Sender {
    Person(ResidentRef),
    Changes(ResidentRef),
    Looks(ResidentRef),
    Address(IpAddr),
    Taps(IpAddr),
    LooksFrom(IpAddr),
}

impl Sender {
    fn size(self) -> f64 {
        match self {
            Self::Person(_) => PERSON,
            Self::Changes(_) => CHANGES,
            Self::Looks(_) => LOOKS,
            Self::Address(_) => ADDRESS,
            Self::Taps(_) | Self::LooksFrom(_) => TAPS,
        }
    }
}

/// The buckets: what is left in each, and as of when.
#[derive(Default)]
pub(in crate::web) struct Limiter(Mutex<HashMap<Sender, (f64, Timestamp)>>);

impl Limiter {
    /// Takes one from the person's bucket and one from the address's, or from none and says how long to wait.
    pub(super) fn take(
        &self,
        person: Option<ResidentRef>,
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<(), Duration> {
        self.take_from([person.map(Sender::Person), far(address).map(Sender::Address)], now)
    }

    /// Takes a change of one's own data from the person's bucket and the address's.
    pub(super) fn take_change(
        &self,
        person: ResidentRef,
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<(), Duration> {
        self.take_from([Some(Sender::Changes(person)), far(address).map(Sender::LooksFrom)], now)
    }

    /// Takes a look at one's own data likewise.
    pub(super) fn take_look(
        &self,
        person: ResidentRef,
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<(), Duration> {
        self.take_from([Some(Sender::Looks(person)), far(address).map(Sender::LooksFrom)], now)
    }

    /// Whether a tap from an address is one more to count.
    pub(super) fn take_tap(&self, address: Option<IpAddr>, now: Timestamp) -> bool {
        self.take_from([far(address).map(Sender::Taps), None], now).is_ok()
    }

    fn take_from(&self, senders: [Option<Sender>; 2], now: Timestamp) -> Result<(), Duration> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST {
            buckets.retain(|sender, (left, at)| filled(*sender, *left, *at, now) < sender.size());
            if buckets.len() >= MOST {
                buckets.clear();
            }
        }
        let mut after = Vec::with_capacity(2);
        for sender in senders.into_iter().flatten() {
            let left =
                buckets.get(&sender).map_or(sender.size(), |(left, at)| filled(sender, *left, *at, now));
            if left < 1.0 {
                return Err(REFILL.mul_f64((1.0 - left) / sender.size()));
            }
            after.push((sender, left - 1.0));
        }
        buckets.extend(after.into_iter().map(|(sender, left)| (sender, (left, now))));
        Ok(())
    }
}

fn far(address: Option<IpAddr>) -> Option<IpAddr> {
    address.map(|address| address.to_canonical()).filter(|address| !address.is_loopback())
}

fn filled(sender: Sender, left: f64, at: Timestamp, now: Timestamp) -> f64 {
    let elapsed = now.duration_since(at).as_secs_f64().max(0.0);
    (left + elapsed * sender.size() / REFILL.as_secs_f64()).min(sender.size())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_person_waits_after_five_and_others_do_not() {
        let limiter = Limiter::default();
        let (one, other) = (Some(ResidentRef([1; 16])), Some(ResidentRef([2; 16])));
        for _ in 0..5 {
            assert_eq!(limiter.take(one, None, at(0)), Ok(()));
        }
        assert_eq!(limiter.take(one, None, at(0)), Err(Duration::from_mins(12)));
        assert_eq!(limiter.take(other, None, at(0)), Ok(()));
        assert_eq!(limiter.take(one, None, at(721)), Ok(()));
    }

    #[test]
    fn an_address_has_a_bucket_of_its_own_and_a_proxy_on_this_machine_none() {
        let limiter = Limiter::default();
        let (far, near) = ("192.0.2.1".parse().ok(), "::ffff:127.0.0.1".parse().ok());
        for number in 0..60_u8 {
            assert_eq!(limiter.take(Some(ResidentRef([number; 16])), far, at(0)), Ok(()));
        }
        assert!(limiter.take(Some(ResidentRef([99; 16])), far, at(0)).is_err());
        for number in 0..200_u8 {
            assert_eq!(limiter.take(Some(ResidentRef([number; 16])), near, at(0)), Ok(()));
        }
    }

    #[test]
    fn taps_have_a_bucket_apart_from_forms() {
        let limiter = Limiter::default();
        let far = "192.0.2.1".parse().ok();
        let counted = (0..1_000).filter(|_| limiter.take_tap(far, at(0))).count();
        assert_eq!(counted, 600);
        assert_eq!(limiter.take(None, far, at(0)), Ok(()));
        assert!(limiter.take_tap(far, at(7)), "one every six seconds comes back");
        assert!(limiter.take_tap("127.0.0.1".parse().ok(), at(0)));
    }

    #[test]
    fn the_buckets_are_bounded() {
        let limiter = Limiter::default();
        for number in 0..50_000_u128 {
            let _ = limiter.take(Some(ResidentRef(number.to_be_bytes())), None, at(0));
        }
        assert!(limiter.0.lock().unwrap().len() <= MOST);
    }
}
