package dev.errand.dev.embedded;

import java.nio.file.Path;
import java.util.function.Consumer;

/** Where the program of an embedded MySQL server comes from. Of 8.0, 8.4 and 9.x any will do. */
public interface MySqlDistribution {

    /**
     * The program, ready to be run.
     *
     * @param progress told what is being done when it takes long
     * @throws EmbeddedServiceException if there is none; says why and what to do
     */
    Path mysqld(Consumer<String> progress);
}
