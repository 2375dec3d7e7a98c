//! A sample file by file: whose each is, as areas and as a tree of its folders.

use std::collections::BTreeMap;
use std::ops::Range;

use askama::Template;

use super::answer::Failure;
use super::asking::Asking;
use super::door::Session;
use super::fields::{Asked, At};
use super::frame::Frame;
use super::treemap::{Area, treemap};
use super::{Answered, compared, list};
use crate::claim::{self, FileMatch, Until};
use crate::export::page::{self, Finding};
use crate::export::screens::{self, Shown};
use crate::release::View;

/// The picture's size, in its own units.
const WIDTH: u64 = 960;
const HEIGHT: u64 = 420;

/// How many files the picture shows; those that are smaller stand in one area for each verdict.
const AREAS: usize = 250;

/// How many folders deep it goes; what is deeper stands in one name.
const DEPTH: usize = 64;

/// How many files the tree of one page names.
const FILES: usize = 150;

/// How much of a match's words a page shows.
const WORDS: usize = 100;

/// What the pictures of one page may come to, in bytes; one is shown whatever it comes to.
const PICTURES: usize = 120_000;

#[derive(Template)]
#[template(path = "web/matched.html")]
struct Page {
    frame: Frame,
    within: String,
    case: String,
    finding: Finding,
    areas: Vec<Drawn>,
    tree: Vec<Node>,
    /// The first and the last file of the tree, of so many; and where the piece before it begins.
    first: usize,
    last: usize,
    files: usize,
    before: Option<usize>,
    verdicts: Vec<(String, String, u64, u64)>,
}

/// A file in the picture.
struct Drawn {
    area: Area,
    class: String,
    words: String,
    /// Its row in the tree.
    row: Option<String>,
}

/// The tree, line by line.
enum Node {
    /// A folder begins: its name, and what it holds.
    Open(String, String),
    /// A file in it.
    File(Row),
    /// It ends.
    Close,
}

struct Row {
    id: String,
    name: String,
    /// Its path, as it stands in an address.
    escaped: String,
    /// Whether there is a file of the company's to be seen beside it.
    is_beside: bool,
    verdict: String,
    class: String,
    bytes: u64,
    share: String,
    best: String,
    edits: String,
}

pub(super) async fn page(asking: Asking, At((id, handle)): At<(String, String)>, asked: Asked) -> Answered {
    let from = place(&asked)?;
    asking.page_of(id, Until::default(), move |_, view, session| of(view, session, &handle, from)).await
}

/// From which of a list on a page shows it.
fn place(asked: &Asked) -> Result<usize, Failure> {
    asked
        .get("from")
        .map_or(Ok(0), |from| from.parse().map_err(|_| Failure::Input(format!("{from} is no place in a list."))))
}

fn found<'v>(view: &'v View, handle: &str) -> Result<&'v claim::Finding, Failure> {
    let case = &view.case;
    let missing = || crate::desk::Error::NoHandle { case: case.title.clone(), handle: handle.to_owned() };
    Ok(case.findings.iter().find(|finding| finding.handle == handle).ok_or_else(missing)?)
}

fn of(view: &View, session: &Session, handle: &str, from: usize) -> Result<Page, Failure> {
    let case = &view.case;
    let matched = found(view, handle)?;
    let mut finding = page::finding(view, matched);
    list::cut_match(&mut finding, WORDS);
    let mut files: Vec<&FileMatch> = matched.result.rows.iter().collect();
    files.sort_by(|one, other| folders(&one.path).cmp(&folders(&other.path)));
    let verdicts = &matched.result.verdicts;
    Ok(Page {
        frame: Frame::of(session, &format!("{handle} of {}", case.title)),
        within: format!("/case/{}", case.id.short()),
        case: case.title.clone(),
        areas: areas(&files, from..from.saturating_add(FILES)),
        tree: tree(&files, from),
        first: (from + 1).min(files.len()),
        last: from.saturating_add(FILES).min(files.len()),
        files: files.len(),
        before: (from > 0).then(|| from.saturating_sub(FILES)),
        verdicts: verdicts.iter().map(|(word, files, bytes)| (class(word), word.clone(), *files, *bytes)).collect(),
        finding,
    })
}

/// A path in parts: the folders that it goes through, archives among them, and its name.
fn folders(path: &str) -> Vec<&str> {
    path.splitn(DEPTH, ['/', '!']).filter(|part| !part.is_empty()).collect()
}

fn class(verdict: &str) -> String {
    format!("v-{}", verdict.replace(' ', "-"))
}

fn id(at: usize) -> String {
    format!("f{}", at + 1)
}

fn areas(files: &[&FileMatch], named: Range<usize>) -> Vec<Drawn> {
    let mut largest: Vec<usize> = (0..files.len()).collect();
    largest.sort_by_key(|at| std::cmp::Reverse(files[*at].bytes));
    let smaller = largest.split_off(largest.len().min(AREAS));
    largest.sort_unstable();
    let mut rest: BTreeMap<&str, (u64, usize)> = BTreeMap::new();
    for at in smaller {
        let (bytes, count) = rest.entry(&files[at].verdict).or_default();
        *bytes = bytes.saturating_add(files[at].bytes);
        *count += 1;
    }
    let shown = largest.iter().map(|at| {
        let file = files[*at];
        let words = format!("{}: {}, {} bytes", file.path, file.verdict, file.bytes);
        (file.bytes, class(&file.verdict), words, named.contains(at).then(|| id(*at)))
    });
    let rest = rest.into_iter().map(|(verdict, (bytes, count))| {
        (bytes, class(verdict), format!("{count} smaller files: {verdict}, {bytes} bytes"), None)
    });
    let all: Vec<_> = shown.chain(rest).collect();
    // An empty file is a file.
    let sizes: Vec<u64> = all.iter().map(|(bytes, ..)| (*bytes).max(1)).collect();
    let areas = treemap(&sizes, Area { x: 0, y: 0, width: WIDTH, height: HEIGHT });
    let drawn = all.into_iter().zip(areas).map(|((_, class, words, row), area)| Drawn { area, class, words, row });
    drawn.filter(|drawn| drawn.area.width > 0 && drawn.area.height > 0).collect()
}

/// What a folder holds, in words: `12 ours, 3 public only`. Its files are the first of these: they are in order.
fn holds(files: &[&FileMatch], inside: &[&str]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for file in files.iter().take_while(|file| folders(&file.path).starts_with(inside)) {
        *counts.entry(&file.verdict).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect::<Vec<_>>().join(", ")
}

/// The files from one on, as many as a page names, in their folders.
fn tree(files: &[&FileMatch], from: usize) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    for (at, file) in files.iter().enumerate().skip(from).take(FILES) {
        let parts = folders(&file.path);
        let (name, inside) = parts.split_last().map_or(("", &[] as &[&str]), |(name, inside)| (*name, inside));
        let shared = open.iter().zip(inside).take_while(|(one, other)| one == other).count();
        nodes.extend(open.drain(shared..).map(|_| Node::Close));
        for folder in &inside[shared..] {
            open.push(folder);
            nodes.push(Node::Open((*folder).to_owned(), holds(&files[at..], &open)));
        }
        nodes.push(Node::File(Row {
            id: id(at),
            name: name.to_owned(),
            escaped: compared::escaped(&file.path),
            is_beside: file.best.is_some(),
            verdict: file.verdict.clone(),
            class: class(&file.verdict),
            bytes: file.bytes,
            share: if file.exact {
                "byte for byte".to_owned()
            } else {
                format!("{} % distinctive", file.shares.distinctive / 10)
            },
            best: file.best.as_ref().map_or(String::new(), |best| {
                format!("{}: {}, {} to {}", best.corpus, best.path, best.first.day(), best.last.day())
            }),
            edits: file.alignment.as_ref().map_or(String::new(), |it| it.edits.join("; ")),
        }));
    }
    nodes.extend(open.iter().map(|_| Node::Close));
    nodes
}

#[derive(Template)]
#[template(path = "web/pictures.html")]
struct Pictures {
    frame: Frame,
    within: String,
    case: String,
    handle: String,
    screens: Vec<Shown>,
    first: usize,
    last: usize,
    of: usize,
}

/// The pictures of a match, each beside the lines of the company's files that it shows.
pub(super) async fn pictures(asking: Asking, At((id, handle)): At<(String, String)>, asked: Asked) -> Answered {
    let from = place(&asked)?;
    let draw = move |_: &mut crate::desk::Desk, view: &View, session: &Session| {
        let mut screens = screens::shown(&found(view, &handle)?.result);
        let of = screens.len();
        screens.drain(..from.min(of));
        let mut bytes = 0;
        let fit = screens.iter().take_while(|screen| {
            bytes += screen.bytes();
            bytes <= PICTURES
        });
        let fit = fit.count().max(1);
        screens.truncate(fit);
        Ok(Pictures {
            frame: Frame::of(session, &format!("Pictures of {handle} of {}", view.case.title)),
            within: format!("/case/{}", view.case.id.short()),
            case: view.case.title.clone(),
            first: (from + 1).min(of),
            last: from.saturating_add(fit).min(of),
            of,
            screens,
            handle,
        })
    };
    asking.page_of(id, Until::default(), draw).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_closes_what_it_opens_and_counts_what_is_inside() {
        let file = |path: &str, verdict: &str| FileMatch {
            path: path.to_owned(),
            verdict: verdict.to_owned(),
            ..FileMatch::default()
        };
        let all = [
            file("a/b/one.c", "ours"),
            file("a/b/two.c", "not found"),
            file("a/three.c", "ours"),
            file("z.zip!y", "ours"),
        ];
        let nodes = tree(&all.iter().collect::<Vec<_>>(), 0);
        let told: Vec<String> = nodes
            .iter()
            .map(|node| match node {
                Node::Open(name, holds) => format!("{name} ({holds})"),
                Node::File(row) => row.name.clone(),
                Node::Close => "/".to_owned(),
            })
            .collect();
        let expected = "a (2 ours, 1 not found)|b (1 not found, 1 ours)|one.c|two.c|/|three.c|/|z.zip (1 ours)|y|/";
        assert_eq!(told.join("|"), expected);
    }
}
