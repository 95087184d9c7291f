-- How well an identifier is known beyond what its kind says: a council's own stands for itself (la_only), an NHS number that
-- was given is unverified (supplied_unverified). A row is added when a trace knows more, and stays.
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

-- Append-only: which person another turned out to be, and which was taken apart again. What was written before stays.
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
