//! Words that are tokens of their own, by family of languages.

use std::hint::select_unpredictable;

use super::Language;

/// Slots of a family's table.
const SLOTS: usize = 512;

/// The keywords of one family, for look-up by their bytes as a little-endian number.
pub(super) struct Keywords {
    /// Makes of each keyword of the family another slot.
    multiplier: u64,
    words: [u64; SLOTS],
    tokens: [u8; SLOTS],
    /// The bit that makes capitals small where case plays no part, left of its place by one; else 0.
    fold: u64,
    /// See [`Keywords::letters`].
    capitals: bool,
    digits: bool,
    any_first: bool,
}

impl Keywords {
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::C => &C,
            Language::Swift => &SWIFT,
            Language::Rust => &RUST,
            Language::Go => &GO,
            Language::JavaScript => &JAVASCRIPT,
            Language::Php => &PHP,
            Language::Python => &PYTHON,
            Language::Shell => &SHELL,
            Language::Sql => &SQL,
        }
    }

    /// Whether capitals, and whether digits, may stand in a keyword beside small letters, and whether anything may come
    /// first.
    pub(super) fn letters(&self) -> (bool, bool, bool) {
        (self.capitals, self.digits, self.any_first)
    }

    /// The token of a word of at most eight bytes, given as a little-endian number, or `other` if it is no keyword.
    #[inline(always)]
    pub(super) fn token(&self, word: u64, other: u8) -> u8 {
        // A byte with this bit set is a letter, `_` or no ASCII; the latter two are in no keyword, small or not.
        let word = word | ((word & self.fold) >> 1);
        let slot = slot(word, self.multiplier);
        select_unpredictable(self.words[slot] == word, self.tokens[slot], other)
    }

    const fn new(family: u8, multiplier: u64, fold: u64) -> Self {
        let mut table = Keywords {
            multiplier,
            words: [0; SLOTS],
            tokens: [0; SLOTS],
            fold,
            capitals: fold != 0,
            digits: false,
            any_first: false,
        };
        let mut at = 0;
        while at < LIST.len() {
            let (word, token, families) = LIST[at];
            if holds(families.as_bytes(), family) {
                let word = number(word.as_bytes());
                let slot = slot(word, multiplier);
                table.words[slot] = word;
                table.tokens[slot] = token;
                table.note_letters(LIST[at].0.as_bytes());
            }
            at += 1;
        }
        table
    }

    const fn note_letters(&mut self, word: &[u8]) {
        self.any_first |= !word[0].is_ascii_lowercase();
        let mut at = 1;
        while at < word.len() {
            self.capitals |= word[at].is_ascii_uppercase();
            self.digits |= word[at].is_ascii_digit();
            at += 1;
        }
    }
}

const fn slot(word: u64, multiplier: u64) -> usize {
    const SHIFT: u32 = u64::BITS - SLOTS.trailing_zeros();
    (word.wrapping_mul(multiplier) >> SHIFT) as usize
}

const fn holds(families: &[u8], family: u8) -> bool {
    let mut at = 0;
    while at < families.len() {
        if families[at] == family {
            return true;
        }
        at += 1;
    }
    false
}

const fn number(word: &[u8]) -> u64 {
    let mut number = 0;
    let mut at = word.len();
    while at > 0 {
        at -= 1;
        number = number << 8 | word[at] as u64;
    }
    number
}

/// No family has a word of no bytes, so an empty slot is equal to none that is asked for.
const FOLD: u64 = 0x4040_4040_4040_4040;

static C: Keywords = Keywords::new(b'C', 0x2a1b_e9cd_8697_bbd1, 0);
static SWIFT: Keywords = Keywords::new(b'K', 0xb9d3_9cca_9155_1e83, 0);
static RUST: Keywords = Keywords::new(b'R', 0x4da4_daeb_4f3f_8777, 0);
static GO: Keywords = Keywords::new(b'G', 0x5dd9_61e6_830b_54fb, 0);
static JAVASCRIPT: Keywords = Keywords::new(b'J', 0xff3f_e32a_30ff_c4ef, 0);
static PHP: Keywords = Keywords::new(b'H', 0x0e8a_35b1_0828_d569, 0);
static PYTHON: Keywords = Keywords::new(b'P', 0x3fdf_57cd_2c00_6497, 0);
static SHELL: Keywords = Keywords::new(b'S', 0xeb2b_5693_babb_7fbb, 0);
static SQL: Keywords = Keywords::new(b'Q', 0x8a76_ba4a_8ed6_25f7, FOLD);

/// Each keyword with its token and the families that have it: C, K(otlin, Swift), R(ust), G(o), J(avaScript), (P)H(P),
/// P(ython), S(hell, Ruby), (S)Q(L). Words of one family alone share their tokens with those of other families.
#[rustfmt::skip]
const LIST: &[(&str, u8, &str)] = &[
    ("if", 0x4d, "CKRGJHPSQ"),
    ("else", 0x4e, "CKRGJHPSQ"),
    ("for", 0x4f, "CKRGJHPSQ"),
    ("return", 0x50, "CKRGJHPSQ"),
    ("while", 0x51, "CKRJHPSQ"),
    ("break", 0x52, "CKRGJHPS"),
    ("true", 0x53, "CKRGJHSQ"),
    ("false", 0x54, "CKRGJHSQ"),
    ("case", 0x55, "CKGJHSQ"),
    ("continue", 0x56, "CKRGJHP"),
    ("default", 0x57, "CKGJHQ"),
    ("const", 0x58, "CKRGJH"),
    ("class", 0x59, "CKJHPS"),
    ("self", 0x5a, "CKRHPS"),
    ("in", 0x5b, "KRJPSQ"),
    ("switch", 0x5c, "CKGJH"),
    ("do", 0x5d, "CKJHS"),
    ("static", 0x5e, "CKRJH"),
    ("public", 0x5f, "CKJHS"),
    ("private", 0x60, "CKJHS"),
    ("try", 0x61, "CKJHP"),
    ("finally", 0x62, "CKJHP"),
    ("super", 0x63, "CKRJS"),
    ("import", 0x64, "CKGJP"),
    ("null", 0x65, "CKJHQ"),
    ("await", 0x66, "CKRJP"),
    ("as", 0x67, "KRHPQ"),
    ("struct", 0x68, "CKRG"),
    ("enum", 0x69, "CKRJ"),
    ("int", 0x6a, "CGHQ"),
    ("bool", 0x6b, "CRGH"),
    ("throw", 0x6c, "CKJH"),
    ("catch", 0x6d, "CKJH"),
    ("abstract", 0x6e, "CKJH"),
    ("nil", 0x6f, "CKGS"),
    ("var", 0x70, "KGJH"),
    ("async", 0x71, "KRJP"),
    ("function", 0x72, "JHSQ"),
    ("yield", 0x73, "JHPS"),
    ("and", 0x74, "HPSQ"),
    ("or", 0x75, "HPSQ"),
    ("void", 0x76, "CJH"),
    ("char", 0x77, "CRQ"),
    ("boolean", 0x78, "CJQ"),
    ("this", 0x79, "CKJ"),
    ("new", 0x7a, "CJH"),
    ("delete", 0x7b, "CJQ"),
    ("extends", 0x7c, "CJH"),
    ("final", 0x7d, "CKH"),
    ("package", 0x7e, "CKG"),
    ("when", 0x7f, "KSQ"),
    ("let", 0x80, "KRJ"),
    ("is", 0x81, "KPQ"),
    ("where", 0x82, "KRQ"),
    ("string", 0x83, "GJH"),
    ("with", 0x84, "JPQ"),
    ("readonly", 0x85, "JHS"),
    ("not", 0x86, "PSQ"),
    ("goto", 0x87, "CG"),
    ("union", 0x88, "CQ"),
    ("extern", 0x89, "CR"),
    ("inline", 0x8a, "CK"),
    ("float", 0x8b, "CH"),
    ("throws", 0x8c, "CK"),
    ("foreach", 0x8d, "CH"),
    ("override", 0x8e, "CK"),
    ("sealed", 0x8f, "CK"),
    ("internal", 0x90, "CK"),
    ("func", 0x91, "KG"),
    ("defer", 0x92, "KG"),
    ("typeof", 0x93, "KJ"),
    ("match", 0x94, "RH"),
    ("loop", 0x95, "RQ"),
    ("fn", 0x96, "RH"),
    ("trait", 0x97, "RH"),
    ("type", 0x98, "RG"),
    ("use", 0x99, "RH"),
    ("select", 0x9a, "GQ"),
    ("export", 0x9b, "JS"),
    ("global", 0x9c, "HP"),
    ("echo", 0x9d, "HS"),
    ("unset", 0x9e, "HS"),
    ("include", 0x9f, "HS"),
    ("require", 0xa0, "HS"),
    ("elif", 0xa1, "PS"),
    ("def", 0xa2, "PS"),
    ("raise", 0xa3, "PS"),
    ("from", 0xa4, "PQ"),
    ("then", 0xa5, "SQ"),
    ("begin", 0xa6, "SQ"),
    ("end", 0xa7, "SQ"),
    ("set", 0xa8, "SQ"),
    ("declare", 0xa9, "SQ"),
    ("typedef", 0xaa, "C"),
    ("register", 0xab, "C"),
    ("volatile", 0xac, "C"),
    ("long", 0xad, "C"),
    ("short", 0xae, "C"),
    ("unsigned", 0xaf, "C"),
    ("signed", 0xb0, "C"),
    ("double", 0xb1, "C"),
    ("sizeof", 0xb2, "C"),
    ("template", 0xb3, "C"),
    ("typename", 0xb4, "C"),
    ("operator", 0xb5, "C"),
    ("virtual", 0xb6, "C"),
    ("friend", 0xb7, "C"),
    ("nullptr", 0xb8, "C"),
    ("native", 0xb9, "C"),
    ("decimal", 0xba, "C"),
    ("fun", 0xaa, "K"),
    ("val", 0xab, "K"),
    ("protocol", 0xac, "K"),
    ("object", 0xad, "K"),
    ("rethrows", 0xae, "K"),
    ("guard", 0xaf, "K"),
    ("repeat", 0xb0, "K"),
    ("init", 0xb1, "K"),
    ("infix", 0xb2, "K"),
    ("lateinit", 0xb3, "K"),
    ("reified", 0xb4, "K"),
    ("suspend", 0xb5, "K"),
    ("vararg", 0xb6, "K"),
    ("mutating", 0xb7, "K"),
    ("lazy", 0xb8, "K"),
    ("inout", 0xb9, "K"),
    ("mut", 0xaa, "R"),
    ("impl", 0xab, "R"),
    ("crate", 0xac, "R"),
    ("mod", 0xad, "R"),
    ("pub", 0xae, "R"),
    ("Self", 0xaf, "R"),
    ("ref", 0xb0, "R"),
    ("move", 0xb1, "R"),
    ("dyn", 0xb2, "R"),
    ("unsafe", 0xb3, "R"),
    ("str", 0xb4, "R"),
    ("u8", 0xb5, "R"),
    ("u16", 0xb6, "R"),
    ("u32", 0xb7, "R"),
    ("u64", 0xb8, "R"),
    ("u128", 0xb9, "R"),
    ("usize", 0xba, "R"),
    ("i8", 0xbb, "R"),
    ("i16", 0xbc, "R"),
    ("i32", 0xbd, "R"),
    ("i64", 0xbe, "R"),
    ("i128", 0xbf, "R"),
    ("isize", 0xc0, "R"),
    ("f32", 0xc1, "R"),
    ("f64", 0xc2, "R"),
    ("go", 0xaa, "G"),
    ("map", 0xab, "G"),
    ("chan", 0xac, "G"),
    ("range", 0xad, "G"),
    ("byte", 0xae, "G"),
    ("error", 0xaf, "G"),
    ("uint8", 0xb0, "G"),
    ("int32", 0xb1, "G"),
    ("int64", 0xb2, "G"),
    ("uint32", 0xb3, "G"),
    ("uint64", 0xb4, "G"),
    ("float64", 0xb5, "G"),
    ("make", 0xb6, "G"),
    ("len", 0xb7, "G"),
    ("append", 0xb8, "G"),
    ("debugger", 0xaa, "J"),
    ("number", 0xab, "J"),
    ("elseif", 0xaa, "H"),
    ("clone", 0xab, "H"),
    ("print", 0xac, "H"),
    ("isset", 0xad, "H"),
    ("empty", 0xae, "H"),
    ("list", 0xaf, "H"),
    ("array", 0xb0, "H"),
    ("parent", 0xb1, "H"),
    ("mixed", 0xb2, "H"),
    ("$this", 0xb3, "H"),
    ("except", 0xaa, "P"),
    ("pass", 0xab, "P"),
    ("nonlocal", 0xac, "P"),
    ("lambda", 0xad, "P"),
    ("assert", 0xae, "P"),
    ("del", 0xaf, "P"),
    ("None", 0xb0, "P"),
    ("True", 0xb1, "P"),
    ("False", 0xb2, "P"),
    ("elsif", 0xaa, "S"),
    ("fi", 0xab, "S"),
    ("until", 0xac, "S"),
    ("done", 0xad, "S"),
    ("esac", 0xae, "S"),
    ("local", 0xaf, "S"),
    ("module", 0xb0, "S"),
    ("unless", 0xb1, "S"),
    ("rescue", 0xb2, "S"),
    ("ensure", 0xb3, "S"),
    ("next", 0xb4, "S"),
    ("redo", 0xb5, "S"),
    ("retry", 0xb6, "S"),
    ("alias", 0xb7, "S"),
    ("undef", 0xb8, "S"),
    ("exit", 0xb9, "S"),
    ("shift", 0xba, "S"),
    ("insert", 0xaa, "Q"),
    ("into", 0xab, "Q"),
    ("values", 0xac, "Q"),
    ("update", 0xad, "Q"),
    ("create", 0xae, "Q"),
    ("table", 0xaf, "Q"),
    ("view", 0xb0, "Q"),
    ("index", 0xb1, "Q"),
    ("drop", 0xb2, "Q"),
    ("alter", 0xb3, "Q"),
    ("add", 0xb4, "Q"),
    ("column", 0xb5, "Q"),
    ("primary", 0xb6, "Q"),
    ("key", 0xb7, "Q"),
    ("foreign", 0xb8, "Q"),
    ("unique", 0xb9, "Q"),
    ("check", 0xba, "Q"),
    ("join", 0xbb, "Q"),
    ("inner", 0xbc, "Q"),
    ("outer", 0xbd, "Q"),
    ("on", 0xbe, "Q"),
    ("like", 0xbf, "Q"),
    ("between", 0xc0, "Q"),
    ("exists", 0xc1, "Q"),
    ("group", 0xc2, "Q"),
    ("by", 0xc3, "Q"),
    ("order", 0xc4, "Q"),
    ("having", 0xc5, "Q"),
    ("limit", 0xc6, "Q"),
    ("offset", 0xc7, "Q"),
    ("all", 0xc8, "Q"),
    ("distinct", 0xc9, "Q"),
    ("commit", 0xca, "Q"),
    ("rollback", 0xcb, "Q"),
    ("returns", 0xcc, "Q"),
    ("trigger", 0xcd, "Q"),
    ("cast", 0xce, "Q"),
    ("integer", 0xcf, "Q"),
    ("varchar", 0xd0, "Q"),
    ("bigint", 0xd1, "Q"),
    ("numeric", 0xd2, "Q"),
    ("asc", 0xd3, "Q"),
    ("desc", 0xd4, "Q"),
];
