-- Orders on which work was done that their crew did not know of: a supervisor looks at them.

ALTER TABLE orders ADD COLUMN needs_look INTEGER NOT NULL DEFAULT 0;

UPDATE orders SET needs_look = 1 WHERE json_extract(server, '$.needs_look');

CREATE INDEX orders_to_look_at ON orders (id) WHERE needs_look;
