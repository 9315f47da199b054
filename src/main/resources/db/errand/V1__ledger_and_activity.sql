-- Ids are compared byte for byte: the default collation treats "A" and "a" as equal, and a PAD SPACE one "a " and "a".

-- The ledger: one row for each action that was received.
CREATE TABLE user_action (
    -- The order in which each user's actions are processed. Rows are stored in this order, so an insert touches the
    -- last page, however large the ledger grows.
    seq          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    source       VARCHAR(128) NOT NULL,
    id           VARCHAR(64)  NOT NULL,
    user_id      VARCHAR(64)  NOT NULL,
    type         VARCHAR(100) NOT NULL,
    occurred_at  DATETIME(6)  NOT NULL,
    -- The JSON text byte for byte: the type JSON would convert numbers to doubles and rewrite the text. MySQL's JSON
    -- functions also take a text column.
    payload      LONGTEXT     NOT NULL,
    topic        VARCHAR(249) NOT NULL,
    `partition`  INT          NOT NULL,
    `offset`     BIGINT       NOT NULL,
    -- Null while the action is parked and not processed yet; its row keeps duplicates from running in any process.
    processed_at DATETIME(6)  NULL DEFAULT CURRENT_TIMESTAMP(6),
    -- Every insert reads a random page of the unique index, so the ledger is fast only while this index fits into
    -- memory. 120 bits of a digest take two thirds of the space of a source and a UUID, whatever ids publishers use.
    -- See ADR 5.
    action_key   CHAR(20) CHARACTER SET ascii COLLATE ascii_bin
        GENERATED ALWAYS AS (LEFT(TO_BASE64(UNHEX(SHA2(CONCAT(CHAR_LENGTH(source), ':', source, id), 256))), 20)) STORED NOT NULL,
    -- Whether the action was processed with a payload that a person edited: the row then does not show what was
    -- published.
    edited       BOOLEAN      NOT NULL DEFAULT FALSE,
    -- Whether a person replaced a record that can't be read, and the type that the record itself has; null if that
    -- can't be read.
    corrected       BOOLEAN      NOT NULL DEFAULT FALSE,
    corrected_from  VARCHAR(100) NULL,
    PRIMARY KEY (seq),
    UNIQUE KEY action_key (action_key),
    KEY user_actions (user_id, seq)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

CREATE TABLE user_activity (
    user_id          VARCHAR(64)     NOT NULL,
    action_count     BIGINT UNSIGNED NOT NULL,
    first_action_at  DATETIME(6)     NOT NULL,
    last_action_at   DATETIME(6)     NOT NULL,
    last_action_type VARCHAR(100)    NOT NULL,
    PRIMARY KEY (user_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
