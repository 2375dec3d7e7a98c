//! A case for a program, in answers that are never too long: a list that would not fit is cut to its beginning, and it is told how long it
//! is and where it goes on.

use serde_json::{Value, json};

use super::super::answer::{Answer, Failure};
use super::super::asking::Asking;
use super::super::case::until;
use super::super::compared::escaped;
use super::super::fields::{Asked, At};
use super::{Told, is_known, limit, stamp, tag};
use crate::desk::Role;
use crate::export;
use axum::http::header::HeaderMap;

/// What an answer may come to, in bytes; what tells of the lists that are cut comes to it.
pub(super) const BYTES: usize = 170_000;

/// How many of each list stay: the first of these with which an answer fits, or the last.
const BEGINNINGS: [usize; 7] = [usize::MAX, 200, 60, 30, 12, 5, 2];

/// A list that was cut.
struct Cut {
    /// Where it is: a JSON Pointer (RFC 6901).
    at: String,
    /// How many it has, and how many of them stayed.
    count: usize,
    stayed: usize,
}

/// How long a value is as text, about, with so many of each list.
fn bytes(value: &Value, most: usize) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 5,
        Value::Number(_) => 12,
        Value::String(text) => text.len() + text.len() / 16 + 3,
        Value::Array(all) => 2 + all.iter().take(most).map(|one| bytes(one, most) + 1).sum::<usize>(),
        Value::Object(all) => 2 + all.iter().map(|(name, one)| name.len() + 4 + bytes(one, most)).sum::<usize>(),
    }
}

/// Cuts every list in a value, which stands at this place, to so many.
fn cut(value: &mut Value, at: &str, most: usize, cuts: &mut Vec<Cut>) {
    match value {
        Value::Array(all) => {
            if all.len() > most {
                cuts.push(Cut { at: at.to_owned(), count: all.len(), stayed: most });
                all.truncate(most);
            }
            all.iter_mut().enumerate().for_each(|(place, one)| cut(one, &format!("{at}/{place}"), most, cuts));
        }
        Value::Object(all) => {
            for (name, one) in all.iter_mut() {
                cut(one, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), most, cuts);
            }
        }
        _ => {}
    }
}

/// How many of each list can stay in a value.
fn fitting(value: &Value) -> usize {
    let fits = |most: &&usize| bytes(value, **most) <= BYTES;
    BEGINNINGS.iter().find(fits).or(BEGINNINGS.last()).copied().unwrap_or(2)
}

fn told(cuts: &[Cut], id: &str, as_of: &str) -> Vec<Value> {
    let as_of = if as_of.is_empty() { String::new() } else { format!("&as_of={as_of}") };
    let each = cuts.iter().map(|cut| {
        let of = escaped(&cut.at);
        let href = format!("/api/v1/cases/{id}/lists?of={of}&after={}{as_of}", cut.stayed);
        json!({ "list": cut.at, "count": cut.count, "href": href })
    });
    each.collect()
}

/// A case, with as much of each list as fits.
pub(in crate::web) async fn case(asking: Asking, At(id): At<String>, asked: Asked, headers: HeaderMap) -> Told {
    let as_of = asked.get("as_of").unwrap_or_default().to_owned();
    let until = until(&as_of)?;
    let answer = asking.at_desk(Role::Reader, move |desk, acting, _| {
        let (stamp, id) = stamp(desk, &id)?;
        let tag = tag(&[&stamp, &as_of]);
        if is_known(&headers, &tag) {
            return Ok(Answer::Same(tag));
        }
        let mut value = export::json::value(&desk.proven_view(&id, acting.now, until)?);
        let mut cuts = Vec::new();
        let most = fitting(&value);
        cut(&mut value, "", most, &mut cuts);
        value["more"] = json!(told(&cuts, &id, &as_of));
        Ok(Answer::tagged(tag, value))
    });
    Ok(answer.await?)
}

/// A piece of a list of a case.
pub(in crate::web) async fn list(asking: Asking, At(id): At<String>, asked: Asked, headers: HeaderMap) -> Told {
    let as_of = asked.get("as_of").unwrap_or_default().to_owned();
    let until = until(&as_of)?;
    let limit = limit(&asked)?;
    let at = asked
        .get("of")
        .ok_or_else(|| Failure::Input("Which list? Give of=/statements, or as `more` names it.".to_owned()))?;
    let at = at.to_owned();
    let after: usize = match asked.get("after") {
        None => 0,
        Some(after) => after.parse().map_err(|_| Failure::Input(format!("after is {after:?}, which is no number.")))?,
    };
    let answer = asking.at_desk(Role::Reader, move |desk, acting, _| {
        let (stamp, id) = stamp(desk, &id)?;
        let tag = tag(&[&stamp, &asked.words()]);
        if is_known(&headers, &tag) {
            return Ok(Answer::Same(tag));
        }
        let mut value = export::json::value(&desk.proven_view(&id, acting.now, until)?);
        let all = match value.pointer_mut(&at).map(Value::take) {
            Some(Value::Array(all)) => all,
            _ => return Err(Failure::Input(format!("of is {at:?}, which is no list of the case."))),
        };
        let count = all.len();
        let mut items: Vec<Value> = all.into_iter().skip(after).take(limit).collect();
        let most = items.iter().map(fitting).min().unwrap_or(usize::MAX);
        let mut room = BYTES;
        let fits = |one: &&Value| match room.checked_sub(bytes(one, most)) {
            Some(left) => {
                room = left;
                true
            }
            None => false,
        };
        let fit = items.iter().take_while(fits).count().max(1);
        items.truncate(fit);
        let mut cuts = Vec::new();
        for (place, item) in items.iter_mut().enumerate() {
            cut(item, &format!("{at}/{}", after + place), most, &mut cuts);
        }
        let next = after.saturating_add(items.len());
        let next = (next < count && !items.is_empty()).then(|| next.to_string());
        let more = told(&cuts, &id, &as_of);
        Ok(Answer::tagged(tag, json!({ "items": items, "count": count, "next": next, "more": more })))
    });
    Ok(answer.await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_cut_everywhere_and_every_cut_is_told() {
        let voices: Vec<Value> =
            (0..300).map(|at| json!({ "handle": format!("s{at}"), "words": "x".repeat(50) })).collect();
        let claims: Vec<Value> = (0..200).map(|at| json!({ "handle": format!("c{at}"), "voices": voices })).collect();
        let mut value = json!({ "answer": ["one", "two"], "a/b": claims });
        let most = fitting(&value);
        let mut cuts = Vec::new();
        cut(&mut value, "", most, &mut cuts);
        assert!(value.to_string().len() <= BYTES && value["answer"].as_array().is_some_and(|it| it.len() == 2));
        let told: Vec<(&str, usize, usize)> = cuts.iter().map(|it| (it.at.as_str(), it.count, it.stayed)).collect();
        assert_eq!(told.len(), 1 + most);
        assert!(told.contains(&("/a~1b", 200, most)) && told.contains(&("/a~1b/0/voices", 300, most)));
        assert_eq!(fitting(&json!({ "one": [1, 2, 3] })), usize::MAX, "what fits stays whole");
    }

    #[test]
    fn a_value_is_about_as_long_as_it_is_said_to_be() {
        let value =
            json!({ "a": ["some words", "“Umlaute” \"äöü\"", null, true, 12345], "b": { "c": "x".repeat(1000) } });
        let (is, said) = (value.to_string().len(), bytes(&value, usize::MAX));
        assert!(said >= is && said < is * 5 / 4, "{is} {said}");
    }
}
