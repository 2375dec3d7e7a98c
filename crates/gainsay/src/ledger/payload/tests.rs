#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use jiff::Timestamp;

use super::matched::{BestV1, FileV1, MatchV1, MatchV5};
use super::read::StatementV1;
use super::*;
use crate::claim::{
    Actor, Against, AlignedLines, Alignment, Allegation, BestMatch, BuildMatch, Citation, ClaimKey, Clue, Commit,
    Confidence, Contact, CurvePoint, Dated, Days, Detection, Draft, DrawnBy, DrawnFile, EditKind, ElementKind,
    ExposedFile, Facet, Figure, FigureKind, FileMatch, InHand, Indicator, IndicatorKind, Layer, Leaks, ListedFile,
    ListingMatch, Names, NearMiss, NotScanned, Offer, Opinion, Organisation, OrganisationRole, PartyKind, PlaceMatch,
    Places, PrivateLabel, Reading, SampleMatch, Scan, Sensitive, SensitiveFile, SensitiveGroup, SensitiveItem,
    SensitiveKind, Shares, Side, SourceKind, Spot, Stance, Statement, Taking, Vector, Window,
};

const CASE: EntryId = EntryId([1; 32]);
const SOURCE: EntryId = EntryId([2; 32]);

fn statement() -> Statement {
    Statement {
        speaker: "Marlbeck".into(),
        speaker_kind: PartyKind::Victim,
        stance: Stance::PartlyConfirms,
        about: vec!["Marlbeck".into()],
        facets: vec![Facet::Access, Facet::Assets],
        origin: Some("Dustfinch".into()),
        to: None,
        relays: vec![],
        date: Some("on Monday".into()),
        days: None,
        span: Span { start: 3, end: 300 },
    }
}

/// A statement with what the second version has besides.
fn statement_v2() -> Statement {
    let day = |text: &str| text.parse().unwrap();
    let days = Some(Days { from: day("2024-02-26"), to: day("2024-03-01") });
    Statement { relays: vec!["The Daily Log".into()], days, ..statement() }
}

fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn sample_match() -> SampleMatch {
    let commit = |id: &str, at| Commit { id: id.into(), time: moment(at) };
    let shares = Shares { matched: 900, common: 10, public: 50, published: 0, distinctive: 850 };
    let window = Window {
        line: "code.git".into(),
        strict: (commit("aa", 10), commit("bb", 20)),
        first: commit("aa", 10),
        last: commit("cc", 30),
        open: false,
        best: commit("aa", 10),
        fit: 1,
        of: 1,
    };
    let best = BestMatch {
        corpus: "code".into(),
        source: "code.git".into(),
        path: "src/engine.c".into(),
        first: commit("aa", 10),
        last: commit("", -1),
    };
    let of_build = best.clone();
    SampleMatch {
        owner: "Marlbeck".into(),
        corpora: vec![
            Against {
                name: "code".into(),
                role: CorpusRole::Own,
                indexed: Some(moment(40)),
                contents: 12,
                rows: 3_000,
                packages: None,
            },
            Against {
                name: "open".into(),
                role: CorpusRole::Public,
                indexed: None,
                contents: 1,
                rows: 2,
                packages: None,
            },
        ],
        verdict: "ours".into(),
        files: 2,
        bytes: 70_000,
        verdicts: vec![("ours".into(), 1, 69_000), ("cannot tell".into(), 1, 1_000)],
        shares,
        window: Some(window.clone()),
        curve: vec![CurvePoint { commit: commit("aa", 10), files: 1, fingerprints: 300 }],
        takings: vec![Taking {
            line: "code.git".into(),
            reference: "refs/heads/main".into(),
            first: Some(commit("aa", 10)),
            last: None,
            files: 1,
            some: vec!["engine.c".into()],
        }],
        fit_nowhere: vec!["odd.c".into()],
        places: Some(Places {
            cover: vec!["lab share L3".into()],
            is_least: true,
            all: vec![PlaceMatch {
                name: "lab share L3".into(),
                files: 1,
                only_here: 1,
                some: vec!["engine.c".into()],
            }],
        }),
        listings: vec![ListingMatch {
            path: "files.txt".into(),
            format: "ls -lR".into(),
            verdict: "ours".into(),
            entries: 2,
            sized: 1,
            by_size: 1,
            by_path: 1,
            window: Some(window),
            newest: Some(moment(50)),
            words: vec!["A listing shows names.".into()],
            rows: vec![ListedFile {
                path: "src/engine.c".into(),
                bytes: Some(69_000),
                best: Some(best.clone()),
                same_size: true,
            }],
        }],
        words: vec!["It bears on whose data it is.".into()],
        rows: vec![FileMatch {
            path: "engine.c".into(),
            bytes: 69_000,
            verdict: "ours".into(),
            exact: true,
            generated: false,
            channel: "text".into(),
            shares,
            best: Some(best),
            containment: (Some(1000), None),
            copies: 1,
            some_copies: vec!["old/engine.c".into()],
            near: vec![NearMiss { corpus: "code".into(), path: "src/motor.c".into(), share: 120 }],
            alignment: Some(Alignment {
                aligned: 1000,
                ranges: vec![AlignedLines { sample: (1, 9), ours: (3, 11), kind: "renamed".into() }],
                edits: vec!["renamed: FxEngine → Engine".into()],
                note: Some("the file has changed since".into()),
            }),
        }],
        problems: vec![],
        layers: vec![Layer {
            path: "code.zip!inner.7z".into(),
            format: "7z".into(),
            files: 2,
            bytes: 69_100,
            findings: vec![("encrypted".into(), 1)],
        }],
        clues: vec![Clue { path: "code.zip".into(), kind: "time zone".into(), value: "UTC+03:00".into(), entries: 3 }],
        scans: vec![Scan {
            engine: "ClamAV".into(),
            version: "ClamAV 1.4.6/27000/Fri Nov 20 08:25:00 2026".into(),
            files: 2,
            with_findings: 1,
            found: vec![Detection { path: "code.zip!setup.exe".into(), rule: "Test.Own".into() }],
            more: 0,
            not_scanned: vec![NotScanned {
                reason: "it is larger than the daemon takes".into(),
                files: 1,
                some: vec!["code.zip".into()],
            }],
        }],
        in_hand: Some(InHand {
            received: 30_000,
            kinds: vec![("source code".into(), 2, 70_000)],
            languages: vec![("C".into(), 2, 70_000)],
            dates: vec![Dated {
                of: "entries of archives".into(),
                count: 2,
                oldest: "2023-01-02".into(),
                newest: "2024-01-02".into(),
            }],
            names: vec![("FxEngine".into(), 1)],
            leaks: Some(Leaks {
                list: "/a/known.txt".into(),
                blake3: "ab".into(),
                digests: 9,
                files: 1,
                bytes: 1_000,
                some: vec![("odd.c".into(), "old leak".into())],
                left_out: 0,
            }),
        }),
        builds: vec![BuildMatch {
            path: "code.zip!engine.pdb".into(),
            format: "PDB debug information".into(),
            standing: BuildMatch::RECOGNISED.into(),
            debug: true,
            marks: vec![("guid".into(), "00aa1".into())],
            says: vec![("compiler".into(), "clang 14".into())],
            exposed: vec![ExposedFile {
                file: of_build,
                product: "Engine 4.2".into(),
                by: vec!["id".into(), "412 names".into()],
            }],
            more: 2,
            functions: Names { count: 412, some: vec!["engine_start".into()] },
            sources: Names { count: 3, some: vec!["engine.c".into()] },
            paths: Names { count: 1, some: vec!["C:\\build".into()] },
            signature: "CN=Marlbeck (SHA-256)".into(),
        }],
    }
}

fn sample_match_v1() -> MatchV1 {
    let now = sample_match();
    let row = now.rows.first().unwrap();
    let best = row.best.as_ref().unwrap();
    MatchV1 {
        owner: now.owner,
        corpora: vec![("code".into(), "own".into())],
        verdict: now.verdict,
        files: now.files,
        bytes: now.bytes,
        verdicts: now.verdicts,
        matched: 900,
        public: 50,
        published: 0,
        distinctive: 850,
        window: now.window.as_ref().map(Into::into),
        words: now.words,
        rows: vec![FileV1 {
            path: row.path.clone(),
            bytes: row.bytes,
            verdict: row.verdict.clone(),
            exact: row.exact,
            shares: (1000, 0, 0, 1000),
            best: Some(BestV1 {
                corpus: best.corpus.clone(),
                path: best.path.clone(),
                first: (&best.first).into(),
                last: (&best.last).into(),
            }),
        }],
        problems: now.problems,
    }
}

/// One payload of each kind, with every field filled.
fn examples() -> Vec<Payload> {
    let span = Span { start: 0, end: 24 };
    let reading = Reading {
        drafts: vec![Draft { statement: statement(), confidence: 810, because: "quote, verb, subject".into() }],
        allegations: vec![Allegation {
            actor: "Dustfinch".into(),
            victim: "Marlbeck".into(),
            assets: vec!["source code".into()],
            volume: Some("2 TB".into()),
            price: None,
            span,
        }],
        figures: vec![Figure { kind: FigureKind::Volume, value: "2 TB".into(), of: None, span }],
        organisations: vec![Organisation { name: "Marlbeck".into(), role: OrganisationRole::AllegedVictim, span }],
        actors: vec![Actor { name: "Dustfinch".into(), aliases: vec!["DF".into()], span }],
        vectors: vec![Vector { attack_id: "T1133".into(), span }],
        contacts: vec![Contact { from: "Firm".into(), to: "Marlbeck".into(), date: None, span }],
        citations: vec![Citation { source: "Firm".into(), kind: "report".into(), span }],
        ..Reading::default()
    };
    let reading_v2 = Reading {
        drafts: vec![Draft { statement: statement_v2(), confidence: 810, because: "quote, verb, subject".into() }],
        figures: vec![Figure { kind: FigureKind::Volume, value: "2 TB".into(), of: Some("source code".into()), span }],
        indicators: vec![Indicator { kind: IndicatorKind::Domain, value: "evil.example".into(), span }],
        offers: vec![Offer {
            seller: Some("dustfinch".into()),
            victim: Some("Marlbeck".into()),
            goods: vec!["source code".into()],
            volume: Some("2 TB".into()),
            price: Some("$50,000".into()),
            proof: vec!["screenshots".into()],
            contacts: vec!["Telegram @du…ch".into()],
            access: Some("VPN".into()),
            span,
        }],
        language: Some("en".into()),
        ..reading.clone()
    };
    let decided = |statement: Statement| DraftDecided {
        case: CASE,
        source: SOURCE,
        draft: Some(DraftRef { reading: EntryId([6; 32]), index: 7 }),
        statement: Some((&statement).into()),
        reason: None,
    };
    let source = |held, text| SourceCaptured {
        case: CASE,
        kind: SourceKind::Story,
        whence: "/a/story.html".into(),
        digest: [3; 32],
        size: 1234,
        held,
        text,
        replaces: Some(SOURCE),
        problems: vec!["cut".into()],
        part: None,
    };
    let text = Text {
        format: "html".into(),
        encoding: "UTF-8".into(),
        digest: [4; 32],
        title: Some("Title".into()),
        outlet: Some("Outlet".into()),
        byline: None,
        published_words: Some("2024-03-01".into()),
        published: Some(1_709_251_200_000_000),
        address: Some("https://outlet.example/1".into()),
        updated_words: None,
        updated: None,
        language: None,
        links: vec![],
        attachments: vec![],
        map: None,
    };
    let text_v2 = Text {
        updated_words: Some("2024-03-02".into()),
        updated: Some(1_709_337_600_000_000),
        language: Some("en-GB".into()),
        links: vec!["https://other.example/2".into()],
        attachments: vec!["proof.zip".into()],
        map: Some(EntryId([8; 32])),
        ..text.clone()
    };
    vec![
        CaseOpened { title: "marlbeck".into() }.into(),
        SettingChanged { file: "names.txt".into(), text: "company: Marlbeck\n".into() }.into(),
        AccountSet {
            name: "ben".into(),
            role: "analyst".into(),
            is_active: true,
            cases: Some(vec![CASE]),
            what: "given other cases".into(),
        }
        .into(),
        SourceCapturedV1(source(Held::Desk, Some(text))).into(),
        SourceCapturedV1(source(Held::Outside("/a/sample.tar".into()), None)).into(),
        SourceCapturedV1(source(Held::Sealed("age1".into(), [5; 32]), None)).into(),
        SourceCaptured { part: Some("message 3".into()), ..source(Held::Desk, Some(text_v2)) }.into(),
        SourceReadV1(SourceRead::new(CASE, SOURCE, "gainsay reader 1", &reading)).into(),
        SourceRead::new(CASE, SOURCE, "gainsay reader 2", &reading_v2).into(),
        DraftDecidedV1(decided(statement())).into(),
        decided(statement_v2()).into(),
        CorpusIndexedV1 {
            name: "code".into(),
            owner: "Marlbeck".into(),
            role: CorpusRole::Published,
            paths: vec!["/a/code.git".into()],
            segment: [7; 32],
            files: 1,
            blobs: 2,
            commits: 3,
            postings: 4,
            bytes: 5,
            not_read: 1,
            not_read_names: vec!["/a/x: gone".into()],
        }
        .into(),
        CorpusIndexedV2 {
            name: "code".into(),
            owner: "Marlbeck".into(),
            role: CorpusRole::Own,
            paths: vec![b"/a/c\xf6de.git".to_vec().into()],
            segments: twins(&[SegmentFile {
                blake3: [7; 32],
                bytes: 1,
                files: 2,
                contents: 3,
                content_bytes: 4,
                commits: 5,
                postings: 6,
                tables: 8,
            }]),
            pieces: twins(&[
                Piece {
                    source: b"/a/c\xf6de.git".to_vec(),
                    segment: [7; 32],
                    extent: Extent::History(History {
                        reference: b"refs/heads/main".to_vec(),
                        newest: vec![9; 20],
                        line: 4,
                        side: 1,
                        tips: [8; 32],
                        whole: true,
                    }),
                    not_read: 1,
                    not_read_names: vec!["/a/x: gone".into()],
                },
                Piece {
                    source: b"/a/documents".to_vec(),
                    segment: [7; 32],
                    extent: Extent::Stretch(Stretch {
                        after: None,
                        until: Some(b"m/n.txt".to_vec()),
                        listing: [10; 32],
                        files: 2,
                        bytes: 300,
                        packages: None,
                    }),
                    not_read: 0,
                    not_read_names: vec![],
                },
            ]),
            not_read: 1,
            not_read_names: vec!["/a/pipe: it is a device, a pipe or a socket".into()],
            channels: Channels::All,
        }
        .into(),
        CorpusIndexed {
            name: "backups".into(),
            owner: "Marlbeck".into(),
            role: CorpusRole::Own,
            roots: twins(&[
                Root {
                    path: b"/b/\xf6/2019-03-01".to_vec(),
                    place: Some("lab share L3".into()),
                    dated: Some(1_551_398_400),
                },
                Root { path: b"/b/1969".to_vec(), place: None, dated: Some(-1) },
                Root { path: b"/a/code.git".to_vec(), place: None, dated: None },
            ]),
            segments: twins(&[SegmentFile {
                blake3: [7; 32],
                bytes: 1,
                files: 2,
                contents: 3,
                content_bytes: 4,
                commits: 5,
                postings: 6,
                tables: 8,
            }]),
            pieces: twins(&[
                Piece {
                    source: b"/b/1969".to_vec(),
                    segment: [7; 32],
                    extent: Extent::Stretch(Stretch {
                        after: None,
                        until: None,
                        listing: [10; 32],
                        files: 2,
                        bytes: 300,
                        packages: Some(3),
                    }),
                    not_read: 0,
                    not_read_names: vec![],
                },
                Piece {
                    source: b"/f/open.gainfilter".to_vec(),
                    segment: [11; 32],
                    extent: Extent::Filter(Filtered { indexed: 1_700_000_000, packages: 9 }),
                    not_read: 0,
                    not_read_names: vec![],
                },
            ]),
            not_read: 0,
            not_read_names: vec![],
            channels: Channels::Text,
        }
        .into(),
        SampleMatchedV1 {
            case: CASE,
            sample: SOURCE,
            corpora: vec![EntryId([8; 32])],
            result: sample_match_v1(),
            command: "gainsay match sample.tar".into(),
        }
        .into(),
        SampleMatchedV4(SampleMatched {
            case: CASE,
            sample: SOURCE,
            corpora: vec![EntryId([8; 32])],
            result: (&SampleMatch { builds: Vec::new(), ..sample_match() }).into(),
            command: "gainsay match sample.tar".into(),
        })
        .into(),
        SampleMatchedV3(SampleMatched {
            case: CASE,
            sample: SOURCE,
            corpora: vec![EntryId([8; 32])],
            result: (&SampleMatch { in_hand: None, scans: Vec::new(), builds: Vec::new(), ..sample_match() }).into(),
            command: "gainsay match sample.tar".into(),
        })
        .into(),
        SampleMatchedV2(SampleMatched {
            case: CASE,
            sample: SOURCE,
            corpora: vec![EntryId([8; 32])],
            result: (&SampleMatch {
                layers: Vec::new(),
                clues: Vec::new(),
                in_hand: None,
                scans: Vec::new(),
                builds: Vec::new(),
                ..sample_match()
            })
                .into(),
            command: "gainsay match sample.tar".into(),
        })
        .into(),
        CaseAssessedV1 {
            case: CASE,
            based_on: 9,
            model: "gainsay weighing 1".into(),
            weights: [9; 32],
            answer: vec!["Unsettled.".into()],
            claims: vec![("It is so.".into(), -1500, "low".into())],
        }
        .into(),
        ViewReleased { case: CASE, format: "html".into(), audience: Tlp::AmberStrict, digest: [10; 32], withheld: 2 }
            .into(),
        TaskSet {
            case: CASE,
            what: "Preserve the access logs.".into(),
            done: true,
            owner: Some("ben".into()),
            due: Some("2024-03-08".into()),
        }
        .into(),
        ClaimSettled {
            case: CASE,
            claim: (&ClaimKey::Computed { facet: Facet::Access, victim: Some("Marlbeck".into()) }).into(),
            proposition: "Systems of Marlbeck were entered.".into(),
            outcome: Some(true),
            reason: "the regulator found so".into(),
            sides: vec![
                (&Side { party: "Firm".into(), kind: PartyKind::Researcher, implied: 900, relayed: false }).into(),
            ],
            sources: vec![SOURCE],
        }
        .into(),
        BodyDestroyed {
            case: Some(CASE),
            entry: SOURCE,
            reason: "a court order".into(),
            blobs: vec![EntryId([11; 32])],
            drafts: 7,
        }
        .into(),
        SampleInspected {
            case: CASE,
            sample: SOURCE,
            result: (&sensitive()).into(),
            command: "gainsay match leak.tar --case fx".into(),
        }
        .into(),
        edited(EditKind::Reword { claim: claim(), proposition: "It is so.".into() }),
        edited(EditKind::Split {
            claim: claim(),
            proposition: "A part of it is so.".into(),
            statements: vec![(SOURCE, 0), (SOURCE, 300)],
        }),
        edited(EditKind::Merge { claim: ClaimKey::Split(SOURCE), into: claim() }),
        edited(EditKind::Attach { claim: claim(), statement: (SOURCE, 1), for_claim: Some(false) }),
        edited(EditKind::Detach {
            claim: ClaimKey::Computed { facet: Facet::Volume, victim: None },
            statement: (SOURCE, 1),
        }),
        edited(EditKind::Undo { edit: SOURCE }),
        judged(Some(opinion())),
        CaseJudged { case: CASE, on: None, held: None, reason: "I was wrong.".into() }.into(),
        CaseAssessed {
            case: CASE,
            based_on: 9,
            root: [12; 32],
            audience: Tlp::Amber,
            model: "gainsay weighing 1".into(),
            weights: [9; 32],
            names: [13; 32],
            corpora: vec![
                CorpusStateV2 { name: "code".into(), role: CorpusRole::Own, indexed: Some(moment(40)), rows: 3_000 },
                CorpusStateV2 { name: "open".into(), role: CorpusRole::Public, indexed: None, rows: 2 },
            ],
            answer: vec!["Unsettled.".into()],
            claims: vec![AssessedV2 {
                claim: (&claim()).into(),
                proposition: "It is so.".into(),
                millinats: -1500,
                confidence: "low".into(),
            }],
        }
        .into(),
        PrivatelyMatched {
            case: CASE,
            company: "Marlbeck".into(),
            held_here: true,
            holder: [12; 32],
            owner: [13; 32],
            claim: "30 TB of source".into(),
            elements: ElementKind::Text,
            inputs: "fingerprints of text".into(),
            which: false,
            sampling: 20,
            count: 3205,
            matches: 2145,
            least: 65,
            most: 69,
            labels: vec![(&PrivateLabel { name: "source, build farm".into(), size: 4608, matches: 1702 }).into()],
            statement: vec![1, 2, 3].into(),
        }
        .into(),
        SampleMatched {
            case: CASE,
            sample: SOURCE,
            corpora: vec![EntryId([8; 32])],
            result: (&sample_match()).into(),
            command: "gainsay match sample.tar".into(),
        }
        .into(),
        ChallengeOpened {
            case: CASE,
            listing: SOURCE,
            format: "ls -l".into(),
            files: 12_000,
            bytes: Some(30_000_000),
            nonce: "ab".repeat(32),
        }
        .into(),
        ChallengeDrawn {
            case: CASE,
            challenge: EntryId([14; 32]),
            listing: SOURCE,
            public: Some("block 840000".into()),
            seed: "cd".repeat(32),
            by: DrawnBy::Files,
            confidence: 950,
            files: vec![
                (&DrawnFile { path: "src/engine.c".into(), bytes: Some((69_000, 69_000)), times: 1 }).into(),
                (&DrawnFile { path: "src/motor.c".into(), bytes: None, times: 2 }).into(),
            ],
        }
        .into(),
        ChallengeAnswered {
            case: CASE,
            challenge: EntryId([14; 32]),
            draw: EntryId([15; 32]),
            sources: vec![SOURCE],
            matches: vec![EntryId([16; 32])],
            owner: "Marlbeck".into(),
            outcomes: vec![("genuine".into(), Some("engine.c".into())), ("missing".into(), None)],
            genuine: 1,
            interval: (1, 11_999),
            command: "gainsay challenge answer marlbeck answer.zip".into(),
        }
        .into(),
    ]
}

fn sensitive() -> Sensitive {
    Sensitive {
        files: 3,
        kinds: vec![SensitiveKind {
            group: SensitiveGroup::Certificate,
            kind: "certificate".into(),
            found: 2,
            distinct: 1,
            more: false,
            files: 1,
        }],
        items: vec![SensitiveItem {
            group: SensitiveGroup::Certificate,
            kind: "certificate".into(),
            about: "of build.marlbeck.example".into(),
            mark: "00112233445566778899aabbccddeeff".into(),
            found: 2,
            places: vec![Spot { path: "etc/tls.pem".into(), line: 1, offset: 0 }],
        }],
        more_items: 0,
        holders: vec![SensitiveFile {
            path: "etc/tls.pem".into(),
            kind: "certificate".into(),
            found: 2,
            first: (1, 0),
            last: (30, 1_800),
        }],
        more_holders: 0,
    }
}

fn claim() -> ClaimKey {
    ClaimKey::Computed { facet: Facet::Access, victim: Some("Marlbeck".into()) }
}

fn opinion() -> Opinion {
    Opinion { likelihood: Some((80, 95)), confidence: Some(Confidence::High), verdict: Some("Ours.".into()) }
}

fn edited(edit: EditKind) -> Payload {
    ClaimEdited { case: CASE, edit: (&edit).into(), reason: "The lab is not the build farm.".into() }.into()
}

fn judged(held: Option<Opinion>) -> Payload {
    let held = held.as_ref().map(Into::into);
    CaseJudged { case: CASE, on: Some((&claim()).into()), held, reason: "I saw the logs.".into() }.into()
}

#[test]
fn edits_and_judgements_are_read_back_as_they_were_made() {
    for example in examples() {
        match example {
            Payload::Claim(stored) => {
                let edit = EditKind::from(&stored.edit);
                assert_eq!(EditV1::from(&edit), stored.edit);
            }
            Payload::Judgement(CaseJudged { held: Some(held), .. }) => assert_eq!(Opinion::from(&held), opinion()),
            _ => {}
        }
    }
}

/// The bytes of each example in hexadecimal, as they were first released. They are never edited: a kind that changes gets a new
/// version beside the old.
const RELEASED: &str = include_str!("released.txt");

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn released_bytes_decode_forever() {
    let lines: Vec<(&str, &str)> = RELEASED.lines().filter_map(|line| line.split_once(' ')).collect();
    let examples = examples();
    let written: String = examples.iter().map(|it| format!("{} {}\n", it.kind(), hex(&it.to_bytes()))).collect();
    assert_eq!(lines.len(), examples.len(), "the released bytes of these examples are\n{written}");
    for ((kind, digits), example) in lines.iter().zip(&examples) {
        let bytes: Vec<u8> =
            (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect();
        let decoded = Payload::from_bytes(kind, &bytes).unwrap();
        assert_eq!(decoded, *example, "{kind}");
        assert_eq!(hex(&decoded.to_bytes()), *digits, "{kind}");
    }
    let kinds: std::collections::BTreeSet<&str> = lines.iter().map(|(kind, _)| *kind).collect();
    assert!(Payload::KINDS.iter().all(|kind| kinds.contains(kind)), "each kind has an example");
}

#[test]
fn the_channels_of_a_corpus_follow_where_they_are_not_all() {
    let all =
        examples().into_iter().find_map(|it| if let Payload::CorpusV2(it) = it { Some(it) } else { None }).unwrap();
    let text = Payload::CorpusV2(CorpusIndexedV2 { channels: Channels::Text, ..all.clone() });
    let bytes = [&[0x89], &Payload::CorpusV2(all).to_bytes()[1..], b"\x64text"].concat();
    assert_eq!(text.to_bytes(), bytes);
    assert_eq!(Payload::from_bytes("corpus/2", &bytes).unwrap(), text);
    let said = [&bytes[..bytes.len() - 5], b"\x63all"].concat();
    assert!(Payload::from_bytes("corpus/2", &said).is_err(), "all of them are not written");
}

#[test]
fn what_is_read_back_is_what_was_said() {
    let stored: StatementV1 = (&statement()).into();
    assert_eq!(Statement::from(&stored), statement());
    let stored: StatementV1 = (&statement_v2()).into();
    assert_eq!(Statement::from(&stored), statement_v2());
    let stored: MatchV5 = (&sample_match()).into();
    assert_eq!(SampleMatch::from(&stored), sample_match());
    let before: SampleMatch = (&sample_match_v1()).into();
    assert_eq!((before.shares.distinctive, before.rows[0].shares.distinctive), (850, 1000));
    assert_eq!(before.window, sample_match().window);
}

#[test]
fn an_inspection_is_read_back_as_it_was_made() {
    let stored: super::inspected::SensitiveV1 = (&sensitive()).into();
    assert_eq!(Sensitive::from(&stored), sensitive());
}

#[test]
fn a_first_version_has_nothing_of_the_second() {
    for example in examples() {
        if let Some(first) = example.kind().strip_suffix("/2").filter(|of| ["reading", "decision"].contains(of)) {
            assert!(Payload::from_bytes(&format!("{first}/1"), &example.to_bytes()).is_err(), "{first}");
        }
        for (now, before) in [("match/5", "match/4"), ("match/4", "match/3"), ("match/3", "match/2")] {
            assert!(example.kind() != now || Payload::from_bytes(before, &example.to_bytes()).is_err());
        }
    }
}

#[test]
fn another_encoding_of_the_same_value_is_refused() {
    // {title: "a"} as an array of one text: the canonical form, then with a longer length, then with bytes after it.
    let canonical = [0x81, 0x61, b'a'];
    assert!(Payload::from_bytes("case/1", &canonical).is_ok());
    for bytes in
        [&[0x98, 0x01, 0x61, b'a'][..], &[0x81, 0x78, 0x01, b'a'], &[0x9f, 0x61, b'a', 0xff], &[0x81, 0x61, b'a', 0]]
    {
        assert!(Payload::from_bytes("case/1", bytes).is_err(), "{bytes:02x?}");
    }
    assert!(matches!(Payload::from_bytes("case/9", &canonical), Err(Error::NewerEncoding { .. })));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_refused_or_stay_the_same(bytes in proptest::collection::vec(0_u8.., 0..200), kind in 0..Payload::KINDS.len()) {
        if let Ok(payload) = Payload::from_bytes(Payload::KINDS[kind], &bytes) {
            proptest::prop_assert_eq!(payload.to_bytes(), bytes);
        }
    }
}
