//! Jobs: commands that outlive the terminal that began them. Each is a child of its own, with a lease on its row.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use jiff::Timestamp;
use rustix::process::{Pid, Signal};

use super::{Acting, Desk, Error};
use crate::store::{JobRow, JobState, Lease};

/// The hidden command that a job's process runs.
pub const JOB_COMMAND: &str = "__job";

/// Where the desk keeps what jobs say.
const LOGS: &str = "jobs";

/// A job, and whether it is alive.
#[derive(Clone, Debug)]
pub struct Job {
    /// What is known of it.
    pub row: JobRow,
    /// Whether its process is there.
    pub is_alive: bool,
    /// Where its output goes.
    pub log: PathBuf,
}

impl Job {
    /// Where it is, in a word.
    pub fn word(&self) -> &'static str {
        match (self.row.state, self.is_alive) {
            (JobState::Running, false) => "interrupted",
            (state, _) => state.word(),
        }
    }
}

impl Desk {
    /// The jobs of this desk, the oldest first.
    ///
    /// # Errors
    /// The store fails.
    pub fn jobs(&self) -> Result<Vec<Job>, Error> {
        Ok(self.database.jobs()?.into_iter().map(|row| self.as_job(row)).collect())
    }

    /// Starts a command as a job.
    ///
    /// # Errors
    /// The store fails, or no process can be started.
    pub fn start_job(&mut self, acting: &Acting, arguments: &[OsString]) -> Result<Job, Error> {
        let id = self.database.add_job(&acting.author, acting.now, arguments)?;
        self.launch(id)
    }

    /// Starts a job again that was interrupted or cancelled, or that failed.
    ///
    /// # Errors
    /// There is no such job, or it is running or done.
    pub fn resume_job(&mut self, id: i64) -> Result<Job, Error> {
        let job = self.job(id)?;
        if job.is_alive || job.row.state == JobState::Done {
            return Err(Error::JobIs { id, word: job.word() });
        }
        self.launch(id)
    }

    /// Ends a job's process. What it finished so far is kept for the next run.
    ///
    /// # Errors
    /// There is no such job, or it has ended.
    pub fn cancel_job(&mut self, id: i64) -> Result<Job, Error> {
        let job = self.job(id)?;
        if !job.is_alive && !matches!(job.row.state, JobState::Waiting | JobState::Running) {
            return Err(Error::JobIs { id, word: job.word() });
        }
        if let Some(pid) = job.row.lease.as_ref().filter(|_| job.is_alive).and_then(|lease| Pid::from_raw(lease.pid)) {
            // It may have ended by itself since.
            let _ = rustix::process::kill_process(pid, Signal::TERM);
        }
        self.database.end_job(id, JobState::Cancelled, &job.row.progress)?;
        self.job(id)
    }

    /// Takes a job for this process, and gives the arguments of the command to run.
    ///
    /// # Errors
    /// There is no such job, or another process has it.
    pub fn take_job(&mut self, id: i64) -> Result<Vec<OsString>, Error> {
        // Of its own session: the terminal's end is not its end.
        let _ = rustix::process::setsid();
        let job = self.job(id)?;
        let pid = rustix::process::getpid().as_raw_nonzero().get();
        let lease = Lease { pid, begun: begun(pid).unwrap_or(0), boot: boot(), heartbeat: Timestamp::now() };
        if job.is_alive || job.row.state == JobState::Done || !self.database.lease_job(&job.row, &lease)? {
            return Err(Error::JobIs { id, word: self.job(id)?.word() });
        }
        Ok(job.row.arguments)
    }

    /// Says how far the job of this process is.
    ///
    /// # Errors
    /// The store fails.
    pub fn beat_job(&mut self, id: i64, progress: &str) -> Result<(), Error> {
        Ok(self.database.beat_job(id, Timestamp::now(), progress)?)
    }

    /// Says how the job of this process ended.
    ///
    /// # Errors
    /// The store fails.
    pub fn end_job(&mut self, id: i64, is_done: bool, words: &str) -> Result<(), Error> {
        Ok(self.database.end_job(id, if is_done { JobState::Done } else { JobState::Failed }, words)?)
    }

    /// One job.
    ///
    /// # Errors
    /// There is no such job.
    pub fn job(&self, id: i64) -> Result<Job, Error> {
        let row = self.database.job(id)?.ok_or(Error::NoJob { id })?;
        Ok(self.as_job(row))
    }

    fn as_job(&self, row: JobRow) -> Job {
        let is_alive = row.state == JobState::Running && row.lease.as_ref().is_some_and(is_there);
        Job { is_alive, log: self.root().join(LOGS).join(format!("{}.log", row.id)), row }
    }

    fn launch(&mut self, id: i64) -> Result<Job, Error> {
        let job = self.job(id)?;
        let folder = self.root().join(LOGS);
        let failed = |action, path: &PathBuf| {
            let path = path.clone();
            move |why| Error::File { action, path, why }
        };
        fs::create_dir_all(&folder).map_err(failed("create", &folder))?;
        let log = File::options().create(true).append(true).open(&job.log).map_err(failed("write", &job.log))?;
        let errors = log.try_clone().map_err(failed("write", &job.log))?;
        let program = std::env::current_exe().map_err(failed("find", &PathBuf::from("gainsay")))?;
        let root = std::path::absolute(self.root()).unwrap_or_else(|_| self.root().to_owned());
        let mut command = Command::new(&program);
        command.arg("--desk").arg(root).arg(JOB_COMMAND).arg(id.to_string());
        if !job.row.author.is_empty() {
            // Whoever goes on with it, its entries are of whoever began it.
            command.env("GAINSAY_AUTHOR", &job.row.author);
        }
        // In no folder that somebody may want to remove.
        command.current_dir("/").stdin(Stdio::null()).stdout(log).stderr(errors);
        let mut child = command.spawn().map_err(failed("start", &program))?;
        // It has to have left this terminal before its user may leave it.
        loop {
            let taken = self.job(id)?;
            if taken.row != job.row {
                return Ok(taken);
            }
            if child.try_wait().map_err(failed("start", &program))?.is_some() {
                self.end_job(id, false, "it could not be started: see its log")?;
                return self.job(id);
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }
}

/// How often a job that is being started is looked at.
const LOOK_AGAIN: std::time::Duration = std::time::Duration::from_millis(5);

/// Whether the very process of a lease is there.
fn is_there(lease: &Lease) -> bool {
    lease.boot == boot() && begun(lease.pid) == Some(lease.begun)
}

/// Which run of the machine this is.
fn boot() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").map(|id| id.trim().to_owned()).unwrap_or_default()
}

/// When a process began, in ticks since the machine did; `None` where it is not there, or dead and not yet buried.
fn begun(pid: i32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before may hold anything, also spaces and brackets.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let state = fields.next()?;
    // The 22nd field of proc(5), of which the name was the second.
    if matches!(state, "Z" | "X") { None } else { fields.nth(18)?.parse().ok() }
}
