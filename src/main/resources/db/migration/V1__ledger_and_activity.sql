-- Ids are compared byte for byte: the default collation would take "A" for "a", and a PAD SPACE one "a " for "a".

CREATE TABLE user_action (
    -- Each user's rows are in the order of processing, and rows are stored by it: an insert touches the last page, however large the ledger grows.
    seq          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    source       VARCHAR(128) NOT NULL,
    id           VARCHAR(64)  NOT NULL,
    user_id      VARCHAR(64)  NOT NULL,
    type         VARCHAR(100) NOT NULL,
    occurred_at  DATETIME(6)  NOT NULL,
    payload      JSON         NOT NULL,
    topic        VARCHAR(249) NOT NULL,
    `partition`  INT          NOT NULL,
    `offset`     BIGINT       NOT NULL,
    processed_at DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (seq),
    UNIQUE KEY action_key (source, id),
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
