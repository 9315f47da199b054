package dev.errand.handler;

import dev.errand.action.Action;
import java.util.List;

/**
 * The code that runs for the action types that its {@link Handles} annotation names. A handler is a CDI bean. One instance serves
 * all workers, so it must be thread-safe and keep no state between actions.
 *
 * @param <T> the payload's type, best a record; Jackson binds it
 */
public interface ActionHandler<T> {

    /**
     * Loads the entities that {@link #handle} will need for all actions of a unit of work: one query instead of one for each
     * action. It runs in the same Session, before any handler of the unit, so that {@link #handle} finds the entities in the
     * Session without a query.
     *
     * <p>It must not change anything, because an action may be left out of the unit afterwards.
     *
     * @param actions this handler's actions in this unit of work, at least one
     * @throws Exception to fail the unit of work: nothing is committed, and the actions are tried again in smaller units
     */
    default void prefetch(List<Action<T>> actions) throws Exception {}

    /**
     * Does the action's work, inside a unit of work that may hold other actions too. Errand opens the Session, the transaction and
     * the connection before, and always releases them. What this method writes is committed together with the ledger's row or not at
     * all. The method may run more than once for one action, but only one run is ever committed. Effects outside the database are not
     * undone.
     *
     * <p>It must not end the transaction: no COMMIT, no ROLLBACK, and no DDL or TRUNCATE, which make MySQL commit. It must not catch
     * and ignore an exception of the database.
     *
     * @throws NonRetryableException if no later attempt can succeed
     * @throws Exception for any other failure: nothing is committed, the action is tried again later, and the user's later actions
     *     wait for it
     */
    void handle(Action<T> action) throws Exception;
}
