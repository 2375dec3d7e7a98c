//! Files of every format through the child: their documents, what they say of themselves, and the way back.

use unpack::{Document, DocumentFormat, DocumentHint, FindingKind, Limits};

use super::{Library, documents, file_of, worker};

fn library(name: &str, bytes: &[u8]) -> Library {
    documents(&mut worker(&[], Limits::default()), name, file_of(bytes), DocumentHint::None)
}

/// The bytes from which a part of the text was read.
fn behind<'b>(document: &Document, part: &str, bytes: &'b [u8]) -> &'b [u8] {
    let at = document.text.find(part).unwrap_or_else(|| panic!("{part:?} in {:?}", document.text));
    let raw = document.map.in_file(at as u64..(at + part.len()) as u64).expect("a way back");
    &bytes[usize::try_from(raw.start).expect("small")..usize::try_from(raw.end).expect("small")]
}

fn text_behind<'b>(document: &Document, part: &str, bytes: &'b [u8]) -> &'b str {
    std::str::from_utf8(behind(document, part, bytes)).expect("UTF-8")
}

const STORY: &str = "Dustfinch says that it holds 2 TB of code.";

const MAIL: &str = "Return-Path: <press@marlbeck.example>\r\n\
    From: =?utf-8?q?Mara_=C3=96nslow?= <press@marlbeck.example>\r\n\
    Subject: =?UTF-8?B?QWJvdXQgdGhl?=\r\n =?UTF-8?B?IG9mZmVy?=\r\n\
    Date: Thu, 02 May 2030 10:00:00 +0200\r\nMessage-ID: <one@marlbeck.example>\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=\"b1\"\r\n\r\nA preamble.\r\n\
    --b1\r\nContent-Type: multipart/alternative; boundary=b2\r\n\r\n\
    --b2\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>In HTML</p>\r\n\
    --b2\r\nContent-Type: text/plain; charset=windows-1251\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
    We saw no breach. =CF=F0=E8=E2=E5=F2, see =\r\nhttps://marlbeck.example/a.\r\n--b2--\r\n\
    --b1\r\nContent-Type: application/zip; name*=utf-8''proof%20one.zip\r\nContent-Disposition: attachment\r\n\r\nPK\r\n\
    --b1\r\nContent-Type: message/rfc822\r\n\r\n\
    From: seller@example.net\r\nSubject: Offer\r\nMessage-ID: <two@example.net>\r\nContent-Transfer-Encoding: base64\r\n\r\n\
    RHVzdGZpbmNoIHNheXMgdGhhdCBpdCBob2xkcyAyIFRC\r\nIG9mIGNvZGUu\r\n--b1--\r\n";

#[test]
fn a_message_gives_its_best_text_and_those_that_it_encloses() {
    let bytes = MAIL.as_bytes();
    let found = library("a.eml", bytes);
    assert!(found.findings.is_empty() && found.documents.len() == 2, "{found:?}");
    let (mail, enclosed) = (&found.documents[0], &found.documents[1]);
    assert_eq!(mail.format, DocumentFormat::Mail);
    assert_eq!(mail.text.trim_end(), "We saw no breach. Привет, see https://marlbeck.example/a.");
    assert_eq!(mail.title.as_deref(), Some("About the offer"));
    assert_eq!(mail.byline.as_deref(), Some("Mara Önslow <press@marlbeck.example>"));
    assert_eq!(mail.published.as_deref(), Some("Thu, 02 May 2030 10:00:00 +0200"));
    assert_eq!(mail.id.as_deref(), Some("mid:one@marlbeck.example"));
    assert_eq!(mail.attachments, ["proof one.zip"]);
    assert_eq!(mail.links, ["https://marlbeck.example/a"]);
    assert_eq!((mail.encoding.as_str(), mail.part.as_deref()), ("windows-1251", None));
    assert_eq!(text_behind(mail, "Привет", bytes), "=CF=F0=E8=E2=E5=F2");
    assert_eq!(text_behind(mail, "no breach", bytes), "no breach");
    assert_eq!(enclosed.text, STORY);
    assert_eq!((enclosed.part.as_deref(), enclosed.id.as_deref()), (Some("enclosed 1"), Some("mid:two@example.net")));
    assert_eq!(text_behind(enclosed, "Dus", bytes), "RHVz");
    assert_eq!(text_behind(enclosed, STORY, bytes), "RHVzdGZpbmNoIHNheXMgdGhhdCBpdCBob2xkcyAyIFRC\r\nIG9mIGNvZGUu");
}

#[test]
fn a_mailbox_gives_each_message_and_leaves_out_one_that_is_none() {
    let message = |number: usize, body: &str| {
        format!(
            "From a@b Thu May  2 10:00:00 2030\nFrom: a@b\nMessage-ID: <{number}@b>\nSubject: s{number}\n\n{body}\n\n"
        )
    };
    let long = "x".repeat(3000);
    let mailbox = [message(1, "One.\nFrom here it goes on."), message(2, " "), message(3, &long), message(4, "Four.")];
    let bytes = mailbox.concat().into_bytes();
    let limits = Limits { document_bytes: 2000, ..Limits::default() };
    let found = documents(&mut worker(&[], limits), "in.mbox", file_of(&bytes), DocumentHint::None);
    let texts: Vec<&str> = found.documents.iter().map(|it| it.text.trim()).collect();
    assert_eq!(texts, ["One.\nFrom here it goes on.", "Four."]);
    let reasons: Vec<_> = found.findings.iter().map(|it| (it.path.as_str(), it.kind)).collect();
    assert_eq!(reasons, [("in.mbox!message 2", FindingKind::Empty), ("in.mbox!message 3", FindingKind::TooLarge)]);
    assert_eq!(found.documents[1].part.as_deref(), Some("message 4"));
    assert_eq!(text_behind(&found.documents[1], "Four.", &bytes), "Four.");
    assert!(found.summary.whole && found.summary.files == 2, "{:?}", found.summary);
}

#[test]
fn broken_lines_of_mail_are_paragraphs_again() {
    let mail = "Message-ID: <a@b>\nSubject: s\n\nMarlbeck Systems said on Thursday that nobody had entered its own\n\
        systems, and that it saw no sign of a breach in any of its many offices.\n\nIt said:\n- no code was taken\n- no data\n\
        > The seller holds that all of the code of the firm was taken by the\n> crew in April.\n";
    let document = library("a", mail.as_bytes()).one();
    assert_eq!(
        document.text,
        "Marlbeck Systems said on Thursday that nobody had entered its own systems, and that it saw no sign of a breach \
         in any of its many offices.\n\nIt said:\n- no code was taken\n- no data\n\
         > The seller holds that all of the code of the firm was taken by the crew in April."
    );
}

#[test]
fn a_bomb_of_nested_parts_ends_at_its_limits() {
    let mut bomb = String::from("Message-ID: <a@b>\nMIME-Version: 1.0\n");
    for level in 0..5000 {
        bomb.push_str(&format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"));
    }
    bomb.push_str("\nDeep down.\n");
    let found = library("bomb.eml", bomb.as_bytes()).none();
    assert_eq!((found.path.as_str(), found.kind), ("bomb.eml", FindingKind::Empty));
    let wide = format!(
        "Message-ID: <a@b>\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nThe text.\n{}",
        "--b\nContent-Type: message/rfc822\n\nSubject: x\n\ny\n".repeat(5000)
    );
    let found = library("wide.eml", wide.as_bytes());
    assert_eq!(found.documents[0].text.trim(), "The text.");
    assert!(found.documents.len() <= 1001, "{}", found.documents.len());
    assert!(found.documents.iter().flat_map(|it| &it.problems).any(|it| it.kind == FindingKind::TooDeep));
}

fn feed(items: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel>\
         <title>The Example</title><language>en-GB</language>{items}</channel></rss>"
    )
}

#[test]
fn entries_of_a_feed_are_documents() {
    let text = feed(
        "<item><title>Crew &amp; code</title><link>https://news.example/1</link><guid>x1</guid>\
         <pubDate>Thu, 02 May 2030 10:00:00 GMT</pubDate><dc:creator>Ann Lee</dc:creator>\
         <description>Short</description><content:encoded><![CDATA[<p>Dustfinch says that it holds <b>2 TB</b> of code.</p>\
         <p style='display:none'>Unseen.</p><a href='https://other.example/2'>More</a>]]></content:encoded></item>\
         <item><title>Second</title><description>&lt;p&gt;Marlbeck&amp;#39;s systems are whole.&lt;/p&gt;</description></item>",
    );
    let bytes = text.as_bytes();
    let found = library("feed.xml", bytes);
    assert!(found.findings.is_empty(), "{:?}", found.findings);
    let [first, second] = &found.documents[..] else { panic!("{found:?}") };
    assert_eq!(first.text, "Dustfinch says that it holds 2 TB of code.\n\nMore");
    assert_eq!(first.format, DocumentFormat::Feed);
    assert_eq!((first.title.as_deref(), first.outlet.as_deref()), (Some("Crew & code"), Some("The Example")));
    assert_eq!((first.address.as_deref(), first.byline.as_deref()), (Some("https://news.example/1"), Some("Ann Lee")));
    assert_eq!(
        (first.published.as_deref(), first.language.as_deref()),
        (Some("Thu, 02 May 2030 10:00:00 GMT"), Some("en-GB"))
    );
    assert_eq!(first.links, ["https://other.example/2"]);
    assert_eq!(text_behind(first, "2 TB of", bytes), "2 TB</b> of");
    assert_eq!(second.text, "Marlbeck's systems are whole.");
    assert_eq!(text_behind(second, "Marlbeck's", bytes), "Marlbeck&amp;#39;s");
}

#[test]
fn of_ten_thousand_entries_one_broken_costs_itself() {
    let entry = |number: usize| match number {
        5000 => "<item><title>Broken</item>".to_owned(),
        7000 => "<item><title>Never closed</title>".to_owned(),
        _ => format!("<item><title>t{number}</title><description>Text {number}.</description></item>"),
    };
    let text = feed(&(1..=10_000).map(entry).collect::<String>());
    let found = library("feed.xml", text.as_bytes());
    assert_eq!(found.documents.len(), 9_998);
    let reasons: Vec<_> = found.findings.iter().map(|it| (it.path.as_str(), it.kind)).collect();
    assert_eq!(reasons, [("feed.xml!entry 5000", FindingKind::Corrupt), ("feed.xml!entry 7000", FindingKind::Corrupt)]);
    assert_eq!(found.documents[9_997].text, "Text 10000.");
    assert!(found.summary.whole && found.summary.files == 9_998, "{:?}", found.summary);
}

#[test]
fn atom_and_json_feeds_are_read() {
    let atom = "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\"><title>The Example</title><id>urn:f</id>\
        <entry><title type=\"html\">A &amp;amp; B</title><link rel=\"alternate\" href=\"https://news.example/1\"/><id>urn:1</id>\
        <updated>2030-05-03T00:00:00Z</updated><author><name>Ann Lee</name><email>a@b</email></author>\
        <content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Nobody <i>entered</i>.</p></div></content></entry></feed>";
    let document = library("a.atom", atom.as_bytes()).one();
    assert_eq!((document.text.as_str(), document.title.as_deref()), ("Nobody entered.", Some("A & B")));
    assert_eq!((document.byline.as_deref(), document.id.as_deref()), (Some("Ann Lee"), Some("urn:1")));
    assert_eq!(document.published.as_deref(), Some("2030-05-03T00:00:00Z"));
    assert_eq!(text_behind(&document, "entered.", atom.as_bytes()), "entered</i>.");

    let json = r#"{"version": "https://jsonfeed.org/version/1.1", "title": "The Example", "items": [
        {"id": "1", "url": "https://news.example/1", "title": "T", "content_html": "<p>No\u0062ody &amp; no one.<\/p>",
         "date_published": "2030-05-02", "authors": [{"name": "Ann Lee"}]},
        {"id": "2", "content_text": "Plain" broken},
        {"id": "3", "content_text": "Third."} ]}"#;
    let found = library("feed.json", json.as_bytes());
    assert_eq!(found.documents.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(), ["Nobody & no one.", "Third."]);
    assert_eq!(found.documents[0].byline.as_deref(), Some("Ann Lee"));
    assert_eq!(text_behind(&found.documents[0], "Nobody &", json.as_bytes()), "No\\u0062ody &amp;");
    let reasons: Vec<_> = found.findings.iter().map(|it| (it.path.as_str(), it.kind)).collect();
    assert_eq!(reasons, [("feed.json!entry 2", FindingKind::Corrupt)]);
}

#[test]
fn telegram_channels_give_posts_and_chats_a_chat() {
    let json = r#"{"about": "x", "chats": {"list": [
      {"name": "Leaks", "type": "public_channel", "id": 77, "messages": [
        {"id": 1, "type": "service", "date_unixtime": "1904000000", "actor": "Leaks", "text": ""},
        {"id": 2, "type": "message", "date": "2030-05-03T10:00:00", "date_unixtime": "1904025600", "edited_unixtime": "1904029200",
         "from": "Leaks", "from_id": "channel77", "file": "files/proof.zip",
         "text": ["\u041f\u0440\u043e\u0434\u0430\u043c ", {"type": "bold", "text": "2 TB"}, {"type": "text_link", "text": " here", "href": "https://shop.example/1"}]},
        {"id": 3, "type": "message", "date_unixtime": "1904029200", "from": "Leaks", "text": ""}]},
      {"name": "Deal", "type": "personal_chat", "id": 88, "messages": [
        {"id": 1, "type": "message", "date_unixtime": "1904025600", "from": "Buyer", "from_id": "user1", "text": "How much?"},
        {"id": 2, "type": "message", "date_unixtime": "1904025660", "from": "Seller", "from_id": "user2", "text": "300k"}]}]}}"#;
    let found = library("result.json", json.as_bytes());
    assert!(found.findings.is_empty(), "{:?}", found.findings);
    let [post, chat] = &found.documents[..] else { panic!("{found:?}") };
    assert_eq!((post.text.as_str(), post.format), ("Продам 2 TB here", DocumentFormat::Chat));
    assert_eq!((post.id.as_deref(), post.outlet.as_deref()), (Some("telegram:77/2"), Some("Leaks")));
    assert_eq!(post.published.as_deref(), Some("2030-05-03T08:00:00Z"));
    assert_eq!(post.modified.as_deref(), Some("2030-05-03T09:00:00Z"));
    assert_eq!(
        (&post.links[..], &post.attachments[..]),
        (&["https://shop.example/1".to_owned()][..], &["files/proof.zip".to_owned()][..])
    );
    assert_eq!(text_behind(post, "Про", json.as_bytes()), r"\u041f\u0440\u043e");
    assert_eq!(chat.text, "[2030-05-03 08:00:00] Buyer: How much?\n\n[2030-05-03 08:01:00] Seller: 300k");
    assert_eq!((chat.id.as_deref(), chat.part.as_deref()), (Some("telegram:88"), Some("chat Deal")));
    assert_eq!(text_behind(chat, "How much?", json.as_bytes()), "How much?");
}

#[test]
fn a_page_of_a_telegram_export_is_read() {
    let message = |id: usize, from: &str, text: &str| {
        let from = if from.is_empty() { String::new() } else { format!("<div class=\"from_name\">\n{from} </div>") };
        format!(
            "<div class=\"message default clearfix\" id=\"message{id}\"><div class=\"body\"><div class=\"pull_right date details\" \
             title=\"02.05.2030 10:0{id}:00 UTC+03:00\">10:0{id}</div>{from}<div class=\"text\">\n{text}\n</div></div></div>\n"
        )
    };
    let page = |messages: &str| {
        format!(
            "<!DOCTYPE html><html><head><title>Exported Data</title></head><body><div class=\"page_wrap\"><div class=\"page_header\">\
             <div class=\"content\"><div class=\"text bold\">\nLeaks\n</div></div></div><div class=\"page_body chat_page\">\
             <div class=\"history\">{messages}</div></div></div></body></html>"
        )
    };
    let channel =
        page(&(message(1, "Leaks", "Selling <strong>2 TB</strong><br>of code &amp; keys") + &message(2, "", "Sold.")));
    let found = library("messages.html", channel.as_bytes());
    let texts: Vec<&str> = found.documents.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(texts, ["Selling 2 TB\nof code & keys", "Sold."], "{found:?}");
    assert_eq!(found.documents[0].published.as_deref(), Some("2030-05-02T10:01:00+03:00"));
    assert_eq!(text_behind(&found.documents[0], "& keys", channel.as_bytes()), "&amp; keys");
    let chat = page(&(message(1, "Buyer", "How much?") + &message(2, "Seller", "300k") + &message(3, "", "BTC")));
    let document = library("messages.html", chat.as_bytes()).one();
    assert!(document.text.ends_with("Seller: 300k\n\n[2030-05-02 10:03:00+03:00] Seller: BTC"), "{}", document.text);
}

#[test]
fn lists_of_leak_sites_give_posts() {
    let recent = r#"[{"post_title": "Marlbeck Systems", "group_name": "dustfinch", "discovered": "2030-05-02 10:00:00.123456",
        "description": "2 TB of code\nand keys", "link": "http://dust.onion/", "website": "marlbeck.example", "screen": null},
        {"group_name": "dustfinch"}]"#;
    let found = library("posts.json", recent.as_bytes());
    let [post] = &found.documents[..] else { panic!("{found:?}") };
    assert_eq!(post.format, DocumentFormat::Listing);
    assert_eq!(
        post.text,
        "Marlbeck Systems\n\n2 TB of code\nand keys\n\nGroup: dustfinch\nWebsite: marlbeck.example\n\
         Discovered: 2030-05-02 10:00:00.123456\n"
    );
    assert_eq!((post.title.as_deref(), post.byline.as_deref()), (Some("Marlbeck Systems"), Some("dustfinch")));
    assert_eq!(
        (post.id.as_deref(), &post.links[..]),
        (Some("leaksite:dustfinch/Marlbeck Systems"), &["http://dust.onion/".to_owned()][..])
    );
    assert_eq!(text_behind(post, "code\nand", recent.as_bytes()), r"code\nand");
    assert_eq!(found.findings[0].kind, FindingKind::NotAnEntry);

    let live = r#"{"victims": [{"victim": "Marlbeck", "group": "dustfinch", "attackdate": "2030-05-01", "discovered": "2030-05-02",
        "description": "N/A", "claim_url": "http://dust.onion/p/1", "domain": "marlbeck.example"}]}"#;
    let post = library("victims.json", live.as_bytes()).one();
    assert_eq!((post.title.as_deref(), post.published.as_deref()), (Some("Marlbeck"), Some("2030-05-02")));
    assert_eq!(post.address.as_deref(), Some("http://dust.onion/p/1"));

    let group = r#"[{"name": "dustfinch", "locations": [], "meta": "x", "discovered": ""}, [{"post_title": "Marlbeck", "discovered": "2030-05-02"}]]"#;
    let post = library("group.json", group.as_bytes()).one();
    assert_eq!(
        (post.byline.as_deref(), post.text.as_str()),
        (Some("dustfinch"), "Marlbeck\n\nDiscovered: 2030-05-02\n")
    );
}

/// A PDF of pages of text, each line at a height of its own, in Helvetica.
pub(super) fn pdf(pages: &[&[(&str, i32)]], encrypt: &str) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    let mut object = |out: &mut Vec<u8>, body: &str| {
        places.push(out.len());
        out.extend_from_slice(format!("{} 0 obj\n{body}\nendobj\n", places.len()).as_bytes());
    };
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 4 + page * 2)).collect();
    object(&mut out, "<< /Type /Catalog /Pages 2 0 R >>");
    object(&mut out, &format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()));
    object(&mut out, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
    for (page, lines) in pages.iter().enumerate() {
        let content: String =
            lines.iter().map(|(words, y)| format!("BT /F1 12 Tf 72 {y} Td ({words}) Tj ET\n")).collect();
        let contents = 5 + page * 2;
        object(
            &mut out,
            &format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents {contents} 0 R >>"
            ),
        );
        object(&mut out, &format!("<< /Length {} >>\nstream\n{content}endstream", content.len()));
    }
    object(&mut out, "<< /Title (About the offer) /Author (Ann Lee) /CreationDate (D:20300502100000+02'00') >>");
    let info = places.len();
    let start = out.len();
    out.extend_from_slice(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).as_bytes());
    for place in &places {
        out.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes());
    }
    let trailer = format!(
        "trailer\n<< /Size {} /Root 1 0 R /Info {info} 0 R {encrypt}>>\nstartxref\n{start}\n%%EOF\n",
        places.len() + 1
    );
    out.extend_from_slice(trailer.as_bytes());
    out
}

#[test]
fn pages_of_a_pdf_are_paragraphs() {
    let bytes = pdf(
        &[
            &[
                ("Marlbeck Systems said on Thursday that nobody had entered its sys-", 700),
                ("tems, and that it saw no sign of a breach.", 686),
                ("It \\(the firm\\) said no more\\226and asked nobody.", 650),
            ],
            &[],
            &[("The end.", 700)],
        ],
        "",
    );
    let document = library("a.pdf", &bytes).one();
    assert_eq!(
        document.text,
        "Marlbeck Systems said on Thursday that nobody had entered its systems, and that it saw no sign of a breach.\n\n\
         It (the firm) said no more–and asked nobody.\n\u{c}\n\n\u{c}\nThe end."
    );
    assert_eq!(document.format, DocumentFormat::Pdf);
    assert_eq!((document.title.as_deref(), document.byline.as_deref()), (Some("About the offer"), Some("Ann Lee")));
    assert_eq!(document.published.as_deref(), Some("2030-05-02T10:00:00+02:00"));
    assert!(document.problems[0].detail.contains("page 2"), "{:?}", document.problems);
    let stream = text_behind(&document, "The end.", &bytes);
    assert!(stream.contains("(The end.) Tj") && !stream.contains("Marlbeck"), "{stream}");
}

#[test]
fn a_pdf_that_cannot_be_read_says_why() {
    let scanned = library("scan.pdf", &pdf(&[&[]], "")).none();
    assert!(scanned.kind == FindingKind::Empty && scanned.detail.contains("pictures"), "{scanned}");
    let zeros = "0".repeat(64);
    let encrypt = format!(
        "/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>] \
         /Encrypt << /Filter /Standard /V 1 /R 2 /O <{zeros}> /U <{zeros}> /P -4 >> "
    );
    let locked = library("locked.pdf", &pdf(&[&[("Secret", 700)]], &encrypt)).none();
    assert_eq!(locked.kind, FindingKind::Encrypted, "{locked}");
    let broken = library("broken.pdf", b"%PDF-1.7\nnothing of the kind").none();
    assert_eq!(broken.kind, FindingKind::Corrupt, "{broken}");
}

#[test]
fn a_collection_without_a_text_says_so() {
    let chat = r#"{"name": "N", "type": "personal_chat", "id": 1, "messages": [{"id": 1, "type": "message", "date_unixtime": "1", "text": ""}]}"#;
    for (name, text) in [("feed.xml", feed("")), ("result.json", chat.to_owned())] {
        assert_eq!(library(name, text.as_bytes()).none().kind, FindingKind::Empty, "{name}");
    }
}

#[test]
fn russian_is_read_in_every_encoding_and_leads_back() {
    let russian = "Продаю исходный код и доступ к сети Marlbeck.\nЦена: 300 000 долларов, гарант приветствуется.\n";
    let wide = |mark: &str| format!("{mark}{russian}").encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    for (bytes, encoding) in [
        (encoding_rs::WINDOWS_1251.encode(russian).0.into_owned(), "windows-1251"),
        (encoding_rs::IBM866.encode(russian).0.into_owned(), "IBM866"),
        (encoding_rs::KOI8_R.encode(russian).0.into_owned(), "KOI8-R"),
        (wide("\u{feff}"), "UTF-16LE"),
        (wide(""), "UTF-16LE"),
        (russian.as_bytes().to_vec(), "UTF-8"),
    ] {
        let document = library("post.txt", &bytes).one();
        assert_eq!((document.text.as_str(), document.encoding.as_str()), (russian, encoding));
        let part = "доступ к сети Marlbeck";
        let raw = behind(&document, part, &bytes);
        let label = encoding_rs::Encoding::for_label(encoding.as_bytes()).expect("a label");
        assert_eq!(label.decode_without_bom_handling(raw).0, part);
    }
}

#[test]
fn a_page_leads_back_to_its_bytes_in_their_encoding() {
    let page = "<html><head><meta charset=koi8-r></head><body><p>Продаю &laquo;код&raquo;</p><p>Цена <b>300</b>\n тысяч</p></body></html>";
    let bytes = encoding_rs::KOI8_R.encode(page).0.into_owned();
    let document = library("a.html", &bytes).one();
    assert_eq!(document.text, "Продаю «код»\n\nЦена 300 тысяч");
    let decoded =
        |part| encoding_rs::KOI8_R.decode_without_bom_handling(behind(&document, part, &bytes)).0.into_owned();
    assert_eq!(decoded("Продаю «код»"), "Продаю &laquo;код&raquo;");
    assert_eq!(decoded("300 тысяч"), "300</b>\n тысяч");
}

#[test]
fn one_line_of_a_hundred_megabytes_is_named_and_the_next_file_is_read() {
    let mut worker = worker(&[], Limits::default());
    let line = vec![b'a'; 100 << 20];
    let finding = documents(&mut worker, "line.txt", file_of(&line), DocumentHint::None).none();
    assert_eq!(finding.kind, FindingKind::TooLarge, "{finding}");
    let mut list = b"[{\"post_title\": \"".to_vec();
    list.extend_from_slice(&line);
    let finding = documents(&mut worker, "line.json", file_of(&list), DocumentHint::None).none();
    assert_eq!(finding.kind, FindingKind::TooLarge, "{finding}");
    assert_eq!(documents(&mut worker, "a.txt", file_of(b"fine"), DocumentHint::None).one().text, "fine");
}

fn office(parts: &[(&str, &str)]) -> Vec<u8> {
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, xml)| (*name, xml.as_bytes())).collect();
    super::makers::zip_of(&parts)
}

#[test]
fn documents_of_offices_give_their_text() {
    let types = ("[Content_Types].xml", "<Types/>");
    let word = office(&[
        types,
        (
            "word/document.xml",
            "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:p><w:r><w:t>We were \
             </w:t></w:r><w:r><w:t>not</w:t><w:tab/><w:t>entered &amp; say so.</w:t></w:r></w:p><w:p/><w:p><w:del><w:r>\
             <w:delText>Or were we?</w:delText></w:r></w:del><w:r><w:t>Second.</w:t></w:r></w:p></w:body></w:document>",
        ),
        (
            "docProps/core.xml",
            "<cp:coreProperties><dc:title>A letter</dc:title><dc:creator>Ana</dc:creator>\
             <dcterms:created>2019-05-10T10:30:00Z</dcterms:created></cp:coreProperties>",
        ),
    ]);
    let found = library("letter.docx", &word).one();
    assert_eq!(found.text, "We were not\tentered & say so.\n\nSecond.");
    assert_eq!((found.format, found.title.as_deref()), (DocumentFormat::Office, Some("A letter")));
    assert_eq!((found.byline.as_deref(), found.published.as_deref()), (Some("Ana"), Some("2019-05-10T10:30:00Z")));
    assert_eq!(found.problems.iter().map(|it| it.kind).collect::<Vec<_>>(), [FindingKind::HiddenText]);
    // The way back is to the part of the archive that holds the paragraph.
    let raw = found.map.in_file(0..5).expect("a place");
    let name = word.windows(17).position(|it| it == b"word/document.xml").expect("a name") as u64;
    assert_eq!(raw.start, name + 17);

    let sheet = office(&[
        types,
        ("xl/sharedStrings.xml", "<sst><si><t>host</t></si><si><r><t>pri</t></r><r><t>ce</t></r></si></sst>"),
        (
            "xl/worksheets/sheet1.xml",
            "<worksheet><sheetData><row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row><row><c t=\"inlineStr\"><is>\
             <t>db1</t></is></c><c><v>42</v></c></row></sheetData></worksheet>",
        ),
    ]);
    assert_eq!(library("prices.xlsx", &sheet).one().text, "host\tprice\ndb1\t42");

    let mut text = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let content =
        "<office:text><text:h>Head</text:h><text:p>One<text:s/>two <text:span>three</text:span></text:p></office:text>";
    for (name, bytes) in [("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", content)] {
        text.start_file(name, stored).expect("an entry");
        std::io::Write::write_all(&mut text, bytes.as_bytes()).expect("its bytes");
    }
    let text = text.finish().expect("an archive").into_inner();
    assert_eq!(library("a.odt", &text).one().text, "Head\n\nOne two three");

    let empty = library("a.docx", &office(&[types])).none();
    assert_eq!(empty.kind, FindingKind::Unsupported);
    let cut = library("a.docx", &word[..word.len() - 60]).none();
    assert_eq!(cut.kind, FindingKind::Corrupt);
}
