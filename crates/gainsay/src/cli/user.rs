use std::io::{BufRead, IsTerminal};

use serde_json::json;

use super::ui::Ui;
use super::{Answer, Error, Place, acting, parse_word};
use crate::desk::{Account, AccountChange, Desk, Role};

/// Accounts of whoever comes to the desk with a browser from elsewhere (`gainsay serve`)
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Make an account; its password is asked for, or is the first line of the input
    Add {
        /// Its name, which will be the author of its entries
        #[arg(value_name = "NAME")]
        name: String,
        /// What it may do: reader, analyst or admin
        #[arg(long, value_name = "ROLE", default_value = "analyst", value_parser = parse_word::<Role>)]
        role: Role,
        /// Let it see this case and no other that is not named; may be given again
        #[arg(long, value_name = "CASE")]
        case: Vec<String>,
    },
    /// List the accounts with what they may
    List,
    /// Let an account in no more; whoever is signed in with it is out at once
    Disable {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Let an account in again
    Enable {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Give an account another role: reader, analyst or admin
    Role {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
        /// What it may do from now on
        #[arg(value_name = "ROLE", value_parser = parse_word::<Role>)]
        role: Role,
    },
    /// Let an account see these cases alone, or all with --all
    Cases {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
        /// The cases
        #[arg(value_name = "CASE", required_unless_present = "all", conflicts_with = "all")]
        cases: Vec<String>,
        /// All that there are and will be
        #[arg(long)]
        all: bool,
    },
    /// Give an account another password, which is asked for, or is the first line of the input
    Password {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// List the tokens of an account's programs, make one, or take one back
    Token {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
        /// Make one under this label, and print it once
        #[arg(long, value_name = "LABEL", conflicts_with = "revoke")]
        add: Option<String>,
        /// The most that it may: read, write or admin
        #[arg(long, value_name = "SCOPE", default_value = "read", value_parser = scope)]
        scope: Role,
        /// Take back the one of this number
        #[arg(long, value_name = "ID")]
        revoke: Option<i64>,
    },
}

fn scope(word: &str) -> Result<Role, String> {
    Role::of_scope(word).ok_or_else(|| "give read, write or admin".to_owned())
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let mut desk = place.open()?;
        let acting = acting(&desk)?;
        let (name, change) = match self.command {
            Command::List => {
                let accounts = desk.accounts()?;
                if accounts.is_empty() && !ui.json {
                    ui.line("No user. `gainsay user add NAME` makes one.");
                }
                accounts.iter().for_each(|account| show(&desk, account, ui));
                return Ok(Answer::Yes);
            }
            Command::Token { name, add, scope, revoke } => {
                return tokens(&mut desk, &acting, &name, (add, scope, revoke), ui);
            }
            Command::Add { name, role, case } => {
                let password = password(ui)?;
                let cases = (!case.is_empty()).then_some(case.as_slice());
                let added = desk.add_account(&acting, &name, role, cases, &password)?;
                show(&desk, &added, ui);
                return Ok(Answer::Yes);
            }
            Command::Disable { name } => (name, AccountChange { is_active: Some(false), ..AccountChange::default() }),
            Command::Enable { name } => (name, AccountChange { is_active: Some(true), ..AccountChange::default() }),
            Command::Role { name, role } => (name, AccountChange { role: Some(role), ..AccountChange::default() }),
            Command::Cases { name, cases, all } => {
                (name, AccountChange { cases: Some((!all).then_some(cases)), ..AccountChange::default() })
            }
            Command::Password { name } => {
                (name, AccountChange { password: Some(password(ui)?), ..AccountChange::default() })
            }
        };
        let changed = desk.change_account(&acting, &name, change)?;
        show(&desk, &changed, ui);
        Ok(Answer::Yes)
    }
}

fn tokens(
    desk: &mut Desk,
    acting: &crate::desk::Acting,
    name: &str,
    (add, scope, revoke): (Option<String>, Role, Option<i64>),
    ui: &Ui,
) -> Result<Answer, Error> {
    if let Some(label) = add {
        let (token, secret) = desk.add_token(acting, name, scope, &label)?;
        let words = format!("Token {} of {name}, to {}. It is shown this once:\n  {secret}", token.id, scope.scope());
        ui.result(&words, &json!({ "id": token.id, "label": label, "scope": scope.scope(), "token": secret }));
        return Ok(Answer::Yes);
    }
    if let Some(id) = revoke {
        desk.end_token(acting, name, id)?;
    }
    for token in desk.tokens(name)? {
        let words = format!("{} {} ({}), made {}", token.id, token.label, token.scope.scope(), token.made);
        let (scope, made) = (token.scope.scope(), token.made.to_string());
        ui.result(&words, &json!({ "id": token.id, "label": token.label, "scope": scope, "made": made }));
    }
    Ok(Answer::Yes)
}

fn show(desk: &Desk, account: &Account, ui: &Ui) {
    let title = |id: &crate::claim::EntryId| desk.case_title(*id).unwrap_or_else(|| id.short());
    let cases: Option<Vec<String>> = account.cases.as_ref().map(|cases| cases.iter().map(title).collect());
    let sees = cases.as_ref().map_or("all cases".to_owned(), |cases| cases.join(", "));
    let out = if account.is_active { "" } else { "; disabled" };
    let words = format!("{} ({}): {sees}{out}", account.name, account.role.word());
    let value = json!({
        "name": account.name,
        "role": account.role.word(),
        "active": account.is_active,
        "cases": cases,
    });
    ui.result(&words, &value);
}

/// The password: asked for twice on a terminal, which does not show it, else the first line of the input.
fn password(ui: &Ui) -> Result<String, Error> {
    if !std::io::stdin().is_terminal() {
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        read.map_err(|e| Error::Usage(format!("cannot read the password: {e}")))?;
        return Ok(line.trim_end_matches(['\n', '\r']).to_owned());
    }
    let ask = |question| ui.ask_hidden(question).ok_or_else(|| Error::Usage("no password was given".to_owned()));
    let password = ask("Password:")?;
    if ask("Once more:")? == password {
        Ok(password)
    } else {
        Err(Error::Usage("these are two passwords; nothing was done".to_owned()))
    }
}
