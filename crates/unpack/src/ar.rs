//! Archives of ar, of which Debian's packages are some: a line of sixty characters before each member.

use std::io::Read;

use crate::archive::walk_stream;
use crate::budget::{Exactly, fill, kind_of};
use crate::clues::Clues;
use crate::finding::FindingKind;
use crate::names::{Names, nested_path, why_unsafe};
use crate::sink::{Sink, Stop, shown};

const MAGIC: usize = 8;
const HEADER: usize = 60;

/// A table of long names beyond this is none.
const LONGEST_NAMES: u64 = 16 << 20;

/// Passes on every member of a stream.
pub(crate) fn walk(sink: &mut Sink<'_>, path: &str, stream: &mut dyn Read, depth: u32) -> Result<(), Stop> {
    let mut clues = Clues::default();
    let walked = walk_members(sink, path, stream, depth, &mut clues);
    walked.and_then(|()| clues.tell(sink, path))
}

fn walk_members(
    sink: &mut Sink<'_>,
    path: &str,
    stream: &mut dyn Read,
    depth: u32,
    clues: &mut Clues,
) -> Result<(), Stop> {
    let (_, error) = fill(stream, &mut [0; MAGIC]);
    if let Some(error) = error {
        return sink.finding(path, kind_of(&error), shown(&error.to_string()));
    }
    let mut names = Names::default();
    let mut long_names = Vec::new();
    loop {
        let mut header = [0; HEADER];
        let (filled, error) = fill(stream, &mut header);
        if let Some(error) = error {
            return sink.finding(path, kind_of(&error), shown(&error.to_string()));
        }
        // Members begin at even places, so that a last one may have a byte of padding behind it.
        if filled <= 1 {
            return Ok(());
        }
        if filled < HEADER {
            return sink.finding(path, FindingKind::Truncated, "it ends inside a header");
        }
        let size = number(&header[48..58]);
        let (Some(size), b"`\n") = (size, &header[58..]) else {
            return sink.finding(path, FindingKind::Corrupt, "a damaged header: what follows was not read");
        };
        let mut content = Exactly::new(stream, size);
        let told = header[..16].trim_ascii_end();
        if told == b"//" && long_names.is_empty() && size <= LONGEST_NAMES {
            sink.count_entry(path)?;
            if let Err(error) = content.read_to_end(&mut long_names) {
                return sink.finding(path, kind_of(&error), shown(&error.to_string()));
            }
        } else {
            let mut left = size;
            let name = match name_of(told, &long_names, &mut content, &mut left) {
                Ok(name) => name,
                Err(why) => {
                    sink.finding(path, FindingKind::Corrupt, why)?;
                    told.to_vec()
                }
            };
            let entry_path = nested_path(path, &name);
            if let Some(why) = why_unsafe(&name) {
                sink.finding(&entry_path, FindingKind::UnsafeName, why)?;
            }
            // Symbols of a library are an index of the other members.
            let is_index = matches!(&name[..], b"/" | b"/SYM64/" | b"__.SYMDEF" | b"__.SYMDEF SORTED");
            if !is_index && !names.is_new(&name) {
                sink.finding(&entry_path, FindingKind::DuplicateName, "a member before it has the same name")?;
            }
            if let (Some(user), Some(group)) = (number(&header[28..34]), number(&header[34..40])) {
                clues.owner(user, group, b"", b"");
            }
            clues.time(number(&header[16..28]).and_then(|seconds| i64::try_from(seconds).ok()));
            walk_stream(sink, &entry_path, &mut content, Some(left), depth)?;
        }
        if let Err(error) = content.skip_rest() {
            return sink.finding(path, kind_of(&error), shown(&error.to_string()));
        }
        if size % 2 == 1 {
            fill(stream, &mut [0; 1]);
        }
    }
}

/// The name of a member: in the header, in the table of long names (System V), or before its content (BSD).
fn name_of(told: &[u8], long_names: &[u8], content: &mut Exactly<'_>, left: &mut u64) -> Result<Vec<u8>, &'static str> {
    if let Some(length) = told.strip_prefix(b"#1/").and_then(number) {
        let length = usize::try_from(length).ok().filter(|it| *it <= 4096 && *it as u64 <= *left);
        let length = length.ok_or("a member's name is longer than the member")?;
        let mut name = vec![0; length];
        content.read_exact(&mut name).map_err(|_| "it ends inside a member's name")?;
        *left -= length as u64;
        name.truncate(name.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1));
        return Ok(name);
    }
    if let [b'/', digits @ ..] = told
        && let Some(at) = number(digits)
    {
        let rest = usize::try_from(at).ok().and_then(|at| long_names.get(at..));
        let rest = rest.filter(|rest| !rest.is_empty()).ok_or("a member's name is not in the table of names")?;
        let end = rest.iter().position(|byte| matches!(byte, b'\n' | 0)).unwrap_or(rest.len());
        return Ok(rest[..end].strip_suffix(b"/").unwrap_or(&rest[..end]).to_vec());
    }
    let is_special = told.starts_with(b"/");
    Ok(if is_special { told } else { told.strip_suffix(b"/").unwrap_or(told) }.to_vec())
}

/// A decimal number that blanks follow; `None` where it is none.
fn number(field: &[u8]) -> Option<u64> {
    std::str::from_utf8(field).ok()?.trim_end().parse().ok()
}
