-- Actions that are not processed at their position in the topic but later or never: one row each, with a state and a
-- time.
CREATE TABLE parked_action (
    -- A user's rows are in the order of the actions: only the process that has the user's partition inserts them.
    seq                      BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    state                    VARCHAR(9)   NOT NULL,
    -- Whether the user's later actions wait behind this one until it is resolved or discarded.
    blocking                 BOOLEAN      NOT NULL,
    -- What was published, byte for byte.
    topic                    VARCHAR(249) NOT NULL,
    `partition`              INT          NOT NULL,
    `offset`                 BIGINT       NOT NULL,
    record_timestamp         BIGINT       NOT NULL,
    record_key               LONGBLOB     NULL,
    record_value             LONGBLOB     NULL,
    record_headers           LONGTEXT     NOT NULL,
    -- The sizes of key, value and headers, for queries that do not read these columns.
    record_key_bytes         INT UNSIGNED GENERATED ALWAYS AS (COALESCE(LENGTH(record_key), 0)) STORED NOT NULL,
    record_value_bytes       INT UNSIGNED GENERATED ALWAYS AS (COALESCE(LENGTH(record_value), 0)) STORED NOT NULL,
    record_headers_bytes     INT UNSIGNED GENERATED ALWAYS AS (LENGTH(record_headers)) STORED NOT NULL,
    -- A digest of timestamp, key and value. It distinguishes records at the same position if the topic was deleted and
    -- created again.
    fingerprint              BINARY(32)   NOT NULL,
    -- The fields of the action, if the record can be read or a person has corrected it.
    user_id                  VARCHAR(64)  NULL,
    source                   VARCHAR(128) NULL,
    id                       VARCHAR(64)  NULL,
    type                     VARCHAR(100) NULL,
    occurred_at              DATETIME(6)  NULL,
    payload                  LONGTEXT     NULL,
    -- The payload that later attempts take instead of the original.
    edited_payload           LONGTEXT     NULL,
    -- Whether a person corrected the record, and the type that the record itself has, null if that can't be read: a
    -- record that was masked stays masked.
    corrected                   BOOLEAN      NOT NULL DEFAULT FALSE,
    corrected_from              VARCHAR(100) NULL,
    -- Scheduled attempts since it was last put on its schedule.
    attempts                 INT          NOT NULL,
    -- How often an operator put it on its schedule: an attempt that began before such a change is void.
    version                  INT          NOT NULL DEFAULT 0,
    -- Consecutive attempts that began and never ended, because their process died or hung.
    lease_count              INT          NOT NULL DEFAULT 0,
    -- When a RETRYING action is attempted next; while an attempt runs, when its lease ends and another process may try.
    next_attempt_at          DATETIME(6)  NULL,
    error_class              VARCHAR(255) NULL,
    error_message            TEXT         NULL,
    stack_trace              MEDIUMTEXT   NULL,
    -- All failed attempts ever, each with its time and error.
    history                  JSON         NOT NULL,
    -- The bulk retry that put it back on its schedule, an id in operator_job.
    bulk_retry               CHAR(36)     NULL,
    reason                   TEXT         NULL,
    failed_at                DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    changed_at               DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    -- When it last became DEAD: a bulk retry leaves out actions that died after it was started.
    died_at                  DATETIME(6)  NULL,
    -- Whether it still has to be published to the dead-letter topic, and since when and why that is impossible. Setting
    -- the time to null tries again. This concerns the dead letter only, not the state of the action.
    to_publish               BOOLEAN      NOT NULL DEFAULT FALSE,
    letter_quarantined_at    DATETIME(6)  NULL,
    letter_quarantine_reason TEXT         NULL,
    PRIMARY KEY (seq),
    UNIQUE KEY record (topic, `partition`, `offset`, fingerprint),
    KEY due (state, next_attempt_at),
    KEY user_queue (user_id, state, blocking, seq),
    KEY action_key (source, id),
    KEY bulk (bulk_retry, state),
    KEY publishing (to_publish, seq),
    KEY letter_quarantine (letter_quarantined_at),
    -- For the queries of API and console, the latest first: with each of the five states, a filter is one range of one
    -- of these indexes, however large the table is. See ADR 14.
    KEY of_state (state, failed_at, seq),
    KEY of_type (type, state, failed_at, seq),
    KEY of_error (error_class, state, failed_at, seq),
    KEY of_kind (error_class, type, state, failed_at, seq),
    KEY of_user (user_id, state, failed_at, seq)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- A user has a row exactly while an action of theirs blocks the later ones. Every transaction that parks an action
-- behind it, or that ends the blocking, locks the row, so that no action is parked behind one that has just ended.
CREATE TABLE blocked_user (
    user_id VARCHAR(64) NOT NULL,
    since   DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (user_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- Records whose processing began and has not ended. If a partition's last owner ended without releasing it, one of its
-- records may have killed that process: the next owner inserts these records here before it processes them, and deletes
-- them when their processing has ended in any way. The table is empty as long as no process dies.
CREATE TABLE unfinished_record (
    consumer_group VARCHAR(255) NOT NULL,
    topic          VARCHAR(249) NOT NULL,
    `partition`    INT          NOT NULL,
    `offset`       BIGINT       NOT NULL,
    -- As in parked_action.
    fingerprint    BINARY(32)   NOT NULL,
    -- How often its processing began without an end, including the one under way.
    deliveries     INT          NOT NULL,
    -- Whether the last of these had finished reading the record.
    was_read       BOOLEAN      NOT NULL DEFAULT FALSE,
    -- The process that began the last of these; only that process deletes the row.
    begun_by       CHAR(36)     NOT NULL,
    begun_at       DATETIME(6)  NOT NULL,
    PRIMARY KEY (consumer_group, topic, `partition`, `offset`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
