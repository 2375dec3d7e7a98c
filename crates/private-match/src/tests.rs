//! Whole sessions, what becomes of cheats, and one refusal for each rule of `docs/private-match-1.md`.

use curve25519_dalek::RistrettoPoint;
use sha2::{Digest, Sha256};

use crate::filter::{self, Shape, rounded};
use crate::group::{ELEMENT, PROOF, decode};
use crate::holder::Requested;
use crate::message::{self, Envelope, Reader};
use crate::terms::{Agreement, CONTROLS, set_digest};
use crate::*;

const THREADS: usize = 2;

const PROFILE: [u8; 32] = [7; 32];

const MANIFEST: [u8; 32] = [8; 32];

fn items(range: std::ops::Range<u32>) -> Vec<Vec<u8>> {
    range.map(|number| digest_of(&number.to_le_bytes()).to_vec()).collect()
}

fn digest_of(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn slices(items: &[Vec<u8>]) -> Vec<&[u8]> {
    items.iter().map(Vec::as_slice).collect()
}

/// Two parties, what they hold, and what they sent.
struct Case {
    holder: Identity,
    owner: Identity,
    holders: Seed,
    owners: Seed,
    /// Groups of the sample, and labels of the corpus.
    groups: Vec<Vec<Vec<u8>>>,
    labels: Vec<(&'static str, Vec<Vec<u8>>)>,
    terms: Terms,
}

/// A session as far as its answer.
struct Exchange {
    invitation: Vec<u8>,
    agreement: Vec<u8>,
    session: Session,
    set: Vec<u8>,
    request: Vec<u8>,
    requested: Requested,
    answer: Vec<u8>,
    exchanged: [MessageDigest; 2],
}

impl Case {
    /// A sample of 1200 elements, 200 of them in the first label, 100 more in both, 50 more in the second.
    fn new(mode: Mode) -> Case {
        let labels = vec![("source, build farm", items(1000..1300)), ("symbols, lab", items(1200..1700))];
        Case::of(mode, vec![items(150..1350)], labels)
    }

    fn of(mode: Mode, groups: Vec<Vec<Vec<u8>>>, labels: Vec<(&'static str, Vec<Vec<u8>>)>) -> Case {
        let holders = Seed::new([1; 32]);
        let sample = Sample::new(groups.iter().map(|group| slices(group)).collect()).expect("a sample");
        let terms =
            sample.terms(&holders, mode, "claim 17", ("fingerprints of code", PROFILE), [9; 32]).expect("few elements");
        drop(sample);
        let (holder, owner) = (Identity::new(&[3; 32]), Identity::new(&[4; 32]));
        Case { holder, owner, holders, owners: Seed::new([2; 32]), groups, labels, terms }
    }

    fn sample(&self) -> Sample<'_> {
        Sample::new(self.groups.iter().map(|group| slices(group)).collect()).expect("a sample")
    }

    fn keys(&self) -> (PublicKey, PublicKey) {
        (self.holder.public(), self.owner.public())
    }

    fn invite(&self) -> (Invitation, Vec<u8>) {
        let mut bytes = Vec::new();
        let invitation = invite(&self.holder, self.owner.public(), self.terms.clone(), &mut bytes).expect("terms");
        (invitation, bytes)
    }

    fn agree(&self, invitation: &Invitation, earlier: &[Terms], few: bool) -> Result<(Agreed, Vec<u8>), Refused> {
        let mut labels = self.labels.iter();
        let (first, elements) = labels.next().expect("a label");
        let mut setup = Setup::new(invitation, earlier, few, &self.owners, first, THREADS)?;
        setup.add(elements)?;
        for (name, elements) in labels {
            setup.label(name);
            elements.chunks(700).try_for_each(|some| setup.add(some))?;
        }
        let mut bytes = Vec::new();
        Ok((setup.finish(&self.owner, MANIFEST, &mut bytes)?, bytes))
    }

    fn request(&self, session: &Session) -> (Requested, Vec<u8>) {
        let mut bytes = Vec::new();
        let requested = request(session, &self.holder, &self.holders, &self.sample(), THREADS, &mut bytes);
        (requested.expect("a request"), bytes)
    }

    fn answer(&self, session: &Session, set: &[u8], request: &[u8]) -> Result<([MessageDigest; 2], Vec<u8>), Refused> {
        let mut answering = Answering::new(session, &self.owners, set, THREADS)?;
        request.chunks(50_001).try_for_each(|piece| answering.push(piece))?;
        let mut bytes = Vec::new();
        Ok((answering.finish(&self.owner, &mut bytes)?, bytes))
    }

    fn exchange(&self) -> Exchange {
        let (_, invitation) = self.invite();
        let read = Invitation::read(self.holder.public(), self.owner.public(), &invitation).expect("an invitation");
        let (Agreed { set, .. }, agreement) = self.agree(&read, &[], false).expect("an agreement");
        let session = Session::read(&read, &agreement).expect("an agreement");
        let (requested, request) = self.request(&session);
        let (exchanged, answer) = self.answer(&session, &set, &request).expect("an answer");
        Exchange { invitation, agreement, session, set, request, requested, answer, exchanged }
    }

    fn open<'s>(
        &'s self,
        session: &'s Session,
        requested: &'s Requested,
        answer: &[u8],
    ) -> Result<Opened<'s>, Refused> {
        let mut opening = Opening::new(session, requested, &self.holders, &self.sample(), THREADS)?;
        answer.chunks(70_001).try_for_each(|piece| opening.push(piece))?;
        opening.finish()
    }

    /// An answer with another body, signed as the owner would.
    fn forged(&self, exchange: &Exchange, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut body = body(&exchange.answer);
        change(&mut body);
        self.signed(exchange, &body)
    }

    fn signed(&self, exchange: &Exchange, body: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let envelope = Envelope {
            identity: &self.owner,
            kind: Kind::Answer,
            to: self.holder.public(),
            session: exchange.session.id,
            previous: exchange.requested.digest,
            details: Vec::new(),
        };
        envelope.write(&mut bytes, body).expect("memory");
        bytes
    }
}

/// A message's header and body, read by nothing but the document.
fn body(message: &[u8]) -> Vec<u8> {
    let length = u32::from_le_bytes(message[8..12].try_into().expect("four bytes")) as usize;
    let body = &message[12 + length + 32..message.len() - 64];
    body.chunks((1 << 16) + 32).flat_map(|chunk| &chunk[..chunk.len() - 32]).copied().collect()
}

/// A header's bytes as a whole message without a body, signed by a key, by nothing but the document.
fn framed(secret: u8, header: &[u8]) -> Vec<u8> {
    use ed25519_dalek::Signer;
    let mut message = b"GAINPRV\x01".to_vec();
    message.extend(u32::try_from(header.len()).expect("short").to_le_bytes());
    message.extend(header);
    let digest = digest_of(&[&b"gainsay private 1 header"[..], &message].concat());
    message.extend(digest);
    let key = ed25519_dalek::SigningKey::from_bytes(&[secret; 32]);
    message.extend(key.sign(&[&b"gainsay private 1 signature"[..], &digest].concat()).to_bytes());
    message
}

macro_rules! refused {
    ($result:expr, $pattern:pat) => {
        match $result {
            Err($pattern) => {}
            Err(other) => panic!("refused for another reason: {other}"),
            Ok(_) => panic!("taken"),
        }
    };
}

// Whole sessions.

#[test]
fn a_session_counts() {
    let case = Case::new(Mode::Count);
    let exchange = case.exchange();
    let opened = case.open(&exchange.session, &exchange.requested, &exchange.answer).expect("an answer");
    assert_eq!(opened.counts, Counts { labels: vec![vec![300], vec![150]], anywhere: vec![350] });
    assert!(opened.matches.is_empty(), "which is not told");
    assert_eq!(opened.exchanged, exchange.exchanged);
    assert!(exchange.session.chance() < 1e-8);
}

#[test]
fn a_session_counts_by_group() {
    let groups = vec![items(0..100), items(50..51), items(990..1600), items(9000..9400)];
    let labels = vec![("source", items(40..1100)), ("elsewhere", items(50..1500))];
    let case = Case::of(Mode::Count, groups, labels);
    assert_eq!(case.terms.bins, [128, 64, 1024, 512]);
    let exchange = case.exchange();
    let opened = case.open(&exchange.session, &exchange.requested, &exchange.answer).expect("an answer");
    let labels = vec![vec![60, 1, 110, 0], vec![50, 1, 510, 0]];
    assert_eq!(opened.counts, Counts { labels, anywhere: vec![60, 1, 510, 0] });
}

#[test]
fn a_session_tells_which_and_reveals() {
    let case = Case::new(Mode::Which);
    let exchange = case.exchange();
    let session = &exchange.session;
    let opened = case.open(session, &exchange.requested, &exchange.answer).expect("an answer");
    assert_eq!((opened.counts.of(0), opened.counts.of(1), opened.counts.total()), (300, 150, 350));
    let mut found: Vec<(&[u8], u64)> = opened.matches.iter().map(|it| (it.item, it.labels)).collect();
    found.sort_unstable();
    let (first, both, second) = (items(1000..1200), items(1200..1300), items(1300..1350));
    let mut expected: Vec<(&[u8], u64)> = first.iter().map(|it| (&it[..], 1)).collect();
    expected.extend(both.iter().map(|it| (&it[..], 3)).chain(second.iter().map(|it| (&it[..], 2))));
    expected.sort_unstable();
    assert_eq!(found, expected);

    let (mut result, mut revelation) = (Vec::new(), Vec::new());
    let outcome = opened.result(session, &case.holder, &mut result).expect("memory");
    let sample = case.sample();
    reveal(session, &case.holder, &case.holders, &sample, (&opened, &outcome), &mut revelation).expect("a revelation");
    let outcome = Outcome::read(session, exchange.exchanged[1], &result).expect("a result");
    let mut revealing = Revealing::new(session, &outcome).expect("a mode that reveals");
    revelation.chunks(1000).for_each(|piece| revealing.push(piece).expect("a revelation"));
    let revealed = revealing.finish(&case.owners, THREADS).expect("a revelation");
    assert_eq!(revealed.find(&items(900..1100)).expect("the sample's"), (100..200).collect::<Vec<_>>());
    assert_eq!(revealed.find(&items(1200..1700)).expect("the sample's"), (0..150).collect::<Vec<_>>());
}

#[test]
fn a_statement_needs_two_keys_and_nothing_else() {
    let case = Case::new(Mode::Count);
    let (exchange, (result, countersignature)) = stated(&case);
    let mut statement = Vec::new();
    let messages = [&exchange.invitation[..], &exchange.agreement, &result, &countersignature];
    Statement::write(&mut statement, messages).expect("memory");
    let (holder, owner) = case.keys();
    let read = Statement::verify(holder, owner, &statement).expect("a statement");
    assert_eq!((read.outcome.counts.total(), read.session.invitation.terms.claim.as_str()), (350, "claim 17"));
    assert_eq!((read.outcome.exchanged, read.session.agreement.manifest), (exchange.exchanged, MANIFEST));
    for at in (0..statement.len()).step_by(397) {
        let mut other = statement.clone();
        other[at] ^= 1;
        assert!(Statement::verify(holder, owner, &other).is_err(), "byte {at}");
    }
    refused!(Statement::verify(owner, holder, &statement), Refused::OtherRecipient);
    refused!(Statement::verify(holder, owner, &statement[..statement.len() - 1]), Refused::CutShort);
}

fn stated(case: &Case) -> (Exchange, (Vec<u8>, Vec<u8>)) {
    let exchange = case.exchange();
    let (mut result, mut countersignature) = (Vec::new(), Vec::new());
    let opened = case.open(&exchange.session, &exchange.requested, &exchange.answer).expect("an answer");
    opened.result(&exchange.session, &case.holder, &mut result).expect("memory");
    countersign(&exchange.session, &case.owner, exchange.exchanged, &result, &mut countersignature).expect("a result");
    (exchange, (result, countersignature))
}

/// The lines of a stored session: every message's length and SHA-256, and what lies between for one element.
fn lines(case: &Case) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let (exchange, (result, countersignature)) = stated(case);
    let messages = [
        ("invitation", &exchange.invitation),
        ("agreement", &exchange.agreement),
        ("request", &exchange.request),
        ("answer", &exchange.answer),
        ("result", &result),
        ("countersignature", &countersignature),
    ];
    let mut lines = String::new();
    for (kind, message) in messages {
        lines += &format!("{kind} {} {}\n", message.len(), hex(&digest_of(message)));
    }
    lines += &format!("invitation-bytes {}\n", hex(&exchange.invitation));
    lines += &format!("countersignature-bytes {}\n", hex(&countersignature));
    let (terms, item) = (&case.terms, &case.groups[0][0]);
    let key = terms.suite().derive(case.owners.bytes(), &exchange.session.invitation.digest).expect("a key");
    let hashed = terms.suite().hasher().element(&[&terms.prefix(), item]);
    let under = (hashed * *key).compress().to_bytes();
    let tag = match terms.mode {
        Mode::Count => crate::holder::tag(&under),
        Mode::Which => crate::seed::leading(&terms.suite().finalize(&[&terms.prefix()[..], item].concat(), &under)),
    };
    let shape = exchange.session.agreement.labels[0].shape(terms);
    lines += &format!("element {}\nhashed {}\n", hex(item), hex(hashed.compress().as_bytes()));
    lines += &format!("under-the-key {}\ntag {tag:016x}\nreduced {:016x}\n", hex(&under), shape.reduce(tag));
    for control in exchange.session.controls.iter().take(2) {
        lines += &format!("control {}\n", hex(control));
    }
    lines
}

#[test]
fn the_stored_sessions_are_the_same_forever() {
    for (mode, stored) in [
        (Mode::Count, include_str!("../tests/fixtures/private-match-1-count.txt")),
        (Mode::Which, include_str!("../tests/fixtures/private-match-1-which.txt")),
    ] {
        assert_eq!(lines(&Case::new(mode)), stored);
    }
}

#[test]
fn threads_change_nothing() {
    let case = Case::new(Mode::Count);
    let exchange = case.exchange();
    let mut one = Vec::new();
    request(&exchange.session, &case.holder, &case.holders, &case.sample(), 1, &mut one).expect("a request");
    assert_eq!(one, exchange.request);
}

#[test]
fn sampling_keeps_the_same_on_both_sides() {
    let (all, corpus) = (items(0..24_000), items(12_000..36_000));
    let mut terms = Case::new(Mode::Count).terms;
    terms.sampling = 20;
    let groups = vec![all.into_iter().filter(|item| terms.keeps(item)).collect::<Vec<_>>()];
    let kept = u32::try_from(groups[0].len()).expect("few");
    assert!((1000..1400).contains(&kept), "{kept}");
    let mut case = Case::of(Mode::Count, groups, vec![("source", corpus)]);
    case.terms.sampling = 20;
    let exchange = case.exchange();
    let opened = case.open(&exchange.session, &exchange.requested, &exchange.answer).expect("an answer");
    let (low, high) = share(opened.counts.total(), kept, true);
    assert!(low < 50.0 && high > 50.0 && high - low < 8.0, "{low} {high}");
}

#[test]
fn shares_are_rounded_outwards() {
    assert_eq!(share(725, 1000, true), (69.0, 76.0));
    assert_eq!(share(0, 1000, true), (0.0, 1.0));
    assert_eq!(share(1000, 1000, true), (99.0, 100.0));
    assert_eq!(share(250, 1000, false), (25.0, 25.0));
}

// What becomes of cheats.

/// A holder who asks twice, the second time with one element more, would learn of that element.
#[test]
fn differing_sessions_are_refused() {
    let mut first = Case::new(Mode::Count);
    first.terms.sessions = 3;
    let (earlier, _) = first.invite();
    let mut second = Case::of(Mode::Count, vec![items(150..1351)], first.labels.clone());
    (second.terms.sessions, second.terms.session, second.terms.nonce) = (3, 2, [10; 32]);
    let (invitation, _) = second.invite();
    let earlier = [earlier.terms];
    refused!(second.agree(&invitation, &earlier, true), Refused::DifferingSample);
    // The same sample again is answered: it tells nothing new.
    (first.terms.session, first.terms.nonce) = (2, [10; 32]);
    let (invitation, _) = first.invite();
    first.agree(&invitation, &earlier, false).expect("the same sample");
    // Whoever commits to one sample and asks for another cannot write the request.
    let exchange = first.exchange_after(&earlier);
    let other = Sample::new(vec![slices(&second.groups[0])]).expect("a sample");
    let asked = request(&exchange, &first.holder, &first.holders, &other, 1, Vec::new());
    refused!(asked, Refused::OtherSample);
}

impl Case {
    fn exchange_after(&self, earlier: &[Terms]) -> Session {
        let (invitation, _) = self.invite();
        self.agree(&invitation, earlier, false).expect("an agreement").0.session
    }
}

/// Padding a sample with what everybody has wins nothing, because the owner leaves that out of the set.
#[test]
fn a_padded_sample_wins_nothing() {
    let (stolen, everybodys) = (items(1000..1100), items(50_000..51_100));
    let corpus = [items(900..1200), everybodys.clone()].concat();
    let public: std::collections::HashSet<&Vec<u8>> = everybodys.iter().collect();
    let own = corpus.iter().filter(|item| !public.contains(item)).cloned().collect();
    let case = Case::of(Mode::Count, vec![[stolen, everybodys.clone()].concat()], vec![("source", own)]);
    let exchange = case.exchange();
    let opened = case.open(&exchange.session, &exchange.requested, &exchange.answer).expect("an answer");
    assert_eq!(opened.counts.total(), 100);
    // More records than were agreed are not read at all.
    let more = items(0..1300);
    let padded = Case::of(Mode::Count, vec![more], case.labels.clone());
    let (invitation, _) = padded.invite();
    let (other, _) = padded.agree(&invitation, &[], false).expect("an agreement");
    let (_, request) = padded.request(&other.session);
    refused!(case.answer(&exchange.session, &exchange.set, &request), Refused::OtherSession { .. });
}

/// An owner who changes answers so that fewer match is found by the hidden controls, also where all sums are right.
#[test]
fn altered_answers_are_found() {
    let case = Case::new(Mode::Count);
    let exchange = case.exchange();
    let open = |answer: &[u8]| case.open(&exchange.session, &exchange.requested, answer).map(|_| ());
    let records = 1328;
    // One answer changed: the sum is another.
    let one = case.forged(&exchange, |body| {
        body[..ELEMENT].copy_from_slice(&RistrettoPoint::from_uniform_bytes(&[1; 64]).compress().to_bytes());
        sort(body, records);
    });
    refused!(open(&one), Refused::AnswerProof { .. } | Refused::Altered { .. });
    // One in five changed, two by two, so that the sum is the same and the proof holds.
    let many = case.forged(&exchange, |body| {
        for pair in (0..records).step_by(10) {
            let other = RistrettoPoint::mul_base(&curve25519_dalek::Scalar::from(pair as u64 + 1));
            let at = |place: usize| place * ELEMENT..(place + 1) * ELEMENT;
            let point = |body: &[u8], place| decode(body[at(place)].first_chunk().expect("32")).expect("an element");
            let (plus, minus) = (point(body, pair) + other, point(body, pair + 1) - other);
            body[at(pair)].copy_from_slice(&plus.compress().to_bytes());
            body[at(pair + 1)].copy_from_slice(&minus.compress().to_bytes());
        }
        sort(body, records);
    });
    refused!(open(&many), Refused::Altered { group: 0, missing: 5.., hidden: 128 });
    // Where each element has its answer, the proof covers each.
    let which = Case::new(Mode::Which);
    let exchange = which.exchange();
    let swapped = which.forged(&exchange, |body| body[..2 * ELEMENT].rotate_left(ELEMENT));
    refused!(which.open(&exchange.session, &exchange.requested, &swapped), Refused::AnswerProof { .. });
    // Another key than the agreed one.
    let other = Case { owners: Seed::new([77; 32]), ..Case::new(Mode::Which) };
    refused!(other.answer(&exchange.session, &exchange.set, &exchange.request), Refused::OtherKey);
}

fn sort(body: &mut [u8], records: usize) {
    let (records, _) = body[..records * ELEMENT].as_chunks_mut::<ELEMENT>();
    records.sort_unstable();
}

/// An owner who, having seen the request, answers with another set than the one committed to.
#[test]
fn a_set_swapped_after_the_commitment_is_found() {
    for mode in [Mode::Count, Mode::Which] {
        let case = Case::new(mode);
        let exchange = case.exchange();
        let mut other = exchange.set.clone();
        let last = other.len() - 3;
        other[last] ^= 1;
        refused!(case.answer(&exchange.session, &other, &exchange.request), Refused::OtherSet);
        let swapped = case.forged(&exchange, |body| {
            let at = body.len() - 3;
            body[at] ^= 1;
        });
        let opened = case.open(&exchange.session, &exchange.requested, &swapped);
        refused!(opened, Refused::OtherSet | Refused::FilterControls { .. } | Refused::Filter { .. });
    }
}

/// A holder who reveals elements that it did not commit to, or that it found out otherwise.
#[test]
fn what_is_revealed_was_committed_to() {
    let case = Case::new(Mode::Which);
    let exchange = case.exchange();
    let session = &exchange.session;
    let opened = case.open(session, &exchange.requested, &exchange.answer).expect("an answer");
    let (mut result, mut revelation) = (Vec::new(), Vec::new());
    let outcome = opened.result(session, &case.holder, &mut result).expect("memory");
    reveal(session, &case.holder, &case.holders, &case.sample(), (&opened, &outcome), &mut revelation).expect("it");
    let forged = |change: &dyn Fn(&mut Vec<u8>)| {
        let (mut body, mut bytes) = (body(&revelation), Vec::new());
        change(&mut body);
        let (identity, kind, to) = (&case.holder, Kind::Revelation, case.owner.public());
        let (session, previous, details) = (session.id, outcome.digest, Vec::new());
        Envelope { identity, kind, to, session, previous, details }.write(&mut bytes, &body).expect("memory");
        bytes
    };
    let finish = |bytes: &[u8]| {
        let mut revealing = Revealing::new(session, &outcome)?;
        revealing.push(bytes)?;
        revealing.finish(&case.owners, THREADS)
    };
    refused!(finish(&forged(&|body| body[5] ^= 1)), Refused::NotInSample);
    refused!(finish(&forged(&|body| body[..64].rotate_left(32))), Refused::NotInSample);
    let first = 1200 * 32;
    // Another salt than the leaf's.
    let revealed = finish(&forged(&|body| body[first + 4] ^= 1)).expect("a revelation");
    refused!(revealed.find(&items(1000..1350)), Refused::NotInSample);
    // A record that comes twice.
    refused!(finish(&forged(&|body| body.copy_within(first..first + 68, first + 68))), Refused::Order);
    let counting = Case::new(Mode::Count).exchange();
    refused!(Revealing::new(&counting.session, &outcome), Refused::NothingToReveal);
    let told = reveal(&counting.session, &case.holder, &case.holders, &case.sample(), (&opened, &outcome), Vec::new());
    refused!(told, Refused::NothingToReveal);
}

// One refusal for each rule: the frame.

#[test]
fn frames_are_checked() {
    let case = Case::new(Mode::Count);
    let (holder, owner) = case.keys();
    let (_, whole) = case.invite();
    let read = |bytes: &[u8]| Invitation::read(holder, owner, bytes).map(|_| ());
    let changed = |at: usize, to: u8| {
        let mut bytes = whole.clone();
        bytes[at] = to;
        bytes
    };
    read(&whole).expect("an invitation");
    refused!(read(b"GAINFLT\x01 and more"), Refused::NotAMessage);
    refused!(read(b""), Refused::NotAMessage);
    refused!(read(&changed(7, 2)), Refused::OtherVersion { found: 2 });
    refused!(read(&changed(10, 200)), Refused::HeaderLength { .. });
    refused!(read(&[&whole[..8], &[0; 4], &whole[12..]].concat()), Refused::HeaderLength { length: 0 });
    refused!(read(&changed(40, whole[40] ^ 1)), Refused::Damaged { .. });
    refused!(read(&whole[..whole.len() - 1]), Refused::CutShort);
    refused!(read(&[&whole[..], &[0]].concat()), Refused::Trailing);
    refused!(read(&changed(whole.len() - 1, whole[whole.len() - 1] ^ 1)), Refused::Signature);
    for (at, byte) in whole.iter().enumerate() {
        assert!(read(&changed(at, byte ^ 0x10)).is_err(), "byte {at}");
    }
    for length in 0..whole.len() {
        assert!(read(&whole[..length]).is_err(), "{length} bytes");
    }
    // The header in another encoding than its one, and one that is none.
    let length = u32::from_le_bytes(whole[8..12].try_into().expect("four bytes")) as usize;
    let header = &whole[12..12 + length];
    assert_eq!(framed(3, header), whole, "the document says how a message is framed");
    assert_eq!((header[0], header[1]), (0x87, 1));
    refused!(read(&framed(3, &[&[0x98, 7][..], &header[1..]].concat())), Refused::Header { .. });
    refused!(read(&framed(3, &[&[0x87, 0x18, 1][..], &header[2..]].concat())), Refused::Header { .. });
    refused!(read(&framed(3, &[header, &[0]].concat())), Refused::Header { .. });
    refused!(read(&framed(3, b"nothing")), Refused::Header { .. });
    refused!(read(&framed(5, header)), Refused::Signature);
    // A weak key signs everything.
    let weak = PublicKey([[1].as_slice(), &[0; 31]].concat().try_into().expect("32 bytes"));
    let mut named = Header::of(&whole).expect("a header");
    named.from = weak;
    refused!(Invitation::read(weak, owner, &framed(3, &message::canonical(&named))), Refused::Signature);
    let nothing = PublicKey([2; 32]);
    named.from = nothing;
    let by_nobody = Invitation::read(nothing, owner, &framed(3, &message::canonical(&named)));
    refused!(by_nobody, Refused::NotAKey { .. } | Refused::Signature);
}

#[test]
fn heads_are_checked() {
    let (from, to) = (Identity::new(&[3; 32]).public().address(), Identity::new(&[4; 32]).public().address());
    for (kind, code) in Kind::ALL.into_iter().zip(1..) {
        let head = Head { kind, from, to, length: 7, digest: [5; 32] };
        let bytes = head.to_bytes();
        assert_eq!((bytes.len(), bytes[8]), (Head::BYTES, code));
        assert_eq!(Head::of(&[&bytes[..], b"what follows"].concat()).expect("a head"), head);
        let with = |place: usize, byte: u8| {
            let mut bytes = bytes.clone();
            bytes[place] = byte;
            Head::of(&bytes)
        };
        assert!(matches!(with(0, b'g'), Err(Refused::NotAMessage)));
        assert!(matches!(with(7, 2), Err(Refused::OtherVersion { found: 2 })));
        assert!(matches!(with(8, 0), Err(Refused::NotAMessage)));
        assert!(matches!(with(8, 8), Err(Refused::NotAMessage)));
        for length in 0..bytes.len() {
            assert!(matches!(Head::of(&bytes[..length]), Err(Refused::NotAMessage | Refused::CutShort)));
        }
    }
}

#[test]
fn bodies_are_checked() {
    let case = Case::new(Mode::Count);
    let exchange = case.exchange();
    let mut damaged = exchange.answer.clone();
    let at = damaged.len() - 1000;
    damaged[at] ^= 1;
    refused!(case.open(&exchange.session, &exchange.requested, &damaged), Refused::Damaged { .. });
    let cut = &exchange.answer[..exchange.answer.len() - 70];
    refused!(case.open(&exchange.session, &exchange.requested, cut), Refused::CutShort);
    let longer = case.forged(&exchange, |body| body.push(0));
    refused!(case.open(&exchange.session, &exchange.requested, &longer), Refused::OtherLength { .. });
}

#[test]
fn messages_come_in_their_order_and_to_their_party() {
    let case = Case::new(Mode::Count);
    let (holder, owner) = case.keys();
    let (exchange, (result, _)) = stated(&case);
    let other = Identity::new(&[5; 32]).public();
    let (invitation, agreement) = (&exchange.invitation, &exchange.agreement);
    refused!(Invitation::read(holder, other, invitation), Refused::OtherRecipient);
    refused!(Invitation::read(other, owner, invitation), Refused::OtherSender);
    refused!(Invitation::read(holder, owner, agreement), Refused::OtherKind { .. });
    refused!(case.open(&exchange.session, &exchange.requested, &exchange.request), Refused::OtherKind { .. });
    refused!(case.answer(&exchange.session, &exchange.set, &result), Refused::OtherKind { .. });
    // An agreement to another invitation, an answer to another request, a request of another session.
    let mut again = Case::new(Mode::Count);
    again.terms.nonce = [11; 32];
    let (second, _) = again.invite();
    refused!(Session::read(&second, agreement), Refused::OtherSession { after: "invitation" });
    let (agreed, _) = again.agree(&second, &[], false).expect("an agreement");
    refused!(
        case.answer(&agreed.session, &agreed.set, &exchange.request),
        Refused::OtherSession { after: "agreement" }
    );
    let asked = Requested { digest: [0; 32], sums: exchange.requested.sums.clone() };
    refused!(case.open(&exchange.session, &asked, &exchange.answer), Refused::OtherSession { after: "request" });
    let stale = Outcome::read(&exchange.session, [0; 32], &result);
    refused!(stale, Refused::OtherSession { after: "answer" });
    assert_eq!(Header::of(&exchange.answer).expect("a header").kind, Kind::Answer);
    refused!(Header::of(&exchange.answer[..40]), Refused::CutShort);
}

#[test]
fn invitations_are_answered_in_turn() {
    let mut case = Case::new(Mode::Count);
    let (invitation, _) = case.invite();
    refused!(case.agree(&invitation, std::slice::from_ref(&invitation.terms), false), Refused::Replayed);
    (case.terms.nonce, case.terms.sessions, case.terms.session) = ([12; 32], 2, 2);
    let (second, _) = case.invite();
    refused!(case.agree(&second, &[], false), Refused::Sessions { session: 2, due: 1, sessions: 2 });
    // The first session said that there would be one.
    refused!(
        case.agree(&second, std::slice::from_ref(&invitation.terms), false),
        Refused::Sessions { sessions: 1, .. }
    );
    let few = Case::of(Mode::Count, vec![items(0..999)], vec![("source", items(0..10))]);
    let (asked, _) = few.invite();
    refused!(few.agree(&asked, &[], false), Refused::Few { elements: 999 });
    few.agree(&asked, &[], true).expect("consent");
}

#[test]
fn terms_have_limits() {
    let case = Case::new(Mode::Count);
    let changes: [fn(&mut Terms); 14] = [
        |it| it.claim.clear(),
        |it| it.claim = "x".repeat(201),
        |it| it.claim.push('\n'),
        |it| it.inputs.clear(),
        |it| it.sampling = 0,
        |it| it.elements = 0,
        |it| it.elements += 1,
        |it| it.bins.push(64),
        |it| it.bins.clear(),
        |it| it.bins = vec![1024, 100, 2048],
        |it| it.precision = 19,
        |it| it.precision = 41,
        |it| it.sessions = 4,
        |it| it.session = 2,
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut terms = case.terms.clone();
        change(&mut terms);
        let (identity, zero) = (&case.holder, MessageDigest::default());
        let (details, mut bytes) = (message::canonical(&terms), Vec::new());
        let (to, kind) = (case.owner.public(), Kind::Invitation);
        Envelope { identity, kind, to, session: zero, previous: zero, details }.write(&mut bytes, &[]).expect("memory");
        let read = Invitation::read(case.holder.public(), to, &bytes);
        assert!(matches!(read, Err(Refused::Terms { .. })), "change {number}");
        assert!(matches!(invite(identity, to, terms, Vec::new()), Err(Refused::Terms { .. })), "change {number}");
    }
}

#[test]
fn samples_have_limits() {
    let item: &[u8] = b"element";
    refused!(Sample::new(Vec::new()), Refused::Sample { .. });
    refused!(Sample::new(vec![vec![item], Vec::new()]), Refused::Sample { .. });
    refused!(Sample::new(vec![vec![item, b""]]), Refused::Sample { .. });
    refused!(Sample::new(vec![vec![&[1; 1025]]]), Refused::Sample { .. });
    refused!(Sample::new(vec![vec![item, b"other", item]]), Refused::Sample { .. });
    let groups = Sample::new(vec![vec![item], vec![item]]).expect("a sample");
    let seed = Seed::new([1; 32]);
    refused!(groups.terms(&seed, Mode::Which, "c", ("i", PROFILE), [0; 32]), Refused::Sample { .. });
    let mut case = Case::new(Mode::Count);
    case.terms.sampling = 2;
    let (invitation, _) = case.invite();
    let (agreed, _) = case.agree(&invitation, &[], false).expect("an agreement");
    let asked = request(&agreed.session, &case.holder, &case.holders, &case.sample(), 1, Vec::new());
    refused!(asked, Refused::Sample { .. });
    let other = Seed::new([66; 32]);
    refused!(request(&agreed.session, &case.holder, &other, &case.sample(), 1, Vec::new()), Refused::OtherSample);
    let mut setup = Setup::new(&invitation, &[], false, &case.owners, "source", 1).expect("an invitation");
    refused!(setup.add(&[vec![0; 2000]]), Refused::Sample { .. });
}

/// An agreement with other contents, signed as the owner would.
fn agreement(case: &Case, change: impl FnOnce(&mut Agreement, &mut Vec<u8>)) -> Result<Session, Refused> {
    let (invitation, _) = case.invite();
    let (agreed, bytes) = case.agree(&invitation, &[], false)?;
    let (mut agreement, mut body, mut out) = (agreed.session.agreement, body(&bytes), Vec::new());
    change(&mut agreement, &mut body);
    let (identity, kind, to) = (&case.owner, Kind::Agreement, case.holder.public());
    let (session, previous) = (MessageDigest::default(), invitation.digest);
    let details = message::canonical(&agreement);
    Envelope { identity, kind, to, session, previous, details }.write(&mut out, &body)?;
    Session::read(&invitation, &out)
}

#[test]
fn agreements_have_limits() {
    let case = Case::new(Mode::Count);
    let changes: [fn(&mut Agreement); 8] = [
        |it| it.labels.clear(),
        |it| it.labels = vec![it.labels[0].clone(); 65],
        |it| it.labels[1].name = it.labels[0].name.clone(),
        |it| it.labels[0].name.clear(),
        |it| it.labels[0].count += 1,
        |it| it.labels[0].count = 128,
        |it| it.labels[0].bytes /= 2,
        |it| it.labels[0].bytes *= 2,
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let read = agreement(&case, |it, _| change(it));
        assert!(matches!(read, Err(Refused::Labels { .. })), "change {number}");
    }
    refused!(agreement(&case, |it, _| it.key = [0; 32]), Refused::Identity);
    refused!(agreement(&case, |it, _| it.key = [1; 32]), Refused::NotAnElement);
    refused!(agreement(&case, |_, body| body[..32].fill(0)), Refused::Identity);
    refused!(agreement(&case, |_, body| body[..64].rotate_left(32)), Refused::ControlProof);
    refused!(agreement(&case, |it, _| it.key = crate::group::public(&2_u8.into())), Refused::ControlProof);
    let end = |body: &mut Vec<u8>| *body.last_mut().expect("a proof") |= 0xf0;
    refused!(agreement(&case, |_, body| end(body)), Refused::ControlProof);
    let few = Case::of(Mode::Count, vec![items(0..999)], vec![("source", items(0..10))]);
    let (invitation, _) = few.invite();
    let (agreed, bytes) = few.agree(&invitation, &[], true).expect("consent");
    let (mut without, mut out) = (agreed.session.agreement, Vec::new());
    without.few = false;
    let (identity, kind, to) = (&few.owner, Kind::Agreement, few.holder.public());
    let details = message::canonical(&without);
    let (session, previous) = (MessageDigest::default(), invitation.digest);
    Envelope { identity, kind, to, session, previous, details }.write(&mut out, &body(&bytes)).expect("memory");
    refused!(Session::read(&invitation, &out), Refused::Few { elements: 999 });
}

/// A request with other records, signed as the holder would.
fn requested(case: &Case, exchange: &Exchange, change: impl FnOnce(&mut Vec<u8>)) -> Result<(), Refused> {
    let (mut body, mut out) = (body(&exchange.request), Vec::new());
    change(&mut body);
    let (identity, kind, to) = (&case.holder, Kind::Request, case.owner.public());
    let id = exchange.session.id;
    Envelope { identity, kind, to, session: id, previous: id, details: Vec::new() }.write(&mut out, &body)?;
    case.answer(&exchange.session, &exchange.set, &out).map(|_| ())
}

#[test]
fn requests_are_checked() {
    let case = Case::new(Mode::Count);
    let exchange = case.exchange();
    requested(&case, &exchange, |_| {}).expect("a request");
    refused!(requested(&case, &exchange, |body| body[..32].fill(0)), Refused::Identity);
    refused!(requested(&case, &exchange, |body| body[1327 * 32..].fill(0xff)), Refused::NotAnElement);
    refused!(requested(&case, &exchange, |body| body.copy_within(..32, 32)), Refused::Order);
    refused!(requested(&case, &exchange, |body| body[..64].rotate_left(32)), Refused::Order);
    refused!(requested(&case, &exchange, |body| body.truncate(320)), Refused::OtherLength { .. });
    // Records that cancel out, whose sum no proof can be made of.
    let cancel = |body: &mut Vec<u8>| {
        let (records, _) = body.as_chunks_mut::<ELEMENT>();
        let count = u64::try_from(records.len()).expect("few") / 2;
        let point = |number: u64| RistrettoPoint::mul_base(&curve25519_dalek::Scalar::from(number + 1));
        for (number, pair) in (0..count).zip(records.chunks_mut(2)) {
            pair[0] = point(number).compress().to_bytes();
            pair[1] = (-point(number)).compress().to_bytes();
        }
        records.sort_unstable();
    };
    refused!(requested(&case, &exchange, cancel), Refused::Identity);
}

#[test]
fn answers_are_checked() {
    let case = Case::new(Mode::Count);
    let exchange = case.exchange();
    let open = |answer: Vec<u8>| case.open(&exchange.session, &exchange.requested, &answer).map(|_| ());
    let records = 1328 * ELEMENT;
    refused!(open(case.forged(&exchange, |body| body[..32].fill(0))), Refused::Identity);
    refused!(open(case.forged(&exchange, |body| body[..64].rotate_left(32))), Refused::Order);
    refused!(open(case.forged(&exchange, |body| body[records] ^= 1)), Refused::AnswerProof { .. });
    // Filters that are too large, that end early, that go on, that lack the controls.
    refused!(open(case.forged(&exchange, |body| body[records + PROOF..].fill(0xff))), Refused::Filter { .. });
    let early = |body: &mut Vec<u8>| {
        let end = records + PROOF + usize::try_from(exchange.session.agreement.labels[0].bytes).expect("few");
        body[end - 60..end].fill(0xff);
    };
    refused!(open(case.forged(&exchange, early)), Refused::Filter { .. });
    refused!(open(case.forged(&exchange, |body| body[records + PROOF..].fill(0))), Refused::Filter { .. });
}

/// An owner whose set lacks the controls has no proof to offer that it answers from the set at all.
#[test]
fn sets_hold_every_control() {
    let case = Case::new(Mode::Count);
    let (invitation, _) = case.invite();
    let count = rounded(u64::from(CONTROLS) + 300);
    let shape = Shape::new(count, 40);
    let numbers: Vec<u64> = (0..count).map(|number| shape.reduce(number << 54)).collect();
    let set = filter::write(shape, &numbers);
    let session = agreement(&case, |it, _| {
        it.labels.truncate(1);
        it.labels[0].count = count;
        it.labels[0].bytes = set.len() as u64;
        it.set = set_digest(&set);
    });
    let session = session.expect("an agreement");
    assert_eq!(session.invitation.digest, invitation.digest);
    let (requested, request) = case.request(&session);
    let (_, answer) = case.answer(&session, &set, &request).expect("an answer");
    refused!(case.open(&session, &requested, &answer), Refused::FilterControls { missing: 256, .. });
}

#[test]
fn answers_hold_nothing_that_was_not_asked() {
    let case = Case::new(Mode::Count);
    let exchange = case.exchange();
    // The holder hid other controls than these: as if it had asked with another seed, all else alike.
    let other = Seed::new([5; 32]);
    let mut opening =
        Opening::new(&exchange.session, &exchange.requested, &other, &case.sample(), 1).expect("it counts");
    refused!(opening.push(&exchange.answer), Refused::Altered { missing: 128, .. });
    // A holder that hid only some of these finds the others to be too many: as if it had asked for a second group.
    let mut fewer = exchange.session.clone();
    fewer.invitation.terms.bins.push(64);
    assert_eq!((exchange.session.terms().hidden(), fewer.terms().hidden()), (128, 16));
    let answer = body(&exchange.answer);
    let (first, set) = answer.split_at(1328 * ELEMENT + PROOF);
    let answer = case.signed(&exchange, &[first, &[0; 64 * ELEMENT + PROOF], set].concat());
    let mut opening = Opening::new(&fewer, &exchange.requested, &case.holders, &case.sample(), 1).expect("it counts");
    refused!(opening.push(&answer), Refused::Unasked { group: 0 });
}

#[test]
fn results_are_checked() {
    let case = Case::new(Mode::Count);
    let (exchange, (result, _)) = stated(&case);
    let session = &exchange.session;
    let [request, answer] = exchange.exchanged;
    let other = countersign(session, &case.owner, [[0; 32], answer], &result, Vec::new());
    refused!(other, Refused::OtherFiles);
    let forged = |numbers: [u32; 3], details: Vec<u8>| {
        let (identity, kind, to) = (&case.holder, Kind::Result, case.owner.public());
        let (mut out, body) = (Vec::new(), numbers.map(u32::to_le_bytes).concat());
        let envelope = Envelope { identity, kind, to, session: session.id, previous: answer, details };
        envelope.write(&mut out, &body).expect("memory");
        Outcome::read(session, answer, &out)
    };
    let details = Outcome::details(&[request, answer]);
    forged([300, 150, 350], details.clone()).expect("a result");
    for numbers in [[1201, 0, 1201], [300, 150, 299], [100, 100, 201]] {
        refused!(forged(numbers, details.clone()), Refused::Counts { .. });
    }
    refused!(forged([300, 150, 350], details[..63].to_vec()), Refused::Header { .. });
    refused!(forged([300, 150, 350], Outcome::details(&[answer, request])), Refused::Header { .. });
}

#[test]
fn no_two_sessions_share_a_secret() {
    let mut case = Case::new(Mode::Count);
    let first = case.exchange();
    case.terms.nonce = [13; 32];
    let second = case.exchange();
    assert_ne!(first.session.agreement.key, second.session.agreement.key);
    let records =
        |request: &[u8]| body(request).chunks(32).map(<[u8]>::to_vec).collect::<std::collections::HashSet<_>>();
    assert!(records(&first.request).is_disjoint(&records(&second.request)));
    let which = Case::new(Mode::Which).exchange();
    assert_ne!(first.session.agreement.key, which.session.agreement.key);
}

#[test]
fn a_failing_disk_is_said() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is full"))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let case = Case::new(Mode::Count);
    let (_, owner) = case.keys();
    refused!(invite(&case.holder, owner, case.terms.clone(), Full), Refused::Io(_));
}

mod properties {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_code_gives_back_its_numbers(
            tags in prop::collection::btree_set(any::<u64>(), 1..400),
            precision in 20_u8..=40,
            piece in 1_usize..40,
        ) {
            let shape = Shape::new(tags.len() as u64, precision);
            let numbers: Vec<u64> = tags.iter().map(|tag| shape.reduce(*tag)).collect::<BTreeSet<_>>().into_iter().collect();
            let shape = Shape::new(numbers.len() as u64, precision);
            prop_assume!(numbers.len() == tags.len());
            let code = filter::write(shape, &numbers);
            prop_assert!(shape.bytes().contains(&(code.len() as u64)));
            let (mut reader, mut read) = (filter::Reader::new(shape), Vec::new());
            for piece in code.chunks(piece) {
                reader.push(piece, &mut |number| read.push(number)).expect("a code");
            }
            prop_assert!(reader.finish().is_ok());
            prop_assert_eq!(read, numbers);
        }

        #[test]
        fn a_hostile_code_gives_ascending_numbers_or_none(
            code in prop::collection::vec(any::<u8>(), 0..600),
            count in 1_u64..300,
            precision in 20_u8..=40,
        ) {
            let shape = Shape::new(count, precision);
            let (mut reader, mut read) = (filter::Reader::new(shape), Vec::new());
            let whole = reader.push(&code, &mut |number| read.push(number)).is_ok() && reader.finish().is_ok();
            prop_assert!(read.windows(2).all(|pair| pair[0] < pair[1]));
            if whole {
                prop_assert_eq!(filter::write(shape, &read), code);
            }
        }

        #[test]
        fn sizes_are_rounded_up_a_little(count in 1_u64..1 << 32) {
            let told = rounded(count);
            prop_assert!(told >= count && told - count <= count / 31, "{told}");
            prop_assert_eq!(rounded(told), told);
        }

        #[test]
        fn hostile_messages_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..300), framed in any::<bool>()) {
            let bytes = if framed { super::framed(3, &bytes) } else { bytes };
            let key = PublicKey([3; 32]);
            prop_assert!(Invitation::read(key, key, &bytes).is_err());
            prop_assert!(Header::of(&bytes).is_err());
            prop_assert!(Statement::verify(key, key, &bytes).is_err());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn counts_are_those_of_the_sets(
            sample in prop::collection::btree_set(0_u32..3000, 1..400),
            corpus in prop::collection::btree_set(0_u32..3000, 0..400),
            mode in prop::sample::select(vec![Mode::Count, Mode::Which]),
        ) {
            let of = |set: &BTreeSet<u32>| set.iter().flat_map(|it| items(*it..it + 1)).collect::<Vec<_>>();
            let case = Case::of(mode, vec![of(&sample)], vec![("source", of(&corpus))]);
            let (invitation, _) = case.invite();
            let (agreed, _) = case.agree(&invitation, &[], true).expect("consent");
            let (requested, request) = case.request(&agreed.session);
            let (_, answer) = case.answer(&agreed.session, &agreed.set, &request).expect("an answer");
            let opened = case.open(&agreed.session, &requested, &answer).expect("an answer");
            prop_assert_eq!(opened.counts.total() as usize, sample.intersection(&corpus).count());
        }
    }
}

/// Whatever a message is cut into, it reads alike.
#[test]
fn pieces_are_put_together() {
    let case = Case::new(Mode::Count);
    let exchange = case.exchange();
    let due = exchange.session.due(Kind::Request, exchange.session.id, "agreement", exchange.session.request_body());
    for length in [1, 7, 32, 96, 65_536, 100_000] {
        let (mut reader, mut read) = (Reader::new(due.clone()), Vec::new());
        for piece in exchange.request.chunks(length) {
            let take = &mut |chunk: &[u8]| {
                read.extend_from_slice(chunk);
                Ok(())
            };
            reader.push(piece, take).expect("a request");
        }
        let (digest, _) = reader.finish().expect("a request");
        assert_eq!((digest, read), (exchange.requested.digest, body(&exchange.request)));
    }
}
