-- Where orders are, as a tree: what lies in a box is found among a hundred thousand without reading their rows.
-- The tree keeps places to a metre; `place` is the row of the order. It is brought in step together with the words.

CREATE VIRTUAL TABLE orders_places USING rtree (place, south, north, west, east);

INSERT INTO orders_places SELECT rowid, lat, lat, long, long FROM orders WHERE lat IS NOT NULL AND long IS NOT NULL;

CREATE TRIGGER orders_places_moved AFTER UPDATE OF lat, long ON orders
WHEN old.lat IS NOT new.lat OR old.long IS NOT new.long
BEGIN
    INSERT INTO orders_reworded (place) VALUES (new.rowid) ON CONFLICT DO NOTHING;
END;

DROP INDEX orders_by_place;  -- the tree does better
