//! Short stories in invented names, each worded another way: who is cast as what, who says what, and of whom.

use crate::claim::{About, OrganisationRole, PartyKind, Reading, Stance};
use crate::read::{Gazetteer, read};

const PAYROLL: &str = "Quietmoor is for sale on a hidden market, and its seller is Dunvarrick. Dunvarrick broke into the payroll firm Pellworth in the spring, according to analysts of Larkspire, and copied 40 GB of wage slips.\n\nLarkspire warned Pellworth on 3 March. Larkspire said that Dunvarrick had entered four other companies before and that the crew rarely lies about what it holds.\n\nPellworth confirmed that somebody broke into one of its servers, and denied that any wage slips had been taken. \"We contained it within hours,\" said Ottilie Brask of Pellworth. Brask declined to name the server.\n\nRolf Tennick, who leads threat analysis at Larkspire, said the seller had shown him 200 files. Tennick added that they looked genuine.\n";

const AIRLINES: &str = "Vexholt Intelligence found the advertisement first. Vexholt Intelligence reported that a seller who goes by Marrowgate is offering customer records of two airlines, Skyreach and Norvane, for $75,000.\n\nMarrowgate claims 3 million records. Vexholt alerted both airlines, it said, and gave the police what it had.\n\nSkyreach said that its systems were not breached. Norvane did not respond to a request for comment.\n\nVexholt denied that it had ever said that the records were real. \"We pass on what the seller says,\" Vexholt said.\n";

const SUPPLIER: &str = "The printer maker Halbrook has told its customers that intruders got into its network and left with design files. A gang named Sootwing took responsibility and demanded $2 million.\n\nResearchers at Cindervale traced the intrusion to a supplier, Brightpost. Cindervale said that Sootwing stole credentials from Brightpost and used them against Halbrook. Brightpost said it was looking into the matter.\n\nKestrel Legal, which advises Halbrook, said that it was contacted by Sootwing on 2 June. The law firm would not say more.\n\nSootwing published 12 GB of files. Halbrook's competitor Inkford said that it had warned its own staff; nothing suggests that Inkford was hit.\n";

fn told(text: &str) -> Reading {
    read(text, &About::default(), &Gazetteer::built_in())
}

fn roles(reading: &Reading) -> Vec<(&str, OrganisationRole)> {
    reading.organisations.iter().map(|o| (o.name.as_str(), o.role)).collect()
}

fn crews(reading: &Reading) -> Vec<&str> {
    reading.actors.iter().map(|a| a.name.as_str()).collect()
}

/// What a speaker says, in order: in which role, with which stance, about whom.
fn says<'r>(reading: &'r Reading, speaker: &str) -> Vec<(PartyKind, Stance, Vec<&'r str>)> {
    let of = reading.drafts.iter().map(|d| &d.statement).filter(|s| s.speaker == speaker);
    of.map(|s| (s.speaker_kind, s.stance, s.about.iter().map(String::as_str).collect())).collect()
}

#[test]
fn a_seller_a_firm_that_watches_it_and_a_firm_that_was_entered() {
    let reading = told(PAYROLL);
    assert_eq!(
        roles(&reading),
        [("Pellworth", OrganisationRole::AllegedVictim), ("Larkspire", OrganisationRole::Researcher)]
    );
    assert_eq!(crews(&reading), ["Dunvarrick"]);
    let larkspire = says(&reading, "Larkspire");
    assert!(!larkspire.is_empty());
    for said in larkspire {
        assert!(matches!(said, (PartyKind::Researcher, Stance::Claims | Stance::Informs, _)), "{said:?}");
        assert_eq!(said.2, ["Pellworth"]);
    }
    assert_eq!(says(&reading, "Pellworth"), [(PartyKind::Victim, Stance::PartlyConfirms, vec!["Pellworth"])]);
    let brask: Vec<Stance> = says(&reading, "Ottilie Brask (Pellworth)").into_iter().map(|s| s.1).collect();
    assert_eq!(brask, [Stance::Informs, Stance::NoComment], "by surname, too");
    assert!(says(&reading, "Rolf Tennick (Larkspire)").iter().all(|s| s.0 == PartyKind::Researcher));
    assert!(reading.drafts.iter().all(|d| d.statement.origin.is_none()), "asserted in its own voice");
}

#[test]
fn who_passes_on_an_offer_confirms_nothing() {
    let reading = told(AIRLINES);
    assert!(roles(&reading).contains(&("Vexholt Intelligence", OrganisationRole::Researcher)));
    assert!(roles(&reading).contains(&("Skyreach", OrganisationRole::AllegedVictim)));
    assert_eq!(crews(&reading), ["Marrowgate"]);
    let vexholt: Vec<Stance> = says(&reading, "Vexholt Intelligence").into_iter().map(|s| s.1).collect();
    assert_eq!(vexholt, [Stance::Informs, Stance::Informs, Stance::Disputes, Stance::Informs]);
    let passed_on = reading.drafts.iter().find(|d| d.statement.speaker == "Vexholt Intelligence");
    assert_eq!(passed_on.and_then(|d| d.statement.origin.as_deref()), Some("Marrowgate"));
    assert_eq!(says(&reading, "Skyreach"), [(PartyKind::Victim, Stance::Denies, vec!["Skyreach"])]);
    assert_eq!(says(&reading, "Norvane").into_iter().map(|s| s.1).collect::<Vec<_>>(), [Stance::NoComment]);
}

#[test]
fn lawyers_and_competitors_are_no_victims() {
    let reading = told(SUPPLIER);
    assert_eq!(
        roles(&reading),
        [
            ("Halbrook", OrganisationRole::AllegedVictim),
            ("Cindervale", OrganisationRole::Researcher),
            ("Brightpost", OrganisationRole::AllegedVictim),
            ("Kestrel Legal", OrganisationRole::Other),
            ("Inkford", OrganisationRole::Other),
        ]
    );
    assert_eq!(crews(&reading), ["Sootwing"]);
    assert_eq!(says(&reading, "Halbrook"), [(PartyKind::Victim, Stance::Confirms, vec!["Halbrook"])]);
    assert_eq!(says(&reading, "Cindervale"), [(PartyKind::Researcher, Stance::Claims, vec!["Brightpost", "Halbrook"])]);
    let contacted = reading.drafts.iter().find(|d| d.statement.speaker == "Kestrel Legal");
    assert_eq!(contacted.map(|d| (d.statement.stance, d.statement.facets.len())), Some((Stance::Informs, 0)));
    assert!(
        says(&reading, "Kestrel Legal").into_iter().chain(says(&reading, "Inkford")).all(|s| s.0 == PartyKind::Other)
    );
}

#[test]
fn the_denial_behind_a_company_s_short_form_is_the_company_s() {
    let reading = told("RedFox claims to have stolen 5 GB from Acme Corp. Acme Corp denied the breach on Monday.");
    assert_eq!(says(&reading, "RedFox").into_iter().map(|s| s.1).collect::<Vec<_>>(), [Stance::Claims]);
    assert_eq!(says(&reading, "Acme Corp"), [(PartyKind::Victim, Stance::Denies, vec!["Acme Corp"])]);
}

#[test]
fn the_company_that_denies_is_not_who_claims_the_theft() {
    let reading = told("RedFox claims to have stolen 5 GB from Acme Inc. The company denied the breach on Monday.");
    assert_eq!(crews(&reading), ["RedFox"]);
    assert_eq!(says(&reading, "RedFox").into_iter().map(|s| s.1).collect::<Vec<_>>(), [Stance::Claims]);
    assert_eq!(says(&reading, "Acme Inc"), [(PartyKind::Victim, Stance::Denies, vec!["Acme Inc"])]);
}
