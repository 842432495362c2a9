package dev.swarm.lockbox;

import dev.swarm.SwarmException;
import dev.swarm.lockbox.age.AgeIdentity;
import dev.swarm.user.UserIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This machine's own key for one user's lockbox: on disk encrypted to the user's passphrase, in memory while the user's identity is
 * unlocked. Each machine has another, so that one that is stolen opens none of the others' copies of the key. Confined to the
 * plugin's turn.
 */
final class NodeKey implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(NodeKey.class);

    /** The attribute by which a machine tells the others whom to encrypt to. */
    static final String ATTRIBUTE = "lockbox.recipient";

    private static final String FILE = "age.key";
    private static final String PURPOSE = "lockbox-age-key";

    private final Path directory;
    private final Path file;
    private final RandomGenerator random;
    private @Nullable AgeIdentity key;

    NodeKey(Path stateDirectory, RandomGenerator random) {
        this.directory = stateDirectory;
        this.file = stateDirectory.resolve(FILE);
        this.random = random;
    }

    /** Follows the identity: opens or makes the key when it is unlocked, wipes it when it is locked. */
    void follow(UserIdentity identity) throws IOException {
        if (!identity.unlocked()) {
            close();
            return;
        }
        try {
            AgeIdentity mine = key;
            if (mine == null) {
                mine = Files.exists(file) ? openOrReplace(identity) : make(identity);
                key = mine;
            }
            identity.announce(ATTRIBUTE, mine.recipient().text());
        } catch (SwarmException e) {
            if (e.reason() != SwarmException.Reason.LOCKED) {
                throw e;
            }
            close();
        }
    }

    /** The key; null while the identity is locked. Valid until this plugin's next turn. */
    @Nullable
    AgeIdentity inMemory() {
        return key;
    }

    /** Wipes the key in memory. */
    @Override
    public void close() {
        if (key != null) {
            key.close();
            key = null;
        }
    }

    /** A machine that left and joined again has another secret of its own, and cannot open what it sealed before. */
    private AgeIdentity openOrReplace(UserIdentity identity) throws IOException {
        try {
            return open(identity);
        } catch (SwarmException e) {
            if (e.reason() != SwarmException.Reason.CORRUPT) {
                throw e;
            }
            Path aside = file.resolveSibling(FILE + ".unopened-" + Long.toHexString(random.nextLong()));
            Files.move(file, aside);
            log.warn("the lockbox key of {} does not open; it is set aside as {}", identity.user(), aside, e);
            return make(identity);
        }
    }

    private AgeIdentity open(UserIdentity identity) throws IOException {
        byte[] opened = identity.open(PURPOSE, Files.readAllBytes(file));
        char[] text = new char[opened.length];
        try {
            for (int i = 0; i < text.length; i++) {
                text[i] = (char) (opened[i] & 0xFF);
            }
            return AgeIdentity.parse(text);
        } finally {
            Arrays.fill(opened, (byte) 0);
            Arrays.fill(text, '\0');
        }
    }

    private AgeIdentity make(UserIdentity identity) throws IOException {
        AgeIdentity made = AgeIdentity.generate(random);
        char[] text = made.text();
        byte[] bytes = new byte[text.length];
        StandardCharsets.US_ASCII.newEncoder().encode(CharBuffer.wrap(text), ByteBuffer.wrap(bytes), true);
        try {
            PrivateFiles.createDirectories(directory);
            PrivateFiles.write(file, identity.seal(PURPOSE, bytes));
            return made;
        } finally {
            Arrays.fill(bytes, (byte) 0);
            Arrays.fill(text, '\0');
        }
    }
}
