//! The table of fields.

use std::collections::BTreeSet;

use super::grid::{Sheet, plain};
use super::{Published, PublishedField, PublishedList};

/// What a column of such a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Name,
    Format,
    Length,
    Mandatory,
    /// Yes here means that it may be blank.
    Nullable,
    List,
}

/// Headings by which the columns of such tables are known, letters and digits alone.
const HEADINGS: [(Part, &[&str]); 6] = [
    (
        Part::Name,
        &[
            "fieldname",
            "field",
            "dataitem",
            "dataitemname",
            "columnname",
            "column",
            "columnheader",
            "header",
            "itemname",
            "dataelement",
            "dataelementname",
            "attribute",
            "attributename",
            "name",
            "variable",
            "variablename",
            "datafield",
        ],
    ),
    (
        Part::Format,
        &["format", "datatype", "type", "dataformat", "fieldformat", "fieldtype", "typeformat", "formattype"],
    ),
    (
        Part::Length,
        &[
            "length",
            "maxlength",
            "maximumlength",
            "fieldlength",
            "maxlen",
            "size",
            "fieldsize",
            "maximumfieldlength",
            "characters",
        ],
    ),
    (
        Part::Mandatory,
        &[
            "mandatory",
            "mandatoryoptional",
            "required",
            "mandation",
            "requirement",
            "mro",
            "isrequired",
            "mandatoryyn",
            "optionality",
            "mandatoryfield",
        ],
    ),
    (Part::Nullable, &["nullable", "allownull", "allownulls", "isnullable", "blankallowed"]),
    (
        Part::List,
        &[
            "definedlist",
            "definedlists",
            "list",
            "listname",
            "codelist",
            "values",
            "validvalues",
            "allowedvalues",
            "permittedvalues",
            "options",
            "acceptedvalues",
            "definedlistvalues",
            "valueset",
            "enum",
            "enumeration",
            "referencelist",
            "nationalcodes",
            "permissiblevalues",
        ],
    ),
];

/// How far down a heading may stand.
const DEEPEST_HEADING: usize = 40;
/// Rows without a field after which a table has ended.
const LONGEST_GAP: usize = 8;

/// Where the table lies in a sheet.
#[derive(Debug)]
pub(super) struct Table {
    heading: usize,
    parts: Vec<(Part, usize)>,
    /// How sure it is that this is one.
    pub(super) score: usize,
}

/// Finds the row that heads a table of fields: the one with most known headings, a name among them and another part.
pub(super) fn find(sheet: &Sheet) -> Option<Table> {
    let tables = (0..sheet.rows.len().min(DEEPEST_HEADING)).filter_map(|row| {
        let parts = parts(sheet, row);
        let named = parts.iter().any(|(part, _)| *part == Part::Name);
        let fields =
            named && parts.len() > 1 && (parts.len() > 2 || !parts.iter().any(|(part, _)| *part == Part::List));
        let rows = (row + 1..sheet.rows.len()).take(400).filter(|row| sheet.filled(*row) > 1).count();
        (fields && rows > 0).then(|| Table { heading: row, score: parts.len() * 1_000 + rows, parts })
    });
    tables.max_by_key(|table| table.score)
}

fn parts(sheet: &Sheet, row: usize) -> Vec<(Part, usize)> {
    let mut parts: Vec<(Part, usize)> = Vec::new();
    // Headings in the order of preference: `Field name` is the name even where a column `Field` stands before it.
    for (part, headings) in HEADINGS {
        let columns = 0..sheet.width();
        let rank = |column: usize| headings.iter().position(|heading| *heading == plain(sheet.cell(row, column)));
        let best = columns.filter_map(|column| Some((rank(column)?, column))).min();
        parts.extend(best.map(|(_, column)| (part, column)));
    }
    parts
}

/// Takes the fields of a table, and the lists that stand in its cells.
pub(super) fn take(sheet: &Sheet, table: &Table, published: &mut Published) {
    let column = |wanted| table.parts.iter().find(|(part, _)| *part == wanted).map(|(_, column)| *column);
    let text = |row, wanted| column(wanted).map_or("", |column| sheet.cell(row, column));
    let Some(names) = column(Part::Name) else { return };
    let heads: Vec<String> =
        table.parts.iter().map(|(_, column)| format!("{:?}", sheet.cell(table.heading, *column))).collect();
    published.explained.push(format!(
        "fields from the sheet {}, row {} down, columns {}",
        sheet.name,
        table.heading + 2,
        heads.join(", ")
    ));
    let mut seen = BTreeSet::new();
    let mut gap = 0;
    for row in table.heading + 1..sheet.rows.len() {
        let name = first_line(sheet.cell(row, names));
        if name.is_empty() || sheet.filled(row) < 2 || plain(name) == plain(sheet.cell(table.heading, names)) {
            gap += usize::from(name.is_empty());
            if !name.is_empty() {
                published.explained.push(format!("passed over {} as a title", sheet.place(row, names)));
            }
            if gap > LONGEST_GAP {
                break;
            }
            continue;
        }
        gap = 0;
        if !seen.insert(name.to_owned()) {
            published
                .explained
                .push(format!("passed over {}: a field of this name stands above it", sheet.place(row, names)));
            continue;
        }
        let list = text(row, Part::List);
        let mut field = PublishedField {
            name: name.to_owned(),
            format: text(row, Part::Format).to_owned(),
            length: length(text(row, Part::Length)).or_else(|| length_in(text(row, Part::Format))),
            mandatory: yes(text(row, Part::Mandatory))
                .or_else(|| yes(text(row, Part::Nullable)).map(|nullable| !nullable)),
            list: String::new(),
            place: sheet.place(row, names),
        };
        match values_in(list) {
            Some(values) => {
                let place = column(Part::List).map_or_else(String::new, |column| sheet.place(row, column));
                published.lists.insert(field.name.clone(), PublishedList { values, place });
                field.list = field.name.clone();
            }
            None => field.list = list.to_owned(),
        }
        published.fields.push(field);
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default().trim()
}

/// `50`, `50 characters`, `max 50`.
fn length(text: &str) -> Option<usize> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let number = numbers.next().and_then(|digits| digits.parse().ok());
    number.filter(|length| *length > 0 && numbers.next().is_none())
}

/// `an50`, `VARCHAR(50)`, `max an50`; a date's `dd/mm/yyyy` and a decimal's `(18,2)` are no lengths.
fn length_in(format: &str) -> Option<usize> {
    let word = format.trim().to_lowercase();
    let worded =
        ["max ", "an", "varchar", "nvarchar", "char", "string", "text"].iter().any(|start| word.starts_with(start));
    if worded { length(&word) } else { None }
}

/// Yes or no, where the text is plainly one.
fn yes(text: &str) -> Option<bool> {
    match plain(text).as_str() {
        "y" | "yes" | "m" | "mandatory" | "required" | "true" | "1" => Some(true),
        "n" | "no" | "o" | "optional" | "notmandatory" | "false" | "0" => Some(false),
        _ => None,
    }
}

/// Values that stand in one cell: a line each, or between semicolons or bars. One alone is a list's name.
fn values_in(text: &str) -> Option<Vec<String>> {
    let parts: Vec<&str> = if text.contains('\n') {
        text.lines().collect()
    } else if text.contains(';') {
        text.split(';').collect()
    } else {
        text.split('|').collect()
    };
    let trimmed = parts.into_iter().map(|part| part.trim().trim_start_matches(['•', '▪', '·']).trim());
    let values: Vec<String> = trimmed.filter(|value| !value.is_empty()).map(str::to_owned).collect();
    (values.len() > 1).then_some(values)
}
