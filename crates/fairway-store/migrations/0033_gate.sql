-- Extracts that wait for approval, what becomes of those delivered, opt-outs, and agreements that release by themselves.
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
