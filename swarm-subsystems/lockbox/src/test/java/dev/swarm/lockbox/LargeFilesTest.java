package dev.swarm.lockbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LargeFilesTest extends TwoMachines {

    @ParameterizedTest(name = "receiver restarts: {0}")
    @ValueSource(booleans = {false, true})
    void aLargeFileThatBreaksOff_goesOnWhereItBroke(boolean restart) throws IOException {
        byte[] large = new byte[32 << 20];
        new SplittableRandom(1).nextBytes(large);
        Files.createDirectories(file(a, ""));
        Files.write(file(a, "large"), large);
        fleet.bytesUntilCut = large.length * 6L / 10;
        fleet.run(40);
        assertThat(fleet.away).containsExactly(hostB);
        assertThat(filesIn(b)).noneMatch(path -> path.endsWith(".age"));

        if (restart) {
            b.plugin.close();
            b.plugin.start(b);
        }
        fleet.bytesUntilCut = Long.MAX_VALUE;
        fleet.away.clear();
        fleet.run(80);

        assertThat(file(b, "large.age")).hasSameBinaryContentAs(file(a, "large.age"));
        assertThat(filesIn(b)).containsExactly("large.age");
        assertThat(fleet.bytesSent).isBetween((long) large.length, large.length + 1_000_000L);
    }

    @Test
    void aLargeFileThatIsAlteredOnTheWay_isRefusedAndCountedAndSentAgain() throws IOException {
        drop(a, "large", "x".repeat(20_000_000));
        fleet.onTheWay = body -> {
            if (body.length > 3_000_000) {
                body[1_000_000] ^= 1;
                fleet.onTheWay = UnaryOperator.identity();
            }
            return body;
        };
        fleet.run(40);
        assertThat(b.trait()).contains("\"altered\":1");
        assertThat(filesIn(b)).doesNotContain("large.age");

        fleet.run(80);

        assertThat(file(b, "large.age")).hasSameBinaryContentAs(file(a, "large.age"));
        assertThat(b.trait()).contains("\"altered\":1");
    }

    @Test
    void smallFiles_doNotWaitBehindALargeOne() throws IOException {
        drop(a, "large", "x".repeat(30_000_000));
        drop(a, "small", "y");
        fleet.bytesUntilCut = 12_000_000;
        fleet.run(40);

        assertThat(filesIn(b)).contains("small.age").doesNotContain("large.age");
    }
}
