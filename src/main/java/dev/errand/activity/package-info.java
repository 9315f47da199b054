/** What is known of each user's activity, kept up to date by every action whatever its type. */
@NullMarked
package dev.errand.activity;

import org.jspecify.annotations.NullMarked;
