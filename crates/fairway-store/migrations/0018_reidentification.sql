-- Re-identification under control: who may receive, who asked, who approved, what became of it.
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
