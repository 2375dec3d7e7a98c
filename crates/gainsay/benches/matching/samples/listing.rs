//! Listings of files, as the usual programs print them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// A listed file.
pub(crate) struct Entry {
    pub(crate) path: String,
    pub(crate) bytes: u64,
    /// In seconds since 1970.
    pub(crate) time: i64,
}

/// The entries, which are sorted by path, in the format that the seed tells.
pub(crate) fn text(entries: &[Entry], seed: u64) -> String {
    match seed % 6 {
        0 => ls(entries),
        1 => find(entries),
        2 => tree(entries),
        3 => dir(entries),
        4 => unzip(entries),
        _ => entries.iter().map(|entry| format!("{} {}\n", entry.bytes, entry.path)).collect(),
    }
}

fn at(entry: &Entry, format: &str) -> String {
    let time = Timestamp::from_second(entry.time).unwrap_or_default();
    Zoned::new(time, TimeZone::UTC).strftime(format).to_string()
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Each folder with the files and the folders right below it.
fn folders(entries: &[Entry]) -> BTreeMap<&str, (BTreeSet<&str>, Vec<&Entry>)> {
    let mut folders: BTreeMap<&str, (BTreeSet<&str>, Vec<&Entry>)> = BTreeMap::new();
    for entry in entries {
        let (mut folder, _) = split(&entry.path);
        folders.entry(folder).or_default().1.push(entry);
        while !folder.is_empty() {
            let (above, name) = split(folder);
            folders.entry(above).or_default().0.insert(name);
            folder = above;
        }
    }
    folders
}

/// `ls -lR`
fn ls(entries: &[Entry]) -> String {
    let mut text = String::new();
    for (folder, (below, files)) in folders(entries) {
        let shown = if folder.is_empty() { ".".to_owned() } else { format!("./{folder}") };
        text += &format!("{shown}:\ntotal {}\n", files.len() * 8);
        let date = files.first().map_or_else(|| "Jan  1  2020".to_owned(), |entry| at(entry, "%b %e  %Y"));
        for name in below {
            text += &format!("drwxr-xr-x 2 build build     4096 {date} {name}\n");
        }
        for entry in files {
            let (_, name) = split(&entry.path);
            text += &format!("-rw-r--r-- 1 build build {:>8} {} {name}\n", entry.bytes, at(entry, "%b %e  %Y"));
        }
        text.push('\n');
    }
    text
}

/// `find -ls`
fn find(entries: &[Entry]) -> String {
    let line = |(number, entry): (usize, &Entry)| {
        let (inode, blocks) = (1_310_720 + number, entry.bytes.div_ceil(4096) * 4);
        let date = at(entry, "%b %e  %Y");
        format!("  {inode} {blocks:>6} -rw-r--r--   1 build    build    {:>8} {date} ./{}\n", entry.bytes, entry.path)
    };
    entries.iter().enumerate().map(line).collect()
}

/// `tree -s`
fn tree(entries: &[Entry]) -> String {
    let folders = folders(entries);
    let mut text = ".\n".to_owned();
    branch(&folders, "", "", &mut text);
    text + &format!("\n{} directories, {} files\n", folders.len() - 1, entries.len())
}

fn branch(folders: &BTreeMap<&str, (BTreeSet<&str>, Vec<&Entry>)>, folder: &str, before: &str, text: &mut String) {
    let Some((below, files)) = folders.get(folder) else { return };
    let mut children: Vec<(&str, Option<&Entry>)> = below.iter().map(|name| (*name, None)).collect();
    children.extend(files.iter().map(|entry| (split(&entry.path).1, Some(*entry))));
    children.sort_by_key(|(name, _)| *name);
    let count = children.len();
    for (number, (name, entry)) in children.into_iter().enumerate() {
        let (branch_of, stem) = if number + 1 == count { ("└── ", "    ") } else { ("├── ", "│   ") };
        let bytes = entry.map_or(4096, |entry| entry.bytes);
        *text += &format!("{before}{branch_of}[{bytes:>11}]  {name}\n");
        if entry.is_none() {
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            branch(folders, &path, &format!("{before}{stem}"), text);
        }
    }
}

/// `dir /s`
fn dir(entries: &[Entry]) -> String {
    let mut text = " Volume in drive D is DATA\r\n Volume Serial Number is 4C1F-92A0\r\n\r\n".to_owned();
    let mut sum = 0;
    for (folder, (below, files)) in folders(entries) {
        let shown = folder.replace('/', "\\");
        text += &format!(" Directory of D:\\src\\{shown}\r\n\r\n");
        let date =
            files.first().map_or_else(|| "01/01/2020  09:00 AM".to_owned(), |entry| at(entry, "%m/%d/%Y  %I:%M %p"));
        for name in [".", ".."].into_iter().chain(below.iter().copied()) {
            text += &format!("{date}    <DIR>          {name}\r\n");
        }
        let mut bytes = 0;
        for entry in &files {
            let (_, name) = split(&entry.path);
            text += &format!("{} {:>17} {name}\r\n", at(entry, "%m/%d/%Y  %I:%M %p"), thousands(entry.bytes));
            bytes += entry.bytes;
        }
        sum += bytes;
        text += &format!("{:>16} File(s) {:>14} bytes\r\n\r\n", files.len(), thousands(bytes));
    }
    let (count, sum) = (entries.len(), thousands(sum));
    text + &format!("     Total Files Listed:\r\n{count:>16} File(s) {sum:>14} bytes\r\n")
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut shown = digits[..first].to_owned();
    for (at, digit) in digits.bytes().skip(first).enumerate() {
        if at % 3 == 0 && !shown.is_empty() {
            shown.push(',');
        }
        shown.push(char::from(digit));
    }
    shown
}

/// `unzip -l`
fn unzip(entries: &[Entry]) -> String {
    let mut text =
        "Archive:  src.zip\n  Length      Date    Time    Name\n---------  ---------- -----   ----\n".to_owned();
    for entry in entries {
        text += &format!("{:>9}  {}   {}\n", entry.bytes, at(entry, "%Y-%m-%d %H:%M"), entry.path);
    }
    let sum: u64 = entries.iter().map(|entry| entry.bytes).sum();
    text + &format!("---------                     -------\n{sum:>9}                     {} files\n", entries.len())
}
