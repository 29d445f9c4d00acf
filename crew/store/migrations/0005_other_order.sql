-- The second order that a change touches: a link and an unlink are about two. Worked out from the change, never written.
-- A change that cannot be read touches none: what is damaged is found where it is read.

ALTER TABLE outbox ADD COLUMN other_order TEXT GENERATED ALWAYS AS (
    CASE WHEN json_valid(CAST(change AS TEXT)) THEN
        COALESCE(
            json_extract(CAST(change AS TEXT), '$.payload.into'), json_extract(CAST(change AS TEXT), '$.payload.request')
        )
    END
) VIRTUAL;

CREATE INDEX outbox_by_other_order ON outbox (other_order) WHERE other_order IS NOT NULL;
