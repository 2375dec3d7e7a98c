//! ELF, PE and Mach-O by the reader that they have in common.

use object::read::macho::{FatArch, MachOFatFile32, MachOFatFile64};
use object::read::pe::{PeFile32, PeFile64};
use object::{
    BinaryFormat, CompressedData, CompressionFormat, FileKind, Object, ObjectKind, ObjectSection, ObjectSymbol,
    ReadRef, SectionFlags, SectionKind, SymbolKind,
};
use sha1::{Digest, Sha1};

use super::{Binary, Gathered, LOST_NAME, MOST, MarkKind, dwarf, hex, pe};

/// Sections that are looked at.
const MOST_SECTIONS: usize = 100_000;

/// Symbols that are looked at.
const MOST_SYMBOLS: usize = 8_000_000;

/// Bytes of a section's name that are kept: those that are looked for are shorter.
const LONGEST_NAME: usize = 64;

/// A smaller section of code is the same in many programs.
const LEAST_CODE: u64 = 256;

/// A section by its name and where it lies.
pub(super) struct Section<'d> {
    pub(super) name: Vec<u8>,
    pub(super) address: u64,
    pub(super) size: u64,
    /// Its bytes as they lie in the file, packed or not.
    pub(super) data: CompressedData<'d>,
    has_bytes: bool,
    /// Whether it is there when the program runs, and no part of its debug information.
    is_loaded: bool,
    is_code: bool,
}

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Binary>, String> {
    let broken = |error: object::Error| error.to_string();
    match FileKind::parse(bytes).map_err(broken)? {
        FileKind::MachOFat32 => {
            let fat = MachOFatFile32::parse(bytes).map_err(broken)?;
            read_each(bytes, fat.arches().iter().map(FatArch::file_range))
        }
        FileKind::MachOFat64 => {
            let fat = MachOFatFile64::parse(bytes).map_err(broken)?;
            read_each(bytes, fat.arches().iter().map(FatArch::file_range))
        }
        kind @ (FileKind::Elf32
        | FileKind::Elf64
        | FileKind::MachO32
        | FileKind::MachO64
        | FileKind::Pe32
        | FileKind::Pe64) => read_one(bytes, kind).map(|it| vec![it]),
        _ => Err("it only begins like a program".to_owned()),
    }
}

fn read_each(bytes: &[u8], ranges: impl Iterator<Item = (u64, u64)>) -> Result<Vec<Binary>, String> {
    let (mut all, mut problems) = (Vec::new(), Vec::new());
    let mut left = bytes.len() as u64;
    for (at, size) in ranges.take(MOST) {
        let one = left.checked_sub(size).and_then(|rest| {
            left = rest;
            bytes.read_bytes_at(at, size).ok()
        });
        let read = match one.map(|one| (one, FileKind::parse(one))) {
            None => Err("a program in it lies outside of it, or over another".to_owned()),
            Some((one, Ok(kind @ (FileKind::MachO32 | FileKind::MachO64)))) => read_one(one, kind),
            Some((_, Ok(_))) => continue,
            Some((_, Err(error))) => Err(error.to_string()),
        };
        match read {
            Ok(binary) => all.push(binary),
            Err(why) => problems.push(why),
        }
    }
    // One that is broken costs no other its answer.
    if let Some(first) = all.first_mut() {
        problems.into_iter().for_each(|why| first.problem(format!("of those in one file: {why}")));
    } else if let Some(why) = problems.pop() {
        return Err(why);
    }
    Ok(all)
}

fn read_one(bytes: &[u8], kind: FileKind) -> Result<Binary, String> {
    let file = object::File::parse(bytes).map_err(|error| error.to_string())?;
    let mut binary = Binary::default();
    let mut gathered = Gathered::default();
    let sections = sections(&file, &mut binary, &mut gathered);
    // A file of debug information alone has the sections of its program, and nothing in them.
    let is_companion = sections.iter().any(|it| it.is_code) && !sections.iter().any(|it| it.is_code && it.has_bytes);
    let what = match file.kind() {
        _ if is_companion => "debug information",
        ObjectKind::Executable => "program",
        ObjectKind::Dynamic => "library or program",
        ObjectKind::Relocatable => "object file",
        ObjectKind::Core => "core dump",
        _ => "file",
    };
    let format = match file.format() {
        BinaryFormat::Elf => "ELF",
        BinaryFormat::MachO => "Mach-O",
        _ => "PE",
    };
    binary.format = format!("{format} {} {what}", format!("{:?}", file.architecture()).to_lowercase());
    marks(&file, &sections, &mut binary);
    symbols(&file, &mut gathered);
    match kind {
        FileKind::Pe32 => {
            if let Ok(file) = PeFile32::parse(bytes) {
                pe::read(&file, bytes, 96, &mut binary, &mut gathered);
            }
        }
        FileKind::Pe64 => {
            if let Ok(file) = PeFile64::parse(bytes) {
                pe::read(&file, bytes, 112, &mut binary, &mut gathered);
            }
        }
        _ => {}
    }
    dwarf::read(&file, &sections, &mut binary, &mut gathered);
    gathered.tell(&mut binary);
    Ok(binary)
}

/// The sections of a file, and what of them was not looked at.
fn sections<'d>(file: &object::File<'d>, binary: &mut Binary, gathered: &mut Gathered) -> Vec<Section<'d>> {
    let mut all = Vec::new();
    for section in file.sections() {
        if all.len() == MOST_SECTIONS {
            binary.problem(format!("of its sections the first {MOST_SECTIONS} were looked at"));
            break;
        }
        let name = section.name_bytes();
        if !gathered.budget.spend(name.as_ref().map_or(LOST_NAME, |name| name.len())) {
            break;
        }
        let name = name.unwrap_or_default();
        let name = name.get(..LONGEST_NAME).unwrap_or(name);
        // In a file of debug information alone a section of code has its flags and no bytes.
        let is_elf_code = matches!(section.flags(), SectionFlags::Elf { sh_flags, .. }
            if sh_flags.0 & object::elf::SHF_EXECINSTR.0 != 0);
        let is_code = section.kind() == SectionKind::Text || is_elf_code;
        let is_loaded = match section.flags() {
            SectionFlags::Elf { sh_flags, .. } => sh_flags.0 & object::elf::SHF_ALLOC.0 != 0,
            SectionFlags::Coff { characteristics, .. } => {
                characteristics.0 & object::pe::IMAGE_SCN_MEM_DISCARDABLE.0 == 0 && !name.starts_with(b".debug")
            }
            // What links tools to the file is rewritten when it is signed or stripped.
            _ => !section.segment_name_bytes().ok().flatten().is_some_and(|it| it == b"__DWARF" || it == b"__LINKEDIT"),
        };
        let data = section.compressed_data().unwrap_or(CompressedData::none(&[]));
        let has_bytes = section.file_range().is_some_and(|(_, size)| size > 0);
        all.push(Section {
            name: name.to_owned(),
            address: section.address(),
            size: section.size(),
            data,
            has_bytes,
            is_loaded,
            is_code,
        });
    }
    all
}

fn marks(file: &object::File<'_>, sections: &[Section<'_>], binary: &mut Binary) {
    if let Ok(Some(uuid)) = file.mach_uuid() {
        binary.mark(MarkKind::Uuid, hex(&uuid));
    }
    if let Ok(Some(view)) = file.pdb_info() {
        binary.mark(MarkKind::Guid, guid(view.guid(), view.age()));
    }
    // Notes are read where they stand: a table of them may lead to the same ones a million times.
    let notes = sections.iter().filter(|it| it.name == b".note.gnu.build-id" || it.name == b".buildid");
    for note in notes.take(4) {
        if let Some(id) = build_id(note.data.data) {
            binary.mark(MarkKind::BuildId, hex(id));
        }
    }
    let is_program = !matches!(file.kind(), ObjectKind::Relocatable | ObjectKind::Core);
    if !is_program {
        return;
    }
    let code = sections.iter().filter(|it| it.is_code && it.has_bytes && it.data.format == CompressionFormat::None);
    let largest = code.max_by_key(|it| (it.data.data.len(), std::cmp::Reverse(it.address)));
    if let Some(largest) = largest.filter(|it| it.data.data.len() as u64 >= LEAST_CODE) {
        // What a linker pads a section with is not always kept.
        let held = usize::try_from(largest.size).unwrap_or(usize::MAX).min(largest.data.data.len());
        binary.mark(MarkKind::Code, hex(&Sha1::digest(&largest.data.data[..held])));
    }
    let mut places: Vec<_> = sections.iter().filter(|it| it.is_loaded).map(|it| (it.address, it.size)).collect();
    places.sort_unstable();
    binary.mark(MarkKind::Layout, layout(file.relative_address_base(), &places));
}

/// SHA-1 of addresses, counted from where the program is loaded, and sizes; nothing where they are too few to tell.
pub(super) fn layout(base: u64, places: &[(u64, u64)]) -> String {
    const LEAST: usize = 3;
    if places.len() < LEAST {
        return String::new();
    }
    let mut hasher = Sha1::new();
    for (address, size) in places {
        hasher.update(address.wrapping_sub(base).to_le_bytes());
        hasher.update(size.to_le_bytes());
    }
    hex(&hasher.finalize())
}

/// A GUID and an age as symbol servers write them, in lower case.
pub(super) fn guid(guid: [u8; 16], age: u32) -> String {
    let [a, b, c, d, e, f, g, h, rest @ ..] = guid;
    format!("{}{age:x}", hex(&[&[d, c, b, a, f, e, h, g][..], &rest].concat()))
}

/// The id in a note of GNU's (namesz, descsz, type 3, the name, the id).
fn build_id(note: &[u8]) -> Option<&[u8]> {
    let [size, kind] = [4, 8].map(|at| note.get(at..).and_then(|it| it.first_chunk()).copied());
    let (size, kind): ([u8; 4], [u8; 4]) = (size?, kind?);
    let size = [u32::from_le_bytes(size), u32::from_be_bytes(size)].into_iter().min()?;
    let is_id = u32::from_le_bytes(kind) == 3 || u32::from_be_bytes(kind) == 3;
    let id = note.get(16..16 + usize::try_from(size).ok()?)?;
    (is_id && note.get(12..16)? == b"GNU\0" && (8..=64).contains(&id.len())).then_some(id)
}

/// The functions that its tables of symbols define.
fn symbols(file: &object::File<'_>, gathered: &mut Gathered) {
    let is_named = |name: &[u8]| !matches!(name, [] | [b'$', ..] | [b'.', b'L', ..]);
    for symbol in file.symbols().chain(file.dynamic_symbols()).take(MOST_SYMBOLS) {
        let name = symbol.name_bytes();
        if !gathered.budget.spend(name.as_ref().map_or(LOST_NAME, |name| name.len())) {
            return;
        }
        let Ok(name) = name else { continue };
        match symbol.kind() {
            SymbolKind::Text if symbol.is_definition() && is_named(name) => gathered.functions.add(name),
            SymbolKind::File => gathered.sources.add(name),
            _ => {}
        }
    }
}
