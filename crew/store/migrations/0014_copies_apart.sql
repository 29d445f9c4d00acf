-- What the backend tells of an order stands apart from its line: lists, searches and moves go through short rows.

CREATE TABLE order_copies (
    id     TEXT PRIMARY KEY,
    server BLOB NOT NULL
) STRICT;

INSERT INTO order_copies (id, server) SELECT id, server FROM orders;

-- What a move needs of the copy.
ALTER TABLE orders ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN linked_to TEXT NOT NULL DEFAULT '';

UPDATE orders SET
    version = COALESCE(CAST(json_extract(CAST(server AS TEXT), '$.version') AS INTEGER), 0),
    linked_to = COALESCE(CAST(json_extract(CAST(server AS TEXT), '$.linked_to') AS TEXT), '')
WHERE json_valid(CAST(server AS TEXT));

DROP TRIGGER orders_words_told;
DROP VIEW orders_to_find;

ALTER TABLE orders DROP COLUMN server;

CREATE TRIGGER orders_forgotten AFTER DELETE ON orders BEGIN
    DELETE FROM order_copies WHERE id = old.id;
END;

-- Lines with their copies; found by the line, so that its indexes count.
CREATE VIEW whole_orders AS
    SELECT orders.rowid AS place, orders.*, server FROM orders CROSS JOIN order_copies USING (id);

CREATE VIEW orders_to_find AS
    SELECT place, iif(ended, 'ended', 'open') AS state, id, service_name, address,
        COALESCE(CASE WHEN json_valid(CAST(server AS TEXT)) THEN
            json_extract(CAST(server AS TEXT), '$.description')
        END, headline) AS description
    FROM whole_orders;

CREATE TRIGGER orders_words_told AFTER UPDATE ON order_copies WHEN old.server IS NOT new.server BEGIN
    INSERT INTO orders_reworded (place) SELECT rowid FROM orders WHERE id = new.id ON CONFLICT DO NOTHING;
END;
