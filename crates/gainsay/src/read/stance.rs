//! What a statement does to the claim, from its verb and from what is said.

use std::sync::LazyLock;

use regex::Regex;

use crate::read::patterns::word_regex;

use crate::claim::{PartyKind, Stance};
use crate::read::lexicon::Cue;

/// A stance with how it was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) stance: Stance,
    /// The words themselves decide, not only the speaker's role.
    pub(super) explicit: bool,
}

/// What was heard, for [`stance`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard<'t> {
    pub(super) cue: Cue,
    pub(super) negated: bool,
    pub(super) kind: PartyKind,
    /// Speaks of an incident of its own: the victim, or a firm whose own systems are at issue.
    pub(super) own_matter: bool,
    /// The words of the item, attribution included.
    pub(super) text: &'t str,
}

/// Builds one case-blind pattern; a test holds that each compiles.
fn pattern(source: &str) -> Option<Regex> {
    word_regex(&format!("(?i){source}")).ok()
}

fn hits(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|p| p.is_match(text))
}

/// No sign, no impact, not breached, not ours.
static DENIAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:\bno\b|\bany\b|\bwithout\b|\bnot\b|\bnever\b|n['’]t\b|\bzero\b)\s+(?:\w+ ){0,4}(?:evidence|indications?|signs?|proof|trace)\b",
        r"|\bno reason (?:to (?:believe|think|suspect)|for (?:concern|alarm))\b|(?:\bnot|n['’]t) (?:\w+ )?believe\b|\bdoes not appear\b",
        r"|(?:\bnot|\bnever|n['’]t)(?: (?:an?|the|any) (?:result of )?(?:\w+ )?(?:breach|hack|intrusion|compromise|cyberattack|data leak|leak)\b|(?: \w+){0,2} (?:breached|hacked|compromised|impacted|affected|accessed|stolen|exposed|exfiltrated|infiltrated|involved|touched|disrupted|encrypted|leaked|taken|suffer|suffered|occur|happen|contain|include|come from|originate|due to|the result|related|connected|ours|impact|affect|compromise|involve)\b)",
        r"|(?:\bnot|n['’]t) (?:\w+ )?(?:come )?from (?:its|their|our|the company)\b|\b(?:no|zero) (?:\w+[ ,]){0,4}(?:data|information|systems?|breach|hack|intrusion|compromise|access|impact|customers?|code|records|passwords|credentials|accounts|ransomware|files|incident)\b",
        r"|\bneither\b.{0,160}\bnor\b|\b(?:remains?|are|is) (?:\w+ )?(?:secure|safe|unaffected|intact)\b|\bunaffected\b|\bnothing to do with\b",
        r"|\b(?:deny|denies|denied|denying)\b|\buntrue\b|\bhoax\b|\bfabricated\b|\bunfounded\b|\bbaseless\b|\bwere not ours\b",
    ))
});

/// The thing happened.
static ADMISSION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:was|were|had been|has been|have been|got|been) (?:\w+ ){0,2}(?:accessed|breached|hacked|compromised|stolen|exfiltrated|exposed|leaked|obtained|taken|copied|affected|impacted|targeted|infiltrated|downloaded|encrypted|hit|charged)\b",
        r"|\b(?:experienced|suffered|identified|detected|discovered|fell victim|falling victim|became aware of|subject(?:ed)? to|victim of|responding to|responded to)\b.{0,60}\b(?:breach|attack|access|incident|intrusion|activity|ransomware|compromise|release|theft|leak|exposure|cyberattack|hack)\b",
        r"|\b(?:gained|obtained|had) (?:\w+ ){0,2}(?:access|entry|artifacts|data|files|information|credentials)\b|\bunauthori[sz]ed (?:access|party|actor|third|individual|user|person)",
        r"|\b(?:broke|got) into\b|\bstole\b|\baware of an (?:issue|incident|attack)\b|\b(?:accessed|downloaded|copied|exfiltrated|acquired|removed) (?:\w+ ){0,3}(?:data|files|information|records|code|documents)\b",
        r"|\b(?:data|information|files|documents|records|code) (?:is|are|appears? to be) (?:\w+ )?(?:authentic|genuine|legitimate|ours|real|valid)\b",
    ))
});

/// The thing itself, as a noun or a verb.
static EVENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b(?:breach|hacks?|intrusion|incident|attack|cyberattack|theft|leak|access|compromise|gained|stole|broke|authentic|genuine)\b",
    )
});

/// Words that make an admission small.
static LIMIT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b(?:only|limited|single|isolated|small (?:number|amount|subset|portion|percentage)|subset|low[- ]risk|third[- ]party (?:contractor|vendor|supplier|provider|service|platform|system|partner|tool|software|application)s?|contractors?|old|outdated|test(?:ing)? (?:lab|environment|server|data)s?|non-sensitive|publicly available|does not (?:include|contain)|not (?:yet )?(?:been able to )?(?:determined|established)|yet to determine|portion of|some of (?:its|our)|investigating (?:if|whether)|one of its|one of our)\b",
    )
});

static INVESTIGATION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(concat!(
        r"\bto investigate\b|\banaly[sz]ing\b|\bcoordinating with\b|\baware (?:of (?:the|these|those|reports|claims|a|recent|allegations|this)|that)\b|\bto learn more\b|\bgather\w* (?:more )?(?:information|details|facts)|\b(?:no|any) (?:further|additional|more) (?:details|information)|\bdetails (?:\w+ ){0,3}(?:are|is) (?:still )?unknown|\b(?:investigating|(?:making )?(?:enquir|inquir)\w+|looking into|look into|reviewing the|examining|assessing)\b",
        r"|\binvestigation\b.{0,40}\b(?:under ?way|ongoing|continu|still|in progress)|\b(?:ongoing|launched|opened|began|started|initiated|immediate|conducting|active|thorough|undertaking|commenced|finishes|complet\w+)\b.{0,30}\b(?:investigation|review|probe|inquiry)\b",
        r"|\bworking (?:\w+ )?with (?:\w+ ){0,3}(?:law enforcement|authorities|police|experts|forensic|the fbi|investigators|cybersecurity)|\b(?:engaged|hired|retained) (?:\w+ ){0,4}(?:forensic|experts?|firm|specialists)|\bto determine (?:the|if|whether|what)\b|\b(?:monitor|verify|validate)(?:ing)? (?:\w+ ){0,3}(?:and|claims?|situation|validity|authenticity)|\binvestigate (?:it|this|the)\b",
    ))
});

/// An inquiry that is over, or that speaks through its results.
static CONCLUDED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b(?:investigation|review|analysis) (?:\w+ )?(?:indicates?|found|shows?|showed|revealed|determined|concluded|confirmed|has (?:found|shown|determined|concluded))|\b(?:concluded|completed|finished) (?:\w+ ){0,2}(?:investigation|review)",
    )
});

static DISPUTE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:took|takes|take) issue with|\b(?:incorrect|inaccurate|misleading|mischaracteri[sz]\w+|exaggerat\w+|overstated|false|wrong|lying|lied|bluff\w*)\b",
        r"|(?:\bnot|n['’]t|\binsufficient)(?: \w+){0,3} (?:sufficient|enough|credible|convincing) (?:evidence|proof)|(?:\bnot|n['’]t) (?:\w+ ){0,3}(?:support|substantiate|back up|match|belong)\b|\bnever (?:suggested|claimed|said|stated)\b",
        r"|\b(?:recycled|repackaged|scraped|from (?:an|a) (?:older|old|earlier|previous|different|unrelated|another))\b|\bbelongs? to (?:another|a different|someone else)|\bdisput\w+|\brefut\w+|\brejects? (?:the )?(?:claims?|allegations?)|\bcontradict\w*|\bdebunk\w*|\bcast(?:s|ing)? doubt|\bskeptical|\bdoubts? (?:that|the|about)",
    ))
});

/// Silence in the speaker's own words.
static SILENCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b(?:refrain(?:ing)? from|not in a position to|unable to|cannot|can['’]t|won['’]t|will not|decline to|no) (?:\w+ ){0,2}(?:comment|speculate|discuss|elaborate)\b|\bno (?:further )?comment\b",
    )
});

/// A researcher's own assertion that the thing happened, not a report of somebody's claim.
static ASSERTION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b(?:infiltrated|breached|hacked|stole|compromised|penetrated|exfiltrated|took|copied (?:\w+ ){0,4}(?:data|code|files|records|documents)|(?:had|has|have) (?:stolen|copied|exfiltrated)|broke into|got into|entered|gained access|is (?:authentic|genuine|legitimate|real|legit|valid)|are (?:authentic|genuine|legitimate|real|legit|valid)|(?:looks?|appears?|seems?) (?:to be )?(?:authentic|genuine|legitimate|real|legit|valid)|(?:was|were) (?:authentic|genuine|legitimate|real|legit|valid)|was breached|were breached|had access)\b",
    )
});

static HEARSAY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b(?:claims?|claimed|claiming|alleg\w+|purported\w*|attempting|trying|looking to sell|offer\w*|said to|reportedly|may have|might have|could have|if |auction\w*|advertis\w+)\b",
    )
});

/// The speaker talks of who told whom, not of the breach.
static CONTACT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b(?:contacted|contact|reached out|approached|notified)\b (?:\w+ ){0,3}(?:by|with|from|week)\b|\bbeen contacted\b|\bin touch\b|\b(?:contacted|warned|notified|alerted|approached|reached out to) (?:it|us|them)\b",
    )
});

/// The speaker denies a word of its own, not the breach.
static OF_WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b(?:den(?:y|ied|ies|ying)) (?:that |having )?(?:[\w’'-]+ ){0,5}(?:said|stated|called|suggested|reported|claimed|named)\b",
    )
});

/// The stance of one item. Order: silence, dispute, part, denial, inquiry, admission, else by role.
pub(super) fn stance(heard: &Heard<'_>) -> Reading {
    let known = |stance| Reading { stance, explicit: true };
    let by_role = |stance| Reading { stance, explicit: false };
    let text = heard.text;
    if heard.cue == Cue::Declines {
        return known(Stance::NoComment);
    }
    if heard.cue == Cue::Disputes {
        return known(Stance::Disputes);
    }
    let denial = hits(&DENIAL, text) || heard.cue == Cue::Denies && !heard.negated;
    let confirms = heard.cue == Cue::Confirms && !heard.negated || text.to_lowercase().contains("we confirm");
    match heard.kind {
        PartyKind::Actor => {
            let about_itself = hits(&DENIAL, text)
                && (heard.cue == Cue::Denies
                    || text.to_lowercase().contains("nothing to do with")
                    || text.to_lowercase().contains("not responsible"));
            if about_itself {
                known(Stance::Denies)
            } else if hits(&DISPUTE, text) && !hits(&ASSERTION, text) {
                by_role(Stance::Disputes)
            } else {
                by_role(Stance::Claims)
            }
        }
        PartyKind::Victim | PartyKind::Other if heard.own_matter => victim(heard, denial, confirms),
        PartyKind::Researcher | PartyKind::Authority | PartyKind::Other | PartyKind::Victim => {
            if heard.cue == Cue::Denies && !heard.negated {
                // To deny having said it is to contradict who said so.
                known(if hits(&OF_WORDS, text) { Stance::Disputes } else { Stance::Denies })
            } else if hits(&DISPUTE, text) {
                known(Stance::Disputes)
            } else if heard.cue == Cue::Confirms && !heard.negated {
                // One company admits nothing for another; it claims.
                match heard.kind {
                    PartyKind::Victim | PartyKind::Other => by_role(Stance::Claims),
                    _ => known(Stance::Confirms),
                }
            } else if heard.cue == Cue::Investigates
                || heard.kind == PartyKind::Authority && hits(&INVESTIGATION, text) && !hits(&CONCLUDED, text)
            {
                known(Stance::Investigating)
            } else if heard.cue == Cue::Claims || hits(&ASSERTION, text) && !hits(&HEARSAY, text) {
                by_role(Stance::Claims)
            } else {
                by_role(Stance::Informs)
            }
        }
        PartyKind::Press => by_role(if hits(&DISPUTE, text) { Stance::Disputes } else { Stance::Informs }),
    }
}

fn victim(heard: &Heard<'_>, denial: bool, confirms: bool) -> Reading {
    let known = |stance| Reading { stance, explicit: true };
    let text = heard.text;
    if hits(&CONTACT, text) && (confirms || heard.cue == Cue::Denies) {
        return known(if confirms { Stance::Confirms } else { Stance::Denies });
    }
    let rest = without_denials(text);
    // "Confirmed that it was not related" admits nothing: what is left without the denial must name the thing.
    let admission = hits(&ADMISSION, &rest) || confirms && (!denial || hits(&EVENT, &rest));
    let investigation = (heard.cue == Cue::Investigates || hits(&INVESTIGATION, text)) && !hits(&CONCLUDED, text);
    match (admission, denial) {
        (true, true) => known(Stance::PartlyConfirms),
        (false, true) => {
            known(if hits(&DISPUTE, text) && !hits(&DENIAL, text) { Stance::Disputes } else { Stance::Denies })
        }
        (true, false) if hits(&LIMIT, text) => known(Stance::PartlyConfirms),
        (true, false) => known(Stance::Confirms),
        (false, false) if hits(&SILENCE, text) => known(Stance::NoComment),
        (false, false) if hits(&DISPUTE, text) => known(Stance::Disputes),
        (false, false) if investigation => known(Stance::Investigating),
        _ => match heard.cue {
            Cue::Claims => Reading { stance: Stance::Claims, explicit: false },
            _ => Reading { stance: Stance::Informs, explicit: false },
        },
    }
}

/// The text without its clauses of denial, so that "was not breached" is no admission. "That it had been hacked" after "denied" goes with its verb.
fn without_denials(text: &str) -> String {
    static DENIED_CLAUSE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        pattern(concat!(
            r"\b(?:den(?:y|ied|ies|ying)|no (?:\w+ )?(?:evidence|indications?|signs?|reason|proof)|not (?:\w+ )?believe|\w+n['’]t|any (?:evidence|indications?|signs?)|neither|not|never|claims?|claimed|allegations?|alleged(?:ly)?|purport\w*|reports?|whether|if|aware of (?:the |these |those |recent |online |media )?(?:[\w-]+ )?(?:claims?|reports?|allegations|posts?|listing|rumou?rs))\b[^.;]*?(?:, but\b|\bbut rather\b|\bhowever\b|[.;]|$)",
            r"|\bno (?:\w+[ ,]+){0,5}(?:was|were|has been|have been|had been)[^.;,]*",
            r"|\bhad (?:it|we|they|any|its|our|their|the) (?:\w+ ){0,3}been\b[^.;,]*|\bwould have\b[^.;,]*|\bwere (?:it|we|they|its|our|their|the) (?:\w+ ){0,3}to be\b[^.;,]*",
        ))
    });
    DENIED_CLAUSE.as_ref().map_or_else(|| text.to_owned(), |p| p.replace_all(text, " . ").into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: PartyKind, cue: Cue, text: &str) -> Stance {
        stance(&Heard { cue, negated: false, kind, own_matter: kind == PartyKind::Victim, text }).stance
    }

    #[test]
    fn every_pattern_compiles() {
        for pattern in [
            &DENIAL,
            &ADMISSION,
            &LIMIT,
            &EVENT,
            &SILENCE,
            &INVESTIGATION,
            &CONCLUDED,
            &DISPUTE,
            &ASSERTION,
            &HEARSAY,
            &CONTACT,
            &OF_WORDS,
        ] {
            assert!(pattern.is_some());
        }
        assert_ne!(without_denials("It denied that it was hacked."), "It denied that it was hacked.");
    }

    #[test]
    fn a_victims_words_decide() {
        for (text, expected) in [
            ("“We have found no evidence of a breach,” Brightwell said.", Stance::Denies),
            ("Brightwell denied that it had been hacked.", Stance::Denies),
            ("Brightwell said its systems were not compromised.", Stance::Denies),
            ("Brightwell said that an unauthorized party accessed customer data.", Stance::Confirms),
            ("Brightwell said one server was accessed, but no customer data was taken.", Stance::PartlyConfirms),
            ("Brightwell said it was looking into the claims.", Stance::Investigating),
            ("Brightwell said that its shops open on Monday.", Stance::Informs),
        ] {
            assert_eq!(of(PartyKind::Victim, Cue::Says, text), expected, "{text}");
        }
    }

    #[test]
    fn to_confirm_a_denial_is_to_deny_and_silence_can_be_quoted() {
        for (text, expected) in [
            ("Brightwell has confirmed that the files are not related to any attack on its systems.", Stance::Denies),
            ("Brightwell confirmed the breach but said no records were taken.", Stance::PartlyConfirms),
            ("Brightwell confirmed that some of its servers were breached.", Stance::PartlyConfirms),
            ("Brightwell became aware of the release of old invoices held by a contractor.", Stance::PartlyConfirms),
        ] {
            assert_eq!(of(PartyKind::Victim, Cue::Confirms, text), expected, "{text}");
        }
        assert_eq!(
            of(PartyKind::Victim, Cue::Says, "“We are not in a position to speculate,” it said."),
            Stance::NoComment
        );
    }

    #[test]
    fn roles_decide_where_words_do_not() {
        assert_eq!(of(PartyKind::Actor, Cue::Says, "GreyHeron said it took 3 TB."), Stance::Claims);
        assert_eq!(
            of(PartyKind::Actor, Cue::Says, "GreyHeron said it had nothing to do with the attack."),
            Stance::Denies
        );
        assert_eq!(
            of(PartyKind::Researcher, Cue::Reports, "Tarnwell reported that a crew was attempting to sell data."),
            Stance::Informs
        );
        assert_eq!(
            of(PartyKind::Researcher, Cue::Says, "Tarnwell said GreyHeron infiltrated the firm."),
            Stance::Claims
        );
        assert_eq!(of(PartyKind::Researcher, Cue::Says, "Tarnwell said that was incorrect."), Stance::Disputes);
        assert_eq!(of(PartyKind::Victim, Cue::Declines, "Brightwell would not say."), Stance::NoComment);
    }

    #[test]
    fn a_researchers_denial_of_its_own_words_is_a_dispute_and_a_call_is_no_breach() {
        let denied = "Tarnwell denied that it had ever called the firm breached.";
        assert_eq!(of(PartyKind::Researcher, Cue::Denies, denied), Stance::Disputes);
        let own_voice = "Tarnwell said that GreyHeron got into three makers and copied source code.";
        assert_eq!(of(PartyKind::Researcher, Cue::Says, own_voice), Stance::Claims);
        let called = "Brightwell confirmed that Tarnwell contacted it in May.";
        assert_eq!(of(PartyKind::Victim, Cue::Confirms, called), Stance::Confirms);
        let not_called = "Brightwell denied that Tarnwell had been in touch.";
        assert_eq!(of(PartyKind::Victim, Cue::Denies, not_called), Stance::Denies);
    }
}
