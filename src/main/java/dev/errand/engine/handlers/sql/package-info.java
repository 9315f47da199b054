/** Handlers of SQL statements in a YAML file, which are checked against the database before any action is processed. */
@NullMarked
package dev.errand.engine.handlers.sql;

import org.jspecify.annotations.NullMarked;
