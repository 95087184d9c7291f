//! The command line as clap sees it. Help teaches by example; exit codes are those of `exit.rs`.
//! Long because it is the whole interface on one page, most of it the help itself.

pub mod agreement;
pub mod application;
mod audit;
mod haven;
mod keyholder;
pub mod notice;
pub mod org;
mod person;
pub mod publish;
mod reidentify;
mod release;
mod tabulate;
mod trace;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use fairway_domain::{OrganisationCode, Route, SpecName, SubmissionId, Zone};
use jiff::civil::Date;

pub use audit::{AuditCommand, Forget, WitnessCommand};
pub use haven::{FindKind, Reason, ReferenceCommand, ReferenceKindArg, VaultCommand, WarehouseCommand};
pub use keyholder::{
    Bridge, KeyDestroy, KeyEpoch, KeyList, KeyMove, KeyPlace, KeyholderCommand, KeyholderInit, KeyholderServe,
    KeyholderUnlock,
};
pub use person::{AccessCommand, Matrix, MatrixFormat, PersonCommand, PersonToken};
pub use reidentify::{
    AskedSubject, ReidentifyApprove, ReidentifyCollect, ReidentifyCommand, ReidentifyList, ReidentifyRecipient,
    ReidentifyRequest,
};
pub use release::{
    OptOutCommand, OptOutImport, Release, ReleaseCommand, ReleaseDecide, ReleaseDeliver, ReleaseOnly, ReleaseRecall,
    ReleaseReceipt, ReleaseRequest, ReleaseResend, ReleaseStandBy, ReleaseVerify,
};
pub use tabulate::Tabulate;
pub use trace::{Decide, Mailbox, MeshCommand, Place, RegisterCommand, Requests, Trace, TraceCommand, TraceMode};

const EXIT_CODES: &str = "\
Exit codes:
   0  done; a checked file is clean
   2  the command line cannot be read
  10  a file is rejected
  11  a file has errors or warnings to confirm
  12  a request is refused, with all the reasons
  13  a file is rejected and was not read to its end: there may be more to find
  20  a fault of ours";

/// Client level data of adult social care: land, check, trace, de-identify, release, with a log that shows every edit.
#[derive(Debug, Parser)]
#[command(name = "fairway", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub struct Cli {
    /// Say nothing on the way; results and problems only
    #[arg(long, short, global = true)]
    pub quiet: bool,

    /// Act as the person whose token this file holds, with their rights alone (or say it in FAIRWAY_TOKEN)
    #[arg(long, value_name = "FILE", global = true)]
    pub token_file: Option<PathBuf>,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check files against their specification, without sending them
    #[command(after_help = "\
Examples:
  fairway check july.csv                         what is wrong, worst first
  fairway check july.csv --out report            findings.csv, report.html, summary.json in the folder `report`
  fairway check july.csv --out report --xlsx     and a workbook to filter and sort
  fairway check *.csv --out reports              a folder for each file
  fairway check july.csv --format jsonl          every finding for a program, one JSON object a line
  fairway check - <july.csv                      from standard input
  fairway check july.csv --spec asc-cld/r1       against Release 1, whatever the values look like
  fairway check july.csv --spec ./my-spec        against a specification of your own
  fairway check july.csv --earlier april.csv     and what is missing or new since the file sent before
  fairway check july.csv --severities own.yaml   with severities of your own: severities: {date-format: warning}")]
    Check(Check),

    /// Make a data directory: ledger, reference data, the key that files are sealed to
    #[command(after_help = "\
Examples:
  fairway init --data centre
  fairway init --data centre --reference /data/reference --register /data/demographics
  fairway init --data centre --ledger 'postgres://fairway@db.example.nhs.uk/fairway?sslmode=verify-full'
  fairway init --data centre --ledger 'postgres://fairway@localhost/fairway?host=/run/postgresql'

A password for PostgreSQL is read from the file that PGPASSFILE names, or from ~/.pgpass; never from the address.

The keyholder must run (fairway keyholder init, then serve): it gives the public key that files are sealed to. The data
directory holds no key that opens anything.")]
    Init(Init),

    /// Land a file: seal it and give a receipt
    #[command(after_help = "\
Examples:
  fairway land july.csv --org 313 --route cli --data centre
  fairway land july.csv --org 313 --data centre --json | jq -r .submission
  fairway land visits.csv --org 313 --data centre --spec day-centre --period 2026-04-01..2026-06-30

The receipt is printed when the sealed file and the ledger are safe on disk. The same bytes from the same
organisation give the first receipt again.")]
    Land(Land),

    /// Confirm what the check found, so that the submission goes on
    #[command(after_help = "\
Examples:
  fairway accept 0192f0c1-7a5e-7c3a-9b1e-2f6a4c8d0e11 --data centre")]
    Accept(Accept),

    /// Do what is queued: check, load, trace, de-identify
    #[command(after_help = "\
Examples:
  fairway work --data centre --until-idle     do all that is waiting, then end
  fairway work --data centre                  stay and wait for more
  fairway work --data centre --jobs 1         do one job

Stopping it at any moment loses nothing: run it again.")]
    Work(Work),

    /// Where submissions, releases and the outbox stand
    #[command(after_help = "\
Examples:
  fairway status --data centre
  fairway status 0192f0c1-7a5e-7c3a-9b1e-2f6a4c8d0e11 --data centre
  fairway status --data centre --json | jq '.submissions[] | select(.state == \"needs_confirmation\")'")]
    Status(Status),

    /// The process that alone holds keys: custodians, unlocking, the life of keys
    Keyholder {
        #[command(subcommand)]
        command: KeyholderCommand,
    },

    /// The demographics register that people are traced against
    Register {
        #[command(subcommand)]
        command: RegisterCommand,
    },

    /// Find whom requests are about: a file of details in, a file of NHS numbers out
    #[command(after_help = "\
Examples:
  fairway trace --register register --in requests.csv --out responses.csv
  fairway trace --register register --in MPTREQ_20261123101500.csv --format mpt --out response.csv
  fairway trace --register register --in requests.csv --out responses.csv --mode mps     the published steps alone
  fairway trace explain --register register --in requests.csv --query 17                 why this answer
  fairway trace evaluate --responses responses.csv --truth truth.csv                     how good the answers are

A CSV request has the columns query_id, nhs_number, given_name, other_given_names, family_name, gender, date_of_birth,
address_line1, postcode and gp_practice, in any order, any of them missing. A response has query_id, outcome, code,
nhs_number, score, margin, step, mpt_code and date_of_death. In the mode fairway the score is the probability that it
is the person. Where more than one person fits, nobody is named. A file that breaks its format is refused whole.")]
    Trace(Trace),

    /// Messages over MESH, the national message exchange: how requests travel to a tracing service elsewhere
    #[command(after_help = "\
Examples:
  fairway mesh handshake --data centre                                          once a day
  fairway mesh status --mailbox mesh/mailbox.yaml                               how many messages wait
  fairway mesh collect --workflow SPINE_MPT_RESPONSE --into responses --mailbox mesh/mailbox.yaml

A processing centre whose tracing.yaml names a mailbox sends its requests and fetches its responses by itself: see
docs/OPERATIONS.md, Tracing elsewhere. These commands are for trying a mailbox, and for messages by hand.")]
    Mesh {
        #[command(subcommand)]
        command: MeshCommand,
    },

    /// Organisations with their codes, days and successors, and what they have shown of contract and security
    Org {
        #[command(subcommand)]
        command: org::OrgCommand,
    },

    /// Directions and data provision notices: issue, serve, acknowledge, query, answer
    Notice {
        #[command(subcommand)]
        command: notice::NoticeCommand,
    },

    /// Applications to the data access request service, from the first enquiry to the decision
    Application {
        #[command(subcommand)]
        command: application::ApplicationCommand,
    },

    /// Data sharing agreements: signed, in force, confirmed, ended, and the data destroyed
    Agreement {
        #[command(subcommand)]
        command: agreement::AgreementCommand,
    },

    /// What everybody may see: the register of participants and releases
    Publish {
        #[command(subcommand)]
        command: publish::PublishCommand,
    },

    /// Release an extract under an agreement, or say every reason why not
    #[command(
        args_conflicts_with_subcommands = true,
        subcommand_negates_reqs = true,
        after_help = "\
Examples:
  fairway release --agreement agreement.yaml --data centre                 made, held against the gate, delivered at once
  fairway release request --agreement agreement.yaml --by 'A Name' --org QOP --data centre      made, and held for approval
  fairway release approve 0192f0c1-7a5e-7c3a-9b1e-2f6a4c8d0e11 --by 'B Name' --org X26 --data centre
  fairway release deliver 0192f0c1-7a5e-7c3a-9b1e-2f6a4c8d0e11 --by 'D Name' --org 0AB --data centre
  fairway release list --data centre

CSV, Parquet, data dictionary, gate report and manifest are put into the outbox of the recipient, or of whom the agreement
has it go through; encrypted where the agreement names keys. Where the agreement asks for approval nothing leaves at once:
ask for the extract instead. What the gate looks at: fairway release rules"
    )]
    Release(Release),

    /// People who opted out of uses beyond their own care
    OptOut {
        #[command(subcommand)]
        command: OptOutCommand,
    },

    /// Link two datasets under an agreement that names the pair, or say every reason why not
    #[command(after_help = "\
Examples:
  fairway link --agreement agreements/linked.yaml --with admitted-care --data centre

Records of the agreement's dataset and of the other one about the same person are put beside each other: each of one
with each of the other. Persons are the same where their NHS number is, as it was traced, else as it was given. It is a
release: the agreement names the other dataset under `linkages`, with its columns and areas, and both sides are held
against every rule. The extract begins with the person's pseudonym and how each side knows the person; link-quality.csv
beside it counts people who were linked and who were not, small numbers not shown and others rounded.")]
    Link(Link),

    /// Turn pseudonyms back under control: asked with a reason, approved by two, answered to one recipient
    Reidentify {
        #[command(subcommand)]
        command: ReidentifyCommand,
    },

    /// Ask a question of a zone's tables; the question is recorded
    #[command(after_help = "\
Examples:
  fairway query \"SELECT Event_Type, count(*) AS events FROM asc_cld GROUP BY Event_Type\" --data centre
  fairway query \"SELECT * FROM asc_cld LIMIT 5\" --data centre --format json
  fairway query \"SELECT count(*) FROM asc_cld\" --as-of 2026-03-31 --data centre       as it was at the end of that day")]
    Query(Query),

    /// Make a table of figures: small numbers not shown, and held against every table published before
    #[command(after_help = "\
Examples:
  fairway tabulate --dataset asc-cld --by Gender,Der_Age_Band --out table --data centre
  fairway tabulate --dataset asc-cld --by LA_Code:region,Event_Start_Date:quarter --of events --out table --data centre
  fairway tabulate --dataset asc-cld --by Der_Age_Band,Gender --measure percent:Gender --out table --data centre
  fairway tabulate --dataset asc-cld --by Service_Type --measure mean:Unit_Cost --out table --data centre
  fairway tabulate --dataset asc-cld --by Gender --where Event_Type=Service --profile opensafely --out table --data centre

The folder gets table.csv, table.json and table.html, which may be published, and disclosure.json, which may not: it says how
the table was protected. Profiles are asc_default, asc_publication, nhs_secondary_care, opensafely and tre
(specs/disclosure). The table is recorded as published before it is written, and counts against later ones for 24
months: do not try tables out on the live centre. See docs/guide/tables.md.")]
    Tabulate(Box<Tabulate>),

    /// The identity vault: persons merged and split, identifiers destroyed; each takes two people
    Vault {
        #[command(subcommand)]
        command: VaultCommand,
    },

    /// Postcode directories and lists of practices that derived columns come from
    Reference {
        #[command(subcommand)]
        command: ReferenceCommand,
    },

    /// The tables of the warehouse as files
    Warehouse {
        #[command(subcommand)]
        command: WarehouseCommand,
    },

    /// The log of everything that was done
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },

    /// Watch over somebody else's log: keep its last checkpoint and co-sign the next
    Witness {
        #[command(subcommand)]
        command: WitnessCommand,
    },

    /// People who work with Fairway: their roles for a time, their tokens
    Person {
        #[command(subcommand)]
        command: PersonCommand,
    },

    /// Who may do what
    Access {
        #[command(subcommand)]
        command: AccessCommand,
    },

    /// Specifications: what a file holds and what must be true of it
    Spec {
        #[command(subcommand)]
        command: SpecCommand,
    },

    /// Make up people, a submission about them, a demographics register and the truth
    #[command(after_help = "\
Examples:
  fairway synth --people 1000 --la 313 --release r2 --period-end 2026-09-30 --seed 1 --out people
  fairway synth --people 1000 --la 313 --release r2 --period-end 2026-09-30 --seed 1 --defects 0.01 --out spoiled

The same options give the same bytes. NHS numbers come from the test range that begins with 999.")]
    Synth(Synth),

    /// Play three councils from landing to release, telling the story
    #[command(after_help = "\
Examples:
  fairway demo --once --data demo-data
  fairway demo --data demo-data --people 20000      then serves the status page")]
    Demo(Demo),

    /// Serve the read-only status page and the JSON API
    #[command(after_help = "\
Examples:
  fairway serve --data centre --listen 127.0.0.1:8080
  curl -H \"Authorization: Bearer $TOKEN\" http://127.0.0.1:8080/api/v1/submissions

The page is for this machine. The API answers people with a token (fairway person token): see docs/guide/api.md. A server
before it that speaks TLS may pass on /api/ alone, under the name localhost.")]
    Serve(Serve),

    /// Print shell completions
    #[command(after_help = "\
Examples:
  fairway completions bash > ~/.local/share/bash-completion/completions/fairway")]
    Completions {
        /// The shell
        shell: Shell,
    },

    /// Write the manual pages
    #[command(after_help = "\
Examples:
  fairway man --out man && man -l man/fairway.1")]
    Man {
        /// The folder to write them to; without it the main page goes to standard output
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

/// A data directory, as nearly every command needs it.
#[derive(Debug, Args)]
pub struct Data {
    /// The data directory
    #[arg(long = "data", value_name = "DIR", env = "FAIRWAY_DATA")]
    pub dir: PathBuf,
}

#[derive(Debug, Args)]
pub struct Check {
    /// The files: CSV, or CSV compressed with gzip; - for standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// A specification by name (asc-cld/r2) or by folder; recognised from the file when left out
    #[arg(long, value_name = "NAME-OR-DIR")]
    pub spec: Option<String>,
    /// A processing centre's data directory, whose own specifications are known as well (fairway spec add)
    #[arg(long, value_name = "DIR", env = "FAIRWAY_DATA")]
    pub data: Option<PathBuf>,
    /// Your own severities, as YAML: `severities: {date-format: warning}`, by rule, each reject, error, warning or info
    #[arg(long, value_name = "FILE")]
    pub severities: Option<PathBuf>,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub format: CheckFormat,
    /// A folder to write the reports to; with several files, a folder in it for each
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Write report.xlsx as well
    #[arg(long, requires = "out")]
    pub xlsx: bool,
    /// The sender's organisation code, to compare with the file's
    #[arg(long, value_name = "CODE")]
    pub org: Option<OrganisationCode>,
    /// How many threads check; as many as the machine runs at once when left out
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// The sender's earlier file: what of it is missing now, started anew or has changed in number
    #[arg(long, value_name = "FILE")]
    pub earlier: Option<PathBuf>,
    /// Repeat the values found wrong, which may identify people
    #[arg(long)]
    pub show_values: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people
    Text,
    /// The summary as JSON (docs/schema/summary.schema.json)
    Json,
    /// Every finding as CSV
    Csv,
    /// Every finding as JSON, one object a line
    Jsonl,
}

#[derive(Debug, Args)]
pub struct Init {
    #[command(flatten)]
    pub data: Data,
    /// Postcodes, organisations and practices; looked for beside the program and in the current folder when left out
    #[arg(long, value_name = "DIR", env = "FAIRWAY_REFERENCE")]
    pub reference: Option<PathBuf>,
    /// Where the keyholder listens, if not in the key folder beside the data directory; remembered
    #[arg(long, value_name = "PATH", env = "FAIRWAY_KEYHOLDER")]
    pub keyholder: Option<PathBuf>,
    /// A demographics register to trace against (see `fairway register build`)
    #[arg(long, value_name = "DIR")]
    pub register: Option<PathBuf>,
    /// An empty PostgreSQL database for the ledger, instead of a file in the data directory; without a password; remembered
    #[arg(long, value_name = "URL", env = "FAIRWAY_LEDGER")]
    pub ledger: Option<String>,
}

#[derive(Debug, Args)]
pub struct Land {
    /// The file
    pub file: PathBuf,
    /// The sender's organisation code
    #[arg(long, value_name = "CODE")]
    pub org: OrganisationCode,
    /// How the file came: cli, portal, sftp, mailbox or database
    #[arg(long, default_value = "cli", value_name = "ROUTE")]
    pub route: Route,
    /// The dataset (day-centre) or its specification (day-centre/v1); recognised from the file when left out
    #[arg(long, value_name = "NAME")]
    pub spec: Option<String>,
    /// The reporting period, first..last day, for a dataset whose files do not say it; the day of landing when left out
    #[arg(long, value_name = "DATE..DATE", value_parser = period)]
    pub period: Option<(Date, Date)>,
    #[command(flatten)]
    pub data: Data,
    /// Print the receipt as JSON
    #[arg(long)]
    pub json: bool,
}

fn period(text: &str) -> Result<(Date, Date), String> {
    let days = text.split_once("..").and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
    days.ok_or_else(|| "a period is its first and last day, such as 2026-04-01..2026-06-30".into())
}

#[derive(Debug, Args)]
pub struct Accept {
    /// The submission, as its receipt names it
    pub submission: SubmissionId,
    #[command(flatten)]
    pub data: Data,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Work {
    #[command(flatten)]
    pub data: Data,
    /// End when nothing is waiting
    #[arg(long)]
    pub until_idle: bool,
    /// End after this many jobs
    #[arg(long, value_name = "N")]
    pub jobs: Option<u64>,
    /// Print one JSON object a job
    #[arg(long)]
    pub json: bool,
    /// Memory for sorting and joining, in MiB; beyond it work goes to disk
    #[arg(long, value_name = "MIB", default_value_t = 1024)]
    pub memory: u64,
}

#[derive(Debug, Args)]
pub struct Status {
    /// One submission, as its receipt names it; all when left out
    pub submission: Option<SubmissionId>,
    #[command(flatten)]
    pub data: Data,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Link {
    /// The agreement, a YAML document
    #[arg(long, value_name = "FILE")]
    pub agreement: PathBuf,
    /// The dataset to link the agreement's own with
    #[arg(long, value_name = "DATASET")]
    pub with: String,
    #[command(flatten)]
    pub data: Data,
    /// Print manifest and quality, or the refusal, as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Query {
    /// One SELECT
    pub sql: String,
    #[command(flatten)]
    pub data: Data,
    /// The zone whose tables are asked: deidentified
    #[arg(long, default_value = "deidentified", value_parser = zone)]
    pub zone: Zone,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t = QueryFormat::Table)]
    pub format: QueryFormat,
    /// At most this many rows
    #[arg(long, default_value_t = 10_000)]
    pub limit: usize,
    /// The tables as they were: when they had just taken a submission, at a version, at the end of a day, at a time
    #[arg(long, value_name = "SUBMISSION|VERSION|TIME")]
    pub as_of: Option<String>,
}

fn zone(text: &str) -> Result<Zone, String> {
    match text {
        "deidentified" => Ok(Zone::Deidentified),
        "identifiable" | "landing" | "released" => {
            Err(format!("the {text} zone cannot be queried: only the deidentified zone can"))
        }
        _ => Err("the zone that can be queried is deidentified".into()),
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum QueryFormat {
    /// A table for people
    Table,
    /// Comma-separated values
    Csv,
    /// One JSON array of objects
    Json,
}

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

#[derive(Debug, Args)]
pub struct Synth {
    /// How many people
    #[arg(long)]
    pub people: u64,
    /// The council's code
    #[arg(long, value_name = "CODE")]
    pub la: OrganisationCode,
    /// The release: r1 or r2
    #[arg(long, default_value = "r2", value_parser = release)]
    pub release: SpecName,
    /// Last day of the reporting period, YYYY-MM-DD
    #[arg(long, value_name = "DATE")]
    pub period_end: Date,
    /// The seed: the same gives the same bytes
    #[arg(long)]
    pub seed: u64,
    /// The share of records with one spoiled cell, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    pub defects: f64,
    /// The share of people whose NHS number the council does not know or has wrong, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    pub unknown_nhs_numbers: f64,
    /// The share of people whose details differ from the register's as people's do, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    pub register_noise: f64,
    /// The first person's place among those the test range has numbers for; councils of more than some 3,000 people
    /// share numbers unless each begins where the one before ended
    #[arg(long, value_name = "N")]
    pub first_person: Option<u64>,
    /// Where postcodes, names, practices and councils come from
    #[arg(long, value_name = "DIR", env = "FAIRWAY_REFERENCE")]
    pub reference: Option<PathBuf>,
    /// The folder to write to
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

fn release(text: &str) -> Result<SpecName, String> {
    let name = if text.contains('/') { text.to_owned() } else { format!("asc-cld/{text}") };
    name.parse().map_err(|e: fairway_domain::IdError| e.to_string())
}

#[derive(Debug, Args)]
pub struct Demo {
    #[command(flatten)]
    pub data: Data,
    /// End after the story instead of serving the status page
    #[arg(long)]
    pub once: bool,
    /// How many people the three councils have together
    #[arg(long, default_value_t = 3_000)]
    pub people: u64,
    /// The seed of the made-up people
    #[arg(long, default_value_t = 20_210_730)]
    pub seed: u64,
    /// Postcodes, organisations and practices
    #[arg(long, value_name = "DIR", env = "FAIRWAY_REFERENCE")]
    pub reference: Option<PathBuf>,
    /// Where the status page is served
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: SocketAddr,
}

#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub data: Data,
    /// Where the status page and the API are served
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Longest file that the API takes, in MiB
    #[arg(long, default_value_t = crate::commands::LARGEST_FILE_MIB, value_name = "MIB")]
    pub largest_file: u64,
}
