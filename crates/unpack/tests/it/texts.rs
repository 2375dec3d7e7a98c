//! The text of files that are more than their text, behind each of them.

use unpack::{FindingKind, Limits};

use super::formats::pdf;
use super::makers::{tar_of, zip_of};
use super::{Outcome, unpack, worker};

const WORD: &[u8] =
    b"<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:p><w:r><w:t>\
    We were </w:t></w:r><w:r><w:t>not</w:t><w:tab/><w:t>entered &amp; say so.</w:t></w:r></w:p></w:body></w:document>";

fn open(name: &str, bytes: &[u8]) -> Outcome {
    unpack(&mut worker(&[], Limits::default()), name, bytes)
}

impl Outcome {
    fn said(&self) -> Vec<(&str, &str)> {
        self.texts.iter().map(|(path, text, _)| (path.as_str(), text.as_str())).collect()
    }

    /// What stands in the file where a part of its text was read.
    fn raw(&self, number: usize, part: &str) -> &str {
        let (path, text, map) = &self.texts[number];
        let from = text.find(part).expect("a part of the text") as u64;
        let raw = map.in_file(from..from + part.len() as u64).expect("a place");
        let range = usize::try_from(raw.start).expect("small")..usize::try_from(raw.end).expect("small");
        let file = self.files.iter().find(|file| file.path == *path).expect("its file");
        std::str::from_utf8(&file.bytes[range]).expect("a text")
    }
}

#[test]
fn a_text_follows_its_file_and_is_no_file() {
    let page = b"<!doctype html><p>Fish &amp; <b>ch</b>ips.</p>";
    let strings = b"<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><si><t>Name</t></si><si><t>Ana</t></si></sst>";
    let sheet =
        b"<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><row><c t=\"s\"><v>0</v></c>\
        <c><v>17</v></c></row></worksheet>";
    let docx = zip_of(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", WORD)]);
    let xlsx = zip_of(&[("xl/sharedStrings.xml", strings), ("xl/worksheets/sheet1.xml", sheet)]);
    let notebook = br#"{"cells":[{"cell_type":"code","source":["a = 1\n","b = 2"]}]}"#;
    let files: [(&str, &[u8]); 6] = [
        ("a.docx", &docx),
        ("b.xlsx", &xlsx),
        ("c.html", page),
        ("d.ipynb", notebook),
        ("e.txt", b"Nothing but text."),
        ("f.pdf", &pdf(&[&[("We were not entered.", 700)]], "")),
    ];
    let bytes = tar_of(&files);
    let outcome = open("leak.tar", &bytes);
    let said = [
        ("leak.tar!a.docx!word/document.xml", "We were not\tentered & say so."),
        ("leak.tar!b.xlsx!xl/sharedStrings.xml", "Name\nAna"),
        ("leak.tar!b.xlsx!xl/worksheets/sheet1.xml", "17"),
        ("leak.tar!c.html", "Fish & chips.\n"),
        ("leak.tar!d.ipynb", "a = 1\nb = 2"),
        ("leak.tar!f.pdf", "We were not entered."),
    ];
    assert_eq!(outcome.said(), said);
    assert_eq!(outcome.raw(0, "entered & say"), "entered &amp; say");
    assert_eq!(outcome.raw(3, "chips"), "ch</b>ips");
    assert_eq!((outcome.files.len(), outcome.summary.files), (8, 8));
    assert_eq!(outcome.summary.bytes, outcome.files.iter().map(|file| file.bytes.len() as u64).sum::<u64>());
    assert_eq!(outcome.kinds(), []);
}

#[test]
fn a_mailbox_is_opened_message_by_message() {
    let mailbox = "From ana@example Mon May 13 2019\r\nMessage-Id: <1@example>\r\nSubject: One\r\n\r\nThe first\r\nFrom here on.\r\n\r\n\
        From ben@example Mon May 13 2019\r\nMime-Version: 1.0\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nThe second=2E\r\n";
    let outcome = open("in.mbox", mailbox.as_bytes());
    assert_eq!(outcome.opened, [("in.mbox".to_owned(), "mailbox".to_owned())]);
    assert_eq!(outcome.paths(), ["in.mbox!message 1", "in.mbox!message 2"]);
    let texts: Vec<&str> = outcome.said().iter().map(|(_, text)| text.trim()).collect();
    assert_eq!(texts, ["The first\nFrom here on.", "The second."]);
    assert_eq!(outcome.raw(1, "The second."), "The second=2E");
    assert!(outcome.summary.whole);
}

#[test]
fn what_came_with_a_message_is_opened_too() {
    let tar = tar_of(&[("plans/a.txt", b"The plan is to sell.")]);
    let signs = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let encoded: Vec<u8> = tar
        .chunks(3)
        .flat_map(|three| {
            let number =
                three.iter().fold(0usize, |number, byte| number << 8 | usize::from(*byte)) << (8 * (3 - three.len()));
            [18, 12, 6, 0].map(|shift| signs[number >> shift & 63])
        })
        .collect();
    let lines: Vec<&[u8]> = encoded.chunks(76).collect();
    let head = "Message-Id: <1@example>\r\nMime-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\
        Content-Type: text/plain\r\n\r\nAs agreed.\r\n--x\r\nContent-Type: application/x-tar; name=plans.tar\r\n\
        Content-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    let message = [head.as_bytes(), &lines.join(&b"\r\n"[..]), b"\r\n--x--\r\n"].concat();
    let outcome = open("a.eml", &message);
    assert_eq!(outcome.paths(), ["a.eml", "a.eml!plans.tar!plans/a.txt"]);
    assert_eq!(outcome.text("a.eml!plans.tar!plans/a.txt"), "The plan is to sell.");
    assert_eq!(outcome.said().iter().map(|(_, text)| text.trim()).collect::<Vec<_>>(), ["As agreed."]);
    let mailbox = [b"From ana@example Mon May 13 2019\r\n".as_slice(), &message].concat();
    assert_eq!(open("in.mbox", &mailbox).paths()[1], "in.mbox!message 1!plans.tar!plans/a.txt");
}

#[test]
fn a_text_that_cannot_be_read_costs_itself_alone() {
    let locked = pdf(&[&[("Secret", 700)]], "/Encrypt << /Filter /Standard /V 1 /R 2 /O (a) /U (b) /P 0 >>");
    let files: [(&str, &[u8]); 4] = [
        ("broken.pdf", b"%PDF-1.7\nnothing of the kind"),
        ("scan.pdf", &pdf(&[&[]], "")),
        ("empty.html", b"<html><body></body></html>"),
        ("locked.pdf", &locked),
    ];
    let outcome = open("a.tar", &tar_of(&files));
    assert_eq!((outcome.files.len(), outcome.texts.len()), (4, 0));
    let kinds: Vec<_> = outcome.kinds().into_iter().filter(|(path, _)| !path.contains("locked")).collect();
    assert_eq!(kinds, [("a.tar!broken.pdf", FindingKind::Corrupt), ("a.tar!scan.pdf", FindingKind::Empty)]);
    assert!(outcome.findings.iter().all(|finding| finding.detail.starts_with("its text was not read")));
    let small = Limits { document_bytes: 20, ..Limits::default() };
    let page = b"<!doctype html><p>Longer than twenty bytes.</p>";
    let outcome = unpack(&mut worker(&[], small), "a.html", page);
    assert_eq!((outcome.texts.len(), outcome.kinds()), (0, vec![("a.html", FindingKind::TooLarge)]));
}
