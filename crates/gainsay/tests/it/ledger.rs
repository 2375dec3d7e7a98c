//! The ledger as somebody finds it who could write to the desk's files; and a desk in bad company: two writers, a later version,
//! damaged files, a full disk.

use rusqlite::Connection;

use crate::support::{Environment, Output, read_tree, run};

/// A desk with six entries: four cases, each in a commit of its own, and a text with its reading in one.
fn desk_with_entries() -> Environment {
    let environment = Environment::with_desk();
    for case in ["Heron", "Gannet", "Plover", "Curlew"] {
        environment.gainsay(&["open", case]).succeeded();
    }
    let story = environment.write("story.txt", "A story.\n\nNobody has confirmed it.\n");
    environment.gainsay(&["add", "Heron", story.to_str().unwrap()]).succeeded();
    environment
}

fn database(environment: &Environment) -> Connection {
    Connection::open(environment.desk().join("ledger.db")).unwrap()
}

/// Runs statements on the desk's database, as somebody could who can write to it.
fn tamper(environment: &Environment, sql: &str) {
    database(environment).execute_batch(sql).unwrap();
}

/// Holds that `ledger verify` says no and names what is wrong.
fn assert_found(environment: &Environment, args: &[&str], expected: &str) {
    let output = environment.gainsay(&[&["ledger", "verify"], args].concat());
    assert_eq!(output.code, Some(1), "{expected:?} was not found: {output:#?}");
    let wrong: Vec<&str> = output.stdout.lines().filter(|line| line.starts_with("WRONG: ")).collect();
    assert!(wrong.iter().any(|line| line.contains(expected)), "{expected:?} is not named: {output:#?}");
    assert!(output.stdout.contains("Does not hold"), "{output:#?}");
}

fn checkpoint(environment: &Environment) -> String {
    let note = environment.gainsay(&["ledger", "checkpoint"]).succeeded();
    environment.write("checkpoint", note).to_str().unwrap().to_owned()
}

/// Every byte of small columns, a sample of long ones.
fn flips(length: usize) -> impl Iterator<Item = usize> {
    (0..length).step_by(length.div_ceil(24).max(1))
}

#[test]
fn a_flipped_byte_is_found_and_its_entry_named() {
    let environment = desk_with_entries();
    for column in ["header", "payload", "salt", "leaf"] {
        let database = database(&environment);
        let select = format!("SELECT {column} FROM entry WHERE seq = 2");
        let original: Vec<u8> = database.query_row(&select, [], |row| row.get(0)).unwrap();
        let update = format!("UPDATE entry SET {column} = ?1 WHERE seq = 2");
        for place in flips(original.len()) {
            let mut flipped = original.clone();
            flipped[place] ^= 1 << (place % 8);
            database.execute(&update, [&flipped]).unwrap();
            assert_found(&environment, &[], "entry 2 was changed");
        }
        database.execute(&update, [&original]).unwrap();
    }
    environment.gainsay(&["ledger", "verify"]).succeeded();
}

#[test]
fn a_changed_head_is_found() {
    let environment = desk_with_entries();
    tamper(&environment, "UPDATE head SET time = time + 1000000 WHERE size = 3");
    assert_found(&environment, &[], "the head of 3 entries is not signed by this desk's key");
}

#[test]
fn a_removed_text_without_a_record_of_its_destruction_is_found() {
    let environment = desk_with_entries();
    tamper(&environment, "UPDATE entry SET salt = NULL, payload = NULL WHERE seq = 2");
    assert_found(&environment, &[], "the text of entry 2 was removed");
}

#[test]
fn a_removed_entry_is_found() {
    for (sql, named) in [
        ("DELETE FROM entry WHERE seq = 0", "entry 0 was removed"),
        ("DELETE FROM entry WHERE seq = 2", "entry 2 was removed"),
        ("DELETE FROM entry WHERE seq IN (1, 2)", "entries 1 to 2 were removed"),
        ("DELETE FROM entry WHERE seq = 5", "entry 5 was removed"),
    ] {
        let environment = desk_with_entries();
        tamper(&environment, sql);
        assert_found(&environment, &[], named);
        let output = environment.gainsay(&["ledger", "verify"]).stdout;
        assert_eq!(output.matches("WRONG").count(), 1, "more than {named:?} is named: {output}");
    }
}

#[test]
fn swapped_entries_are_found() {
    let environment = desk_with_entries();
    tamper(
        &environment,
        "UPDATE entry SET seq = 1000 WHERE seq = 1; UPDATE entry SET seq = 1 WHERE seq = 2;
         UPDATE entry SET seq = 2 WHERE seq = 1000;",
    );
    assert_found(&environment, &[], "at place 1 stands the entry that was made for place 2");
    assert_found(&environment, &[], "at place 2 stands the entry that was made for place 1");
}

#[test]
fn an_inserted_entry_is_found() {
    let other = desk_with_entries();
    other.gainsay(&["open", "Dunlin"]).succeeded();
    let attach = format!("ATTACH '{}' AS other;", other.desk().join("ledger.db").display());

    let at_the_end = desk_with_entries();
    tamper(&at_the_end, &format!("{attach} INSERT INTO entry SELECT * FROM other.entry WHERE seq = 6"));
    assert_found(&at_the_end, &[], "entry 6 was inserted after the last signed head");

    let between = desk_with_entries();
    let insert = "UPDATE entry SET seq = seq + 1000 WHERE seq >= 2; UPDATE entry SET seq = seq - 999 WHERE seq >= 1000;
                  INSERT INTO entry SELECT * FROM other.entry WHERE seq = 2;";
    tamper(&between, &format!("{attach} {insert}"));
    assert_found(&between, &[], "at place 3 stands the entry that was made for place 2");

    let instead = desk_with_entries();
    let replace = "DELETE FROM entry WHERE seq = 2; INSERT INTO entry SELECT * FROM other.entry WHERE seq = 2;";
    tamper(&instead, &format!("{attach} {replace}"));
    assert_found(&instead, &[], "entry 2 was not what was signed at");
}

#[test]
fn entries_without_their_head_are_found() {
    let environment = desk_with_entries();
    tamper(&environment, "DELETE FROM head WHERE size = 6");
    assert_found(&environment, &[], "entries 4 to 5 were inserted after the last signed head");
}

/// Every entry is still covered by the next head, but by whom and when it was signed is no longer what it was.
#[test]
fn a_removed_head_between_others_is_found() {
    let environment = desk_with_entries();
    tamper(&environment, "DELETE FROM head WHERE size = 3");
    assert_found(&environment, &[], "head");
}

/// What pages list comes from the index: an entry that it hides is as good as removed.
#[test]
fn an_entry_hidden_from_the_index_is_found_or_shown_all_the_same() {
    let environment = desk_with_entries();
    let sources = || {
        let shown = environment.gainsay(&["show", "Heron", "--json"]).succeeded();
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        shown["sources"].clone()
    };
    let before = sources();
    assert_eq!(before.as_array().unwrap().len(), 1);
    tamper(&environment, "DELETE FROM entry_index WHERE seq = 4");
    let verify = environment.gainsay(&["ledger", "verify"]);
    assert!(verify.code == Some(1) || sources() == before, "hidden, and not found: {verify:#?}");
}

#[test]
fn a_changed_or_missing_blob_is_found() {
    let environment = desk_with_entries();
    let blobs = read_tree(&environment.desk().join("blobs"));
    let (path, bytes) = blobs.iter().find_map(|(path, bytes)| Some((path, bytes.as_ref()?))).unwrap();
    let path = environment.desk().join("blobs").join(path);
    std::fs::write(&path, [bytes, &b"!"[..]].concat()).unwrap();
    assert_found(&environment, &[], "entry 4: the bytes at");
    std::fs::remove_file(&path).unwrap();
    assert_found(&environment, &[], "are missing from the desk");
}

#[test]
fn a_cut_tail_is_found_by_a_checkpoint_alone() {
    let environment = desk_with_entries();
    let checkpoint = checkpoint(&environment);
    let against = ["--against", &checkpoint];
    let intact = environment.gainsay(&["ledger", "verify", "--against", &checkpoint]).succeeded();
    assert!(intact.contains("It continues the checkpoint"), "{intact}");
    tamper(
        &environment,
        "DELETE FROM entry WHERE seq >= 3; DELETE FROM entry_index WHERE seq >= 3; DELETE FROM head WHERE size > 3;",
    );
    let alone = environment.gainsay(&["ledger", "verify"]).succeeded();
    assert!(alone.contains("cannot rule out that the tail was cut"), "{alone}");
    assert_found(&environment, &against, "knows 6 entries, the ledger holds 3");
    for case in ["Dunlin", "Knot", "Sanderling", "Turnstone"] {
        environment.gainsay(&["open", case]).succeeded();
    }
    environment.gainsay(&["ledger", "verify"]).succeeded();
    assert_found(&environment, &against, "history was rewritten: the first 6 entries");
}

#[test]
fn a_history_rewritten_with_the_desks_own_key_is_found_by_a_checkpoint_alone() {
    let environment = desk_with_entries();
    let checkpoint = checkpoint(&environment);
    let forged = environment.path("forged");
    environment.gainsay_at(&forged, &["init"]).succeeded();
    for key in ["keys/desk.key", "keys/desk.pub"] {
        std::fs::copy(environment.desk().join(key), forged.join(key)).unwrap();
    }
    for case in ["Dunlin", "Knot", "Sanderling", "Turnstone", "Ruff", "Whimbrel", "Dotterel"] {
        environment.gainsay_at(&forged, &["open", case]).succeeded();
    }
    std::fs::copy(forged.join("ledger.db"), environment.desk().join("ledger.db")).unwrap();
    environment.gainsay(&["ledger", "verify"]).succeeded();
    assert_found(&environment, &["--against", &checkpoint], "history was rewritten: the first 6 entries");
}

#[test]
fn a_checkpoint_of_another_desk_is_an_error_and_no_answer() {
    let (environment, other) = (desk_with_entries(), desk_with_entries());
    let checkpoint = checkpoint(&other);
    let output = environment.gainsay(&["ledger", "verify", "--against", &checkpoint]);
    assert_eq!(output.code, Some(2), "{output:#?}");
    assert!(output.stderr.contains("the checkpoint is of desk"), "{output:#?}");
}

#[test]
fn what_verify_prints() {
    let environment = desk_with_entries();
    let holds = environment.gainsay(&["ledger", "verify"]).succeeded();
    tamper(&environment, "DELETE FROM entry WHERE seq = 2");
    let broken = environment.gainsay(&["ledger", "verify"]).stdout;
    insta::assert_snapshot!(environment.steady(&format!("{holds}\n{broken}")));
}

#[test]
fn two_writers_at_once_both_succeed() {
    let environment = Environment::with_desk();
    std::thread::scope(|scope| {
        for writer in ["left", "right"] {
            let environment = &environment;
            scope.spawn(move || {
                for place in 0..20 {
                    environment.gainsay(&["open", &format!("{writer} {place}")]).succeeded();
                }
            });
        }
    });
    let verdict = environment.gainsay(&["ledger", "verify", "--json"]).json_lines().remove(0);
    assert_eq!((&verdict["holds"], &verdict["size"]), (&true.into(), &40.into()), "{verdict}");
}

#[test]
fn two_writers_of_one_name_do_not_both_get_it() {
    let environment = Environment::with_desk();
    let codes = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4).map(|_| scope.spawn(|| environment.gainsay(&["open", "Heron"]).code)).collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(codes.iter().filter(|code| **code == Some(0)).count(), 1, "{codes:?}");
}

/// Holds that every command ends with 2, names the file, and leaves the desk as it was.
fn assert_refused(environment: &Environment, file: &str, words: &str) {
    let before = read_tree(&environment.desk());
    for args in [&["ledger", "verify"][..], &["ledger", "log"], &["open", "Dunlin"], &["show", "Heron"]] {
        let output = environment.gainsay(args);
        assert_eq!(output.code, Some(2), "{args:?}: {output:#?}");
        assert!(output.stderr.contains(file) && output.stderr.contains(words), "{args:?}: {output:#?}");
        assert!(before == read_tree(&environment.desk()), "{args:?} changed the desk");
    }
}

#[test]
fn a_desk_of_a_newer_version_is_refused() {
    let environment = desk_with_entries();
    tamper(&environment, "PRAGMA user_version = 99");
    assert_refused(&environment, "ledger.db", "is of version 99, this gainsay knows up to");
}

#[test]
fn a_damaged_desk_is_refused_with_the_file_that_is_damaged() {
    let damage = |name: &str, bytes: Option<&[u8]>| {
        let environment = desk_with_entries();
        let path = environment.desk().join(name);
        match bytes {
            Some(bytes) => std::fs::write(path, bytes).unwrap(),
            None => std::fs::remove_file(path).unwrap(),
        }
        environment
    };
    assert_refused(
        &damage("ledger.db", Some(&b"no database ".repeat(999))),
        "ledger.db",
        "restore the desk from a backup",
    );
    assert_refused(&damage("ledger.db", None), "ledger.db", "");
    assert_refused(&damage("keys/desk.key", None), "keys/desk.key", "cannot read the desk's key");
    assert_refused(&damage("keys/desk.key", Some(b"AAAA\n")), "key", "not 32 bytes in base64");
    assert_refused(&damage("desk.toml", Some(b"tlp = \"amber\"\ntpl = \"red\"\n")), "desk.toml", "tpl");
    assert_refused(&damage("desk.toml", None), "desk", "");
}

/// An empty file is a valid empty database to SQLite, and must not pass for a desk that never had an entry.
#[test]
fn an_emptied_database_is_refused() {
    let environment = desk_with_entries();
    std::fs::write(environment.desk().join("ledger.db"), b"").unwrap();
    assert_refused(&environment, "ledger.db", "");
}

/// Runs a shell script with a file system of 512 KB mounted on `$DISK` and the desk in `$DISK/desk`; `None`, and a word about
/// it, where this machine does not allow it.
#[expect(clippy::print_stderr, reason = "a test that was not run must say so")]
fn on_a_small_disk(environment: &Environment, script: &str) -> Option<Output> {
    let disk = environment.path("disk");
    std::fs::create_dir(&disk).unwrap();
    let begin = r#"mount -t tmpfs -o size=512k gainsay-test "$DISK" || exit 99
        G() { "$0" --desk "$DISK/desk" "$@"; }
        G init >/dev/null && G open Heron >/dev/null || exit 98
    "#;
    let mut command = environment.command_under(&["unshare", "--mount", "sh", "-c", &format!("{begin}{script}")], &[]);
    let output = run(command.env("DISK", disk));
    if output.code == Some(99) || output.stderr.starts_with("unshare:") {
        eprintln!(
            "skipped: this needs the right to mount a file system (root, and `unshare --mount`): {}",
            output.stderr
        );
        return None;
    }
    Some(output)
}

#[test]
fn a_full_disk_leaves_the_desk_as_it_was() {
    let environment = Environment::new();
    environment.write("big.txt", "A line of a long story that nobody has confirmed.\n".repeat(12_000));
    let script = r#"
if G add Heron big.txt; then exit 96; fi
echo "after add: $(find "$DISK" -name '.new-*' | wc -l) left"
opened=1
while G open "case $opened" >/dev/null; do opened=$((opened + 1)); test $opened -lt 2000 || exit 95; done
echo "opened $opened"
mount -o remount,size=4m "$DISK"
G ledger verify --json
G add Heron big.txt >/dev/null && G ledger verify >/dev/null && echo "goes on"
"#;
    let Some(output) = on_a_small_disk(&environment, script) else { return };
    assert_eq!(output.code, Some(0), "{output:#?}");
    assert_eq!(output.stderr.matches("free some space").count(), 2, "{output:#?}");
    assert!(output.stdout.contains("after add: 0 left") && output.stdout.contains("goes on"), "{output:#?}");
    let opened: u64 = output.stdout.lines().find_map(|line| line.strip_prefix("opened ")?.parse().ok()).unwrap();
    let verdict = output.stdout.lines().find(|line| line.starts_with('{')).unwrap();
    let verdict: serde_json::Value = serde_json::from_str(verdict).unwrap();
    assert_eq!((&verdict["holds"], &verdict["size"]), (&true.into(), &opened.into()), "{output:#?}");
}

#[test]
fn a_read_only_disk_is_read_and_named_where_it_would_be_written() {
    let environment = Environment::new();
    environment.write("story.txt", "A story.\n");
    let script = r#"
mount -o remount,ro "$DISK"
G show Heron >/dev/null && G ledger verify >/dev/null && G ledger log >/dev/null && echo "read"
G open Gannet; echo "open: $?"
G add Heron story.txt; echo "add: $?"
"#;
    let Some(output) = on_a_small_disk(&environment, script) else { return };
    assert_eq!(output.stdout, "read\nopen: 2\nadd: 2\n", "{output:#?}");
    let lines: Vec<&str> = output.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{output:#?}");
    for line in lines {
        assert!(line.contains("/disk/desk/") && (line.contains("writable") || line.contains("write it")), "{line}");
    }
}
