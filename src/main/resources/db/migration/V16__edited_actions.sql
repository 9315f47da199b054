-- Whether an action was done with a payload that a person gave it: such a row says nothing of what was published.
ALTER TABLE user_action
    ADD COLUMN edited BOOLEAN NOT NULL DEFAULT FALSE;
