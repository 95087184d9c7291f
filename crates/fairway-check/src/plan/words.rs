//! Messages with places to fill: `{field}`, `{count}` and the like.

/// What to put in a message's places.
pub(crate) type Words<'w> = &'w [(&'static str, &'w str)];

/// The message with its places filled; a place that nothing fills is left out.
pub(crate) fn fill(template: &str, words: Words<'_>) -> String {
    let mut text = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        text.push_str(before);
        let word = words.iter().find(|(known, _)| *known == name).map_or("", |(_, word)| word);
        text.push_str(word);
        rest = after;
    }
    text.push_str(rest);
    text
}

/// A column's letter in a spreadsheet: 0 is A, 25 Z, 26 AA.
pub(crate) fn letter(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        let digit = (rest - 1) % 26;
        letters.push(b'A' + u8::try_from(digit).unwrap_or_default());
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().map(|b| char::from(*b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_and_unknown_ones_left_out() {
        assert_eq!(fill("{field} has {count} of {x}.", &[("field", "Gender"), ("count", "3")]), "Gender has 3 of .");
        assert_eq!(fill("an open { stays", &[]), "an open { stays");
    }

    #[test]
    fn columns_are_lettered_as_in_a_spreadsheet() {
        let letters: Vec<String> = [0, 25, 26, 49, 701, 702].into_iter().map(letter).collect();
        assert_eq!(letters, ["A", "Z", "AA", "AX", "ZZ", "AAA"]);
    }
}
