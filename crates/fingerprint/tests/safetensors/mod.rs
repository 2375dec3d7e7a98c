//! The header of a safetensors file, read a second time: slowly, and from the specification.
#![expect(clippy::unwrap_used, unreachable_pub, reason = "a test stops at what it did not expect; several use it")]

#[derive(PartialEq)]
enum Token<'h> {
    Mark(u8),
    Text(&'h [u8]),
    Number(u64),
}

/// Where a tensor begins and ends, and what its only `dtype` says.
pub type Extent = (u64, u64, Option<Vec<u8>>);

/// Where the tensors' bytes begin, and the tensors.
pub fn tensors(file: &[u8]) -> Option<(usize, Vec<Extent>)> {
    let length = u64::from_le_bytes(file.get(..8)?.try_into().ok()?);
    if length > 16_777_216 {
        return None;
    }
    let end = 8 + usize::try_from(length).ok()?;
    let header = file.get(8..end)?;
    if header.first() != Some(&b'{') {
        return None;
    }
    let tokens = tokens(header)?;
    let [Token::Mark(b'{'), entries @ .., Token::Mark(b'}')] = &tokens[..] else { return None };
    let mut extents = Vec::new();
    for entry in separated(entries)? {
        let [Token::Text(name), Token::Mark(b':'), Token::Mark(b'{'), members @ .., Token::Mark(b'}')] = entry else {
            return None;
        };
        let (mut offsets, mut types) = (Vec::new(), Vec::new());
        for member in separated(members)? {
            match member {
                [Token::Text(name), Token::Mark(b':'), Token::Text(text)] => {
                    if *name == b"dtype" {
                        types.push(*text);
                    }
                }
                [Token::Text(name), Token::Mark(b':'), Token::Mark(b'['), numbers @ .., Token::Mark(b']')] => {
                    let number = |number: &[Token<'_>]| match number {
                        [Token::Number(number)] => Some(*number),
                        _ => None,
                    };
                    let numbers: Vec<u64> = separated(numbers)?.into_iter().map(number).collect::<Option<_>>()?;
                    if *name == b"data_offsets" {
                        offsets.push(numbers);
                    }
                }
                _ => return None,
            }
        }
        match &offsets[..] {
            [] if *name == b"__metadata__" => {}
            [offsets] => {
                let [begin, end] = offsets[..] else { return None };
                if *name != b"__metadata__" {
                    let of = if let [of] = types[..] { Some(of.to_vec()) } else { None };
                    extents.push((begin, end, of));
                }
            }
            _ => return None,
        }
    }
    extents.sort_unstable();
    let begins = [0].into_iter().chain(extents.iter().map(|extent| extent.1));
    let joined = begins.zip(&extents).all(|(expected, (begin, end, _))| *begin == expected && begin <= end);
    joined.then_some((end, extents))
}

/// What stands between the commas that are in no brackets.
fn separated<'t, 'h>(tokens: &'t [Token<'h>]) -> Option<Vec<&'t [Token<'h>]>> {
    if tokens.is_empty() {
        return Some(Vec::new());
    }
    let mut depth = 0;
    let mut things = vec![];
    let mut begin = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark(b'{' | b'[') => depth += 1,
            Token::Mark(b'}' | b']') => depth -= 1,
            Token::Mark(b',') if depth == 0 => {
                things.push(&tokens[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    things.push(&tokens[begin..]);
    Some(things).filter(|things| things.iter().all(|thing| !thing.is_empty()))
}

fn tokens(header: &[u8]) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < header.len() {
        let begin = at;
        at += 1;
        match header[begin] {
            b' ' | b'\t' | b'\n' | 0x0c | b'\r' => {}
            mark @ (b'{' | b'}' | b'[' | b']' | b':' | b',') => tokens.push(Token::Mark(mark)),
            b'"' => {
                while *header.get(at)? != b'"' {
                    at += if header[at] == b'\\' { 2 } else { 1 };
                }
                tokens.push(Token::Text(&header[begin + 1..at]));
                at += 1;
            }
            b'0'..=b'9' => {
                while header.get(at).is_some_and(u8::is_ascii_digit) {
                    at += 1;
                }
                tokens.push(Token::Number(str::from_utf8(&header[begin..at]).unwrap().parse().ok()?));
            }
            _ => return None,
        }
    }
    Some(tokens)
}
