//! Programs, libraries and their debug information: PE, ELF, Mach-O, PDB, DWARF. What ties a file to others of the same build, and what it
//! gives away of how it was made.

mod dwarf;
mod names;
mod object;
mod pdb;
mod pe;
#[cfg(test)]
mod tests;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::documents::NoDocument;
use crate::finding::FindingKind;
use crate::names::{display_name, hex};
pub(crate) use names::Chosen;

/// Bytes of a file up to which it is parsed; it is held in memory.
pub(crate) const LONGEST: u64 = 128 << 20;

/// Programs that one file may hold: a universal one of Mach-O holds one for each processor.
pub(crate) const MOST: usize = 16;

/// How many names of a kind are told: which ones hangs on the names alone, so that of two files with the same names they are the same.
pub const MOST_NAMES: usize = 1_000;

/// Lines beyond this many are left out: ids, and what a file says of itself.
pub(crate) const MOST_LINES: usize = 32;

/// What ties a file to others of the same build. All but the code can be written into any file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
pub enum MarkKind {
    /// GUID and age of the PDB that belongs to it, as symbol servers write them.
    #[n(0)]
    Guid,
    /// The build id of an ELF file, or of a PE file by GNU's linker.
    #[n(1)]
    BuildId,
    /// The UUID of a Mach-O file.
    #[n(2)]
    Uuid,
    /// SHA-1 of its largest section of code.
    #[n(3)]
    Code,
    /// SHA-1 of where its sections lie in memory.
    #[n(4)]
    Layout,
    /// MD5 of the names that a PE file imports (imphash).
    #[n(5)]
    Imports,
}

impl MarkKind {
    /// The kind in a stable word.
    pub fn word(self) -> &'static str {
        match self {
            MarkKind::Guid => "guid",
            MarkKind::BuildId => "build-id",
            MarkKind::Uuid => "uuid",
            MarkKind::Code => "code",
            MarkKind::Layout => "layout",
            MarkKind::Imports => "imphash",
        }
    }

    /// Whether it names one build.
    pub fn is_id(self) -> bool {
        matches!(self, MarkKind::Guid | MarkKind::BuildId | MarkKind::Uuid)
    }
}

/// A program, a library, or debug information. All of it is the file's own word.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Binary {
    /// What it is: `ELF x86_64 program`, `PDB`.
    #[n(0)]
    pub format: String,
    /// What ties it to others, each in lower-case hexadecimal.
    #[n(1)]
    pub marks: Vec<(MarkKind, String)>,
    /// What it says of itself: the fields of a version resource, the name of a library, the compilers.
    #[n(2)]
    pub says: Vec<(String, String)>,
    /// Whether it holds debug information beyond names.
    #[n(3)]
    pub has_debug: bool,
    /// The functions that it names.
    #[n(4)]
    pub functions: SomeNames,
    /// The sources that it names.
    #[n(5)]
    pub sources: SomeNames,
    /// The folders and files of the machine that built it: where it was compiled, and where its debug information was written to.
    #[n(6)]
    pub paths: SomeNames,
    /// Who signed it.
    #[n(7)]
    pub signature: Option<Signature>,
    /// What of it was not read.
    #[n(8)]
    pub problems: Vec<String>,
}

/// Names, of many some.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct SomeNames {
    /// How many different ones there are.
    #[n(0)]
    pub count: u64,
    /// Of these at most [`MOST_NAMES`], in the order of their letters.
    #[n(1)]
    pub some: Vec<String>,
}

/// What signs a PE file (Authenticode), read and digested. Whether the signer may be trusted is not looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Signature {
    /// The certificate's subject, as far as it is among those that came along.
    #[n(0)]
    pub signer: String,
    /// The digest's algorithm.
    #[n(1)]
    pub algorithm: String,
    /// Whether the file still has the digest that was signed; none where the algorithm is not known.
    #[n(2)]
    pub holds: Option<bool>,
}

impl Binary {
    fn mark(&mut self, kind: MarkKind, value: String) {
        let mark = (kind, value);
        if !mark.1.is_empty() && self.marks.len() < MOST_LINES && !self.marks.contains(&mark) {
            self.marks.push(mark);
        }
    }

    fn say(&mut self, what: &str, value: &[u8]) {
        let said = (what.to_owned(), line(value));
        if !said.1.is_empty() && self.says.len() < MOST_LINES && !self.says.contains(&said) {
            self.says.push(said);
        }
    }

    fn problem(&mut self, problem: String) {
        if self.problems.len() < MOST_LINES {
            self.problems.push(line(problem.as_bytes()));
        }
    }
}

/// Names as they are gathered.
#[derive(Default)]
struct Gathered {
    functions: Chosen,
    sources: Chosen,
    paths: Chosen,
    /// Bytes of names that may still be read.
    budget: Budget,
}

impl Gathered {
    fn tell(self, binary: &mut Binary) {
        binary.functions = self.functions.finish();
        binary.sources = self.sources.finish();
        binary.paths = self.paths.finish();
        if self.budget.0 == 0 {
            binary.problem("it names more than is read: not all names were looked at".to_owned());
        }
    }
}

/// What a name costs that is not there: it may have been looked for up to the end of the file.
const LOST_NAME: usize = 2 << 20;

/// What a parser may still spend on a file: tables whose entries all lead to the same long name would cost their product.
struct Budget(u64);

impl Default for Budget {
    fn default() -> Self {
        Budget(1 << 30)
    }
}

impl Budget {
    /// Spends some; false where there is no more.
    fn spend(&mut self, bytes: usize) -> bool {
        self.0 = self.0.saturating_sub(bytes as u64 + 16);
        self.0 > 0
    }
}

/// A line of the file's own words.
fn line(value: &[u8]) -> String {
    const LONGEST_LINE: usize = 300;
    let value = value.trim_ascii();
    // Cut before it is written out, which may take six times as much.
    let mut line = display_name(value.get(..LONGEST_LINE + 4).unwrap_or(value));
    line.truncate(line.floor_char_boundary(LONGEST_LINE));
    line
}

/// Whether a file that starts with these bytes is one of these formats.
pub(crate) fn is_binary(head: &[u8]) -> bool {
    let is_pe = || {
        let at = head.get(0x3c..0x40)?.first_chunk().map(|at| u32::from_le_bytes(*at))?;
        let at = usize::try_from(at).ok()?;
        // Where the head ends before it, the parser tells.
        (head.get(at..).is_none() || head[at..].starts_with(b"PE\0\0")).then_some(())
    };
    match head {
        [0x7f, b'E', b'L', b'F', ..] => true,
        [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] | [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] => true,
        // Java's classes begin alike; of those the next number is a version, and more than any universal file holds.
        [0xca, 0xfe, 0xba, 0xbe | 0xbf, 0, 0, 0, 1..=16, ..] => true,
        [b'M', b'Z', ..] => is_pe().is_some(),
        head => head.starts_with(pdb::MAGIC),
    }
}

/// Reads all that a file holds of these.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Binary>, NoDocument> {
    let read = if bytes.starts_with(pdb::MAGIC) { pdb::read(bytes).map(|it| vec![it]) } else { object::read(bytes) };
    read.map_err(|why| NoDocument::new(FindingKind::Corrupt, format!("what build it is of was not read: {why}")))
}
