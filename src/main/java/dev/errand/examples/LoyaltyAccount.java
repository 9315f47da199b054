package dev.errand.examples;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** How many loyalty points a user has. */
@Entity
@Table(name = "loyalty_account")
public class LoyaltyAccount extends PanacheEntityBase {

    /** The user's id. */
    @Id
    @Column(name = "user_id", length = 64)
    public String userId;

    /** Points, never negative. */
    public long points;

    /** Adds a point for each full unit of money spent. */
    void earn(long cents) {
        points += cents / 100;
    }
}
