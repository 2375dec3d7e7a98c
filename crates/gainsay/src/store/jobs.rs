//! Work that outlives the terminal, as the desk keeps it: what is to be done, who does it, how far it is.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::Error;
use super::database::{Database, moment};

/// The migration that makes its table.
pub(super) const TABLE: &str = "CREATE TABLE job (
        id        INTEGER PRIMARY KEY AUTOINCREMENT,
        made      INTEGER NOT NULL,
        arguments BLOB NOT NULL,
        state     TEXT NOT NULL,
        pid       INTEGER,
        begun     INTEGER,
        boot      TEXT,
        heartbeat INTEGER,
        progress  TEXT NOT NULL DEFAULT ''
     ) STRICT;";

/// The migration that tells who began each: of those before nobody knows.
pub(super) const AUTHOR: &str = "ALTER TABLE job ADD COLUMN author TEXT NOT NULL DEFAULT '';";

/// A job as it was last told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRow {
    /// Its number.
    pub id: i64,
    /// When it was made.
    pub made: Timestamp,
    /// Who began it, and makes its entries; nobody knows of jobs of long ago.
    pub author: String,
    /// The arguments of the command that it runs.
    pub arguments: Vec<OsString>,
    /// Where it is.
    pub state: JobState,
    /// Who does it, as long as somebody does.
    pub lease: Option<Lease>,
    /// How far it is, or how it ended, in words.
    pub progress: String,
}

/// Where a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Its process was not heard of yet.
    Waiting,
    /// A process works on it, or did when it was last heard of.
    Running,
    /// Done.
    Done,
    /// It ended with an error.
    Failed,
    /// Somebody ended it.
    Cancelled,
}

impl JobState {
    const WORDS: [(JobState, &'static str); 5] = [
        (JobState::Waiting, "waiting"),
        (JobState::Running, "running"),
        (JobState::Done, "done"),
        (JobState::Failed, "failed"),
        (JobState::Cancelled, "cancelled"),
    ];

    /// As it is shown and stored.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(state, _)| *state == self).map_or("", |(_, word)| word)
    }

    /// A state by its word; what no version knows did not end well.
    fn of(word: &str) -> Self {
        Self::WORDS.iter().find(|(_, known)| *known == word).map_or(JobState::Failed, |(state, _)| *state)
    }
}

/// The process that works on a job: its number alone could be another's by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Its number.
    pub pid: i32,
    /// When it began, in the kernel's ticks since the machine did.
    pub begun: u64,
    /// Which run of the machine.
    pub boot: String,
    /// When it was last heard of.
    pub heartbeat: Timestamp,
}

impl Database {
    /// Notes a job that a process will take.
    ///
    /// # Errors
    /// The database fails.
    pub fn add_job(&mut self, author: &str, made: Timestamp, arguments: &[OsString]) -> Result<i64, Error> {
        // No argument of a command holds a zero.
        let arguments: Vec<&[u8]> = arguments.iter().map(|argument| argument.as_bytes()).collect();
        let row = params![made.as_microsecond(), arguments.join(&0), JobState::Waiting.word(), author];
        let sql = "INSERT INTO job (made, arguments, state, author) VALUES (?1, ?2, ?3, ?4)";
        self.connection().execute(sql, row).map_err(|e| self.fail(&e))?;
        Ok(self.connection().last_insert_rowid())
    }

    /// All jobs, the oldest first.
    ///
    /// # Errors
    /// The database fails.
    pub fn jobs(&self) -> Result<Vec<JobRow>, Error> {
        let mut select = self.connection().prepare(&format!("{SELECT} ORDER BY id")).map_err(|e| self.fail(&e))?;
        select.query_map([], job).and_then(Iterator::collect).map_err(|e| self.fail(&e))
    }

    /// One job.
    ///
    /// # Errors
    /// The database fails.
    pub fn job(&self, id: i64) -> Result<Option<JobRow>, Error> {
        let found = self.connection().query_row(&format!("{SELECT} WHERE id = ?1"), [id], job);
        found.optional().map_err(|e| self.fail(&e))
    }

    /// Says that a process works on a job, where the job still is as it was seen: two never take the same.
    ///
    /// # Errors
    /// The database fails.
    pub fn lease_job(&mut self, seen: &JobRow, lease: &Lease) -> Result<bool, Error> {
        let sql = "UPDATE job SET state = ?2, pid = ?3, begun = ?4, boot = ?5, heartbeat = ?6
                   WHERE id = ?1 AND state = ?7 AND pid IS ?8 AND boot IS ?9";
        let row = params![
            seen.id,
            JobState::Running.word(),
            lease.pid,
            i64::try_from(lease.begun).unwrap_or(i64::MAX),
            lease.boot,
            lease.heartbeat.as_microsecond(),
            seen.state.word(),
            seen.lease.as_ref().map(|lease| lease.pid),
            seen.lease.as_ref().map(|lease| &lease.boot),
        ];
        Ok(self.connection().execute(sql, row).map_err(|e| self.fail(&e))? == 1)
    }

    /// Says how far a running job is.
    ///
    /// # Errors
    /// The database fails.
    pub fn beat_job(&mut self, id: i64, now: Timestamp, progress: &str) -> Result<(), Error> {
        let sql = "UPDATE job SET heartbeat = ?2, progress = ?3 WHERE id = ?1 AND state = ?4";
        let row = params![id, now.as_microsecond(), progress, JobState::Running.word()];
        self.connection().execute(sql, row).map(drop).map_err(|e| self.fail(&e))
    }

    /// Says where a job is that nobody works on any more.
    ///
    /// # Errors
    /// The database fails.
    pub fn end_job(&mut self, id: i64, state: JobState, progress: &str) -> Result<(), Error> {
        let sql = "UPDATE job SET state = ?2, progress = ?3, pid = NULL, begun = NULL, boot = NULL WHERE id = ?1";
        self.connection().execute(sql, params![id, state.word(), progress]).map(drop).map_err(|e| self.fail(&e))
    }
}

const SELECT: &str = "SELECT id, made, arguments, state, pid, begun, boot, heartbeat, progress, author FROM job";

fn job(row: &Row<'_>) -> rusqlite::Result<JobRow> {
    let arguments: Vec<u8> = row.get(2)?;
    let state: String = row.get(3)?;
    let (pid, begun): (Option<i32>, Option<i64>) = (row.get(4)?, row.get(5)?);
    let (boot, heartbeat): (Option<String>, Option<i64>) = (row.get(6)?, row.get(7)?);
    let lease = pid.zip(boot).map(|(pid, boot)| Lease {
        pid,
        begun: begun.and_then(|begun| u64::try_from(begun).ok()).unwrap_or(0),
        boot,
        heartbeat: moment(heartbeat.unwrap_or(0)),
    });
    let word = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
    Ok(JobRow {
        id: row.get(0)?,
        made: moment(row.get(1)?),
        arguments: arguments.split(|byte| *byte == 0).map(word).collect(),
        state: JobState::of(&state),
        lease,
        progress: row.get(8)?,
        author: row.get(9)?,
    })
}
