//! Who may come to the desk from elsewhere, and what lets them in. Of passwords, sessions and tokens there are digests alone.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Error;
use super::database::{Commit, Database, moment};
use crate::claim::EntryId;
use crate::ledger::Hash;

/// The migration that makes the tables.
pub(super) const TABLES: &str = "CREATE TABLE account (
        name      TEXT PRIMARY KEY,
        role      TEXT NOT NULL,
        password  TEXT NOT NULL,
        is_active INTEGER NOT NULL,
        cases     BLOB
     ) STRICT;
     CREATE TABLE pass (
        id      INTEGER PRIMARY KEY AUTOINCREMENT,
        digest  BLOB NOT NULL UNIQUE,
        account TEXT,
        scope   TEXT,
        label   TEXT NOT NULL,
        made    INTEGER NOT NULL,
        until   INTEGER
     ) STRICT;
     CREATE INDEX pass_account ON pass (account);";

/// An account as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// Its name, which is the author of the entries that it makes.
    pub name: String,
    /// The word of its role.
    pub role: String,
    /// What its password is checked against.
    pub password: String,
    /// Whether it may come in.
    pub is_active: bool,
    /// The cases that it sees; all where there is no list.
    pub cases: Option<Vec<EntryId>>,
}

/// What lets somebody in: a browser's session, or a program's token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassRow {
    /// Its number.
    pub id: i64,
    /// Whose it is; the desk's owner's where it is nobody's.
    pub account: Option<String>,
    /// The word of the most that it may, of a token; a session may what its account may.
    pub scope: Option<String>,
    /// What it is called.
    pub label: String,
    /// Since when it is.
    pub made: Timestamp,
    /// Until when it opens anything.
    pub until: Option<Timestamp>,
}

const ACCOUNT: &str = "SELECT name, role, password, is_active, cases FROM account";
const PASS: &str = "SELECT id, account, scope, label, made, until FROM pass";

impl Database {
    /// All accounts by name.
    ///
    /// # Errors
    /// The database fails.
    pub fn accounts(&self) -> Result<Vec<AccountRow>, Error> {
        let mut select = self.connection().prepare(&format!("{ACCOUNT} ORDER BY name")).map_err(|e| self.fail(&e))?;
        select.query_map([], account).and_then(Iterator::collect).map_err(|e| self.fail(&e))
    }

    /// The account of a name.
    ///
    /// # Errors
    /// The database fails.
    pub fn account(&self, name: &str) -> Result<Option<AccountRow>, Error> {
        named(self.connection(), name).map_err(|e| self.fail(&e))
    }

    /// The pass of which this is the digest.
    ///
    /// # Errors
    /// The database fails.
    pub fn pass(&self, digest: &Hash) -> Result<Option<PassRow>, Error> {
        let mut select = self.connection().prepare(&format!("{PASS} WHERE digest = ?1")).map_err(|e| self.fail(&e))?;
        select.query_row([digest], pass).optional().map_err(|e| self.fail(&e))
    }

    /// The tokens of an account, the oldest first.
    ///
    /// # Errors
    /// The database fails.
    pub fn tokens(&self, account: &str) -> Result<Vec<PassRow>, Error> {
        let sql = format!("{PASS} WHERE account = ?1 AND scope IS NOT NULL ORDER BY id");
        let mut select = self.connection().prepare(&sql).map_err(|e| self.fail(&e))?;
        select.query_map([account], pass).and_then(Iterator::collect).map_err(|e| self.fail(&e))
    }

    /// Lets a browser in, and forgets the passes that have run out.
    ///
    /// # Errors
    /// The database fails.
    pub fn add_session(
        &mut self,
        digest: &Hash,
        account: Option<&str>,
        made: Timestamp,
        until: Timestamp,
    ) -> Result<(), Error> {
        let connection = self.connection();
        connection
            .execute("DELETE FROM pass WHERE until < ?1", [made.as_microsecond()])
            .and_then(|_| {
                connection.execute(
                    "INSERT INTO pass (digest, account, label, made, until) VALUES (?1, ?2, '', ?3, ?4)",
                    params![digest, account, made.as_microsecond(), until.as_microsecond()],
                )
            })
            .map(drop)
            .map_err(|e| self.fail(&e))
    }

    /// Forgets a pass by its digest.
    ///
    /// # Errors
    /// The database fails.
    pub fn end_pass(&mut self, digest: &Hash) -> Result<(), Error> {
        let ended = self.connection().execute("DELETE FROM pass WHERE digest = ?1", [digest]);
        ended.map(drop).map_err(|e| self.fail(&e))
    }
}

impl Commit<'_> {
    /// The account of a name, as it is under the writer's lock.
    ///
    /// # Errors
    /// The database fails.
    pub fn account(&self, name: &str) -> Result<Option<AccountRow>, Error> {
        named(self.connection(), name).map_err(|e| self.fail(&e))
    }

    /// Keeps an account as it is now.
    ///
    /// # Errors
    /// The database fails.
    pub fn set_account(&mut self, row: &AccountRow) -> Result<(), Error> {
        let cases = row.cases.as_ref().map(|cases| cases.iter().flat_map(|id| id.0).collect::<Vec<u8>>());
        let sql = "INSERT OR REPLACE INTO account (name, role, password, is_active, cases) VALUES (?1, ?2, ?3, ?4, ?5)";
        let set = self.connection().execute(sql, params![row.name, row.role, row.password, row.is_active, cases]);
        set.map(drop).map_err(|e| self.fail(&e))
    }

    /// Forgets the sessions of an account, and its tokens where they are to go too.
    ///
    /// # Errors
    /// The database fails.
    pub fn end_passes(&mut self, account: &str, and_tokens: bool) -> Result<(), Error> {
        let sql = "DELETE FROM pass WHERE account = ?1 AND (scope IS NULL OR ?2)";
        self.connection().execute(sql, params![account, and_tokens]).map(drop).map_err(|e| self.fail(&e))
    }

    /// Keeps a token, and gives its number.
    ///
    /// # Errors
    /// The database fails.
    pub fn add_token(
        &mut self,
        digest: &Hash,
        account: &str,
        scope: &str,
        label: &str,
        made: Timestamp,
    ) -> Result<i64, Error> {
        let sql = "INSERT INTO pass (digest, account, scope, label, made) VALUES (?1, ?2, ?3, ?4, ?5)";
        let row = params![digest, account, scope, label, made.as_microsecond()];
        self.connection().execute(sql, row).map_err(|e| self.fail(&e))?;
        Ok(self.connection().last_insert_rowid())
    }

    /// Forgets a token of an account; whether there was one.
    ///
    /// # Errors
    /// The database fails.
    pub fn end_token(&mut self, account: &str, id: i64) -> Result<bool, Error> {
        let sql = "DELETE FROM pass WHERE account = ?1 AND id = ?2 AND scope IS NOT NULL";
        Ok(self.connection().execute(sql, params![account, id]).map_err(|e| self.fail(&e))? == 1)
    }
}

fn named(connection: &Connection, name: &str) -> rusqlite::Result<Option<AccountRow>> {
    connection.query_row(&format!("{ACCOUNT} WHERE name = ?1"), [name], account).optional()
}

fn account(row: &Row<'_>) -> rusqlite::Result<AccountRow> {
    let cases: Option<Vec<u8>> = row.get(4)?;
    let id = |bytes: &[u8]| bytes.try_into().ok().map(EntryId);
    Ok(AccountRow {
        name: row.get(0)?,
        role: row.get(1)?,
        password: row.get(2)?,
        is_active: row.get(3)?,
        cases: cases.map(|cases| cases.chunks(32).filter_map(id).collect()),
    })
}

fn pass(row: &Row<'_>) -> rusqlite::Result<PassRow> {
    let until: Option<i64> = row.get(5)?;
    Ok(PassRow {
        id: row.get(0)?,
        account: row.get(1)?,
        scope: row.get(2)?,
        label: row.get(3)?,
        made: moment(row.get(4)?),
        until: until.map(moment),
    })
}
