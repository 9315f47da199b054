package dev.errand.handler;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the action types that an {@link ActionHandler} runs for. Each type has one handler. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Handles {

    /** The types, 1 to 100 of {@code [A-Za-z0-9._-]} each. */
    String[] value();

    /** When their actions are tried again after they failed. */
    Retry retry() default @Retry;
}
