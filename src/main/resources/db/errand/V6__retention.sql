-- The progress of each purge of old rows. A process that runs the next step locks the row, so that processes take turns
-- and keep one rate together.
CREATE TABLE retention (
    name         VARCHAR(16)     NOT NULL,
    -- All rows up to this one have been examined in this pass.
    cursor_seq   BIGINT UNSIGNED NOT NULL DEFAULT 0,
    -- Rows that were deleted in this pass.
    deleted_rows BIGINT UNSIGNED NOT NULL DEFAULT 0,
    next_step_at DATETIME(6)     NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

INSERT INTO retention (name) VALUES ('ledger'), ('failed actions');
