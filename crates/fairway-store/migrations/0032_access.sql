-- People who work with Fairway (never those whom data is about), their roles for a time, their tokens, and what each did about
-- what. Rows are added and ended, never deleted.
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
