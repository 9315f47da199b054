package dev.errand.handler;

import dev.errand.action.Action;

/**
 * The code that runs for the action types its {@link Handles} names. A CDI bean; one instance serves all workers, so it
 * must be thread-safe: no state between actions.
 *
 * @param <T> the payload's type, best a record; Jackson binds it
 */
public interface ActionHandler<T> {

    /**
     * Does the action's work, inside a unit of work of its own or shared with other users' actions: the Session, the
     * transaction and the connection are there, whatever happens they are released, and what this method wrote is
     * committed with the ledger's row or not at all. It may run more than once for one action, but only one run is ever
     * committed; effects outside the database are not undone.
     *
     * <p>It must not end the transaction: no COMMIT, no ROLLBACK, no DDL or TRUNCATE, by which MySQL commits, and no
     * exception of the database caught and ignored.
     *
     * @throws PermanentFailure if no later attempt can succeed
     * @throws Exception any other exception: nothing is committed, the action is tried again later, and this user's
     *     later actions wait for it
     */
    void handle(Action<T> action) throws Exception;
}
