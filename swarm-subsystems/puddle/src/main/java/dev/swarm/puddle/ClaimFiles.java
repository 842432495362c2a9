package dev.swarm.puddle;

import dev.swarm.crdt.CanonicalReader;
import dev.swarm.crdt.CanonicalWriter;
import dev.swarm.user.UserId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The claims of each user in a file of its own, {@code <data>/puddle/claims/<id>}. Used by one thread at a time. */
final class ClaimFiles {

    private static final Logger log = LoggerFactory.getLogger(ClaimFiles.class);

    private static final byte[] MAGIC = "swarm-puddle-claims/1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_BYTES = UserClaims.MAX_BYTES + 64 * 1024;
    private static final String UNREADABLE = ".unreadable";

    private final OwnedDirectory directory;

    /** Files under a node's data directory, which is made if it is missing. */
    ClaimFiles(Path data) throws IOException {
        this.directory = new OwnedDirectory(Files.createDirectories(data.resolve(Puddle.NAME)), "claims");
        directory.create();
    }

    void write(UserId user, Collection<SignedClaim> claims) throws IOException {
        CanonicalWriter writer = new CanonicalWriter(MAX_BYTES).putFixed(MAGIC);
        ClaimFrames.writeClaims(writer, claims);
        directory.write(user.hex(), writer.toByteArray(), OwnedDirectory.OWNER_ONLY);
    }

    /** What every file holds, its signatures not verified. A file that cannot be used is set aside and named in the log. */
    List<SignedClaim> readAll() throws IOException {
        List<SignedClaim> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.path(), "*[0-9a-f]")) {
            for (Path file : files) {
                try {
                    all.addAll(read(String.valueOf(file.getFileName())));
                } catch (IllegalArgumentException e) {
                    log.warn("{} cannot be used ({}); it is kept as *{}", file, e.getMessage(), UNREADABLE);
                    Files.move(file, Path.of(file + UNREADABLE), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
        return all;
    }

    private List<SignedClaim> read(String name) throws IOException {
        byte[] bytes = directory.read(name, MAX_BYTES);
        CanonicalReader reader = new CanonicalReader(bytes == null ? new byte[0] : bytes);
        if (!Arrays.equals(reader.readFixed(MAGIC.length), MAGIC)) {
            throw new IllegalArgumentException("it is no file of claims of a version that is known here");
        }
        List<SignedClaim> claims = ClaimFrames.readClaims(reader);
        reader.expectEnd();
        return claims;
    }
}
