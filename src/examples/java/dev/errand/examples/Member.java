package dev.errand.examples;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** A user who has signed up. No two have one email address: the table's unique constraint sees to it. */
@Entity
@Table(name = "member")
public class Member extends PanacheEntityBase {

    /** The user's id. */
    @Id
    @Column(name = "user_id", length = 64)
    public String userId;

    /** Where to reach them. */
    public String email;

    /** When they signed up. */
    @Column(name = "signed_up_at")
    public Instant signedUpAt;
}
