//! What a statement does to the claim, from its verb and from what is said.

use std::sync::LazyLock;

use regex::Regex;

use crate::claim::{PartyKind, Span, Stance};
use crate::read::content::{Content, content};
use crate::read::lexicon::{self, Cue};
use crate::read::patterns::word_regex;

/// A stance with how it was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) stance: Stance,
    /// The words themselves decide, not only the speaker's role.
    pub(super) explicit: bool,
    /// The rule, in a few words.
    pub(super) why: &'static str,
    /// The words that decided, as bytes of what was heard; `None` where the verb or the role did.
    pub(super) words: Option<Span>,
    /// How many other stances something in it points to.
    pub(super) rivals: u8,
}

/// What was heard, for [`stance`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard<'t> {
    pub(super) cue: Cue,
    pub(super) negated: bool,
    pub(super) kind: PartyKind,
    /// Speaks of an incident of its own: the victim, or a firm whose own systems are at issue.
    pub(super) own_matter: bool,
    /// An organisation speaks, or somebody for it.
    pub(super) house: bool,
    /// The words of the item, attribution included.
    pub(super) text: &'t str,
}

/// Builds one case-blind pattern; a test holds that each compiles.
fn pattern(source: &str) -> Option<Regex> {
    word_regex(&format!("(?i){source}")).ok()
}

/// A hit that no negation right before it takes back: "no reason to doubt", "did not dispute".
fn hit_plain(pattern: &LazyLock<Option<Regex>>, text: &str) -> Option<Span> {
    let found = hit(pattern, text)?;
    let clause = text.get(..found.start)?.rsplit(['.', ';', ',', '“', '"']).next().unwrap_or_default();
    let denied = clause.split_whitespace().rev().take(9).any(|w| {
        let word = w.to_lowercase().replace('’', "'");
        lexicon::negates(&word) || word == "none"
    });
    let own = found.of(text).is_some_and(|w| {
        w.to_lowercase().contains("not ") || w.contains("n't") || w.contains("n’t") || w.starts_with("never")
    });
    let denied = denied && !own;
    (!denied).then_some(found)
}

fn hit(pattern: &LazyLock<Option<Regex>>, text: &str) -> Option<Span> {
    let found = pattern.as_ref()?.find(text)?;
    Some(Span { start: found.start(), end: found.end() })
}

/// Words that call a claim untrue.
static UNTRUE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:deny|denies|denied|denying|denial)\b|\buntrue\b|\bhoax\b|\bfabricat\w+|\bunfounded\b|\bbaseless\b|\bgroundless\b|\bbogus\b|\bnonsense\b|\bwithout (?:merit|foundation|basis|substance)\b",
        r"|\b(?:no|not|n['’]t) (?:\w+ )?(?:truth|true|merit|foundation|basis|substance)\b|\bnothing to do with\b|\bunrelated to\b|\bwere not ours\b|\b(?:claims?|allegations?|reports?|accusations?|rumou?rs?)\b[^.;]{0,90}\b(?:false|fake)\b|\bfalse (?:claims?|allegations?|reports?|news)\b|\bfake news\b|\bnot (?:us|them)\b",
        r"|(?:\bnot|n['’]t) (?:\w+ )?(?:come |originate )?from (?:its|their|our|the company)\b|\babsolutely not\b|\bnone of (?:it|this|that) is true\b|[“\x22]No(?:[.!”\x22]|,[”\x22]|, (?:that|this|it|there|they|those|none|nothing|absolutely)\b)|^No(?:[.!]|, (?:that|this|it|there|they|those|none|nothing|absolutely)\b)|\bthere was none\b",
    ))
});

/// Words that make an admission small.
static LIMIT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b(?:only|limited|confined|restricted to|single|isolated|segment|older|discontinued|small (?:number|amount|subset|portion|percentage|group|fraction)|handful|subset|low[- ]risk|minor|third[- ]party (?:\w+ )?(?:contractor|vendor|supplier|provider|service|platform|system|partner|tool|software|application)s?|(?:contractor|vendor|supplier|reseller|distributor|subsidiary)s?|old|outdated|legacy|test(?:ing)? (?:lab|environment|server|data|system|account)s?|staging|non-sensitive|non-production|(?:already )?public(?:ly available)?|does not (?:include|contain)|not (?:yet )?(?:been able to )?(?:determined|established)|yet to determine|portion of|some of (?:its|our)|investigating (?:if|whether)|play(?:ed|s)? down|some of the|nothing (?:else|more)|avoided|downplay\w*)\b",
    )
});

static INVESTIGATION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(concat!(
        r"\bto investigate\b|\bunder investigation\b|\bfiled (?:\w+ ){0,3}(?:complaint|report)\b|\banaly[sz]ing\b|\bcoordinating with\b|\baware (?:of (?:the|these|those|reports|claims|a|an|recent|allegations|this|social|posts|media|online|speculation|unverified|unconfirmed)|that)\b|\bto learn more\b|\bgather\w* (?:more )?(?:information|details|facts)|\bdetails (?:\w+ ){0,3}(?:are|is) (?:still )?unknown|\b(?:investigating|probing|(?:making )?(?:enquir|inquir)\w+|looking (?:\w+ )?into|look into|reviewing|examining|assessing|evaluating|scrutini[sz]ing|checking|verifying|validating|monitoring)\b",
        r"|\binvestigation\b.{0,40}\b(?:under ?way|ongoing|continu|still|in progress)|\b(?:ongoing|launched|launching|opened|opening|began|begun|started|initiated|immediate|conducting|active|actively|thorough|full|internal|undertaking|commenced|finishes|complet\w+)\b.{0,30}\b(?:investigation|review|probe|inquiry|enquiry|audit)\b|\b(?:review|investigation|probe|inquiry|audit) (?:\w+ )?(?:is|was|are|were|had been|has been) (?:\w+ )?(?:under ?way|ongoing|launched|opened|started|in progress)",
        r"|\bworking (?:\w+ )?with (?:\w+ ){0,4}(?:law enforcement|authorities|police|experts|forensic\w*|fbi|investigators|cybersecurity|specialists|regulators)|\bin (?:close )?contact with\b|\b(?:engaged|hired|retained|brought in|appointed) (?:\w+ ){0,4}(?:forensics?|experts?|firm|specialists|consultants)|\bto (?:\w+ly |better )?(?:determine|establish|verify|understand|confirm|assess) (?:the|if|whether|what|how|exactly)\b|\b(?:verify|validate|assess) (?:\w+ ){0,3}(?:and|claims?|situation|validity|authenticity)|\binvestigate (?:it|this|the)\b|\btoo (?:early|soon) to\b|\bseeking (?:to|more|further)\b|\b(?:part|subject) of (?:its|our|their|an?|the) (?:\w+ )?(?:investigations?|inquir\w+|enquir\w+|probe)\b|\bkeep(?:ing|s)? (?:a |an )?(?:close |eye|watch)",
    ))
});

/// What the police and their like do about a crime.
static POLICING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:investigat\w+|inquir(?:y|ies)|enquir(?:y|ies)|prob(?:e|es|ing)|forensics?|arrests?|arrested|suspects?|prosecut\w+)\b|\bto justice\b",
        r"|\bwork(?:s|ed|ing)? (?:\w+ ){0,2}(?:together|with)\b|\bidentify(?:ing)? (?:the|those|who)\b|\bcalled in\b|\bin (?:touch|contact) with\b|\bco-?operat\w+\b|\b(?:case|complaint|fir) (?:was |has been |had been )?(?:opened|filed|registered|lodged)\b|\b(?:tak|treat)(?:e|es|ing) (?:\w+ ){0,4}seriously\b",
    ))
});

/// An inquiry that is over, or that speaks through its results.
static CONCLUDED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b(?:investigation|review|analysis|probe|inquiry|audit) (?:\w+ )?(?:indicates?|found|shows?|showed|revealed|determined|concluded|confirmed|has (?:found|shown|determined|concluded|revealed|confirmed))|\b(?:concluded|completed|finished) (?:\w+ ){0,2}(?:investigation|review)",
    )
});

static DISPUTE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:took|takes|take) issue with|\b(?:incorrect|inaccurate|misleading|mischaracteri[sz]\w+|misrepresent\w*|misinformation|disinformation|exaggerat\w+|overstated|overblown|false|fake|faked|wrong|lying|lied|bluff\w*|contrary to)\b|\b(?:data|files?|documents?|database|records?|information|samples?|it|they|these|those) (?:is|are|was|were)(?: not|n['’]t) (?:\w+ ){0,2}(?:real|genuine|new|recent|authentic|from|current|actual|live|\d{4})\b|\b(?:do|does)(?: not|n['’]t) exist\b",
        r"|(?:\bnot|n['’]t|\binsufficient)(?: \w+){0,3} (?:sufficient|enough|credible|convincing) (?:evidence|proof)|(?:\bnot|n['’]t) (?:\w+ ){0,3}(?:supported|support|substantiate\w*|back up|match|belong|stand up|hold up|reflect|consistent)\b|\bnever (?:suggested|claimed|said|stated)\b",
        r"|\b(?:recycled|repackaged|scraped|scraping|re-?hash\w*|previously (?:leaked|published|disclosed|known|reported)|from (?:an|a) (?:older|old|earlier|previous|different|unrelated|another)|publicly available)\b|\bbelongs? to (?:another|a different|someone else)|\bdisput\w+|\brefut\w+|\brejects? (?:the )?(?:claims?|allegations?)|\bcontradict\w*|\bdebunk\w*|\bcast(?:s|ing)? doubt|\bskeptical|\bsceptical|\bdoubts? (?:that|the|about|whether)|\bquestion(?:ed|s|ing) (?:the|whether)|\b(?:stolen|taken|obtained|came|come|collected|gathered|originat\w+|compiled|leaked) (?:\w+ )?(?:from|in|during|via|through) (?:\w+ )?(?:other|unrelated|third[- ]party|another|public|older|old|earlier|previous|different)\b|\bunrelated (?:websites?|sites?|services?|compan\w+|incidents?|breach\w*)|\bbears? no\b|\bdoubtful\b|\bimplausible\b",
    ))
});

/// Who claims has shown nothing for it.
static UNPROVEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:\b(?:not|never|unable to|fail(?:s|ed)? to|yet to|cannot|refus\w+ to)|n['’]t) (?:\w+ ){0,4}(?:prove[nd]?|(?:show|shown|provided?|produced?|offer(?:ed)?|present(?:ed)?|suppl(?:y|ied)) (?:\w+ ){0,3}(?:proof|evidence|samples?))\b",
        r"|\bno (?:\w+ )?(?:proof|evidence) (?:has|have|was|were) (?:been )?(?:provided|produced|shown|offered|presented)\b|\bwithout (?:\w+ )?(?:proof|evidence) (?:of|for) (?:its|their|his|the) claims?\b",
    ))
});

/// A deed that the speaker has no part in: "we did not sell anything", "that was not us".
static NO_DEED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:we|i|it|they|he|she) (?:\w+ )?(?:do|did|have|has|had|does|could|would)(?: not|n['’]t)(?: \w+)? (?:have|hold|sell|sold|steal|stolen|take|taken|hack\w*|breach\w*|leak\w*|publish\w*|attack\w*|encrypt\w*|do|done|touch\w*|post\w*)\b",
        r"|\b(?:was|were|is)(?: not|n['’]t) (?:us|me|ours|them|our (?:work|doing))\b|\bwe (?:\w+ )?never (?:\w+ )?(?:sell|sold|steal|stole|stolen|take|took|hacked|breached|leaked|attacked|had)\b",
        r"|(?:\b(?:no|not|never|deny|denies|denied|denying)|n['’]t) (?:[\w’'-]+ ){0,5}(?:involved|involvement|role in|part in|responsible for|behind|to do with|knowledge of|connection (?:to|with)|linked to|liable)\b|\bdid(?: not|n['’]t) do (?:it|this|that)\b|\b(?:framed|false flag|scapegoat\w*)\b",
    ))
});

/// The data are the house's, by its own word.
static OWNED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b(?:determined|confirmed|found|established) to be (?:an? |our |its )|\b(?:indeed|do|does|did) belong\b|\bbelong(?:s|ed) to (?:the (?:company|firm|bank|group|organi[sz]ation|university|agency)|us)\b",
    )
});

/// What was touched is left open beside what was not: "but names may have been".
static BUT_PERHAPS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r"\b(?:but|although|however|though)\b[^.;]{0,160}\b(?:may|might|could)(?: also| well)? have been\b")
});

/// The data are another's, or from another place or time.
static ELSEWHERE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:stolen|taken|obtained|came|come|collected|gathered|originat\w+|compiled|leaked|harvested) (?:\w+ )?(?:from|in|during|via|through) (?:\w+ )?(?:other|unrelated|another|public|older|old|earlier|previous|different)\b|\bunrelated (?:websites?|sites?|services?|compan\w+|sources?)|\b(?:stolen|taken|obtained|came|come|leaked|hacked) (?:\w+ ){0,2}(?:during|in|from|through|via) an? (?:hack|breach|attack|leak) (?:of|on|at) (?:an?|another|the)\b|\b(?:through|in|from|via|at|on) (?:[\w-]+ ){0,6}other (?:\w+ )?(?:services?|sites?|platforms?|websites?|providers?|companies|breaches)\b|\bthird[- ]party apps?\b",
        r"|\b(?:recycled|repackaged|scraped|scraping|re-?hash\w*)\b|\bbelongs? to (?:another|a different|someone else)|(?:\bnot|n['’]t) (?:\w+ )?(?:belong|ours\b|our data|its data)|\bcredential[- ]stuffing\b|\b(?:was|were|is|are|came|comes) from (?:a|an) (?:\w+ )?(?:database|breach|leak|source|incident|site|hack)\b|\breus(?:e|ed|ing) (?:of )?(?:\w+ )?(?:passwords|credentials)",
    ))
});

/// Something was found, whatever was not: "we identified a suspected incident".
static FOUND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b(?:identified|discovered|detected) (?:an?|some|one) (?:\w+ ){0,4}(?:incident|intrusion|breach|activity|access)\b",
    )
});

/// Silence in the speaker's own words.
static SILENCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b(?:refrain(?:ing)? from|(?:not|n['’]t) in a position to|unable to|cannot|can['’]t|could(?: not|n['’]t)|won['’]t|will not|would not|do(?:es)? not|do(?:es)?n['’]t|decline[sd]? to|no) (?:\w+ ){0,2}(?:comment(?:ing)?|speculate|discuss|elaborate|talk about|go into|get into|speak to)\b|\bno (?:further )?comment\b|\bnothing (?:more|further|else) to (?:say|add|share)\b|\bdeclin\w+ to comment\b|\bneither (?:confirm|deny)|\b(?:not|n['’]t) be (?:making|giving|issuing|offering|providing) (?:any |a )?(?:\w+ ){0,2}(?:comments?|statements?|details)\b",
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

/// A stance that the words decide.
fn by_words(stance: Stance, why: &'static str, words: Option<Span>) -> Reading {
    Reading { stance, explicit: true, why, words, rivals: 0 }
}

/// A stance that follows from who speaks.
fn by_role(stance: Stance, why: &'static str, words: Option<Span>) -> Reading {
    Reading { stance, explicit: false, why, words, rivals: 0 }
}

/// The stance of one item: silence and the verbs of contradiction first, then by the speaker's part what is said of the event.
pub(super) fn stance(heard: &Heard<'_>) -> Reading {
    let said = content(heard.text);
    let read = decide(heard, &said);
    Reading { rivals: rivals(heard, &said, read.stance), ..read }
}

/// How many other stances something in the words points to: who denies and is looking into it, too, may be read either way.
fn rivals(heard: &Heard<'_>, said: &Content, stance: Stance) -> u8 {
    use Stance::{Claims, Confirms, Denies, Disputes, Investigating, NoComment, PartlyConfirms};
    let text = heard.text;
    // Who declines to say is silent, whatever was asked.
    if stance == NoComment && heard.cue == Cue::Declines {
        return 0;
    }
    // A crew claims whatever it says.
    if stance == Claims && heard.kind == PartyKind::Actor {
        return u8::from(hit_plain(&DISPUTE, text).is_some())
            + u8::from(hit(&NO_DEED, text).is_some() || said.not.is_some());
    }
    let partly = stance == PartlyConfirms;
    let signs = [
        (Confirms, said.happened.is_some() || said.genuine.is_some()),
        (Denies, said.not.is_some() || hit(&UNTRUE, text).is_some()),
        (PartlyConfirms, said.perhaps.is_some() || said.happened.is_some() && hit(&LIMIT, text).is_some()),
        (Investigating, hit(&INVESTIGATION, text).is_some()),
        (Disputes, hit_plain(&DISPUTE, text).is_some() || hit_plain(&ELSEWHERE, text).is_some()),
        (NoComment, hit(&SILENCE, text).is_some()),
    ];
    let other = |sign: Stance| sign != stance && !(partly && matches!(sign, Confirms | Denies));
    signs.into_iter().map(|(sign, seen)| u8::from(seen && other(sign))).sum()
}

fn decide(heard: &Heard<'_>, said: &Content) -> Reading {
    let text = heard.text;
    if heard.cue == Cue::Declines {
        return by_words(Stance::NoComment, "keeps silent", hit(&SILENCE, text));
    }
    match heard.kind {
        PartyKind::Actor => actor(heard, said),
        _ if heard.own_matter => of_itself(heard, said),
        PartyKind::Press => press(heard, said),
        PartyKind::Researcher | PartyKind::Authority | PartyKind::Other | PartyKind::Victim => of_another(heard, said),
    }
}

/// A crew claims, whatever it says, unless it denies a deed or contradicts somebody.
fn actor(heard: &Heard<'_>, said: &Content) -> Reading {
    let text = heard.text;
    let lower = text.to_lowercase();
    if let Some(words) = said.not.or_else(|| hit(&UNTRUE, text))
        && (heard.cue == Cue::Denies
            || ["nothing to do with", "not responsible", "not behind", "not involved"]
                .iter()
                .any(|w| lower.contains(w)))
    {
        return by_words(Stance::Denies, "a crew denies a deed", Some(words));
    }
    if let words @ Some(_) = hit(&NO_DEED, text) {
        return by_words(Stance::Denies, "a crew denies a deed", words);
    }
    match hit_plain(&DISPUTE, text) {
        words @ Some(_) if said.happened.is_none() || heard.cue == Cue::Disputes => {
            by_role(Stance::Disputes, "a crew contradicts somebody", words)
        }
        _ if heard.cue == Cue::Claims => by_words(Stance::Claims, "a crew's verb of claiming", None),
        _ => by_role(Stance::Claims, "what a crew says is its claim", said.happened),
    }
}

fn press(heard: &Heard<'_>, said: &Content) -> Reading {
    if let words @ Some(_) = hit_plain(&DISPUTE, heard.text) {
        return by_role(Stance::Disputes, "an outlet corrects", words);
    }
    if heard.cue == Cue::Confirms && !heard.negated {
        return by_role(Stance::Confirms, "an outlet bears it out", said.happened.or(said.genuine));
    }
    by_role(Stance::Informs, "an outlet reports", None)
}

/// What somebody says of another's house, or of no house at all.
fn of_another(heard: &Heard<'_>, said: &Content) -> Reading {
    let text = heard.text;
    let confirms = heard.cue == Cue::Confirms && !heard.negated;
    if heard.cue == Cue::Denies && !heard.negated {
        // To deny having said it is to contradict who said so.
        return match hit(&OF_WORDS, text) {
            words @ Some(_) => by_words(Stance::Disputes, "denies words of its own", words),
            None => by_words(Stance::Denies, "a verb of denial", said.not),
        };
    }
    if let words @ Some(_) =
        hit(&SILENCE, text).filter(|_| heard.kind == PartyKind::Authority && said.happened.is_none())
    {
        return by_words(Stance::NoComment, "keeps silent in its own words", words);
    }
    if heard.cue == Cue::Disputes {
        return by_words(Stance::Disputes, "a verb of contradiction", hit_plain(&DISPUTE, text));
    }
    if let words @ Some(_) = hit_plain(&DISPUTE, text).or_else(|| hit(&UNPROVEN, text)) {
        return by_words(Stance::Disputes, "words of contradiction", words);
    }
    let inquiry = if hit(&CONCLUDED, text).is_some() { None } else { hit(&INVESTIGATION, text) };
    if heard.cue == Cue::Investigates {
        return by_words(Stance::Investigating, "looks into it", inquiry);
    }
    if let words @ Some(_) = inquiry.filter(|_| heard.kind == PartyKind::Victim) {
        return by_words(Stance::Investigating, "looks into it", words);
    }
    let policing = hit(&POLICING, text).or(inquiry).filter(|_| heard.kind == PartyKind::Authority);
    if let words @ Some(_) = policing.filter(|_| hit(&CONCLUDED, text).is_none()) {
        return by_words(Stance::Investigating, "an authority looks into it", words);
    }
    if confirms {
        // One company admits nothing for another; it claims.
        return match heard.kind {
            PartyKind::Victim | PartyKind::Other | PartyKind::Researcher => {
                by_role(Stance::Claims, "asserts of another", said.happened)
            }
            _ => by_words(Stance::Confirms, "a verb of confirmation", said.happened),
        };
    }
    let house = heard.house && !matches!(heard.kind, PartyKind::Researcher | PartyKind::Authority);
    let undone = said.not.filter(|words| house || denies_an_event(text, *words));
    if let words @ Some(_) = undone.filter(|_| said.happened.is_none() && heard.cue != Cue::Claims) {
        return match house {
            true => by_role(Stance::Denies, "denies the event", words),
            false => by_role(Stance::Disputes, "says of another that it did not happen", words),
        };
    }
    // "The Log reported that the crew had stolen files": it passes on what others say.
    if heard.kind == PartyKind::Other && heard.cue == Cue::Reports && text.contains(" reported ") {
        return by_role(Stance::Informs, "reports what others say", None);
    }
    // What befell others before is no claim of this event.
    let of_others = [
        "other companies",
        "other victims",
        "several other",
        "other high",
        "in the past",
        "previously",
        "other organi",
    ]
    .iter()
    .any(|w| text.to_lowercase().contains(w));
    if let words @ Some(_) = said.happened.or(said.genuine).filter(|_| !of_others) {
        return by_role(Stance::Claims, "asserts that it happened", words);
    }
    if let words @ Some(_) = said.extent.filter(|_| heard.kind != PartyKind::Authority && !of_others) {
        return by_role(Stance::Claims, "asserts what the data are", words);
    }
    if heard.cue == Cue::Claims {
        return by_role(Stance::Claims, "a verb of claiming", None);
    }
    by_role(Stance::Informs, "tells of it", None)
}

/// "No data", "not originate": what is denied is an event; "not required to tell", "not aware" deny none.
fn denies_an_event(text: &str, words: Span) -> bool {
    let believed = ["reason to believe", "reason to think", "reason to suspect"].iter().any(|w| text.contains(w));
    let denied = words.of(text).unwrap_or_default();
    believed
        || denied.split_whitespace().skip(1).take(2).any(|word| {
            let word = word.to_lowercase();
            [
                "breach",
                "hack",
                "leak",
                "data",
                "stol",
                "taken",
                "compromis",
                "access",
                "attack",
                "theft",
                "incident",
                "intru",
                "originat",
                "evidence",
                "indicat",
                "sign",
                "affect",
                "impact",
                "happen",
            ]
            .iter()
            .any(|event| word.starts_with(event))
        })
}

/// What somebody says of its own house.
fn of_itself(heard: &Heard<'_>, said: &Content) -> Reading {
    let text = heard.text;
    let confirms = heard.cue == Cue::Confirms && !heard.negated || text.to_lowercase().contains("we confirm");
    if let words @ Some(_) = hit(&CONTACT, text)
        && (confirms || heard.cue == Cue::Denies)
    {
        let stance = if confirms { Stance::Confirms } else { Stance::Denies };
        return by_words(stance, "admits or denies a call", words);
    }
    let inquiry = if hit(&CONCLUDED, text).is_some() { None } else { hit(&INVESTIGATION, text) };
    let dispute = hit_plain(&DISPUTE, text);
    let untrue = hit(&UNTRUE, text);
    let denies = said.not.or(untrue).is_some() || heard.cue == Cue::Denies && !heard.negated;
    // To reject a claim of the event is to deny the event.
    let rejects = heard.cue == Cue::Disputes && said.named.is_some() && said.happened.is_none();
    let denies = denies || rejects;
    let admits = said.happened.or(said.genuine).or_else(|| hit_plain(&OWNED, text));
    if let words @ Some(_) = hit(&UNPROVEN, text).filter(|_| admits.is_none()) {
        return by_words(Stance::Disputes, "says that nothing was shown for it", words);
    }
    // Who sets out to find out what happened tells first that it does.
    if heard.cue == Cue::Investigates && !denies && dispute.is_none() {
        return by_words(Stance::Investigating, "looks into it", inquiry);
    }
    let limit = hit(&LIMIT, text);
    if let words @ Some(_) = hit_plain(&ELSEWHERE, text).or_else(|| hit(&ELSEWHERE, text)).filter(|_| !confirms) {
        // "Not ours" denies nothing of what happened, unless more is said.
        let denied = said.not.is_some_and(|not| words.is_none_or(|w| not.end <= w.start || w.end <= not.start))
            || untrue.is_some();
        return match denied {
            true => by_words(Stance::Denies, "denies, and says that it is of elsewhere", said.not.or(untrue)),
            false => by_words(Stance::Disputes, "says that it is of elsewhere", words),
        };
    }
    match (admits, denies) {
        (Some(words), true) => {
            return by_words(Stance::PartlyConfirms, "admits a part and denies another", Some(words));
        }
        (None, true) if dispute.is_some() && said.not.is_none() && heard.cue != Cue::Denies && untrue.is_none() => {
            return by_words(Stance::Disputes, "words of contradiction", dispute);
        }
        // "Not our network, but rather a supplier's".
        (None, true)
            if limit.is_some()
                && ["but rather", "but instead", "rather than", "but only", "but of a", "but that of"]
                    .iter()
                    .any(|w| text.contains(w)) =>
        {
            return by_words(Stance::PartlyConfirms, "denies its own part in what happened to another", limit);
        }
        (None, true) if said.perhaps.is_some() || hit(&BUT_PERHAPS, text).is_some() => {
            let words = said.perhaps.or_else(|| hit(&BUT_PERHAPS, text));
            return by_words(Stance::PartlyConfirms, "allows for a part and denies another", words);
        }
        (None, true) if hit_plain(&FOUND, text).is_some() => {
            return by_words(Stance::PartlyConfirms, "found something and denies another", hit_plain(&FOUND, text));
        }
        (None, true) => return by_words(Stance::Denies, "denies the event", said.not.or(untrue)),
        (Some(words), false) if limit.is_some() => {
            return by_words(Stance::PartlyConfirms, "admits and makes it small", Some(words));
        }
        (Some(words), false) => return by_words(Stance::Confirms, "admits the event", Some(words)),
        (None, false) => {}
    }
    if heard.cue == Cue::Disputes {
        return by_words(Stance::Disputes, "a verb of contradiction", dispute);
    }
    if dispute.is_some() {
        return by_words(Stance::Disputes, "words of contradiction", dispute);
    }
    if heard.cue == Cue::Investigates || inquiry.is_some() {
        return by_words(Stance::Investigating, "looks into it", inquiry);
    }
    if let words @ Some(_) = hit(&SILENCE, text) {
        return by_words(Stance::NoComment, "keeps silent in its own words", words);
    }
    if let words @ Some(_) = said.perhaps {
        return by_words(Stance::PartlyConfirms, "allows that it may have happened", words);
    }
    match heard.cue {
        Cue::Confirms if !heard.negated => by_words(Stance::Confirms, "a verb of confirmation", None),
        Cue::Claims => by_role(Stance::Claims, "a verb of claiming", None),
        _ => by_role(Stance::Informs, "tells of it", None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: PartyKind, cue: Cue, text: &str) -> Stance {
        stance(&Heard { cue, negated: false, kind, own_matter: kind == PartyKind::Victim, house: true, text }).stance
    }

    #[test]
    fn every_pattern_compiles() {
        for pattern in [
            &UNTRUE,
            &LIMIT,
            &SILENCE,
            &INVESTIGATION,
            &POLICING,
            &CONCLUDED,
            &DISPUTE,
            &ELSEWHERE,
            &CONTACT,
            &OF_WORDS,
            &UNPROVEN,
            &NO_DEED,
            &OWNED,
            &BUT_PERHAPS,
            &FOUND,
        ] {
            assert!(pattern.is_some());
        }
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
            ("Brightwell said the hackers have not shown any proof of their claim.", Stance::Disputes),
            (
                "Brightwell said that no passwords were accessed, but names and addresses may have been.",
                Stance::PartlyConfirms,
            ),
            (
                "“The document has been determined to be a Brightwell document, though no customer data was taken.”",
                Stance::PartlyConfirms,
            ),
            ("Brightwell said the code is completely unrelated to its own.", Stance::Denies),
            ("“We can’t talk about the specifics of any case,” Brightwell said.", Stance::NoComment),
        ] {
            assert_eq!(of(PartyKind::Victim, Cue::Says, text), expected, "{text}");
        }
    }

    #[test]
    fn an_admission_has_many_words_and_what_is_taken_as_given_is_none() {
        for (text, expected) in [
            ("Brightwell said that a third party obtained access to its servers.", Stance::Confirms),
            ("“We have received an extortion demand,” Brightwell said.", Stance::Confirms),
            ("The head of Brightwell says she has had an email demanding a ransom.", Stance::Confirms),
            ("“Data was released by a criminal organization,” Brightwell said.", Stance::Confirms),
            ("Brightwell said that criminals bribed its clerks to copy customer data.", Stance::Confirms),
            (
                "Although the threat actor was able to access the laboratory, our controls prevented them from accessing any customer data.",
                Stance::PartlyConfirms,
            ),
            (
                "Its inquiry showed no evidence of its systems being compromised, confirming the attacker breached a supplier of Brightwell.",
                Stance::PartlyConfirms,
            ),
            ("“We will assist individuals whose data may have been affected,” Brightwell said.", Stance::Informs),
            ("Brightwell said it closed two shops after the incident.", Stance::Informs),
            ("Brightwell said it is too early to know who had been affected.", Stance::Investigating),
            ("“No, we are not going to pay your ransom,” Brightwell said.", Stance::Informs),
            ("“No,” Brightwell said.", Stance::Denies),
            ("“Whether the breach happened or not, trust is what counts,” Brightwell said.", Stance::Informs),
        ] {
            assert_eq!(of(PartyKind::Victim, Cue::Says, text), expected, "{text}");
        }
        let passed_on = "Oakvale reported that thieves had stolen files from Brightwell.";
        assert_eq!(of(PartyKind::Other, Cue::Reports, passed_on), Stance::Informs);
    }

    #[test]
    fn words_that_point_elsewhere_are_counted() {
        let rivals = |text| {
            stance(&Heard {
                cue: Cue::Says,
                negated: false,
                kind: PartyKind::Victim,
                own_matter: true,
                house: true,
                text,
            })
            .rivals
        };
        assert_eq!(rivals("Brightwell said that there is no evidence of a breach."), 0);
        assert_eq!(rivals("Brightwell said it is investigating and that there is no evidence of a breach."), 1);
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
        for said in [
            "GreyHeron said: “We did not sell anything.”",
            "“That wasn’t us,” GreyHeron wrote.",
            "“We don’t have that data,” it said.",
        ] {
            assert_eq!(of(PartyKind::Actor, Cue::Says, said), Stance::Denies, "{said}");
        }
        assert_eq!(
            of(PartyKind::Researcher, Cue::Reports, "Tarnwell reported that a crew was attempting to sell data."),
            Stance::Informs
        );
        assert_eq!(
            of(PartyKind::Researcher, Cue::Says, "Tarnwell said GreyHeron infiltrated the firm."),
            Stance::Claims
        );
        assert_eq!(of(PartyKind::Researcher, Cue::Says, "Tarnwell said that was incorrect."), Stance::Disputes);
        let required = "The office said that Brightwell was not required to notify it of a breach.";
        assert_eq!(of(PartyKind::Authority, Cue::Says, required), Stance::Informs);
        assert_eq!(of(PartyKind::Victim, Cue::Declines, "Brightwell would not say."), Stance::NoComment);
    }

    #[test]
    fn silence_in_ones_own_words_and_setting_out() {
        for (kind, said) in [
            (PartyKind::Authority, "“We neither deny nor confirm the reports,” the office said."),
            (PartyKind::Victim, "“We will not be making any further public statements on this.”"),
        ] {
            assert_eq!(of(kind, Cue::Says, said), Stance::NoComment, "{said}");
        }
        let found = "While we did not find anything in our own systems, we identified a suspected incident at a supplier, it said.";
        assert_eq!(of(PartyKind::Victim, Cue::Says, found), Stance::PartlyConfirms);
        let team = "It sent a team to investigate the incident at the plant, where records were stolen.";
        assert_eq!(of(PartyKind::Victim, Cue::Investigates, team), Stance::Investigating);
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
