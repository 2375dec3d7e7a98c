//! Stories of nobody, as many as are wanted.

use crate::common::numbers::Numbers;

const FIRMS: &[&str] =
    &["Brightwell", "Marlbeck Systems", "Oakvale Bank", "Tarrow Foods", "Quillmark Health", "Stonebridge Air"];
const CREWS: &[&str] = &["GreyHeron", "Dustfinch", "Nightjar Crew", "Sandpiper", "Cold Lapwing"];
const WATCHERS: &[&str] = &["Tarnwell", "Northern Threat Institute", "Fenlight Research"];
const PEOPLE: &[&str] = &["Mara Onslow", "Odo Marrin", "Ilse Vantongeren", "Petra Quist", "Jonas Ferrow"];

/// Sentences with places for a firm, a crew, a watcher, a person, and a number.
const SENTENCES: &[&str] = &[
    "{crew}, a group that sells access to networks, claims to have stolen {n} GB of source code from {firm}.",
    "{firm} denied that its systems were breached. “There is no evidence that customer data was accessed,” {person}, a spokesperson for {firm}, told The Daily Log on Monday.",
    "According to {watcher}, the group had been inside the network since March and asked for ${n},000 in a private forum.",
    "The company said in a statement that an unauthorised party had obtained files from one of its test servers, but that no passwords were among them.",
    "“We have seen a portion of the data, and it is genuine,” said {person}, who leads research at {watcher}. She added that {firm} was warned through a partner on May 8.",
    "{firm} did not respond to a request for comment. Police in the capital declined to say whether they were investigating.",
    "The listing, which appeared on {crew}’s leak site last week, names {n} customers and threatens to publish the rest within ten days.",
    "Shares of {firm} fell by three percent. The firm employs {n} people in eleven countries and was founded in 1984.",
    "Researchers at {watcher} disputed the statement, calling it “incorrect based on what we hold”, while the company maintained that the risk is low.",
    "It is not the first time: in 2017, another retailer lost the records of {n} thousand customers to a different crew.",
];

/// One story of about so many bytes.
pub(crate) fn story(numbers: &mut Numbers, bytes: usize) -> String {
    let pick = |numbers: &mut Numbers, list: &[&'static str]| list[numbers.index(list.len())];
    let (firm, crew, watcher) = (pick(numbers, FIRMS), pick(numbers, CREWS), pick(numbers, WATCHERS));
    let mut text = format!("{crew} claims data of {firm}\n\nBy {}\nMay 3, 2030\n", pick(numbers, PEOPLE));
    while text.len() < bytes {
        text.push('\n');
        for _ in 0..1 + numbers.below(3) {
            let sentence = pick(numbers, SENTENCES);
            let number = (10 + numbers.below(900)).to_string();
            let sentence = sentence.replace("{firm}", firm).replace("{crew}", crew).replace("{watcher}", watcher);
            text += &sentence.replace("{person}", pick(numbers, PEOPLE)).replace("{n}", &number);
            text.push(' ');
        }
        text.push('\n');
    }
    text
}
