-- The ledger after all migrations. Made from them: run the tests of fairway-store with FAIRWAY_BLESS=1.

CREATE TABLE organisation (
    -- ODS code, upper case
    code TEXT NOT NULL PRIMARY KEY CHECK (length(code) BETWEEN 2 AND 10),
    -- name as people say it
    name TEXT NOT NULL CHECK (name <> ''),
    -- when the organisation or its name was last written
    written_at TEXT NOT NULL CHECK (length(written_at) = 27)
);

CREATE TABLE submission (
    -- UUID of the receipt, and name of the sealed file
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),
    -- sender
    organisation TEXT NOT NULL REFERENCES organisation (code),
    -- dataset, such as asc-cld
    dataset TEXT NOT NULL CHECK (dataset <> ''),
    -- release of the specification, such as r2; empty until the check has found which
    release TEXT CHECK (release <> ''),
    -- how the file came
    route TEXT NOT NULL CHECK (route IN ('cli', 'portal', 'sftp', 'mailbox', 'database')),
    -- SHA-256 of the bytes sent
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    -- how many bytes were sent
    bytes INTEGER NOT NULL CHECK (bytes >= 0),
    -- where it stands
    state TEXT NOT NULL CHECK (
        state IN ('landed', 'rejected', 'needs_confirmation', 'accepted', 'loaded', 'traced', 'deidentified')
    ),
    -- when it was sealed and acknowledged
    landed_at TEXT NOT NULL CHECK (length(landed_at) = 27),
    -- when this row last changed
    updated_at TEXT NOT NULL CHECK (length(updated_at) = 27),
    -- first day of the reporting period; empty until checked
    period_start TEXT CHECK (length(period_start) = 10),
    -- last day of the reporting period; empty until checked
    period_end TEXT CHECK (length(period_end) = 10),
    -- the earlier submission that this one replaces
    supersedes TEXT REFERENCES submission (id),
    -- when the sealed file was given up for destruction
    payload_destroyed_at TEXT CHECK (length(payload_destroyed_at) = 27),
    CONSTRAINT the_same_bytes_land_once UNIQUE (organisation, digest),
    CONSTRAINT a_period_has_two_ends CHECK ((period_start IS NULL) = (period_end IS NULL)),
    CONSTRAINT a_period_ends_after_it_starts CHECK (period_start <= period_end),
    CONSTRAINT nothing_replaces_itself CHECK (supersedes <> id),
    CONSTRAINT what_passed_the_check_has_a_release CHECK (state IN ('landed', 'rejected') OR release IS NOT NULL)
);

CREATE INDEX submission_by_dataset ON submission (dataset, state, organisation);

CREATE INDEX submission_by_time ON submission (landed_at);

CREATE INDEX submission_by_earlier ON submission (supersedes);

CREATE TABLE finding_tally (
    -- the submission checked
    submission TEXT NOT NULL REFERENCES submission (id),
    -- id of the rule, as the specification has it
    rule TEXT NOT NULL CHECK (rule <> ''),
    -- what a finding of the rule means for the file
    severity TEXT NOT NULL CHECK (severity IN ('reject', 'error', 'warning', 'info')),
    -- how many findings
    count INTEGER NOT NULL CHECK (count > 0),
    PRIMARY KEY (submission, rule, severity)
);

CREATE TABLE load_key (
    -- the submission whose vault cells are encrypted under this key
    submission TEXT NOT NULL PRIMARY KEY REFERENCES submission (id),
    -- the key, wrapped; empty once destroyed
    wrapped BLOB,
    -- when it was made, before the first cell was written
    made_at TEXT NOT NULL CHECK (length(made_at) = 27),
    -- when it was destroyed, and the cells with it
    destroyed_at TEXT CHECK (length(destroyed_at) = 27),
    CONSTRAINT a_destroyed_key_is_gone CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);

CREATE TABLE import (
    -- the submission loaded
    submission TEXT NOT NULL PRIMARY KEY REFERENCES submission (id),
    -- records in the file
    rows_in INTEGER NOT NULL CHECK (rows_in >= 0),
    -- records in the events table
    rows_loaded INTEGER NOT NULL CHECK (rows_loaded >= 0),
    -- records the check kept out
    rows_rejected INTEGER NOT NULL CHECK (rows_rejected >= 0),
    -- version of the identity vault that has them
    vault_version INTEGER NOT NULL CHECK (vault_version >= 0),
    -- version of the events table that has them
    events_version INTEGER NOT NULL CHECK (events_version >= 0),
    -- when the load was recorded
    loaded_at TEXT NOT NULL CHECK (length(loaded_at) = 27),
    CONSTRAINT every_row_is_accounted_for CHECK (rows_in = rows_loaded + rows_rejected)
);

CREATE TABLE trace_tally (
    -- the submission traced
    submission TEXT NOT NULL REFERENCES submission (id),
    -- what the demographics register answered
    outcome TEXT NOT NULL CHECK (
        outcome IN ('cross_checked', 'superseded', 'matched', 'multiple', 'not_found', 'not_traced')
    ),
    -- the step that gave the answer
    step TEXT NOT NULL CHECK (step IN ('none', 'cross_check', 'alphanumeric', 'algorithmic')),
    -- how many persons
    count INTEGER NOT NULL CHECK (count > 0),
    PRIMARY KEY (submission, outcome, step)
);

CREATE TABLE identity (
    -- what the index is over, such as an NHS number
    kind TEXT NOT NULL CHECK (kind <> ''),
    -- keyed hash of the identifier: means nothing without the key
    blind_index BLOB NOT NULL CHECK (length(blind_index) = 32),
    -- random number of the person
    uid BLOB NOT NULL CHECK (length(uid) = 16),
    -- the submission that brought the identifier first; no foreign key, the map outlives its sources
    first_import TEXT NOT NULL CHECK (length(first_import) = 36),
    PRIMARY KEY (kind, blind_index)
);

CREATE TABLE release (
    -- UUID of the release
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),
    -- reference of the agreement
    agreement TEXT NOT NULL CHECK (agreement <> ''),
    -- ODS code of the recipient, who need not be a sender
    recipient TEXT NOT NULL CHECK (recipient <> ''),
    -- intended before the first byte is written, then granted and collected; or refused
    state TEXT NOT NULL CHECK (state IN ('intended', 'refused', 'granted', 'collected')),
    -- rows in the extract
    rows INTEGER CHECK (rows >= 0),
    -- SHA-256 of the manifest
    manifest_digest BLOB CHECK (length(manifest_digest) = 32),
    -- folder below the outbox
    folder TEXT CHECK (folder <> ''),
    -- when the decision was taken
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    CONSTRAINT what_left_is_described CHECK (
        (state IN ('granted', 'collected'))
        = (rows IS NOT NULL AND manifest_digest IS NOT NULL AND folder IS NOT NULL)
    )
);

CREATE INDEX release_by_time ON release (created_at);

CREATE TABLE outbox_item (
    -- counts from 1
    id INTEGER NOT NULL PRIMARY KEY,
    -- ODS code of who may fetch it
    organisation TEXT NOT NULL CHECK (organisation <> ''),
    -- what it is
    kind TEXT NOT NULL CHECK (kind IN ('check_report', 'trace_return', 'release')),
    -- file below the outbox
    path TEXT NOT NULL UNIQUE CHECK (path <> ''),
    -- SHA-256 of its bytes
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    -- its length
    bytes INTEGER NOT NULL CHECK (bytes >= 0),
    -- when it was put there
    created_at TEXT NOT NULL CHECK (length(created_at) = 27),
    -- when it was first fetched
    collected_at TEXT CHECK (length(collected_at) = 27)
);

CREATE INDEX outbox_item_by_organisation ON outbox_item (organisation, created_at);

CREATE TABLE job (
    -- counts from 1: the oldest runs first
    id INTEGER NOT NULL PRIMARY KEY,
    -- the step
    kind TEXT NOT NULL CHECK (kind IN ('check', 'load', 'trace', 'deidentify')),
    -- the submission to take it
    submission TEXT NOT NULL REFERENCES submission (id),
    -- whether it waits, runs, or has ended
    state TEXT NOT NULL CHECK (state IN ('queued', 'leased', 'done', 'failed')),
    -- runs that ended in failure or overran their lease, and the run there is now
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    -- runs whose process was killed
    interruptions INTEGER NOT NULL CHECK (interruptions >= 0),
    -- leases ever given: a run that comes back with an older number has lost its lease
    leases INTEGER NOT NULL CHECK (leases >= 0),
    -- host and process of the run there is now
    owner TEXT,
    -- when the run there is now must have ended
    lease_until TEXT CHECK (length(lease_until) = 27),
    -- when it may run again
    not_before TEXT CHECK (length(not_before) = 27),
    -- why the last run ended in failure, without identifiers
    last_error TEXT,
    CONSTRAINT a_step_is_taken_once UNIQUE (kind, submission),
    CONSTRAINT a_lease_has_an_owner_and_an_end CHECK (
        (state = 'leased') = (owner IS NOT NULL AND lease_until IS NOT NULL)
    )
);

CREATE INDEX job_by_state ON job (state, id);

CREATE TABLE "audit_chained" (
    -- counts from 1 without a gap
    seq INTEGER NOT NULL PRIMARY KEY CHECK (seq > 0),
    -- when; the entries of one transaction bear one time
    at TEXT NOT NULL,
    -- who
    actor TEXT NOT NULL,
    -- what was done
    verb TEXT NOT NULL,
    -- to what
    object TEXT NOT NULL,
    -- figures and reasons, as JSON
    detail TEXT NOT NULL,
    -- hash of the entry before; 32 zero bytes before the first
    prev BLOB NOT NULL CHECK (length(prev) = 32),
    -- SHA-256 over prev and everything above, each text behind its length
    hash BLOB NOT NULL CHECK (length(hash) = 32)
);

CREATE TABLE trace_run (
    -- the submission whose people are traced
    submission TEXT NOT NULL REFERENCES submission (id),
    -- counts the runs of a submission from 1
    number INTEGER NOT NULL CHECK (number > 0),
    -- who answers: the register here, or a service elsewhere
    traced_by TEXT NOT NULL CHECK (traced_by IN ('register', 'elsewhere')),
    -- the run's own reference, nobody's identifier
    reference TEXT NOT NULL UNIQUE CHECK (reference <> ''),
    -- what whoever carries the request calls it, once it is sent
    ticket TEXT CHECK (ticket <> ''),
    -- name of the response in the run's folder, once it is there
    response TEXT CHECK (response <> ''),
    -- where it stands
    state TEXT NOT NULL CHECK (
        state IN (
            'asked', 'sent', 'delivered', 'answered', 'held', 'approved', 'completed', 'rejected', 'expired', 'refused'
        )
    ),
    -- people asked about, once answered
    people INTEGER CHECK (people >= 0),
    -- of these, people found
    found INTEGER CHECK (found >= 0),
    -- why it is held, or was not answered, in words; about nobody
    reason TEXT CHECK (reason <> ''),
    -- when it began
    begun_at TEXT NOT NULL CHECK (length(begun_at) = 27),
    -- when this row last changed
    updated_at TEXT NOT NULL CHECK (length(updated_at) = 27),
    PRIMARY KEY (submission, number),
    CONSTRAINT what_is_asked_is_found_or_not CHECK ((people IS NULL) = (found IS NULL) AND found <= people),
    CONSTRAINT what_is_kept_has_its_figures CHECK (state NOT IN ('held', 'approved', 'completed') OR people IS NOT NULL)
);

CREATE TABLE identity_class (
    -- what the index is over, such as an NHS number
    kind TEXT NOT NULL CHECK (kind <> ''),
    -- keyed hash of the identifier
    blind_index BLOB NOT NULL CHECK (length(blind_index) = 32),
    -- how it is known
    link_class TEXT NOT NULL CHECK (
        link_class IN ('traced_exact', 'traced_scored', 'supplied_unverified', 'la_only')
    ),
    -- the submission whose trace first said so; no foreign key, the map outlives its sources
    source TEXT NOT NULL CHECK (length(source) = 36),
    -- when
    at TEXT NOT NULL CHECK (length(at) = 27),
    PRIMARY KEY (kind, blind_index, link_class),
    FOREIGN KEY (kind, blind_index) REFERENCES identity (kind, blind_index)
);

CREATE TABLE person_event (
    -- counts from 1: later rows win
    id INTEGER NOT NULL PRIMARY KEY,
    -- whether the person became another, or became itself again
    what TEXT NOT NULL CHECK (what IN ('merge', 'split')),
    -- the person spoken of
    uid BLOB NOT NULL CHECK (length(uid) = 16),
    -- who it is from then on
    is_now BLOB NOT NULL CHECK (length(is_now) = 16),
    -- since when
    at TEXT NOT NULL CHECK (length(at) = 27),
    -- who asked for it
    asked_by TEXT NOT NULL CHECK (asked_by <> ''),
    -- who agreed
    approved_by TEXT NOT NULL CHECK (approved_by <> ''),
    -- why, in words that name nobody
    reason TEXT NOT NULL CHECK (reason <> ''),
    CONSTRAINT two_people CHECK (asked_by <> approved_by),
    CONSTRAINT a_split_person_is_itself CHECK ((what = 'split') = (uid = is_now))
);

CREATE INDEX person_event_by_uid ON person_event (uid);

CREATE TABLE reference_file (
    -- what it is for
    kind TEXT NOT NULL CHECK (kind IN ('postcodes', 'practices')),
    -- SHA-256 of its bytes
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    -- name of its release
    label TEXT NOT NULL CHECK (label <> ''),
    -- the file, below the folder of reference data
    path TEXT NOT NULL CHECK (path <> ''),
    -- first day it is used
    effective_from TEXT NOT NULL CHECK (length(effective_from) = 10),
    -- when it was added
    added_at TEXT NOT NULL CHECK (length(added_at) = 27),
    PRIMARY KEY (kind, digest)
);

CREATE TABLE import_reference (
    -- the submission that was de-identified
    submission TEXT NOT NULL REFERENCES submission (id),
    -- what was looked things up in
    kind TEXT NOT NULL CHECK (kind IN ('postcodes', 'practices')),
    -- its file, below the folder of reference data; empty for those that came with the data directory
    path TEXT NOT NULL,
    -- its release and digest, as rows carry it; empty until it was read
    version TEXT NOT NULL,
    -- when it was chosen
    at TEXT NOT NULL CHECK (length(at) = 27),
    PRIMARY KEY (submission, kind)
);

CREATE TABLE pseudonym_key (
    -- four characters that begin every pseudonym of the key
    key_id TEXT NOT NULL PRIMARY KEY CHECK (length(key_id) = 4),
    -- reference of the agreement, or national-repository
    domain TEXT NOT NULL CHECK (domain <> ''),
    -- counts the domain's keys from 1
    epoch INTEGER NOT NULL CHECK (epoch > 0),
    -- what may be done with it
    state TEXT NOT NULL CHECK (state IN ('pre-active', 'active', 'verify-only', 'destroyed')),
    -- SHA-256 that binds the keyholder to the key
    commitment BLOB NOT NULL CHECK (length(commitment) = 32),
    -- pseudonyms of sixteen persons that nobody is, one space between two
    canaries TEXT NOT NULL CHECK (canaries <> ''),
    -- when it was recorded, before its first pseudonym
    made_at TEXT NOT NULL CHECK (length(made_at) = 27),
    -- when its state last changed
    changed_at TEXT NOT NULL CHECK (length(changed_at) = 27),
    CONSTRAINT an_epoch_has_one_key UNIQUE (domain, epoch)
);

CREATE TABLE reidentification_recipient (
    -- by what name requests mean it
    name TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
    -- ODS code of the organisation it belongs to
    organisation TEXT NOT NULL CHECK (organisation <> ''),
    -- public key of the age format, to which results are encrypted
    key TEXT NOT NULL CHECK (key LIKE 'age1%'),
    -- when it was registered
    registered_at TEXT NOT NULL CHECK (length(registered_at) = 27)
);

CREATE TABLE reidentification (
    -- UUID of the request
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),
    -- reference of the agreement whose pseudonyms are asked about
    agreement TEXT NOT NULL CHECK (agreement <> ''),
    -- which key of the agreement made them
    epoch INTEGER NOT NULL CHECK (epoch > 0),
    -- what they stand for
    subject TEXT NOT NULL CHECK (subject IN ('person', 'la_person')),
    -- how many there are
    count INTEGER NOT NULL CHECK (count BETWEEN 1 AND 50),
    -- the pseudonyms, one space between two; empty once the request is over
    pseudonyms TEXT,
    -- reason, from the list
    reason TEXT NOT NULL CHECK (reason <> ''),
    -- SHA-256 of the evidence that the requester holds
    evidence BLOB NOT NULL CHECK (length(evidence) = 32),
    -- who alone can read the result
    recipient TEXT NOT NULL REFERENCES reidentification_recipient (name),
    -- who asks
    requester TEXT NOT NULL CHECK (requester <> ''),
    -- ODS code of the requester's organisation
    organisation TEXT NOT NULL CHECK (organisation <> ''),
    -- where it stands
    state TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'answered', 'rejected', 'expired')),
    -- when it was asked
    requested_at TEXT NOT NULL CHECK (length(requested_at) = 27),
    -- when the result was written
    answered_at TEXT CHECK (length(answered_at) = 27),
    -- when the result is destroyed
    expires_at TEXT CHECK (length(expires_at) = 27),
    CONSTRAINT what_is_over_forgets_whom_it_was_about CHECK (
        (state IN ('requested', 'approved')) = (pseudonyms IS NOT NULL)
    )
);

CREATE INDEX reidentification_by_agreement ON reidentification (agreement, requested_at);

CREATE TABLE reidentification_approval (
    -- the request
    request TEXT NOT NULL REFERENCES reidentification (id),
    -- who approves
    approver TEXT NOT NULL CHECK (approver <> ''),
    -- ODS code of the approver's organisation
    organisation TEXT NOT NULL CHECK (organisation <> ''),
    -- when
    approved_at TEXT NOT NULL CHECK (length(approved_at) = 27),
    PRIMARY KEY (request, approver),
    CONSTRAINT two_approvers_are_of_two_organisations UNIQUE (request, organisation)
);

CREATE TABLE audit (
    -- counts from 1 without a gap
    seq BIGINT NOT NULL PRIMARY KEY CHECK (seq > 0),
    -- when; the entries of one transaction bear one time
    at TEXT NOT NULL,
    -- who
    actor TEXT NOT NULL,
    -- in what role; empty where none was told
    role TEXT NOT NULL,
    -- of which organisation; empty where none was told
    org TEXT NOT NULL,
    -- what was done
    verb TEXT NOT NULL,
    -- to what
    object TEXT NOT NULL,
    -- under which agreement; empty for none
    agreement TEXT NOT NULL,
    -- what was decided; empty for nothing
    decision TEXT NOT NULL CHECK (decision IN ('', 'granted', 'refused')),
    -- whether it was done, is about to be done, or came of that
    phase TEXT NOT NULL CHECK (phase IN ('event', 'intent', 'outcome')),
    -- the intent that this one closes
    prev_intent BIGINT,
    -- SHA-256 over salt and payload
    commitment BLOB NOT NULL CHECK (length(commitment) = 32),
    -- the entry's hash in the chain of before the tree; NULL for every later one
    chained BLOB CHECK (length(chained) = 32),
    -- the leaf's hash, and that of each subtree which this entry completes, 32 bytes each, from the leaf up
    nodes BLOB NOT NULL CHECK (length(nodes) >= 32),
    CHECK (phase <> 'outcome' OR prev_intent IS NOT NULL)
);

CREATE INDEX audit_by_object ON audit (object, seq);

CREATE INDEX audit_by_intent ON audit (prev_intent);

CREATE INDEX audit_intents ON audit (phase, seq);

CREATE TABLE audit_payload (
    -- the entry
    seq BIGINT NOT NULL PRIMARY KEY,
    -- random; without it nobody can try what the payload was
    salt BLOB CHECK (length(salt) = 32),
    -- JSON
    payload TEXT,
    -- when both were destroyed
    erased_at TEXT,
    CHECK ((salt IS NULL) = (payload IS NULL)),
    CHECK ((salt IS NULL) = (erased_at IS NOT NULL))
);

CREATE TABLE release_import (
    -- the release
    release TEXT NOT NULL,
    -- the submission
    submission TEXT NOT NULL,
    PRIMARY KEY (release, submission)
);

CREATE INDEX release_import_by_submission ON release_import (submission);

CREATE TABLE paper (
    -- what it is
    kind TEXT NOT NULL CHECK (kind IN ('direction', 'notice', 'application', 'agreement', 'assurance')),
    -- its reference with its version; for an assurance the organisation's code
    reference TEXT NOT NULL CHECK (length(reference) BETWEEN 2 AND 64),
    -- what it is called
    title TEXT NOT NULL,
    -- where it stands now, in the words of its machine
    state TEXT NOT NULL CHECK (state <> ''),
    -- when it was opened
    opened_at TEXT NOT NULL CHECK (length(opened_at) = 27),
    PRIMARY KEY (kind, reference)
);

CREATE TABLE paper_event (
    -- the paper's kind
    kind TEXT NOT NULL,
    -- the paper's reference
    reference TEXT NOT NULL,
    -- counts the paper's events from 1 without a gap
    seq BIGINT NOT NULL CHECK (seq > 0),
    -- what happened
    event TEXT NOT NULL CHECK (event <> ''),
    -- day from which it counts
    valid_on TEXT NOT NULL CHECK (length(valid_on) = 10),
    -- last day on which it counts, or by which something is due
    until_on TEXT CHECK (length(until_on) = 10),
    -- code of the organisation it is about
    organisation TEXT CHECK (organisation <> ''),
    -- office or name of whoever did it
    done_by TEXT NOT NULL,
    -- section, status or dataset it is about
    subject TEXT NOT NULL,
    -- SHA-256 of the document it is about, 64 hexadecimal digits
    digest TEXT CHECK (length(digest) = 64),
    -- in words
    note TEXT NOT NULL,
    -- who recorded it
    actor TEXT NOT NULL CHECK (actor <> ''),
    -- when it was recorded
    recorded_at TEXT NOT NULL CHECK (length(recorded_at) = 27),
    PRIMARY KEY (kind, reference, seq),
    FOREIGN KEY (kind, reference) REFERENCES paper (kind, reference)
);

CREATE TABLE paper_document (
    -- SHA-256 of the text, 64 hexadecimal digits
    digest TEXT NOT NULL PRIMARY KEY CHECK (length(digest) = 64),
    -- the document as it was registered
    content TEXT NOT NULL,
    -- when it was kept
    kept_at TEXT NOT NULL CHECK (length(kept_at) = 27)
);

CREATE TABLE organisation_fact (
    -- counts from 1
    id BIGINT NOT NULL PRIMARY KEY,
    -- code that Fairway knows the organisation by
    organisation TEXT NOT NULL CHECK (length(organisation) BETWEEN 2 AND 10),
    -- what the fact says
    fact TEXT NOT NULL CHECK (fact IN ('kind', 'name', 'ods', 'gss', 'handle', 'region', 'parent', 'successor')),
    -- the name, code or region
    value TEXT NOT NULL CHECK (value <> ''),
    -- how, for a successor
    detail TEXT NOT NULL,
    -- first day on which it is true, if known
    valid_from TEXT CHECK (length(valid_from) = 10),
    -- last day on which it is true, if there is one
    valid_until TEXT CHECK (length(valid_until) = 10),
    -- where it comes from
    source TEXT NOT NULL CHECK (source <> ''),
    -- how sure it is
    confidence TEXT NOT NULL CHECK (confidence IN ('verified', 'inferred', 'assumed')),
    -- when it was recorded
    recorded_at TEXT NOT NULL CHECK (length(recorded_at) = 27),
    -- when it was found to be otherwise
    superseded_at TEXT CHECK (length(superseded_at) = 27)
);

CREATE INDEX organisation_fact_by_organisation ON organisation_fact (organisation);

CREATE INDEX organisation_fact_by_value ON organisation_fact (fact, value);

CREATE TABLE account (
    -- UUID by which the log names the person
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),
    -- their name
    name TEXT NOT NULL CHECK (name <> ''),
    -- code of the organisation they act for
    organisation TEXT NOT NULL CHECK (length(organisation) BETWEEN 2 AND 10),
    -- who added them
    added_by TEXT NOT NULL CHECK (added_by <> ''),
    -- when
    added_at TEXT NOT NULL CHECK (length(added_at) = 27),
    -- when the account was ended
    retired_at TEXT CHECK (length(retired_at) = 27)
);

CREATE TABLE account_role (
    -- UUID of the grant
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),
    -- whose
    account TEXT NOT NULL REFERENCES account (id),
    -- the role, a word of the permission table
    role TEXT NOT NULL CHECK (role <> ''),
    -- from when it is theirs
    from_at TEXT NOT NULL CHECK (length(from_at) = 27),
    -- until when; without an end where there is none
    until_at TEXT CHECK (length(until_at) = 27),
    -- who granted it
    granted_by TEXT NOT NULL CHECK (granted_by <> ''),
    -- when
    granted_at TEXT NOT NULL CHECK (length(granted_at) = 27),
    -- who took it
    revoked_by TEXT CHECK (revoked_by <> ''),
    -- when it was taken
    revoked_at TEXT CHECK (length(revoked_at) = 27),
    CONSTRAINT taken_by_somebody CHECK ((revoked_by IS NULL) = (revoked_at IS NULL))
);

CREATE INDEX account_role_by_account ON account_role (account);

CREATE TABLE account_token (
    -- by which it is named: the part of it that is shown
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 8),
    -- whose
    account TEXT NOT NULL REFERENCES account (id),
    -- SHA-256 of the whole token, 64 hexadecimal digits; the token itself is nowhere
    digest TEXT NOT NULL UNIQUE CHECK (length(digest) = 64),
    -- who made it
    made_by TEXT NOT NULL CHECK (made_by <> ''),
    -- when
    made_at TEXT NOT NULL CHECK (length(made_at) = 27),
    -- until when it is good
    expires_at TEXT NOT NULL CHECK (length(expires_at) = 27),
    -- when it was revoked
    revoked_at TEXT CHECK (length(revoked_at) = 27)
);

CREATE INDEX account_token_by_account ON account_token (account);

CREATE TABLE act (
    -- what it was about, as the log names it
    object TEXT NOT NULL CHECK (object <> ''),
    -- what was done, a word of the permission table
    verb TEXT NOT NULL CHECK (verb <> ''),
    -- by whom
    account TEXT NOT NULL REFERENCES account (id),
    -- when, the first time
    at TEXT NOT NULL CHECK (length(at) = 27),
    PRIMARY KEY (object, verb, account)
);

CREATE TABLE release_request (
    -- the release
    release_id TEXT NOT NULL PRIMARY KEY REFERENCES release (id),
    -- reference of the agreement
    agreement TEXT NOT NULL CHECK (agreement <> ''),
    -- who asks
    requester TEXT NOT NULL CHECK (requester <> ''),
    -- ODS code of the requester's organisation
    organisation TEXT NOT NULL CHECK (organisation <> ''),
    -- SHA-256 of the manifest, which names every file by its own: what is approved, 64 hexadecimal digits
    content TEXT NOT NULL CHECK (length(content) = 64),
    -- name of the held folder
    folder TEXT NOT NULL CHECK (folder <> ''),
    -- code of the organisation into whose outbox it goes
    deliver_to TEXT NOT NULL CHECK (deliver_to <> ''),
    -- how many people approve it
    needed BIGINT NOT NULL CHECK (needed >= 0),
    -- rows in the extract
    records BIGINT NOT NULL CHECK (records >= 0),
    -- the agreement's document
    document TEXT NOT NULL CHECK (document <> ''),
    -- where it stands
    state TEXT NOT NULL CHECK (state IN ('held', 'rejected', 'delivered')),
    -- when it was asked for
    requested_at TEXT NOT NULL CHECK (length(requested_at) = 27),
    -- when it was rejected or delivered
    decided_at TEXT CHECK (length(decided_at) = 27)
);

CREATE TABLE release_approval (
    -- the release
    release_id TEXT NOT NULL REFERENCES release_request (release_id),
    -- who approves or rejects
    approver TEXT NOT NULL CHECK (approver <> ''),
    -- ODS code of the approver's organisation
    organisation TEXT NOT NULL CHECK (organisation <> ''),
    -- whether it is approved
    approved BIGINT NOT NULL CHECK (approved IN (0, 1)),
    -- SHA-256 of the manifest that the approver saw, 64 hexadecimal digits
    content TEXT NOT NULL CHECK (length(content) = 64),
    -- why, in words that name nobody
    reason TEXT NOT NULL,
    -- when
    at TEXT NOT NULL CHECK (length(at) = 27),
    PRIMARY KEY (release_id, approver)
);

CREATE TABLE release_delivery (
    -- the release
    release_id TEXT NOT NULL PRIMARY KEY REFERENCES release (id),
    -- code of the organisation into whose outbox it was put
    organisation TEXT NOT NULL CHECK (organisation <> ''),
    -- where it stands, in the words of a release's life
    state TEXT NOT NULL CHECK (state IN ('granted', 'receipt-due', 'received', 'recalled', 'expired')),
    -- last day on which it can be fetched
    expires_on TEXT NOT NULL CHECK (length(expires_on) = 10),
    -- last day for the receipt, once it was fetched
    receipt_due TEXT CHECK (length(receipt_due) = 10),
    -- when its state last changed
    changed_at TEXT NOT NULL CHECK (length(changed_at) = 27)
);

CREATE TABLE opt_out (
    -- keyed hash of the NHS number
    blind_index BLOB NOT NULL PRIMARY KEY CHECK (length(blind_index) = 32),
    -- when the list that it is on was imported
    imported_at TEXT NOT NULL CHECK (length(imported_at) = 27)
);

CREATE TABLE opt_out_policy (
    -- the first release under it
    release_id TEXT NOT NULL REFERENCES release (id),
    -- key domain, which is the agreement
    domain TEXT NOT NULL CHECK (domain <> ''),
    -- counts the domain's keys from 1
    epoch BIGINT NOT NULL CHECK (epoch > 0),
    -- dataset
    dataset TEXT NOT NULL CHECK (dataset <> ''),
    -- first day of the reporting periods
    from_day TEXT NOT NULL CHECK (length(from_day) = 10),
    -- last day of the reporting periods
    to_day TEXT NOT NULL CHECK (length(to_day) = 10),
    -- whether people who opted out were left out
    applied BIGINT NOT NULL CHECK (applied IN (0, 1)),
    PRIMARY KEY (release_id, dataset)
);

CREATE TABLE standing_agreement (
    -- reference of the agreement
    agreement TEXT NOT NULL PRIMARY KEY CHECK (agreement <> ''),
    -- the agreement's document
    document TEXT NOT NULL CHECK (document <> ''),
    -- who asked for it to release by itself
    requester TEXT NOT NULL CHECK (requester <> ''),
    -- ODS code of the requester's organisation
    organisation TEXT NOT NULL CHECK (organisation <> ''),
    -- the day on which the next extract is due
    next_on TEXT NOT NULL CHECK (length(next_on) = 10),
    -- the agreement's last day
    ends_on TEXT NOT NULL CHECK (length(ends_on) = 10),
    -- what came of the last extract, in words that name nobody
    last_outcome TEXT NOT NULL,
    -- when this row last changed
    changed_at TEXT NOT NULL CHECK (length(changed_at) = 27)
);

CREATE TABLE published_table (
    -- SHA-256 over what it counts, how it is protected and what it shows: the same table again is the same row
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 64),
    -- the dataset
    dataset TEXT NOT NULL CHECK (dataset <> ''),
    -- what is counted
    counted TEXT NOT NULL CHECK (counted IN ('people', 'events')),
    -- what is said of each row, such as `count` or `mean Unit_Cost`
    measure TEXT NOT NULL CHECK (measure <> ''),
    -- profile of disclosure control
    profile TEXT NOT NULL CHECK (profile <> ''),
    -- dimensions and filter with its submissions, as JSON
    definition TEXT NOT NULL CHECK (definition <> ''),
    -- reference of the agreement it was made under, if any
    agreement TEXT CHECK (agreement <> ''),
    -- when it was last published
    published_at TEXT NOT NULL CHECK (length(published_at) = 27)
);

CREATE INDEX published_table_by_dataset ON published_table (dataset, counted, published_at);

CREATE TABLE published_cell (
    -- the table
    published_table TEXT NOT NULL REFERENCES published_table (id),
    -- counts the numbers of the table from 0
    place BIGINT NOT NULL CHECK (place >= 0),
    -- value of each dimension as a JSON array, null for all together
    row_key TEXT NOT NULL CHECK (row_key <> ''),
    -- what stands there
    shown TEXT NOT NULL CHECK (shown IN ('count', 'small', 'withheld')),
    -- least that a reader can take it for
    low BIGINT NOT NULL CHECK (low >= 0),
    -- greatest, if there is one
    high BIGINT CHECK (high >= low),
    PRIMARY KEY (published_table, place)
);

