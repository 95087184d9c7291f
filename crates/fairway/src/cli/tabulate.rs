//! Tables of figures.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use fairway_domain::OrganisationCode;
use fairway_service::{Counted, Measure, Requester};
use jiff::civil::Date;

use super::Data;
use super::centre::period;

#[derive(Debug, Args)]
pub struct Tabulate {
    /// The dataset, such as asc-cld
    #[arg(long, value_name = "DATASET")]
    pub dataset: String,
    /// The dimensions, with commas between: columns with a closed list of values, areas, bands; of a day its :month, :quarter
    /// or :year, of the sender its :region
    #[arg(long, value_name = "DIM,DIM", value_delimiter = ',', required = true)]
    pub by: Vec<String>,
    /// What is counted; people where the dataset has them, when left out
    #[arg(long, value_enum)]
    pub of: Option<CountedArg>,
    /// What is said of each row besides: count, percent:DIM, mean:COLUMN, sum:COLUMN or median:COLUMN
    #[arg(long, default_value = "count", value_parser = measure, value_name = "MEASURE")]
    pub measure: Measure,
    /// The profile of disclosure control; that of the agreement, else asc_default, when left out
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Count only records with one of these values: DIM=VALUE or DIM=VALUE|VALUE; may be given several times
    #[arg(long = "where", value_parser = filter, value_name = "DIM=VALUE")]
    pub only: Vec<(String, BTreeSet<String>)>,
    /// Only submissions of reporting periods from the first to the last of these days
    #[arg(long, value_name = "DATE..DATE", value_parser = period)]
    pub period: Option<(Date, Date)>,
    /// Only these senders, by code
    #[arg(long, value_name = "CODE,CODE", value_delimiter = ',')]
    pub org: Option<Vec<OrganisationCode>>,
    /// Release the table under this agreement: held against the release gate, and put into the outbox of its recipient
    #[arg(long, value_name = "FILE")]
    pub agreement: Option<PathBuf>,
    /// Who is to have it; the agreement's recipient when left out
    #[arg(long, value_name = "CODE", requires = "agreement")]
    pub recipient: Option<OrganisationCode>,
    /// Who asks for it, where the agreement has a release wait for approval: it is then held
    #[arg(long, value_name = "NAME", requires_all = ["agreement", "requester_org"])]
    pub requester: Option<String>,
    /// The organisation of whoever asks
    #[arg(long, value_name = "CODE", requires = "requester")]
    pub requester_org: Option<String>,
    /// The folder that the table, or the processing centre's own copy of one that is released, is written to
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    #[command(flatten)]
    pub data: Data,
    /// Print the table as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CountedArg {
    /// Persons, each once a row
    People,
    /// Records
    Events,
}

impl From<CountedArg> for Counted {
    fn from(counted: CountedArg) -> Self {
        match counted {
            CountedArg::People => Self::People,
            CountedArg::Events => Self::Events,
        }
    }
}

impl Tabulate {
    /// Whoever asks for it, where that is said.
    pub fn requester(&self) -> Option<Requester> {
        let (name, organisation) = self.requester.clone().zip(self.requester_org.clone())?;
        Some(Requester { name, organisation })
    }

    /// The values asked for, by dimension: a dimension named twice takes what is in both.
    pub fn filter(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (name, values) in &self.only {
            all.entry(name.clone())
                .and_modify(|known| known.retain(|one| values.contains(one)))
                .or_insert(values.clone());
        }
        all
    }
}

fn measure(text: &str) -> Result<Measure, String> {
    let (word, of) = text.split_once(':').map_or((text, ""), |(word, of)| (word, of));
    match (word, of.is_empty()) {
        ("count", true) => Ok(Measure::Count),
        ("percent", false) => Ok(Measure::Percent(of.into())),
        ("mean", false) => Ok(Measure::Mean(of.into())),
        ("sum", false) => Ok(Measure::Sum(of.into())),
        ("median", false) => Ok(Measure::Median(of.into())),
        _ => Err("a measure is count, percent:DIM, mean:COLUMN, sum:COLUMN or median:COLUMN".into()),
    }
}

fn filter(text: &str) -> Result<(String, BTreeSet<String>), String> {
    let (name, values) = text.split_once('=').ok_or("write DIM=VALUE, such as Event_Type=Service")?;
    Ok((name.to_owned(), values.split('|').map(str::to_owned).collect()))
}
