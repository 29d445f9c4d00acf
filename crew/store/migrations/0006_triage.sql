-- How much an order matters, and whether somebody should look who does it: it has no crew, or nobody has touched it.

ALTER TABLE orders ADD COLUMN priority TEXT NOT NULL DEFAULT 'normal';
ALTER TABLE orders ADD COLUMN untriaged INTEGER NOT NULL DEFAULT 0;

UPDATE orders SET untriaged = 1 WHERE work_status = 'new' OR (work_status = 'assigned' AND NOT EXISTS (
    SELECT 1 FROM json_each(CAST(COALESCE(shown, server) AS TEXT), '$.history') entry
    WHERE json_extract(entry.value, '$.change_id') <> ''
));

CREATE INDEX orders_untriaged ON orders (updated_at) WHERE untriaged;
