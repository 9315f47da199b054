package dev.errand.bench.app;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** How many actions a user did. */
@Entity
@Table(name = "bench_tally")
public class BenchTally extends PanacheEntityBase {

    @Id
    @Column(name = "user_id", length = 64)
    public String userId;

    public long actions;
}
