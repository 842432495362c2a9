package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class StoreTroublesTest {

    private static final BlobId BLOB = new BlobId(1, 2, 3, 4);
    private static final BlobId OTHER = new BlobId(5, 6, 7, 8);

    private final StoreTroubles troubles = new StoreTroubles();

    @Test
    void level_ofTheSameAgain_isNotAloud() {
        assertThat(troubles.level(BLOB, "read-only")).isEqualTo(Level.WARN);
        assertThat(troubles.level(OTHER, "read-only")).isEqualTo(Level.WARN);
        assertThat(troubles.level(BLOB, "read-only")).isEqualTo(Level.DEBUG);
        assertThat(troubles.level(BLOB, "no such directory")).isEqualTo(Level.WARN);
    }

    @Test
    void level_ofTheSameAfterItWasOver_isAloudAgain() {
        troubles.level(BLOB, "read-only");
        troubles.over(BLOB);

        assertThat(troubles.level(BLOB, "read-only")).isEqualTo(Level.WARN);
    }
}
