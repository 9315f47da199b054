-- Records that were begun and have not come to an end: a process writes them down before it works on what the partition's last owner,
-- which ended without giving it back, may have died of, and takes them out again once they came to an end of any kind.
-- Short, and empty as long as no process dies.
CREATE TABLE unended_delivery (
    consumer_group VARCHAR(255) NOT NULL,
    topic          VARCHAR(249) NOT NULL,
    `partition`    INT          NOT NULL,
    `offset`       BIGINT       NOT NULL,
    -- As in failed_action: tells a record from another at the same place of a topic that was deleted and made anew.
    fingerprint    BINARY(32)   NOT NULL,
    -- How often it was begun without coming to an end, the delivery under way included.
    deliveries     INT          NOT NULL,
    -- Whether the last of them got beyond reading what the record says.
    was_read       BOOLEAN      NOT NULL DEFAULT FALSE,
    -- The process that began the last one; only that process takes it back.
    begun_by       CHAR(36)     NOT NULL,
    begun_at       DATETIME(6)  NOT NULL,
    PRIMARY KEY (consumer_group, topic, `partition`, `offset`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
