CREATE TABLE member (
    user_id      VARCHAR(64)  NOT NULL,
    email        VARCHAR(255) NOT NULL,
    signed_up_at DATETIME(6)  NOT NULL,
    PRIMARY KEY (user_id),
    UNIQUE KEY email (email)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
