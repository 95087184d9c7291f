//! How two texts are alike.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::{Soundex, name};

/// Groups of given names that stand for one another, one group a line, the full form first.
/// Source: NHS England, NHSE_probabilistic_linkage, documentation/names.csv (MIT licence, kept beside it).
static GROUPS: &str = include_str!("../../data/nicknames.csv");

static NICKNAMES: LazyLock<FxHashMap<Vec<u8>, Vec<u16>>> = LazyLock::new(|| {
    let mut groups: FxHashMap<Vec<u8>, Vec<u16>> = FxHashMap::default();
    let mut form = Vec::new();
    for (group, line) in (0u16..).zip(GROUPS.lines()) {
        for name in line.split(',') {
            name::form(name, &mut form);
            if !form.is_empty() {
                groups.entry(form.clone()).or_default().push(group);
            }
        }
    }
    groups
});

/// The full form of each nickname: the first of its groups' in the order of the alphabet.
static FULL_FORMS: LazyLock<FxHashMap<Vec<u8>, Vec<u8>>> = LazyLock::new(|| {
    let heads: Vec<Vec<u8>> = GROUPS
        .lines()
        .map(|line| {
            let mut form = Vec::new();
            name::form(line.split(',').next().unwrap_or_default(), &mut form);
            form
        })
        .collect();
    let full = |groups: &Vec<u16>| groups.iter().filter_map(|group| heads.get(usize::from(*group))).min().cloned();
    NICKNAMES.iter().filter_map(|(name, groups)| Some((name.clone(), full(groups)?))).collect()
});

/// The full form of a nickname, or of a full form itself.
pub(crate) fn full_form(form: &[u8]) -> Option<&'static [u8]> {
    FULL_FORMS.get(form).map(Vec::as_slice)
}

/// The sounds of the names of each group.
static SOUNDS: LazyLock<Vec<Vec<u16>>> = LazyLock::new(|| {
    let mut form = Vec::new();
    let mut sound = |name: &str| {
        name::form(name, &mut form);
        std::str::from_utf8(&form).ok().and_then(Soundex::of).map(Soundex::packed)
    };
    GROUPS.lines().map(|line| line.split(',').filter_map(&mut sound).collect()).collect()
});

/// The sounds of the names that stand for a name of these groups.
pub(super) fn nickname_sounds(groups: &[u16]) -> impl Iterator<Item = u16> {
    groups.iter().filter_map(|group| SOUNDS.get(usize::from(*group))).flatten().copied()
}

/// The groups a given name is in.
pub(super) fn nickname_groups(form: &[u8]) -> &'static [u16] {
    NICKNAMES.get(form).map_or(&[], Vec::as_slice)
}

/// Whether two sorted lists share an entry.
pub(super) fn share(a: &[u16], b: &[u16]) -> bool {
    a.iter().any(|entry| b.binary_search(entry).is_ok())
}

/// Whether one letter put in, left out, changed, or exchanged with its neighbour makes one text of the other.
pub(super) fn one_slip(a: &[u8], b: &[u8]) -> bool {
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[same..], &b[same..]);
    match a.len().abs_diff(b.len()) {
        0 if a.is_empty() => false,
        0 => a[1..] == b[1..] || (a.len() > 1 && a[0] == b[1] && a[1] == b[0] && a[2..] == b[2..]),
        1 if a.len() > b.len() => a[1..] == *b,
        1 => *a == b[1..],
        _ => false,
    }
}

/// Whether two texts that begin alike are similar.
pub(super) fn similar(a: &[u8], b: &[u8]) -> bool {
    a.first() == b.first() && jaro_winkler(a, b) > 0.88
}

/// Says every text of capital letters that is one slip away from this one.
pub(super) fn each_slip(text: &[u8], mut say: impl FnMut(&[u8])) {
    let mut near = text.to_vec();
    for at in 0..text.len() {
        let letter = near.remove(at);
        say(&near);
        near.insert(at, letter);
        if at > 0 {
            near.swap(at - 1, at);
            say(&near);
            near.swap(at - 1, at);
        }
        for other in b'A'..=b'Z' {
            near[at] = other;
            say(&near);
        }
        near[at] = letter;
    }
    for at in 0..=text.len() {
        near.insert(at, b' ');
        for other in b'A'..=b'Z' {
            near[at] = other;
            say(&near);
        }
        near.remove(at);
    }
}

/// Jaro-Winkler similarity, 0 to 1; the beginning counts for more where two texts are more than 0.7 alike.
pub(crate) fn jaro_winkler(a: &[u8], b: &[u8]) -> f64 {
    match (std::str::from_utf8(a), std::str::from_utf8(b)) {
        (Ok(a), Ok(b)) => strsim::jaro_winkler(a, b),
        _ => 0.0,
    }
}

/// Whether two texts are the same but for the blanks in them.
pub(super) fn same_unspaced(a: &[u8], b: &[u8]) -> bool {
    let letters = |text: &'_ [u8]| text.iter().copied().filter(|b| *b != b' ').collect::<Vec<u8>>();
    a.first() == b.first() && (a.contains(&b' ') != b.contains(&b' ')) && letters(a) == letters(b)
}

/// Whether one of the parts of `whole` is `part`.
pub(super) fn has_part(whole: &[u8], part: &[u8]) -> bool {
    whole.len() > part.len() && part.len() > 1 && whole.split(|b| *b == b' ').any(|one| one == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handbooks_similarities_come_out() {
        for (a, b, hundredths) in [
            ("Jon", "James", 51),
            ("Smith-Jones", "Smith", 89),
            ("Z@e", "Zoe", 80),
            ("@ Briain", "O Briain", 92),
            ("John", "Jon", 93),
            ("Adams", "Dan", 51),
        ] {
            assert_eq!((jaro_winkler(a.as_bytes(), b.as_bytes()) * 100.0).round() as i32, hundredths, "{a} {b}");
        }
    }

    #[test]
    fn one_slip_is_one_and_no_more() {
        for (a, b, one) in [
            ("SMITH", "SMTIH", true),
            ("SMITH", "SMIH", true),
            ("SMIH", "SMITH", true),
            ("SMITH", "SMYTH", true),
            ("SMITH", "SMITHE", true),
            ("SMITH", "SMITH", false),
            ("SMITH", "SMYTHE", false),
            ("", "A", true),
            ("AB", "BA", true),
        ] {
            assert_eq!(one_slip(a.as_bytes(), b.as_bytes()), one, "{a} {b}");
        }
    }

    #[test]
    fn whatever_is_said_to_be_one_slip_away_is() {
        let mut said = 0;
        each_slip(b"SMITH", |near| {
            said += 1;
            assert!(one_slip(near, b"SMITH") || near == b"SMITH", "{near:?}");
        });
        assert_eq!(said, 5 + 4 + 5 * 26 + 6 * 26);
    }

    #[test]
    fn nicknames_are_known_and_each_stands_alone() {
        assert!(share(nickname_groups(b"BOB"), nickname_groups(b"ROBERT")));
        assert!(!share(nickname_groups(b"BOB"), nickname_groups(b"MARGARET")));
        assert!(nickname_groups(b"XQZ").is_empty());
    }
}
