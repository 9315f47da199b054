/** Operators' commands on parked actions: retry, edit, discard, one at a time or in bulk. Each change is audited. */
@NullMarked
package dev.errand.engine.parking.operations;

import org.jspecify.annotations.NullMarked;
