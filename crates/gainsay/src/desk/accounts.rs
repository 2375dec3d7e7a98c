//! Accounts: who may come to the desk from elsewhere, what each may do there, and what lets them in.
//!
//! An account's name is the author of its entries. The desk's own key signs them as it signs all others, so that the ledger tells who was
//! signed in, on this desk's word. What is changed about accounts is an entry too; passwords, sessions and tokens are kept by digest
//! alone, outside the ledger.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use jiff::{SignedDuration, Timestamp};

use super::{Acting, Desk, Error, check_name};
use crate::claim::EntryId;
use crate::ledger::payload::AccountSet;
use crate::ledger::sha256;
use crate::store::{AccountRow, Commit, PassRow};

/// How long a browser stays let in.
pub const STAY: SignedDuration = SignedDuration::from_hours(12);

/// How many characters a password has at least. What it is made of is its owner's business.
const PASSWORD: usize = 12;

/// How many it has at most: what somebody sends to be hashed is bounded.
const PASSWORD_MOST: usize = 1024;

/// What somebody may do, each with all that stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Look.
    Reader,
    /// Add sources, decide on statements, open cases.
    Analyst,
    /// Have this machine's own files indexed and matched, and end everybody's jobs.
    Admin,
}

impl Role {
    const WORDS: [(Role, &'static str, &'static str); 3] =
        [(Role::Reader, "reader", "read"), (Role::Analyst, "analyst", "write"), (Role::Admin, "admin", "admin")];

    /// As it is shown and stored.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(role, ..)| *role == self).map_or("", |(_, word, _)| word)
    }

    /// What a token that may no more than this is called.
    pub fn scope(self) -> &'static str {
        Self::WORDS.iter().find(|(role, ..)| *role == self).map_or("", |(.., scope)| scope)
    }

    /// The role by the word of a token's scope.
    pub fn of_scope(word: &str) -> Option<Role> {
        Self::WORDS.iter().find(|(.., scope)| *scope == word).map(|(role, ..)| *role)
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(word: &str) -> Result<Role, String> {
        let found = Self::WORDS.iter().find(|(_, known, _)| *known == word).map(|(role, ..)| *role);
        found.ok_or_else(|| format!("{word:?} is no role: reader, analyst or admin"))
    }
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Whether it may come in.
    pub is_active: bool,
    /// The cases that it sees; all where there is no list.
    pub cases: Option<BTreeSet<EntryId>>,
}

/// What is to be changed of an account; what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct AccountChange {
    /// What it may do.
    pub role: Option<Role>,
    /// Whether it may come in.
    pub is_active: Option<bool>,
    /// The cases that it sees, by name or id; all with `Some(None)`.
    pub cases: Option<Option<Vec<String>>>,
    /// Its password.
    pub password: Option<String>,
}

/// Who is in, and what they may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// Their account; none of the desk's owner, who came by the link.
    pub account: Option<String>,
    /// What they may do here.
    pub role: Role,
    /// The cases that they see; all where there is no list.
    pub cases: Option<BTreeSet<EntryId>>,
}

/// A program's token, without what it opens the desk with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its number.
    pub id: i64,
    /// What it is called.
    pub label: String,
    /// The most that it may.
    pub scope: Role,
    /// When it was made.
    pub made: Timestamp,
}

/// What an unknown name is held against: it takes as long as a known one.
static NOBODY: LazyLock<String> = LazyLock::new(|| hashed(b"nobody's password").unwrap_or_default());

impl Desk {
    /// All accounts by name.
    ///
    /// # Errors
    /// The store fails.
    pub fn accounts(&self) -> Result<Vec<Account>, Error> {
        Ok(self.database.accounts()?.into_iter().map(account).collect())
    }

    /// Makes an account that sees the cases named, or all.
    ///
    /// # Errors
    /// There is one of that name, the name cannot be an author's, there is no such case, or the password is too short.
    pub fn add_account(
        &mut self,
        acting: &Acting,
        name: &str,
        role: Role,
        cases: Option<&[String]>,
        password: &str,
    ) -> Result<Account, Error> {
        check_name("user", name)?;
        Acting::new(name, acting.now)?;
        let cases = self.ids_of(cases)?;
        let password = checked(password)?;
        let row = AccountRow { name: name.to_owned(), role: role.word().to_owned(), password, is_active: true, cases };
        self.put_account(acting, "added", name, false, |commit| {
            if commit.account(name)?.is_some() {
                return Err(Error::Account { why: format!("there is a user {name:?} already") });
            }
            Ok(row)
        })
    }

    /// Changes an account. Whoever is signed in with it is let out where what it may, or its password, changes.
    ///
    /// # Errors
    /// There is no such account or case, or the password is too short.
    pub fn change_account(&mut self, acting: &Acting, name: &str, change: AccountChange) -> Result<Account, Error> {
        let cases = change.cases.as_ref().map(|cases| self.ids_of(cases.as_deref())).transpose()?;
        let password = change.password.as_deref().map(checked).transpose()?;
        let what = match &change {
            AccountChange { is_active: Some(true), .. } => "let in again",
            AccountChange { is_active: Some(false), .. } => "disabled",
            AccountChange { role: Some(_), .. } => "given another role",
            AccountChange { cases: Some(_), .. } => "given other cases",
            AccountChange { .. } => "given another password",
        };
        // Tokens of somebody who is let out for good open nothing again either.
        let and_tokens = change.is_active == Some(false);
        self.put_account(acting, what, name, and_tokens, |commit| {
            let mut row = row_of(commit, name)?;
            change.role.into_iter().for_each(|role| role.word().clone_into(&mut row.role));
            change.is_active.into_iter().for_each(|is_active| row.is_active = is_active);
            cases.into_iter().for_each(|cases| row.cases = cases);
            password.into_iter().for_each(|password| row.password = password);
            Ok(row)
        })
    }

    fn put_account(
        &mut self,
        acting: &Acting,
        what: &str,
        name: &str,
        and_tokens: bool,
        make: impl FnOnce(&Commit<'_>) -> Result<AccountRow, Error>,
    ) -> Result<Account, Error> {
        let tlp = self.config.tlp;
        self.database.commit(&self.key, acting.now, |commit| {
            let row = make(commit)?;
            commit.set_account(&row)?;
            commit.end_passes(name, and_tokens)?;
            commit.push(&acting.entry(tlp, record(&row, what)))?;
            Ok(account(row))
        })
    }

    fn ids_of(&self, cases: Option<&[String]>) -> Result<Option<Vec<EntryId>>, Error> {
        cases.map(|cases| cases.iter().map(|case| self.case_id(case)).collect()).transpose()
    }

    /// Checks a name and a password, and gives what a browser's cookie is to hold; `None` where they do not open the desk. It takes as
    /// long whichever of them is wrong.
    ///
    /// # Errors
    /// The store fails, or the machine gives no random bytes.
    pub fn sign_in(&mut self, name: &str, password: &str, now: Timestamp) -> Result<Option<String>, Error> {
        let nobody = NOBODY.as_str();
        let row = self.database.account(name)?;
        let kept = row.as_ref().map_or(nobody, |row| &row.password);
        let is_right = password.len() <= PASSWORD_MOST && opens(password, kept);
        match row.filter(|row| is_right && row.is_active) {
            Some(row) => {
                let secret = self.let_in(Some(&row.name), now)?;
                // Whoever changed it while it was checked let out whoever was in by then, but not who came in after.
                if self.database.account(name)?.is_some_and(|it| it.password == row.password) {
                    return Ok(Some(secret));
                }
                self.let_out(&secret)?;
                Ok(None)
            }
            None => Ok(None),
        }
    }

    /// Lets a browser in: with an account, or as the desk's owner. Gives what its cookie is to hold.
    ///
    /// # Errors
    /// The store fails, or the machine gives no random bytes.
    pub fn let_in(&mut self, account: Option<&str>, now: Timestamp) -> Result<String, Error> {
        let secret = secret()?;
        let until = now.checked_add(STAY).unwrap_or(Timestamp::MAX);
        self.database.add_session(&sha256(&[secret.as_bytes()]), account, now, until)?;
        Ok(secret)
    }

    /// Lets a browser out.
    ///
    /// # Errors
    /// The store fails.
    pub fn let_out(&mut self, secret: &str) -> Result<(), Error> {
        Ok(self.database.end_pass(&sha256(&[secret.as_bytes()]))?)
    }

    /// Who comes with this; `None` where it opens nothing, or no longer. A browser's opens nothing as a program's, nor the other way.
    ///
    /// # Errors
    /// The store fails.
    pub fn who(&self, secret: &str, is_token: bool, now: Timestamp) -> Result<Option<Who>, Error> {
        // What is looked up is a digest: how long that takes tells nothing of what is asked for.
        let pass = self.database.pass(&sha256(&[secret.as_bytes()]))?;
        let pass = pass.filter(|pass| pass.until.is_none_or(|until| now < until) && pass.scope.is_some() == is_token);
        let Some(PassRow { account: name, scope, .. }) = pass else { return Ok(None) };
        let Some(name) = name else { return Ok(Some(Who { account: None, role: Role::Admin, cases: None })) };
        let Some(account) = self.database.account(&name)?.filter(|row| row.is_active).map(account) else {
            return Ok(None);
        };
        let most = scope.map_or(Some(Role::Admin), |scope| Role::of_scope(&scope)).unwrap_or(Role::Reader);
        Ok(Some(Who { account: Some(name), role: account.role.min(most), cases: account.cases }))
    }

    /// The tokens of an account, the oldest first.
    ///
    /// # Errors
    /// The store fails.
    pub fn tokens(&self, name: &str) -> Result<Vec<Token>, Error> {
        let token = |row: PassRow| {
            let scope = row.scope.as_deref().and_then(Role::of_scope).unwrap_or(Role::Reader);
            Token { id: row.id, label: row.label, scope, made: row.made }
        };
        Ok(self.database.tokens(name)?.into_iter().map(token).collect())
    }

    /// Makes a token for an account, and gives what a program is to send: it is told this once.
    ///
    /// # Errors
    /// There is no such account, the label cannot be one, or the machine gives no random bytes.
    pub fn add_token(
        &mut self,
        acting: &Acting,
        name: &str,
        scope: Role,
        label: &str,
    ) -> Result<(Token, String), Error> {
        check_name("token", label)?;
        let secret = format!("gainsay_{}", secret()?);
        let tlp = self.config.tlp;
        let id = self.database.commit(&self.key, acting.now, |commit| {
            let row = row_of(commit, name)?;
            let id = commit.add_token(&sha256(&[secret.as_bytes()]), name, scope.scope(), label, acting.now)?;
            let what = format!("given token {id} to {}", scope.scope());
            commit.push(&acting.entry(tlp, record(&row, &what)))?;
            Ok::<_, Error>(id)
        })?;
        Ok((Token { id, label: label.to_owned(), scope, made: acting.now }, secret))
    }

    /// Takes a token back: it opens nothing any more.
    ///
    /// # Errors
    /// The account has no such token.
    pub fn end_token(&mut self, acting: &Acting, name: &str, id: i64) -> Result<(), Error> {
        let tlp = self.config.tlp;
        self.database.commit(&self.key, acting.now, |commit| {
            let row = row_of(commit, name)?;
            if !commit.end_token(name, id)? {
                return Err(Error::NoToken { name: name.to_owned(), id });
            }
            commit.push(&acting.entry(tlp, record(&row, &format!("deprived of token {id}"))))?;
            Ok(())
        })
    }
}

/// The account that is to be changed.
fn row_of(commit: &Commit<'_>, name: &str) -> Result<AccountRow, Error> {
    commit.account(name)?.ok_or_else(|| Error::NoAccount { name: name.to_owned() })
}

fn account(row: AccountRow) -> Account {
    Account {
        // A word of a later version may no more than look.
        role: row.role.parse().unwrap_or(Role::Reader),
        is_active: row.is_active,
        cases: row.cases.map(|cases| cases.into_iter().collect()),
        name: row.name,
    }
}

/// What the ledger keeps of an account: nothing that opens the desk.
fn record(row: &AccountRow, what: &str) -> AccountSet {
    AccountSet {
        name: row.name.clone(),
        role: row.role.clone(),
        is_active: row.is_active,
        cases: row.cases.clone(),
        what: what.to_owned(),
    }
}

/// A password as it is kept, where it is long enough.
fn checked(password: &str) -> Result<String, Error> {
    let characters = password.chars().count();
    if characters < PASSWORD || password.len() > PASSWORD_MOST {
        let why = format!("a password has {PASSWORD} characters or more, and at most {PASSWORD_MOST} bytes");
        return Err(Error::Account { why });
    }
    hashed(password.as_bytes()).ok_or_else(no_random)
}

/// By Argon2id with 19 MiB, two passes and one lane, as RFC 9106 allows and OWASP advises; the parameters stand in what is kept.
fn hashed(password: &[u8]) -> Option<String> {
    Argon2::default().hash_password(password).ok().map(|hash| hash.to_string())
}

fn opens(password: &str, kept: &str) -> bool {
    Argon2::default().verify_password(password.as_bytes(), kept).is_ok()
}

/// 256 bits that nobody can guess, in hexadecimal.
///
/// # Errors
/// The machine gives no random bytes.
pub fn secret() -> Result<String, Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| no_random())?;
    Ok(EntryId(bytes).to_string())
}

fn no_random() -> Error {
    Error::Account { why: "the machine gives no random bytes".to_owned() }
}
