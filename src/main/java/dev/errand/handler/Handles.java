package dev.errand.handler;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the action types that an {@link ActionHandler} runs for, and configures how it runs. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Handles {

    /**
     * The types, each 1 to 100 characters of {@code [A-Za-z0-9._-]}. A {@code *} at the end stands for all types that begin with the
     * text before it: {@code order.*} matches {@code order.placed} and {@code order.item.added}, {@code *} matches every type.
     */
    String[] value();

    /**
     * The handler's place among several handlers for one type, which all run in the same transaction: the lowest number runs first.
     * Two handlers for one type must not have the same number.
     */
    int order() default 0;

    /**
     * How long one run may take, such as {@code 5s}. A run that takes longer is interrupted and rolled back, and counts as a failed
     * attempt. The timeout must be shorter than that of the transaction
     * ({@code quarkus.transaction-manager.default-transaction-timeout}, one minute by default), which applies if this is empty.
     */
    String timeout() default "";

    /** Whether each action gets a unit of work of its own. Slow handlers, and those with effects outside MySQL, should set this. */
    boolean exclusive() default false;

    /**
     * How many actions of these types one process runs at the same time, each in a unit of work of its own; 0 for no limit but the
     * number of workers.
     */
    int concurrency() default 0;

    /** What happens to an action whose payload has properties that the handler's payload type does not have. */
    UnknownProperties unknownProperties() default UnknownProperties.IGNORE;

    /** What happens to an action whose payload has unknown properties. */
    enum UnknownProperties {
        /**
         * The handler does not see them; the ledger keeps the payload as it was published. So publishers can add properties before
         * handlers know them.
         */
        IGNORE,

        /** The action becomes dead, like one with any other invalid payload, and its error names the property. */
        REFUSE
    }

    /** When failed actions of these types are tried again. */
    Retry retry() default @Retry;
}
