-- How far each kind of old rows has been gone through. Whoever takes the next step locks the row, so that processes take turns
-- and keep one pace together.
CREATE TABLE retention (
    name         VARCHAR(16)     NOT NULL,
    -- This pass has looked at all rows up to this one.
    cursor_seq   BIGINT UNSIGNED NOT NULL DEFAULT 0,
    -- Rows that this pass has deleted.
    deleted_rows BIGINT UNSIGNED NOT NULL DEFAULT 0,
    next_step_at DATETIME(6)     NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

INSERT INTO retention (name) VALUES ('ledger'), ('failed actions');
