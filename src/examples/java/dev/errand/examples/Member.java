package dev.errand.examples;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** A user who has signed up. The table's unique constraint ensures that no two members have the same email address. */
@Entity
@Table(name = "member")
public class Member extends PanacheEntityBase {

    /** The user's id. */
    @Id
    @Column(name = "user_id", length = 64)
    public String userId;

    /** The member's email address. */
    public String email;

    /** When the member signed up. */
    @Column(name = "signed_up_at")
    public Instant signedUpAt;
}
