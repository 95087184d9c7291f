-- The log becomes a Merkle tree: entries without what may have to be forgotten, and that apart from them.

-- Entries as they were chained before; emptied as they become leaves, when the ledger is first opened.
ALTER TABLE audit RENAME TO audit_chained;

-- Append-only, the leaves of a Merkle tree (RFC 6962). No foreign keys: the log outlives what it is about.
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

-- Figures and reasons of an entry, apart from it so that they can be forgotten while every proof still holds.
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

-- Submissions in a release: whose data it held.
CREATE TABLE release_import (
    -- the release
    release TEXT NOT NULL,
    -- the submission
    submission TEXT NOT NULL,
    PRIMARY KEY (release, submission)
);

CREATE INDEX release_import_by_submission ON release_import (submission);
