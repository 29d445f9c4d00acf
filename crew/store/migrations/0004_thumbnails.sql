-- Thumbnails of the backend's photos: the day's are here before the photos themselves have come. They can be fetched again.

CREATE TABLE thumbnails (
    place   INTEGER PRIMARY KEY,
    sha256  TEXT NOT NULL UNIQUE,
    content BLOB NOT NULL
) STRICT;
