-- Events that handlers emitted and that are not published yet.
CREATE TABLE outbox_event (
    -- A user's events are published in this order.
    seq               BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    id                CHAR(36)     NOT NULL,
    user_id           VARCHAR(64)  NOT NULL,
    type              VARCHAR(100) NOT NULL,
    payload           LONGTEXT     NOT NULL,
    -- The size of the payload, for queries that do not read it.
    payload_bytes     INT UNSIGNED GENERATED ALWAYS AS (LENGTH(payload)) STORED NOT NULL,
    -- The action whose handler emitted it.
    cause_source      VARCHAR(128) NOT NULL,
    cause_id          VARCHAR(64)  NOT NULL,
    -- When that action occurred; it may be long before its handler ran.
    occurred_at       DATETIME(6)  NOT NULL,
    emitted_at        DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    traceparent       VARCHAR(64)  NULL,
    tracestate        VARCHAR(512) NULL,
    -- An event that can't be published is set aside, with the reason, so that it does not hold up others. Setting the
    -- time to null tries again.
    quarantined_at    DATETIME(6)  NULL,
    quarantine_reason TEXT         NULL,
    PRIMARY KEY (seq),
    KEY publishing (quarantined_at, seq)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- A row is locked by the one process that publishes the records of this kind.
CREATE TABLE outbox_relay (
    name VARCHAR(16) NOT NULL,
    PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

INSERT INTO outbox_relay VALUES ('dead letters'), ('events');
