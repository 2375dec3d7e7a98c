//! Where a desk begins: a story that is pasted, files that are dropped, a corpus by its path, the bundled case.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::Answered;
use super::answer::{Answer, Failure};
use super::asking::Asking;
use super::door::Session;
use super::fields::{At, Fields};
use crate::claim::{CorpusRole, SourceKind};
use crate::demo;
use crate::desk::{self, Acting, AddOptions, Desk, Given, Job, Role};

/// The most files that one request brings: each is opened by a process of its own, and is a commit of its own.
const FILES: usize = 1000;

/// The most names that a notice of problems tells.
const PROBLEMS: usize = 8;

/// A story or files for a case, which is opened where there is none of that name.
pub(super) async fn to_any_case(asking: Asking, fields: Fields) -> Answered {
    let title = fields.need("case", "The name of a case")?.to_owned();
    give(asking, title, true, fields).await
}

/// A story or files for the case that somebody looks at.
pub(super) async fn to_case(asking: Asking, At(id): At<String>, fields: Fields) -> Answered {
    give(asking, id, false, fields).await
}

async fn give(asking: Asking, case: String, may_open: bool, fields: Fields) -> Answered {
    let unjailed = asking.house.serving.unjailed;
    asking
        .at_desk(Role::Analyst, move |desk, acting, session| {
            let mut given: Vec<(String, Vec<u8>)> = Vec::new();
            if let Some(text) = fields.get("story") {
                // Known by its first words: pasted again with a change further down, it is a new version.
                // Forms end lines in two characters, whatever the text did.
                given.push((name_of(text), text.replace("\r\n", "\n").into_bytes()));
            }
            given.extend(fields.files.iter().cloned());
            if given.is_empty() {
                return Err(Failure::Input("There is neither a text nor a file.".to_owned()));
            }
            if given.len() > FILES {
                return Err(Failure::Input(format!("These are more than {FILES} files: give them in parts.")));
            }
            let kind = fields.get("kind").map(str::parse::<SourceKind>).transpose()?;
            let published = fields.get("published").map(day).transpose()?;
            let outlet = fields.get("outlet").map(str::to_owned);
            let options = AddOptions { kind, published, outlet, unjailed, ..AddOptions::default() };
            let id = case_of(desk, acting, session, &case, may_open)?;
            let mut problems: Vec<String> = Vec::new();
            for (name, bytes) in &given {
                let given = Given { name, bytes };
                let result = desk.add_given(acting, &id, given, &options, &mut |_, result| {
                    if let Err(why) = result {
                        problems.push(format!("{name}: {why}"));
                    }
                });
                if let Err(why) = result {
                    problems.push(format!("{name}: {why}"));
                }
            }
            match problems.is_empty() {
                true => Ok(Answer::Go(format!("/case/{id}"))),
                false => {
                    problems.truncate(PROBLEMS);
                    Err(Failure::Input(problems.join("\n")))
                }
            }
        })
        .await
}

/// The day that somebody gave, or a moment of it.
pub(super) fn day(words: &str) -> Result<Timestamp, Failure> {
    desk::moment(words).ok_or_else(|| Failure::Input(format!("{words} is no day.")))
}

/// The short id of a case, which is opened where it may be and there is none.
fn case_of(desk: &mut Desk, acting: &Acting, session: &Session, name: &str, may_open: bool) -> Result<String, Failure> {
    let known =
        desk.cases()?.into_iter().find(|(title, id)| title == name || !may_open && id.to_string().starts_with(name));
    match known {
        Some((_, id)) => Ok(id.short()),
        None if may_open => {
            session.may_open_cases()?;
            Ok(desk.open_case(acting, name, None)?.short())
        }
        None => Err(desk::Error::NoCase { name: name.to_owned(), known: Vec::new() }.into()),
    }
}

/// What a pasted text is called.
fn name_of(text: &str) -> String {
    let words: String = text.split_whitespace().take(8).collect::<Vec<_>>().join(" ");
    let plain: String = words.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-')).take(60).collect();
    let plain = plain.trim();
    if plain.is_empty() { "pasted text".to_owned() } else { format!("{plain} (pasted)") }
}

/// A corpus by its path on this machine: a job of its own.
pub(super) async fn corpus(asking: Asking, fields: Fields) -> Answered {
    asking
        .at_desk(Role::Admin, move |desk, acting, _| {
            let name = fields.need("name", "The corpus's name")?;
            let path = fields.need("path", "The path of a folder or a repository")?;
            index(desk, acting, name, path, fields.need("role", "Whose files they are")?)?;
            Ok(Answer::Go("/jobs".to_owned()))
        })
        .await
}

/// A sample by its path on this machine, for the case that somebody looks at: a job of its own.
pub(super) async fn sample(asking: Asking, At(id): At<String>, fields: Fields) -> Answered {
    asking
        .at_desk(Role::Admin, move |desk, acting, _| {
            hold(desk, acting, &id, fields.need("path", "The path of a sample")?)?;
            Ok(Answer::Go("/jobs".to_owned()))
        })
        .await
}

/// Begins to index a corpus.
pub(super) fn index(desk: &mut Desk, acting: &Acting, name: &str, path: &str, role: &str) -> Result<Job, Failure> {
    let path = there_is(desk, path)?;
    desk::check_name("corpus", name)?;
    let role: CorpusRole = role.parse()?;
    let mut arguments: Vec<OsString> = ["corpus", "add"].map(OsString::from).into();
    arguments.extend(match role {
        CorpusRole::Own => None,
        CorpusRole::Public => Some("--public".into()),
        CorpusRole::Published => Some("--published".into()),
    });
    // What begins with a dash is no option behind this.
    arguments.extend(["--".into(), name.into(), path.into()]);
    Ok(desk.start_job(acting, &arguments)?)
}

/// Begins to hold a sample against the corpora, as evidence in a case.
pub(super) fn hold(desk: &mut Desk, acting: &Acting, case: &str, path: &str) -> Result<Job, Failure> {
    let path = there_is(desk, path)?;
    let case = desk.case_id(case)?.to_string();
    let arguments: [OsString; 5] = ["match".into(), "--case".into(), case.into(), "--".into(), path.into()];
    Ok(desk.start_job(acting, &arguments)?)
}

/// A path on this machine at which there is something that is not the desk's own: its folder holds every case, and its key.
fn there_is(desk: &Desk, path: &str) -> Result<PathBuf, Failure> {
    let path = PathBuf::from(path);
    if !path.is_absolute() {
        return Err(Failure::Input(format!("{} is no whole path: it begins with no /.", path.display())));
    }
    // No name of a file holds one, and no argument of a command.
    if path.as_os_str().as_encoded_bytes().contains(&0) || !path.exists() {
        return Err(Failure::Input(format!("There is no {} on this machine.", path.display())));
    }
    let whole = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let (asked, root) = (whole(&path), whole(desk.root()));
    if asked.starts_with(&root) || root.starts_with(&asked) {
        return Err(Failure::Input(format!("{} is the desk's own folder, in it, or around it.", path.display())));
    }
    Ok(path)
}

/// The bundled rumour, as a case of this desk.
pub(super) async fn bundled(asking: Asking, _checked: Fields) -> Answered {
    let unjailed = asking.house.serving.unjailed;
    asking
        .at_desk(Role::Analyst, move |desk, acting, session| {
            let id = case_of(desk, acting, session, "fxmsp-2019", true)?;
            for text in demo::fxmsp() {
                let options = AddOptions {
                    kind: Some(text.kind),
                    title: Some(text.title.to_owned()),
                    published: desk::moment(text.published).or_else(|| desk::moment(&format!("{}-01", text.published))),
                    unjailed,
                    ..AddOptions::default()
                };
                let mut failed = None;
                let given = Given { name: text.file_name, bytes: text.text.as_bytes() };
                desk.add_given(acting, &id, given, &options, &mut |_, result| {
                    failed = result.as_ref().err().map(ToString::to_string);
                })?;
                if let Some(why) = failed {
                    return Err(Failure::Input(why));
                }
            }
            Ok(Answer::Go(format!("/case/{id}")))
        })
        .await
}
