//! What the words around a name say about it.

use crate::read::candidates::Run;
use crate::read::indicators;
use crate::read::lexicon::{self, Cue};
use crate::read::shapes;
use crate::read::tokens::{Shape, Token};
use crate::read::told;

/// Points for each thing that a name may be; sums over its mentions decide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Evidence {
    pub(super) actor: u32,
    pub(super) organisation: u32,
    pub(super) person: u32,
    /// Said to be breached.
    pub(super) victim: u32,
    /// Looks into a breach or bears it out: a company its own, an authority another's.
    pub(super) looks: u32,
    pub(super) researcher: u32,
    pub(super) outlet: u32,
    /// Stands where a place would.
    pub(super) place: u32,
    /// Speaks, whatever it is.
    pub(super) speaks: u32,
    /// Holds an office of state: a minister, a prosecutor.
    pub(super) office: u32,
    /// Is a product, a piece of malware, a part of a house.
    pub(super) thing: u32,
}

impl Evidence {
    pub(super) fn add(&mut self, other: &Evidence) {
        self.actor += other.actor;
        self.organisation += other.organisation;
        self.person += other.person;
        self.victim += other.victim;
        self.looks += other.looks;
        self.researcher += other.researcher;
        self.outlet += other.outlet;
        self.speaks += other.speaks;
        self.place += other.place;
        self.office += other.office;
        self.thing += other.thing;
    }
}

/// The words beside a run, quotation marks and adverbs left out.
struct Around<'t> {
    /// From the name backwards, an article right before it left out.
    left: Vec<&'t str>,
    /// "The" stands right before the name.
    article: bool,
    right: Vec<&'t str>,
}

const REACH: usize = 14;

impl<'t> Around<'t> {
    fn new(tokens: &'t [Token], run: &Run) -> Self {
        let seen =
            |t: &&Token| !matches!(t.lower.as_str(), "\"" | "“" | "”" | "‘" | "’" | "'") && t.shape != Shape::Quote;
        let mut left: Vec<&str> =
            tokens[..run.first].iter().rev().take(REACH).filter(seen).map(|t| t.lower.as_str()).collect();
        let article = left.first() == Some(&"the");
        if article {
            left.remove(0);
        }
        Self {
            left,
            article,
            right: tokens[run.last + 1..].iter().take(REACH).filter(seen).map(|t| t.lower.as_str()).collect(),
        }
    }

    fn l(&self, at: usize) -> &'t str {
        self.left.get(at).copied().unwrap_or_default()
    }

    fn r(&self, at: usize) -> &'t str {
        self.right.get(at).copied().unwrap_or_default()
    }

    /// The words of an insertion right after the name: "Acme, a maker of locks, said".
    fn apposition(&self) -> &[&'t str] {
        // "Advanced Locks (AdLock), a maker of locks": the bracket comes first.
        let bracket = match self.r(0) {
            ")" => 1,
            "(" if self.right.iter().take(6).any(|w| *w == ")") => {
                self.right.iter().position(|w| *w == ")").map_or(0, |at| at + 1)
            }
            _ => 0,
        };
        let rest = self.right.get(bracket..).unwrap_or_default();
        let Some((first, body)) = rest.split_first().filter(|(_, body)| body.len() > 1) else {
            return &[];
        };
        if !matches!(*first, "," | "--" | "–" | "—" | "(") {
            return &[];
        }
        let end = body.iter().position(|w| matches!(*w, "," | "--" | "–" | "—" | ")" | ".")).unwrap_or(body.len());
        &body[..end]
    }
}

/// What this mention says about its name.
pub(super) fn evidence(tokens: &[Token], run: &Run) -> Evidence {
    let around = Around::new(tokens, run);
    let mut found = Evidence::default();
    actor(&around, &mut found);
    person(&around, &mut found);
    organisation(&around, tokens, run, &mut found);
    victim(&around, tells_of_another(tokens, run), &mut found);
    speech(&around, &mut found);
    thing(&around, tokens, run, &mut found);
    found
}

/// "The Grimlock malware", "Acme's director of Digital": no party.
fn thing(around: &Around<'_>, tokens: &[Token], run: &Run, found: &mut Evidence) {
    if matches!(
        around.r(0),
        "malware"
            | "trojan"
            | "botnet"
            | "backdoor"
            | "infostealer"
            | "stealer"
            | "wiper"
            | "worm"
            | "virus"
            | "loader"
            | "vulnerability"
            | "vulnerabilities"
            | "bug"
            | "flaw"
            | "award"
            | "act"
            | "law"
            | "conference"
            | "programming"
    ) {
        found.thing += 3;
    }
    // "An Acme document", "Acme products": what is of it does nothing.
    if matches!(
        around.r(0),
        "document"
            | "documents"
            | "products"
            | "product"
            | "post"
            | "page"
            | "channel"
            | "phone"
            | "phones"
            | "device"
            | "devices"
            | "app"
            | "handle"
            | "profile"
            | "antivirus"
    ) {
        found.thing += 2;
    }
    // "Acme's director of Digital": what a person is director of is no house where the house stands before.
    // "The messaging app Signal".
    if around.l(0) == "app" && matches!(around.l(1), "messaging" | "chat" | "messenger") {
        found.thing += 5;
    }
    let titled = matches!(around.l(0), "of" | "for") && lexicon::person_noun(around.l(1));
    if titled && around.left.iter().skip(2).take(4).any(|w| *w == "'s") {
        found.thing += 4;
    }
    let of_house = run.first > 0
        && run.last > run.first
        && tokens[run.first - 1].capital
        && shapes::department(&tokens[run.last].lower)
        && around.r(0) != "of";
    if of_house {
        found.thing += 4;
    }
}

/// After "group": what it is called besides, or what it boasts of.
fn of_a_crew(right: &[&str]) -> bool {
    let crew = |w: &&str| {
        lexicon::actor_noun(w) && !matches!(*w, "group" | "individual")
            || matches!(*w, "ransomware" | "hacking" | "extortion" | "hacktivist" | "cybercrime" | "criminal")
    };
    let deed = |w: &&str| {
        matches!(
            *w,
            "responsibility"
                | "credit"
                | "stolen"
                | "stole"
                | "hacked"
                | "breached"
                | "exfiltrated"
                | "leaked"
                | "encrypted"
        )
    };
    let apposed = right.get(1) == Some(&",") && right.iter().skip(2).take(7).take_while(|w| **w != ",").any(crew);
    let boasts = matches!(right.get(1), Some(&("claimed" | "claims" | "boasted" | "bragged")));
    apposed || boasts && right.iter().skip(2).take(7).any(deed)
}

fn actor(around: &Around<'_>, found: &mut Evidence) {
    let (l, r) = (|n| around.l(n), |n| around.r(n));
    let near_actor = around.left.iter().take(12).any(|w| {
        lexicon::actor_noun(w)
            || matches!(*w, "person" | "someone" | "user" | "somebody" | "vendor" | "account" | "member" | "poster")
            || matches!(*w, "actor" | "actors" | "ransomware")
    });
    let named = match l(0) {
        "as" => {
            matches!(l(1), "known" | "identified" | "itself" | "themselves" | "himself" | "herself" | "identifying")
                || l(1) == "online" && l(2) == "known"
        }
        "actor" | "hacker" | "seller" | "user" => true,
        "by" => matches!(l(1), "going" | "goes" | "go" | "went"),
        "handles" | "aliases" | "monikers" | "usernames" => true,
        "called" | "named" | "dubbed" | "nicknamed" | "alias" | "handle" | "moniker" | "pseudonym" | "nickname" => true,
        "name" | "names" => matches!(l(1), "the" | "a" | "online"),
        "calling" | "itself" | "themselves" | "himself" => true,
        // "A group that Acme calls Finch".
        "calls" | "dubs" => true,
        "of" => matches!(l(1), "handle" | "alias" | "moniker" | "pseudonym"),
        _ => false,
    };
    // "Goes by the name GreyHeron": nobody else is said to.
    let alias = matches!(l(0), "name" | "handle" | "alias" | "moniker" | "nickname" | "pseudonym")
        && around.left.iter().skip(1).take(4).any(|w| matches!(*w, "goes" | "going" | "went" | "using" | "under"));
    if alias && !near_actor {
        found.actor += 4;
    }
    // "Its seller is GreyHeron".
    if matches!(l(0), "is" | "was") && lexicon::actor_noun(l(1)) && !matches!(l(1), "group" | "individual") {
        found.actor += 4;
    }
    if named && near_actor {
        found.actor += 5;
    }
    if matches!(l(0), "marketplace")
        && around.left.iter().skip(1).take(2).any(|w| {
            matches!(
                *w,
                "data" | "leak" | "stolen" | "extortion" | "underground" | "criminal" | "cybercrime" | "darknet"
            )
        })
    {
        found.actor += 4;
    }
    // "The defence group Acme" is a company, "the hacking group Acme" none.
    let crew = |w: &str| {
        lexicon::actor_noun(w) && !matches!(w, "group" | "individual")
            || w.starts_with("cyber")
            || matches!(
                w,
                "hacking"
                    | "ransomware"
                    | "extortion"
                    | "criminal"
                    | "hacktivist"
                    | "threat"
                    | "ransom"
                    | "data-theft"
                    | "hack"
                    | "espionage"
                    | "leak"
            )
    };
    let trade = l(0) == "group"
        && !lexicon::determiner(l(1))
        && !around.left.iter().skip(1).take(3).any(|w| crew(w))
        && !matches!(l(1), "new" | "notorious" | "prolific" | "called" | "same" | "russian" | "infamous" | "");
    if trade {
        found.organisation += 3;
    } else if lexicon::actor_noun(l(0)) || (l(0) == "actor" || l(0) == "actors") && l(1) == "threat" {
        found.actor += 4;
    }
    if l(0) == ","
        && (lexicon::actor_noun(l(1)) && (l(1) != "group" || l(2) == "the" && r(0) == ",")
            || l(1) == "actor" && l(2) == "threat")
    {
        found.actor += 4;
    }
    match r(0) {
        "ransomware" => {
            found.actor +=
                if matches!(r(1), "gang" | "group" | "operation" | "crew" | "operators" | "actors") { 5 } else { 3 }
        }
        // "The Heron group, a ransomware gang", "the Heron group claimed to have stolen".
        "group" | "crew" | "team" | "cartel" | "syndicate" if of_a_crew(&around.right) => found.actor += 4,
        "gang" | "hackers" | "hacker" | "collective" | "operators" | "affiliate" | "affiliates" | "hacktivists" => {
            found.actor += 4
        }
        "cybercrime" | "hacking" | "extortion" | "cybercriminal" | "hacktivist" | "data-theft" | "threat" => {
            found.actor += if lexicon::actor_noun(r(1)) || r(1) == "actor" { 4 } else { 0 }
        }
        "'s" if matches!(r(1), "leak" | "data" | "dark" | "tor")
            && around.right.iter().take(5).any(|w| *w == "leak")
            && around.right.iter().take(6).any(|w| *w == "site") =>
        {
            found.actor += 4
        }
        "'s" if matches!(r(1), "claims" | "claim" | "affiliates" | "victims") => found.actor += 2,
        "claimed" | "claims" if r(1) == "responsibility" => found.actor += 3,
        "claimed" | "claims" | "boasted" | "bragged" => found.actor += 1,
        "added" | "adds" if around.right.iter().take(8).any(|w| *w == "leak") => found.actor += 2,
        "threatened" | "threatens" => found.actor += 2,
        "stole" | "infiltrated" | "breached" | "hacked" | "exfiltrated" | "leaked" => found.actor += 2,
        "broke" | "got" if r(1) == "into" && (lexicon::determiner(r(2)) || lexicon::company_noun(r(2))) => {
            found.actor += 2
        }
        _ => {}
    }
    if l(0) == "by"
        && matches!(
            l(1),
            "stolen"
                | "hacked"
                | "breached"
                | "attacked"
                | "hit"
                | "compromised"
                | "leaked"
                | "claimed"
                | "targeted"
                | "penetrated"
                | "offered"
        )
    {
        found.actor += 2;
    }
    let told = around.apposition();
    // "Acme, which said that the crew was in": what it says is not what it is.
    let clause = told.first().is_some_and(|w| matches!(*w, "which" | "who" | "whose"));
    let criminal = !clause
        && told.iter().any(|w| {
            matches!(
                *w,
                "ransomware"
                    | "hacking"
                    | "extortion"
                    | "cybercrime"
                    | "cyber-criminal"
                    | "cybercriminal"
                    | "hacker"
                    | "leak"
                    | "underground"
            ) || *w == "marketplace"
        });
    // "GreyHeron, the collective that published the list".
    let outlaws = |w: &str| {
        matches!(
            w,
            "gang" | "collective" | "hackers" | "hacker" | "hacktivists" | "extortionists" | "cybercriminals" | "crew"
        )
    };
    if !clause
        && told.first().is_some_and(|w| lexicon::determiner(w))
        && told.iter().skip(1).take(2).any(|w| outlaws(w))
    {
        found.actor += 4;
    }
    if criminal && told.iter().any(|w| lexicon::actor_noun(w) || matches!(*w, "actor" | "operation" | "marketplace")) {
        found.actor += 4;
    }
}

/// Titles of those who govern, prosecute or police.
fn office_of_state(word: &str) -> bool {
    matches!(
        word,
        "minister"
            | "attorney-general"
            | "prosecutor"
            | "sheriff"
            | "senator"
            | "lawmaker"
            | "commissioner"
            | "inspector"
            | "detective"
    )
}

fn person(around: &Around<'_>, found: &mut Evidence) {
    if office_of_state(around.l(0)) || around.l(0) == "general" && matches!(around.l(1), "attorney" | "solicitor") {
        found.office += 1;
        found.person += 4;
    }
    if lexicon::honorific(around.l(0)) || around.l(0) == "." && lexicon::honorific(around.l(1)) {
        found.person += 4;
    }
    if lexicon::person_noun(around.l(0)) && around.l(0) != "head" {
        found.person += 4;
    }
    // "Head of security Ann Lee".
    let office = |w: &str| {
        matches!(
            w,
            "president" | "director" | "head" | "chief" | "vp" | "manager" | "minister" | "secretary" | "officer"
        )
    };
    let of = (1..4).find(|&n| matches!(around.l(n), "of" | "for"));
    if of.is_some_and(|n| {
        office(around.l(n + 1))
            && (0..n).all(|b| {
                around.l(b).len() > 2 && !lexicon::determiner(around.l(b)) && !lexicon::company_noun(around.l(b))
            })
    }) {
        found.person += 4;
    }
    if lexicon::researcher_noun(around.l(0)) {
        found.researcher += 3;
    }
    if around.l(0) == "," && lexicon::person_noun(around.l(1)) {
        found.person += 3;
    }
    let told = around.apposition();
    let of_a_person = titled(told);
    if told.iter().take(9).any(|w| lexicon::person_noun(w)) && !told.iter().take(3).any(|w| lexicon::company_noun(w))
        || of_a_person
    {
        found.person += 3;
    }
    if told.first().is_some_and(|w| matches!(*w, "who")) {
        // "Ann Lee, who heads research at Acme": to head and to direct is a person's.
        let leads = told.iter().skip(1).take(2).any(|w| {
            matches!(
                *w,
                "directs"
                    | "heads"
                    | "leads"
                    | "runs"
                    | "oversees"
                    | "chairs"
                    | "founded"
                    | "works"
                    | "directed"
                    | "led"
            )
        });
        found.person += if leads { 4 } else { 2 };
        found.researcher +=
            if told.iter().any(|w| matches!(*w, "research" | "researches" | "researched")) { 3 } else { 0 };
    }
}

/// "Company general manager": the head of the phrase is a title.
fn titled(told: &[&str]) -> bool {
    let end = told.iter().position(|w| lexicon::preposition(w) || lexicon::opens_clause(w)).unwrap_or(told.len());
    end <= 5 && end.checked_sub(1).and_then(|head| told.get(head)).is_some_and(|head| lexicon::person_noun(head))
}

fn organisation(around: &Around<'_>, tokens: &[Token], run: &Run, found: &mut Evidence) {
    let (l, r) = (|n| around.l(n), |n| around.r(n));
    let last = tokens[run.last].lower.as_str();
    let many = run.last > run.first;
    let first = tokens[run.first].lower.as_str();
    if many && (shapes::legal_form(last) || shapes::organisation_tail(last) || shapes::organisation_head(first)) {
        found.organisation += 3;
    } else if many && shapes::maybe_tail(last) {
        found.organisation += 1;
    }
    // "The Stroud-based Acme", "the state-owned Acme".
    if l(0).ends_with("-based")
        || l(0).ends_with("-owned")
        || l(0).ends_with("-listed")
        || l(0).ends_with("-headquartered")
    {
        found.organisation += 3;
    }
    if matches!(
        l(0),
        "parent"
            | "rival"
            | "competitor"
            | "subsidiary"
            | "startup"
            | "arm"
            | "partner"
            | "client"
            | "newspaper"
            | "broadcaster"
            | "regulator"
            | "watchdog"
    ) {
        found.organisation += 2;
    }
    if matches!(
        l(0),
        "site"
            | "website"
            | "blog"
            | "newspaper"
            | "magazine"
            | "outlet"
            | "daily"
            | "publication"
            | "broadcaster"
            | "news"
    ) {
        found.outlet += 2;
        found.organisation += 1;
    }
    if lexicon::company_noun(l(0)) {
        found.organisation += 3;
    }
    // "Acme, the telecommunications regulator,".
    let told = around.apposition();
    if told.iter().any(|w| matches!(*w, "regulator" | "ombudsman"))
        && !told.iter().any(|w| matches!(*w, "which" | "who" | "whose" | "with" | "by" | "to"))
    {
        found.office += 1;
    }
    // "At Acme, we take care".
    if l(0) == "at" && r(0) == "," && matches!(r(1), "we" | "our" | "your" | "customer" | "customers" | "security") {
        found.organisation += 3;
    }
    // "Your Acme account": who says so is Acme.
    if matches!(l(0), "your" | "our") && matches!(r(0), "account" | "accounts" | "membership" | "subscription") {
        found.organisation += 3;
    }
    // "The Brightwell insurance company".
    let house_noun = |w: &str| {
        matches!(
            w,
            "company"
                | "firm"
                | "bank"
                | "insurer"
                | "retailer"
                | "carrier"
                | "airline"
                | "manufacturer"
                | "provider"
                | "maker"
                | "chain"
                | "university"
                | "hospital"
        )
    };
    let plain = |w: &str| {
        !lexicon::auxiliary(w)
            && !lexicon::preposition(w)
            && !lexicon::determiner(w)
            && w.len() > 3
            && lexicon::cue(w).is_none()
    };
    if around.article && !shapes::of_a_country(last) && (house_noun(r(0)) || plain(r(0)) && house_noun(r(1))) {
        found.organisation += 3;
    }
    // "Acme takes the privacy of its patients seriously", "Acme learned that".
    if matches!(r(0), "takes" | "take") && matches!(r(1), "the" | "your" | "privacy" | "security" | "this")
        || matches!(r(0), "learned" | "discovered" | "became" | "values" | "regrets" | "apologizes" | "apologises")
            && run.known.is_none()
    {
        found.organisation += 2;
    }
    // "Brightwell.example": who goes by a domain is a house.
    if !many && indicators::is_host(last) {
        found.organisation += 2;
    }
    let told = around.apposition();
    if told.iter().take(6).any(|w| *w == "forum") && told.first().is_some_and(|w| lexicon::determiner(w)) {
        found.organisation += 3;
    }
    if l(0) == "by" && matches!(l(1), "tracked" | "analyzed" | "analysed") {
        found.researcher += 3;
    }
    let house = |w: &str| lexicon::company_noun(w) || w.strip_suffix('s').is_some_and(lexicon::company_noun);
    if told.iter().take(10).any(|w| house(w) || matches!(*w, "dealers" | "makers"))
        && !titled(told)
        && (told.first().is_some_and(|w| lexicon::determiner(w))
            || told.iter().take(2).any(|w| lexicon::company_noun(w)))
    {
        found.organisation += 3;
    }
    // "Acme, which makes locks": persons take "who".
    if told.first() == Some(&"which") {
        found.organisation += 2;
    }
    if lexicon::person_noun(r(0))
        || r(0) == "'s" && around.right.iter().skip(1).take(3).any(|w| lexicon::person_noun(w))
    {
        found.organisation += 3;
    }
    if matches!(l(0), "for" | "at" | "of" | "from" | "with")
        && around
            .left
            .iter()
            .skip(1)
            .take(2)
            .any(|w| lexicon::person_noun(w) || lexicon::researcher_noun(w) || *w == "officials")
    {
        found.organisation += 3;
    }
    if r(0) == "'s"
        && matches!(
            r(1),
            "systems"
                | "network"
                | "networks"
                | "servers"
                | "customers"
                | "data"
                | "source"
                | "website"
                | "parent"
                | "internal"
                | "platform"
                | "infrastructure"
                | "environment"
                | "employees"
                | "clients"
                | "product"
                | "products"
                | "statement"
                | "corporate"
                | "it"
                | "security"
                | "users"
        )
        || matches!(
            r(0),
            "systems"
                | "network"
                | "servers"
                | "customers"
                | "customer"
                | "employees"
                | "accounts"
                | "users"
                | "subscribers"
                | "data"
                | "source"
        )
    {
        found.organisation += 2;
    }
    // "Acme's Ann Lee told us".
    let after = |n: usize| tokens.get(run.last + n);
    let named = |n: usize| after(n).is_some_and(|t| t.shape == Shape::Word && t.capital);
    if after(1).is_some_and(|t| t.shape == Shape::Possessive)
        && named(2)
        && named(3)
        && after(4).is_some_and(|t| lexicon::cue(&t.lower).is_some())
    {
        found.organisation += 3;
    }
    if l(0) == "by"
        && matches!(
            l(1),
            "owned"
                | "acquired"
                | "bought"
                | "operated"
                | "employed"
                | "run"
                | "backed"
                | "funded"
                | "provided"
                | "made"
                | "developed"
                | "manufactured"
                | "hosted"
                | "insured"
                | "supplied"
        )
    {
        found.organisation += 3;
    }
    // "Customers of Acme", "staff at Acme", "in partnership with Acme".
    if matches!(l(0), "of" | "at" | "from" | "for" | "with" | "by" | "to")
        && matches!(
            l(1),
            "customers"
                | "users"
                | "employees"
                | "workers"
                | "staff"
                | "clients"
                | "subscribers"
                | "shareholders"
                | "executives"
                | "owner"
                | "owners"
                | "maker"
                | "makers"
                | "developer"
                | "developers"
                | "operator"
                | "parent"
                | "subsidiary"
                | "subsidiaries"
                | "unit"
                | "division"
                | "arm"
                | "servers"
                | "systems"
                | "partnership"
                | "contract"
                | "complaint"
                | "network"
                | "networks"
                | "engineers"
                | "members"
                | "representatives"
                | "databases"
                | "database"
                | "merger"
                | "merged"
                | "sold"
                | "belonging"
        )
    {
        found.organisation += 2;
    }
    if matches!(l(0), "notified" | "contacted" | "alerted" | "emailed" | "acquired" | "bought" | "sued" | "fined") {
        found.organisation += 2;
    }
    let security = |words: &[&str]| {
        let trade = |w: &str| {
            matches!(
                w,
                "threat"
                    | "intelligence"
                    | "threat-research"
                    | "threat-intelligence"
                    | "cybersecurity"
                    | "antivirus"
                    | "infosec"
                    | "research"
            )
        };
        let firm = |w: &str| lexicon::company_noun(w) && w != "university" || w == "researchers";
        // A "security camera company" makes cameras: "security" counts right beside the firm, in either order of reading.
        let beside = words.windows(2).any(|w| w[0] == "security" && firm(w[1]) || firm(w[0]) && w[1] == "security");
        // "The breach tracking service".
        let tracks = words
            .iter()
            .any(|w| matches!(*w, "tracking" | "monitoring" | "tracker" | "notification" | "breach-tracking"))
            && words
                .iter()
                .any(|w| matches!(*w, "breach" | "leak" | "ransomware" | "threat" | "web" | "breach-tracking"));
        beside || tracks || words.iter().any(|w| trade(w)) && words.iter().any(|w| firm(w))
    };
    let before: Vec<&str> =
        around.left.iter().copied().take(4).take_while(|w| !matches!(*w, "," | "." | "and" | "of")).collect();
    if lexicon::company_noun(l(0)) && security(&before) || security(told) {
        found.researcher += 3;
    }
    if lexicon::researcher_noun(r(0))
        || r(0) == "security" && lexicon::researcher_noun(r(1))
        || matches!(l(0), "at" | "from" | "with" | "of" | "by") && lexicon::researcher_noun(l(1))
    {
        found.researcher += 3;
        found.organisation += 2;
    }
    if r(0) == "'s" && around.right.iter().skip(1).take(3).any(|w| lexicon::researcher_noun(w)) {
        found.researcher += 2;
    }
    // "Head of research at Acme", "Acme Research": a sign, and not enough alone, for makers of medicines do research too.
    if matches!(l(0), "at" | "of") && matches!(l(1), "research" | "intelligence") {
        found.researcher += 1;
    }
    if run.last > run.first && matches!(last, "research" | "intelligence" | "threat" | "forensics") {
        found.researcher += 1;
        found.organisation += 2;
    }
}

/// The verbs of breaking in and taking.
pub(super) fn breach_word(word: &str) -> bool {
    matches!(
        word,
        "breached"
            | "hacked"
            | "compromised"
            | "attacked"
            | "hit"
            | "infiltrated"
            | "penetrated"
            | "targeted"
            | "extorted"
            | "ransomed"
            | "breach"
            | "hack"
            | "attack"
            | "cyberattack"
            | "intrusion"
            | "leak"
            | "compromise"
            | "hacking"
            | "breaching"
            | "incident"
            | "stolen"
            | "theft"
    )
}

/// "Acme confirmed that the lock maker Bolt was breached": the verb of speaking makes no victim of who speaks.
fn tells_of_another(tokens: &[Token], run: &Run) -> bool {
    let window = |from: usize, reach: usize| from..tokens.len().min(from + reach);
    let cue = window(run.last + 1, 5).find(|&at| lexicon::cue(&tokens[at].lower).is_some());
    let told = cue.and_then(|cue| {
        window(cue + 1, 7)
            .take_while(|&at| !lexicon::preposition(&tokens[at].lower) && !lexicon::auxiliary(&tokens[at].lower))
            .find(|&at| tokens[at].shape == Shape::Word && tokens[at].capital)
    });
    let its_own = |at: usize| tokens[at].lower == tokens[run.first].lower;
    told.is_some_and(|at| {
        !its_own(at)
            && window(at + 1, 8).any(|n| {
                told::hit(&tokens[n].lower)
                    && window(at, n - at)
                        .any(|b| matches!(tokens[b].lower.as_str(), "was" | "were" | "been" | "being" | "got"))
            })
    })
}

fn victim(around: &Around<'_>, tells_of_another: bool, found: &mut Evidence) {
    let (l, r) = (|n| around.l(n), |n| around.r(n));
    // "Stolen from Ruritanian lock maker Acme": the descriptor stands between the preposition and the name.
    let skipped = if lexicon::company_noun(l(0)) {
        around.left.iter().take(6).position(|w| lexicon::preposition(w) || breach_word(w)).unwrap_or(0)
    } else {
        0
    };
    let l = |n: usize| around.l(n + skipped);
    match l(0) {
        "of" | "at" | "on" | "against" if breach_word(l(1)) => found.victim += 2,
        "from"
            if around.left.iter().skip(1 + skipped).take(6).any(|w| {
                matches!(
                    *w,
                    "stolen"
                        | "stole"
                        | "taken"
                        | "exfiltrated"
                        | "leaked"
                        | "stealing"
                        | "data"
                        | "obtained"
                        | "files"
                        | "records"
                        | "database"
                        | "credentials"
                        | "passwords"
                )
            }) =>
        {
            found.victim += 2
        }
        "to" if l(1) == "belonging" => found.victim += 2,
        "by" if l(1) == "held" => found.victim += 2,
        // "The stolen database of Acme", "data of customers of Acme".
        "of" if matches!(
            l(1),
            "database" | "databases" | "data" | "records" | "files" | "documents" | "customers" | "patients" | "users"
        ) && around
            .left
            .iter()
            .skip(2)
            .take(8)
            .any(|w| matches!(*w, "stolen" | "leaked" | "breached" | "data" | "hacked" | "records")) =>
        {
            found.victim += 2
        }
        "breached" | "hacked" | "compromised" | "infiltrated" | "penetrated" | "attacked" | "targeting" | "hacking"
        | "breaching" | "extort" | "extorting" => found.victim += 3,
        // "Broke into Acme", "got into Acme".
        "into" if matches!(l(1), "broke" | "broken" | "break" | "got" | "hacked" | "breaking" | "getting") => {
            found.victim += 3
        }
        "like" | "as" | "including" if around.left.iter().skip(1).take(3).any(|w| *w == "victims") => found.victim += 2,
        "victim" => found.victim += 3,
        _ => {}
    }
    // "Acme said Bolt was breached": the verb of another clause is another's.
    let own_clause = |w: &&&str| {
        lexicon::cue(w).is_none() && (!lexicon::opens_clause(w) || matches!(**w, "which" | "who" | "whose"))
    };
    let passive = around
        .right
        .iter()
        .take_while(own_clause)
        .take(5)
        .position(|w| matches!(*w, "was" | "were" | "been" | "being"));
    if passive.is_some_and(|at| {
        around.right.iter().skip(at + 1).take(2).any(|w| {
            matches!(
                *w,
                "breached" | "hacked" | "compromised" | "hit" | "attacked" | "impacted" | "infiltrated" | "targeted"
            )
        })
    }) {
        found.victim += 2;
    }
    // "Was named on the gang's leak site", "were added to its list of victims".
    let listed = around
        .right
        .iter()
        .take_while(own_clause)
        .take(6)
        .any(|w| matches!(*w, "named" | "listed" | "added" | "posted"))
        && passive.is_some()
        && around.right.iter().any(|w| matches!(*w, "leak" | "leaks" | "victim" | "victims" | "extortion"));
    if listed && !tells_of_another {
        found.victim += 3;
    }
    let soon = |words: &[&str], reach: usize| around.right.iter().take(reach).any(|w| words.contains(w));
    // "Acme on Monday denied": when it did so stands between.
    let when = |w: &str| lexicon::adverb(w) || lexicon::calendar_word(w) || w == "on";
    let verb = around.right.iter().copied().take(5).find(|w| !when(w)).unwrap_or_default();
    match r(0) {
        _ if tells_of_another => {}
        _ if matches!(verb, "denied" | "denies") => found.victim += 3,
        "suffered" | "experienced" => found.victim += 2,
        "is" | "says" | "said" if soon(&["investigating", "looking"], 5) => found.looks += 2,
        "has" if soon(&["denied", "confirmed", "suffered"], 3) => found.victim += 2,
        "confirmed" | "confirms" | "disclosed" | "acknowledged" | "admitted"
            if around.right.iter().take(9).any(|w| breach_word(w) || *w == "access" || *w == "unauthorized") =>
        {
            found.looks += 2
        }
        "discovered" | "detected" | "identified" | "reported"
            if around.right.iter().skip(1).take(4).any(|w| breach_word(w))
                && matches!(r(1), "the" | "a" | "an" | "its" | "unauthorized" | "suspicious")
                && found.researcher == 0 =>
        {
            found.looks += 2
        }
        "data" if matches!(r(1), "breach" | "leak" | "theft") => found.victim += 2,
        "breach" | "hack" | "cyberattack" | "incident" => found.victim += 2,
        "'s" if matches!(
            r(1),
            "systems"
                | "network"
                | "servers"
                | "internal"
                | "source"
                | "data"
                | "customers"
                | "backend"
                | "corporate"
                | "database"
                | "infrastructure"
        ) =>
        {
            found.victim += 1
        }
        "systems" | "network" | "servers" | "customers" | "customer" | "accounts" | "data" => found.victim += 1,
        _ => {}
    }
    let told = around.apposition();
    let after = around.right.get(told.len() + 2..).unwrap_or_default();
    if !told.is_empty()
        && after.first().is_some_and(|w| matches!(*w, "denied" | "denies" | "confirmed" | "has" | "confirms"))
        && after.iter().take(7).any(|w| breach_word(w) || matches!(*w, "denied" | "hackers"))
    {
        found.victim += 3;
    }
}

fn speech(around: &Around<'_>, found: &mut Evidence) {
    let (l, r) = (|n| around.l(n), |n| around.r(n));
    if matches!(l(0), "in" | "near") && !around.article {
        found.place += 1;
    }
    // "Advanced Locks (AdLock) said": the bracket stands between both names and their verb.
    let bracket = match r(0) {
        ")" => 1,
        "(" => around.right.iter().take(6).position(|w| *w == ")").map_or(0, |at| at + 1),
        _ => 0,
    };
    let mut verb = around.right.iter().skip(bracket).skip_while(|w| lexicon::auxiliary(w) || lexicon::adverb(w));
    let silent = |w: &str| lexicon::silence_after_not(w) && around.right.iter().take(3).any(|w| lexicon::negates(w));
    if verb.next().is_some_and(|w| lexicon::cue(w).is_some_and(|c| c != Cue::Offers) || silent(w)) {
        found.speaks += 1;
    }
    // "Acme released a statement".
    if matches!(r(0), "released" | "issued" | "published" | "posted")
        && (1..4).any(|n| matches!(r(n), "statement" | "notice" | "letter" | "advisory"))
    {
        found.speaks += 1;
    }
    // "Acme, which makes locks, said".
    let told = around.apposition();
    let after = around.right.get(told.len() + 2);
    if told.first() == Some(&"which") && after.is_some_and(|w| lexicon::cue(w).is_some_and(|c| c != Cue::Offers)) {
        found.speaks += 1;
    }
    if l(0) == "to" && l(1) == "according" {
        found.speaks += 1;
    }
    // "…, Acme reported.": who reports at the end of another's words is an outlet.
    if l(0) == "," && matches!(r(0), "reported" | "reports") && matches!(r(1), "." | "") {
        found.outlet += 3;
        found.victim = 0;
    }
    if matches!(l(0), "told" | "tells" | "informed")
        || l(0) == "to"
            && around.left.iter().skip(1).take(2).any(|w| {
                matches!(
                    *w,
                    "statement"
                        | "confirmed"
                        | "comment"
                        | "email"
                        | "interview"
                        | "speaking"
                        | "provided"
                        | "message"
                        | "spoke"
                )
            })
        || l(0) == "with" && matches!(l(1), "interview" | "speaking" | "shared")
    {
        found.outlet += 2;
    }
    if l(0) == "by" && matches!(l(1), "seen" | "reviewed" | "reached" | "obtained" | "contacted" | "viewed" | "asked") {
        found.outlet += 2;
    }
    // "The newspaper Acme", "Acme, which first reported the attack".
    if matches!(l(0), "newspaper" | "broadcaster" | "magazine" | "newspapers" | "weekly" | "newswire" | "tabloid")
        || matches!((l(1), l(0)), ("news", "site" | "agency" | "outlet" | "website" | "service") | ("tech", "site"))
    {
        found.outlet += 4;
    }
    if r(0) == "first" && r(1) == "reported"
        || r(0) == "," && r(1) == "which" && r(2) == "first" && matches!(r(3), "reported" | "broke")
        || l(0) == "by" && l(1) == "reported" && matches!(l(2), "first" | "earlier" | "previously")
    {
        found.outlet += 4;
    }
    if r(0) == "reached" && r(1) == "out"
        || matches!(r(0), "has" | "could" | "was")
            && around
                .right
                .iter()
                .take(5)
                .any(|w| matches!(*w, "reviewed" | "verified" | "learned" | "independently" | "unable"))
    {
        found.outlet += 2;
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::claim::Span;
    use crate::read::candidates::runs;
    use crate::read::names::Gazetteer;
    use crate::read::tokens::tokens;

    fn of(text: &str, name: &str) -> Evidence {
        let tokens = tokens(text, Span { start: 0, end: text.len() }, &[]);
        let run = runs(text, &tokens, &Gazetteer::default())
            .into_iter()
            .find(|r| &text[r.span.start..r.span.end] == name)
            .unwrap();
        evidence(&tokens, &run)
    }

    #[test]
    fn crews_are_told_by_what_they_are_called() {
        assert!(of("A threat actor going by GreyHeron told us.", "GreyHeron").actor >= 4);
        assert!(of("A gang known as “Grey Heron” came.", "Grey Heron").actor >= 4);
        assert!(of("The Heron ransomware gang came.", "Heron").actor >= 4);
        assert!(of("The Heron group, a ransomware gang, came.", "Heron").actor >= 4);
        assert!(of("The “Heron” group claimed to have stolen files.", "Heron").actor >= 4);
        assert_eq!(of("The Heron group, a maker of locks, claimed a third of the market.", "Heron").actor, 0);
        assert_eq!(of("He works at Heron daily.", "Heron").actor, 0);
    }

    #[test]
    fn persons_firms_and_victims_are_told_by_their_neighbours() {
        assert!(of("Mara Onslow, Tarn’s director of research, spoke.", "Mara Onslow").person >= 3);
        assert!(of("A spokesperson for Brightwell spoke.", "Brightwell").organisation >= 3);
        assert!(of("The files were stolen from Brightwell.", "Brightwell").victim >= 2);
        assert!(of("It was seen by Tarn, a threat intelligence firm, last week.", "Tarn").researcher >= 3);
    }
}
