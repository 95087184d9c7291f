//! The command line as clap sees it. Help teaches by example; exit codes are those of `exit.rs`.
//! Every verb is here with its examples; what each takes lies in the file of its noun.

pub mod agreement;
pub mod application;
mod audit;
mod centre;
mod check;
mod haven;
mod keyholder;
mod look;
pub mod notice;
pub mod org;
mod person;
pub mod publish;
mod reidentify;
mod release;
mod serve;
mod spec;
mod synth;
mod tabulate;
mod trace;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use jiff::civil::Date;

pub use audit::{AuditCommand, Forget, WitnessCommand};
pub use centre::{Accept, Init, Land, Work};
pub use check::{Check, CheckFormat};
pub use haven::{FindKind, Reason, ReferenceCommand, ReferenceKindArg, VaultCommand, WarehouseCommand};
pub use keyholder::{
    Bridge, KeyDestroy, KeyEpoch, KeyList, KeyMove, KeyPlace, KeyholderCommand, KeyholderInit, KeyholderServe,
    KeyholderUnlock,
};
pub use look::{Query, QueryFormat, Status};
pub use person::{AccessCommand, Matrix, MatrixFormat, PersonCommand, PersonToken};
pub use reidentify::{
    AskedSubject, ReidentifyApprove, ReidentifyCollect, ReidentifyCommand, ReidentifyList, ReidentifyRecipient,
    ReidentifyRequest,
};
pub use release::{
    By, Link, OptOutCommand, Release, ReleaseCommand, ReleaseDecide, ReleaseDeliver, ReleaseRecall, ReleaseReceipt,
    ReleaseRequest, ReleaseResend, ReleaseStandBy, ReleaseVerify,
};
pub use serve::Serve;
pub use spec::{SpecCommand, SpecFormat};
pub use synth::{Demo, Synth};
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

/// Who does something, and when.
#[derive(Debug, Args)]
pub struct Act {
    /// Who does it: a name or an office
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// The day from which it counts, year-month-day; today when left out
    #[arg(long, value_name = "DAY")]
    pub on: Option<Date>,
    #[command(flatten)]
    pub data: Data,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Looking, and changing nothing.
#[derive(Debug, Args)]
pub struct Look {
    #[command(flatten)]
    pub data: Data,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
