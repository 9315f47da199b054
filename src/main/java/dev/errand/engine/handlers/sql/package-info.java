/** Handlers that are SQL statements in a YAML file, checked against the database before any action is taken. */
@NullMarked
package dev.errand.engine.handlers.sql;

import org.jspecify.annotations.NullMarked;
