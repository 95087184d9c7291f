//! Specifications on the command line.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use fairway_domain::SpecName;

use super::Data;

#[derive(Debug, Subcommand)]
pub enum SpecCommand {
    /// The specifications this program holds, and those of a processing centre
    List {
        /// The data directory whose own are listed as well
        #[arg(long, value_name = "DIR", env = "FAIRWAY_DATA")]
        data: Option<PathBuf>,
    },
    /// Put a specification of your own into a data directory, so that files can be landed for it
    #[command(after_help = "\
Examples:
  fairway spec add day-centre.yaml --data centre                           a Table Schema of three columns or 3,000
  fairway spec add day-centre --data centre                                a folder, as `spec new` and `specs/` have it
  fairway spec add r2-official --name asc-cld/r2-official --data centre    lists taken over with `spec import`
  fairway spec add package.json#visits --name visits/v1 --data centre      one resource of a data package

Every field needs a `class` (direct, quasi, sensitive, plain): de-identification and release go by it. `role` says what a
field is: nhs_number, local_person, forename, surname, sex, birth_date, postcode, event_start, organisation, period_start …;
all may be left out. Records that name a person by nhs_number or local_person are traced. Once a submission was checked with
it, a specification stays as it is: give the next one another release.")]
    Add {
        /// A folder, a Table Schema, or FILE#NAME for one resource of a data package
        spec: PathBuf,
        /// The name it gets here, as DATASET/RELEASE; its own when left out
        #[arg(long, value_name = "NAME")]
        name: Option<SpecName>,
        #[command(flatten)]
        data: Data,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// One specification in words: fields, lists, rules, with sources and confidence
    Show {
        /// Name (asc-cld/r2) or folder
        spec: String,
    },
    /// What changed from one release to another
    #[command(after_help = "\
Examples:
  fairway spec diff r1 r2")]
    Diff {
        /// The earlier: r1, asc-cld/r1 or a folder
        from: String,
        /// The later
        to: String,
    },
    /// Write a specification in another form
    #[command(after_help = "\
Examples:
  fairway spec export asc-cld/r2 --format table-schema > schema.json    for Frictionless readers")]
    Export {
        /// Name (asc-cld/r2) or folder
        spec: String,
        /// The form
        #[arg(long, value_enum, default_value_t = SpecFormat::TableSchema)]
        format: SpecFormat,
    },
    /// Infer a first specification from a sample: forms, lists, keys, and which columns are about persons
    #[command(after_help = "\
Examples:
  fairway spec new visits.csv --name day-centre/v1 --out day-centre
  fairway check visits.csv --spec day-centre

Everything in it is an assumption with the counts that it rests on. No value of a column that may be personal is written.")]
    New {
        /// A CSV file with a header
        #[arg(value_name = "SAMPLE")]
        sample: PathBuf,
        /// The name that the specification gets; the file's own where none is given
        #[arg(long, value_name = "DATASET/RELEASE")]
        name: Option<SpecName>,
        /// The folder to write; the dataset's name where none is given
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Hold a published specification against one of ours, and take its lists over
    #[command(after_help = "\
Examples:
  fairway spec import official.xlsx                              what it says, and how that differs
  fairway spec import official.xlsx --out r2-official            write the folder that takes its lists over
  fairway check FILE --spec r2-official                          and check with it")]
    Import {
        /// A workbook (XLSX) or CSV file of fields and lists
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// What it is held against, and what the folder extends
        #[arg(long, value_name = "NAME", default_value = "asc-cld/r2")]
        against: String,
        /// The folder to write
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum SpecFormat {
    /// Frictionless Table Schema, JSON, with code lists as enumerations
    TableSchema,
    /// Everything, as JSON
    Json,
    /// Fields, as CSV
    Csv,
    /// Guidance to read
    Markdown,
}
