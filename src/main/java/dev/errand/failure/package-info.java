/** Failed actions: kept, retried on a schedule with their user's later actions lined up behind them, put right by people. */
@NullMarked
package dev.errand.failure;

import org.jspecify.annotations.NullMarked;
