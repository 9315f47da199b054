package dev.errand.bench.baseline;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the benchmark's handler does, by hand: reads the user's three rows once in a transaction, as a Session does, and
 * writes what was changed in one batch for each table at its end.
 */
final class HandWritten implements Store.Work {

    private static final ObjectMapper JSON = new ObjectMapper();

    private record Payload(String sku, String note, long totalCents) {}

    private static final class Rows {
        private long balance;
        private long score;
        private String lastType;
        private long actions;
    }

    @Override
    public void handle(Connection connection, Collection<Taken> fresh) throws SQLException {
        Map<String, Rows> byUser = new TreeMap<>();
        try (var wallet = connection.prepareStatement("SELECT balance FROM bench_wallet WHERE user_id = ?");
                var profile =
                        connection.prepareStatement("SELECT score, last_type FROM bench_profile WHERE user_id = ?");
                var tally = connection.prepareStatement("SELECT actions FROM bench_tally WHERE user_id = ?")) {
            for (var action : fresh) {
                var rows = byUser.get(action.user());
                if (rows == null) {
                    rows = read(wallet, profile, tally, action.user());
                    byUser.put(action.user(), rows);
                }
                change(rows, action);
            }
        }
        write(connection, byUser);
    }

    private static Rows read(PreparedStatement wallet, PreparedStatement profile, PreparedStatement tally, String user)
            throws SQLException {
        var rows = new Rows();
        wallet.setString(1, user);
        profile.setString(1, user);
        tally.setString(1, user);
        try (var found = wallet.executeQuery()) {
            found.next();
            rows.balance = found.getLong(1);
        }
        try (var found = profile.executeQuery()) {
            found.next();
            rows.score = found.getLong(1);
            rows.lastType = found.getString(2);
        }
        try (var found = tally.executeQuery()) {
            found.next();
            rows.actions = found.getLong(1);
        }
        return rows;
    }

    private static void change(Rows rows, Taken action) {
        try {
            long cents = JSON.readValue(action.payload(), Payload.class).totalCents();
            rows.balance += cents;
            rows.score = (rows.score * 31 + cents) % 1_000_003;
            rows.lastType = action.type();
            rows.actions++;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Connection connection, Map<String, Rows> byUser) throws SQLException {
        try (var wallet = connection.prepareStatement("UPDATE bench_wallet SET balance = ? WHERE user_id = ?");
                var profile = connection.prepareStatement(
                        "UPDATE bench_profile SET score = ?, last_type = ? WHERE user_id = ?");
                var tally = connection.prepareStatement("UPDATE bench_tally SET actions = ? WHERE user_id = ?")) {
            for (var entry : byUser.entrySet()) {
                var rows = entry.getValue();
                wallet.setLong(1, rows.balance);
                wallet.setString(2, entry.getKey());
                wallet.addBatch();
                profile.setLong(1, rows.score);
                profile.setString(2, rows.lastType);
                profile.setString(3, entry.getKey());
                profile.addBatch();
                tally.setLong(1, rows.actions);
                tally.setString(2, entry.getKey());
                tally.addBatch();
            }
            wallet.executeBatch();
            profile.executeBatch();
            tally.executeBatch();
        }
    }
}
