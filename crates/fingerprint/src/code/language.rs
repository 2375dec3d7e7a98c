//! Which family of languages a file is written in.

/// Languages that the lexer treats alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Language {
    /// C, C++, C#, Java, Objective-C.
    C,
    /// Kotlin, Swift: as C, and comments nest.
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

impl Language {
    /// The language of a file, if its name or its first bytes tell that it is source code.
    pub(crate) fn of(name: &[u8], _head: &[u8]) -> Option<Self> {
        let base = name.rsplit(|byte| *byte == b'/' || *byte == b'\\').next().unwrap_or_default();
        let dot = base.iter().rposition(|byte| *byte == b'.')?;
        let ending = base.get(dot + 1..).unwrap_or_default().to_ascii_lowercase();
        Some(match ending.as_slice() {
            b"c" | b"h" | b"cc" | b"hh" | b"cpp" | b"hpp" | b"cxx" | b"hxx" | b"inl" | b"ino" | b"cu" | b"cuh"
            | b"m" | b"mm" | b"cs" | b"java" => Language::C,
            b"kt" | b"kts" | b"swift" => Language::Swift,
            b"rs" => Language::Rust,
            b"go" => Language::Go,
            b"js" | b"mjs" | b"cjs" | b"jsx" | b"ts" | b"mts" | b"cts" | b"tsx" => Language::JavaScript,
            b"php" | b"phtml" => Language::Php,
            b"py" | b"pyi" | b"pyw" => Language::Python,
            b"sh" | b"bash" | b"zsh" | b"ksh" | b"rb" | b"rake" => Language::Shell,
            b"sql" => Language::Sql,
            _ => return None,
        })
    }
}
