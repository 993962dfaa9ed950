-- The tables of a store of version 1, as they were made then.
-- What is open on a resource. `version` counts the writes; `head` is the hash of the newest entry of its history.
CREATE TABLE resources (
    key INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    version INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    head TEXT NOT NULL,
    drift TEXT NOT NULL,
    UNIQUE (type, id, account, region)
) STRICT;

-- What happened to the findings of a resource. Entries are only ever added; each has the hash of the one before.
CREATE TABLE history (
    resource INTEGER NOT NULL REFERENCES resources (key),
    number INTEGER NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (resource, number)
) STRICT, WITHOUT ROWID;

-- Findings: `finding` as it was found (driftwire.finding/v1), `standing` how it stands now.
CREATE TABLE findings (
    id TEXT PRIMARY KEY,
    time TEXT NOT NULL,
    resource TEXT NOT NULL,
    arn TEXT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    actor TEXT NOT NULL,
    principal TEXT,
    severity INTEGER NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    standing TEXT NOT NULL,
    finding TEXT NOT NULL
) STRICT;
CREATE INDEX findings_by_time ON findings (time, id);
CREATE INDEX findings_by_resource ON findings (resource, time, id);
CREATE INDEX findings_by_arn ON findings (arn, time, id) WHERE arn IS NOT NULL;
CREATE INDEX findings_by_account ON findings (account, time, id);
CREATE INDEX findings_by_actor ON findings (actor, time, id);
CREATE INDEX findings_by_principal ON findings (principal, time, id) WHERE principal IS NOT NULL;
CREATE INDEX findings_open ON findings (severity, time, id) WHERE status = 'open';

-- The blocks that declare a finding's resource.
CREATE TABLE addresses (
    address TEXT NOT NULL,
    finding TEXT NOT NULL REFERENCES findings (id),
    PRIMARY KEY (address, finding)
) STRICT, WITHOUT ROWID;
CREATE INDEX addresses_by_finding ON addresses (finding);

-- How the records ended that changed something.
CREATE TABLE marks (
    identity TEXT PRIMARY KEY,
    event_id TEXT NOT NULL,
    time TEXT NOT NULL,
    mark TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX marks_by_event ON marks (event_id);
CREATE INDEX marks_by_time ON marks (time);
