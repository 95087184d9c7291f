//! Sheets of lists: one beside another, one below another with their names beside the values, or one a sheet.

use super::grid::{Sheet, letter, plain};
use super::{Published, PublishedList};

const NAMES: [&str; 14] = [
    "fieldname",
    "field",
    "dataitem",
    "dataitemname",
    "listname",
    "list",
    "definedlist",
    "definedlistname",
    "codelist",
    "codelistname",
    "column",
    "columnname",
    "valueset",
    "dataelement",
];
const VALUES: [&str; 15] = [
    "value",
    "values",
    "code",
    "listvalue",
    "definedlistvalue",
    "definedlistvalues",
    "validvalue",
    "validvalues",
    "allowedvalue",
    "permittedvalue",
    "option",
    "options",
    "item",
    "listitem",
    "entry",
];
const DEEPEST_HEADING: usize = 40;
/// Rows without a value after which a list has ended.
const LONGEST_GAP: usize = 1;

/// Takes the lists of a sheet.
pub(super) fn take(sheet: &Sheet, published: &mut Published) {
    if below_one_another(sheet, published) || one_beside_another(sheet, published) || alone(sheet, published) {
        return;
    }
    published.explained.push(format!("nothing was taken from the sheet {}", sheet.name));
}

fn heading(sheet: &Sheet, row: usize, known: &[&str]) -> Option<usize> {
    let rank = |column| known.iter().position(|name| *name == plain(sheet.cell(row, column)));
    (0..sheet.width()).filter_map(|column| Some((rank(column)?, column))).min().map(|(_, column)| column)
}

fn add(published: &mut Published, name: &str, value: &str, place: &str) {
    let list = published
        .lists
        .entry(name.to_owned())
        .or_insert_with(|| PublishedList { values: Vec::new(), place: place.into() });
    if !list.values.iter().any(|known| known == value) {
        list.values.push(value.to_owned());
    }
}

/// A column of names, blank below the first of its cells where cells were merged, and a column of values.
fn below_one_another(sheet: &Sheet, published: &mut Published) -> bool {
    let found = (0..sheet.rows.len().min(DEEPEST_HEADING)).find_map(|row| {
        let (names, values) = (heading(sheet, row, &NAMES)?, heading(sheet, row, &VALUES)?);
        (names != values).then_some((row, names, values))
    });
    let Some((head, names, values)) = found else { return false };
    let mut name = String::new();
    for row in head + 1..sheet.rows.len() {
        let own = sheet.cell(row, names);
        if !own.is_empty() {
            name = own.lines().next().unwrap_or_default().trim().to_owned();
        }
        let value = sheet.cell(row, values);
        if !name.is_empty() && !value.is_empty() {
            add(published, &name, value, &format!("{}!{}", sheet.name, letter(values)));
        }
    }
    published.explained.push(format!(
        "lists from the sheet {}, names in column {}, values in column {}",
        sheet.name,
        letter(names),
        letter(values)
    ));
    true
}

/// A row of names that fields or their lists have, and values below each.
fn one_beside_another(sheet: &Sheet, published: &mut Published) -> bool {
    let known: Vec<String> =
        published.fields.iter().flat_map(|field| [plain(&field.name), plain(&field.list)]).collect();
    let is_known = |text: &str| !text.is_empty() && known.iter().any(|name| *name == plain(text));
    let rows = 0..sheet.rows.len().min(DEEPEST_HEADING);
    let count = |row: usize| (0..sheet.width()).filter(|column| is_known(sheet.cell(row, *column))).count();
    let best = rows.map(|row| (count(row), std::cmp::Reverse(row))).max();
    let Some((1.., std::cmp::Reverse(head))) = best else { return false };
    for column in (0..sheet.width()).filter(|column| is_known(sheet.cell(head, *column))) {
        let place = format!("{}!{}", sheet.name, letter(column));
        let name = sheet.cell(head, column).to_owned();
        let mut gap = 0;
        for row in head + 1..sheet.rows.len() {
            match sheet.cell(row, column) {
                "" if gap >= LONGEST_GAP => break,
                "" => gap += 1,
                value => {
                    gap = 0;
                    add(published, &name, value, &place);
                }
            }
        }
    }
    published.explained.push(format!("lists from the sheet {}, one a column, named in row {}", sheet.name, head + 1));
    true
}

/// A sheet that bears a list's name and has one column of values.
fn alone(sheet: &Sheet, published: &mut Published) -> bool {
    let known = published.fields.iter().flat_map(|field| [field.name.clone(), field.list.clone()]);
    // Names of sheets end after 31 letters.
    let own = plain(&sheet.name);
    let names = |name: &String| {
        !own.is_empty() && (plain(name) == own || (sheet.name.chars().count() >= 31 && plain(name).starts_with(&own)))
    };
    let Some(name) = known.into_iter().find(names) else { return false };
    let head = (0..sheet.rows.len().min(DEEPEST_HEADING)).find_map(|row| Some((row, heading(sheet, row, &VALUES)?)));
    let (from, column) = head.map_or((0, 0), |(row, column)| (row + 1, column));
    for row in from..sheet.rows.len() {
        let value = sheet.cell(row, column);
        if !value.is_empty() {
            add(published, &name, value, &format!("{}!{}", sheet.name, letter(column)));
        }
    }
    published.explained.push(format!("the list {name} from the sheet {}", sheet.name));
    true
}
