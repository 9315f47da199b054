package dev.errand.handler;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * When parked actions of an {@link ActionHandler}'s types are tried again. {@code errand.retry.*} applies to each value that is left
 * out here, and {@code errand.retry.types."…".*} overrides the values that are given here.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({})
public @interface Retry {

    /** How many scheduled attempts are made before the action is dead, at least 1. */
    int attempts() default 0;

    /** The delay before the first scheduled attempt, such as {@code 10s} or {@code 5m}. */
    String firstDelay() default "";

    /** The factor by which each delay is longer than the one before, at least 1. */
    double multiplier() default 0;

    /** The longest delay, such as {@code 2d}. */
    String maxDelay() default "";
}
