/**
 * Statements with named parameters, and the read-only queries of the API and the console, which are limited in number and time so
 * that workers never wait for them.
 */
@NullMarked
package dev.errand.engine.query;

import org.jspecify.annotations.NullMarked;
