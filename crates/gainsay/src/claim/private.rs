//! What two parties settled without showing each other anything.

use jiff::Timestamp;

use super::{ElementKind, EntryId, Tlp, counted};

/// The result of a private match that both parties signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateMatch {
    /// The entry that records it.
    pub id: EntryId,
    /// `p` and its number in the case.
    pub handle: String,
    /// When it was recorded.
    pub received: Timestamp,
    /// To whom it may be told.
    pub tlp: Tlp,
    /// The company whose files or accounts the case is about, by its name there.
    pub company: String,
    /// Whether this desk held the sample.
    pub held_here: bool,
    /// The Ed25519 public key of who held the sample, in hexadecimal.
    pub holder: String,
    /// The same of who owned what it was held against.
    pub owner: String,
    /// What was to be settled, as both signed it.
    pub claim: String,
    /// What was compared.
    pub elements: ElementKind,
    /// The same in the words that both signed.
    pub inputs: String,
    /// Whether the holder learned which elements match.
    pub which: bool,
    /// Of all elements one in so many took part.
    pub sampling: u32,
    /// How many elements of the sample took part.
    pub count: u32,
    /// How many of them matched anything.
    pub matches: u32,
    /// The least and the most whole percent of the sample that match, with 95% confidence where a part took part.
    pub percent: (u8, u8),
    /// What they were held against, by parts.
    pub labels: Vec<PrivateLabel>,
    /// SHA-256 of the statement, in hexadecimal.
    pub statement: String,
}

/// A part of what a sample was held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateLabel {
    /// What and where it is.
    pub name: String,
    /// How large it is, rounded up to six bits.
    pub size: u64,
    /// How many elements of the sample it has.
    pub matches: u32,
}

impl PrivateMatch {
    /// What came of it, in a sentence.
    pub fn summary(&self) -> String {
        let share = share(self.percent, self.matches);
        let of = counted(self.count, "element");
        let in_labels: Vec<String> =
            self.labels.iter().map(|label| format!("{} in {}", label.matches, label.name)).collect();
        let parts = if in_labels.len() > 1 { format!(" ({})", in_labels.join(", ")) } else { String::new() };
        let sampled = match self.sampling {
            0 | 1 => String::new(),
            one_in => format!(", of which one in {one_in} took part"),
        };
        let there = match self.elements {
            ElementKind::Accounts | ElementKind::Credentials => "were found with others".to_owned(),
            _ => format!("are in what {} holds", self.company),
        };
        format!("{} of {of} ({}){sampled} {there}: {share} of the sample{parts}", self.matches, self.inputs)
    }

    /// What was settled, by whom and what each vouches for, in sentences.
    pub fn words(&self) -> Vec<String> {
        let mode =
            if self.which { "The holder of the sample learned which elements match" } else { "Nobody learned which" };
        let (holder, owner) =
            if self.held_here { ("this desk", "the other party") } else { ("the other party", "this desk") };
        let sizes: Vec<String> =
            self.labels.iter().map(|label| format!("{} (at most {} elements)", label.name, label.size)).collect();
        vec![
            format!("Both parties signed that {}. {mode}; neither showed the other what it holds.", self.summary()),
            format!("It concerned {:?}, held against {}.", self.claim, sizes.join(", ")),
            format!(
                "The sample was held by {holder}, key {}, which vouches for the counts; {owner}, key {}, agrees that they are of the files that were exchanged. What an owner left out of what it holds, nobody sees.",
                self.holder, self.owner
            ),
            format!("SHA-256 of the statement of both: {}.", self.statement),
        ]
    }

    /// How many files that would make: elements of a kind of which a file has many count as parts of one.
    pub fn files(&self) -> u64 {
        u64::from(self.matches) * u64::from(self.sampling.max(1)) / per_file(self.elements)
    }
}

/// "73%", "between 71% and 74%", or "less than 1%".
pub fn share((least, most): (u8, u8), matches: u32) -> String {
    match (least, most) {
        (0, 0) if matches > 0 => "less than 1%".to_owned(),
        (least, most) if least == most => format!("{least}%"),
        _ => format!("between {least}% and {most}%"),
    }
}

/// So many elements of a kind are taken for as much as one file: a page of text has that many fingerprints, and below it what is shared
/// may be a licence's or a template's. Of names with sizes, and of lines, some are alike by chance.
fn per_file(kind: ElementKind) -> u64 {
    match kind {
        ElementKind::Text | ElementKind::Code => 100,
        ElementKind::Parts | ElementKind::Listing | ElementKind::Lines => 10,
        ElementKind::Files | ElementKind::Ids | ElementKind::Accounts | ElementKind::Credentials => 1,
    }
}
