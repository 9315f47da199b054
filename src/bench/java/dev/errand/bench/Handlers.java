package dev.errand.bench;

/** What the mode {@code handlers} has beside the ledger: the rows its handler reads and writes. */
interface Handlers {

    Handlers NONE = new Handlers() {
        @Override
        public void reset(Stage stage) {}

        @Override
        public void check(Stage stage, Workload workload) {}
    };

    /** Brings the rows back to where a run begins. */
    void reset(Stage stage);

    /** @throws WrongResult if the rows are not what the workload's actions, each handled once, make of them */
    void check(Stage stage, Workload workload);
}
