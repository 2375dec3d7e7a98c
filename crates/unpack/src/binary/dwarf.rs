//! DWARF: where a program was compiled and of which sources, and the functions that it names.

use std::borrow::Cow;

use gimli::{AttributeValue, DwarfSections, EndianSlice, RunTimeEndian, Section as _, SectionId, UnitRef};
use object::{CompressionFormat, Object};

use super::object::Section;
use super::{Binary, Gathered};

/// Bytes of all sections of debug information, unpacked.
const LONGEST: u64 = 160 << 20;

/// Units that are read, and entries of all of them together.
const MOST_UNITS: usize = 20_000;
const MOST_ENTRIES: usize = 4_000_000;

/// Source files of one unit.
const MOST_FILES: usize = 100_000;

type Slice<'d> = EndianSlice<'d, RunTimeEndian>;

pub(super) fn read(file: &object::File<'_>, sections: &[Section<'_>], binary: &mut Binary, gathered: &mut Gathered) {
    let endian = if file.is_little_endian() { RunTimeEndian::Little } else { RunTimeEndian::Big };
    let mut left = LONGEST;
    let mut problem = None;
    let loaded = DwarfSections::load(|id: SectionId| -> Result<Cow<'_, [u8]>, gimli::Error> {
        let Some(section) = sections.iter().find(|section| is_called(&section.name, id)) else {
            return Ok(Cow::Borrowed(&[]));
        };
        if section.data.format == CompressionFormat::None {
            return Ok(Cow::Borrowed(section.data.data));
        }
        let Some(rest) = left.checked_sub(section.data.uncompressed_size) else {
            problem = Some("its debug information is larger than is read");
            return Ok(Cow::Borrowed(&[]));
        };
        left = rest;
        Ok(section.data.decompress().unwrap_or_else(|_| {
            problem = Some("a section of its debug information cannot be unpacked");
            Cow::Borrowed(&[])
        }))
    });
    let Ok(loaded) = loaded else { return };
    let dwarf = loaded.borrow(|section| EndianSlice::new(section, endian));
    if dwarf.debug_info.reader().is_empty() {
        if let Some(problem) = problem {
            binary.problem(problem.to_owned());
        }
        return;
    }
    binary.has_debug = true;
    let mut entries = 0;
    let mut units = dwarf.units();
    for number in 0.. {
        let unit = match units.next() {
            Ok(Some(header)) => dwarf.unit(header),
            Ok(None) => break,
            Err(error) => Err(error),
        };
        let unit = match unit {
            Ok(unit) if number < MOST_UNITS && entries < MOST_ENTRIES => unit,
            Ok(_) => {
                problem = Some("its debug information is more than is read: the rest was not looked at");
                break;
            }
            Err(error) => {
                binary.problem(format!("its debug information does not hold together: {error}"));
                break;
            }
        };
        let unit = unit.unit_ref(&dwarf);
        sources(&unit, gathered);
        if let Err(error) = functions(&unit, binary, gathered, &mut entries) {
            binary.problem(format!("its debug information does not hold together: {error}"));
        }
    }
    if let Some(problem) = problem {
        binary.problem(problem.to_owned());
    }
}

/// Whether a section is called so, in ELF and PE (`.debug_info`) or in Mach-O (`__debug_info`, of 16 letters at most).
fn is_called(name: &[u8], id: SectionId) -> bool {
    let wanted = id.name().as_bytes();
    let short = |name: &[u8]| name.len().min(14);
    match name {
        [b'_', b'_', rest @ ..] => !rest.is_empty() && rest == &wanted[1..1 + short(&wanted[1..])],
        // What older tools packed.
        [b'.', b'z', rest @ ..] => rest == &wanted[1..],
        name => name == wanted,
    }
}

fn sources(unit: &UnitRef<'_, Slice<'_>>, gathered: &mut Gathered) {
    let mut add = |to_paths: bool, value: Slice<'_>| {
        if gathered.budget.spend(value.len()) {
            if to_paths { &mut gathered.paths } else { &mut gathered.sources }.add(value.slice());
        }
    };
    if let Some(folder) = unit.comp_dir {
        add(true, folder);
    }
    if let Some(name) = unit.name {
        add(false, name);
    }
    let Some(program) = &unit.line_program else { return };
    for file in program.header().file_names().iter().take(MOST_FILES) {
        if let Ok(name) = unit.attr_string(file.path_name()) {
            add(false, name);
        }
    }
}

fn functions<'d>(
    unit: &UnitRef<'_, Slice<'d>>,
    binary: &mut Binary,
    gathered: &mut Gathered,
    entries: &mut usize,
) -> Result<(), gimli::Error> {
    let mut cursor = unit.entries();
    while let Some(entry) = cursor.next_dfs()? {
        *entries += 1;
        if *entries > MOST_ENTRIES || gathered.budget.0 == 0 {
            return Ok(());
        }
        let string = |value: AttributeValue<Slice<'d>>| unit.attr_string(value).ok();
        if entry.tag() == gimli::DW_TAG_compile_unit
            && let Some(by) = entry.attr_value(gimli::DW_AT_producer).and_then(string)
        {
            binary.say("compiler", by.slice());
        }
        if entry.tag() != gimli::DW_TAG_subprogram {
            continue;
        }
        let linked = entry.attr_value(gimli::DW_AT_linkage_name).and_then(string);
        let name = linked.or_else(|| entry.attr_value(gimli::DW_AT_name).and_then(string));
        if let Some(name) = name
            && gathered.budget.spend(name.len())
        {
            gathered.functions.add(name.slice());
        }
    }
    Ok(())
}
