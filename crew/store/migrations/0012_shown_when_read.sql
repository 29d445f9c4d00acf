-- An order is read as the backend told it, with its waiting changes applied then: no second copy of it is kept.

ALTER TABLE orders DROP COLUMN shown;
