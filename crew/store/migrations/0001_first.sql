-- The first shape of the store. Moments are microseconds since 1970 in UTC.

CREATE TABLE device (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- `server` is the order as the backend last told it; `shown` the same with the waiting changes applied, NULL when equal.
-- The other columns are what the list shows, taken from `shown`.
CREATE TABLE orders (
    id             TEXT PRIMARY KEY,
    crew           TEXT NOT NULL,
    crew_title     TEXT NOT NULL,
    service_name   TEXT NOT NULL,
    address        TEXT NOT NULL,
    headline       TEXT NOT NULL,
    work_status    TEXT NOT NULL,
    waiting_reason TEXT NOT NULL,
    ended          INTEGER NOT NULL,
    escalation     TEXT NOT NULL,
    due_at         INTEGER,
    updated_at     INTEGER NOT NULL,
    lat            REAL,
    long           REAL,
    photo_count    INTEGER NOT NULL,
    request_count  INTEGER NOT NULL,
    generation     INTEGER NOT NULL,
    server         BLOB NOT NULL,
    shown          BLOB
) STRICT;

CREATE INDEX orders_by_due ON orders (ended, due_at);

CREATE TABLE outbox (
    id             TEXT PRIMARY KEY,
    sequence       INTEGER NOT NULL UNIQUE,
    order_id       TEXT NOT NULL,
    kind           TEXT NOT NULL,
    made_at        INTEGER NOT NULL,
    change         BLOB NOT NULL,
    sending_status TEXT NOT NULL DEFAULT 'waiting',
    reason         TEXT NOT NULL DEFAULT '',
    answer         BLOB,
    attempts       INTEGER NOT NULL DEFAULT 0,
    send_after     INTEGER NOT NULL,
    settled_at     INTEGER
) STRICT;

CREATE INDEX outbox_by_status ON outbox (sending_status, sequence);
CREATE INDEX outbox_by_order ON outbox (order_id, sequence);

-- Photos made on this device; the bytes lie in photos/ under the hash. `sent_at` is NULL until the backend has them.
CREATE TABLE photos (
    sha256     TEXT PRIMARY KEY,
    byte_count INTEGER NOT NULL,
    width      INTEGER NOT NULL,
    height     INTEGER NOT NULL,
    taken_at   INTEGER,
    made_at    INTEGER NOT NULL,
    sent_at    INTEGER
) STRICT;

CREATE TABLE drafts (
    order_id TEXT NOT NULL,
    kind     TEXT NOT NULL,
    body     TEXT NOT NULL,
    kept_at  INTEGER NOT NULL,
    PRIMARY KEY (order_id, kind)
) STRICT;
