-- What citizens answered to finished work, copied out of the histories of orders: it is read at every start, and stays
-- readable when its order has left the device. `seen` is this device's own.
CREATE TABLE answers (
    order_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    reaction TEXT NOT NULL,
    words TEXT NOT NULL,
    crew TEXT NOT NULL,
    service_name TEXT NOT NULL,
    address TEXT NOT NULL,
    seen INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (order_id, at, kind)
) WITHOUT ROWID;
CREATE INDEX answers_at ON answers (at);
