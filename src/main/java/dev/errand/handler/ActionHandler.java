package dev.errand.handler;

import dev.errand.action.Action;
import java.util.List;

/**
 * The code that runs for the action types its {@link Handles} names. A CDI bean; one instance serves all workers, so it
 * must be thread-safe: no state between actions.
 *
 * @param <T> the payload's type, best a record; Jackson binds it
 */
public interface ActionHandler<T> {

    /**
     * Loads what {@link #handle} will need, for all of a unit of work's actions at once: one query instead of one for each
     * action. Runs in the same Session, before any handler of the unit; what it loads is found there without a query.
     *
     * <p>It must not change anything: an action may be left out afterwards.
     *
     * @param actions this handler's in this unit of work, at least one
     * @throws Exception nothing is committed, and the actions are tried again in smaller units of work
     */
    default void prefetch(List<Action<T>> actions) throws Exception {}

    /**
     * Does the action's work, inside a unit of work of its own or shared with other users' actions: the Session, the
     * transaction and the connection are there, whatever happens they are released, and what this method wrote is
     * committed with the ledger's row or not at all. It may run more than once for one action, but only one run is ever
     * committed; effects outside the database are not undone.
     *
     * <p>It must not end the transaction: no COMMIT, no ROLLBACK, no DDL or TRUNCATE, by which MySQL commits, and no
     * exception of the database caught and ignored.
     *
     * @throws NonRetryableException if no later attempt can succeed
     * @throws Exception any other exception: nothing is committed, the action is tried again later, and this user's
     *     later actions wait for it
     */
    void handle(Action<T> action) throws Exception;
}
