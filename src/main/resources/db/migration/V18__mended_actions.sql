-- What a row was before somebody gave the action that its record was meant to be: mended_from is the type that the record itself says,
-- null where that can't be read. Whatever was masked then stays masked. And when an action died, by which a bulk retry leaves
-- out what nobody had counted when it was begun.
ALTER TABLE failed_action
    ADD COLUMN mended      BOOLEAN      NOT NULL DEFAULT FALSE,
    ADD COLUMN mended_from VARCHAR(100) NULL,
    -- When it became DEAD last; null of those that were before this column, which count as dead since they failed first.
    ADD COLUMN died_at     DATETIME(6)  NULL;

ALTER TABLE user_action
    ADD COLUMN mended      BOOLEAN      NOT NULL DEFAULT FALSE,
    ADD COLUMN mended_from VARCHAR(100) NULL;

ALTER TABLE operator_job
    -- Of a bulk retry: what died later is not its business.
    ADD COLUMN died_before DATETIME(6) NULL;

-- The audit has who was mended before.
UPDATE failed_action failed JOIN audit_entry entry ON entry.subject = CONCAT('failed-action/', failed.seq) AND entry.deed = 'mend'
SET failed.mended = TRUE, failed.changed_at = failed.changed_at;

UPDATE failed_action failed
  JOIN user_action action ON action.action_key = LEFT(TO_BASE64(UNHEX(SHA2(CONCAT(CHAR_LENGTH(failed.source), ':', failed.source, failed.id), 256))), 20)
SET action.mended = TRUE
WHERE failed.mended;
