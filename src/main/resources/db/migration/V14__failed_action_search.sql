-- What people ask of failed actions is answered from these indexes, the latest first: with each of the five states it is one range of one
-- of them, whatever the table holds. See ADR 14.
ALTER TABLE failed_action
    DROP KEY kind,
    ADD KEY of_state (state, failed_at, seq),
    ADD KEY of_type (type, state, failed_at, seq),
    ADD KEY of_error (error_class, state, failed_at, seq),
    ADD KEY of_kind (error_class, type, state, failed_at, seq),
    ADD KEY of_user (user_id, state, failed_at, seq);

ALTER TABLE process_state
    ADD KEY seen (seen_at);
