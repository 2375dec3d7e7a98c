//! The words of English that the rules go by. Closed lists: what a word means here is what a reader of news would say that it means.

use std::sync::LazyLock;

/// What a verb says that its subject does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cue {
    /// Speaks, nothing more.
    Says,
    /// Speaks to somebody named next.
    Tells,
    /// Makes known.
    Reports,
    /// Asserts.
    Claims,
    /// Admits or bears out.
    Confirms,
    /// Denies.
    Denies,
    /// Contradicts somebody.
    Disputes,
    /// Keeps silent.
    Declines,
    /// Looks into it.
    Investigates,
    /// Sells, advertises, threatens.
    Offers,
}

/// Words with what is known of each, by length and then in order. Most words of a text are in no list, and of those the length and the
/// first letter mostly tell it.
pub(super) struct Words<T> {
    by_length: Vec<OfLength<T>>,
}

struct OfLength<T> {
    /// A bit for each first letter, by its lowest five bits.
    letters: u32,
    words: Vec<(&'static str, T)>,
}

impl<T: Copy> Words<T> {
    fn new(words: impl Iterator<Item = (&'static str, T)>) -> Words<T> {
        let mut by_length = Vec::new();
        for (word, known) in words {
            while by_length.len() <= word.len() {
                by_length.push(OfLength { letters: 0, words: Vec::new() });
            }
            by_length[word.len()].letters |= letter(word);
            by_length[word.len()].words.push((word, known));
        }
        for of_length in &mut by_length {
            of_length.words.sort_by_key(|(word, _)| *word);
        }
        Words { by_length }
    }

    fn get(&self, word: &str) -> Option<T> {
        let of_length = self.by_length.get(word.len()).filter(|it| it.letters & letter(word) != 0)?;
        let at = of_length.words.binary_search_by_key(&word, |(word, _)| *word).ok()?;
        Some(of_length.words[at].1)
    }

    pub(super) fn contains(&self, word: &str) -> bool {
        self.get(word).is_some()
    }
}

fn letter(word: &str) -> u32 {
    word.bytes().next().map_or(0, |first| 1 << (first & 31))
}

/// The words of a list with blanks between.
pub(super) fn words(list: &'static str) -> Words<()> {
    Words::new(list.split_whitespace().map(|word| (word, ())))
}

fn verbs(classes: &[(Cue, &'static str)]) -> Words<Cue> {
    Words::new(classes.iter().flat_map(|(cue, list)| list.split_whitespace().map(|word| (word, *cue))))
}

static FINITE: LazyLock<Words<Cue>> = LazyLock::new(|| {
    verbs(&[
        (
            Cue::Says,
            "said says say added adds stated states explained explains noted notes wrote writes \
     commented     replied responded tweeted posted blogged emphasized emphasised stressed continued speculated speculate speculates asked asks believes \
     believed believe thinks suggested suggests indicated indicates described describes labeled \
     labelled called recommends recommended urged urges advised advises concluded concludes \
     apologized apologised recommend urge advise insist argue assured assures pointed clarified clarifies reiterated insisted \
     insists estimates estimated mentioned quipped expects argued argues reads read began maintains \
     maintained \
     agreed agrees concurred concurs contended contends declared declares underlined underscored cautioned cautions \
     remarked opined vowed vows pledged pledges promised promises lamented hinted hints predicted predicts recalled \
     recalls testified testifies elaborated retorted countered doubts doubted suspects suspected stipulated",
        ),
        (Cue::Tells, "told tells informed informs notified notifies"),
        (
            Cue::Reports,
            "reported reports report revealed reveals announced announces disclosed discloses warned \
     warns warn cited cites shared observed found",
        ),
        (
            Cue::Claims,
            "claimed claims claim alleged alleges allege asserted asserts assert boasted boasts \
     complained accused bragged attributed attributes blamed blames",
        ),
        (
            Cue::Confirms,
            "confirmed confirms confirm acknowledged acknowledges acknowledge admitted admits admit \
     conceded concedes accepted accepts verified verifies verify",
        ),
        (Cue::Denies, "denied denies deny"),
        (
            Cue::Disputes,
            "disputed disputes dispute rejected rejects refuted refutes dismissed dismisses \
     contradicted contradicts debunked rebuffed rebuffs rebutted rebuts repudiated disavowed \
     disagreed disagrees scoffed scoffs",
        ),
        (Cue::Declines, "declined declines decline refused refuses withheld"),
        (Cue::Investigates, "investigating investigates investigated investigate"),
        (
            Cue::Offers,
            "threatened threatens threaten offered offers offering selling sells demanded demands advertised advertises touted touting \
     advertising auctioning auctioned taunted mocked teased listed",
        ),
    ])
});

/// Verbs of [`cue`] that speak only where a clause or a quotation follows.
pub(super) fn weak_cue(word: &str) -> bool {
    matches!(
        word,
        "agreed"
            | "agrees"
            | "concurred"
            | "concurs"
            | "contended"
            | "contends"
            | "declared"
            | "declares"
            | "underlined"
            | "underscored"
            | "cautioned"
            | "cautions"
            | "remarked"
            | "opined"
            | "lamented"
            | "hinted"
            | "hints"
            | "predicted"
            | "predicts"
            | "recalled"
            | "recalls"
            | "testified"
            | "testifies"
            | "elaborated"
            | "retorted"
            | "countered"
            | "doubts"
            | "doubted"
            | "suspects"
            | "suspected"
            | "stipulated"
    ) || promises(word)
}

/// Verbs that bind their subject to do something.
pub(super) fn promises(word: &str) -> bool {
    matches!(word, "vowed" | "vows" | "pledged" | "pledges" | "promised" | "promises")
}

/// The finite forms of a verb of speaking or acting upon a claim.
pub(super) fn cue(word: &str) -> Option<Cue> {
    FINITE.get(word)
}

static HANGING: LazyLock<Words<Cue>> = LazyLock::new(|| {
    verbs(&[
        (Cue::Says, "saying adding stating noting explaining writing stressing insisting arguing"),
        (Cue::Tells, "telling"),
        (Cue::Reports, "reporting revealing warning announcing"),
        (Cue::Claims, "claiming accusing alleging asserting boasting bragging"),
        (Cue::Confirms, "confirming acknowledging admitting"),
        (Cue::Denies, "denying"),
        (Cue::Disputes, "disputing refuting rejecting dismissing"),
        (Cue::Declines, "declining refusing"),
        (Cue::Offers, "threatening demanding"),
    ])
});

/// Forms that hang on the subject of the sentence: "…, saying that".
pub(super) fn participle(word: &str) -> Option<Cue> {
    HANGING.get(word)
}

static SILENCE: LazyLock<Words<()>> = LazyLock::new(|| {
    words(
        "respond responded reply replied comment commented answer answered return returned confirm \
     deny say reveal disclose name identify specify elaborate provide discuss clarify share \
     said disclosed named identified elaborated revealed provided specified confirmed denied verify verified \
     acknowledge acknowledged admit admitted",
    )
});

/// The bare forms that a silence is worded with: "did not *respond*", "would not *say*".
pub(super) fn silence_after_not(word: &str) -> bool {
    SILENCE.contains(word)
}

static AUXILIARY: LazyLock<Words<()>> = LazyLock::new(|| {
    words(
        "has have had is are was were be been being will would could can may might should did does \
     do also not never didn't doesn't don't hasn't haven't hadn't wouldn't won't couldn't isn't \
     aren't wasn't weren't cannot can't neither yet",
    )
});

/// "Did", "has", "would": what may stand between a subject and its verb.
pub(super) fn auxiliary(word: &str) -> bool {
    AUXILIARY.contains(word)
}

/// Words that deny what follows them.
pub(super) fn negates(word: &str) -> bool {
    matches!(word, "not" | "never" | "no" | "cannot" | "neither" | "nor" | "without") || word.ends_with("n't")
}

static ADVERB: LazyLock<Words<()>> = LazyLock::new(|| words("family supply only italy reply assembly"));

/// Adverbs that may stand between a subject and its verb.
pub(super) fn adverb(word: &str) -> bool {
    (word.len() > 4 && word.ends_with("ly") && !ADVERB.contains(word))
        || matches!(
            word,
            "later"
                | "earlier"
                | "then"
                | "meanwhile"
                | "already"
                | "now"
                | "first"
                | "also"
                | "even"
                | "further"
                | "however"
                | "today"
                | "yesterday"
                | "since"
                | "once"
                | "again"
                | "ever"
                | "still"
                | "just"
                | "so"
                | "far"
                | "itself"
                | "himself"
                | "herself"
                | "themselves"
                | "too"
                | "always"
                | "instead"
                | "both"
                | "moreover"
                | "likewise"
                | "though"
                | "only"
                | "all"
        )
}

static CLAUSE: LazyLock<Words<()>> = LazyLock::new(|| {
    words(
        "that but while although though because when after as if whereas since which whether before \
     until where how what why who whose than or despite unless whom",
    )
});

/// Where a clause begins.
pub(super) fn opens_clause(word: &str) -> bool {
    CLAUSE.contains(word)
}

static PREPOSITION: LazyLock<Words<()>> = LazyLock::new(|| {
    words(
        "of for at from with behind in to by on about into over under via through against near \
     inside within",
    )
});

/// Prepositions that end the head of a noun phrase.
pub(super) fn preposition(word: &str) -> bool {
    PREPOSITION.contains(word)
}

static DETERMINER: LazyLock<Words<()>> = LazyLock::new(|| {
    words(
        "a an the this that these those its his her their our my your some any no each every both \
     one another other many several most multiple two three four such",
    )
});

/// Determiners and possessives that open a noun phrase.
pub(super) fn determiner(word: &str) -> bool {
    DETERMINER.contains(word)
}

static PERSON: LazyLock<Words<()>> = LazyLock::new(|| {
    words(
        "spokesperson spokesman spokeswoman spokespeople representative representatives ceo ciso \
     cto cio cfo coo director researcher analyst president vice-president vp founder co-founder \
     chairman chairwoman officer chief executive manager head lead expert consultant engineer \
     reporter journalist editor lawyer attorney secretary minister commissioner senator \
     professor strategist investigator official detective evangelist principal specialist \
     observer commentator blogger boss bosses exec execs activist lawmaker politician economist scientist academic \
     administrator superintendent commander inspector sergeant constable governor mayor author owner advisor adviser fellow chair chairperson \
         chancellor treasurer councillor councilman councilwoman technologist counsel mp mep \
         congressman congresswoman",
    )
});

/// A noun for a person who speaks for, or works at, an organisation.
pub(super) fn person_noun(word: &str) -> bool {
    PERSON.contains(word) || ["co-", "vice-", "ex-"].iter().any(|of| word.strip_prefix(of).is_some_and(person_noun))
}

/// The spokespersons among [`person_noun`]: they speak with the organisation's voice.
pub(super) fn spokesperson(word: &str) -> bool {
    matches!(
        word,
        "spokesperson" | "spokesman" | "spokeswoman" | "spokespeople" | "representative" | "representatives" | "rep"
    )
}

/// Titles before a name.
pub(super) fn honorific(word: &str) -> bool {
    matches!(word, "mr" | "mrs" | "ms" | "dr" | "prof" | "sir" | "sen" | "rep" | "gov" | "lt" | "col" | "sgt")
}

static COMPANY: LazyLock<Words<()>> = LazyLock::new(|| {
    words(
        "biz company firm carrier giant maker manufacturer provider vendor retailer bank operator \
     conglomerate corporation organization organisation business startup agency university \
     hospital airline insurer supplier developer publisher chain utility telco telecom \
     contractor brand institution ministry school city council department platform exchange \
     automaker chipmaker multinational subsidiary outfit studio association commission \
     distributor producer titan service district clinic charity network app website store shop \
     lender brokerage foundation club federation museum library hotel casino wallet marketplace \
     registrar consultancy lab laboratory grocer dairy brewer builder bakery builder carmaker \
     drugmaker shipper refiner courier newspaper",
    )
});

/// A noun for a company or institution.
pub(super) fn company_noun(word: &str) -> bool {
    COMPANY.contains(word)
}

static ACTOR: LazyLock<Words<()>> = LazyLock::new(|| {
    words(
        "individual hacker hackers group gang crew collective cybercriminal cybercriminals criminals criminal \
     attacker attackers intruder intruders seller sellers extortionist extortionists operators \
     poster leaker leakers blackmailer blackmailers extortionist uploader culprit culprits perpetrator \
     perpetrators cyberattacker cyberattackers crooks hacktivist hacktivists cybergang thief thieves fraudsters scammers",
    )
});

/// A noun for those who say that they hold the data.
pub(super) fn actor_noun(word: &str) -> bool {
    ACTOR.contains(word)
}

/// A noun for those who watch actors.
pub(super) fn researcher_noun(word: &str) -> bool {
    matches!(word, "researchers" | "researcher" | "analysts" | "analyst" | "experts" | "expert" | "investigators")
}

/// A noun for people by its ending, where the list of nouns ends: "merchants", "organiser", "historian".
pub(super) fn agent_noun(word: &str) -> bool {
    let singular = word.strip_suffix('s').unwrap_or(word);
    let ending = ["er", "or", "ist", "ian", "ant", "ee", "man", "woman"].iter().any(|end| singular.ends_with(end));
    let thing = matches!(
        singular,
        "server"
            | "computer"
            | "letter"
            | "number"
            | "order"
            | "error"
            | "router"
            | "folder"
            | "sensor"
            | "factor"
            | "paper"
            | "newspaper"
            | "container"
            | "center"
            | "matter"
            | "counter"
            | "never"
            | "other"
            | "another"
            | "whether"
            | "either"
            | "neither"
            | "together"
            | "further"
            | "later"
            | "earlier"
            | "after"
            | "under"
            | "over"
            | "ever"
            | "however"
            | "cyber"
            | "offer"
            | "answer"
            | "manner"
            | "weather"
            | "layer"
            | "tier"
            | "buffer"
            | "identifier"
            | "vector"
            | "mirror"
            | "behavior"
            | "honor"
            | "degree"
            | "list"
            | "transfer"
            | "disorder"
            | "chatter"
            | "cover"
            | "barrier"
            | "border"
            | "harbor"
            | "labor"
            | "browser"
            | "remainder"
            | "reminder"
            | "timer"
            | "tracker"
            | "human"
            | "database"
            | "poster"
            | "banner"
            | "header"
            | "parameter"
            | "character"
            | "water"
            | "power"
            | "monitor"
            | "warrant"
            | "grant"
            | "restaurant"
            | "plant"
            | "variant"
            | "guarantee"
            | "committee"
            | "fee"
            | "door"
            | "floor"
            | "color"
            | "minor"
            | "major"
            | "prior"
            | "error-free"
            | "important"
            | "relevant"
            | "significant"
            | "quarter"
            | "disaster"
            | "thriller"
            | "summer"
            | "winter"
            | "september"
            | "october"
            | "november"
            | "december"
            | "twitter"
            | "newsletter"
            | "chapter"
            | "filter"
            | "cluster"
            | "register"
            | "rather"
            | "per"
            | "her"
            | "for"
            | "or"
            | "nor"
    );
    singular.len() > 4 && ending && !thing
}

static CROWD: LazyLock<Words<()>> = LazyLock::new(|| {
    words(
        "customers customer users user experts researchers analysts employees employee sources \
     source officials police prosecutors authorities regulators regulator investigators \
     subscribers clients patients victims members shareholders insiders person insider \
     observers parents residents union nurse nurses teacher teachers staffer staffers worker workers \
     politicians lawmakers lawmaker critics activists passengers students whistleblower \
     whistleblowers lawyers journalists engineers developers moderators prosecutor watchdog judge \
     advocates advocate campaigners leaders executives merchants bystanders \
     readers doctors insurers companies firms organisations organizations banks hospitals schools universities agencies",
    )
});

/// A noun for people without a name of their own in the text.
pub(super) fn crowd_noun(word: &str) -> bool {
    CROWD.contains(word)
}

/// The authorities among [`crowd_noun`].
pub(super) fn authority_noun(word: &str) -> bool {
    matches!(
        word,
        "police"
            | "prosecutors"
            | "prosecutor"
            | "watchdog"
            | "judge"
            | "authorities"
            | "regulators"
            | "regulator"
            | "officials"
            | "investigators"
            | "court"
    )
}

static DOCUMENT: LazyLock<Words<()>> = LazyLock::new(|| {
    words(
        "statement report post blog message email e-mail letter notice notification advisory site \
     page tweet filing announcement release investigation analysis team faq memo \
     account note listing thread advertisement ad channel entry evidence claim bulletin \
     document response lawsuit suit complaint indictment",
    )
});

/// A thing that carries somebody's words.
pub(super) fn document_noun(word: &str) -> bool {
    DOCUMENT.contains(word)
}

static CALENDAR: LazyLock<Words<()>> = LazyLock::new(|| {
    words(
        "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun gmt \
     utc est edt pst pdt bst cet",
    )
});

/// Months, days and other words of the calendar.
pub(super) fn calendar_word(word: &str) -> bool {
    month(word).is_some() || CALENDAR.contains(word)
}

/// The number of a month's name. "May" and "march" are verbs too: the caller looks at the capital.
pub(super) fn month(word: &str) -> Option<u8> {
    Some(match word {
        "january" | "jan" => 1,
        "february" | "feb" => 2,
        "march" | "mar" => 3,
        "april" | "apr" => 4,
        "may" => 5,
        "june" | "jun" => 6,
        "july" | "jul" => 7,
        "august" | "aug" => 8,
        "september" | "sept" | "sep" => 9,
        "october" | "oct" => 10,
        "november" | "nov" => 11,
        "december" | "dec" => 12,
        _ => return None,
    })
}

static OPENER: LazyLock<Words<()>> = LazyLock::new(|| {
    words(
        "dear he she it they we i you there here and yet according citing having additionally besides \
     earlier last next among other others well not nor neither either without despite during \
     between based given following per like unlike visiting screenshots security update updated \
     evidence data remediation got want share read see investing against moving even more most \
     much no yes asked when hugely penetrating cybersecurity ransomware malicious stolen leaked \
     samples sample law speaking writing reached contacted similarly what nothing nobody \
     someone somebody everyone everybody anybody people files documents information hackers another while such around \
     about because us uk eu ok let please as until today yesterday",
    )
});

/// Words that open a sentence with a capital letter and are no name.
pub(super) fn opens_sentence(word: &str) -> bool {
    determiner(word)
        || preposition(word)
        || opens_clause(word)
        || adverb(word)
        || auxiliary(word)
        || crowd_noun(word)
        || actor_noun(word)
        || company_noun(word)
        || OPENER.contains(word)
}

/// A hedge word's sign: about, over, under.
pub(super) fn hedge(word: &str) -> Option<char> {
    Some(match word {
        "about" | "around" | "roughly" | "approximately" | "nearly" | "almost" | "some" | "estimated" | "approx"
        | "circa" => '~',
        "over" | "exceeding" | "above" => '>',
        "under" | "below" => '<',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verb_and_its_participle_agree() {
        for (finite, hanging) in [
            ("says", "saying"),
            ("claimed", "claiming"),
            ("denies", "denying"),
            ("confirmed", "confirming"),
            ("declined", "declining"),
        ] {
            assert_eq!(cue(finite), participle(hanging), "{finite}");
        }
        assert_eq!(cue("breached"), None);
    }

    #[test]
    fn adverbs_are_known_by_their_ending_but_not_every_such_word_is_one() {
        assert!(adverb("initially") && adverb("immediately"));
        assert!(!adverb("family") && !adverb("supply"));
    }
}
