/** What people ask the database: a few questions at a time, none for long, so that workers never wait for them. */
@NullMarked
package dev.errand.query;

import org.jspecify.annotations.NullMarked;
