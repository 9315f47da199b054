/** Each user's activity: one row for each user, which every action updates, whatever its type. */
@NullMarked
package dev.errand.engine.activity;

import org.jspecify.annotations.NullMarked;
