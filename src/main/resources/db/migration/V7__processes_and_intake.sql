-- What each running process says of itself, every two seconds: the console sees all of them, whichever it runs in.
CREATE TABLE process_state (
    process    CHAR(36)     NOT NULL,
    host       VARCHAR(255) NOT NULL,
    started_at DATETIME(6)  NOT NULL,
    seen_at    DATETIME(6)  NOT NULL,
    state      JSON         NOT NULL,
    PRIMARY KEY (process)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- What became of actions in each minute, for a day.
CREATE TABLE outcome_minute (
    minute  DATETIME        NOT NULL,
    process CHAR(36)        NOT NULL,
    outcome VARCHAR(20)     NOT NULL,
    actions BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (minute, process, outcome)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- Whether processes take actions from Kafka; they look every two seconds.
CREATE TABLE intake_switch (
    name       VARCHAR(16)  NOT NULL,
    paused     BOOLEAN      NOT NULL,
    reason     VARCHAR(2000) NOT NULL DEFAULT '',
    actor      VARCHAR(255) NOT NULL DEFAULT '',
    changed_at DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

INSERT INTO intake_switch (name, paused) VALUES ('user-actions', FALSE);
