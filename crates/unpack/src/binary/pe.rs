//! What PE files alone have: a version resource, the hash of what they import, a signature.

use md5::Md5;
use object::LittleEndian as LE;
use object::pe;
use object::read::pe::{ImageNtHeaders, Import, PeFile, ResourceDirectoryEntryData};
use sha1::{Digest, Sha1};
use sha2::{Sha256, Sha384, Sha512};

use super::{Binary, Gathered, MarkKind, Signature, hex, line};
use crate::der::{BYTES, IDENTIFIER, INTEGER, SEQUENCE, SET, children, expect, identifier, name};
use crate::text::wide;

/// Names that are exported.
const MOST_EXPORTS: usize = 8_000_000;

/// Names that are imported; more are not hashed.
const MOST_IMPORTS: usize = 200_000;

/// Certificates that come along with a signature.
const MOST_CERTIFICATES: usize = 50;

/// Bytes of a version resource.
const LONGEST_VERSION: usize = 64 << 10;

/// Fields of a version resource that say which product and build it is.
const FIELDS: [&str; 7] = [
    "CompanyName",
    "ProductName",
    "ProductVersion",
    "FileVersion",
    "FileDescription",
    "OriginalFilename",
    "InternalName",
];

/// Reads what a file has; its directories begin so many bytes into the optional header.
pub(super) fn read<'d, Pe: ImageNtHeaders>(
    file: &PeFile<'d, Pe>,
    bytes: &'d [u8],
    directories: usize,
    binary: &mut Binary,
    gathered: &mut Gathered,
) {
    if let Some(hash) = imports(file, gathered) {
        binary.mark(MarkKind::Imports, hash);
    }
    exports(file, gathered);
    if let Some(version) = version(file, bytes) {
        fields(version, 0, binary);
    }
    if let Ok(Some(view)) = object::Object::pdb_info(file) {
        gathered.paths.add(view.path());
    }
    binary.signature = signature(file, bytes, directories);
}

/// The names that it exports, and nothing of where they lead: that may be as long a string for each.
fn exports<Pe: ImageNtHeaders>(file: &PeFile<'_, Pe>, gathered: &mut Gathered) {
    let Ok(Some(table)) = file.export_table() else { return };
    for pointer in table.name_pointers().iter().take(MOST_EXPORTS) {
        let Ok(name) = table.name_from_pointer(pointer.get(LE)) else { return };
        if !gathered.budget.spend(name.len()) {
            return;
        }
        gathered.functions.add(name);
    }
}

/// MD5 of `library.function` for all that is imported, in order and in lower case, as pefile made it known. Numbers of two old
/// libraries, which it writes as names, stay numbers here.
fn imports<Pe: ImageNtHeaders>(file: &PeFile<'_, Pe>, gathered: &mut Gathered) -> Option<String> {
    let table = file.import_table().ok()??;
    let mut descriptors = table.descriptors().ok()?;
    let (mut hasher, mut seen) = (Md5::new(), 0);
    while let Ok(Some(descriptor)) = descriptors.next() {
        let library = table.name(descriptor.name.get(LE)).ok()?;
        if !gathered.budget.spend(library.len()) {
            return None;
        }
        let library = library.to_ascii_lowercase();
        let ending = [&b".dll"[..], b".ocx", b".sys"].into_iter().find(|ending| library.ends_with(ending));
        let library = &library[..library.len() - ending.map_or(0, <[u8]>::len)];
        let lookup = descriptor.original_first_thunk.get(LE);
        let lookup = if lookup == 0 { descriptor.first_thunk.get(LE) } else { lookup };
        let mut thunks = table.thunks(lookup).ok()?;
        while let Ok(Some(thunk)) = thunks.next::<Pe>() {
            let function = match table.import::<Pe>(thunk) {
                Ok(Import::Name(_, name)) => name.to_ascii_lowercase(),
                Ok(Import::Ordinal(number)) => format!("ord{number}").into_bytes(),
                _ => return None,
            };
            seen += 1;
            if seen > MOST_IMPORTS || !gathered.budget.spend(library.len() + function.len()) {
                return None;
            }
            if seen > 1 {
                hasher.update(b",");
            }
            hasher.update(library);
            hasher.update(b".");
            hasher.update(&function);
        }
    }
    (seen > 0).then(|| hex(&hasher.finalize()))
}

/// The first version resource.
fn version<'d, Pe: ImageNtHeaders>(file: &PeFile<'d, Pe>, bytes: &'d [u8]) -> Option<&'d [u8]> {
    let sections = file.section_table();
    let directory = file.data_directories().resource_directory(bytes, &sections).ok()??;
    let of_version = |entry: &&pe::ImageResourceDirectoryEntry| entry.name_or_id().id() == Some(pe::RT_VERSION);
    let mut entry = directory.root().ok()?.entries.iter().find(of_version)?;
    // Type, name, language, and what they lead to.
    for _ in 0..4 {
        match entry.data(directory).ok()? {
            ResourceDirectoryEntryData::Table(table) => entry = table.entries.first()?,
            ResourceDirectoryEntryData::Data(data) => {
                let held = sections.pe_data_at(bytes, data.offset_to_data.get(LE))?;
                let size = usize::try_from(data.size.get(LE)).ok()?.min(LONGEST_VERSION);
                return Some(&held[..size.min(held.len())]);
            }
        }
    }
    None
}

/// The strings in a block of a version resource: its length, that of its value, its type, its name in UTF-16, its value, further blocks.
fn fields(block: &[u8], depth: usize, binary: &mut Binary) {
    const DEEPEST: usize = 4;
    let word = |at: usize| block.get(at..at + 2).map(|it| usize::from(it[0]) | usize::from(it[1]) << 8);
    let (Some(value_length), Some(kind)) = (word(2), word(4)) else { return };
    let (name, after) = wide(block, 6);
    let value = after.next_multiple_of(4);
    if let Some(field) = FIELDS.iter().find(|field| **field == name) {
        binary.say(field, wide(block, value).0.as_bytes());
        return;
    }
    let mut at = (value + if kind == 0 { value_length } else { 0 }).next_multiple_of(4);
    while depth < DEEPEST
        && let Some(length) = word(at).filter(|length| *length >= 6)
    {
        let end = (at + length).min(block.len());
        fields(&block[at..end], depth + 1, binary);
        at = end.next_multiple_of(4);
    }
}

/// Who signed a file, and whether it still has the digest that was signed.
fn signature<Pe: ImageNtHeaders>(file: &PeFile<'_, Pe>, bytes: &[u8], directories: usize) -> Option<Signature> {
    let directory = file.data_directory(pe::IMAGE_DIRECTORY_ENTRY_SECURITY)?;
    // It alone names a place in the file and not in memory.
    let at = usize::try_from(directory.virtual_address.get(LE)).ok()?;
    let size = usize::try_from(directory.size.get(LE)).ok()?;
    let table = bytes.get(at..at.checked_add(size)?)?;
    // Length, revision, kind; then the signature.
    let signed = table.get(8..).filter(|_| at > 0)?;
    let Some(signature) = signed_data(signed) else {
        return Some(Signature { signer: "a signature that cannot be read".to_owned(), ..Signature::default() });
    };
    let header = usize::try_from(file.dos_header().nt_headers_offset()).ok()? + 24;
    let (sum, entry) = (header + 64, header + directories + 4 * 8);
    let parts = [(0, sum), (sum + 4, entry), (entry + 8, at), (at + size, bytes.len())];
    let oid = identifier(signature.algorithm);
    let algorithm = match oid.as_str() {
        "1.3.14.3.2.26" => "SHA-1",
        "1.2.840.113549.2.5" => "MD5",
        "2.16.840.1.101.3.4.2.1" => "SHA-256",
        "2.16.840.1.101.3.4.2.2" => "SHA-384",
        "2.16.840.1.101.3.4.2.3" => "SHA-512",
        other => other,
    };
    let digest = match algorithm {
        "SHA-1" => Some(digest::<Sha1>(bytes, &parts)),
        "MD5" => Some(digest::<Md5>(bytes, &parts)),
        "SHA-256" => Some(digest::<Sha256>(bytes, &parts)),
        "SHA-384" => Some(digest::<Sha384>(bytes, &parts)),
        "SHA-512" => Some(digest::<Sha512>(bytes, &parts)),
        _ => None,
    };
    Some(Signature {
        signer: signature.signer,
        algorithm: algorithm.to_owned(),
        holds: digest.map(|digest| digest == signature.digest),
    })
}

/// What a signature says: the signed digest and its algorithm, and whose certificate signed.
struct Signed<'d> {
    algorithm: &'d [u8],
    digest: &'d [u8],
    signer: String,
}

/// Reads the signed data of PKCS #7 around the digest of a program (SpcIndirectDataContent of Microsoft's "Windows Authenticode Portable
/// Executable Signature Format").
fn signed_data(der: &[u8]) -> Option<Signed<'_>> {
    let (info, _) = expect(SEQUENCE, der)?;
    let (_, content) = expect(IDENTIFIER, info)?;
    let (signed, _) = expect(SEQUENCE, expect(0xa0, content)?.0)?;
    let (_, rest) = expect(INTEGER, signed)?;
    let (_, rest) = expect(SET, rest)?;
    let (encapsulated, rest) = expect(SEQUENCE, rest)?;
    let (_, held) = expect(IDENTIFIER, encapsulated)?;
    let (indirect, _) = expect(SEQUENCE, expect(0xa0, held)?.0)?;
    // What the digest is of, then the digest: its algorithm and its bytes.
    let (_, info) = expect(SEQUENCE, indirect)?;
    let (algorithm, digest) = expect(SEQUENCE, expect(SEQUENCE, info)?.0)?;
    let (algorithm, _) = expect(IDENTIFIER, algorithm)?;
    let (digest, _) = expect(BYTES, digest)?;
    let certificates = expect(0xa0, rest).map(|(all, _)| all).unwrap_or_default();
    // The signer is known by its issuer and its serial number.
    let signers = children(rest).find(|(tag, _)| *tag == SET).map(|(_, all)| all).unwrap_or_default();
    let number = expect(SEQUENCE, signers).and_then(|(signer, _)| {
        let (_, rest) = expect(INTEGER, signer)?;
        let (_, number) = expect(SEQUENCE, expect(SEQUENCE, rest)?.0)?;
        Some(expect(INTEGER, number)?.0)
    });
    let signer = children(certificates).take(MOST_CERTIFICATES).find_map(|(_, certificate)| {
        let parts: Vec<(u8, &[u8])> = children(expect(SEQUENCE, certificate)?.0).collect();
        let at = parts.iter().position(|(tag, _)| *tag == INTEGER)?;
        // Serial number, algorithm, issuer, validity, subject.
        let (_, subject) = parts.get(at + 4)?;
        (Some(parts[at].1) == number).then(|| line(name(subject).as_bytes()))
    });
    Some(Signed { algorithm, digest, signer: signer.unwrap_or_default() })
}

/// The digest of a file without its checksum, the entry that leads to the signature, and the signature.
fn digest<D: Digest>(bytes: &[u8], parts: &[(usize, usize)]) -> Vec<u8> {
    let mut hasher = D::new();
    for (from, to) in parts {
        hasher.update(bytes.get(*from..*to).unwrap_or_default());
    }
    hasher.finalize().to_vec()
}
