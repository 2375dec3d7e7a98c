//! The database: SQLite, with the ledger's tables and the index of entries. Nobody outside this room names it.
//!
//! WAL, so that readers and one writer go side by side; `synchronous=FULL`, so that an acknowledged commit outlives the power;
//! `BEGIN IMMEDIATE`, and the head read again inside, so that two writers never build on the same state.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params};

use super::Error;
use super::blobs::{failed, sync_folder};
use super::{accounts, jobs};
use crate::claim::EntryId;
use crate::ledger::{Body, DeskKey, Edge, Entry, Hash, NewEntry, Payload, Record, Stored, TreeHead};

/// Each migration takes the database from the version of its place to the next; what was released is never edited.
const MIGRATIONS: &[&str] = &[
    "CREATE TABLE entry (
        seq     INTEGER PRIMARY KEY,
        leaf    BLOB NOT NULL UNIQUE,
        header  BLOB NOT NULL,
        salt    BLOB,
        payload BLOB
     ) STRICT;
     CREATE TABLE head (
        size      INTEGER PRIMARY KEY,
        previous  INTEGER NOT NULL,
        root      BLOB NOT NULL,
        time      INTEGER NOT NULL,
        signature BLOB NOT NULL,
        edge      BLOB NOT NULL
     ) STRICT;",
    jobs::TABLE,
    accounts::TABLES,
    jobs::AUTHOR,
];

/// The index of entries is a projection: of another version it is dropped and rebuilt from the entries.
const INDEX_VERSION: i64 = 1;
const INDEX: &str = "
    DROP TABLE IF EXISTS entry_index;
    DROP TABLE IF EXISTS index_version;
    CREATE TABLE index_version (version INTEGER NOT NULL) STRICT;
    CREATE TABLE entry_index (
        seq     INTEGER PRIMARY KEY,
        kind    TEXT NOT NULL,
        of_case BLOB
    ) STRICT;
    CREATE INDEX entry_index_case ON entry_index (of_case, seq);
    CREATE INDEX entry_index_kind ON entry_index (kind, seq);";

/// Another writer is waited for this long before a command gives up.
const BUSY: Duration = Duration::from_secs(30);

/// A desk's database.
pub struct Database {
    path: PathBuf,
    connection: Connection,
    /// Changes with what others commit.
    others: i64,
}

impl Database {
    /// Makes a new database in a file that does not exist.
    ///
    /// # Errors
    /// The folder cannot be written, or is on a network file system.
    pub fn create(path: &Path) -> Result<Database, Error> {
        let database = Self::connect(path, path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        database.connection.pragma_update(None, "journal_mode", "wal").map_err(|e| database_error(path, &e))?;
        database.finish_opening()
    }

    /// Opens a desk's database, migrating it where it is of an older version.
    ///
    /// # Errors
    /// It is no database, of a newer version, or on a network file system.
    pub fn open(path: &Path) -> Result<Database, Error> {
        if is_read_only(path) {
            return Self::open_unchanging(path);
        }
        let database = Self::connect(path, path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        // To SQLite an empty file is an empty database; here it would pass for a desk that never had an entry.
        if database.version()? == 0 {
            return Err(Error::Emptied { path: path.to_owned() });
        }
        database.finish_opening()
    }

    /// Opens a database on a disk that nobody can write to, as an archive is: SQLite then takes no locks and makes no files.
    fn open_unchanging(path: &Path) -> Result<Database, Error> {
        let needs_writing = |why| Error::NeedsWriting { path: path.to_owned(), why };
        if log_of(path).metadata().is_ok_and(|log| log.len() > 0) {
            return Err(needs_writing("its last commits are still in the log beside it"));
        }
        let Some(name) = path.to_str().filter(|name| !name.contains(['%', '?', '#'])) else {
            return Err(needs_writing("its path has characters that such a disk's can't have here"));
        };
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let database = Self::connect(path, Path::new(&format!("file:{name}?immutable=1")), flags)?;
        let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
        match database.version()? {
            0 => Err(Error::Emptied { path: path.to_owned() }),
            found if found > known => Err(Error::Newer { path: path.to_owned(), found, known }),
            found if found < known || !database.has_index() => Err(needs_writing("it is of an older version")),
            _ => Ok(database),
        }
    }

    /// Connects to the database at a path by the name that SQLite is to call it.
    fn connect(path: &Path, name: &Path, flags: OpenFlags) -> Result<Database, Error> {
        refuse_network(path)?;
        let fail = |e| database_error(path, &e);
        let connection = Connection::open_with_flags(name, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(fail)?;
        connection.busy_timeout(BUSY).map_err(fail)?;
        Ok(Database { path: path.to_owned(), connection, others: 0 })
    }

    fn finish_opening(mut self) -> Result<Database, Error> {
        self.migrate()?;
        self.sync_log()?;
        self.rebuild_index_if_old()?;
        Ok(self)
    }

    /// Looks at what others wrote since, as whoever opens it does: what is told of it from here on must outlive the power.
    ///
    /// # Errors
    /// The database fails.
    pub fn open_again(&mut self) -> Result<(), Error> {
        let now = self.connection.query_row("PRAGMA data_version", [], |row| row.get(0)).map_err(|e| self.fail(&e))?;
        if self.others != now {
            self.sync_log()?;
            self.others = now;
        }
        Ok(())
    }

    /// Makes what is in the write-ahead log last. A writer that was killed between writing and syncing leaves a commit there that
    /// SQLite takes for good; what is told of it from here on must outlive the power as well.
    fn sync_log(&self) -> Result<(), Error> {
        let log = log_of(&self.path);
        match File::open(&log) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(why) => Err(failed("open", &log)(why)),
            Ok(file) => {
                file.sync_all().map_err(failed("sync", &log))?;
                self.path.parent().map_or(Ok(()), sync_folder)
            }
        }
    }

    fn version(&self) -> Result<u32, Error> {
        self.connection
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .map_err(|e| database_error(&self.path, &e))
    }

    fn migrate(&mut self) -> Result<(), Error> {
        let path = self.path.clone();
        let fail = |e| database_error(&path, &e);
        let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
        let found = self.version()?;
        if found > known {
            return Err(Error::Newer { path, found, known });
        }
        self.connection.pragma_update(None, "synchronous", "FULL").map_err(fail)?;
        if found < known {
            let transaction =
                self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fail)?;
            // Another process may have migrated it between the first look and the lock.
            let from: u32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(fail)?;
            for (place, sql) in MIGRATIONS.iter().enumerate().skip(from as usize) {
                transaction.execute_batch(sql).map_err(fail)?;
                transaction
                    .pragma_update(None, "user_version", i64::try_from(place + 1).unwrap_or(i64::MAX))
                    .map_err(fail)?;
            }
            transaction.commit().map_err(fail)?;
            if let Some(folder) = path.parent() {
                sync_folder(folder)?;
            }
        }
        Ok(())
    }

    fn rebuild_index_if_old(&mut self) -> Result<(), Error> {
        if self.has_index() { Ok(()) } else { self.rebuild_index() }
    }

    /// Whether the index of entries is of this version.
    fn has_index(&self) -> bool {
        let version = self.connection.query_row("SELECT version FROM index_version", [], |row| row.get(0)).optional();
        version.unwrap_or(None) == Some(INDEX_VERSION)
    }

    /// Drops everything that can be computed from the entries, and computes it again.
    ///
    /// # Errors
    /// The database fails, or an entry is damaged.
    pub fn rebuild_index(&mut self) -> Result<(), Error> {
        let path = self.path.clone();
        let fail = |e| database_error(&path, &e);
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fail)?;
        transaction.execute_batch(INDEX).map_err(fail)?;
        transaction.execute("INSERT INTO index_version VALUES (?1)", [INDEX_VERSION]).map_err(fail)?;
        index_all(&transaction, &path)?;
        transaction.commit().map_err(fail)
    }

    /// Makes one commit with one signed head of what `build` pushes: all of it, or nothing.
    ///
    /// `build` runs under the writer's lock, so that what it reads still holds when its entries are written. It may refuse with
    /// its own error; where it pushes nothing, nothing is written.
    ///
    /// # Errors
    /// `build` refuses, the disk is full, or another writer holds the desk for more than half a minute.
    pub fn commit<T, E: From<Error>>(
        &mut self,
        key: &DeskKey,
        now: Timestamp,
        build: impl FnOnce(&mut Commit<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let path = self.path.clone();
        let fail = |e| database_error(&path, &e);
        // What is signed is what is stored: microseconds.
        let now = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fail)?;
        let edge = newest_edge(&transaction, &path)?;
        let before = edge.size();
        let mut commit = Commit { transaction: &transaction, path: &path, now, edge };
        let built = build(&mut commit)?;
        let edge = commit.edge;
        if edge.size() > before {
            let head = TreeHead::sign(key, before, edge.size(), edge.root(), now);
            let row = params![
                column(head.size),
                column(head.previous),
                head.root,
                head.time.as_microsecond(),
                head.signature,
                edge.to_bytes()
            ];
            transaction
                .execute(
                    "INSERT INTO head (size, previous, root, time, signature, edge) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    row,
                )
                .map_err(fail)?;
        }
        transaction.commit().map_err(fail)?;
        Ok(built)
    }

    /// Overwrites what was destroyed in the database's free pages and in the write-ahead log.
    ///
    /// # Errors
    /// The database fails.
    pub fn scrub(&mut self) -> Result<(), Error> {
        self.connection
            .execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")
            .map_err(|e| database_error(&self.path, &e))?;
        // SQLite does not sync the cut, after which an old log could be back.
        self.sync_log()
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(super) fn fail(&self, error: &rusqlite::Error) -> Error {
        database_error(&self.path, error)
    }

    /// A view of the entries as they are now.
    pub fn reader(&self) -> Reader<'_> {
        Reader { connection: &self.connection, path: &self.path }
    }

    /// A view of the entries as they are now and remain, whatever others write meanwhile.
    ///
    /// # Errors
    /// The database fails.
    pub fn with_snapshot<T, E: From<Error>>(&mut self, read: impl FnOnce(&Reader<'_>) -> Result<T, E>) -> Result<T, E> {
        let path = self.path.clone();
        let transaction = self.connection.transaction().map_err(|e| database_error(&path, &e))?;
        read(&Reader { connection: &transaction, path: &path })
    }
}

/// A commit being made.
pub struct Commit<'t> {
    transaction: &'t Transaction<'t>,
    path: &'t Path,
    now: Timestamp,
    edge: Edge,
}

impl Commit<'_> {
    pub(super) fn connection(&self) -> &Connection {
        self.transaction
    }

    pub(super) fn fail(&self, error: &rusqlite::Error) -> Error {
        database_error(self.path, error)
    }

    /// The entries that the commit builds on, and those pushed so far.
    pub fn reader(&self) -> Reader<'_> {
        Reader { connection: self.transaction, path: self.path }
    }

    /// Appends an entry.
    ///
    /// # Errors
    /// The disk is full.
    pub fn push(&mut self, new: &NewEntry) -> Result<EntryId, Error> {
        let fail = |e| database_error(self.path, &e);
        let seq = self.edge.size();
        let record = Record::new(seq, self.now, new)?;
        let id = record.id();
        insert_entry(self.transaction, seq, &record).map_err(fail)?;
        index_payload(self.transaction, seq, id, &new.payload).map_err(fail)?;
        if let Payload::Destruction(destruction) = &new.payload {
            self.transaction
                .execute("UPDATE entry SET salt = NULL, payload = NULL WHERE leaf = ?1", [destruction.entry.0])
                .map_err(fail)?;
        }
        self.edge.push(id.0);
        Ok(id)
    }
}

/// What a ledger is made of, as it is stored.
pub enum Row {
    /// An entry, and what the index has on it.
    Entry(Stored, Option<Indexed>),
    /// A signed head.
    Head(TreeHead),
}

/// What the index has on an entry.
pub struct Indexed {
    kind: String,
    of_case: Option<Hash>,
}

/// Holds the index against the entries, which are given in order. In memory there are the destroyed ones, and what is wrong.
#[derive(Default)]
pub struct IndexCheck {
    faults: Vec<u64>,
    /// Of each entry without a body: its place, the case under which the index has it, and the one that its destruction names.
    destroyed: BTreeMap<EntryId, (u64, Option<Hash>, Option<Hash>)>,
}

impl IndexCheck {
    /// Takes the next entry. What is damaged is not to be given: the index leaves it out, so that the rest can be shown.
    pub fn entry(&mut self, entry: &Entry, indexed: Option<Indexed>) {
        let Some(Indexed { kind, of_case }) = indexed else {
            self.faults.push(entry.header.seq);
            return;
        };
        let expected = match &entry.payload {
            Some(payload) => payload.case_of(entry.id),
            None => {
                self.destroyed.insert(entry.id, (entry.header.seq, of_case, None));
                None
            }
        };
        let is_of_case = entry.payload.is_none() || of_case == expected.map(|case| case.0);
        if kind != entry.header.kind || !is_of_case {
            self.faults.push(entry.header.seq);
        }
        if let Some(Payload::Destruction(destruction)) = &entry.payload
            && let Some((_, _, expected)) = self.destroyed.get_mut(&destruction.entry)
        {
            *expected = destruction.case.map(|case| case.0);
        }
    }

    /// The places whose rows in the index are not those that the entries give, in order.
    pub fn finish(mut self) -> Vec<u64> {
        let destroyed = self.destroyed.into_values().filter(|(_, found, expected)| found != expected);
        self.faults.extend(destroyed.map(|(seq, ..)| seq));
        self.faults.sort_unstable();
        self.faults.dedup();
        self.faults
    }
}

/// Reads entries.
pub struct Reader<'c> {
    connection: &'c Connection,
    path: &'c Path,
}

impl Reader<'_> {
    /// The newest signed head.
    ///
    /// # Errors
    /// The database fails.
    pub fn newest_head(&self) -> Result<Option<TreeHead>, Error> {
        self.connection
            .query_row("SELECT size, previous, root, time, signature FROM head ORDER BY size DESC LIMIT 1", [], head)
            .optional()
            .map_err(|e| self.fail(&e))
    }

    /// Gives every entry to `take`, in order, one at a time, unread; and every signed head in order of size, each right behind the last
    /// of the entries that it covers, or at the end.
    ///
    /// # Errors
    /// The database fails.
    pub fn each(&self, mut take: impl FnMut(Row)) -> Result<(), Error> {
        let fail = |e| self.fail(&e);
        let mut entries = self
            .connection
            .prepare(
                "SELECT e.seq, leaf, header, salt, payload, i.kind, i.of_case
                 FROM entry e LEFT JOIN entry_index i ON i.seq = e.seq ORDER BY e.seq",
            )
            .map_err(fail)?;
        let mut heads = self
            .connection
            .prepare("SELECT size, previous, root, time, signature FROM head ORDER BY size")
            .map_err(fail)?;
        let mut heads = heads.query_map([], head).map_err(fail)?;
        let mut next_head = heads.next().transpose().map_err(fail)?;
        let mut rows = entries.query([]).map_err(fail)?;
        while let Some(row) = rows.next().map_err(fail)? {
            let stored = stored(row).map_err(fail)?;
            let covered = stored.seq.saturating_add(1);
            let kind: Option<String> = row.get(5).map_err(fail)?;
            let of_case = row.get(6).map_err(fail)?;
            take(Row::Entry(stored, kind.map(|kind| Indexed { kind, of_case })));
            while let Some(head) = next_head.take_if(|head| head.size <= covered) {
                take(Row::Head(head));
                next_head = heads.next().transpose().map_err(fail)?;
            }
        }
        for head in next_head.map(Ok).into_iter().chain(heads) {
            take(Row::Head(head.map_err(fail)?));
        }
        Ok(())
    }

    /// The leaf hashes of the first `size` entries, in order.
    ///
    /// # Errors
    /// The database fails.
    pub fn leaves(&self, size: u64) -> Result<Vec<Hash>, Error> {
        let mut select =
            self.connection.prepare("SELECT leaf FROM entry WHERE seq < ?1 ORDER BY seq").map_err(|e| self.fail(&e))?;
        select.query_map([column(size)], |row| row.get(0)).and_then(Iterator::collect).map_err(|e| self.fail(&e))
    }

    /// The entries of a case in order, the one that opened it first.
    ///
    /// # Errors
    /// The database fails, or an entry is damaged.
    pub fn of_case(&self, case: EntryId) -> Result<Vec<Entry>, Error> {
        self.of_case_since(case, 0)
    }

    /// Those of them from a place on.
    ///
    /// # Errors
    /// The database fails, or an entry is damaged.
    pub fn of_case_since(&self, case: EntryId, seq: u64) -> Result<Vec<Entry>, Error> {
        self.entries(
            "SELECT e.seq, leaf, header, salt, payload FROM entry_index i JOIN entry e ON e.seq = i.seq
             WHERE i.of_case = ?1 AND i.seq >= ?2 ORDER BY i.seq",
            params![case.0, column(seq)],
        )
    }

    /// The place of the newest entry of each case, and under none of those that are of no case.
    ///
    /// # Errors
    /// The database fails.
    pub fn newest_by_case(&self) -> Result<BTreeMap<Option<EntryId>, u64>, Error> {
        self.newest_places("SELECT of_case, MAX(seq) FROM entry_index GROUP BY of_case", params![])
    }

    /// The same of the entries of a kind.
    ///
    /// # Errors
    /// The database fails.
    pub fn newest_of_kind(&self, kind: &str) -> Result<BTreeMap<Option<EntryId>, u64>, Error> {
        self.newest_places("SELECT of_case, MAX(seq) FROM entry_index WHERE kind = ?1 GROUP BY of_case", params![kind])
    }

    fn newest_places(
        &self,
        query: &str,
        params: impl rusqlite::Params,
    ) -> Result<BTreeMap<Option<EntryId>, u64>, Error> {
        let fail = |e| database_error(self.path, &e);
        let mut statement = self.connection.prepare(query).map_err(fail)?;
        let rows = statement.query_map(params, |row| Ok((row.get::<_, Option<Hash>>(0)?, row.get::<_, i64>(1)?)));
        let rows = rows.and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(fail)?;
        Ok(rows.into_iter().map(|(case, seq)| (case.map(EntryId), u64::try_from(seq).unwrap_or(0))).collect())
    }

    /// The entries of a kind in order.
    ///
    /// # Errors
    /// The database fails, or an entry is damaged.
    pub fn of_kind(&self, kind: &str) -> Result<Vec<Entry>, Error> {
        self.entries(
            "SELECT e.seq, leaf, header, salt, payload FROM entry_index i JOIN entry e ON e.seq = i.seq
             WHERE i.kind = ?1 ORDER BY i.seq",
            params![kind],
        )
    }

    /// The one entry whose id begins with these hexadecimal digits.
    ///
    /// # Errors
    /// More than one does, or the database fails.
    pub fn by_prefix(&self, prefix: &str) -> Result<Option<Entry>, Error> {
        let Some((lowest, highest)) = bounds(prefix) else { return Ok(None) };
        let mut found = self.entries(
            "SELECT seq, leaf, header, salt, payload FROM entry WHERE leaf BETWEEN ?1 AND ?2 LIMIT 2",
            params![lowest, highest],
        )?;
        if found.len() > 1 {
            return Err(Error::AmbiguousPrefix { prefix: prefix.to_owned() });
        }
        Ok(found.pop())
    }

    /// The newest entries, newest first.
    ///
    /// # Errors
    /// The database fails, or an entry is damaged.
    pub fn newest(&self, count: u32) -> Result<Vec<Entry>, Error> {
        self.entries("SELECT seq, leaf, header, salt, payload FROM entry ORDER BY seq DESC LIMIT ?1", params![count])
    }

    fn entries(&self, sql: &str, params: impl rusqlite::Params) -> Result<Vec<Entry>, Error> {
        let mut select = self.connection.prepare(sql).map_err(|e| self.fail(&e))?;
        let mut rows = select.query(params).map_err(|e| self.fail(&e))?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next().map_err(|e| self.fail(&e))? {
            let stored = stored(row).map_err(|e| self.fail(&e))?;
            entries.push(Entry::from_record(&stored.record)?);
        }
        Ok(entries)
    }

    fn fail(&self, error: &rusqlite::Error) -> Error {
        database_error(self.path, error)
    }
}

fn newest_edge(transaction: &Transaction<'_>, path: &Path) -> Result<Edge, Error> {
    let newest: Option<(i64, Vec<u8>)> = transaction
        .query_row("SELECT size, edge FROM head ORDER BY size DESC LIMIT 1", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
        .map_err(|e| database_error(path, &e))?;
    match newest {
        None => Ok(Edge::default()),
        Some((size, bytes)) => {
            u64::try_from(size).ok().and_then(|size| Edge::from_bytes(size, &bytes)).ok_or(Error::HeadDamaged)
        }
    }
}

fn insert_entry(transaction: &Transaction<'_>, seq: u64, record: &Record) -> rusqlite::Result<usize> {
    let body = record.body.as_ref();
    transaction.execute(
        "INSERT INTO entry (seq, leaf, header, salt, payload) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![column(seq), record.id().0, record.header, body.map(|body| &body.salt), body.map(|body| &body.payload)],
    )
}

/// Fills the index from the entries. Damaged ones are left out, so that the rest can be shown.
fn index_all(transaction: &Transaction<'_>, path: &Path) -> Result<(), Error> {
    let fail = |e| database_error(path, &e);
    let mut select =
        transaction.prepare("SELECT seq, leaf, header, salt, payload FROM entry ORDER BY seq").map_err(fail)?;
    let mut rows = select.query([]).map_err(fail)?;
    while let Some(row) = rows.next().map_err(fail)? {
        let stored = stored(row).map_err(fail)?;
        if let Ok(entry) = Entry::from_record(&stored.record) {
            index_entry(transaction, stored.seq, &entry).map_err(fail)?;
        }
    }
    Ok(())
}

fn index_entry(transaction: &Transaction<'_>, seq: u64, entry: &Entry) -> rusqlite::Result<usize> {
    match &entry.payload {
        Some(payload) => index_payload(transaction, seq, entry.id, payload),
        // A destroyed entry is still found by its kind; which case it belonged to, its destruction says.
        None => insert_index(transaction, seq, &entry.header.kind, None),
    }
}

fn index_payload(transaction: &Transaction<'_>, seq: u64, id: EntryId, payload: &Payload) -> rusqlite::Result<usize> {
    if let Payload::Destruction(destruction) = payload {
        // The same row whether the index lives through the destruction or is rebuilt after it.
        transaction.execute(
            "UPDATE entry_index SET of_case = ?2 WHERE seq = (SELECT seq FROM entry WHERE leaf = ?1)",
            params![destruction.entry.0, destruction.case.map(|case| case.0)],
        )?;
    }
    insert_index(transaction, seq, payload.kind(), payload.case_of(id))
}

fn insert_index(transaction: &Transaction<'_>, seq: u64, kind: &str, case: Option<EntryId>) -> rusqlite::Result<usize> {
    transaction.execute(
        "INSERT INTO entry_index (seq, kind, of_case) VALUES (?1, ?2, ?3)",
        params![column(seq), kind, case.map(|case| case.0)],
    )
}

fn stored(row: &rusqlite::Row<'_>) -> rusqlite::Result<Stored> {
    let salt: Option<Vec<u8>> = row.get(3)?;
    let payload: Option<Vec<u8>> = row.get(4)?;
    let body = salt.zip(payload).map(|(salt, payload)| Body { salt, payload });
    let seq: i64 = row.get(0)?;
    Ok(Stored {
        // A negative place is no place; it then shows as one that no entry was made for.
        seq: u64::try_from(seq).unwrap_or(u64::MAX - 1),
        leaf: row.get(1)?,
        record: Record { header: row.get(2)?, body },
    })
}

fn head(row: &rusqlite::Row<'_>) -> rusqlite::Result<TreeHead> {
    let (size, previous): (i64, i64) = (row.get(0)?, row.get(1)?);
    let time: i64 = row.get(3)?;
    Ok(TreeHead {
        size: u64::try_from(size).unwrap_or(u64::MAX),
        previous: u64::try_from(previous).unwrap_or(u64::MAX),
        root: row.get(2)?,
        time: Timestamp::from_microsecond(time).unwrap_or(Timestamp::MIN),
        signature: row.get(4)?,
    })
}

/// The lowest and the highest id with this prefix; `None` where it is no beginning of an id.
fn bounds(prefix: &str) -> Option<(Hash, Hash)> {
    if prefix.is_empty() || prefix.len() > 64 {
        return None;
    }
    let padded = |digit: &str| {
        let digits = prefix.to_ascii_lowercase() + &digit.repeat(64 - prefix.len());
        digits.parse::<EntryId>().ok().map(|id| id.0)
    };
    Some((padded("0")?, padded("f")?))
}

/// A ledger of 2^63 entries does not fit on any disk.
fn column(place: u64) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

/// A moment as a column holds it; what is none is one of long ago.
pub(super) fn moment(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn database_error(path: &Path, error: &rusqlite::Error) -> Error {
    use rusqlite::ErrorCode;
    let hint = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => "; free some space and run the command again: the desk is as it was",
        Some(ErrorCode::SystemIoFailure) => "; look for a full or failing disk: the desk is as it was",
        Some(ErrorCode::ReadOnly) => "; the desk must be writable by you for this",
        Some(ErrorCode::CannotOpen) => "; check that the desk's folder exists and that you may read and write it",
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "; another gainsay is writing to this desk: run the command again when it is done"
        }
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            "; the file is damaged: restore the desk from a backup, then run `gainsay ledger verify`"
        }
        _ => "",
    };
    Error::Database { path: path.to_owned(), why: error.to_string(), hint }
}

/// The write-ahead log beside a database.
fn log_of(path: &Path) -> PathBuf {
    let mut log = path.to_owned().into_os_string();
    log.push("-wal");
    PathBuf::from(log)
}

/// Whether a file is on a disk that is mounted read-only.
fn is_read_only(path: &Path) -> bool {
    rustix::fs::statvfs(path).is_ok_and(|status| status.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY))
}

/// Locks and shared memory of SQLite's WAL do not work over a network.
fn refuse_network(path: &Path) -> Result<(), Error> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(status) = rustix::fs::statfs(folder) else {
        return Err(failed("open", folder)(std::io::Error::from(std::io::ErrorKind::NotFound)));
    };
    // Magic numbers of statfs(2).
    let kind = match u32::try_from(status.f_type).unwrap_or(0) {
        0x6969 => "NFS",
        0x517b => "SMB",
        0xff53_4d42 => "CIFS",
        0xfe53_4d42 => "SMB2",
        0x0102_1997 => "9P",
        0x5346_414f => "AFS",
        0x7375_7245 => "Coda",
        _ => return Ok(()),
    };
    Err(Error::NetworkFileSystem { path: folder.to_owned(), kind })
}
