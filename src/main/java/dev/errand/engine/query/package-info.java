/**
 * Statements with named parameters; and questions that people ask the database: read only, limited in number and time, so that
 * workers never wait for them.
 */
@NullMarked
package dev.errand.engine.query;

import org.jspecify.annotations.NullMarked;
