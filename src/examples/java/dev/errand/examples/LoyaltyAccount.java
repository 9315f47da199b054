package dev.errand.examples;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.List;

/** How many loyalty points a user has. */
@Entity
@Table(name = "loyalty_account")
public class LoyaltyAccount extends PanacheEntityBase {

    /** The user's id. */
    @Id
    @Column(name = "user_id", length = 64)
    public String userId;

    /** The user's points; never negative. */
    public long points;

    /** Returns a user's account, and creates it if there is none. */
    static LoyaltyAccount of(String userId) {
        LoyaltyAccount account = findById(userId);
        if (account == null) {
            account = new LoyaltyAccount();
            account.userId = userId;
            account.persist();
        }
        return account;
    }

    /** Loads these users' accounts into the Session, which then finds each without a query. */
    static void load(List<String> userIds) {
        list("userId in ?1", userIds);
    }

    /** Adds a point for each full unit of money spent. */
    long earn(long cents) {
        var earned = cents / 100;
        points += earned;
        return earned;
    }
}
