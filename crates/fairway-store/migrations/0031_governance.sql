-- Papers of governance with their whole history, and dated facts about organisations. Nothing here is changed or deleted but the
-- line that says where a paper stands now, and the time at which a fact was found to be otherwise.
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
