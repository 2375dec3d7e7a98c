//! All names are invented, but for those whose cases and letters are tested.

use super::names::nominative;
use super::*;

fn read(text: &str) -> Vec<(String, Stance)> {
    let reading = story(text, &About::default(), &Gazetteer::built_in());
    reading.drafts.into_iter().map(|d| (d.statement.speaker, d.statement.stance)).collect()
}

#[test]
fn russian_verbs_of_saying() {
    for (text, speaker, stance) in [
        ("В «Брайтвелле» опровергли утечку данных клиентов.", "Braytvelle", Stance::Denies),
        ("Компания Brightwell подтвердила взлом своей сети.", "Brightwell", Stance::Confirms),
        ("Хакеры утверждают, что похитили 2 ТБ данных Brightwell.", UNNAMED, Stance::Claims),
        ("В Brightwell отказались от комментариев.", "Brightwell", Stance::NoComment),
        ("В Brightwell проводят проверку и выясняют обстоятельства.", "Brightwell", Stance::Investigating),
        ("По словам продавца, база содержит 2 млн строк.", UNNAMED, Stance::Claims),
        ("Brightwell заявила, что данные клиентов не пострадали.", "Brightwell", Stance::Denies),
    ] {
        assert_eq!(read(text), [(speaker.to_owned(), stance)], "{text}");
    }
}

#[test]
fn russian_words_speak_to_the_parts_of_a_claim() {
    assert_eq!(
        facets_of("Продам доступ в сеть и базу, 2 млн строк."),
        [Facet::Access, Facet::Assets, Facet::Volume, Facet::Offer]
    );
    assert_eq!(facets_of("В компании открыли новый офис."), []);
}

#[test]
fn a_quotation_over_sentences_has_one_speaker() {
    let told = read("«Мы проверили все. Утечки не было. Данные целы», — сообщили в Brightwell.");
    assert_eq!(told, [("Brightwell".to_owned(), Stance::Denies)]);
}

#[test]
fn names_lose_their_case_and_are_written_in_latin() {
    assert_eq!(latin(&nominative("Сбербанке")), "Sberbank");
    assert_eq!(latin(&nominative("Известиям")), "Izvestia");
    assert_eq!(latin("Ашот"), "Ashot");
    assert_eq!(latin("DeviceLock"), "DeviceLock");
}
