package dev.errand.engine.database;

import io.agroal.api.AgroalPoolInterceptor;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Checks each new connection of the pool for session settings that Errand depends on. They are wrong if only a privileged user can
 * change them, or if the session variables in {@code application.properties} were overridden. Warns of each setting once.
 * Thread-safe.
 */
@Singleton
final class SessionCheck implements AgroalPoolInterceptor {

    private static final Logger LOG = Logger.getLogger(SessionCheck.class);

    /** Conditions in SQL, each with the message for the case that it is false. */
    private static final Map<String, String> NEEDED = Map.of(
            "@@SESSION.sql_mode LIKE '%STRICT\\_TRANS\\_TABLES%' OR @@SESSION.sql_mode LIKE '%STRICT\\_ALL\\_TABLES%'",
                    "sql_mode is not strict: MySQL would change values that do not fit into a column, rather than refuse them",
            "@@SESSION.sql_mode NOT REGEXP 'NO_BACKSLASH_ESCAPES|ANSI_QUOTES|PIPES_AS_CONCAT|HIGH_NOT_PRECEDENCE'",
                    "sql_mode changes how MySQL reads strings and operators",
            "@@GLOBAL.log_bin = 0 OR @@SESSION.binlog_format <> 'STATEMENT'",
                    "binlog_format is STATEMENT, with which InnoDB refuses writes at READ COMMITTED: Errand waits until it is ROW",
            "@@SESSION.time_zone = '+00:00'", "time_zone is not +00:00: times would be wrong",
            "@@SESSION.completion_type = 'NO_CHAIN'", "completion_type is not NO_CHAIN: COMMIT would do more than that",
            "@@SESSION.character_set_client = 'utf8mb4' AND @@SESSION.character_set_connection = 'utf8mb4'",
                    "the character set is not utf8mb4: texts would be stored wrongly",
            "@@SESSION.foreign_key_checks = 1 AND @@SESSION.unique_checks = 1",
                    "foreign_key_checks or unique_checks is off: MySQL would accept invalid rows",
            "@@SESSION.max_error_count > 0",
                    "max_error_count is 0: MySQL does not list the rows that it ignores, so that duplicates cost one more query, and a"
                            + " damaged row might not be noticed");

    private final Set<String> told = ConcurrentHashMap.newKeySet();

    @Override
    public void onConnectionCreate(Connection connection) {
        var conditions = List.copyOf(NEEDED.keySet());
        var sql = "SELECT (" + String.join("), (", conditions) + ")";
        List<String> missing = new ArrayList<>();
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            result.next();
            for (int i = 0; i < conditions.size(); i++) {
                if (!result.getBoolean(i + 1)) {
                    missing.add(NEEDED.get(conditions.get(i)));
                }
            }
        } catch (SQLException e) {
            LOG.debug("The settings of a new connection can't be checked", e);
        }
        for (var each : missing) {
            if (told.add(each)) {
                LOG.warnf(
                        "A setting of MySQL, or of sessionVariables in the JDBC properties, is not what Errand needs: %s",
                        each);
            }
        }
    }
}
