//! Marks: what names a build, or stands in it by its name, as a fingerprint.

use crate::profile::Profile;

const KEY_CONTEXT: &str = "gainsay fingerprint profile: key of marks";

/// Makes marks under a profile. They are kept and looked up in [`crate::Channel::Parts`], of whose own fingerprints none is one of them:
/// these are made under another key. `docs/fingerprint-profile-1.md`, "Marks", is the specification.
pub struct Marks {
    key: [u8; 32],
}

impl Marks {
    /// Those of a profile.
    pub fn new(profile: &Profile) -> Self {
        Marks { key: profile.derive_key(KEY_CONTEXT) }
    }

    /// The mark of a value of a kind, such as `build-id`; a kind has no byte of zero.
    pub fn of(&self, kind: &str, value: &[u8]) -> u64 {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(kind.as_bytes()).update(&[0]).update(value);
        let mut bytes = [0; 8];
        hasher.finalize_xof().fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_what_the_document_says() {
        let marks = Marks::new(&Profile::one());
        assert_eq!(marks.of("build-id", b"abababab"), VECTOR);
        assert_ne!(marks.of("build", b"\0-idabababab"), marks.of("build-id", b"abababab"));
        assert_ne!(Marks::new(&Profile::of_engagement(&[1; 32])).of("build-id", b"abababab"), VECTOR);
    }

    const VECTOR: u64 = 0x38f6_9b32_d24d_cc2d;
}
