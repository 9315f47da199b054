-- How large a row's record is, so that nobody has to read it to know; and rows that can't be published, whatever is tried:
-- they are set aside with the reason until somebody sets quarantined_at to null again, and hold up no others.
ALTER TABLE outbox_event
    ADD COLUMN payload_bytes INT UNSIGNED GENERATED ALWAYS AS (LENGTH(payload)) STORED NOT NULL,
    ADD COLUMN quarantined_at DATETIME(6) NULL,
    ADD COLUMN quarantine_reason TEXT NULL,
    ADD KEY publishing (quarantined_at, seq);

ALTER TABLE failed_action
    ADD COLUMN record_key_bytes INT UNSIGNED GENERATED ALWAYS AS (COALESCE(LENGTH(record_key), 0)) STORED NOT NULL,
    ADD COLUMN record_value_bytes INT UNSIGNED GENERATED ALWAYS AS (COALESCE(LENGTH(record_value), 0)) STORED NOT NULL,
    ADD COLUMN record_headers_bytes INT UNSIGNED GENERATED ALWAYS AS (LENGTH(record_headers)) STORED NOT NULL,
    -- Of its dead letter only: the action itself goes its way.
    ADD COLUMN letter_quarantined_at DATETIME(6) NULL,
    ADD COLUMN letter_quarantine_reason TEXT NULL,
    ADD KEY letter_quarantine (letter_quarantined_at);
