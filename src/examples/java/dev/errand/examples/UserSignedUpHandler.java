package dev.errand.examples;

import dev.errand.action.Action;
import dev.errand.handler.ActionHandler;
import dev.errand.handler.Events;
import dev.errand.handler.Handles;
import dev.errand.handler.NonRetryableException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;

/**
 * Makes a user a member. It refuses an email address that another member has, and the action is not tried again. If two users sign up
 * with one address at the same time, the unique constraint lets one of them through, and the next attempt for the other is refused.
 */
@Handles("user.signed-up")
@ApplicationScoped
public class UserSignedUpHandler implements ActionHandler<UserSignedUp> {

    private final Events events;

    @Inject
    UserSignedUpHandler(Events events) {
        this.events = events;
    }

    @Override
    public void handle(Action<UserSignedUp> action) {
        var email = action.payload().email();
        if (Member.count("email", email) > 0) {
            throw new NonRetryableException("another member has this email address");
        }
        var member = new Member();
        member.userId = action.userId();
        member.email = email;
        member.signedUpAt = action.occurredAt();
        member.persist();
        events.emit("member.welcomed", Map.of("email", email));
    }
}
