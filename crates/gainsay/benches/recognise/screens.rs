//! Whether pictures of a screen are recognised by what they show.
//!
//! `screens.py` draws files of a repository in an editor, a terminal, a browser and a file manager, and cuts, scales, covers and compresses
//! the pictures by chance; chromium renders them. Some show another repository of the same kind: none of those may be called ours.
//! Right is the file that is shown, named first or among those that have the same lines; of a file manager the folder.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::common::program::Desk;
use crate::common::python::Python;
use crate::common::table::{Bar, Table};
use crate::common::{self, Result, say};
use crate::interval::share;

const PROGRAM: &str = include_str!("screens.py");
const PACKAGES: [(&str, &str); 1] = [("pillow", "PIL.Image")];

/// What became of a picture.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Became {
    /// The shown file is named first.
    First,
    /// It is named among others that show the same.
    Among,
    /// Nothing is named.
    Nothing,
    /// Another file is named.
    Wrong,
}

/// `screens`, `screens/wrong`, and for each look and each way that a picture was spoilt.
pub(crate) fn measure(_: u64, table: &mut Table) -> Result<()> {
    let (ours, theirs) = (common::paths("BENCH_SCREENS")?, common::paths("BENCH_OTHERS")?);
    let [ours] = ours.as_slice() else { return Err("name one bare repository whose files are shown: SCREENS".into()) };
    let folder = common::target()?.join("screens");
    if !common::is_set("BENCH_KEEP") || !folder.join("truth.json").exists() {
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        check_out(std::slice::from_ref(ours), &folder.join("ours"))?;
        check_out(&theirs, &folder.join("theirs"))?;
        say("screens: drawing");
        Python::with(&common::target()?.join("screens.python"), &PACKAGES)?.run(PROGRAM, &folder)?;
    }
    let truth: BTreeMap<String, Value> = serde_json::from_slice(&std::fs::read(folder.join("truth.json"))?)?;
    let desk = Desk::fresh(&common::target()?.join("screens.desk"))?;
    desk.run(&["corpus", "add", "bench"].map(OsStr::new).into_iter().chain([ours.as_os_str()]).collect::<Vec<_>>())?;
    say(&format!("screens: reading {} pictures", truth.len()));
    let run = desk.run(&[OsStr::new("match"), folder.join("pictures").as_os_str()])?;
    let result = &run.said["results"][0];
    let of = |list: &str| -> BTreeMap<String, Value> {
        let all = result[list].as_array().into_iter().flatten();
        all.filter_map(|it| Some((it["path"].as_str()?.to_owned(), it.clone()))).collect()
    };
    let (screens, listings) = (of("screens"), of("listings"));
    let mut groups: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let (mut first, mut right, mut wrong, mut called_ours) = (0, 0, 0, 0);
    let (mut all, mut others) = (0, 0);
    let mut list = String::new();
    for (name, truth) in &truth {
        let became = became(truth, screens.get(name), listings.get(name));
        let found = matches!(became, Became::First | Became::Among);
        if became != Became::First {
            list += &format!("{name}\t{}\t{truth}\t{}\n", word(became), said(screens.get(name), listings.get(name)));
        }
        if truth["side"] == "theirs" {
            others += 1;
            called_ours += usize::from(became != Became::Nothing);
            continue;
        }
        all += 1;
        first += usize::from(became == Became::First);
        right += usize::from(found);
        wrong += usize::from(became == Became::Wrong);
        for group in groups_of(truth) {
            let count = groups.entry(group).or_default();
            *count = (count.0 + 1, count.1 + usize::from(found));
        }
    }
    std::fs::write(common::target()?.join("screens-wrong.txt"), list)?;
    let seconds = format!("{:.1} s a picture", run.seconds / common::real(truth.len().max(1) as u64));
    table.estimated(
        "screens",
        Some(Bar::AtLeast(0.85)),
        share(right, all),
        format!("{right} of {all} pictures, {seconds}"),
    );
    table.estimated("screens/first", None, share(first, all), format!("{first} of {all}, the file itself named first"));
    let (bad, every) = (wrong + called_ours, all + others);
    let note = format!("{wrong} of {all} pictures of ours, {called_ours} of {others} of others'");
    table.scored("screens/wrong", Some(Bar::AtMost(0.01)), share(bad, every), note);
    for (group, (all, right)) in groups {
        table.estimated(&format!("screens/{group}"), None, share(right, all), format!("{right} of {all} pictures"));
    }
    desk.remove()
}

/// What groups a picture is in: its look, and how it was drawn and spoilt.
fn groups_of(truth: &Value) -> Vec<String> {
    let text = |key: &str| truth[key].as_str().unwrap_or_default().to_owned();
    let mut groups = vec![text("look"), format!("{} px", truth["pixels"])];
    groups.push(if truth["dark"] == true { "dark" } else { "light" }.to_owned());
    let marks = ["russian", "boxes", "cut", "jpeg"].into_iter().filter(|key| truth[*key] == true);
    groups.extend(marks.map(str::to_owned));
    if truth["scale"] != 1 {
        groups.push(format!("scaled {}", truth["scale"]));
    }
    groups
}

fn became(truth: &Value, screen: Option<&Value>, listing: Option<&Value>) -> Became {
    let shown = truth["path"].as_str().unwrap_or_default();
    if truth["look"] == "files" {
        let Some(listing) = listing.filter(|it| matches!(it["verdict"].as_str(), Some("ours" | "partly ours"))) else {
            return if screen.is_some_and(|it| it["verdict"] == "shows ours") {
                Became::Wrong
            } else {
                Became::Nothing
            };
        };
        // The folder that most of what it lists lies in.
        let mut folders: BTreeMap<String, usize> = BTreeMap::new();
        for path in listing["rows"].as_array().into_iter().flatten().filter_map(|row| row["best"]["path"].as_str()) {
            let folder = Path::new(path).parent().unwrap_or(Path::new("")).to_string_lossy().into_owned();
            *folders.entry(folder).or_default() += 1;
        }
        let most = folders.into_iter().max_by_key(|(_, count)| *count).map(|(folder, _)| folder);
        return if most.as_deref() == Some(shown) { Became::First } else { Became::Wrong };
    }
    match screen {
        Some(screen) if screen["verdict"] == "shows ours" => {
            let also = screen["also"].as_array().into_iter().flatten();
            if screen["best"]["path"] == shown && truth["side"] == "ours" {
                Became::First
            } else if also.into_iter().any(|path| path == shown) && truth["side"] == "ours" {
                Became::Among
            } else {
                Became::Wrong
            }
        }
        _ => Became::Nothing,
    }
}

fn word(became: Became) -> &'static str {
    match became {
        Became::First => "first",
        Became::Among => "among",
        Became::Nothing => "nothing",
        Became::Wrong => "wrong",
    }
}

/// What the program said of a picture, without its lines.
fn said(screen: Option<&Value>, listing: Option<&Value>) -> String {
    let mut screen = screen.cloned().unwrap_or_default();
    if let Some(fields) = screen.as_object_mut() {
        fields.remove("lines");
    }
    let counts = listing.map(|it| {
        format!("{}: {} entries, {} by size, {} by path", it["verdict"], it["entries"], it["by_size"], it["by_path"])
    });
    format!("{screen}\t{}", counts.unwrap_or_default())
}

/// Writes the newest files of bare repositories into a folder.
fn check_out(repositories: &[std::path::PathBuf], folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    for repository in repositories {
        let archive = Command::new("git").arg("-C").arg(repository).args(["archive", "HEAD"]).output()?;
        if !archive.status.success() {
            return Err(format!("git archive in {}: {}", repository.display(), archive.status).into());
        }
        let mut tar = Command::new("tar").arg("x").arg("-C").arg(folder).stdin(std::process::Stdio::piped()).spawn()?;
        std::io::Write::write_all(&mut tar.stdin.take().ok_or("tar takes nothing")?, &archive.stdout)?;
        tar.wait()?;
    }
    Ok(())
}
