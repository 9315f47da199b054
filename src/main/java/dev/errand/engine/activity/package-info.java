/** What is known of each user's activity: a row for each user, kept up to date by every action whatever its type. */
@NullMarked
package dev.errand.engine.activity;

import org.jspecify.annotations.NullMarked;
