//! How long somebody waits who tries passwords: the longer the more often they were wrong, for a name and for where they come from.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// So many tries of a name cost nothing, and so many from one place, where many may sit behind one address.
const FREE: u32 = 5;
const FREE_OF_ADDRESS: u32 = 20;

/// The longest wait, in seconds; whoever was quiet for twice as long begins anew.
const LONGEST: i64 = 900;

/// Of how many names and addresses it is known; beyond that the oldest are forgotten.
const KNOWN: usize = 10_000;

/// What was tried.
#[derive(Default)]
pub(super) struct Patience {
    tries: Mutex<(Tries<String>, Tries<IpAddr>)>,
}

/// How often something was tried without success, and when it was last.
type Tries<K> = HashMap<K, (u32, i64)>;

impl Patience {
    /// Counts a try before its password is looked at, so that tries at once count as those one behind the other. In vain it tells how many
    /// seconds are to go, and does not count.
    pub(super) fn ask(&self, name: &str, address: Option<IpAddr>, now: Timestamp) -> Result<(), i64> {
        let now = now.as_second();
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        let name = name.to_lowercase();
        let address = address.map(whole_net);
        let of_name = to_go(&tries.0, &name, FREE, now);
        let of_address = address.map_or(0, |address| to_go(&tries.1, &address, FREE_OF_ADDRESS, now));
        match of_name.max(of_address) {
            0 => {
                count(&mut tries.0, name, now);
                address.into_iter().for_each(|address| count(&mut tries.1, address, now));
                Ok(())
            }
            wait => Err(wait),
        }
    }

    /// Forgets what was tried of a name that was then told its password. Of its address one try is taken back: who has one account does
    /// not try others for free.
    pub(super) fn forget(&self, name: &str, address: Option<IpAddr>) {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        tries.0.remove(&name.to_lowercase());
        if let Some((times, _)) = address.and_then(|address| tries.1.get_mut(&whole_net(address))) {
            *times = times.saturating_sub(1);
        }
    }
}

/// Of the new kind one customer has 2^64 addresses.
fn whole_net(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => {
            six.to_ipv4_mapped().map_or_else(|| IpAddr::V6((six.to_bits() & !u128::from(u64::MAX)).into()), IpAddr::V4)
        }
    }
}

fn to_go<K: Eq + Hash>(tries: &Tries<K>, of: &K, free: u32, now: i64) -> i64 {
    let Some((times, last)) = tries.get(of).filter(|(_, last)| now - last < 2 * LONGEST) else { return 0 };
    let Some(over) = times.checked_sub(free) else { return 0 };
    let wait = 1_i64.checked_shl(over.min(30)).unwrap_or(LONGEST).min(LONGEST);
    (last + wait - now).max(0)
}

fn count<K: Eq + Hash + Clone>(tries: &mut Tries<K>, of: K, now: i64) {
    if tries.len() >= KNOWN {
        tries.retain(|_, (_, last)| now - *last < 2 * LONGEST);
        let oldest = tries.iter().min_by_key(|(_, (_, last))| *last).map(|(key, _)| key.clone());
        if let Some(oldest) = oldest.filter(|_| tries.len() >= KNOWN) {
            tries.remove(&oldest);
        }
    }
    let (times, last) = tries.entry(of).or_default();
    *times = if now - *last < 2 * LONGEST { times.saturating_add(1) } else { 1 };
    *last = now;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    #[test]
    fn a_name_is_tried_ever_more_slowly_and_begins_anew_with_its_password() {
        let patience = Patience::default();
        for _ in 0..FREE {
            assert_eq!(patience.ask("Ana", None, at(0)), Ok(()));
        }
        assert_eq!(patience.ask("ana", None, at(0)), Err(1));
        assert_eq!(patience.ask("ana", None, at(1)), Ok(()));
        assert_eq!(patience.ask("ana", None, at(1)), Err(2));
        assert_eq!(patience.ask("ana", None, at(3)), Ok(()));
        assert_eq!(patience.ask("ben", None, at(3)), Ok(()), "others are not held up");
        let mut now = 3;
        for _ in 0..20 {
            now += patience.ask("ana", None, at(now)).unwrap_err();
            assert_eq!(patience.ask("ana", None, at(now)), Ok(()));
        }
        assert_eq!(patience.ask("ana", None, at(now)), Err(LONGEST));
        patience.forget("ANA", None);
        assert_eq!(patience.ask("ana", None, at(now)), Ok(()));
    }

    #[test]
    fn an_address_is_held_up_whichever_names_it_tries() {
        let patience = Patience::default();
        let of = |text: &str| Some(text.parse().unwrap());
        for it in 0..FREE_OF_ADDRESS {
            assert_eq!(patience.ask(&it.to_string(), of(&format!("2001:db8::{it}")), at(0)), Ok(()));
        }
        assert_eq!(patience.ask("x", of("2001:db8::ffff"), at(0)), Err(1), "one net is one place");
        assert_eq!(patience.ask("x", of("2001:db8:0:1::1"), at(0)), Ok(()));
        assert_eq!(patience.ask("x", of("192.0.2.1"), at(0)), Ok(()));
    }

    #[test]
    fn what_it_knows_is_bounded() {
        let patience = Patience::default();
        for it in 0..2 * KNOWN {
            assert_eq!(patience.ask(&it.to_string(), None, at(0)), Ok(()));
        }
        assert_eq!(patience.tries.lock().unwrap().0.len(), KNOWN);
    }
}
