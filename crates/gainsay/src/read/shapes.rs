//! What the words of a name say by themselves: `Brightwell Ltd` is a company, `Harbour Trust` an organisation, `Brightwell Drive` a product.

use std::sync::LazyLock;

use crate::read::lexicon::{Words, words};

static SUFFIX: LazyLock<Words<()>> = LazyLock::new(|| {
    words(
        "inc incorporated corp corporation co company ltd limited llc llp lp plc gmbh ag kg kgaa se sa sas sarl srl \
     spa nv bv ab asa oy oyj aps pte pty pvt bhd tbk kk ooo pao zao jsc ltda s.a s.p.a s.r.l b.v n.v l.l.c a.g a/s",
    )
});

/// The legal form at the end of a company's name.
pub(super) fn legal_form(word: &str) -> bool {
    SUFFIX.contains(word)
}

static TAIL: LazyLock<Words<()>> = LazyLock::new(|| {
    words(
        "university college school schools academy institute hospital hospitals clinic clinics healthcare bank bancorp \
     airlines airways airport agency department ministry commission committee council police association federation \
     foundation union trust society alliance coalition consortium authority administration bureau office services \
     center centre board cell fund funds capital ventures partners holdings holding group technologies technology \
     systems software solutions labs laboratories networks insurance assurance motors electronics energy electric \
     pharmaceuticals pharma therapeutics industries enterprises worldwide logistics shipping freight railways \
     telecom telecommunications communications wireless entertainment studios games hotels resorts casinos stores \
     foods brands breweries beverages steel petroleum chemicals aerospace aviation court parliament embassy \
     directorate secretariat registry exchange securities financial finance payments consulting associates analytics \
     robotics automotive construction properties realty museum library diocese tribune herald gazette magazine \
     broadcasting newspaper broadcaster constabulary municipality initiative cooperative chamber bancorporation movement",
    )
});

/// Words that end an organisation's name of several words, and seldom another name.
pub(super) fn organisation_tail(word: &str) -> bool {
    TAIL.contains(word)
}

/// Words that end an organisation's name as often as another.
pub(super) fn maybe_tail(word: &str) -> bool {
    matches!(
        word,
        "security"
            | "service"
            | "health"
            | "medical"
            | "international"
            | "global"
            | "media"
            | "news"
            | "times"
            | "post"
            | "press"
            | "mobile"
            | "digital"
            | "online"
            | "power"
            | "legal"
            | "research"
            | "intelligence"
            | "interactive"
            | "network"
            | "retail"
            | "gas"
            | "oil"
            | "mining"
            | "unit"
            | "team"
            | "club"
            | "league"
            | "county"
            | "district"
            | "church"
            | "forensics"
            | "threat"
            | "army"
            | "navy"
            | "senate"
            | "radio"
            | "pictures"
    )
}

/// Words that open an organisation's name where a place or a name follows: `Bank of Stroud`, `Banco Norte`.
pub(super) fn organisation_head(word: &str) -> bool {
    matches!(
        word,
        "bank"
            | "banco"
            | "banca"
            | "banque"
            | "university"
            | "universidad"
            | "universidade"
            | "universität"
            | "université"
            | "ministry"
            | "ministère"
            | "ministerio"
            | "department"
            | "hospital"
            | "hôpital"
            | "klinikum"
            | "institute"
            | "institut"
            | "bureau"
            | "government"
            | "municipality"
            | "city"
            | "county"
            | "port"
            | "archdiocese"
            | "diocese"
            | "grupo"
            | "groupe"
            | "gruppo"
            | "college"
            | "council"
            | "stadtwerke"
    )
}

/// Words after a company's name that make a product of the two: `Brightwell Drive` is no company.
pub(super) fn product_tail(word: &str) -> bool {
    matches!(
        word,
        "translate"
            | "drive"
            | "docs"
            | "maps"
            | "play"
            | "store"
            | "messenger"
            | "teams"
            | "exchange"
            | "office"
            | "outlook"
            | "cloud"
            | "search"
            | "chrome"
            | "pay"
            | "pixel"
            | "authenticator"
            | "workspace"
            | "defender"
            | "sharepoint"
            | "word"
            | "excel"
            | "forms"
            | "sheets"
            | "alerts"
            | "ads"
            | "analytics"
            | "antivirus"
            | "watch"
            | "wallet"
    )
}

/// Names of a part of a house, which are no house: `Security Department` after the house's name.
pub(super) fn department(word: &str) -> bool {
    matches!(word, "department" | "team" | "division" | "unit" | "office" | "desk" | "group" | "center" | "centre")
}

/// "Spanish", "Finnish", "German": made from a country's name, and no name of a house.
pub(super) fn of_a_country(word: &str) -> bool {
    ["ish", "ese", "ian", "ans", "ench", "utch", "erman", "ican", "wiss", "aeli"]
        .iter()
        .any(|ending| word.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_tell_organisations_from_products() {
        assert!(legal_form("gmbh") && organisation_tail("hospital") && product_tail("drive"));
        assert!(!organisation_tail("drive") && !legal_form("trust"));
    }
}
