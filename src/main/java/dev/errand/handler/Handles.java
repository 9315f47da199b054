package dev.errand.handler;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the action types that an {@link ActionHandler} runs for, and how. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Handles {

    /**
     * The types, 1 to 100 of {@code [A-Za-z0-9._-]} each. With a {@code *} at the end all that begin so: {@code order.*} is
     * {@code order.placed} and {@code order.item.added}, {@code *} is every type.
     */
    String[] value();

    /**
     * Where several handlers run for one type, in the same transaction: the one with the lowest number first. Two of them
     * must not have the same.
     */
    int order() default 0;

    /**
     * How long one run may take, such as {@code 5s}: then it is interrupted and rolled back, and counts as a failed attempt.
     * Less than a transaction may take ({@code quarkus.transaction-manager.default-transaction-timeout}, a minute by
     * default), which is the limit where nothing is said here.
     */
    String timeout() default "";

    /** Whether each action gets a unit of work of its own, as slow handlers and those with effects elsewhere should. */
    boolean exclusive() default false;

    /** How many actions of these types are done at once in a process, each then alone; 0 for as many as there are workers. */
    int concurrency() default 0;

    /** What becomes of an action whose payload has properties that the handler's type does not have. */
    UnknownProperties unknownProperties() default UnknownProperties.IGNORE;

    /** What becomes of a payload with properties that nobody knows. */
    enum UnknownProperties {
        /**
         * They are left out; the ledger has the payload as it was published. Publishers can add properties before handlers
         * know them.
         */
        IGNORE,

        /** The action is dead, as one whose payload is wrong otherwise, and the reason names the property. */
        REFUSE
    }

    /** When their actions are tried again after they failed. */
    Retry retry() default @Retry;
}
