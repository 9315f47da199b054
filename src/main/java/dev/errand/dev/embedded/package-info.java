/**
 * The embedded services: a real Kafka broker and a real MySQL server for development and tests, started as processes
 * from Maven artifacts, without Docker; the MySQL server may be an installed one. Nothing of this package is in the
 * production artifact.
 */
@NullMarked
package dev.errand.dev.embedded;

import org.jspecify.annotations.NullMarked;
