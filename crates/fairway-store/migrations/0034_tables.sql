-- Tables of figures that were published, with what each of their numbers tells: the next one is held against them.
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
