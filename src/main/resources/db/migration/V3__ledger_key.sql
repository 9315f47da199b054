-- The unique index is what every insert reads at a random page, so that the ledger is as fast as this index fits in memory:
-- 120 bits of a digest take two thirds of the room of source and a UUID, whatever publishers use as their ids.
ALTER TABLE user_action
    DROP KEY action_key,
    ADD COLUMN action_key CHAR(20) CHARACTER SET ascii COLLATE ascii_bin
        GENERATED ALWAYS AS (LEFT(TO_BASE64(UNHEX(SHA2(CONCAT(CHAR_LENGTH(source), ':', source, id), 256))), 20)) STORED NOT NULL,
    ADD UNIQUE KEY action_key (action_key);
