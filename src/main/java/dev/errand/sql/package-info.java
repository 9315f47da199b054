/** Handlers without Java: SQL statements from YAML files, run in the unit of work. */
@NullMarked
package dev.errand.sql;

import org.jspecify.annotations.NullMarked;
