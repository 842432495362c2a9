package dev.swarm.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SwarmException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DiskGateTest {

    private static final Path HERE = Path.of("/data");

    private long usable = 500;
    private final DiskGate gate = DiskGate.of(directory -> new DiskGate.Space("disk", 1_000, usable), 10);

    @Test
    void reserve_enoughRoom_isGranted() throws IOException {
        try (DiskGate.Reservation reservation = gate.reserve(HERE, 300, 0)) {
            reservation.check();
            assertThat(gate.measure(HERE).usableBytes()).isEqualTo(200);
        }
        assertThat(gate.measure(HERE).usableBytes()).isEqualTo(500);
    }

    @Test
    void reserve_tenPercentFree_isRefused() {
        usable = 100;

        assertThatThrownBy(() -> gate.reserve(HERE, 1, 0))
                .isInstanceOfSatisfying(SwarmException.class, refused -> assertThat(refused.reason())
                        .isEqualTo(SwarmException.Reason.DISK_PRESSURE))
                .hasMessageContaining("10");
    }

    @Test
    void reserve_nothingAtTheMark_isRefused() throws IOException {
        usable = 101;
        gate.reserve(HERE, 0, 0).close();
        usable = 100;

        assertThat(gate.measure(HERE).open()).isFalse();
        assertThatThrownBy(() -> gate.reserve(HERE, 0, 0)).isInstanceOf(SwarmException.class);
    }

    @Test
    void reserve_moreThanLeavesTenPercentFree_isRefused() throws IOException {
        gate.reserve(HERE, 399, 0).close();

        assertThatThrownBy(() -> gate.reserve(HERE, 400, 0)).hasMessageContaining("after 400");
    }

    @Test
    void reserve_headroomMissing_isRefused() {
        assertThatThrownBy(() -> gate.reserve(HERE, 100, 450)).isInstanceOf(SwarmException.class);
    }

    @Test
    void reserve_promisesOfOthers_countAsUsed() throws IOException {
        try (DiskGate.Reservation first = gate.reserve(HERE, 350, 0)) {
            first.written(0);
            assertThatThrownBy(() -> gate.reserve(HERE, 200, 0)).isInstanceOf(SwarmException.class);
        }
    }

    @Test
    void written_bytes_areNotCountedTwice() throws IOException {
        try (DiskGate.Reservation reservation = gate.reserve(HERE, 300, 0)) {
            usable = 300;
            reservation.written(200);

            assertThat(gate.measure(HERE).usableBytes()).isEqualTo(200);
        }
    }
}
