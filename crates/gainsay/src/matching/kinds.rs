//! What kind of file a file is, by its first bytes and by its name, and the language of source code by its name: for counting. What is
//! done with a file does not depend on it.

/// The first bytes of files, at an offset, and what they are.
const MAGIC: &[(usize, &[u8], &str)] = &[
    (0, b"%PDF-", DOCUMENT),
    (0, b"{\\rtf", DOCUMENT),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", DOCUMENT),
    (0, b"\x89PNG\r\n\x1a\n", PICTURE),
    (0, b"\xff\xd8\xff", PICTURE),
    (0, b"GIF87a", PICTURE),
    (0, b"GIF89a", PICTURE),
    (8, b"WEBP", PICTURE),
    (0, b"II*\0", PICTURE),
    (0, b"MM\0*", PICTURE),
    (0, b"\x7fELF", PROGRAM),
    (0, b"MZ", PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", PROGRAM),
    (0, b"\xce\xfa\xed\xfe", PROGRAM),
    (0, b"\xca\xfe\xba\xbe", PROGRAM),
    (0, b"\0asm", PROGRAM),
    (0, b"!<arch>\n", PROGRAM),
    (0, b"SQLite format 3\0", DATABASE),
    (0, b"PGDMP", DATABASE),
    (4, b"Standard Jet DB", DATABASE),
    (4, b"Standard ACE DB", DATABASE),
    (0, b"!BDN", MAIL),
    (0, b"From ", MAIL),
    (4, b"ftyp", RECORDING),
    (0, b"OggS", RECORDING),
    (0, b"fLaC", RECORDING),
    (0, b"ID3", RECORDING),
    (8, b"WAVE", RECORDING),
    (8, b"AVI ", RECORDING),
    (0, b"\x1a\x45\xdf\xa3", RECORDING),
    (0, b"PK\x03\x04", ARCHIVE),
    (0, b"Rar!", ARCHIVE),
    (0, b"7z\xbc\xaf\x27\x1c", ARCHIVE),
    (0, b"\x1f\x8b", ARCHIVE),
    (0, b"BZh", ARCHIVE),
    (0, b"\xfd7zXZ\0", ARCHIVE),
    (0, b"\x28\xb5\x2f\xfd", ARCHIVE),
    (0, b"-----BEGIN ", KEY),
];

pub(super) const CODE: &str = "source code";
pub(super) const TEXT: &str = "text";
pub(super) const DOCUMENT: &str = "document";
pub(super) const PICTURE: &str = "picture";
pub(super) const RECORDING: &str = "recording";
pub(super) const PROGRAM: &str = "program";
pub(super) const DATABASE: &str = "database";
pub(super) const MAIL: &str = "mail";
pub(super) const ARCHIVE: &str = "archive";
pub(super) const KEY: &str = "key or certificate";
pub(super) const OTHER: &str = "other";

/// Endings of names, in small letters, of kinds that their first bytes do not tell.
const ENDINGS: &[(&str, &[&str])] = &[
    (DOCUMENT, &["doc", "docx", "odp", "ods", "odt", "pdf", "ppt", "pptx", "rtf", "vsd", "vsdx", "xls", "xlsx"]),
    (DATABASE, &["accdb", "bson", "db", "dbf", "dump", "mdb", "mdf", "sqlite", "sqlite3"]),
    (MAIL, &["eml", "mbox", "msg", "ost", "pst"]),
    (PICTURE, &["bmp", "psd", "svg"]),
    (KEY, &["crt", "key", "p12", "pem", "pfx"]),
];

/// Languages with the endings of their files, in small letters.
const LANGUAGES: &[(&str, &[&str])] = &[
    ("assembly", &["asm", "nasm", "s"]),
    ("C", &["c", "h"]),
    ("C#", &["cs"]),
    ("C++", &["cc", "cpp", "cxx", "hh", "hpp", "hxx", "inl", "ipp"]),
    ("Dart", &["dart"]),
    ("Delphi", &["dpr", "pas"]),
    ("Erlang", &["erl", "hrl"]),
    ("F#", &["fs", "fsx"]),
    ("Go", &["go"]),
    ("Groovy", &["gradle", "groovy"]),
    ("Haskell", &["hs"]),
    ("Java", &["java"]),
    ("JavaScript", &["cjs", "js", "jsx", "mjs"]),
    ("Kotlin", &["kt", "kts"]),
    ("Lua", &["lua"]),
    ("Objective-C", &["m", "mm"]),
    ("Perl", &["pl", "pm"]),
    ("PHP", &["php", "phtml"]),
    ("PowerShell", &["ps1", "psm1"]),
    ("Python", &["py", "pyi", "pyw", "pyx"]),
    ("Ruby", &["rake", "rb"]),
    ("Rust", &["rs"]),
    ("Scala", &["scala"]),
    ("shell", &["bash", "ksh", "sh", "zsh"]),
    ("SQL", &["ddl", "sql"]),
    ("Swift", &["swift"]),
    ("TypeScript", &["cts", "mts", "ts", "tsx"]),
    ("Verilog", &["sv", "v"]),
    ("VHDL", &["vhd", "vhdl"]),
    ("Visual Basic", &["bas", "vb", "vbs"]),
];

/// The kind of a file by its name in the sample and its first bytes, and its language where it is source code.
pub(super) fn kind_of(path: &str, head: &[u8]) -> (&'static str, Option<&'static str>) {
    let starts = |(at, magic, kind): &(usize, &[u8], &'static str)| {
        head.get(*at..).is_some_and(|rest| rest.starts_with(magic)).then_some(*kind)
    };
    let ending = ending(path);
    let of = |table: &[(&'static str, &[&str])]| {
        let ending = ending.as_deref()?;
        table.iter().find(|(_, endings)| endings.contains(&ending)).map(|(word, _)| *word)
    };
    if let Some(kind) = MAGIC.iter().find_map(starts) {
        return (kind, None);
    }
    let is_text = looks_like_text(head);
    if let Some(language) = of(LANGUAGES).filter(|_| is_text) {
        return (CODE, Some(language));
    }
    let kind = of(ENDINGS).unwrap_or(if is_text { TEXT } else { OTHER });
    (kind, None)
}

/// What stands after the last dot of a name, in small letters.
fn ending(path: &str) -> Option<String> {
    let name = path.rsplit(['/', '!']).next()?;
    let (before, ending) = name.rsplit_once('.')?;
    (!before.is_empty() && ending.len() <= 8).then(|| ending.to_ascii_lowercase())
}

/// Whether bytes are characters: no NUL, but for UTF-16 behind its mark, and hardly any other control.
fn looks_like_text(head: &[u8]) -> bool {
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return true;
    }
    let is_control = |byte: &&u8| (**byte < 32 && !b"\t\n\r\x0c\x1b".contains(byte)) || **byte == 127;
    !head.contains(&0) && head.iter().filter(is_control).count() * 50 <= head.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_come_before_names_and_names_before_looks() {
        for (path, head, kind, language) in [
            ("a.zip!src/main.c", &b"int main(void) {}\n"[..], CODE, Some("C")),
            ("photo.c", b"\xff\xd8\xff\xe0", PICTURE, None),
            ("image.c", b"\0\0\0\0", OTHER, None),
            ("report.docx", b"PK\x03\x04", ARCHIVE, None),
            ("sheet.xls", b"\0\x01", DOCUMENT, None),
            ("notes", "naïve words".as_bytes(), TEXT, None),
            (".bashrc", b"alias ll=ls", TEXT, None),
            ("x.PY", b"import os\n", CODE, Some("Python")),
            ("wide.txt", b"\xff\xfea\0b\0", TEXT, None),
            ("", b"", TEXT, None),
        ] {
            assert_eq!(kind_of(path, head), (kind, language), "{path}");
        }
    }
}
