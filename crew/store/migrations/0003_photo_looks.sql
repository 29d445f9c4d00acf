-- What the photos kept here look like, to notice the same picture a second time. `near_hash` is of the pixels, not of the file.

CREATE TABLE photo_looks (
    sha256    TEXT PRIMARY KEY,
    kept_at   INTEGER NOT NULL,
    near_hash TEXT NOT NULL,
    order_id  TEXT NOT NULL
) STRICT;

CREATE INDEX photo_looks_by_time ON photo_looks (kept_at);
