package dev.errand.dev.embedded;

import java.nio.file.Path;
import java.util.function.Consumer;

/** The source of the program of an embedded MySQL server. Any version of 8.0, 8.4 and 9.x works. */
public interface MySqlDistribution {

    /**
     * The program, ready to be run.
     *
     * @param progress receives a message before each step that takes long
     * @throws EmbeddedServiceException if there is none; the message says why and what to do
     */
    Path mysqld(Consumer<String> progress);
}
