//! Texts and pages through the child.

use unpack::{Document, DocumentFormat, DocumentHint, Error, FindingKind, Limits};

use super::{file_of, worker};

fn read(name: &str, bytes: &[u8]) -> Result<Document, Error> {
    worker(&[], Limits::default()).document(name, file_of(bytes), DocumentHint::None)
}

fn kind_of(result: Result<Document, Error>) -> (FindingKind, String) {
    match result {
        Err(Error::NoDocument(finding)) => (finding.kind, finding.to_string()),
        other => panic!("{other:?}"),
    }
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
        let document = read("story.txt", text.as_bytes()).expect("a document");
        assert_eq!(document.format, DocumentFormat::Text);
        assert_eq!(document.encoding, "UTF-8");
        assert!(document.text == text && document.problems.is_empty());
    }
}

#[test]
fn other_encodings_and_pages_are_read() {
    let russian = "Группа продаёт исходный код и доступ к сетям трёх компаний за триста тысяч долларов.";
    let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(russian);
    let document = read("post", &bytes).expect("a document");
    assert_eq!((document.text.as_str(), document.encoding.as_str()), (russian, "windows-1251"));

    let page = format!(
        "<html><head><meta charset=windows-1251><title>Sale</title>\
         <meta property='article:published_time' content='2019-05-09T12:00:00Z'></head><body><p>{russian}</p></body></html>"
    );
    let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(&page);
    let document = read("post.html", &bytes).expect("a document");
    assert_eq!(document.format, DocumentFormat::Html);
    assert_eq!(document.text, russian);
    assert_eq!(document.title.as_deref(), Some("Sale"));
    assert_eq!(document.published.as_deref(), Some("2019-05-09T12:00:00Z"));
}

#[test]
fn what_is_no_document_says_so_and_the_next_is_read() {
    let mut worker = worker(&[], Limits { document_bytes: 1000, ..Limits::default() });
    let mut ask = |bytes: &[u8]| worker.document("x.txt", file_of(bytes), DocumentHint::None);
    for (bytes, kind) in [
        (&b""[..], FindingKind::Empty),
        (b"<html><script>only()</script></html>", FindingKind::Empty),
        (b"\x7fELF\x02\x01\0\0\0", FindingKind::Binary),
        (&[b'a'; 1001], FindingKind::TooLarge),
    ] {
        let (found, message) = kind_of(ask(bytes));
        assert_eq!(found, kind);
        assert!(message.starts_with("x.txt: "), "{message}");
    }
    assert_eq!(ask(b"fine").expect("a document").text, "fine");
    let folder = std::fs::File::open("/").expect("the root");
    let (found, _) = kind_of(worker.document("folder", folder, DocumentHint::None));
    assert_eq!(found, FindingKind::Unreadable);
}

#[test]
fn a_page_nested_beyond_reason_does_not_take_the_next_along() {
    let mut worker = worker(&[], Limits::default());
    let mut ask = |page: &str| worker.document("deep.html", file_of(page.as_bytes()), DocumentHint::Html);
    let deep = |levels| format!("<html><body>{}Price: 5 BTC", "<div>".repeat(levels));
    let (kind, message) = kind_of(ask(&deep(50_000)));
    assert!(kind == FindingKind::Unsupported && message.contains("50000 deep"), "{message}");
    let document = ask(&deep(1_000)).expect("a document");
    assert_eq!(document.text, "Price: 5 BTC");
    assert_eq!(document.problems[0].kind, FindingKind::NoArticle);
}
