package dev.errand.handler;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * When actions of an {@link ActionHandler}'s types are tried again after they were kept as failed. What is left out is as
 * {@code errand.retry.*} says; {@code errand.retry.types."…".*} overrides what is said here.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({})
public @interface Retry {

    /** How many scheduled attempts are made before the action is dead, from 1. */
    int attempts() default 0;

    /** The delay of the first of them, such as {@code 10s} or {@code 5m}. */
    String firstDelay() default "";

    /** How much longer each delay is than the one before, from 1. */
    double multiplier() default 0;

    /** The longest delay, such as {@code 2d}. */
    String maxDelay() default "";
}
