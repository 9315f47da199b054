-- Ids are compared byte for byte: the default collation would take "A" for "a", and a PAD SPACE one "a " for "a".

-- The ledger: every action taken, once.
CREATE TABLE user_action (
    -- Each user's rows are in the order of processing, and rows are stored by it: an insert touches the last page, however large the ledger grows.
    seq          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    source       VARCHAR(128) NOT NULL,
    id           VARCHAR(64)  NOT NULL,
    user_id      VARCHAR(64)  NOT NULL,
    type         VARCHAR(100) NOT NULL,
    occurred_at  DATETIME(6)  NOT NULL,
    -- The text byte for byte: the type JSON makes doubles of numbers and writes all of it anew. MySQL's JSON functions read it as well.
    payload      LONGTEXT     NOT NULL,
    topic        VARCHAR(249) NOT NULL,
    `partition`  INT          NOT NULL,
    `offset`     BIGINT       NOT NULL,
    -- Null while the action is taken but not processed: it is parked, and no repeat of it runs, in whatever process.
    processed_at DATETIME(6)  NULL DEFAULT CURRENT_TIMESTAMP(6),
    -- Every insert reads the unique index at a random page, so that the ledger is as fast as this index fits in memory: 120 bits of a
    -- digest take two thirds of the room of source and a UUID, whatever publishers use as their ids.
    action_key   CHAR(20) CHARACTER SET ascii COLLATE ascii_bin
        GENERATED ALWAYS AS (LEFT(TO_BASE64(UNHEX(SHA2(CONCAT(CHAR_LENGTH(source), ':', source, id), 256))), 20)) STORED NOT NULL,
    -- Whether it was done with a payload that a person gave it: such a row says nothing of what was published.
    edited       BOOLEAN      NOT NULL DEFAULT FALSE,
    -- Whether a person said what its record was meant to be, and the type that the record itself says; null where that can't be read.
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
