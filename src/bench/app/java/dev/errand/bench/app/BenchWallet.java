package dev.errand.bench.app;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** What a user has spent, in cents. */
@Entity
@Table(name = "bench_wallet")
public class BenchWallet extends PanacheEntityBase {

    @Id
    @Column(name = "user_id", length = 64)
    public String userId;

    public long balance;
}
