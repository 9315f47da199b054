-- The text byte for byte: the type JSON makes doubles of numbers and writes all of it anew. MySQL's JSON functions read it as well.
ALTER TABLE user_action
    MODIFY COLUMN payload LONGTEXT NOT NULL;
