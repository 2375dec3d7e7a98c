//! Files of many documents, and sources that are captured again.

use serde_json::Value;

use crate::support::Environment;

fn json(environment: &Environment, args: &[&str]) -> Value {
    serde_json::from_str(&environment.gainsay(args).succeeded()).unwrap()
}

fn with_case() -> Environment {
    let environment = Environment::with_desk();
    environment.gainsay(&["open", "marlbeck"]).succeeded();
    environment
}

fn message(number: usize, body: &str) -> String {
    format!(
        "From a@b Thu May  2 10:00:00 2030\nFrom: Press Office <press@marlbeck.example>\nDate: Thu, 02 May 2030 10:0{number}:00 +0000\n\
         Message-ID: <{number}@marlbeck.example>\nSubject: Statement {number}\n\n{body}\n\n"
    )
}

const DENIAL: &str = "Marlbeck Systems denied a breach of its systems on Thursday.";

#[test]
fn each_message_of_a_mailbox_is_a_source_and_the_bytes_are_kept_once() {
    let environment = with_case();
    let first =
        message(1, DENIAL) + &message(2, "A hacking group known as Dustfinch claims to have stolen 2 TB of code.");
    environment.write("in.mbox", &first);
    let added = environment.gainsay(&["add", "marlbeck", "in.mbox"]).succeeded();
    assert!(added.contains("in.mbox!message 1: story") && added.contains("in.mbox!message 2: story"), "{added}");
    let case = json(&environment, &["show", "marlbeck", "--json"]);
    let sources = case["sources"].as_array().unwrap();
    assert_eq!(sources.len(), 2);
    assert_eq!(sources[0]["whence"], "mid:[e-mail address masked]");
    assert_eq!((&sources[0]["title"], &sources[0]["part"]), (&Value::from("Statement 1"), &Value::from("message 1")));
    assert_eq!(sources[0]["published"], "2030-05-02T10:01:00Z");
    assert_eq!(sources[0]["sha256"], sources[1]["sha256"]);
    assert!(case["statements"].as_array().unwrap().iter().any(|it| it["quote"] == DENIAL), "{case:#}");

    // The mailbox grows: what the case has is not taken in again, and what another mailbox has is the same message.
    environment.write("in.mbox", message(3, "Marlbeck Systems said no more.") + &first);
    let again = environment.gainsay(&["add", "marlbeck", "in.mbox", "--json"]).json_lines();
    let already: Vec<&Value> = again.iter().map(|line| &line["already"]).collect();
    assert_eq!(already, [&Value::Bool(false), &Value::Bool(true), &Value::Bool(true)]);
    assert_eq!(json(&environment, &["show", "marlbeck", "--json"])["sources"].as_array().unwrap().len(), 3);
    environment.write("copy.mbox", first);
    let copy = environment.gainsay(&["add", "marlbeck", "copy.mbox", "--json"]).json_lines();
    assert!(copy.iter().all(|line| line["already"] == true), "{copy:?}");
    let verified = environment.gainsay(&["ledger", "verify"]);
    assert_eq!(verified.code, Some(0), "{verified:?}");
}

#[test]
fn the_bytes_of_a_mailbox_stay_for_as_long_as_one_of_its_messages() {
    let environment = with_case();
    environment.write("in.mbox", message(1, DENIAL) + &message(2, "Marlbeck Systems said no more."));
    let added = environment.gainsay(&["add", "marlbeck", "in.mbox", "--json"]).json_lines();
    let blobs =
        || crate::support::read_tree(&environment.desk().join("blobs")).values().filter(|it| it.is_some()).count();
    // The mailbox, and of each message its text and map.
    assert_eq!(blobs(), 5);
    for (number, left) in [(0, 3), (1, 0)] {
        let id = &added[number]["id"].as_str().unwrap()[..16];
        environment.gainsay(&["ledger", "destroy", id, "--reason", "asked for"]).succeeded();
        assert_eq!(blobs(), left);
        assert_eq!(environment.gainsay(&["ledger", "verify"]).code, Some(0));
    }
}

#[test]
fn bytes_that_no_entry_names_do_not_stay() {
    let environment = with_case();
    environment.write("in.mbox", message(1, DENIAL));
    environment.gainsay(&["add", "marlbeck", "in.mbox"]).succeeded();
    let blobs =
        || crate::support::read_tree(&environment.desk().join("blobs")).values().filter(|it| it.is_some()).count();
    let before = blobs();
    environment.write("in.mbox", format!("{}\n\n", message(1, DENIAL)));
    environment.gainsay(&["add", "marlbeck", "in.mbox"]).succeeded();
    assert_eq!(blobs(), before);
}

fn page(modified: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><title>Crew claims data</title><link rel=canonical href='https://news.example/1'>\
         <meta property='article:published_time' content='2030-05-02T10:00:00Z'>{modified}</head><body><article>{body}</article></body></html>"
    )
}

const FIRST: &str = "<p>A hacking group known as Dustfinch claims to have stolen 2 TB of source code from Marlbeck Systems, it said.</p>\
    <p>Marlbeck Systems denied a breach. “There is no indication that our systems were entered,” the company said on Thursday.</p>";

#[test]
fn what_changed_in_a_page_is_shown_by_sentence_and_whether_it_said_so() {
    let environment = with_case();
    environment.write("a.html", page("", FIRST));
    environment.gainsay(&["add", "marlbeck", "a.html"]).succeeded();
    let one = environment.gainsay(&["show", "marlbeck", "--changes", "src1"]).succeeded();
    assert_eq!(one, "src1 has one version.\n");

    let second =
        FIRST.replace("denied a breach", "confirmed a breach").replace("</p><p>", " The price is not known.</p><p>");
    environment.write("b.html", page("", &second));
    environment.gainsay(&["add", "marlbeck", "b.html"]).succeeded();
    let third = second.replace(" The price is not known.", "");
    environment.write("c.html", page("<meta property='article:modified_time' content='2030-05-04T08:00:00Z'>", &third));
    environment.gainsay(&["add", "marlbeck", "c.html"]).succeeded();

    let shown = environment.gainsay(&["show", "marlbeck", "--all"]).succeeded();
    assert!(shown.contains("since src1: 1 sentence changed, 1 added; it does not say that it was changed"), "{shown}");
    assert!(
        shown.contains("since src2: 1 sentence removed; it says that it was updated on 2030-05-04 08:00 UTC"),
        "{shown}"
    );

    let changes = environment.gainsay(&["show", "marlbeck", "--changes", "src2"]).succeeded();
    assert!(changes.contains("- Marlbeck Systems denied a breach. ("), "{changes}");
    assert!(changes.contains("+ Marlbeck Systems confirmed a breach. ("), "{changes}");
    assert!(changes.contains("+ The price is not known. ("), "{changes}");
    let changes = json(&environment, &["show", "marlbeck", "--changes", "src3", "--json"]);
    let versions = changes["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 2);
    assert_eq!((&versions[0]["silent"], &versions[1]["silent"]), (&Value::Bool(true), &Value::Bool(false)));
    let removed = &versions[1]["differences"][0];
    assert_eq!((&removed["kind"], &removed["after"]), (&Value::from("removed"), &Value::Null));
    assert_eq!(removed["before"]["text"], "The price is not known.");

    let none = environment.gainsay(&["show", "marlbeck", "--changes", "src9"]);
    assert_eq!(none.code, Some(2), "{none:?}");
}

#[test]
fn a_feed_and_the_page_that_it_leads_to_are_two_sources() {
    let environment = with_case();
    let feed = "<rss version=\"2.0\"><channel><title>The Example</title><item><title>Crew claims data</title>\
        <link>https://news.example/1</link><description>Dustfinch claims to have stolen 2 TB from Marlbeck.</description></item>\
        <item><title>Broken</item></channel></rss>";
    environment.write("feed.xml", feed);
    let added = environment.gainsay(&["add", "marlbeck", "feed.xml"]);
    assert_eq!(added.code, Some(2), "{added:?}");
    assert!(added.stdout.contains("feed.xml!entry 1: story"), "{added:?}");
    assert!(added.stderr.contains("feed.xml!entry 2: corrupt: <title> is not closed"), "{added:?}");
    environment.write("a.html", page("", FIRST));
    let page = environment.gainsay(&["add", "marlbeck", "a.html"]).succeeded();
    assert!(!page.contains("new version"), "{page}");
    let case = json(&environment, &["show", "marlbeck", "--json"]);
    assert_eq!(
        (&case["sources"][0]["outlet"], &case["sources"][0]["replaced"]),
        (&Value::from("The Example"), &Value::Bool(false))
    );
}

#[test]
fn posts_of_leak_sites_are_listings_and_statements_lead_back_to_the_file() {
    let environment = with_case();
    let posts = r#"[{"post_title": "Marlbeck Systems", "group_name": "dustfinch", "discovered": "2030-05-02 10:00:00.123456",
        "description": "We are selling 2 TB of source code for $300,000.", "link": "http://dust.onion/"}]"#;
    environment.write("posts.json", posts);
    let added = environment.gainsay(&["add", "marlbeck", "posts.json"]).succeeded();
    assert!(added.contains("posts.json!post 1: listing"), "{added}");
    let case = json(&environment, &["show", "marlbeck", "--json"]);
    assert_eq!(case["sources"][0]["byline"], "dustfinch");
    assert_eq!(case["sources"][0]["published"], "2030-05-02T10:00:00.123456Z");

    let quoted = format!(
        "Subject: A\nMessage-ID: <a@b>\nContent-Type: text/html\n\n<p>{}</p>",
        DENIAL.replace("breach", "br&#101;ach")
    );
    environment.write("a.eml", &quoted);
    let read = environment.gainsay(&["read", "a.eml", "--json"]).json_lines();
    let statement = &read[0]["statements"][0];
    let end = |name: &str| usize::try_from(statement["in_file"][name].as_u64().unwrap()).unwrap();
    assert_eq!(&quoted[end("start")..end("end")], DENIAL.replace("breach", "br&#101;ach"));
}
