//! One way out: whatever comes in, no output shows a secret, and each command's output is looked at.

use std::collections::BTreeSet;

use crate::support::Environment;

const PASSWORD: &str = "Tr0ub4dor-Wharf";
const MAIL: &str = "wilma.k@marlbeck.example";
const CARD: &str = "4111 1111 1111 1111";
const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const TOKEN: &str = "ghp_abcdefghijklmnopqrstuvwxyz0123456789";
const UNDERSCORED: &str = "jane_roe@marlbeck.example";

fn planted() -> [&'static str; 7] {
    // Of the underscored address, no half either.
    [PASSWORD, MAIL, CARD, KEY, TOKEN, UNDERSCORED, "roe@"]
}

/// A story with a secret in each place that is shown: title, speaker's words, names of files.
fn story() -> String {
    format!(
        "Dustfinch posts password: {PASSWORD} of Marlbeck\n\n\
         A hacking group known as Dustfinch claims to have stolen 2 TB from Marlbeck Systems. \
         \"The password: {PASSWORD} still works, write to {MAIL},\" Dustfinch said.\n\n\
         Dustfinch also claimed the token {TOKEN} and the settings {{\"password\":\"{PASSWORD}\",\"api_key\":\"{TOKEN}\"}} \
         of {UNDERSCORED}, taken from Marlbeck Systems. -----BEGIN RSA PRIVATE KEY-----\n\n\
         Marlbeck Systems denied that the card {CARD} or the key {KEY} was stolen from its systems.\n"
    )
}

/// Every command that prints, each with a run that shows as much as it can. A new command that is not here fails the test.
const RUNS: &[(&str, &[&[&str]])] = &[
    ("demo", &[&["demo", "demo"]]),
    ("init", &[&["init", "another", "--author", "password: Tr0ub4dor-Wharf"]]),
    ("corpus", &[&["corpus", "list"], &["corpus", "list", "--json"], &["corpus", "verify"]]),
    ("doctor", &[&["doctor"], &["doctor", "--json"]]),
    ("match", &[&["match", "sample"], &["match", "sample", "--json"], &["match", "sample", "--case", "leak"]]),
    ("open", &[&["open", "password: Tr0ub4dor-Wharf"]]),
    (
        "add",
        &[
            &["add", "leak", "story.txt"],
            &["add", "leak", "story.txt", "--json", "--title", "wilma.k@marlbeck.example"],
        ],
    ),
    ("read", &[&["read", "story.txt"], &["read", "story.txt", "--json"]]),
    ("review", &[&["review", "leak"], &["review", "leak", "--json"]]),
    (
        "check",
        &[
            &["check", "story.txt", "--as", "Marlbeck Systems"],
            &["check", "story.txt", "--as", "Marlbeck Systems", "--json"],
        ],
    ),
    ("assess", &[&["assess", "--print-weights"], &["assess", "--statements", "story.txt"]]),
    (
        "claim",
        &[
            &["claim", "leak", "c1", "--reword", "password: Tr0ub4dor-Wharf", "--reason", "wilma.k@marlbeck.example"],
            &["claim", "leak", "c2", "--detach", "s1", "--reason", "password: Tr0ub4dor-Wharf", "--json"],
        ],
    ),
    (
        "judge",
        &[
            &["judge", "leak", "--verdict", "password: Tr0ub4dor-Wharf", "--reason", "wilma.k@marlbeck.example"],
            &["judge", "leak", "c1", "--likelihood", "70", "--reason", "password: Tr0ub4dor-Wharf", "--json"],
        ],
    ),
    (
        "settle",
        &[
            &["settle", "leak", "c1", "true", "--reason", "password: Tr0ub4dor-Wharf"],
            &["settle", "leak", "c1", "false", "--reason", "wilma.k@marlbeck.example", "--json"],
        ],
    ),
    ("parties", &[&["parties"], &["parties", "--json"]]),
    (
        "step",
        &[
            &["step", "leak", "password: Tr0ub4dor-Wharf"],
            &["step", "leak", "1", "--owner", "wilma.k@marlbeck.example"],
        ],
    ),
    (
        "show",
        &[&["show"], &["show", "--json"], &["show", "leak"], &["show", "leak", "--all"], &["show", "leak", "--json"]],
    ),
    (
        "report",
        &[
            &["report", "leak", "-o", "report.html"],
            &["report", "leak", "-o", "report.md"],
            &["report", "leak", "-o", "report.json"],
        ],
    ),
    (
        "names",
        &[
            &["names", "add", "company", "password: Tr0ub4dor-Wharf"],
            &["names"],
            &["names", "--json"],
            &["names", "list", "--built-in"],
            &["names", "check"],
        ],
    ),
    (
        "challenge",
        &[
            &["challenge", "open", "leak", "listing.txt"],
            &["challenge", "draw", "leak", "--public", "password: Tr0ub4dor-Wharf"],
            &["challenge", "answer", "leak", "sample"],
            &["challenge", "answer", "leak", "sample", "--json"],
        ],
    ),
    (
        "private",
        &[
            &["private", "key"],
            &["private", "inspect", "story.txt"],
            &["private", "invite", "sample", "--to", "password: Tr0ub4dor-Wharf", "--claim", "c", "-o", "invitation"],
        ],
    ),
    (
        "user",
        &[
            &["user", "add", "password: Tr0ub4dor-Wharf"],
            &["user", "list"],
            &["user", "list", "--json"],
            &["user", "token", "password: Tr0ub4dor-Wharf", "--add", "wilma.k@marlbeck.example"],
        ],
    ),
    // What it shows is looked at in a browser.
    ("serve", &[&["serve", "--listen", "192.0.2.1:80"]]),
    ("jobs", &[&["jobs"], &["jobs", "--json"]]),
    ("ledger", &[&["ledger", "verify"], &["ledger", "log"], &["ledger", "log", "--json"], &["ledger", "checkpoint"]]),
];

#[test]
fn no_output_shows_a_planted_secret() {
    let environment = Environment::with_desk();
    environment.write("story.txt", story());
    environment.write(&format!("sample/password={PASSWORD}.txt"), story());
    environment.write("ours/story.txt", story());
    let listed = |n: usize| format!("{} sample/{n}/password={PASSWORD}.txt\n", 1000 + n);
    environment.write("listing.txt", (0..40).map(listed).collect::<String>());
    environment.gainsay(&["open", "leak"]).succeeded();
    environment.gainsay(&["add", "leak", "story.txt"]).succeeded();
    environment.gainsay(&["corpus", "add", "code", "ours"]).succeeded();
    let commands: BTreeSet<String> = commands(&environment);
    let known: BTreeSet<String> = RUNS.iter().map(|(command, _)| (*command).to_owned()).collect();
    assert_eq!(commands, known, "every command is run here with secrets in its way");
    let mut masked = 0;
    for run in RUNS.iter().flat_map(|(_, runs)| *runs) {
        let output = environment.gainsay(run);
        let mut texts = vec![output.stdout.clone(), output.stderr.clone()];
        if let Some(file) = run.iter().find(|word| word.starts_with("report.")) {
            texts.push(std::fs::read_to_string(environment.path(file)).unwrap());
        }
        for text in &texts {
            masked += text.matches(" masked]").count();
            for secret in planted() {
                assert!(!text.contains(secret), "{run:?} shows {secret}:\n{text}");
            }
        }
        if run.contains(&"--json") || run.contains(&"report.json") {
            let text = texts.last().filter(|_| run.contains(&"report.json")).unwrap_or(&texts[0]);
            for value in serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>() {
                value.unwrap_or_else(|e| panic!("{run:?} is no JSON any more: {e}\n{text}"));
            }
        }
    }
    assert!(masked > 20, "the secrets were in the way: {masked} masked");
}

/// What the demo plants in the sample and in the crew's listing.
const DEMO: [&str; 5] = [
    "Kelp-Harness-4471!",
    "osk_live_7Qd2mXv0Zt9RkLw4PyB8nHsE",
    "tova.hjelmquay@oskelund.example",
    "desk@brinejackal.example",
    "Mudlark-Preview-7719",
];

#[test]
fn the_demo_shows_none_of_its_planted_secrets() {
    let environment = Environment::new();
    let tour = crate::support::run(&mut environment.command(&["demo", "demo"])).succeeded();
    let material = std::fs::read_to_string(environment.path("demo/skerrywall-2024/1-listing.txt")).unwrap();
    assert!(material.contains(DEMO[3]) && material.contains(DEMO[4]), "the listing holds what is looked for");
    let desk = environment.path("demo/desk");
    let mut texts = vec![tour];
    for args in [
        &["show", "skerrywall-2024"][..],
        &["show", "skerrywall-2024", "--all"],
        &["show", "skerrywall-2024", "--json"],
        &["match", "demo/skerrywall-sample.tar", "--json"],
        &["read", "demo/skerrywall-2024/1-listing.txt", "--json"],
    ] {
        texts.push(environment.gainsay_at(&desk, args).stdout);
    }
    texts.push(std::fs::read_to_string(environment.path("demo/skerrywall-2024.html")).unwrap());
    for text in texts {
        assert!(!text.is_empty());
        for secret in DEMO {
            assert!(!text.contains(secret), "{secret} shows:\n{text}");
        }
    }
}

#[test]
fn nothing_that_comes_in_reaches_a_terminal_or_a_page_as_a_command() {
    let environment = Environment::with_desk();
    let story = "Dustfinch \x1b[2J\x1b]0;owned\x07 claims <script>alert(1)</script>\n\n\
                 A hacking group known as Dustfinch claims to have stolen <img src=x onerror=alert(2)> 2 TB of data from \
                 Marlbeck Systems \x1b[8mhidden\x1b[0m and [a link](javascript:alert(3)).\n";
    environment.write("story.txt", story);
    environment.write("sample/\x1b[31;1mred\u{202e}gpj.c", "int main(void) { return 0; }\n".repeat(40));
    environment.write("ours/a.c", "int other(void) { return 1; }\n".repeat(40));
    environment.gainsay(&["open", "hostile"]).succeeded();
    environment.gainsay(&["corpus", "add", "code", "ours"]).succeeded();
    let title = "<b onmouseover=alert(4)>\x1b[5mtitle";
    environment.gainsay(&["add", "hostile", "story.txt", "--title", title, "--outlet", "\x1b[7moutlet"]).succeeded();
    let mut outputs = Vec::new();
    for args in [
        &["match", "sample", "--case", "hostile"][..],
        &["show", "hostile"],
        &["show", "hostile", "--all"],
        &["review", "hostile"],
        &["read", "story.txt"],
        &["add", "hostile", "sample"],
        &["ledger", "log"],
        &["show", "\x1b[2J"],
    ] {
        let output = environment.gainsay(args);
        outputs.push(output.stdout + &output.stderr);
    }
    for ending in ["html", "md"] {
        let name = format!("report.{ending}");
        environment.gainsay(&["report", "hostile", "-o", &name]).succeeded();
        outputs.push(std::fs::read_to_string(environment.path(&name)).unwrap());
    }
    for output in &outputs {
        let bad = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!output.contains(bad), "{output:?}");
    }
    let [.., page, markdown] = &outputs[..] else { panic!("two reports were written") };
    for active in ["<script", "<img", "<b onmouseover"] {
        assert!(!page.contains(active) && !markdown.replace("\\<", "").contains(active), "{active}");
    }
    assert!(page.contains("&#60;img src=x") || page.contains("&lt;img src=x"), "it is shown as text");
    assert!(!markdown.contains("[a link](javascript"), "{markdown}");
}

#[test]
fn messages_of_failure_show_none_either() {
    let environment = Environment::with_desk();
    for run in [
        vec!["show", "password: Tr0ub4dor-Wharf"],
        vec!["add", "x", "password=Tr0ub4dor-Wharf.txt"],
        vec!["match", "password=Tr0ub4dor-Wharf.txt"],
        vec!["report", "password: Tr0ub4dor-Wharf", "-o", "x.html"],
    ] {
        let output = environment.gainsay(&run);
        assert_eq!(output.code, Some(2), "{output:?}");
        assert!(!output.stderr.contains(PASSWORD), "{}", output.stderr);
    }
}

/// The commands that the help lists.
fn commands(environment: &Environment) -> BTreeSet<String> {
    let help = environment.gainsay(&["--help"]).succeeded();
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").map(str::to_owned).collect()
}
