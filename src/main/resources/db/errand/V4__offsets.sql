-- The position of each partition: all records before next_offset are done in this database. Kafka's committed offsets
-- follow it. If they are ahead of it, the database has lost commits in a failover, and Errand reads from here again.
CREATE TABLE partition_position (
    consumer_group VARCHAR(255) NOT NULL,
    topic          VARCHAR(249) NOT NULL,
    `partition`    INT          NOT NULL,
    -- Kafka's id of the topic: a topic that was deleted and created again has another id, and other records.
    topic_id       CHAR(22) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    next_offset    BIGINT       NOT NULL,
    -- The epoch of the record before next_offset, by which a truncated log is detected.
    leader_epoch   INT          NULL,
    -- The process that has the partition. The value remains if that process ended without releasing it.
    owner          CHAR(36)     NULL,
    changed_at     DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    PRIMARY KEY (consumer_group, topic, `partition`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- Gaps: records that Errand has passed over, because Kafka no longer had them or the offset was moved forward. Each gap is reported once.
CREATE TABLE offset_gap (
    seq            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    consumer_group VARCHAR(255)  NOT NULL,
    topic          VARCHAR(249)  NOT NULL,
    `partition`    INT           NOT NULL,
    topic_id       CHAR(22) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    cause          VARCHAR(9)    NOT NULL,
    from_offset    BIGINT        NOT NULL,
    to_offset      BIGINT        NOT NULL,
    found_at       DATETIME(6)   NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    -- Null until a person has accepted the gap; a held partition waits for that.
    accepted_at    DATETIME(6)   NULL,
    accepted_by    VARCHAR(255)  NULL,
    reason         VARCHAR(2000) NULL,
    PRIMARY KEY (seq),
    UNIQUE KEY gap (consumer_group, topic, `partition`, topic_id, cause, from_offset),
    KEY unaccepted (consumer_group, accepted_at, seq)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
