//! What the compiler cannot hold: which room may call which, and who may name what. ARCHITECTURE.md says why.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each room of `gainsay` with the rooms that it may use.
const ROOMS: &[(&str, &[&str])] = &[
    ("claim", &[]),
    ("mask", &[]),
    ("ledger", &["claim"]),
    ("store", &["claim", "ledger"]),
    ("capture", &["claim"]),
    ("read", &["claim"]),
    ("endpoint", &["claim"]),
    ("corpus", &["capture", "claim"]),
    ("inspect", &["claim"]),
    ("listing", &[]),
    ("challenge", &["claim"]),
    ("matching", &["claim", "listing"]),
    ("align", &["claim"]),
    ("demo", &["claim"]),
    ("assess", &["claim"]),
    ("release", &["assess", "claim", "ledger", "mask"]),
    ("export", &["align", "assess", "claim", "read", "release"]),
    (
        "desk",
        &[
            "align",
            "assess",
            "capture",
            "challenge",
            "claim",
            "corpus",
            "endpoint",
            "export",
            "inspect",
            "ledger",
            "listing",
            "matching",
            "read",
            "release",
            "store",
        ],
    ),
    ("web", &["claim", "demo", "desk", "export", "release"]),
    ("cli", &["claim", "demo", "desk", "release", "web"]),
    ("main", &["capture", "cli", "inspect"]),
];

/// Each outside name with the places that may name it.
const NAMES: &[(&str, &[&str])] = &[
    ("clap", &["gainsay/src/cli/"]),
    ("rusqlite", &["gainsay/src/store/"]),
    ("gix", &["gainsay/src/corpus/", "gainsay/src/demo/"]),
    ("gix_pack", &["gainsay/src/corpus/git/"]),
    ("age", &["gainsay/src/desk/vault.rs", "gainsay/src/desk/private/"]),
    ("private_match", &["gainsay/src/desk/private/"]),
    // In the vault it is a module of age's.
    ("scrypt", &["gainsay/src/desk/private/elements.rs", "gainsay/src/desk/vault.rs"]),
    ("askama", &["gainsay/src/export/", "gainsay/src/web/"]),
    // What waits for a network is served in one room, and nothing else is asynchronous.
    ("axum", &["gainsay/src/web/"]),
    ("hyper", &["gainsay/src/web/connections.rs"]),
    ("hyper_util", &["gainsay/src/web/connections.rs"]),
    ("tokio", &["gainsay/src/web/"]),
    (
        "unpack",
        &[
            "gainsay/src/capture/",
            "gainsay/src/corpus/read.rs",
            "gainsay/src/desk/",
            "gainsay/src/inspect/",
            "gainsay/src/main.rs",
        ],
    ),
    ("dom_smoothie", &["unpack/src/"]),
    ("hayro_syntax", &["unpack/src/"]),
    ("image", &["unpack/src/picture.rs"]),
    ("gimli", &["unpack/src/"]),
    ("object", &["unpack/src/"]),
    ("pdb2", &["unpack/src/"]),
    ("zip", &["unpack/src/"]),
    ("tar", &["unpack/src/"]),
    ("flate2", &["unpack/src/"]),
    ("bzip2", &["unpack/src/"]),
    ("lz4_flex", &["unpack/src/"]),
    ("lzma_rust2", &["unpack/src/"]),
    ("lzxd", &["unpack/src/"]),
    ("rars", &["unpack/src/"]),
    ("ruzstd", &["unpack/src/"]),
    ("sevenz_rust2", &["unpack/src/"]),
    ("encoding_rs", &["unpack/src/"]),
    ("chardetng", &["unpack/src/"]),
    ("landlock", &["unpack/src/"]),
    ("seccompiler", &["unpack/src/"]),
    // The one room that opens connections; beside the libraries, the standard one must not be used for it either.
    ("ureq", &["gainsay/src/endpoint/"]),
    ("rustls", &["gainsay/src/endpoint/", "gainsay/src/web/tls.rs"]),
    ("tokio_rustls", &["gainsay/src/web/tls.rs"]),
    ("argon2", &["gainsay/src/desk/accounts.rs"]),
    ("std::net::SocketAddr", &["gainsay/src/web/", "gainsay/src/cli/serve.rs", "gainsay/src/endpoint/address.rs"]),
    ("std::net", &["gainsay/src/endpoint/address.rs", "gainsay/src/web/", "gainsay/src/cli/serve.rs"]),
    ("rustix::net", &["unpack/src/"]),
    // Sockets on this machine: of the worker, and of the user's own daemon.
    ("std::os::unix::net", &["gainsay/src/inspect/clamd.rs", "unpack/src/"]),
    ("ed25519_dalek", &["gainsay/src/ledger/", "private-match/src/message.rs"]),
    ("curve25519_dalek", &["private-match/src/"]),
    ("aho_corasick", &["gainsay/src/inspect/"]),
    ("postcard", &["gainsay/src/desk/samples/resume.rs"]),
    ("minicbor", &["gainsay/src/ledger/", "private-match/src/", "unpack/src/"]),
];

#[test]
fn rooms_use_only_the_rooms_below_them() {
    let allowed: BTreeMap<&str, BTreeSet<&str>> =
        ROOMS.iter().map(|(room, below)| (*room, below.iter().copied().collect())).collect();
    let mut wrong = Vec::new();
    for (path, code) in sources("gainsay/src") {
        let inside = path.strip_prefix("gainsay/src/").unwrap_or(&path);
        let room = inside.split(['/', '.']).next().unwrap_or_default();
        let Some(below) = allowed.get(room) else {
            wrong.push(format!("{path}: the room {room} is not in this test's table"));
            continue;
        };
        for used in rooms_named(&code) {
            if used != room && !below.contains(used.as_str()) {
                wrong.push(format!("{path} uses crate::{used}, which is not below {room}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn outside_names_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for (path, code) in
        ["gainsay/src", "unpack/src", "fingerprint/src", "private-match/src"].into_iter().flat_map(sources)
    {
        for (name, places) in NAMES {
            let named = names_crate(&code, name);
            if named && !places.iter().any(|place| path.starts_with(place)) {
                wrong.push(format!("{path} names {name}, which belongs to {}", places.join(", ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn leaf_crates_use_nothing_of_ours() {
    let ours = ["gainsay", "fingerprint", "private_match", "unpack"];
    for leaf in ["fingerprint", "private-match", "unpack"] {
        for (path, code) in sources(&format!("{leaf}/src")) {
            for other in ours.into_iter().filter(|other| *other != leaf.replace('-', "_")) {
                assert!(!names_crate(&code, other), "{path} uses {other}");
            }
        }
    }
}

/// The protocol takes and gives bytes: whoever calls it opens the files, and asks clock and generator.
#[test]
fn the_protocol_does_nothing_of_its_own() {
    for (path, code) in sources("private-match/src") {
        for door in
            ["std::fs", "fs::", "File::", "std::net", "std::env", "std::time", "getrandom", "stdout()", "println!"]
        {
            assert!(!mentions(&code, door), "{path} goes out with {door}");
        }
    }
}

/// What a person sees goes out of `cli/ui.rs`, and what lasts outside the desk is written by `cli/report.rs`: both take nothing
/// but a `Released`, and only `release.rs` makes one.
#[test]
fn there_is_one_way_out() {
    let doors: &[(&str, &[&str])] = &[
        ("println!", &["gainsay/src/cli/ui.rs"]),
        ("print!", &["gainsay/src/cli/ui.rs"]),
        ("eprintln!", &["gainsay/src/cli/ui.rs"]),
        ("eprint!", &["gainsay/src/cli/ui.rs"]),
        ("stdout()", &["gainsay/src/cli/ui.rs"]),
        // The log's writer; what it may say is no value of a case (see the next test).
        ("io::stderr", &["gainsay/src/cli/ui.rs", "gainsay/src/cli/mod.rs"]),
        // What the demo writes is its own bundled material; the desk writes its keys and settings; a bundle is unpacked into a
        // folder below the desk, for as long as it is read.
        ("fs::write", &["gainsay/src/demo/", "gainsay/src/cli/demo.rs", "gainsay/src/corpus/git/bundle.rs"]),
        ("File::create", &["gainsay/src/demo/"]),
        ("OpenOptions", &["gainsay/src/desk/mod.rs", "gainsay/src/desk/corpora/notes.rs", "gainsay/src/demo/"]),
        // What a session keeps is below the desk; what it sends is encrypted to its recipient, and what is signed by both was agreed to be shown.
        // The store and the index, both below the desk, with filters of corpora that are nobody's secret; and rows that memory does not hold, in files without a name.
        (
            "tempfile_in",
            &[
                "gainsay/src/cli/report.rs",
                "gainsay/src/store/blobs.rs",
                "gainsay/src/desk/corpora/",
                "gainsay/src/desk/private/",
                // Bookmarks of matches, sealed before they are written.
                "gainsay/src/desk/samples/resume.rs",
                "gainsay/src/corpus/git/",
            ],
        ),
        ("NamedTempFile::new", &[]),
        // To a browser: an answer is made of a `Released`.
        ("Body::", &["gainsay/src/web/answer.rs"]),
        ("Html(", &[]),
        ("Json(", &[]),
        ("Released(", &["gainsay/src/release.rs"]),
        ("_only_here", &["gainsay/src/release.rs"]),
    ];
    let mut wrong = Vec::new();
    for (path, code) in sources("gainsay/src") {
        for (door, places) in doors {
            if mentions(&code, door) && !places.iter().any(|place| path.starts_with(place)) {
                wrong.push(format!("{path} goes around the door with {door}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let report = read(&crates().join("gainsay/src/cli/report.rs"));
    assert!(report.contains("fn stage<'p>(path: &'p Path, released: &Released)"), "the report's door takes a Released");
    let answer = read(&crates().join("gainsay/src/web/answer.rs"));
    assert!(answer.contains("    Page(StatusCode, Released),"), "the browser's door takes a Released");
    let ui = read(&crates().join("gainsay/src/cli/ui.rs"));
    assert!(ui.contains("fn out(&self, released: &Released)"), "the terminal's door takes a Released");
}

/// What opens an endpoint cannot become text: it derives nothing, and nothing is implemented for it that could show or store it.
#[test]
fn a_key_cannot_be_printed() {
    let code = read(&crates().join("gainsay/src/endpoint/mod.rs"));
    let before = code.split("pub struct Key(String);").next().unwrap_or_default();
    assert!(before.len() < code.len() && before.ends_with("turns it into text.\n"), "the key derives nothing");
    for (path, code) in sources("gainsay/src") {
        assert!(!code_only(&code).contains(" for Key"), "{path} gives the key a trait");
    }
}

/// Exporters see a view and nothing else of a case: each public function of a format takes `&View`.
#[test]
fn exporters_take_views() {
    for format in ["html", "json", "markdown"] {
        let code = read(&crates().join(format!("gainsay/src/export/{format}.rs")));
        assert!(code.contains("pub fn view(view: &View) -> String"), "{format} takes a view");
        assert!(!code.contains("&Case"), "{format} takes no case");
    }
}

/// Logs carry no value of a case: only these events exist, and they name none.
#[test]
fn logs_say_nothing_of_a_case() {
    let mut events = Vec::new();
    for (path, code) in sources("gainsay/src") {
        for line in code.lines().filter(|line| line.contains("tracing::") && !line.contains("tracing_subscriber")) {
            events.push(format!("{path}: {}", line.trim()));
        }
    }
    assert_eq!(
        events,
        [r#"gainsay/src/capture/mod.rs: tracing::debug!(enforced = ?worker.enforced(), "worker started");"#]
    );
}

#[test]
fn the_checks_find_what_they_look_for() {
    assert_eq!(rooms_named("use crate::store::{self, Blobs};\nlet x = crate::mask::mask(y);"), ["store", "mask"]);
    assert_eq!(rooms_named("use crate::{capture, corpus::Progress, ledger};"), ["capture", "corpus", "ledger"]);
    assert!(names_crate("use clap::Parser;", "clap") && names_crate("#[derive(clap::Args)]", "clap"));
    assert!(!names_crate("// clap::Parser is not named in comments", "clap"));
    assert!(!names_crate("use unzip::x; let tar = 1; mytar::x();", "tar"));
    assert!(mentions("    println!(\"x\");", "println!") && !mentions("eprintln!(\"x\")", "println!"));
    assert!(mentions("use x::{self};\nlet a = fs::write(b, c);", "fs::write"));
}

/// The rooms that code names after `crate::`, also in a list.
fn rooms_named(code: &str) -> Vec<String> {
    let mut named = Vec::new();
    for part in code_only(code).split("crate::").skip(1) {
        let list = match part.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or_default(),
            None => part.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default(),
        };
        // Of a list only its first level counts: `{capture, corpus::Progress}`.
        for item in list.split(',') {
            let room: String = item.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            // A type or function at the crate's root would be no room; there is none.
            if ROOMS.iter().any(|(known, _)| *known == room) {
                named.push(room);
            }
        }
    }
    named
}

fn names_crate(code: &str, name: &str) -> bool {
    mentions(code, &format!("{name}::")) || mentions(code, &format!("use {name};"))
}

/// Whether code holds this at the beginning of a word.
fn mentions(code: &str, what: &str) -> bool {
    let code = code_only(code);
    code.match_indices(what).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
            && !code[..at].ends_with("crate::")
            && !code[..at].ends_with("self::")
            && !code[..at].ends_with("super::")
    })
}

/// Code without comments and without its unit tests, which may do as they like.
fn code_only(code: &str) -> String {
    let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let code = code.split("#[cfg(test)]\n#[expect").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Every file of code below a folder of `crates`, by its path there. Test modules in files of their own are left out.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![crates().join(folder)];
    while let Some(folder) = folders.pop() {
        let listed = fs::read_dir(&folder).expect("the folder can be listed");
        for path in listed.map(|entry| entry.expect("the folder can be listed").path()) {
            let is_test = path.file_stem().is_some_and(|stem| stem == "tests");
            // Material of the demo is no code of the program.
            let is_material = path
                .components()
                .any(|part| ["code", "public", "published", "foreign"].iter().any(|m| part.as_os_str() == *m));
            if path.is_dir() && !is_material {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") && !is_test && !is_material {
                let name = path.strip_prefix(crates()).expect("a path below crates").to_string_lossy().into_owned();
                found.push((name, read(&path)));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no code below {folder}");
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in crates").to_owned()
}
