package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.PartialBlob;
import dev.swarm.disk.DiskGate;
import dev.swarm.node.Scripted;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReceivingBlobTest {

    private static final int MIB = 1 << 20;

    private final AtomicLong reserved = new AtomicLong();
    private final ReceivingBlob blob = new ReceivingBlob(
            new BlobLayout(100L * MIB),
            Scripted.of(PartialBlob.class, (method, given) -> null),
            Scripted.of(DiskGate.Reservation.class, (method, given) -> {
                reserved.addAndGet((Long) given[0]);
                return null;
            }));

    @Test
    void written_each32MiB_saysThatAFlushIsDue() {
        int due = 0;
        int dueBefore31 = 0;
        for (int mib = 1; mib <= 100; mib++) {
            due += blob.written(MIB) ? 1 : 0;
            dueBefore31 += mib < 32 ? due : 0;
        }

        assertThat(dueBefore31).isZero();
        assertThat(due).isEqualTo(3);
        assertThat(reserved).hasValue(100L * MIB);
    }
}
