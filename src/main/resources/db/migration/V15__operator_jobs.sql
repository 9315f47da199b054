-- What an operator wants done to many rows, and how far it is. Any process takes the next step of a job; it locks the row for that time.
CREATE TABLE operator_job (
    id            CHAR(36)     NOT NULL,
    kind          VARCHAR(32)  NOT NULL,
    -- RUNNING until it is DONE, or STOPPED by hand.
    state         VARCHAR(8)   NOT NULL DEFAULT 'RUNNING',
    -- Which failed actions; null is any.
    type          VARCHAR(100) NULL,
    user_id       VARCHAR(64)  NULL,
    error_class   VARCHAR(255) NULL,
    failed_from   DATETIME(6)  NULL,
    failed_before DATETIME(6)  NOT NULL,
    per_second    INT          NOT NULL,
    -- All up to this one has been looked at.
    cursor_time   DATETIME(6)  NULL,
    cursor_seq    BIGINT UNSIGNED NULL,
    examined      BIGINT UNSIGNED NOT NULL DEFAULT 0,
    scheduled     BIGINT UNSIGNED NOT NULL DEFAULT 0,
    -- When the next action that is found becomes due: what keeps the rate, also across restarts.
    next_due_at   DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    next_step_at  DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    -- Why the last step could not be taken; null where it was.
    problem       VARCHAR(500) NULL,
    actor         VARCHAR(255) NOT NULL,
    created_at    DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    ended_at      DATETIME(6)  NULL,
    stopped_by    VARCHAR(255) NULL,
    PRIMARY KEY (id),
    KEY due (state, next_step_at),
    KEY latest (kind, created_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
