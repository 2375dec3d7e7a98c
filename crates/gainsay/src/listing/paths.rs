//! Paths as they are listed, made comparable.

/// Deeper is no path of a real file.
pub(super) const DEEPEST: usize = 256;

/// The longest path that Linux takes.
pub(super) const LONGEST_PATH: usize = 4096;

/// A path without drive, leading slashes, `.` and `..`, with `/` between its parts, and whether a slash ends it; none for what
/// is too long or deep, or names nothing. `backslashes` says that they part names.
pub(super) fn clean(path: &[u8], backslashes: bool) -> Option<(Vec<u8>, bool)> {
    let path = match path {
        [drive, b':', rest @ ..] if drive.is_ascii_alphabetic() && backslashes => rest,
        _ => path,
    };
    let is_slash = |byte: &u8| *byte == b'/' || backslashes && *byte == b'\\';
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(is_slash) {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    let length = parts.iter().map(|part| part.len() + 1).sum::<usize>();
    let fits = !parts.is_empty() && parts.len() <= DEEPEST && length <= LONGEST_PATH;
    fits.then(|| (parts.join(&b'/'), path.last().is_some_and(is_slash)))
}

/// A folder and a name in it.
pub(super) fn joined(folder: &[u8], name: &[u8]) -> Vec<u8> {
    if folder.is_empty() { name.to_vec() } else { [folder, b"/", name].concat() }
}

/// A name for comparing: each run of bytes that are not ASCII, and of question marks, which `ls` and `dir` print for them,
/// is one `?`. A name thus equals itself in every code page.
pub fn folded(name: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(name.len());
    for byte in name {
        if byte.is_ascii() && *byte != b'?' {
            out.push(*byte);
        } else if out.last() != Some(&b'?') {
            out.push(b'?');
        }
    }
    out
}

/// Whether this may be a path as a program prints it alone on a line: few words, and nothing else that paths hardly have.
pub(super) fn looks_like_path(line: &[u8]) -> bool {
    line.iter().filter(|byte| **byte == b' ').count() <= 4 && may_be_path(line)
}

/// Whether this may be a path where the line lists something for sure: no blank at either end, and nothing that code and prose have
/// and file names hardly.
pub(super) fn may_be_path(line: &[u8]) -> bool {
    let is_odd = |byte: &u8| byte.is_ascii_control() || b"\"<>|;{}=*`".contains(byte);
    let ends_odd = matches!(line.last(), None | Some(b' ' | b',' | b':' | b'.' | b')'));
    let begins_odd = matches!(line, [] | [b' ' | b'\t' | b'(' | b'#' | b'!', ..] | [b'/', b'/' | b'*', ..]);
    // A comma or a colon before a blank is prose.
    let is_prose = line.windows(2).any(|two| matches!(two, [b',' | b':' | b'.', b' ']));
    !begins_odd && (!ends_odd || is_dots(line)) && !is_prose && !line.iter().any(is_odd)
}

fn is_dots(line: &[u8]) -> bool {
    line == b"." || line == b".." || line.ends_with(b"/.") || line.ends_with(b"/..")
}
