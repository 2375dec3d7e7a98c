//! DWARF: where a program was compiled and of which sources, and the functions that it names.

use std::borrow::Cow;

use gimli::{
    Abbreviations, AttributeValue, Dwarf, DwarfSections, EndianSlice, Reader as _, RunTimeEndian, Section as _,
    SectionId, Unit, UnitHeader, UnitRef,
};
use object::{CompressionFormat, Object};

use super::object::Section;
use super::{Binary, Gathered};

/// Bytes of all sections of debug information, unpacked.
const LONGEST: u64 = 160 << 20;

/// Units that are read, and entries of all of them together.
const MOST_UNITS: usize = 20_000;
const MOST_ENTRIES: usize = 4_000_000;

/// Bytes of a unit's abbreviations, and of the head of its lines: what is made of these takes a hundred times as much memory.
const LONGEST_TABLE: usize = 1 << 20;

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
            return Ok(Cow::Borrowed(&section.data.data[..whole(id, section.data.data)]));
        }
        let Some(rest) = left.checked_sub(section.data.uncompressed_size) else {
            problem = Some("its debug information is larger than is read");
            return Ok(Cow::Borrowed(&[]));
        };
        left = rest;
        let mut data = section.data.decompress().unwrap_or_else(|_| {
            problem = Some("a section of its debug information cannot be unpacked");
            Cow::Borrowed(&[])
        });
        let length = whole(id, &data);
        if length < data.len() {
            data.to_mut().truncate(length);
        }
        Ok(data)
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
            Ok(Some(header)) if number < MOST_UNITS && entries < MOST_ENTRIES => unit_of(&dwarf, header, gathered),
            Ok(Some(_)) => Ok(None),
            Ok(None) => break,
            Err(error) => Err(error),
        };
        let unit = match unit {
            Ok(Some(unit)) => unit,
            Ok(None) => {
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

/// How much of a section is looked at: of strings all up to the last that ends, as each that does not would be followed to the end.
fn whole(id: SectionId, data: &[u8]) -> usize {
    match id {
        SectionId::DebugStr | SectionId::DebugLineStr => {
            data.iter().rposition(|byte| *byte == 0).map_or(0, |at| at + 1)
        }
        _ => data.len(),
    }
}

/// A unit; none where its tables are larger than is read, or all units have been. Each may name the same tables.
fn unit_of<'d>(
    dwarf: &Dwarf<Slice<'d>>,
    header: UnitHeader<Slice<'d>>,
    gathered: &mut Gathered,
) -> Result<Option<Unit<Slice<'d>>>, gimli::Error> {
    let mut table = *dwarf.debug_abbrev.reader();
    table.skip(header.debug_abbrev_offset().0)?;
    let all = table.len();
    table.truncate(all.min(LONGEST_TABLE))?;
    let length = match length_of_abbreviations(table) {
        Ok(length) if length < LONGEST_TABLE || all <= LONGEST_TABLE => length,
        _ if all > LONGEST_TABLE => return Ok(None),
        _ => all,
    };
    if !gathered.budget.spend(length) {
        return Ok(None);
    }
    let abbreviations = dwarf.abbreviations(&header)?;
    // Where it cannot be read, the parser tells.
    let length = length_of_lines(dwarf, &header, &abbreviations).unwrap_or_default();
    if length > LONGEST_TABLE || !gathered.budget.spend(length) {
        return Ok(None);
    }
    Unit::new_with_abbreviations(dwarf, header, abbreviations).map(Some)
}

/// Each has a code, which is zero behind the last, a tag, a byte, and pairs of numbers up to one of zeros.
fn length_of_abbreviations(table: Slice<'_>) -> Result<usize, gimli::Error> {
    let mut rest = table;
    while !rest.is_empty() && rest.read_uleb128()? > 0 {
        rest.read_uleb128()?;
        rest.read_u8()?;
        loop {
            let (name, form) = (rest.read_uleb128()?, rest.read_uleb128()?);
            if (name, form) == (0, 0) {
                break;
            }
            if form == u64::from(gimli::DW_FORM_implicit_const.0) {
                rest.read_sleb128()?;
            }
        }
    }
    Ok(table.len() - rest.len())
}

/// The length of the head of a unit's lines, as it states it.
fn length_of_lines<'d>(
    dwarf: &Dwarf<Slice<'d>>,
    header: &UnitHeader<Slice<'d>>,
    abbreviations: &Abbreviations,
) -> Result<usize, gimli::Error> {
    let mut cursor = header.entries(abbreviations);
    cursor.next_dfs()?;
    // Where it is told twice, the last one counts.
    let at = cursor.current().and_then(|root| {
        root.attrs().iter().rev().find_map(|it| match it.value() {
            AttributeValue::DebugLineRef(at) if it.name() == gimli::DW_AT_stmt_list => Some(at),
            _ => None,
        })
    });
    let Some(at) = at else { return Ok(0) };
    let mut rest = *dwarf.debug_line.reader();
    rest.skip(at.0)?;
    let (_, format) = rest.read_initial_length()?;
    if rest.read_u16()? >= 5 {
        rest.skip(2)?;
    }
    rest.read_length(format)
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
        let Ok(name) = unit.attr_string(file.path_name()) else { continue };
        if !gathered.budget.spend(name.len()) {
            return;
        }
        gathered.sources.add(name.slice());
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
        // An abbreviation may give each entry attributes without end that take no room.
        *entries += 1 + entry.attrs().len() / 16;
        if *entries > MOST_ENTRIES || gathered.budget.0 == 0 {
            return Ok(());
        }
        let string = |value: AttributeValue<Slice<'d>>| unit.attr_string(value).ok();
        if entry.tag() == gimli::DW_TAG_compile_unit
            && let Some(by) = entry.attr_value(gimli::DW_AT_producer).and_then(string)
            && gathered.budget.spend(by.len())
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
