//! What a file is, by its first bytes and never by its name.

/// As many bytes as tell what a file is: the first descriptor of an image of a disc stands behind sixteen sectors.
pub const HEAD: usize = DISC + DISC_MARK.len();

/// Where the first descriptor of an ISO 9660 image has its mark (ECMA-119, 8.1), and the mark.
const DISC: usize = 0x8001;
const DISC_MARK: &[u8] = b"CD001";

/// A format that holds other files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    Zip,
    SevenZip,
    Rar,
    Cab,
    Iso,
    Tar,
    Ar,
    Cpio,
    Rpm,
    Mailbox,
    Git,
    GitObject,
    Stream(Codec),
}

/// A format that holds one stream, compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codec {
    Gzip,
    Bzip2,
    Xz,
    Lzip,
    Zstd,
    Lz4,
}

impl Container {
    /// The format that a file starting with these bytes claims to be.
    pub(crate) fn of(head: &[u8]) -> Option<Container> {
        let starts = |magic: &[u8]| head.starts_with(magic);
        if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") || starts(b"PK\x07\x08PK\x03\x04") {
            Some(Container::Zip)
        } else if starts(b"7z\xbc\xaf\x27\x1c") {
            Some(Container::SevenZip)
        } else if starts(b"Rar!\x1a\x07\0") || starts(b"Rar!\x1a\x07\x01\0") {
            Some(Container::Rar)
        } else if starts(b"MSCF\0\0\0\0") {
            Some(Container::Cab)
        } else if starts(b"!<arch>\n") {
            Some(Container::Ar)
        } else if starts(b"070701") || starts(b"070702") || starts(b"070707") {
            Some(Container::Cpio)
        } else if starts(b"# v2 git bundle\n") || starts(b"# v3 git bundle\n") || starts(b"PACK\0\0\0\x02") {
            Some(Container::Git)
        } else if crate::git::is_loose_file(head) {
            Some(Container::GitObject)
        } else if starts(b"\xed\xab\xee\xdb") {
            Some(Container::Rpm)
        } else if let Some(codec) = Codec::of(head) {
            Some(Container::Stream(codec))
        } else if crate::tar::is_header(head) {
            Some(Container::Tar)
        } else if head.get(DISC..).is_some_and(|rest| rest.starts_with(DISC_MARK)) {
            Some(Container::Iso)
        } else {
            crate::mail::is_mailbox(head).then_some(Container::Mailbox)
        }
    }

    /// The format in a word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Container::Zip => "zip",
            Container::SevenZip => "7z",
            Container::Rar => "rar",
            Container::Cab => "cab",
            Container::Iso => "iso",
            Container::Tar => "tar",
            Container::Ar => "ar",
            Container::Cpio => "cpio",
            Container::Rpm => "rpm",
            Container::Mailbox => "mailbox",
            Container::Git => "git",
            Container::GitObject => "gitobject",
            Container::Stream(codec) => codec.word(),
        }
    }

    /// Whether what is where is only known from a place that has to be looked up, so that it cannot be read as it comes.
    pub(crate) fn needs_seeking(self) -> bool {
        matches!(
            self,
            Container::Zip | Container::SevenZip | Container::Rar | Container::Cab | Container::Iso | Container::Git
        )
    }
}

impl Codec {
    fn of(head: &[u8]) -> Option<Codec> {
        match head {
            [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0 => Some(Codec::Gzip),
            // A block of the first stream, or the end of an empty one.
            [b'B', b'Z', b'h', b'1'..=b'9', block @ ..]
                if block.starts_with(b"1AY&SY") || block.starts_with(b"\x17\x72\x45\x38\x50\x90") =>
            {
                Some(Codec::Bzip2)
            }
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Codec::Xz),
            [b'L', b'Z', b'I', b'P', 1, ..] => Some(Codec::Lzip),
            // A frame, or one to be skipped that another follows.
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Codec::Zstd),
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, rest @ ..] => is_followed_by_zstd(rest).then_some(Codec::Zstd),
            [0x04, 0x22, 0x4d, 0x18, flags, ..] if flags >> 6 == 1 => Some(Codec::Lz4),
            _ => None,
        }
    }

    /// The format in a word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Codec::Gzip => "gzip",
            Codec::Bzip2 => "bzip2",
            Codec::Xz => "xz",
            Codec::Lzip => "lzip",
            Codec::Zstd => "zstd",
            Codec::Lz4 => "lz4",
        }
    }

    /// What its files are called by, and what they are called without it.
    pub(crate) fn suffixes(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Codec::Gzip => &[(".gz", ""), (".tgz", ".tar"), (".svgz", ".svg")],
            Codec::Bzip2 => &[(".bz2", ""), (".tbz2", ".tar"), (".tbz", ".tar")],
            Codec::Xz => &[(".xz", ""), (".txz", ".tar")],
            Codec::Lzip => &[(".lz", ""), (".tlz", ".tar")],
            Codec::Zstd => &[(".zst", ""), (".tzst", ".tar")],
            Codec::Lz4 => &[(".lz4", "")],
        }
    }
}

fn is_followed_by_zstd(rest: &[u8]) -> bool {
    let length = rest.first_chunk().map(|length| u32::from_le_bytes(*length));
    let next = length.and_then(|length| rest.get(4..)?.get(usize::try_from(length).ok()?..));
    next.is_some_and(|next| next.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]))
}

/// What holds other files and is not opened, with the reason.
pub(crate) fn closed(head: &[u8]) -> Option<&'static str> {
    const CLOSED: &[(&[u8], &str)] = &[
        (b"RE~^", "a RAR archive older than version 1.5, which is not read"),
        (b"MSWIM\0\0\0", "a Windows image (WIM), which is not read"),
        (b"hsqs", "a SquashFS image, which is not read"),
        (b"xar!", "a xar archive, which is not read"),
        (b"QFI\xfb", "a disk of a virtual machine (QCOW), which is not read"),
        (b"KDMV", "a disk of a virtual machine (VMDK), which is not read"),
        (b"vhdxfile", "a disk of a virtual machine (VHDX), which is not read"),
        (b"conectix", "a disk of a virtual machine (VHD), which is not read"),
        (b"LUKS\xba\xbe", "an encrypted disk (LUKS); it is not opened"),
        (b"age-encryption.org/v1", "a file encrypted with age; it is not opened"),
        (b"-----BEGIN PGP MESSAGE", "a message encrypted with PGP; it is not opened"),
    ];
    let known = CLOSED.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, what)| *what);
    known.or(match head {
        // `-lh5-` and its like stand behind two bytes.
        [_, _, b'-', b'l', b'h' | b'z', b'0'..=b'7' | b'd' | b's', b'-', ..] => {
            Some("an LHA archive, which is not read")
        }
        // The most bits of a code, from nine to sixteen, and whether the table starts anew.
        [0x1f, 0x9d, flags, ..] if flags & 0x60 == 0 && (9..=16).contains(&(flags & 0x1f)) => {
            Some("a stream of compress (.Z), which is not read")
        }
        // The length of the head, then that of its first part.
        [0x60, 0xea, _, 0..=10, 30..=60, ..] => Some("an ARJ archive, which is not read"),
        _ => None,
    })
}

/// Whether a file that starts with these bytes, of which [`HEAD`] are enough, holds other files. A mailbox holds texts.
pub fn is_archive(head: &[u8]) -> bool {
    Container::of(head).is_some_and(|container| container != Container::Mailbox) || closed(head).is_some()
}
