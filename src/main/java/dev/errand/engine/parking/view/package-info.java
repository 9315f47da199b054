/** Parked actions as operators see them: lists, groups and single actions, with payloads masked where that is configured. */
@NullMarked
package dev.errand.engine.parking.view;

import org.jspecify.annotations.NullMarked;
