package dev.errand.engine.transaction;

/**
 * What is done in a transaction.
 *
 * @param <T> what it comes to
 */
@FunctionalInterface
public interface TransactionalWork<T> {

    /** @param progress to be told how far it is */
    T run(TransactionProgress progress) throws Exception;
}
