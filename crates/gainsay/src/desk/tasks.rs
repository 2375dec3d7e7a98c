//! Who does a step, until when, and that it is done: each an entry.

use jiff::civil::Date;

use super::{Acting, Desk, Error};
use crate::assess;
use crate::claim::Task;
use crate::ledger::payload::TaskSet;

/// What is to be said of a step; what is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskChange {
    /// Who does it.
    pub owner: Option<String>,
    /// Until when.
    pub due: Option<Date>,
    /// Whether it is done.
    pub done: Option<bool>,
}

impl Desk {
    /// Takes up a step of a case, or says that it is done. `step` is its number in `show`, or words: those of a step, or a new one's.
    ///
    /// # Errors
    /// There is no such case or step, or the store fails.
    pub fn set_task(
        &mut self,
        acting: &Acting,
        case_name: &str,
        step: &str,
        change: &TaskChange,
    ) -> Result<Task, Error> {
        let case = self.case(case_name)?;
        let steps = assess::assess(&case, &self.weights()?.0).steps;
        let what = match step.trim().parse::<usize>() {
            Ok(number) => {
                let step = number.checked_sub(1).and_then(|at| steps.get(at));
                let none = || Error::NoStep { case: case_name.to_owned(), count: steps.len() };
                step.ok_or_else(none)?.what.clone()
            }
            Err(_) if step.trim().is_empty() => {
                return Err(Error::NoStep { case: case_name.to_owned(), count: steps.len() });
            }
            Err(_) => step.trim().to_owned(),
        };
        let of_it = |task: &&Task| task.what == what;
        let tlp = case.highest_marking();
        self.database.commit(&self.key, acting.now, |commit| {
            // What others said of it meanwhile stays where nothing is said here.
            let entries = commit.reader().of_case(case.id)?;
            let now = super::casefile::fold(&entries, |_| crate::claim::SourceText::None);
            let before = now.as_ref().and_then(|case| case.tasks.iter().find(of_it));
            let owner = change.owner.clone().or_else(|| before.and_then(|task| task.owner.clone()));
            let due = change.due.or_else(|| before.and_then(|task| task.due));
            let done = change.done.unwrap_or_else(|| before.is_some_and(|task| task.done.is_some()));
            commit.push(&acting.entry(
                tlp,
                TaskSet {
                    case: case.id,
                    what: what.clone(),
                    done,
                    owner: owner.clone(),
                    due: due.map(|day| day.to_string()),
                },
            ))?;
            let done = done.then(|| (acting.now, acting.author.clone()));
            Ok(Task { what: what.clone(), owner, due, done, tlp })
        })
    }
}
