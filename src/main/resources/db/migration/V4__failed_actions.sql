-- An action that failed is in the ledger too, as taken but not processed: so no repeat of it runs, in whatever process.
ALTER TABLE user_action
    MODIFY processed_at DATETIME(6) NULL DEFAULT CURRENT_TIMESTAMP(6);

CREATE TABLE failed_action (
    -- A user's rows are in the order of their actions: each is written by the one process that has their partition.
    seq              BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    state            VARCHAR(9)   NOT NULL,
    -- Whether its user's later actions wait behind it until it is resolved or discarded.
    blocking         BOOLEAN      NOT NULL,
    -- What was published, byte for byte.
    topic            VARCHAR(249) NOT NULL,
    `partition`      INT          NOT NULL,
    `offset`         BIGINT       NOT NULL,
    record_timestamp BIGINT       NOT NULL,
    record_key       LONGBLOB     NULL,
    record_value     LONGBLOB     NULL,
    record_headers   LONGTEXT     NOT NULL,
    -- Of timestamp, key and value: tells a record from another at the same place of a topic that was deleted and made anew.
    fingerprint      BINARY(32)   NOT NULL,
    -- What it says, where it can be read; or has been mended to say.
    user_id          VARCHAR(64)  NULL,
    source           VARCHAR(128) NULL,
    id               VARCHAR(64)  NULL,
    type             VARCHAR(100) NULL,
    occurred_at      DATETIME(6)  NULL,
    payload          LONGTEXT     NULL,
    -- The payload that later attempts take instead of the original.
    edited_payload   LONGTEXT     NULL,
    -- Since it was last put on its schedule.
    attempts         INT          NOT NULL,
    -- How often it was put there by hand: an attempt that began before such a change is void.
    edits            INT          NOT NULL DEFAULT 0,
    -- Attempts that began and came to no end, because their process died or hung.
    claims           INT          NOT NULL DEFAULT 0,
    -- Of a RETRYING action: when, or for how long nobody else may try while an attempt is under way.
    next_attempt_at  DATETIME(6)  NULL,
    error_class      VARCHAR(255) NULL,
    error_message    TEXT         NULL,
    stack_trace      MEDIUMTEXT   NULL,
    -- All attempts ever, each with its time and error.
    history          JSON         NOT NULL,
    -- The request that put it and others back on their schedule together.
    bulk_retry       CHAR(36)     NULL,
    reason           TEXT         NULL,
    failed_at        DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    changed_at       DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    -- Whether it still has to be published to the dead-letter topic.
    to_publish       BOOLEAN      NOT NULL DEFAULT FALSE,
    PRIMARY KEY (seq),
    UNIQUE KEY record (topic, `partition`, `offset`, fingerprint),
    KEY due (state, next_attempt_at),
    KEY line (user_id, state, blocking, seq),
    KEY action_key (source, id),
    KEY kind (state, error_class, type, seq),
    KEY bulk (bulk_retry, state),
    KEY publishing (to_publish, seq)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- A user has a row exactly while an action of theirs blocks the later ones. It is locked by whoever adds to the user's line
-- or ends it, so that no action is put behind a line that has just gone.
CREATE TABLE user_line (
    user_id VARCHAR(64) NOT NULL,
    since   DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (user_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- Who changed what by hand.
CREATE TABLE audit_entry (
    seq     BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    at      DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    actor   VARCHAR(255) NOT NULL,
    deed    VARCHAR(64)  NOT NULL,
    subject VARCHAR(255) NOT NULL,
    detail  JSON         NOT NULL,
    PRIMARY KEY (seq),
    KEY subject (subject, seq)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
