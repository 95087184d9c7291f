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

-- Traces of before: what they came to is known, and so what the next is held against.
INSERT INTO trace_run (submission, number, traced_by, reference, state, people, found, begun_at, updated_at)
SELECT
    submission.id, 1, 'register', submission.id || '-1', 'completed', SUM(trace_tally.count),
    SUM(CASE WHEN trace_tally.outcome IN ('cross_checked', 'superseded', 'matched') THEN trace_tally.count ELSE 0 END),
    submission.updated_at, submission.updated_at
FROM submission JOIN trace_tally ON trace_tally.submission = submission.id
GROUP BY submission.id;
