//! In which language a text is written: by its script, and by its commonest words where the script serves many.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What to say of a text in a language whose statements are not read; `None` for English and Russian, and where it is not known.
pub fn unread(language: Option<&str>) -> Option<String> {
    let code = language.filter(|code| !matches!(*code, "en" | "ru"))?;
    let name = NAMES.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| name);
    Some(format!(
        "The text is in {name}: statements are read in English and Russian only, of others names and figures."
    ))
}

const NAMES: &[(&str, &str)] = &[
    ("de", "German"),
    ("fr", "French"),
    ("es", "Spanish"),
    ("pt", "Portuguese"),
    ("it", "Italian"),
    ("nl", "Dutch"),
    ("sv", "Swedish"),
    ("da", "Danish"),
    ("nb", "Norwegian"),
    ("fi", "Finnish"),
    ("pl", "Polish"),
    ("cs", "Czech"),
    ("ro", "Romanian"),
    ("hu", "Hungarian"),
    ("tr", "Turkish"),
    ("id", "Indonesian"),
    ("vi", "Vietnamese"),
    ("uk", "Ukrainian"),
    ("be", "Belarusian"),
    ("bg", "Bulgarian"),
    ("sr", "Serbian"),
    ("ar", "Arabic"),
    ("fa", "Persian"),
    ("he", "Hebrew"),
    ("el", "Greek"),
    ("th", "Thai"),
    ("hi", "Hindi"),
    ("bn", "Bengali"),
    ("ja", "Japanese"),
    ("zh", "Chinese"),
    ("ko", "Korean"),
];

/// How much of a text is looked at: a language shows in little, and a text may be long.
const LOOKED_AT: usize = 64 << 10;

/// Fewer letters than this say nothing.
const LETTERS: usize = 12;

/// Common words that languages in Latin script do not share with many others. A word of several counts for each.
const WORDS: &[(&str, &str)] = &[
    (
        "en",
        "the of and to is that for with was are this by from have has not we you your our their which said it on at all be",
    ),
    (
        "de",
        "der die das und ist nicht mit von den des ein eine auf für sich wurde wurden werden auch dem zu im wir sind hat haben nach bei über",
    ),
    (
        "fr",
        "le la les des et est une du que qui dans pour pas sur au aux avec sont été par ont nous cette ces ses leur plus",
    ),
    ("es", "el la los las de del que y en un una por con para se su fue han ha como más sus al es este esta son pero"),
    ("pt", "o os as de do da dos das que e em um uma por com para se não foi ao mais são na no pela pelo foram também"),
    (
        "it",
        "il lo gli le di del della dei che e è un una per con non sono stato dal dalla nel nella alla ha hanno anche più",
    ),
    ("nl", "de het een van en is niet dat op zijn met voor te door aan ook bij er werd worden naar heeft hebben deze"),
    ("sv", "och att det som en är på för med av den till inte har ett om från de var kan sig eller efter"),
    ("da", "og at det som en er på for med af den til ikke har et om fra de var kan sig eller efter blev ved"),
    ("nb", "og at det som en er på for med av den til ikke har et om fra de var kan seg eller etter ble ved"),
    ("fi", "ja on ei että se oli ovat mutta myös tai kun joka sen hän ovat tämä mukaan jotka ole"),
    ("pl", "i w na z do nie się jest że o to przez po od za są został jak oraz dla które który danych"),
    ("cs", "a v na se je že s z do o pro jako by byl byla jsou ale podle nebo které který při tak jeho"),
    ("ro", "și de la în un o nu este cu pe din care pentru că au fost a fi prin sunt mai ale lui"),
    ("hu", "a az és hogy nem egy is volt meg ezt csak mint már de vagy el amely szerint ki lehet"),
    ("tr", "ve bir bu için ile de da olarak olan çok daha gibi sonra kadar ancak tarafından veri olduğu var göre"),
    ("id", "yang dan di dari untuk dengan pada ini itu tidak dalam adalah akan oleh telah data sebagai juga ke"),
    ("vi", "và của là có không được cho các với này trong đã một những người khi từ để về"),
];

static LANGUAGES_OF: LazyLock<BTreeMap<&str, Vec<usize>>> = LazyLock::new(|| {
    let mut languages: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, (_, words)) in WORDS.iter().enumerate() {
        for word in words.split(' ') {
            languages.entry(word).or_default().push(place);
        }
    }
    languages
});

/// The language by its ISO 639-1 code; `None` where there is too little text, or too mixed a one, to tell.
pub(super) fn language(text: &str) -> Option<&'static str> {
    let end = (0..=LOOKED_AT.min(text.len())).rev().find(|&end| text.is_char_boundary(end))?;
    let text = text.get(..end)?;
    let (script, letters) = script(text);
    if letters < LETTERS {
        return None;
    }
    match script {
        Script::Latin => by_words(text),
        Script::Cyrillic => Some(cyrillic(text)),
        Script::Arabic => Some(if text.contains(['پ', 'چ', 'گ', 'ژ']) { "fa" } else { "ar" }),
        Script::Kana => Some("ja"),
        Script::Han => Some("zh"),
        Script::Hangul => Some("ko"),
        Script::Hebrew => Some("he"),
        Script::Greek => Some("el"),
        Script::Thai => Some("th"),
        Script::Devanagari => Some("hi"),
        Script::Bengali => Some("bn"),
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Script {
    Latin,
    Cyrillic,
    Arabic,
    Kana,
    Han,
    Hangul,
    Hebrew,
    Greek,
    Thai,
    Devanagari,
    Bengali,
}

/// The script that most of the text is in, and how many of its letters are. Latin names and terms stand in texts of every
/// script, and a letter of Chinese says as much as a syllable: other scripts count for more.
fn script(text: &str) -> (Script, usize) {
    let mut counts: BTreeMap<Script, usize> = BTreeMap::new();
    let mut latin = 0;
    for letter in text.chars() {
        let (script, weight) = match letter {
            'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
                latin += 1;
                continue;
            }
            '\u{400}'..='\u{52f}' => (Script::Cyrillic, 2),
            '\u{590}'..='\u{5ff}' => (Script::Hebrew, 2),
            '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' => (Script::Arabic, 2),
            '\u{370}'..='\u{3ff}' => (Script::Greek, 2),
            '\u{900}'..='\u{97f}' => (Script::Devanagari, 2),
            '\u{980}'..='\u{9ff}' => (Script::Bengali, 2),
            '\u{e00}'..='\u{e7f}' => (Script::Thai, 2),
            // Japanese is written with both; Han alone is Chinese.
            '\u{3040}'..='\u{30ff}' => (Script::Kana, 12),
            '\u{4e00}'..='\u{9fff}' => (Script::Han, 4),
            '\u{ac00}'..='\u{d7af}' => (Script::Hangul, 4),
            _ => continue,
        };
        *counts.entry(script).or_default() += weight;
    }
    counts.insert(Script::Latin, latin);
    counts.into_iter().max_by_key(|&(_, letters)| letters).unwrap_or((Script::Latin, 0))
}

fn cyrillic(text: &str) -> &'static str {
    let count = |letters: &[char]| text.chars().filter(|c| letters.contains(c)).count();
    let russian = count(&['ы', 'э', 'ё', 'Ы', 'Э', 'Ё']);
    if count(&['ў', 'Ў']) > 0 && count(&['и', 'И']) == 0 {
        "be"
    } else if count(&['і', 'ї', 'є', 'ґ', 'І', 'Ї', 'Є', 'Ґ']) > russian {
        "uk"
    } else if count(&['ђ', 'ј', 'љ', 'њ', 'ћ', 'џ']) > russian {
        "sr"
    } else if russian == 0 && count(&['ъ']) > 3 {
        "bg"
    } else {
        "ru"
    }
}

fn by_words(text: &str) -> Option<&'static str> {
    let mut hits = [0_usize; WORDS.len()];
    let mut seen = 0;
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty() && word.len() <= 16) {
        seen += 1;
        let lower;
        let word = if word.chars().all(char::is_lowercase) {
            word
        } else {
            lower = word.to_lowercase();
            &lower
        };
        for &place in LANGUAGES_OF.get(word).into_iter().flatten() {
            if let Some(hits) = hits.get_mut(place) {
                *hits += 1;
            }
        }
    }
    let most = *hits.iter().max()?;
    let best = hits.iter().position(|&h| h == most)?;
    let second = hits.iter().enumerate().filter(|(place, _)| *place != best).map(|(_, &h)| h).max().unwrap_or(0);
    // One common word in twenty, and clearly more than those of any other language.
    let clear = most >= 2 && most * 20 >= seen && most * 4 > second * 5;
    clear.then(|| WORDS.get(best).map(|(code, _)| *code)).flatten()
}

#[cfg(test)]
mod tests {
    use super::language;

    #[test]
    fn languages_are_told() {
        for (text, code) in [
            ("The company said that it has no evidence of a breach of its systems.", "en"),
            ("Das Unternehmen hat den Angriff bestätigt, Daten wurden nach eigenen Angaben nicht gestohlen.", "de"),
            ("L’entreprise a confirmé que des données ont été volées dans les systèmes de la filiale.", "fr"),
            ("La empresa confirmó que los datos de sus clientes fueron robados por un grupo.", "es"),
            ("A empresa confirmou que os dados dos clientes foram roubados e não comentou mais.", "pt"),
            ("L’azienda ha confermato che i dati dei clienti sono stati rubati dal gruppo, e non gli altri.", "it"),
            ("Het bedrijf heeft bevestigd dat de gegevens van klanten door een groep zijn gestolen.", "nl"),
            ("Firma potwierdziła, że dane klientów zostały skradzione przez grupę i nie jest to koniec.", "pl"),
            (
                "Şirket, müşterilere ait verilerin bir grup tarafından çalındığı iddiası için ve bu konuda açıklama yaptı.",
                "tr",
            ),
            ("Продам доступ RDP в сеть, выручка 50кк, DA. Пруфы в лс.", "ru"),
            ("Компанія підтвердила витік даних своїх клієнтів і зв’язалася з поліцією.", "uk"),
            ("同社は顧客データの流出を確認した。", "ja"),
            ("该公司确认客户数据被盗。", "zh"),
            ("회사는 고객 데이터 유출을 확인했다.", "ko"),
            ("أكدت الشركة سرقة بيانات عملائها.", "ar"),
        ] {
            assert_eq!(language(text), Some(code), "{text}");
        }
    }

    #[test]
    fn too_little_is_not_told() {
        for text in ["", "RDP 50kk", "Access USA Citrix revenue price start blitz step", "💰💰💰 1234567890"] {
            assert_eq!(language(text), None, "{text}");
        }
    }
}
