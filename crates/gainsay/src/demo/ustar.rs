//! Writes the uncompressed archive that the crew offers: ustar (POSIX.1-1988), regular files only.
//!
//! Every field that could differ between two runs is fixed, so that the archive's digest never changes.

const BLOCK: usize = 512;
/// The ustar name field without its prefix field; the demo's paths are far shorter.
const LONGEST_NAME: usize = 100;

/// Appends one file to an archive. Gives `false`, and leaves the archive as it was, where a name is longer than
/// 100 bytes or a file than 8 GiB less one byte, which the format's fields can't hold.
pub(super) fn append(archive: &mut Vec<u8>, name: &str, bytes: &[u8], modified_s: u64) -> bool {
    if name.is_empty() || name.len() > LONGEST_NAME || bytes.len() > 0o77_777_777_777 {
        return false;
    }
    let mut header = [0u8; BLOCK];
    put(&mut header, 0, name.as_bytes());
    put(&mut header, 100, b"0000644\0");
    put(&mut header, 108, b"0000000\0");
    put(&mut header, 116, b"0000000\0");
    put(&mut header, 124, format!("{:011o}\0", bytes.len()).as_bytes());
    put(&mut header, 136, format!("{modified_s:011o}\0").as_bytes());
    header[156] = b'0';
    put(&mut header, 257, b"ustar\x0000");
    // The sum is taken with its own field as spaces.
    put(&mut header, 148, b"        ");
    let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
    put(&mut header, 148, format!("{sum:06o}\0 ").as_bytes());

    archive.extend_from_slice(&header);
    archive.extend_from_slice(bytes);
    archive.resize(archive.len().next_multiple_of(BLOCK), 0);
    true
}

/// Ends an archive: two empty blocks.
pub(super) fn finish(archive: &mut Vec<u8>) {
    archive.resize(archive.len() + 2 * BLOCK, 0);
}

fn put(header: &mut [u8; BLOCK], at: usize, field: &[u8]) {
    header[at..at + field.len()].copy_from_slice(field);
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that fails here has failed")]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A second, independent reading of the format: names and contents in order.
    pub(in crate::demo) fn list(mut archive: &[u8]) -> Vec<(String, Vec<u8>)> {
        let octal = |field: &[u8]| {
            let digits = std::str::from_utf8(field).unwrap().trim_matches(|c| c == '\0' || c == ' ');
            usize::from_str_radix(digits, 8).unwrap()
        };
        let mut members = Vec::new();
        while archive[0] != 0 {
            let (header, rest) = archive.split_at(512);
            assert_eq!(&header[257..265], b"ustar\x0000");
            let unsummed: usize =
                header.iter().enumerate().map(|(at, &b)| if (148..156).contains(&at) { 32 } else { b.into() }).sum();
            assert_eq!(octal(&header[148..156]), unsummed);
            let name = header[..100].split(|&b| b == 0).next().unwrap();
            let size = octal(&header[124..136]);
            members.push((String::from_utf8(name.to_vec()).unwrap(), rest[..size].to_vec()));
            archive = &rest[size.div_ceil(512) * 512..];
        }
        assert_eq!(archive, [0; 1024]);
        members
    }

    #[test]
    fn a_name_too_long_is_refused() {
        let mut archive = Vec::new();
        assert!(append(&mut archive, &"n".repeat(100), b"x", 0));
        let length = archive.len();
        assert!(!append(&mut archive, &"n".repeat(101), b"x", 0));
        assert_eq!(archive.len(), length);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            files in prop::collection::vec(("[a-z]{1,20}/[a-zé]{1,30}", prop::collection::vec(any::<u8>(), 0..1500)), 0..6)
        ) {
            let mut archive = Vec::new();
            for (name, bytes) in &files {
                prop_assert!(append(&mut archive, name, bytes, 1_713_657_600));
            }
            finish(&mut archive);
            prop_assert_eq!(list(&archive), files);
        }
    }
}
