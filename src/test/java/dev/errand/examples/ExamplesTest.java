package dev.errand.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.testkit.Errand;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;

@QuarkusTest
class ExamplesTest {

    @Inject
    Errand errand;

    @Test
    void shouldGivePointsForAnOrder() {
        var user = errand.newUser();

        errand.publish("order.placed", user, new OrderPlaced("o-1", 1250)).awaitDone();

        assertThat(errand.find(LoyaltyAccount.class, user).points).isEqualTo(12);
        assertThat(errand.awaitEvent("points.granted", user, PointsChanged.class))
                .isEqualTo(new PointsChanged("o-1", 12, 12));
    }

    @Test
    void shouldTakePointsForAReward() {
        var user = errand.newUser();
        errand.publish("order.placed", user, new OrderPlaced("o-1", 10_000));

        errand.publish("points.redeemed", user, new PointsRedeemed("mug", 30)).awaitDone();

        assertThat(errand.find(LoyaltyAccount.class, user).points).isEqualTo(70);
        assertThat(errand.awaitEvent("points.spent", user, PointsChanged.class))
                .isEqualTo(new PointsChanged("mug", 30, 70));
    }

    @Test
    void shouldRefuseARewardThatCostsMoreThanThereIs() {
        var user = errand.newUser();

        var why = errand.publish("points.redeemed", user, new PointsRedeemed("bicycle", 5000))
                .awaitDead();

        assertThat(why).isEqualTo("a bicycle costs 5000 points, the user has 0");
    }

    @Test
    void shouldMakeAMemberOnce() {
        var user = errand.newUser();
        var other = errand.newUser();
        var email = user + "@example.com";
        errand.publish("user.signed-up", user, new UserSignedUp(email)).awaitDone();

        var why =
                errand.publish("user.signed-up", other, new UserSignedUp(email)).awaitDead();

        assertThat(why).isEqualTo("another member has this email address");
        assertThat(errand.find(Member.class, user).email).isEqualTo(email);
        assertThat(errand.find(Member.class, other)).isNull();
    }

    @Test
    void shouldRefuseASignUpWithoutAnAddress() {
        var why = errand.publish("user.signed-up", errand.newUser(), "{\"email\":\"nowhere\"}")
                .awaitDead();

        assertThat(why).isEqualTo("payload.email must be a well-formed email address");
    }
}
