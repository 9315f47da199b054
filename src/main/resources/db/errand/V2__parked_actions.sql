-- Actions that are done later than where they stood in their topic, or not at all: one row each, with a state and a time.
CREATE TABLE parked_action (
    -- A user's rows are in the order of their actions: each is written by the one process that has their partition.
    seq                      BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    state                    VARCHAR(9)   NOT NULL,
    -- Whether its user's later actions wait behind it until it is resolved or discarded.
    blocking                 BOOLEAN      NOT NULL,
    -- What was published, byte for byte.
    topic                    VARCHAR(249) NOT NULL,
    `partition`              INT          NOT NULL,
    `offset`                 BIGINT       NOT NULL,
    record_timestamp         BIGINT       NOT NULL,
    record_key               LONGBLOB     NULL,
    record_value             LONGBLOB     NULL,
    record_headers           LONGTEXT     NOT NULL,
    -- Their sizes, so that nobody has to read them to know.
    record_key_bytes         INT UNSIGNED GENERATED ALWAYS AS (COALESCE(LENGTH(record_key), 0)) STORED NOT NULL,
    record_value_bytes       INT UNSIGNED GENERATED ALWAYS AS (COALESCE(LENGTH(record_value), 0)) STORED NOT NULL,
    record_headers_bytes     INT UNSIGNED GENERATED ALWAYS AS (LENGTH(record_headers)) STORED NOT NULL,
    -- Of timestamp, key and value: tells a record from another at the same position of a topic that was deleted and made anew.
    fingerprint              BINARY(32)   NOT NULL,
    -- What it says, where it can be read; or has been corrected to say.
    user_id                  VARCHAR(64)  NULL,
    source                   VARCHAR(128) NULL,
    id                       VARCHAR(64)  NULL,
    type                     VARCHAR(100) NULL,
    occurred_at              DATETIME(6)  NULL,
    payload                  LONGTEXT     NULL,
    -- The payload that later attempts take instead of the original.
    edited_payload           LONGTEXT     NULL,
    -- Whether a person said what the record was meant to be, and the type that the record itself says, null where that can't be read:
    -- what was masked stays masked.
    corrected                   BOOLEAN      NOT NULL DEFAULT FALSE,
    corrected_from              VARCHAR(100) NULL,
    -- Since it was last put on its schedule.
    attempts                 INT          NOT NULL,
    -- How often it was put there by hand: an attempt that began before such a change is void.
    version                  INT          NOT NULL DEFAULT 0,
    -- Attempts that began and never ended, because their process died or hung.
    lease_count              INT          NOT NULL DEFAULT 0,
    -- Of a RETRYING action: when, or for how long nobody else may try while an attempt is under way.
    next_attempt_at          DATETIME(6)  NULL,
    error_class              VARCHAR(255) NULL,
    error_message            TEXT         NULL,
    stack_trace              MEDIUMTEXT   NULL,
    -- All attempts ever, each with its time and error.
    history                  JSON         NOT NULL,
    -- The request that put it and others back on their schedule together.
    bulk_retry               CHAR(36)     NULL,
    reason                   TEXT         NULL,
    failed_at                DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    changed_at               DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    -- When it became DEAD last: a bulk retry leaves out what nobody had counted when it was begun.
    died_at                  DATETIME(6)  NULL,
    -- Whether it still has to be published to the dead-letter topic; and why that can't be done, until somebody sets the time to null
    -- again. This concerns its dead letter only: the action itself goes its way.
    to_publish               BOOLEAN      NOT NULL DEFAULT FALSE,
    letter_quarantined_at    DATETIME(6)  NULL,
    letter_quarantine_reason TEXT         NULL,
    PRIMARY KEY (seq),
    UNIQUE KEY record (topic, `partition`, `offset`, fingerprint),
    KEY due (state, next_attempt_at),
    KEY line (user_id, state, blocking, seq),
    KEY action_key (source, id),
    KEY bulk (bulk_retry, state),
    KEY publishing (to_publish, seq),
    KEY letter_quarantine (letter_quarantined_at),
    -- What people ask is answered from these, the latest first: with each of the five states it is one range of one of them, whatever
    -- the table holds. See ADR 14.
    KEY of_state (state, failed_at, seq),
    KEY of_type (type, state, failed_at, seq),
    KEY of_error (error_class, state, failed_at, seq),
    KEY of_kind (error_class, type, state, failed_at, seq),
    KEY of_user (user_id, state, failed_at, seq)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- A user has a row exactly while an action of theirs blocks the later ones. It is locked by whoever adds to the user's queue or ends
-- it, so that no action is put behind a queue that has just ended.
CREATE TABLE blocked_user (
    user_id VARCHAR(64) NOT NULL,
    since   DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (user_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- Records whose processing began and has not ended: a process writes them down before it works on what the partition's last owner, which
-- ended without giving it back, may have died of, and deletes them when it ended in any way. Empty as long as no process dies.
CREATE TABLE unfinished_record (
    consumer_group VARCHAR(255) NOT NULL,
    topic          VARCHAR(249) NOT NULL,
    `partition`    INT          NOT NULL,
    `offset`       BIGINT       NOT NULL,
    -- As in parked_action.
    fingerprint    BINARY(32)   NOT NULL,
    -- How often it was begun without an end, the one under way included.
    deliveries     INT          NOT NULL,
    -- Whether the last of them got beyond reading what the record says.
    was_read       BOOLEAN      NOT NULL DEFAULT FALSE,
    -- The process that began the last one; only that process takes it back.
    begun_by       CHAR(36)     NOT NULL,
    begun_at       DATETIME(6)  NOT NULL,
    PRIMARY KEY (consumer_group, topic, `partition`, `offset`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
