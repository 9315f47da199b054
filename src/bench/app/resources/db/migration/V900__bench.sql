-- What the benchmark's handler reads and writes, three rows for each user.

CREATE TABLE bench_wallet (
    user_id VARCHAR(64) NOT NULL,
    balance BIGINT      NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

CREATE TABLE bench_profile (
    user_id   VARCHAR(64)  NOT NULL,
    score     BIGINT       NOT NULL DEFAULT 0,
    last_type VARCHAR(100) NOT NULL DEFAULT '',
    PRIMARY KEY (user_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

CREATE TABLE bench_tally (
    user_id VARCHAR(64) NOT NULL,
    actions BIGINT      NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
