use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What a table counts: by which dimensions, and who is in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Definition {
    /// Its dimensions, by name.
    pub by: Vec<String>,
    /// Values that somebody must have to be counted, by dimension.
    pub filter: BTreeMap<String, BTreeSet<String>>,
}

/// Who or what can be counted. Each unit (a person, or an event) has one or more tuples of values, one value a dimension:
/// a person has a tuple for each of their events that differs from the others.
#[derive(Debug, Clone, Default)]
pub struct Population {
    names: Vec<String>,
    values: Vec<Vec<String>>,
    codes: Vec<HashMap<String, u32>>,
    units: Vec<Unit>,
    /// Dimensions of which everybody knows which values go together, such as councils and regions.
    related: Vec<(usize, usize)>,
}

/// Units that have the same tuples.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    pub tuples: Vec<Box<[u32]>>,
    pub count: u64,
}

/// Which row of a table: a value a dimension; `None` for all of them together.
pub(super) type Key = Vec<Option<u32>>;

impl Population {
    /// Nobody yet, with these dimensions.
    pub fn new(dimensions: Vec<String>) -> Self {
        let width = dimensions.len();
        Self {
            names: dimensions,
            values: vec![Vec::new(); width],
            codes: vec![HashMap::new(); width],
            units: Vec::new(),
            related: Vec::new(),
        }
    }

    /// Says that everybody knows which values of two dimensions go together, as councils and regions do: those of the units.
    pub fn relate(&mut self, one: &str, other: &str) {
        if let (Some(one), Some(other)) = (self.place(one), self.place(other)) {
            self.related.push((one, other));
        }
    }

    /// Adds `count` units with the same tuples, each with as many values as there are dimensions.
    pub fn add(&mut self, tuples: &[Vec<&str>], count: u64) {
        let tuples =
            tuples.iter().map(|tuple| tuple.iter().enumerate().map(|(at, value)| self.code(at, value)).collect());
        let unit = Unit { tuples: tuples.collect(), count };
        self.units.push(unit);
    }

    /// How many groups of units there are.
    pub fn groups(&self) -> usize {
        self.units.len()
    }

    pub(super) fn units(&self) -> &[Unit] {
        &self.units
    }

    pub(super) fn code(&mut self, dimension: usize, value: &str) -> u32 {
        if let Some(code) = self.codes[dimension].get(value) {
            return *code;
        }
        let code = u32::try_from(self.values[dimension].len()).unwrap_or(u32::MAX);
        self.values[dimension].push(value.to_owned());
        self.codes[dimension].insert(value.to_owned(), code);
        code
    }

    pub(super) fn value(&self, dimension: usize, code: u32) -> &str {
        &self.values[dimension][code as usize]
    }

    /// A row by its texts, as codes; `None` where a value does not occur, so that nobody is in it.
    pub(super) fn key(&self, layout: &Layout, texts: &[Option<String>]) -> Option<Key> {
        let code = |(place, text): (&usize, &Option<String>)| match text {
            Some(text) => self.codes[*place].get(text).map(|code| Some(*code)),
            None => Some(None),
        };
        layout.by.iter().zip(texts).map(code).collect()
    }

    /// A row of a table as a tuple with the other places open.
    pub(super) fn spread(&self, layout: &Layout, row: &Key) -> Vec<Option<u32>> {
        let mut tuple = vec![None; self.names.len()];
        layout.by.iter().zip(row).for_each(|(place, value)| tuple[*place] = *value);
        tuple
    }

    /// For each two related dimensions, the pairs of values that occur.
    pub(super) fn pairs(&self) -> Pairs {
        let tuples = || self.units.iter().flat_map(|unit| &unit.tuples);
        let seen = |(one, other): &(usize, usize)| {
            ((*one, *other), tuples().map(|tuple| (tuple[*one], tuple[*other])).collect())
        };
        Pairs(self.related.iter().map(seen).collect())
    }

    fn place(&self, dimension: &str) -> Option<usize> {
        self.names.iter().position(|name| name == dimension)
    }

    /// The table as places and codes; `None` where it has a dimension that the population has not.
    pub(super) fn lay_out(&self, table: &Definition) -> Option<Layout> {
        let by = table.by.iter().map(|name| self.place(name)).collect::<Option<Vec<_>>>()?;
        let filter = table.filter.iter().map(|(name, values)| {
            let place = self.place(name)?;
            Some((place, values.iter().filter_map(|value| self.codes[place].get(value).copied()).collect()))
        });
        Some(Layout { by, filter: filter.collect::<Option<_>>()? })
    }
}

/// Pairs of values of two related dimensions.
type PairsOfTwo = ((usize, usize), HashSet<(u32, u32)>);

/// Pairs of values of related dimensions.
pub(super) struct Pairs(Vec<PairsOfTwo>);

impl Pairs {
    /// Whether a tuple, of which some places may be open, can be.
    pub(super) fn allow(&self, tuple: &[Option<u32>]) -> bool {
        self.0.iter().all(|((one, other), seen)| match (tuple[*one], tuple[*other]) {
            (Some(one), Some(other)) => seen.contains(&(one, other)),
            _ => true,
        })
    }
}

/// A table over a population.
pub(super) struct Layout {
    pub by: Vec<usize>,
    filter: Vec<(usize, HashSet<u32>)>,
}

impl Layout {
    pub(super) fn takes(&self, tuple: &[u32]) -> bool {
        self.filter.iter().all(|(place, values)| values.contains(&tuple[*place]))
    }

    /// The rows a unit is counted in, without totals, each once.
    pub(super) fn rows(&self, unit: &Unit) -> BTreeSet<Key> {
        let taken = unit.tuples.iter().filter(|tuple| self.takes(tuple));
        taken.map(|tuple| self.by.iter().map(|place| Some(tuple[*place])).collect()).collect()
    }

    /// Values that occur, by dimension of the table, in the order of their texts.
    pub(super) fn occurring(&self, population: &Population) -> Vec<Vec<u32>> {
        let mut seen: Vec<BTreeSet<(&str, u32)>> = vec![BTreeSet::new(); self.by.len()];
        for tuple in population.units.iter().flat_map(|unit| &unit.tuples).filter(|tuple| self.takes(tuple)) {
            for (at, place) in self.by.iter().enumerate() {
                seen[at].insert((population.value(*place, tuple[*place]), tuple[*place]));
            }
        }
        seen.into_iter().map(|values| values.into_iter().map(|(_, code)| code).collect()).collect()
    }
}

/// Every row of which a row is a part: each dimension by itself or all of it together. The row itself is the first.
pub(super) fn totals_of(row: &Key) -> impl Iterator<Item = Key> {
    (0_u32..1 << row.len()).map(move |without| {
        row.iter().enumerate().map(|(at, value)| if without >> at & 1 == 1 { None } else { *value }).collect()
    })
}
