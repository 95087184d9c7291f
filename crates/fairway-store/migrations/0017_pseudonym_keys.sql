-- What the log says of the keyholder's keys, to hold them against.
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
