use std::io;

/// Why something is not gone on with. Each is one rule of `docs/private-match-1.md`.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// What was to be written can't be.
    #[error("writing the message failed: {0}")]
    Io(#[from] io::Error),

    // The frame.
    /// The file is something else.
    #[error("this is no message of a private match: it does not begin with the magic bytes of one")]
    NotAMessage,
    /// It was written by a newer program.
    #[error("the message has version {found}, and this program reads version 1: use a newer program")]
    OtherVersion {
        /// The version that the file names.
        found: u8,
    },
    /// A header that no message has.
    #[error(
        "the message is damaged or made up: its header would have {length} bytes; get it again from whoever sent it"
    )]
    HeaderLength {
        /// What the file says.
        length: u32,
    },
    /// Bytes are not those that were written.
    #[error(
        "the message is damaged in its {part}: the bytes do not fit their digest; get it again from whoever sent it"
    )]
    Damaged {
        /// Where.
        part: String,
    },
    /// The header says nothing, or says it in another way than the one there is.
    #[error("the message's header makes no sense ({detail}); get it again from whoever sent it")]
    Header {
        /// What the decoder found.
        detail: String,
    },
    /// The file ends too early.
    #[error("the message is cut short; get it again from whoever sent it")]
    CutShort,
    /// The file goes on behind its end.
    #[error("there are bytes behind the message's end; get it again from whoever sent it")]
    Trailing,
    /// The signature is not the sender's.
    #[error("the message is not signed by the key that it names as its sender's")]
    Signature,
    /// A key that is no Ed25519 key, or one of the weak ones.
    #[error("{whose} key is no Ed25519 public key that signatures can be checked with")]
    NotAKey {
        /// Whose it is.
        whose: &'static str,
    },

    // Its place.
    /// Another message is due.
    #[error("this is the message {found:?}, and {expected:?} is due")]
    OtherKind {
        /// What is due.
        expected: &'static str,
        /// What came.
        found: &'static str,
    },
    /// It is for somebody else.
    #[error("the message is for somebody else: it names another recipient's key")]
    OtherRecipient,
    /// It is from somebody else.
    #[error("the message is from somebody else: it names another sender's key than the one you agreed with")]
    OtherSender,
    /// It belongs to another session, or does not follow the last message of this one.
    #[error("the message belongs to another session or was sent before: it does not follow the {after}")]
    OtherSession {
        /// What it should follow.
        after: &'static str,
    },
    /// The body is longer or shorter than agreed.
    #[error("the message has a body of {found} bytes where {expected} were agreed")]
    OtherLength {
        /// By the agreement.
        expected: u64,
        /// By the header.
        found: u64,
    },

    // Terms.
    /// A field of the terms is out of its limits.
    #[error("the terms make no sense: {detail}")]
    Terms {
        /// What is wrong.
        detail: &'static str,
    },
    /// Few elements ask for consent.
    #[error(
        "the sample has {elements} elements, fewer than 1000: so few tell of single files whether they are in the corpus; say so explicitly if you agree"
    )]
    Few {
        /// How many.
        elements: u32,
    },
    /// More sessions than agreed, or one out of turn.
    #[error(
        "this would be session {session} of the claim where {due} is due, of {sessions} at most: sessions that differ in little tell of single files"
    )]
    Sessions {
        /// What the invitation says.
        session: u8,
        /// Which is due.
        due: usize,
        /// The most that there may be.
        sessions: u8,
    },
    /// Another sample under the same claim.
    #[error(
        "the sample is not the one that the claim's first session committed to: what differs between two samples would tell of single files"
    )]
    DifferingSample,
    /// The same nonce again.
    #[error("the invitation was answered before: have a new one written")]
    Replayed,
    /// A label is out of its limits, or comes twice.
    #[error("the labels make no sense: {detail}")]
    Labels {
        /// What is wrong.
        detail: &'static str,
    },

    // The sample.
    /// The list of what is in the sample can't be taken.
    #[error("the sample can't be taken: {detail}")]
    Sample {
        /// What is wrong.
        detail: &'static str,
    },
    /// The sample is not the committed one.
    #[error("this is not the sample that the invitation commits to")]
    OtherSample,

    // Elements and proofs.
    /// Bytes that encode no element.
    #[error("the message holds 32 bytes that are no element of the group in their one encoding")]
    NotAnElement,
    /// The identity.
    #[error("the message holds the group's identity, which nobody gets by the rules")]
    Identity,
    /// Records must ascend.
    #[error("the records of a group do not ascend: they come twice, or in an order that could tell something")]
    Order,
    /// The key of a seed is not the agreed one.
    #[error(
        "the key derived from this seed is not the one that the agreement names: use the seed that the agreement was made with"
    )]
    OtherKey,
    /// No key comes of a seed.
    #[error("no key can be derived from the seed")]
    NoKey,
    /// The proof of the published controls.
    #[error(
        "the company's proof of its control answers does not hold: they are not made with the key that it committed to"
    )]
    ControlProof,
    /// The proof of the answers.
    #[error("the company's proof for {what} does not hold: the answers are not made with the key that it committed to")]
    AnswerProof {
        /// Which answers.
        what: String,
    },
    /// A hidden control was not answered as published.
    #[error("answers were altered: {missing} of {hidden} hidden controls are not among those of group {group}")]
    Altered {
        /// The group, from 0.
        group: usize,
        /// How many are not there.
        missing: usize,
        /// How many were hidden.
        hidden: usize,
    },
    /// An answer to what was not asked.
    #[error("answers were altered: group {group} holds a control that was not asked for")]
    Unasked {
        /// The group, from 0.
        group: usize,
    },

    // Filters.
    /// Filters are not those committed to.
    #[error("the company's set is not the one that it committed to in the agreement")]
    OtherSet,
    /// A filter's code can't be read.
    #[error("the filter of label {label:?} makes no sense: {detail}")]
    Filter {
        /// The label.
        label: String,
        /// What is wrong.
        detail: &'static str,
    },
    /// A control is missing from a filter.
    #[error("the filter of label {label:?} lacks {missing} of the controls that every filter must hold")]
    FilterControls {
        /// The label.
        label: String,
        /// How many.
        missing: usize,
    },

    // Result and reveal.
    /// The mode does not have this message.
    #[error("the session only counts: what matched is known to nobody, so nothing can be revealed")]
    NothingToReveal,
    /// Numbers that cannot be.
    #[error("the result's counts are impossible: {detail}")]
    Counts {
        /// What is wrong.
        detail: &'static str,
    },
    /// The result is of other files than those that I processed.
    #[error("the result is not of the request and answer that were exchanged here")]
    OtherFiles,
    /// A revealed element is not of the sample committed to.
    #[error("a revealed element is not of the sample that the invitation committed to")]
    NotInSample,
}
