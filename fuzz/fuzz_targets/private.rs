//! Messages of a private match, each with bytes changed and sealed again as their sender could: no panic, no loop, no memory beyond the
//! message's size times a constant; and what is taken counts no more than was asked for. The head of the file that a message travels in too.
#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use ed25519_dalek::{Signer, SigningKey};
use libfuzzer_sys::fuzz_target;
use private_match::{
    Agreed, Answering, Head, Identity, Invitation, Kind, Mode, Opening, Outcome, Requested, Revealing, Sample, Seed, Session, Setup,
    Statement, countersign, invite, request, reveal,
};
use sha2::{Digest, Sha256};

#[derive(Arbitrary, Debug)]
struct Input {
    which: bool,
    message: u8,
    /// Bytes that are changed, by place from the front or the back, and what with.
    edits: Vec<(u16, bool, u8)>,
    cut: Option<u16>,
    /// Whether digests and signature are made right again.
    seal: bool,
    pieces: u8,
}

/// A session with all its messages.
struct Story {
    items: Vec<Vec<u8>>,
    session: Session,
    set: Vec<u8>,
    requested: Requested,
    exchanged: [[u8; 32]; 2],
    outcome: Outcome,
    messages: Vec<Vec<u8>>,
}

fn seed(of: u8) -> Seed {
    Seed::new([of; 32])
}

fn identity(of: u8) -> Identity {
    Identity::new(&[of; 32])
}

fn story(mode: Mode) -> Story {
    let items: Vec<Vec<u8>> = (0_u8..40).map(|number| vec![number; 3]).collect();
    let sample = Sample::new(vec![items.iter().map(Vec::as_slice).collect()]).expect("a sample");
    let terms = sample.terms(&seed(1), mode, "claim", ("bytes", [0; 32]), [5; 32]).expect("few");
    let mut messages = vec![Vec::new(); 7];
    let invitation = invite(&identity(3), identity(4).public(), terms, &mut messages[0]).expect("terms");
    let mut setup = Setup::new(&invitation, &[], true, &seed(2), "source", 1).expect("an invitation");
    setup.add(&items[10..30]).expect("elements");
    let Agreed { session, set } = setup.finish(&identity(4), [6; 32], &mut messages[1]).expect("an agreement");
    let requested = request(&session, &identity(3), &seed(1), &sample, 1, &mut messages[2]).expect("a request");
    let mut answering = Answering::new(&session, &seed(2), &set, 1).expect("the set");
    answering.push(&messages[2]).expect("a request");
    let exchanged = answering.finish(&identity(4), &mut messages[3]).expect("an answer");
    let holders = seed(1);
    let mut opening = Opening::new(&session, &requested, &holders, &sample, 1).expect("the sample");
    opening.push(&messages[3]).expect("an answer");
    let opened = opening.finish().expect("an answer");
    let outcome = opened.result(&session, &identity(3), &mut messages[4]).expect("a result");
    let result = messages[4].clone();
    countersign(&session, &identity(4), exchanged, &result, &mut messages[5]).expect("a result");
    if mode == Mode::Which {
        reveal(&session, &identity(3), &seed(1), &sample, (&opened, &outcome), &mut messages[6]).expect("matches");
    }
    drop(opened);
    Story { items, session, set, requested, exchanged, outcome, messages }
}

static COUNT: LazyLock<Story> = LazyLock::new(|| story(Mode::Count));
static WHICH: LazyLock<Story> = LazyLock::new(|| story(Mode::Which));

/// Makes lengths, digests and signature right again, as far as the header's length allows.
fn sealed(message: &[u8], secret: u8) -> Option<Vec<u8>> {
    let length = u32::from_le_bytes(message.get(8..12)?.try_into().ok()?) as usize;
    let head = message.get(..12_usize.checked_add(length)?)?;
    let body = message.get(head.len() + 32..message.len().checked_sub(64)?)?;
    let mut digest = Sha256::new().chain_update(b"gainsay private 1 header").chain_update(head).finalize();
    let mut out = [head, &digest].concat();
    for chunk in body.chunks((1 << 16) + 32) {
        let chunk = chunk.get(..chunk.len().checked_sub(32)?)?;
        digest = Sha256::new().chain_update(b"gainsay private 1 chunk").chain_update(digest).chain_update(chunk).finalize();
        out.extend_from_slice(chunk);
        out.extend_from_slice(&digest);
    }
    let signed = [&b"gainsay private 1 signature"[..], &digest].concat();
    out.extend(SigningKey::from_bytes(&[secret; 32]).sign(&signed).to_bytes());
    Some(out)
}

fn edit(message: &mut Vec<u8>, input: &Input) {
    for (place, back, with) in &input.edits {
        let place = usize::from(*place) % message.len();
        let place = if *back { message.len() - 1 - place } else { place };
        message[place] ^= with;
    }
    if let Some(cut) = input.cut {
        message.truncate(usize::from(cut));
    }
}

fuzz_target!(|input: Input| {
    let story: &Story = if input.which { &WHICH } else { &COUNT };
    let kind = usize::from(input.message) % 8;
    if kind == 7 {
        let head = Head { kind: Kind::Request, from: [1; 16], to: [2; 16], length: 3, digest: [4; 32] };
        let mut bytes = head.to_bytes();
        edit(&mut bytes, &input);
        if let Ok(head) = Head::of(&bytes) {
            assert_eq!(head.to_bytes(), bytes[..Head::BYTES]);
        }
        return;
    }
    let mut message = story.messages[kind].clone();
    if message.is_empty() {
        return;
    }
    edit(&mut message, &input);
    let secret = if [1, 3, 5].contains(&kind) { 4 } else { 3 };
    if input.seal {
        let Some(again) = sealed(&message, secret) else { return };
        message = again;
    }
    let (holder, owner) = (identity(3).public(), identity(4).public());
    let pieces = message.chunks(usize::from(input.pieces) * 97 + 1);
    let session = &story.session;
    let sample = Sample::new(vec![story.items.iter().map(Vec::as_slice).collect()]).expect("a sample");
    let (holders, mut statement) = (seed(1), Vec::new());
    match kind {
        0 => _ = Invitation::read(holder, owner, &message),
        1 => _ = Session::read(&session.invitation, &message),
        2 => {
            let mut answering = Answering::new(session, &seed(2), &story.set, 1).expect("the set");
            if pieces.into_iter().all(|piece| answering.push(piece).is_ok()) {
                _ = answering.finish(&identity(4), Vec::new());
            }
        }
        3 => {
            let mut opening = Opening::new(session, &story.requested, &holders, &sample, 1).expect("the sample");
            if pieces.into_iter().all(|piece| opening.push(piece).is_ok())
                && let Ok(opened) = opening.finish()
            {
                assert_eq!(opened.counts.total(), 20);
            }
        }
        4 => {
            if let Ok(outcome) = countersign(session, &identity(4), story.exchanged, &message, Vec::new()) {
                assert!(outcome.counts.total() <= 40);
            }
        }
        5 => {
            let before = [&story.messages[0][..], &story.messages[1], &story.messages[4], &message];
            Statement::write(&mut statement, before).expect("memory");
            _ = Statement::verify(holder, owner, &statement);
        }
        _ => {
            let mut revealing = Revealing::new(session, &story.outcome).expect("a mode that reveals");
            if pieces.into_iter().all(|piece| revealing.push(piece).is_ok())
                && let Ok(revealed) = revealing.finish(&seed(2), 1)
                && let Ok(found) = revealed.find(&story.items)
            {
                assert!(found.len() <= 20);
            }
        }
    }
});
