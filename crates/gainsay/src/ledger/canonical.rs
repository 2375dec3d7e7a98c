//! Deterministic CBOR (RFC 8949, section 4.2): what does not re-encode to the same bytes is refused.

use minicbor::{Decode, Encode};

use super::Error;

/// The value's only encoding.
pub fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    // Writing to a vector cannot fail, and no type of the ledger has an encoder that refuses.
    minicbor::to_vec(value).unwrap_or_else(|e| unreachable!("encoding to a vector: {e}"))
}

/// The value of these bytes.
///
/// # Errors
/// Bytes that are no such value, that hold more after it, or that are another encoding of it.
pub fn decode<T: for<'b> Decode<'b, ()> + Encode<()>>(bytes: &[u8], what: &str) -> Result<T, Error> {
    let malformed = |why: String| Error::Malformed { what: what.to_owned(), why };
    let value: T = minicbor::decode(bytes).map_err(|e| malformed(e.to_string()))?;
    if encode(&value) != bytes {
        return Err(malformed("it is not the deterministic encoding".to_owned()));
    }
    Ok(value)
}

/// For `#[cbor(with = "canonical::word")]`: an enum of `claim` as its word.
pub mod word {
    use std::fmt::Display;
    use std::str::FromStr;

    use minicbor::decode::{Decoder, Error as DecodeError};
    use minicbor::encode::{Encoder, Error as EncodeError, Write};

    /// Writes the word.
    pub fn encode<C, T: Display, W: Write>(
        value: &T,
        to: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        to.str(&value.to_string())?.ok()
    }

    /// Reads the word.
    pub fn decode<C, T: FromStr<Err: Display>>(from: &mut Decoder<'_>, _: &mut C) -> Result<T, DecodeError> {
        let at = from.position();
        from.str()?.parse().map_err(|e: T::Err| DecodeError::message(e.to_string()).at(at))
    }
}

/// For `#[cbor(with = "canonical::channels", has_nil)]`: the word of some channels; all of them are not written.
pub mod channels {
    pub use super::word::{decode, encode};
    use crate::claim::Channels;

    /// Whether they are not written.
    pub fn is_nil(channels: &Channels) -> bool {
        *channels == Channels::All
    }

    /// What is not written.
    pub fn nil() -> Option<Channels> {
        Some(Channels::All)
    }
}

/// For `#[cbor(with = "canonical::list", has_nil)]`: a list; an empty one at the end is not written.
pub mod list {
    use minicbor::decode::{Decoder, Error as DecodeError};
    use minicbor::encode::{Encoder, Error as EncodeError, Write};
    use minicbor::{Decode, Encode};

    /// Writes the list.
    pub fn encode<C, T: Encode<C>, W: Write>(
        list: &Vec<T>,
        to: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        list.encode(to, ctx)
    }

    /// Reads the list.
    pub fn decode<'b, C, T: Decode<'b, C>>(from: &mut Decoder<'b>, ctx: &mut C) -> Result<Vec<T>, DecodeError> {
        Vec::decode(from, ctx)
    }

    /// Whether it is not written.
    pub fn is_nil<T>(list: &[T]) -> bool {
        list.is_empty()
    }

    /// What is not written.
    pub fn nil<T>() -> Option<Vec<T>> {
        Some(Vec::new())
    }
}

/// For `#[cbor(with = "canonical::day")]`: a day as RFC 3339 writes it.
pub mod day {
    use jiff::civil::Date;
    use minicbor::decode::{Decoder, Error as DecodeError};
    use minicbor::encode::{Encoder, Error as EncodeError, Write};

    /// Writes the day.
    pub fn encode<C, W: Write>(day: &Date, to: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        to.str(&day.to_string())?.ok()
    }

    /// Reads the day.
    pub fn decode<C>(from: &mut Decoder<'_>, _: &mut C) -> Result<Date, DecodeError> {
        let at = from.position();
        from.str()?.parse().map_err(|e: jiff::Error| DecodeError::message(e.to_string()).at(at))
    }
}

/// For `#[cbor(with = "canonical::moment")]`: a moment as microseconds since 1970-01-01T00:00:00Z.
pub mod moment {
    use jiff::Timestamp;
    use minicbor::decode::{Decoder, Error as DecodeError};
    use minicbor::encode::{Encoder, Error as EncodeError, Write};

    /// Writes the microseconds.
    pub fn encode<C, W: Write>(value: &Timestamp, to: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        to.i64(value.as_microsecond())?.ok()
    }

    /// Reads the microseconds.
    pub fn decode<C>(from: &mut Decoder<'_>, _: &mut C) -> Result<Timestamp, DecodeError> {
        let at = from.position();
        Timestamp::from_microsecond(from.i64()?).map_err(|e| DecodeError::message(e.to_string()).at(at))
    }
}

/// For `#[cbor(with = "canonical::maybe_moment")]`: a moment, or nothing.
pub mod maybe_moment {
    use jiff::Timestamp;
    use minicbor::decode::{Decoder, Error as DecodeError};
    use minicbor::encode::{Encoder, Error as EncodeError, Write};

    use super::moment;

    /// Writes the microseconds, or null.
    pub fn encode<C, W: Write>(
        value: &Option<Timestamp>,
        to: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        match value {
            Some(value) => moment::encode(value, to, ctx),
            None => to.null()?.ok(),
        }
    }

    /// Reads them.
    pub fn decode<C>(from: &mut Decoder<'_>, ctx: &mut C) -> Result<Option<Timestamp>, DecodeError> {
        if from.datatype()? == minicbor::data::Type::Null {
            from.null()?;
            return Ok(None);
        }
        moment::decode(from, ctx).map(Some)
    }
}
