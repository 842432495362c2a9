package dev.swarm.lockbox;

import dev.swarm.lockbox.age.Recipient;
import dev.swarm.lockbox.set.FileEntry;
import dev.swarm.lockbox.vault.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;

/** Short names for sets of recipients, the same on every machine. Stateless. */
final class Generations {

    private static final String DOMAIN = "lockbox-recipients";

    private Generations() {}

    static String of(Set<Recipient> recipients) {
        StringBuilder all = new StringBuilder(DOMAIN);
        new TreeSet<>(recipients).forEach(each -> all.append('\n').append(each.text()));
        byte[] digest = Sha256.start().digest(all.toString().getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().formatHex(digest, 0, FileEntry.Content.UNKNOWN_GENERATION.length() / 2);
    }
}
