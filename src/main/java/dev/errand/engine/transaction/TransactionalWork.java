package dev.errand.engine.transaction;

/**
 * Work that runs in a transaction.
 *
 * @param <T> the type of its result
 */
@FunctionalInterface
public interface TransactionalWork<T> {

    /** @param progress to which the work reports its progress */
    T run(TransactionProgress progress) throws Exception;
}
