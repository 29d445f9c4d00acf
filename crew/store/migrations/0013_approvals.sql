-- Finished orders with photos that nobody has said a word about: where the city posts photos, somebody approves them.
-- Nothing is to be filled in: no copy that is here tells of approvals, and what ended before waits for none.

ALTER TABLE orders ADD COLUMN to_approve INTEGER NOT NULL DEFAULT 0;

CREATE INDEX orders_to_approve ON orders (updated_at) WHERE to_approve;
