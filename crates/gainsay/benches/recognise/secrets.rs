//! Precision and recall by line, beside a well-known scanner's on the same files.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::common::program::{Channels, Desk};
use crate::common::python::Python;
use crate::common::table::{Bar, Table};
use crate::common::{Result, paths, target};
use crate::generated;
use crate::interval::share;

/// Prints each file and line in which the peer finds something below a folder.
const PEER: &str = r#"
import os, sys
from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings
os.chdir(sys.argv[1])
found = SecretsCollection()
with default_settings():
    for folder, _, names in os.walk("."):
        for name in names:
            found.scan_file(os.path.relpath(os.path.join(folder, name), "."))
for path, secret in found:
    print(f"{path}\t{secret.line_number}")
"#;

/// Files with lines in them.
type Lines = BTreeSet<(String, u64)>;

/// Of each file how many lines of risk, and how many informative ones, it has.
type Counts = BTreeMap<String, (usize, usize)>;

/// A desk with something of its own, which a match needs.
pub(crate) fn desk(folder: &Path) -> Result<Desk> {
    let ours = folder.join("ours");
    fs::create_dir_all(&ours)?;
    fs::write(ours.join("engine.c"), "int engine(void) { return 42; }\n".repeat(60))?;
    let desk = Desk::fresh(&folder.join("desk"))?;
    desk.add(&ours, Channels::All)?;
    Ok(desk)
}

/// The lines in which the program finds a secret, a key or a login.
fn lines_of(said: &Value) -> Lines {
    let groups = ["secret", "private key", "login"];
    let items = said["sensitive"]["items"].as_array().into_iter().flatten();
    let wanted = items.filter(|it| groups.iter().any(|group| it["group"] == *group));
    let places = wanted.flat_map(|it| it["places"].as_array().into_iter().flatten());
    places.filter_map(|it| Some((it["path"].as_str()?.to_owned(), it["line"].as_u64()?))).collect()
}

pub(crate) fn measure(seed: u64, table: &mut Table) -> Result<()> {
    let folder = target()?.join("recognise");
    let sample = folder.join("generated");
    if sample.exists() {
        fs::remove_dir_all(&sample)?;
    }
    let set = generated::write(&sample, seed, 280)?;
    let desk = desk(&folder)?;
    let python = Python::with(&folder.join("python"), &[("detect-secrets==1.5.0", "detect_secrets")]);
    let peer = |folder: &Path| -> Result<Lines> {
        let python = python.as_ref().map_err(ToString::to_string)?;
        let printed = python.run(PEER, folder)?;
        let lines = printed.lines().filter_map(|line| line.split_once('\t'));
        Ok(lines.filter_map(|(path, line)| Some((path.to_owned(), line.parse().ok()?))).collect())
    };
    let run =
        |sample: &Path| -> Result<Lines> { Ok(lines_of(&desk.run(&[OsStr::new("match"), sample.as_os_str()])?.said)) };

    let ours = run(&sample)?;
    let theirs = peer(&sample);
    let note = format!("generated: {} secrets in {} lines of 280 files", set.truth.len(), set.lines);
    let by_line = |found: &Lines| {
        let right = found.intersection(&set.truth).count();
        (share(right, found.len()), share(right, set.truth.len()))
    };
    let (precision, recall) = by_line(&ours);
    let bars = theirs.as_ref().ok().map(by_line);
    let bar = |value: f64| Some(Bar::AtLeast(value));
    table.scored("secrets-precision", bars.and_then(|it| bar(it.0.value)), precision, note.clone());
    table.scored("secrets-recall", bars.and_then(|it| bar(it.1.value)), recall, note.clone());
    match bars {
        Some((precision, recall)) => {
            table.scored("secrets-precision/detect-secrets", None, precision, note.clone());
            table.scored("secrets-recall/detect-secrets", None, recall, note);
        }
        None => table.skipped("detect-secrets", &theirs.err().map_or_else(String::new, |why| why.to_string())),
    }
    let mut wrong = String::new();
    for (path, line) in set.truth.difference(&ours) {
        writeln!(wrong, "missed\t{path}\t{line}")?;
    }
    for (path, line) in ours.difference(&set.truth) {
        writeln!(wrong, "wrong\t{path}\t{line}")?;
    }
    fs::write(target()?.join("recognise-wrong.txt"), wrong)?;

    let Some(leaky) = paths("BENCH_LEAKY")?.pop() else {
        table.skipped("secrets-public", "BENCH_LEAKY names no clone of Plazmaz/leaky-repo");
        return Ok(());
    };
    let (public, truth) = leaky_repo(&leaky, &folder.join("leaky"))?;
    let note = format!(
        "leaky-repo: {} lines of risk in {} files, by count in each file",
        truth.values().map(|it| it.0).sum::<usize>(),
        truth.len()
    );
    let by_count = |found: &Lines| {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        found.iter().for_each(|(path, _)| *counts.entry(path).or_default() += 1);
        // What its list calls informative is neither asked for nor wrong.
        let right: usize = truth
            .iter()
            .map(|(path, (risk, _))| counts.get(path.as_str()).copied().unwrap_or_default().min(*risk))
            .sum();
        let excess = |(path, count): (&&str, &usize)| {
            count.saturating_sub(truth.get(*path).map_or(0, |(risk, more)| risk + more))
        };
        let wrong: usize = counts.iter().map(excess).sum();
        (share(right, right + wrong), share(right, truth.values().map(|it| it.0).sum()))
    };
    let (precision, recall) = by_count(&run(&public)?);
    let bars = peer(&public).ok().as_ref().map(by_count);
    table.scored("secrets-public-precision", bars.and_then(|it| bar(it.0.value)), precision, note.clone());
    table.scored("secrets-public-recall", bars.and_then(|it| bar(it.1.value)), recall, note.clone());
    if let Some((precision, recall)) = bars {
        table.scored("secrets-public-precision/detect-secrets", None, precision, note.clone());
        table.scored("secrets-public-recall/detect-secrets", None, recall, note);
    }
    Ok(())
}

/// The files of the repository without its own notes, and for each how many lines of risk and how many informative ones it has.
fn leaky_repo(repository: &Path, out: &Path) -> Result<(PathBuf, Counts)> {
    if out.exists() {
        fs::remove_dir_all(out)?;
    }
    let bare = gix::open(repository)?;
    let tree = bare.head_commit()?.tree()?;
    let mut list = String::new();
    for entry in tree.traverse().breadthfirst.files()? {
        let path = entry.filepath.to_string();
        if !entry.mode.is_blob() {
            continue;
        }
        let blob = bare.find_object(entry.oid)?;
        if path == ".leaky-meta/secrets.csv" {
            list = String::from_utf8_lossy(&blob.data).into_owned();
        } else if !path.starts_with(".leaky-meta/") {
            let to = out.join(&path);
            fs::create_dir_all(to.parent().ok_or("a file without a folder")?)?;
            fs::write(to, &blob.data)?;
        }
    }
    let rows = list.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut cells = line.trim().split(',');
        let (path, risk, more) = (cells.next()?, cells.next()?.parse().ok()?, cells.next()?.parse().ok()?);
        Some((path.to_owned(), (risk, more)))
    });
    Ok((out.to_owned(), rows.collect()))
}
