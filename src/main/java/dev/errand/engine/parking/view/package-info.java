/** Parked actions as people see them: lists, groups, single ones, with payloads masked where that is configured. */
@NullMarked
package dev.errand.engine.parking.view;

import org.jspecify.annotations.NullMarked;
