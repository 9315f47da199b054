package dev.errand.work;

import java.util.List;

/**
 * What a unit of work that is committed made of its actions.
 *
 * @param done those that were handled and recorded
 * @param duplicates those the ledger had already: they changed nothing
 * @param linedUp those that wait behind a failed action of their user
 */
record Taken(List<Prepared> done, List<Prepared> duplicates, List<Prepared> linedUp) {}
