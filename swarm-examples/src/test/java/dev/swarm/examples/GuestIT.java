package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.SeedOptions;
import dev.swarm.blob.BlobId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TimeZone;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That a node is a guest in its host's process. */
class GuestIT {

    @TempDir
    Path directory;

    /** What belongs to the whole process, and may be set by anybody in it. */
    private record House(
            Properties properties, List<String> providers, List<Object> defaults, Map<String, String> environment) {

        static House look() throws Exception {
            List<Object> defaults = new ArrayList<>(List.of(
                    SSLContext.getDefault(),
                    HttpsURLConnection.getDefaultSSLSocketFactory(),
                    HttpsURLConnection.getDefaultHostnameVerifier(),
                    Locale.getDefault(),
                    TimeZone.getDefault(),
                    System.out,
                    System.err));
            defaults.add(Objects.toString(Thread.getDefaultUncaughtExceptionHandler()));
            return new House(
                    (Properties) System.getProperties().clone(),
                    Arrays.stream(Security.getProviders())
                            .map(Provider::getName)
                            .toList(),
                    defaults,
                    System.getenv());
        }
    }

    @Test
    void nodes_startedUsedAndClosed_leaveTheProcessAsItWas() throws Exception {
        House before = House.look();

        try (Fleet fleet = new Fleet(directory, 2)) {
            Path file = Files.write(directory.resolve("app.bin"), Seeds.content(1, 300_000));
            BlobId blob = fleet.node(0).seed(file, SeedOptions.to("*"));
            fleet.node(1).awaitComplete(blob).get(30, TimeUnit.SECONDS);
            fleet.node(1).rotate(fleet.credentials(1));

            assertThat(House.look()).isEqualTo(before);
        }

        assertThat(House.look()).isEqualTo(before);
    }
}
