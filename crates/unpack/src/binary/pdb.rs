//! PDB: the debug information of programs for Windows, kept beside them.

use std::fmt;
use std::io;

use pdb2::{FallibleIterator, Source, SourceSlice, SourceView, SymbolData};

use super::object::{guid, layout};
use super::{Binary, Gathered, LOST_NAME, MarkKind};

/// How such a file begins.
pub(super) const MAGIC: &[u8] = b"Microsoft C/C++ MSF 7.00\r\n\x1aDS\0\0\0";

/// Modules that are read, and symbols of all of them together.
const MOST_MODULES: usize = 20_000;
const MOST_SYMBOLS: usize = 8_000_000;

/// Sections that a program may have.
const MOST_SECTIONS: usize = 65_535;

/// A file in memory. A stream is no longer than the file that it is in: what says more leads in circles.
struct InMemory<'d> {
    bytes: &'d [u8],
    /// Bytes of streams that may still be copied: many modules may name the same one.
    left: usize,
}

struct View(Vec<u8>);

impl fmt::Debug for InMemory<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.bytes.len())
    }
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl SourceView<'_> for View {
    fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

impl<'d> Source<'d> for InMemory<'d> {
    fn view(&mut self, slices: &[SourceSlice]) -> Result<Box<dyn SourceView<'d> + Send + Sync>, io::Error> {
        let all = slices.iter().try_fold(0usize, |all, slice| all.checked_add(slice.size));
        let all = all.filter(|all| *all <= self.bytes.len());
        let all = all.ok_or_else(|| io::Error::other("a stream is longer than the file"))?;
        let left = self.left.checked_sub(all);
        self.left = left.ok_or_else(|| io::Error::other("its streams are many times as long as the file"))?;
        let mut view = Vec::new();
        for slice in slices {
            let from = usize::try_from(slice.offset).map_err(io::Error::other)?;
            let bytes = from.checked_add(slice.size).and_then(|end| self.bytes.get(from..end));
            view.extend_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        }
        Ok(Box::new(View(view)))
    }
}

pub(super) fn read(bytes: &[u8]) -> Result<Binary, String> {
    let broken = |error: pdb2::Error| error.to_string();
    let left = bytes.len().saturating_mul(16);
    let mut pdb = pdb2::PDB::open(InMemory { bytes, left }).map_err(broken)?;
    let about = pdb.pdb_information().map_err(broken)?;
    let mut binary = Binary { format: "PDB debug information".to_owned(), has_debug: true, ..Binary::default() };
    let mut gathered = Gathered::default();
    let id = about.guid.to_bytes_le();
    let debug = pdb.debug_information();
    // The age of the program is that of the debug information; the other counts how often the file was written.
    let ages = [debug.as_ref().ok().and_then(pdb2::DebugInformation::age), Some(about.age)];
    for age in ages.into_iter().flatten() {
        binary.mark(MarkKind::Guid, guid(id, age));
    }
    if let Ok(Some(sections)) = pdb.sections() {
        let kept = sections.iter().take(MOST_SECTIONS).filter(|it| !it.characteristics.discardable());
        let mut places: Vec<(u64, u64)> = kept.map(|it| (it.virtual_address.into(), it.virtual_size.into())).collect();
        places.sort_unstable();
        binary.mark(MarkKind::Layout, layout(0, &places));
    }
    if let Ok(symbols) = pdb.global_symbols() {
        let mut symbols = symbols.iter();
        let mut seen = 0;
        while let Ok(Some(symbol)) = symbols.next() {
            seen += 1;
            let name = match symbol.parse() {
                Ok(SymbolData::Public(it)) if it.function || it.code => it.name,
                Ok(SymbolData::ProcedureReference(it)) => it.name.unwrap_or_default(),
                _ => continue,
            };
            if seen > MOST_SYMBOLS || !gathered.budget.spend(name.len()) {
                break;
            }
            gathered.functions.add(name.as_bytes());
        }
    }
    match debug {
        Ok(debug) => modules(&mut pdb, &debug, &mut binary, &mut gathered),
        Err(error) => binary.problem(format!("its modules were not read: {error}")),
    }
    gathered.tell(&mut binary);
    Ok(binary)
}

/// Which objects it was linked of, where these lay, and of which sources they are.
fn modules<'d>(
    pdb: &mut pdb2::PDB<'d, InMemory<'d>>,
    debug: &pdb2::DebugInformation<'d>,
    binary: &mut Binary,
    gathered: &mut Gathered,
) {
    let strings = pdb.string_table().ok();
    let Ok(mut modules) = debug.modules() else { return };
    let mut seen = 0;
    while let Ok(Some(module)) = modules.next() {
        seen += 1;
        if seen > MOST_MODULES {
            binary.problem(format!("of its modules the first {MOST_MODULES} were read"));
            return;
        }
        let object = module.object_file_name();
        if !gathered.budget.spend(object.len()) {
            return;
        }
        gathered.paths.add(object.as_bytes());
        let Ok(Some(info)) = pdb.module_info(&module) else { continue };
        if let (Ok(program), Some(strings)) = (info.line_program(), &strings) {
            let mut files = program.files();
            while let Ok(Some(file)) = files.next() {
                let Ok(name) = file.name.to_raw_string(strings) else {
                    gathered.budget.spend(LOST_NAME);
                    break;
                };
                if !gathered.budget.spend(name.len()) {
                    return;
                }
                gathered.sources.add(name.as_bytes());
            }
        }
        let Ok(mut symbols) = info.symbols() else { continue };
        while let Ok(Some(symbol)) = symbols.next() {
            if !gathered.budget.spend(0) {
                return;
            }
            match symbol.parse() {
                Ok(SymbolData::Procedure(it)) => gathered.functions.add(it.name.as_bytes()),
                Ok(SymbolData::CompileFlags(it)) => binary.say("compiler", it.version_string.as_bytes()),
                _ => {}
            }
        }
    }
}
