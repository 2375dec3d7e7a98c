//! Programs and debug files are recognised by their build, and what they expose is told; certificates lead to their revocation, and documents
//! tell of those who worked on them.

use std::path::Path;

use serde_json::Value;

use crate::archives::zip;
use crate::support::Environment;

fn fixture(path: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../unpack/tests/fixtures");
    std::fs::read(folder.join(path)).unwrap()
}

fn matched(environment: &Environment, words: &[&str]) -> Value {
    let found = environment.gainsay(&[&["match", "--json"], words].concat());
    serde_json::from_str(&found.stdout).unwrap_or_else(|e| panic!("{e}: {found:#?}"))
}

/// A desk with builds of ours.
fn environment() -> Environment {
    let environment = Environment::with_story("Dustfinch claims to have stolen 2 TB from Marlbeck.\n");
    for name in ["engine-stripped.elf", "engine.exe", "engine.macho"] {
        environment.write(&format!("ours/4.2/{name}"), fixture(&format!("builds/{name}")));
    }
    environment.gainsay(&["corpus", "add", "builds", "ours"]).succeeded();
    environment
}

#[test]
fn stolen_debug_files_expose_what_was_shipped() {
    let environment = environment();
    for (debug, shipped) in
        [("engine.debug", "engine-stripped.elf"), ("engine.pdb", "engine.exe"), ("engine.dsym", "engine.macho")]
    {
        environment.write(&format!("{debug}.sample"), fixture(&format!("builds/{debug}")));
        let found = matched(&environment, &[&format!("{debug}.sample")]);
        let build = &found["results"][0]["builds"][0];
        assert_eq!((&build["standing"], &build["debug"]), (&"recognised".into(), &true.into()), "{found}");
        assert_eq!(build["exposes"][0]["file"]["path"], format!("4.2/{shipped}"));
        assert_eq!(build["exposes"].as_array().unwrap().len(), 1);
        let same = build["exposes"][0]["same"].as_array().unwrap();
        assert!(same.contains(&"id".into()) && same.contains(&"layout".into()), "{build}");
        // By its build alone, since the company's index has nothing of its content.
        assert_ne!(found["results"][0]["verdict"], "not found");
        assert!(build["functions"]["some"].to_string().contains("vault_sign_c3"), "{build}");
        assert!(build["sources"]["some"].to_string().contains("main.c"), "{build}");
    }
    let said = environment.gainsay(&["match", "engine.pdb.sample"]).succeeded();
    assert!(said.contains("exposes 4.2/engine.exe in builds") && said.contains("vault_sign_c3"), "{said}");
    environment.gainsay(&["match", "engine.pdb.sample", "--case", "marlbeck"]).succeeded();
    let shown = environment.gainsay(&["show", "marlbeck"]).succeeded();
    assert!(shown.contains("names for known of 4.2/engine.exe"), "{shown}");
    for report in ["r.html", "r.md", "r.json"] {
        environment.gainsay(&["report", "marlbeck", "-o", report]).succeeded();
        let report = std::fs::read_to_string(environment.path(report)).unwrap();
        let report = report.replace('\\', "");
        assert!(report.contains("4.2/engine.exe") && report.contains("vault_sign_c3"), "{report}");
    }
    environment.gainsay(&["ledger", "verify"]).succeeded();
}

#[test]
fn an_id_alone_recognises_nothing_and_what_was_signed_anew_is_ours() {
    let environment = environment();
    environment.write("signed.exe", fixture("builds/engine-signed.exe"));
    let found = matched(&environment, &["signed.exe"]);
    let build = &found["results"][0]["builds"][0];
    assert_eq!(build["standing"], "recognised", "{found}");
    assert!(build["signature"].as_str().unwrap().starts_with("CN=Bench (SHA-256); the file has the digest"), "{build}");
    // Another program with the build id of ours: only its note is ours.
    let note = |program: &[u8]| program.windows(8).position(|it| it == b"\x03\0\0\0GNU\0").unwrap();
    let ours = fixture("builds/engine-stripped.elf");
    let other = std::fs::read("/bin/true").unwrap();
    let (from, to) = (note(&ours), note(&other));
    let length = usize::from(ours[from - 4]);
    assert!(length <= usize::from(other[to - 4]));
    let mut forged = other.clone();
    forged[to - 4] = ours[from - 4];
    forged[to + 8..to + 8 + length].copy_from_slice(&ours[from + 8..from + 8 + length]);
    environment.write("forged", forged);
    let found = matched(&environment, &["forged"]);
    assert_eq!(found["results"][0]["builds"][0]["standing"], "by its id alone", "{found}");
    assert_eq!(found["results"][0]["verdict"], "not found", "{found}");
    environment.write("other", other);
    let found = matched(&environment, &["other"]);
    assert_eq!(found["results"][0]["builds"].as_array().map(Vec::len), Some(0), "{found}");
}

#[test]
fn what_everybody_has_is_no_build_of_ours() {
    let environment = environment();
    environment.write("public/engine.exe", fixture("builds/engine.exe"));
    environment.gainsay(&["corpus", "add", "runtimes", "public", "--public"]).succeeded();
    environment.write("signed.exe", fixture("builds/engine-signed.exe"));
    let found = matched(&environment, &["signed.exe"]);
    assert_eq!(found["results"][0]["builds"].as_array().map(Vec::len), Some(0), "{found}");
}

#[test]
fn certificates_say_whose_they_are_and_are_to_be_revoked() {
    let environment = environment();
    for name in ["build.crt", "build.key", "build.der", "old.pem"] {
        environment.write(&format!("sample/{name}"), fixture(&format!("certificates/{name}")));
    }
    let found = matched(&environment, &["sample", "--case", "marlbeck"]);
    let items = found["sensitive"]["items"].as_array().unwrap();
    let about = |path: &str, kind: &str| {
        let of = |it: &&Value| it["kind"] == kind && it["places"][0]["path"].as_str().unwrap().ends_with(path);
        let item = items.iter().find(of).unwrap_or_else(|| panic!("{kind} in {path}: {items:?}"));
        item["about"].as_str().unwrap().to_owned()
    };
    for file in ["build.crt", "build.der"] {
        let about = about(file, "certificate");
        assert!(about.starts_with("to CN=build.marlbeck.example,O=Marlbeck,C=DE, from itself, serial "), "{about}");
        assert!(
            about.contains("still valid") && about.contains("its private key is in the sample (build.key)"),
            "{about}"
        );
        assert!(about.contains("servers, signing code"), "{about}");
    }
    // Each in the file once, whoever found it.
    assert_eq!(items.iter().filter(|it| it["kind"] == "certificate").count(), 3, "{items:?}");
    assert_eq!(items.iter().filter(|it| it["kind"] == "private key").count(), 2, "{items:?}");
    let shown = environment.gainsay(&["show", "marlbeck"]).succeeded().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains("Revoke this certificate if it is yours: to CN=build.marlbeck.example"), "{shown}");
}

#[test]
fn documents_tell_of_those_who_worked_on_them() {
    let environment = environment();
    let namespace = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
    let text = format!(
        "<?xml version=\"1.0\"?><w:document {namespace}><w:body><w:p><w:ins w:author=\"Ann Lee\" w:date=\"2019-05-01T10:00:00Z\"><w:r><w:t>An \
         offer.</w:t></w:r></w:ins></w:p></w:body></w:document>"
    );
    let about = "<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\">\
                 <Template>Offer.dotm</Template><Company>Marlbeck</Company></Properties>";
    let document = zip(&[("word/document.xml", text.as_bytes()), ("docProps/app.xml", about.as_bytes())]);
    environment.write("offer.docx", document);
    let found = matched(&environment, &["offer.docx"]);
    let clues = found["results"][0]["clues"].to_string();
    for wanted in ["inserted by Ann Lee, 2019-05-01T10:00:00Z", "Offer.dotm", "Marlbeck"] {
        assert!(clues.contains(wanted), "{wanted}: {clues}");
    }
}
