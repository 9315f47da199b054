-- One row, which Errand updates to check whether the database takes writes and commits them.
CREATE TABLE database_probe (
    name      VARCHAR(64) NOT NULL,
    probed_at DATETIME(6) NOT NULL,
    PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
