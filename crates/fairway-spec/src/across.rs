//! Rules about several records together: what one record alone cannot break.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Role;

/// What must hold between the records of a file. Fields are named by their header. In YAML, the value of `across`:
/// `identical`, `{unique: [Event Reference]}`, `{agree: {column: Date of Birth, by: NHS Number}}`,
/// `{among: {columns: [Adult 1 Linked Person_ID], of: LA Person Unique Identifier}}`, and so on in snake case.
///
/// Event, kind, start, end and stated period are the fields of those roles.
///
/// Values are compared as their field's kind: a day as a day, a code of the release before as what it is called now, an
/// NHS number without its blanks, text character for character without the blanks at its ends.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Across {
    /// No record is the same as one before it, byte for byte.
    Identical,
    /// No record has the same values in these columns together as one before it. Where one of them is blank or unreadable,
    /// the record takes no part.
    Unique(Vec<String>),
    /// All records with one value of `by` have one value of `column`. Blank and unreadable cells take no part.
    Agree {
        /// What must be the same.
        column: String,
        /// What brings records together.
        by: String,
    },
    /// Every value of `columns` is a value of `of` in some record of the file, earlier or later.
    Among {
        /// Where the values stand.
        columns: Vec<String>,
        /// Where they must be found.
        of: String,
    },
    /// The months that events end in are those of the stated period: a month counts where it has at least `least_share` of
    /// the ended events and at most `fewer_kinds` kinds of event fewer than the month with most; from the first such month
    /// to the last. Months from that of the check on do not count.
    Period {
        /// 0 to 1.
        least_share: f64,
        /// Kinds of event.
        fewer_kinds: usize,
        /// Under so many ended events, nothing is said.
        least_events: u64,
    },
    /// Every month of the stated period has at least `least_share` of the ended events.
    Months {
        /// 0 to 1.
        least_share: f64,
        /// Under so many ended events, nothing is said.
        least_events: u64,
    },
    /// Events of every kind are there.
    Kinds {
        /// Under so many events, nothing is said.
        least_events: u64,
    },
    /// At most `most_share` of the days in a column are one day of the year.
    SameDay {
        /// The column, one of days.
        column: String,
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
        /// 0 to 1.
        most_share: f64,
        /// Under so many days, nothing is said.
        least_records: u64,
    },
    /// Events of each kind are about as many as in the earlier submission.
    Volume {
        /// Share of the earlier number by which the number may differ, 0 to 1.
        most_change: f64,
        /// Kinds with fewer events than this, then and now, are passed over.
        least_events: u64,
    },
    /// Events of the earlier submission that belong to this one's period are in this file too: those that ended in it, and
    /// those that were open. What `event` has in common, besides its kind and start, makes them the same.
    Vanished {
        /// Columns that name the event beside its kind and start.
        event: Vec<String>,
        /// Of open events where true, of ended ones where false.
        open: bool,
    },
    /// An event that was open in the earlier submission has the start that it had then.
    Restarted {
        /// Columns that name the event beside its kind and start.
        event: Vec<String>,
    },
}

impl Across {
    /// The headers it asks about.
    pub fn headers(&self) -> BTreeSet<&str> {
        match self {
            Self::Unique(columns) | Self::Vanished { event: columns, .. } | Self::Restarted { event: columns } => {
                columns.iter().map(String::as_str).collect()
            }
            Self::Agree { column, by } => BTreeSet::from([column.as_str(), by.as_str()]),
            Self::Among { columns, of } => columns.iter().chain([of]).map(String::as_str).collect(),
            Self::SameDay { column, .. } => BTreeSet::from([column.as_str()]),
            Self::Identical | Self::Period { .. } | Self::Months { .. } | Self::Kinds { .. } | Self::Volume { .. } => {
                BTreeSet::new()
            }
        }
    }

    /// The roles that fields must have for it to say anything.
    pub(crate) fn roles(&self) -> &'static [Role] {
        match self {
            Self::Period { .. } | Self::Months { .. } => &[Role::EventEnd, Role::PeriodStart, Role::PeriodEnd],
            Self::Kinds { .. } => &[Role::EventType],
            Self::Vanished { .. } => &[Role::EventStart, Role::EventEnd, Role::PeriodStart, Role::PeriodEnd],
            Self::Restarted { .. } => &[Role::EventStart, Role::EventEnd],
            _ => &[],
        }
    }

    /// What names an event beside its kind and start, for a rule that follows single events.
    pub fn event(&self) -> Option<&[String]> {
        match self {
            Self::Vanished { event, .. } | Self::Restarted { event } => Some(event),
            _ => None,
        }
    }

    /// Whether it compares the file with an earlier submission.
    pub fn needs_earlier(&self) -> bool {
        matches!(self, Self::Volume { .. } | Self::Vanished { .. } | Self::Restarted { .. })
    }

    /// Whether it speaks of shares, so that a few records break nothing.
    pub fn counts(&self) -> bool {
        matches!(
            self,
            Self::Period { .. } | Self::Months { .. } | Self::Kinds { .. } | Self::SameDay { .. } | Self::Volume { .. }
        )
    }

    /// What is wrong with it in itself, in words.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        let share = |share: f64| (!(0.0..=1.0).contains(&share)).then_some("a share lies between 0 and 1");
        match self {
            Self::Unique(columns)
            | Self::Among { columns, .. }
            | Self::Vanished { event: columns, .. }
            | Self::Restarted { event: columns }
                if columns.is_empty() =>
            {
                Some("no column is named")
            }
            Self::Agree { column, by } if column == by => Some("a column always agrees with itself"),
            Self::SameDay { month, day, .. } if !(1..=12).contains(month) || !(1..=31).contains(day) => {
                Some("a day of the year has a month and a day")
            }
            Self::Period { least_share, .. } | Self::Months { least_share, .. } => share(*least_share),
            Self::SameDay { most_share, .. } => share(*most_share),
            Self::Volume { most_change, .. } => share(*most_change),
            _ => None,
        }
    }
}

impl fmt::Display for Across {
    /// As a sentence without a full stop: `records with one NHS Number have one Date of Birth`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |share: &f64| (share * 100.0).round();
        match self {
            Self::Identical => f.write_str("no two records are the same"),
            Self::Unique(columns) => write!(f, "no two records have the same {}", columns.join(", ")),
            Self::Agree { column, by } => write!(f, "records with one {by} have one {column}"),
            Self::Among { columns, of } => write!(f, "{} occurs as {of} in the file", columns.join(", ")),
            Self::Period { least_share, fewer_kinds, least_events } => write!(
                f,
                "the stated period is the one from the first to the last month that has at least {} % of the ended events \
                 and at most {fewer_kinds} kinds of event fewer than the month with most (from {least_events} events on)",
                percent(least_share)
            ),
            Self::Months { least_share, least_events } => write!(
                f,
                "every month of the stated period has at least {} % of the ended events (from {least_events} events on)",
                percent(least_share)
            ),
            Self::Kinds { least_events } => {
                write!(f, "events of every kind are there (from {least_events} events on)")
            }
            Self::SameDay { column, month, day, most_share, least_records } => write!(
                f,
                "at most {} % of {column} is one day, {day:02}/{month:02} (from {least_records} days on)",
                percent(most_share)
            ),
            Self::Volume { most_change, least_events } => write!(
                f,
                "events of each kind are as many as in the earlier submission, give or take {} % (from {least_events} events on)",
                percent(most_change)
            ),
            Self::Vanished { event, open: true } => {
                write!(f, "what was open in the earlier submission is in this one, known by {}", event.join(", "))
            }
            Self::Vanished { event, open: false } => write!(
                f,
                "what ended in this period and was in the earlier submission is in this one, known by {}",
                event.join(", ")
            ),
            Self::Restarted { event } => write!(
                f,
                "what was open in the earlier submission has the start it had then, known by {}",
                event.join(", ")
            ),
        }
    }
}
