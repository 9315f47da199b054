-- The state of each running process, written every two seconds: the console shows all of them in whichever it runs.
CREATE TABLE instance_state (
    process    CHAR(36)     NOT NULL,
    host       VARCHAR(255) NOT NULL,
    started_at DATETIME(6)  NOT NULL,
    seen_at    DATETIME(6)  NOT NULL,
    state      JSON         NOT NULL,
    PRIMARY KEY (process),
    KEY seen (seen_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- The number of actions by outcome in each minute, kept for a day.
CREATE TABLE outcome_minute (
    minute  DATETIME        NOT NULL,
    process CHAR(36)        NOT NULL,
    outcome VARCHAR(20)     NOT NULL,
    actions BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (minute, process, outcome)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- Whether consumption is paused in all processes, which read this every two seconds.
CREATE TABLE pause_flag (
    name       VARCHAR(16)  NOT NULL,
    paused     BOOLEAN      NOT NULL,
    reason     VARCHAR(2000) NOT NULL DEFAULT '',
    actor      VARCHAR(255) NOT NULL DEFAULT '',
    changed_at DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

INSERT INTO pause_flag (name, paused) VALUES ('user-actions', FALSE);

-- Who changed what by hand.
CREATE TABLE audit_entry (
    seq     BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    at      DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    actor   VARCHAR(255) NOT NULL,
    operation VARCHAR(64) NOT NULL,
    subject VARCHAR(255) NOT NULL,
    detail  JSON         NOT NULL,
    PRIMARY KEY (seq),
    KEY subject (subject, seq)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- Jobs of operators on many rows, such as bulk retries, and their progress. Any process may run the next step of a job;
-- it locks the row meanwhile.
CREATE TABLE operator_job (
    id            CHAR(36)     NOT NULL,
    kind          VARCHAR(32)  NOT NULL,
    -- RUNNING until it is DONE, or STOPPED by hand.
    state         VARCHAR(8)   NOT NULL DEFAULT 'RUNNING',
    -- The filter of the parked actions; null matches all.
    type          VARCHAR(100) NULL,
    user_id       VARCHAR(64)  NULL,
    error_class   VARCHAR(255) NULL,
    failed_from   DATETIME(6)  NULL,
    failed_before DATETIME(6)  NOT NULL,
    -- Actions that died after this time are not part of a bulk retry.
    died_before   DATETIME(6)  NOT NULL,
    per_second    INT          NOT NULL,
    -- All rows up to this one have been examined.
    cursor_time   DATETIME(6)  NULL,
    cursor_seq    BIGINT UNSIGNED NULL,
    examined      BIGINT UNSIGNED NOT NULL DEFAULT 0,
    scheduled     BIGINT UNSIGNED NOT NULL DEFAULT 0,
    -- When the next action that is found becomes due; this keeps the rate, also across restarts.
    next_due_at   DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    next_step_at  DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    -- Why the last step failed; null if it succeeded.
    problem       VARCHAR(500) NULL,
    actor         VARCHAR(255) NOT NULL,
    created_at    DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    ended_at      DATETIME(6)  NULL,
    stopped_by    VARCHAR(255) NULL,
    PRIMARY KEY (id),
    KEY due (state, next_step_at),
    KEY latest (kind, created_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
