//! What sellers write, in the shapes in which they write it. All names are invented.

use super::*;
use crate::claim::{Offer, SourceKind};
use crate::read::read;

fn plain(text: &str) -> Reading {
    read(text, &About::default(), &Gazetteer::built_in())
}

fn offer(text: &str) -> Offer {
    let reading = plain(text);
    assert_eq!(reading.offers.len(), 1, "{text}: {:?}", reading.offers);
    reading.offers.into_iter().next().expect("one offer")
}

#[test]
fn an_access_brokers_fields() {
    let text = "Selling access\n\nSeller: dustfinch\nVictim: Brightwell Locks\nCountry: USA\nRevenue: 50kk$\nHosts: 200\nAccess: RDP, domain admin\nStart: 5k\nStep: 1k\nBlitz: 10k$\nProof: screenshots of the domain controller\nEscrow: yes\nContact: Telegram @dustfinch\n";
    let told = offer(text);
    assert_eq!(told.seller.as_deref(), Some("dustfinch"));
    assert_eq!(told.victim.as_deref(), Some("Brightwell Locks"));
    assert_eq!(told.access.as_deref(), Some("RDP, domain administrator"));
    assert_eq!(told.price.as_deref(), Some("start 5k, step 1k, blitz 10k$"));
    assert_eq!(told.proof, ["screenshots of the domain controller"]);
    assert_eq!(told.contacts, ["telegram @du…h"]);
    let reading = plain(text);
    assert!(
        reading.figures.iter().all(|f| !f.value.starts_with("50000000")),
        "revenue is no price: {:?}",
        reading.figures
    );
    assert!(reading.figures.iter().any(|f| f.kind == FigureKind::Price && f.value == "10000 USD"));
    assert_eq!(reading.organisations.iter().map(|o| o.name.as_str()).collect::<Vec<_>>(), ["Brightwell Locks"]);
    assert!(reading.drafts.iter().all(|d| d.statement.speaker == "dustfinch" && d.statement.stance == Stance::Claims));
    assert!(!reading.drafts.is_empty());
}

#[test]
fn a_post_in_prose() {
    let told = offer(
        "Selling VPN access to a German lock maker with revenue 300kk, domain admin. Price 3k$, escrow accepted, PM me. I have 1.5 TB of source code and customer data as well.\n",
    );
    assert_eq!(told.victim.as_deref(), Some("a German lock maker"));
    assert_eq!(told.access.as_deref(), Some("VPN, domain administrator"));
    assert_eq!((told.volume.as_deref(), told.price.as_deref()), (Some("1.5 TB"), Some("3k$")));
    assert_eq!(told.goods, ["source code", "customer data"]);
    assert_eq!(told.contacts, ["private message"]);
}

#[test]
fn a_russian_post() {
    let text = "Продам доступ в сеть крупной логистической компании, выручка 50кк.\nТип доступа: RDP, доменный админ\nСлил базу: 2 млн строк, 30 ТБ документов.\nЦена: 300 тыс. $\nПруфы в лс, работаю через гаранта. Телега @dustfinch\n";
    let told = offer(text);
    assert_eq!(told.access.as_deref(), Some("RDP, domain administrator"));
    assert_eq!(told.price.as_deref(), Some("300 тыс. $"));
    assert!(told.contacts.iter().any(|c| c == "telegram @du…h"));
    let reading = plain(text);
    assert_eq!(reading.language.as_deref(), Some("ru"));
    let values: Vec<&str> = reading.figures.iter().map(|f| f.value.as_str()).collect();
    assert!(
        values.contains(&"2000000 строк") && values.contains(&"30 TB") && values.contains(&"300000 USD"),
        "{values:?}"
    );
    assert!(reading.drafts.iter().all(|d| d.statement.speaker == UNNAMED));
    assert!(!reading.drafts.is_empty());
}

#[test]
fn a_leak_sites_entry_without_what_it_copies_from_the_victim() {
    let text = "Brightwell Locks\ngroup: greyheron\nwebsite: https://brightwell.example\ndiscovered: 2030-03-29\nDescription: Brightwell Locks is a leading maker of locks, founded in 1950. We have stolen 128GB from their network: contracts, passports, drawings. Deadline in 5 days.\n";
    let told = offer(text);
    assert_eq!((told.seller.as_deref(), told.victim.as_deref()), (Some("greyheron"), Some("Brightwell Locks")));
    assert_eq!(told.goods, ["contracts", "passports", "drawings"]);
    let reading = plain(text);
    let said: Vec<&str> = reading.drafts.iter().filter_map(|d| d.statement.span.of(text)).collect();
    assert!(
        said.iter().any(|s| s.starts_with("We have stolen 128GB")) && said.iter().all(|s| !s.contains("founded")),
        "{said:?}"
    );
    assert_eq!(reading.drafts[0].statement.about, ["Brightwell Locks"]);
}

#[test]
fn several_offers_of_one_seller() {
    let text = "Seller: dustfinch\nVictim: Brightwell\nData: invoices\nPrice: 2k$\n\nVictim: Tarnwell\nData: source code\nPrice: 3k$\n";
    let reading = plain(text);
    let told: Vec<(Option<&str>, Option<&str>, Option<&str>)> =
        reading.offers.iter().map(|o| (o.seller.as_deref(), o.victim.as_deref(), o.price.as_deref())).collect();
    assert_eq!(
        told,
        [(Some("dustfinch"), Some("Brightwell"), Some("2k$")), (Some("dustfinch"), Some("Tarnwell"), Some("3k$"))]
    );
    assert_eq!(reading.allegations.len(), 2);
}

#[test]
fn a_chat_gives_each_writer_its_words() {
    let text = "greyheron/brightwell_example\n[12:03:44] Victim: give us proof\n[12:04:10] Grey Heron: We have 2 TB of your customer data\n[12:05:00] Victim: we can pay 10,000 USD\n[12:06:00] Grey Heron: 200 000 $\n[12:07:00] Grey Heron: We will not disclose this.\n[12:08:00] Grey Heron: ok\n";
    let reading = plain(text);
    let said: Vec<(&str, PartyKind, Stance)> = reading
        .drafts
        .iter()
        .map(|d| (d.statement.speaker.as_str(), d.statement.speaker_kind, d.statement.stance))
        .collect();
    assert_eq!(
        said,
        [
            ("Grey Heron", PartyKind::Actor, Stance::Claims),
            ("Victim", PartyKind::Victim, Stance::Informs),
            ("Grey Heron", PartyKind::Actor, Stance::Claims),
            ("Grey Heron", PartyKind::Actor, Stance::NoComment),
        ]
    );
    let told = &reading.offers[0];
    assert_eq!((told.seller.as_deref(), told.victim.as_deref()), (Some("Grey Heron"), Some("brightwell_example")));
    assert_eq!((told.volume.as_deref(), told.price.as_deref()), (Some("2 TB"), Some("200 000 $")));
}

#[test]
fn a_ransom_note_is_a_listing() {
    let text = "Your network was attacked and your files were encrypted.\nWe have downloaded financial documents and contracts.\nIf you don't contact us in 3 days, we will publish everything.\nTox: ".to_owned()
        + &"A4".repeat(38)
        + "\n";
    let reading = plain(&text);
    assert_eq!(reading.drafts.len(), 3, "{:?}", reading.drafts);
    assert_eq!(reading.offers[0].contacts, ["tox A4…4"]);
}

#[test]
fn what_others_said_is_theirs() {
    let text = "post_title: Brightwell\ngroup_name: greyheron\ndescription: We have stolen 3 TB of data from Brightwell. Brightwell president Mara Onslow said “no data was taken.” We will publish all of it.\n";
    let reading = plain(text);
    let said: Vec<(&str, Stance)> =
        reading.drafts.iter().map(|d| (d.statement.speaker.as_str(), d.statement.stance)).collect();
    assert!(said.contains(&("greyheron", Stance::Claims)), "{said:?}");
    assert!(said.iter().any(|(speaker, _)| speaker.contains("Mara Onslow")), "{said:?}");
}

#[test]
fn what_the_user_says_decides() {
    let text = "GreyHeron told The Daily Log that it had taken 2 TB of data from Brightwell.\n";
    let as_listing = read(text, &About { kind: Some(SourceKind::Listing), ..About::default() }, &Gazetteer::built_in());
    assert!(as_listing.drafts.iter().all(|d| d.because.starts_with("a listing, as was said")), "{as_listing:?}");
    assert!(plain(text).drafts.iter().all(|d| !d.because.contains("listing")));
}

#[test]
fn auctions_and_lists_of_accesses() {
    let told = offer(
        "Продам доступ\nГео: Бразилия\nРевеню: 35кк\nДоступ: VPN+RDP, права доменного админа\nСтарт 1000$\nШаг 200$\nБлиц 3000$\nГарант приветствуется\n",
    );
    assert_eq!(told.access.as_deref(), Some("VPN, RDP, domain administrator"));
    assert_eq!(told.price.as_deref(), Some("start 1000$, step 200$, blitz 3000$"));
    let text = "Selling accesses, escrow only:\n1) UK, logistics, 12kk, RDP, 150 pc - 700$\n2) Italy, lock maker, 30kk, VPN, 400 pc - 1500$\n";
    let reading = plain(text);
    let told: Vec<(Option<&str>, Option<&str>, Option<&str>)> =
        reading.offers.iter().map(|o| (o.victim.as_deref(), o.access.as_deref(), o.price.as_deref())).collect();
    assert_eq!(
        told,
        [(Some("UK, logistics"), Some("RDP"), Some("700$")), (Some("Italy, lock maker"), Some("VPN"), Some("1500$"))]
    );
    assert!(reading.organisations.is_empty(), "a description is no name");
}

#[test]
fn pictures_and_signatures() {
    let told = offer(
        "🔥🔥 FOR SALE 🔥🔥\n💎 Brightwell full source code + database dump\n📦 Size ➜ 35GB\n💰 Price ➜ 10 BTC\n📩 DM @dustfinch on Telegram\n",
    );
    assert_eq!(
        (told.victim.as_deref(), told.volume.as_deref(), told.price.as_deref()),
        (Some("Brightwell"), Some("35GB"), Some("10 BTC"))
    );
    assert_eq!(told.contacts, ["telegram @du…h"]);
    let told = offer(
        "To the management of Brightwell Locks!\nWe are GreyHeron team. We infiltrated your network and downloaded 1.8 TB of your files, including contracts, payroll and passports.\nThe ransom is 45 BTC.\n",
    );
    assert_eq!((told.seller.as_deref(), told.victim.as_deref()), (Some("GreyHeron"), Some("Brightwell Locks")));
    assert_eq!(told.goods, ["contracts", "payroll and passports"]);
}

#[test]
fn a_thread_has_one_seller_and_other_writers() {
    let text = "dustfinch · description · 2030-10-17\nYour database has been hacked, and we have all the data.\nSend 2 ETH and we will give it back.\n\nann · comment · 2030-10-18\nWe do not believe you, we have your files backed up.\n";
    let reading = plain(text);
    let said: Vec<(&str, PartyKind)> =
        reading.drafts.iter().map(|d| (d.statement.speaker.as_str(), d.statement.speaker_kind)).collect();
    assert_eq!(said, [("dustfinch", PartyKind::Actor), ("dustfinch", PartyKind::Actor), ("ann", PartyKind::Other)]);
    assert_eq!(reading.offers[0].price.as_deref(), Some("2 ETH"));
}

#[test]
fn stories_and_companies_are_no_listings() {
    for text in [
        "A seller who goes by dustfinch is selling access to Brightwell for 3k$, escrow accepted, researchers said. “We have stolen 2 TB,” the post said.\n",
        "We take the security of your data seriously. On May 3 our systems were accessed by an unauthorised party. We have notified our customers.\n",
        "Brightwell said: we were hacked. Its spokesperson told us that your files are safe.\n",
    ] {
        assert!(plain(text).offers.is_empty(), "{text}");
    }
}

#[test]
fn letters_that_look_like_others_hide_nothing() {
    let told = offer("Ѕеlling dаtаbаse of Brightwell\nРriсe: 3\u{200b}k$\nSeller: dust\u{202e}finch\n");
    assert_eq!(told.price.as_deref(), Some("3\u{200b}k$"));
    assert!(told.victim.is_some());
}

#[test]
fn fields_may_stand_side_by_side() {
    let text = "Seller: Nightjar   Market: Ashlane   Posted: 2024-04-22";
    let pieces = |text: &str| {
        let whole = crate::claim::Span { start: 0, end: text.len() };
        super::fields::side_by_side(text, whole).iter().filter_map(|span| span.of(text)).map(str::to_owned).collect()
    };
    let found: Vec<String> = pieces(text);
    assert_eq!(found, ["Seller: Nightjar", "Market: Ashlane", "Posted: 2024-04-22"]);
    let bars: Vec<String> = pieces("Price: 3k | Rows: 5 million");
    assert_eq!(bars, ["Price: 3k", "Rows: 5 million"]);
    for one in
        ["Price | 3k", "Description: they said   it: loudly", "Price: 3k   for all of it", "no field   at all", ""]
    {
        let found: Vec<String> = pieces(one);
        assert_eq!(found, [one], "{one}");
    }
}

#[test]
fn a_page_of_dated_posts_is_of_the_name_above_it() {
    let page = "dustfinch\n\nBrightwell Locks\n2030-03-07\nThe company has 24 hours to contact us. In case of silence all data will be published here.\n\nOakvale\n2030-03-05\nOur group got 2 TB of internal data. You have until Monday.\n";
    let reading = plain(page);
    assert_eq!(reading.drafts.len(), 2, "{:?}", reading.drafts);
    assert!(reading.drafts.iter().all(|d| d.statement.speaker == "dustfinch" && d.statement.stance == Stance::Claims));
    let news = "Bulletin\n\nLock maker hit\n2030-03-07\nBrightwell said it was breached, and officials confirmed it.\n\nDairy hit\n2030-03-05\nOakvale said that files were published, it told us, according to a spokesperson.\n";
    assert!(plain(news).drafts.iter().all(|d| d.statement.speaker != "Bulletin"));
}

#[test]
fn what_leads_up_to_a_claim_in_the_writers_voice_belongs_to_it() {
    let note = "dustfinch\n\nBrightwell Locks\nWe greet you. You know why we write. We have stolen 2 TB of your files. It is late. The sky is grey. You pay 5 BTC to us or all files will be published.\n";
    let reading = plain(note);
    let said: Vec<&str> = reading.drafts.iter().filter_map(|d| d.statement.span.of(note)).collect();
    assert!(said.first().is_some_and(|s| s.starts_with("We greet you.") && s.contains("2 TB")), "{said:?}");
}
