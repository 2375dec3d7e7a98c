//! What entries record of accounts: nothing that opens the desk.

use minicbor::{Decode, Encode};

use crate::claim::EntryId;

/// `account/1`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct AccountSet {
    /// The account's name, which is the author of its entries.
    #[n(0)]
    pub name: String,
    /// The word of its role from then on.
    #[n(1)]
    pub role: String,
    /// Whether it may come in from then on.
    #[n(2)]
    pub is_active: bool,
    /// The cases that it sees from then on; all where there is no list.
    #[n(3)]
    pub cases: Option<Vec<EntryId>>,
    /// What was done to it, in words.
    #[n(4)]
    pub what: String,
}
