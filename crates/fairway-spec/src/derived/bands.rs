use serde::Deserialize;

/// Names for ranges of a whole number: every number has exactly one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bands {
    /// What the specification calls them.
    pub name: String,
    /// The word where there is no number.
    pub unknown: String,
    /// Where they come from.
    pub source: String,
    bands: Vec<Band>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Band {
    name: String,
    from: i64,
    to: i64,
}

/// Bands as `derived.yaml` has them: `[name, first, last]`, both included, null for an open end.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BandsFile {
    unknown: String,
    source: String,
    bands: Vec<(String, Option<i64>, Option<i64>)>,
}

impl Bands {
    /// The name of the range that a number lies in, or the word for none.
    pub fn name_of(&self, number: Option<i64>) -> &str {
        let band = number.and_then(|number| self.bands.iter().find(|band| (band.from..=band.to).contains(&number)));
        band.map_or(&self.unknown, |band| &band.name)
    }

    pub(crate) fn build(name: &str, file: &BandsFile) -> Result<Self, String> {
        let bands: Vec<Band> = file
            .bands
            .iter()
            .map(|(name, from, to)| Band {
                name: name.clone(),
                from: from.unwrap_or(i64::MIN),
                to: to.unwrap_or(i64::MAX),
            })
            .collect();
        let whole = bands.first().is_some_and(|band| band.from == i64::MIN)
            && bands.last().is_some_and(|band| band.to == i64::MAX)
            && bands.iter().all(|band| band.from <= band.to)
            && bands.windows(2).all(|pair| pair[0].to.checked_add(1) == Some(pair[1].from));
        match whole {
            true => Ok(Self { name: name.into(), unknown: file.unknown.clone(), source: file.source.clone(), bands }),
            false => Err("the bands leave out a number or name one twice".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bands(list: &str) -> Result<Bands, String> {
        let file = serde_saphyr::from_str(&format!("{{unknown: '?', source: S1, bands: {list}}}")).unwrap();
        Bands::build("test", &file)
    }

    #[test]
    fn every_number_has_one_band_and_none_has_the_word_for_it() {
        let bands = bands("[[low, null, 17], [middle, 18, 64], [high, 65, null]]").unwrap();
        let name = |number| bands.name_of(Some(number));
        assert_eq!([name(-5), name(17), name(18), name(64), name(65)], ["low", "low", "middle", "middle", "high"]);
        assert_eq!(bands.name_of(None), "?");
    }

    #[test]
    fn bands_with_a_gap_an_overlap_or_a_closed_end_are_refused() {
        for wrong in [
            "[[a, null, 17], [b, 19, null]]",
            "[[a, null, 18], [b, 18, null]]",
            "[[a, null, 17], [b, 18, 90]]",
            "[[a, 0, null]]",
            "[]",
        ] {
            assert!(bands(wrong).is_err(), "{wrong}");
        }
    }
}
