package dev.errand.testsupport;

import dev.errand.action.Action;
import dev.errand.action.TraceContext;
import dev.errand.examples.LoyaltyAccount;
import dev.errand.handler.ActionHandler;
import dev.errand.handler.Handles;
import dev.errand.handler.Retry;
import io.quarkus.hibernate.orm.panache.Panache;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.hibernate.Session;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SessionImplementor;
import org.jspecify.annotations.Nullable;

/** A handler that shows tests the inside of a unit of work. For each user it runs the step that a test has set. */
@Handles(value = "test.probe", retry = @Retry(attempts = 3, firstDelay = "100ms", multiplier = 2, maxDelay = "200ms"))
@Singleton // and not proxied: tests use its fields
public class Probe implements ActionHandler<Map<String, Object>> {

    /** One run of the handler, and what it had access to. */
    public record Attempted(
            Thread thread,
            List<SessionImplementor> sessions,
            PersistenceContext context,
            LoyaltyAccount account,
            String id,
            @Nullable TraceContext traceContext) {}

    /** Something that a test runs inside the unit of work. */
    @FunctionalInterface
    public interface Step {
        void during(Attempted attempted) throws Exception;
    }

    @Inject
    public Session session;

    @Inject
    EntityManager entityManager;

    @Inject
    Elsewhere elsewhere;

    public final Map<String, Step> steps = new ConcurrentHashMap<>();
    public final Map<String, List<Attempted>> attempts = new ConcurrentHashMap<>();

    @Override
    public void handle(Action<Map<String, Object>> action) throws Exception {
        var user = action.userId();
        LoyaltyAccount account = LoyaltyAccount.findById(user);
        if (account == null) {
            account = new LoyaltyAccount();
            account.userId = user;
            account.persist();
        }
        account.points++;
        var attempted = new Attempted(
                Thread.currentThread(),
                List.of(
                        session.unwrap(SessionImplementor.class),
                        entityManager.unwrap(SessionImplementor.class),
                        Panache.getSession().unwrap(SessionImplementor.class),
                        elsewhere.session()),
                session.unwrap(SessionImplementor.class).getPersistenceContext(),
                elsewhere.account(user),
                action.key().id(),
                action.traceContext());
        if (attempted.account() != account) {
            throw new AssertionError("Two lookups in one unit of work gave two accounts");
        }
        attempts.computeIfAbsent(user, any -> new CopyOnWriteArrayList<>()).add(attempted);
        var step = steps.get(user);
        if (step != null) {
            step.during(attempted);
        }
    }

    /** Another bean, with an injected Session of its own. */
    @ApplicationScoped
    static class Elsewhere {

        @Inject
        Session session;

        SessionImplementor session() {
            return session.unwrap(SessionImplementor.class);
        }

        LoyaltyAccount account(String user) {
            return session.find(LoyaltyAccount.class, user);
        }
    }
}
