//! Archives in a corpus: what lies in them is found in a sample, whatever the archive is called.

use serde_json::Value;

use crate::support::{Environment, read_tree, run};

/// CRC-32 as gzip and zip use it.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

/// A tar archive of files.
pub(crate) fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, bytes) in files {
        let mut header = [0; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[100..108].copy_from_slice(b"0000644\0");
        header[124..136].copy_from_slice(format!("{:011o}\0", bytes.len()).as_bytes());
        header[136..148].copy_from_slice(b"00000000000\0");
        header[148..156].fill(b' ');
        header[156] = b'0';
        header[257..265].copy_from_slice(b"ustar\x0000");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        archive.extend(header);
        archive.extend(*bytes);
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
    archive.resize(archive.len() + 1024, 0);
    archive
}

/// A gzip stream of stored blocks.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let blocks: Vec<&[u8]> = bytes.chunks(0xffff).collect();
    for (number, block) in blocks.iter().enumerate() {
        let length = u16::try_from(block.len()).unwrap();
        stream.push(u8::from(number + 1 == blocks.len()));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(*block);
    }
    stream.extend(crc(bytes).to_le_bytes());
    stream.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
    stream
}

/// A zip archive of stored files.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        let size = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        let name_length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let facts =
            [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &crc(bytes).to_le_bytes(), &size, &size, &name_length].concat();
        let at = u32::try_from(archive.len()).unwrap().to_le_bytes();
        archive.extend([b"PK\x03\x04", &facts[..], &[0, 0], name.as_bytes(), bytes].concat());
        directory.extend([b"PK\x01\x02\x14\0", &facts[..], &[0; 12], &at, name.as_bytes()].concat());
    }
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    let (length, at) = (u32::try_from(directory.len()).unwrap(), u32::try_from(archive.len()).unwrap());
    archive.extend(&directory);
    let end = [b"PK\x05\x06\0\0\0\0", &count[..], &count, &length.to_le_bytes(), &at.to_le_bytes(), &[0, 0]];
    archive.extend(end.concat());
    archive
}

fn code(seed: u32) -> Vec<u8> {
    let lines =
        (0..60_u32).map(|n| format!("fn step_{seed}_{n}(left: u32) -> u32 {{ left.rotate_left({n}) ^ {seed} }}\n"));
    lines.collect::<String>().into_bytes()
}

fn verdicts(environment: &Environment, sample: &str) -> Vec<(String, String)> {
    let shown = environment.gainsay(&["match", sample, "--json"]).stdout;
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let rows = shown["results"][0]["rows"].as_array().unwrap();
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let mut rows: Vec<_> = rows.iter().map(|row| (text(row, "path"), text(row, "verdict"))).collect();
    rows.sort();
    rows
}

#[test]
fn packages_of_a_cache_are_opened_whatever_they_are_called() {
    let environment = Environment::with_desk();
    let crate_file = gzip(&tar(&[("one-1.0.0/src/lib.rs", &code(1))]));
    environment.write("cache/registry/one-1.0.0.crate", crate_file);
    environment.write("cache/m2/two-2.0-sources.jar", zip(&[("two/Two.java", &code(2))]));
    let inner = zip(&[("three/three.py", &code(3))]);
    environment
        .write("cache/pip/three-3.0-py3-none-any.whl", zip(&[("data/inner.zip", &inner), ("setup.py", &code(4))]));
    environment.write("ours/all.rs", [code(1), code(2), code(3), code(4), code(5)].concat());
    for n in 1..=5 {
        environment.write(&format!("ours/{n}.rs"), code(n));
        environment.write(&format!("sample/{n}.rs"), code(n));
    }
    environment.gainsay(&["corpus", "add", "ours", "ours"]).succeeded();
    let added = environment.gainsay(&["corpus", "add", "open", "cache", "--public", "--json"]).succeeded();
    let added: Value = serde_json::from_str(&added).unwrap();
    assert_eq!(
        (&added["file_versions"], &added["not_read"]),
        (&7.into(), &0.into()),
        "three archives, four files in them"
    );
    environment.gainsay(&["corpus", "verify"]).succeeded();
    let found = verdicts(&environment, "sample");
    let public: Vec<&str> = found.iter().filter(|(_, it)| it == "public only").map(|(path, _)| path.as_str()).collect();
    assert_eq!(public, ["1.rs", "2.rs", "3.rs", "4.rs"]);
    assert!(found.contains(&("5.rs".to_owned(), "ours".to_owned())), "{found:?}");
    // Nothing changed: nothing is read again.
    let again = environment.gainsay(&["corpus", "add", "open", "cache", "--public", "--json"]).succeeded();
    let again: Value = serde_json::from_str(&again).unwrap();
    assert_eq!(again["file_versions"], 7);
}

#[test]
fn an_archive_in_the_own_corpus_holds_its_files() {
    let environment = Environment::with_desk();
    environment.write("releases/product-1.0.zip", zip(&[("src/core.rs", &code(7))]));
    environment.gainsay(&["corpus", "add", "ours", "releases"]).succeeded();
    let sample = environment.write("core.rs", code(7));
    let shown = environment.gainsay(&["match", sample.to_str().unwrap(), "--json"]).succeeded();
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let best = &shown["results"][0]["rows"][0]["best"];
    assert_eq!(best["path"], "product-1.0.zip!src/core.rs", "{shown}");
}

#[test]
fn what_a_document_says_is_found_however_it_is_packed() {
    let environment = Environment::with_desk();
    let sentence = |n: u32| {
        let words =
            ["valve", "ledger", "tender", "quarry", "beacon", "orchard", "filter", "signal", "margin", "harbour"];
        let word = |shift: u32| words[(n.wrapping_mul(2_654_435_761) >> shift) as usize % words.len()];
        format!("In year {n} the {} beside the {} was sold with a {} of {n}.", word(3), word(11), word(19))
    };
    let page = |from: u32, class: &str| {
        let rows = (from..60).map(|n| format!("<p class='{class}-{n}'>{}</p>\n", sentence(n)));
        format!("<!doctype html><html><body>{}</body></html>", rows.collect::<String>()).into_bytes()
    };
    let word = |from: u32, id: u32| {
        let rows =
            (from..60).map(|n| format!("<w:p w:rsidR=\"00{id}{n}\"><w:r><w:t>{}</w:t></w:r></w:p>", sentence(n)));
        let space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
        let body: String = rows.collect();
        zip(&[("word/document.xml", format!("<w:document xmlns:w=\"{space}\">{body}</w:document>").as_bytes())])
    };
    environment.write("ours/report.html", page(0, "first"));
    let added = environment.gainsay(&["corpus", "add", "ours", "ours", "--json"]).succeeded();
    let added: Value = serde_json::from_str(&added).unwrap();
    assert_eq!(added["file_versions"], 1, "a text is no file");
    let sample = tar(&[("a/report.docx", &word(4, 77)), ("b/page.html", &page(4, "other"))]);
    environment.write("leak.tar", &sample);
    let shown = environment.gainsay(&["match", "leak.tar", "--json"]).succeeded();
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let result = &shown["results"][0];
    let rows: Vec<_> = result["rows"].as_array().unwrap().iter().map(|row| (&row["path"], &row["verdict"])).collect();
    let ours = [("a/report.docx!word/document.xml!text", "ours"), ("b/page.html!text", "ours")];
    assert_eq!(
        rows,
        ours.map(|(path, verdict)| (path.into(), verdict.into())).each_ref().map(|(p, v)| (p, v)),
        "{shown}"
    );
    assert_eq!(result["rows"][0]["best"]["path"], "report.html!text");
    assert_eq!(result["sample"]["files"].as_u64().or(result["files"].as_u64()), Some(2), "{shown}");
}

#[test]
fn what_an_archive_hides_or_breaks_is_named_and_the_rest_is_read() {
    let environment = Environment::with_desk();
    let mut torn = zip(&[("whole.rs", &code(1)), ("torn.rs", &code(2))]);
    let at = torn.windows(8).rposition(|bytes| bytes == b"step_2_5").unwrap();
    torn[at] ^= 1;
    environment.write("cache/torn.zip", torn);
    environment.write("cache/cut.tgz", &gzip(&tar(&[("a.rs", &code(3))]))[..900]);
    let added = environment.gainsay(&["corpus", "add", "open", "cache", "--public", "--json"]);
    let shown: Value = serde_json::from_str(&added.stdout).unwrap();
    let named = shown["not_read_names"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
    let named: Vec<&str> = named.collect();
    assert!(named.iter().any(|name| name.contains("cache/torn.zip!torn.rs: corrupt")), "{named:?}");
    assert!(named.iter().any(|name| name.contains("cache/cut.tgz")), "{named:?}");
    assert_eq!(added.code, Some(2), "what was not read shows in the exit code");
    environment.write("ours/whole.rs", code(1));
    environment.gainsay(&["corpus", "add", "ours", "ours"]).succeeded();
    assert_eq!(verdicts(&environment, "ours"), [("whole.rs".to_owned(), "public only".to_owned())]);
}

/// Made by 7zz 26.02 with `-mhe=on -pgeheim` of one file, `src/nine.rs` with the content of `code(9)`; LZMA2 and AES.
const LOCKED: &[u8] = include_bytes!("locked.7z");

#[test]
fn a_locked_archive_opens_with_its_password_which_is_kept_nowhere() {
    let environment = Environment::with_desk();
    environment.write("ours/nine.rs", code(9));
    environment.gainsay(&["corpus", "add", "ours", "ours"]).succeeded();
    let sample = environment.write("leak.tar", tar(&[("docs/inner.7z", LOCKED), ("note.txt", b"as agreed")]));
    let sample = sample.to_str().unwrap();
    let shown = environment.gainsay(&["match", sample, "--json"]).stdout;
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let result = &shown["results"][0];
    let layers: Vec<_> = result["layers"].as_array().unwrap().iter().map(|it| (&it["path"], &it["format"])).collect();
    assert_eq!(layers, [(&"leak.tar".into(), &"tar".into()), (&"leak.tar!docs/inner.7z".into(), &"7z".into())]);
    assert_eq!(result["layers"][1]["findings"][0]["kind"], "encrypted");
    assert!(result["problems"][0].as_str().unwrap().contains("no password is known"), "{shown}");

    let passwords = environment.write("passwords.txt", "wrong\ngeheim\n");
    let args = ["match", sample, "--passwords", passwords.to_str().unwrap(), "--json"];
    let opened = environment.gainsay(&args).succeeded();
    let opened: Value = serde_json::from_str(&opened).unwrap();
    let result = &opened["results"][0];
    assert_eq!(result["rows"][0]["path"], "docs/inner.7z!src/nine.rs", "{opened}");
    assert_eq!(result["clues"][0]["path"], "leak.tar!docs/inner.7z", "{opened}");
    assert!(result["layers"][1]["findings"].as_array().unwrap().is_empty(), "{opened}");
    environment.gainsay(&["open", "leak"]).succeeded();
    let text = environment.gainsay(&["match", sample, "--password", "geheim", "--case", "leak"]).succeeded();
    assert!(text.contains("layers: 2 archives opened: 1 7z, 1 tar"), "{text}");
    for (path, bytes) in read_tree(&environment.desk()) {
        assert!(!bytes.unwrap_or_default().windows(6).any(|it| it == b"geheim"), "{path:?}");
    }
}

#[test]
fn a_locked_archive_opens_with_the_password_that_its_seller_tells() {
    let environment = Environment::with_desk();
    environment.write("ours/nine.rs", code(9));
    environment.gainsay(&["corpus", "add", "ours", "ours"]).succeeded();
    environment.gainsay(&["open", "leak"]).succeeded();
    let sample = environment.write("leak.7z", LOCKED);
    let sample = sample.to_str().unwrap();
    let rows = |environment: &Environment| {
        let shown = environment.gainsay(&["match", sample, "--case", "leak", "--json"]).stdout;
        let shown: Value = serde_json::from_str(&shown).unwrap();
        shown["results"][0]["rows"][0]["path"].clone()
    };
    assert_ne!(rows(&environment), "src/nine.rs", "nothing tells it yet");
    let listing = "Selling source code of Marlbeck Systems, 2 GB, price 5000 USD.\nSample: leak.7z\nPass: \"geheim\"\n";
    environment.write("post.txt", listing);
    environment.gainsay(&["add", "leak", "post.txt"]).succeeded();
    assert_eq!(rows(&environment), "src/nine.rs");
}

/// With the least memory the tables of some sixty thousand files fill a segment.
#[test]
fn what_one_segment_does_not_hold_goes_into_the_next() {
    const FILES: usize = 24_000;
    let environment = Environment::with_desk();
    let large = vec![0; 4 << 20];
    for archive in 0..4 {
        let names: Vec<(String, String)> = (0..FILES).map(|n| (format!("{n}"), format!("{archive} {n}"))).collect();
        let mut files: Vec<(&str, &[u8])> = names.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
        // So large that it is read by itself.
        files.push(("large", &large));
        environment.write(&format!("cache/{archive}.zip"), zip(&files));
    }
    let args = ["corpus", "add", "open", "cache", "--public", "--memory", "64", "--json"];
    let added: Value = serde_json::from_str(&environment.gainsay(&args).succeeded()).unwrap();
    assert_eq!((&added["file_versions"], &added["not_read"]), (&(4 * (FILES + 2)).into(), &0.into()));
    assert_eq!(added["segments_blake3"].as_array().unwrap().len(), 2, "{added}");
    environment.gainsay(&["corpus", "verify"]).succeeded();
}

#[test]
fn the_parts_of_an_archive_are_joined_in_a_folder_and_as_arguments() {
    let environment = Environment::with_desk();
    environment.write("code/a.rs", code(1));
    environment.gainsay(&["corpus", "add", "code", "code"]).succeeded();
    let whole = gzip(&tar(&[("src/a.rs", &code(1)), ("src/b.rs", &code(2))]));
    let names: Vec<String> = whole
        .chunks(3_000)
        .zip(1..)
        .map(|(part, number)| {
            let name = format!("cut/x.tgz.{number:03}");
            environment.write(&name, part);
            name
        })
        .collect();
    assert!(names.len() > 2);
    let expected = [("src/a.rs".to_owned(), "ours".to_owned()), ("src/b.rs".to_owned(), "not found".to_owned())];
    assert_eq!(verdicts(&environment, "cut"), expected);
    // In any order; the archive's own name is that of the sample.
    let result = |names: &[&String]| {
        let args = ["match", "--json"].into_iter().chain(names.iter().map(|name| name.as_str()));
        environment.gainsay(&args.collect::<Vec<_>>())
    };
    let mut all: Vec<&String> = names.iter().collect();
    all.reverse();
    let shown: Value = serde_json::from_str(&result(&all).stdout).unwrap();
    let rows: Vec<&str> =
        shown["results"][0]["rows"].as_array().unwrap().iter().map(|it| it["path"].as_str().unwrap()).collect();
    assert_eq!(rows, ["src/a.rs", "src/b.rs"]);
    assert_eq!(shown["results"][0]["problems"], serde_json::json!([]));
    // What is no part of it is no sample beside it, and a gap is told.
    environment.write("cut/other.txt", "as agreed");
    let other = "cut/other.txt".to_owned();
    let refused = result(&[&names[0], &other]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("are not the parts of one archive"), "{refused:?}");
    environment.gainsay(&["open", "rumour"]).succeeded();
    let refused = environment.gainsay(&["match", &names[0], &names[1], "--case", "rumour"]);
    assert!(refused.stderr.contains("put them in a folder"), "{refused:?}");
}

/// Stands in for `pdftotext`: of one file it makes out a text, of any other nothing.
const PDFTOTEXT: &str = r#"
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args == ["-v"] {
        return eprintln!("pdftotext version 25.03.0");
    }
    assert!(args[..3] == ["-q", "-enc", "UTF-8"] && args[4] == "-", "{args:?}");
    let bytes = std::fs::read(&args[3]).unwrap();
    let place = bytes.windows(6).position(|it| it == b"drawn:").expect("a file that it reads");
    print!("{}", String::from_utf8(bytes[place + 6..].iter().map(|byte| byte ^ 0x55).collect()).unwrap());
}
"#;

#[test]
fn a_pdf_that_our_reader_does_not_make_out_is_given_to_pdftotext_where_it_is_there() {
    let environment = Environment::with_desk();
    let text: String =
        (0..60).map(|n| format!("The courier of week {n} waits at lamp post number {}.\n", n * n)).collect();
    environment.write("plans/plans.txt", &text);
    environment.gainsay(&["corpus", "add", "plans", "plans"]).succeeded();
    let drawn: Vec<u8> = text.replace("week 9 ", "week nine ").bytes().map(|byte| byte ^ 0x55).collect();
    environment.write("sample/a.pdf", [b"%PDF-1.4\nnothing that holds together\ndrawn:".to_vec(), drawn].concat());
    environment.write("sample/b.pdf", "%PDF-1.4\nnothing that anybody makes out");
    let source = environment.write("bin/pdftotext.rs", PDFTOTEXT);
    let built = std::process::Command::new("rustc")
        .args(["--edition", "2024", "-o"])
        .arg(environment.path("bin/pdftotext"))
        .arg(source)
        .status();
    assert!(built.unwrap().success());
    std::fs::create_dir(environment.path("none")).unwrap();
    let matched = |bin: &str| -> Value {
        let mut command = environment.command(&["--desk"]);
        command.arg(environment.desk()).args(["match", "sample", "--json"]).env("PATH", environment.path(bin));
        let shown = run(&mut command);
        serde_json::from_str(&shown.stdout).unwrap_or_else(|_| panic!("{shown:?}"))
    };
    let problems = |shown: &Value| -> Vec<String> {
        shown["results"][0]["problems"].as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
    };
    let with = matched("bin");
    let rows = with["results"][0]["rows"].as_array().unwrap();
    let of_text = rows.iter().find(|row| row["path"] == "a.pdf!text").unwrap_or_else(|| panic!("{with}"));
    assert_eq!(of_text["verdict"], "ours");
    let says = |shown: &Value, words: &str| problems(shown).iter().filter(|it| it.contains(words)).count();
    assert_eq!(says(&with, "a.pdf: its text was read by pdftotext version 25.03.0"), 1, "{:?}", problems(&with));
    assert_eq!(says(&with, "b.pdf: pdftotext does not read it either"), 1, "{:?}", problems(&with));
    // What is opened a second time is read in the same way.
    let mut command = environment.command(&["--desk"]);
    command.arg(environment.desk()).args(["match", "sample", "--compare", "a.pdf!text"]);
    let compared = run(command.env("PATH", environment.path("bin"))).succeeded();
    assert!(compared.contains("week nine "), "{compared}");
    let without = matched("none");
    assert_eq!((says(&without, "pdftotext"), says(&without, "holds together")), (0, 2), "{:?}", problems(&without));
}
