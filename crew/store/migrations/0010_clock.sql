-- What is left of the time of an order whose clock stands, and until when somebody should acknowledge its escalation.
-- Nothing is to be filled in: no copy that is here tells of either.

ALTER TABLE orders ADD COLUMN left_seconds INTEGER;
ALTER TABLE orders ADD COLUMN answer_to TEXT;
ALTER TABLE orders ADD COLUMN answer_by INTEGER;

CREATE INDEX orders_paused ON orders (left_seconds) WHERE left_seconds IS NOT NULL;
CREATE INDEX orders_unanswered ON orders (answer_by) WHERE answer_to IS NOT NULL;
