-- The queue of a whole city: sorted and narrowed by what stands in one index, and found by words, whatever the count.

ALTER TABLE orders ADD COLUMN requested_at INTEGER NOT NULL DEFAULT 0;

UPDATE orders SET requested_at = COALESCE(CASE WHEN json_valid(CAST(server AS TEXT)) THEN
    CAST(unixepoch(json_extract(CAST(server AS TEXT), '$.requested_at'), 'subsec') * 1000000 AS INTEGER)
END, updated_at);

-- What has no deadline comes last, and so does what has no address. Worked out, never written.
ALTER TABLE orders ADD COLUMN due_order INTEGER GENERATED ALWAYS AS (COALESCE(due_at, 9223372036854775807)) VIRTUAL;
ALTER TABLE orders ADD COLUMN street TEXT GENERATED ALWAYS AS (CASE
    WHEN address = '' THEN char(1114111)
    WHEN address GLOB '[0-9]*' THEN
        lower(substr(address, instr(address, ' ') + 1)) || printf(' %09d', CAST(address AS INTEGER))
    ELSE lower(address)
END) VIRTUAL;

DROP INDEX IF EXISTS orders_by_due;  -- the next one begins alike

CREATE INDEX orders_queue ON orders (
    ended, due_order, work_status, service_name, crew, escalation, untriaged, priority, requested_at, street
);
CREATE INDEX orders_ended ON orders (updated_at) WHERE ended;

-- The words of an order, without the texts themselves. `state` is "open" or "ended", so that open ones are counted at once.
CREATE VIRTUAL TABLE orders_words USING fts5 (
    state, id, service_name, address, description, content = '', contentless_delete = 1, prefix = '1 2 3',
    tokenize = "unicode61 remove_diacritics 2"
);

CREATE VIEW orders_to_find AS
    SELECT rowid AS place, iif(ended, 'ended', 'open') AS state, id, service_name, address,
        COALESCE(CASE WHEN json_valid(CAST(server AS TEXT)) THEN
            json_extract(CAST(server AS TEXT), '$.description')
        END, headline) AS description
    FROM orders;

INSERT INTO orders_words (rowid, state, id, service_name, address, description) SELECT * FROM orders_to_find;

-- Which orders have other words than the index says. It is brought in step in one go: order by order takes four times as long.
CREATE TABLE orders_reworded (
    place INTEGER PRIMARY KEY
) STRICT;

CREATE TRIGGER orders_words_in AFTER INSERT ON orders BEGIN
    INSERT INTO orders_reworded (place) VALUES (new.rowid) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER orders_words_out AFTER DELETE ON orders BEGIN
    INSERT INTO orders_reworded (place) VALUES (old.rowid) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER orders_words_told AFTER UPDATE OF server ON orders WHEN old.server IS NOT new.server BEGIN
    INSERT INTO orders_reworded (place) VALUES (new.rowid) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER orders_words_shown AFTER UPDATE OF ended, service_name, address ON orders
WHEN old.ended IS NOT new.ended OR old.service_name IS NOT new.service_name OR old.address IS NOT new.address
BEGIN
    INSERT INTO orders_reworded (place) VALUES (new.rowid) ON CONFLICT DO NOTHING;
END;
