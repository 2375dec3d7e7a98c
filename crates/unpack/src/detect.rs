//! What a file is, by its first bytes and never by its name.

/// As many bytes as tell what a file is: one block of a tar archive.
pub const HEAD: usize = 512;

/// A format that holds other files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    Zip,
    Tar,
    Gzip,
}

impl Container {
    /// The format that a file starting with these bytes claims to be.
    pub(crate) fn of(head: &[u8]) -> Option<Container> {
        if head.starts_with(b"PK\x03\x04")
            || head.starts_with(b"PK\x05\x06")
            || head.starts_with(b"PK\x07\x08PK\x03\x04")
        {
            Some(Container::Zip)
        } else if matches!(head, [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0) {
            Some(Container::Gzip)
        } else if crate::tar::is_header(head) {
            Some(Container::Tar)
        } else {
            None
        }
    }
}

/// Whether a file that starts with these bytes, of which [`HEAD`] are enough, holds other files.
pub fn is_archive(head: &[u8]) -> bool {
    Container::of(head).is_some()
}
