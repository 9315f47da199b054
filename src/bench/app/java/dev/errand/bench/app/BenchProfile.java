package dev.errand.bench.app;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** What a user did last, and a figure made of all they did. */
@Entity
@Table(name = "bench_profile")
public class BenchProfile extends PanacheEntityBase {

    @Id
    @Column(name = "user_id", length = 64)
    public String userId;

    /** Depends on the order of the actions. */
    public long score;

    @Column(name = "last_type", length = 100)
    public String lastType;
}
