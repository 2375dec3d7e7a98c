//! Which family of languages a file is written in.

/// How many bytes of a file tell its language where its name does not.
pub(crate) const HEAD: usize = 4096;

/// So many lines of a head must be marked by one family.
const LEAST_MARKED: usize = 3;

/// At least one of so many lines that are not blank must be.
const MARKED_OF: usize = 8;

/// Languages that the lexer treats alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Language {
    /// C, C++, C#, Java, Objective-C.
    C,
    /// Kotlin, Swift.
    Swift,
    Rust,
    Go,
    /// JavaScript, TypeScript.
    JavaScript,
    Php,
    Python,
    /// Shell, Ruby.
    Shell,
    Sql,
}

/// What a name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Code(Language),
    NoCode,
    Unknown,
}

/// Endings of names, in small letters, of files that are no source code whatever their heads look like.
const NO_CODE: &[&str] = &[
    "csv",
    "css",
    "htm",
    "html",
    "ini",
    "ipynb",
    "json",
    "jsonl",
    "less",
    "lock",
    "log",
    "map",
    "markdown",
    "md",
    "org",
    "pem",
    "po",
    "pot",
    "properties",
    "rst",
    "scss",
    "svg",
    "tex",
    "toml",
    "tsv",
    "txt",
    "vue",
    "xhtml",
    "xml",
    "xsd",
    "xsl",
    "yaml",
    "yml",
];

/// Endings of names, in small letters, of each family.
const CODE: &[(Language, &[&str])] = &[
    (
        Language::C,
        &["c", "cc", "cpp", "cs", "cu", "cuh", "cxx", "h", "hh", "hpp", "hxx", "inl", "ino", "ipp", "java", "m", "mm"],
    ),
    (Language::Swift, &["kt", "kts", "swift"]),
    (Language::Rust, &["rs"]),
    (Language::Go, &["go"]),
    (Language::JavaScript, &["cjs", "cts", "js", "jsx", "mjs", "mts", "ts", "tsx"]),
    (Language::Php, &["php", "php3", "php4", "php5", "phtml"]),
    (Language::Python, &["py", "pyi", "pyw", "pyx"]),
    (Language::Shell, &["bash", "ksh", "rake", "rb", "ru", "sh", "zsh"]),
    (Language::Sql, &["ddl", "pgsql", "plsql", "psql", "sql"]),
];

/// Interpreters that the first line of a script may name, as far as they are not numbered.
const INTERPRETERS: &[(Language, &[&str])] = &[
    (Language::JavaScript, &["deno", "node"]),
    (Language::Php, &["php"]),
    (Language::Python, &["python"]),
    (Language::Shell, &["bash", "dash", "ksh", "ruby", "sh", "zsh"]),
];

/// A line marks a family if it begins with the first and the second stands after that.
const MARKS: &[(Language, &[(&str, &str)])] = &[
    (
        Language::C,
        &[
            ("#include", ""),
            ("#import ", ""),
            ("#define ", ""),
            ("#if", ""),
            ("#endif", ""),
            ("typedef ", ""),
            ("namespace ", ""),
            ("using ", ";"),
            ("package ", ";"),
            ("import ", ";"),
            ("extern ", ""),
            ("static ", "("),
            ("public ", ""),
            ("private ", ""),
            ("protected ", ""),
            ("struct ", ""),
            ("@interface", ""),
            ("@implementation", ""),
            ("@property", ";"),
            ("- (", ")"),
            ("#pragma ", ""),
        ],
    ),
    (
        Language::Rust,
        &[
            ("fn ", "("),
            ("pub ", ""),
            ("pub(", ")"),
            ("use ", ";"),
            ("use ", "{"),
            ("mod ", ";"),
            ("mod ", "{"),
            ("impl", "{"),
            ("let ", ";"),
            ("#[", "]"),
            ("#![", "]"),
            ("extern crate ", ";"),
        ],
    ),
    (
        Language::Go,
        &[
            ("package ", ""),
            ("import (", ""),
            ("import \"", ""),
            ("func ", "("),
            ("type ", " struct {"),
            ("type ", " interface {"),
            ("if err != nil", "{"),
            ("return ", "err"),
        ],
    ),
    (
        Language::JavaScript,
        &[
            ("const ", "="),
            ("let ", ";"),
            ("var ", ";"),
            ("function ", "{"),
            ("function(", "{"),
            ("export ", ""),
            ("import ", " from "),
            ("import {", ""),
            ("} from ", ""),
            ("module.exports", "="),
            ("'use strict'", ""),
            ("\"use strict\"", ""),
            ("async function ", "{"),
            ("declare ", ""),
            ("return ", ";"),
        ],
    ),
    (
        Language::Python,
        &[
            ("def ", ":"),
            ("class ", ":"),
            ("if ", ":"),
            ("elif ", ":"),
            ("for ", ":"),
            ("with ", ":"),
            ("try:", ""),
            ("except ", ":"),
            ("from ", " import "),
            ("import ", ""),
            ("async def ", ":"),
        ],
    ),
    (
        Language::Swift,
        &[
            ("package ", ""),
            ("import ", ""),
            ("fun ", "("),
            ("override fun ", "("),
            ("private fun ", "("),
            ("func ", "->"),
            ("func ", "{"),
            ("public func ", "("),
            ("private func ", "("),
            ("open func ", "("),
            ("val ", "="),
            ("private val ", ""),
            ("guard ", ""),
            ("let ", "="),
            ("var ", ":"),
            ("data class ", "("),
            ("extension ", "{"),
        ],
    ),
    (
        Language::Shell,
        &[
            ("fi", ""),
            ("done", ""),
            ("esac", ""),
            ("if [", "]"),
            ("elif [", "]"),
            ("then", ""),
            ("echo ", ""),
            ("export ", "="),
            ("local ", "="),
            ("require '", "'"),
            ("require \"", "\""),
            ("require_relative ", ""),
            ("def ", ""),
            ("module ", ""),
            ("attr_", " :"),
            ("end", ""),
            ("unless ", ""),
        ],
    ),
    (
        Language::Sql,
        &[
            ("create table", ""),
            ("create index", ""),
            ("create view", ""),
            ("create or replace", ""),
            ("insert into", ""),
            ("alter table", ""),
            ("drop table", ""),
            ("select ", ""),
            ("primary key", "("),
        ],
    ),
];

impl Language {
    /// What a file's name tells of its language: the ending after the last dot, whatever its case.
    pub(crate) fn named(name: &[u8]) -> Named {
        let base = name.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or_default();
        let Some(dot) = base.iter().rposition(|byte| *byte == b'.') else { return Named::Unknown };
        let ending = base.get(dot + 1..).unwrap_or_default().to_ascii_lowercase();
        let is = |known: &&str| known.as_bytes() == ending;
        if NO_CODE.iter().any(is) {
            return Named::NoCode;
        }
        CODE.iter()
            .find(|(_, endings)| endings.iter().any(is))
            .map_or(Named::Unknown, |(language, _)| Named::Code(*language))
    }

    /// The language that a file's first [`HEAD`] bytes, or all if there are fewer, tell where its name tells none.
    pub(crate) fn of_head(head: &[u8]) -> Option<Self> {
        if let Some(line) = head.strip_prefix(b"#!") {
            return interpreter(line.split(|byte| *byte == b'\n').next().unwrap_or_default());
        }
        let text = head.trim_ascii_start();
        if text.starts_with(b"<?php") {
            return Some(Language::Php);
        }
        if text.starts_with(b"<") {
            return None;
        }
        let mut lines = 0;
        let mut marked = [0; MARKS.len()];
        for line in text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii) {
            // Code in Markdown is quoted by such a line.
            if line.starts_with(b"```") {
                return None;
            }
            let comment = [&b"*"[..], b"/*", b"//", b"# ", b"--"].iter().any(|opening| line.starts_with(opening));
            if line.is_empty() || comment {
                continue;
            }
            lines += 1;
            for ((language, marks), marked) in MARKS.iter().zip(&mut marked) {
                *marked += usize::from(marks.iter().any(|mark| marks_line(mark, line, *language == Language::Sql)));
            }
        }
        let (most, (language, _)) = marked.iter().zip(MARKS).rev().max_by_key(|(marked, _)| **marked)?;
        (*most >= LEAST_MARKED && most * MARKED_OF >= lines).then_some(*language)
    }
}

/// The language of a script whose first line, after `#!`, is this: the last part of the first word's path; after `env`
/// that of the next word that is no option. Figures, dots and dashes at its end play no part.
fn interpreter(line: &[u8]) -> Option<Language> {
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let program = |word: &'_ [u8]| word.rsplit(|byte| *byte == b'/').next().unwrap_or_default().to_vec();
    let mut name = program(words.next()?);
    if name == b"env" {
        name = program(words.find(|word| !word.starts_with(b"-"))?);
    }
    let end = name.iter().rposition(|byte| byte.is_ascii_alphabetic())?;
    let name = name.get(..=end)?;
    INTERPRETERS
        .iter()
        .find(|(_, names)| names.iter().any(|known| known.as_bytes() == name))
        .map(|(language, _)| *language)
}

fn marks_line((beginning, part): &(&str, &str), line: &[u8], any_case: bool) -> bool {
    let Some((first, rest)) = line.split_at_checked(beginning.len()) else { return false };
    let begins =
        if any_case { first.eq_ignore_ascii_case(beginning.as_bytes()) } else { first == beginning.as_bytes() };
    begins && (part.is_empty() || rest.windows(part.len()).any(|window| window == part.as_bytes()))
}
