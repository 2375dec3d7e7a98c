//! Texts and pages through the child.

use unpack::{Document, DocumentFormat, DocumentHint, FindingKind, Limits};

use super::{Library, documents, file_of, worker};

fn library(name: &str, bytes: &[u8]) -> Library {
    documents(&mut worker(&[], Limits::default()), name, file_of(bytes), DocumentHint::None)
}

fn read(name: &str, bytes: &[u8]) -> Document {
    library(name, bytes).one()
}

#[test]
fn the_child_is_locked_down() {
    let worker = worker(&[], Limits::default());
    let enforced = worker.enforced();
    assert!(enforced.seccomp && enforced.no_new_privs && enforced.resource_limits, "{enforced:?}");
    assert!(enforced.landlock_version > 0 && enforced.missing.is_empty(), "{enforced:?}");
}

#[test]
fn plain_text_comes_back_byte_for_byte() {
    for text in ["\u{feff}Zeile eins\r\n\tzwei — “drei”\n\n", &"Symantec: “no”. ".repeat(200_000)] {
        let document = read("story.txt", text.as_bytes());
        assert_eq!(document.format, DocumentFormat::Text);
        assert_eq!(document.encoding, "UTF-8");
        assert!(document.text == text && document.problems.is_empty());
    }
}

#[test]
fn other_encodings_and_pages_are_read() {
    let russian = "Группа продаёт исходный код и доступ к сетям трёх компаний за триста тысяч долларов.";
    let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(russian);
    let document = read("post", &bytes);
    assert_eq!((document.text.as_str(), document.encoding.as_str()), (russian, "windows-1251"));

    let page = format!(
        "<html><head><meta charset=windows-1251><title>Sale</title>\
         <meta property='article:published_time' content='2019-05-09T12:00:00Z'></head><body><p>{russian}</p></body></html>"
    );
    let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(&page);
    let document = read("post.html", &bytes);
    assert_eq!(document.format, DocumentFormat::Html);
    assert_eq!(document.text, russian);
    assert_eq!(document.title.as_deref(), Some("Sale"));
    assert_eq!(document.published.as_deref(), Some("2019-05-09T12:00:00Z"));
}

#[test]
fn what_is_no_document_says_so_and_the_next_is_read() {
    let mut worker = worker(&[], Limits { document_bytes: 1000, ..Limits::default() });
    let mut ask = |bytes: &[u8]| documents(&mut worker, "x.txt", file_of(bytes), DocumentHint::None);
    for (bytes, kind) in [
        (&b""[..], FindingKind::Empty),
        (b"<html><script>only()</script></html>", FindingKind::Empty),
        (b"\x7fELF\x02\x01\0\0\0", FindingKind::Binary),
        (&[b'a'; 1001], FindingKind::TooLarge),
    ] {
        let finding = ask(bytes).none();
        assert_eq!((finding.path.as_str(), finding.kind), ("x.txt", kind));
    }
    assert_eq!(ask(b"fine").one().text, "fine");
    let folder = std::fs::File::open("/").expect("the root");
    let finding = documents(&mut worker, "folder", folder, DocumentHint::None).none();
    assert_eq!(finding.kind, FindingKind::Unreadable);
}

#[test]
fn a_page_nested_beyond_reason_does_not_take_the_next_along() {
    let mut worker = worker(&[], Limits::default());
    let mut ask = |page: &str| documents(&mut worker, "deep.html", file_of(page.as_bytes()), DocumentHint::Html);
    let deep = |levels| format!("<html><body>{}Price: 5 BTC", "<div>".repeat(levels));
    let finding = ask(&deep(50_000)).none();
    assert!(finding.kind == FindingKind::Unsupported && finding.detail.contains("50000 deep"), "{finding}");
    let document = ask(&deep(1_000)).one();
    assert_eq!(document.text, "Price: 5 BTC");
    assert_eq!(document.problems[0].kind, FindingKind::NoArticle);
}
