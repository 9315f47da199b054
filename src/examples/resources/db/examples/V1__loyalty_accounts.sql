CREATE TABLE loyalty_account (
    user_id VARCHAR(64) NOT NULL,
    points  BIGINT      NOT NULL,
    PRIMARY KEY (user_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
