package dev.swarm.driver;

import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import dev.swarm.peer.PeerView;
import dev.swarm.trait.JsonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The peers that proved themselves, and which of them are banned, as they outlive a restart. */
final class PeersJson {

    private PeersJson() {}

    static String write(List<PeerView> peers, long epochMillis) {
        return JsonText.write(json -> {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeArrayFieldStart("peers");
            for (PeerView peer : peers) {
                PeerId id = peer.id();
                if (id != null) {
                    json.writeStartObject();
                    json.writeStringField("address", peer.address().toString());
                    json.writeStringField("host", id.host());
                    json.writeNumberField("blobs", peer.claimedBlobs());
                    json.writeNumberField("last_seen_ms", epochMillis - peer.quietNanos() / 1_000_000);
                    json.writeNumberField("trust", peer.trust());
                    if (peer.bannedNanos() > 0) {
                        json.writeNumberField("banned_until_ms", epochMillis + peer.bannedNanos() / 1_000_000);
                    }
                    json.writeEndObject();
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /**
     * A peer of an earlier run.
     *
     * @param address where it listened
     * @param banned its name, if it is to be left alone; null otherwise
     * @param bannedUntil until when, milliseconds since the epoch
     */
    record Known(PeerAddress address, @Nullable PeerId banned, long bannedUntil) {

        /** For how many nanoseconds from now on it is to be left alone: not for longer than a ban lasts, whatever the clocks said. */
        long bannedNanos(long epochMillis) {
            long most = PeerMap.BAN_NANOS / 1_000_000;
            return banned == null || bannedUntil <= epochMillis
                    ? 0
                    : Math.min(most, bannedUntil - epochMillis) * 1_000_000;
        }
    }

    /**
     * The peers in a file. What is said of a ban and cannot be used is passed over.
     *
     * @throws IllegalArgumentException if it is not such a file
     */
    static List<Known> read(String text) {
        List<Known> known = new ArrayList<>();
        if (JsonText.readObject(text).get("peers") instanceof List<?> list) {
            for (Object element : list) {
                if (element instanceof Map<?, ?> peer && peer.get("address") instanceof String address) {
                    known.add(known(PeerAddress.parse(address), peer));
                }
            }
        }
        return known;
    }

    private static Known known(PeerAddress address, Map<?, ?> peer) {
        if (peer.get("banned_until_ms") instanceof Long until && until > 0 && peer.get("host") instanceof String host) {
            try {
                return new Known(address, new PeerId(host), until);
            } catch (IllegalArgumentException e) {
                return new Known(address, null, 0);
            }
        }
        return new Known(address, null, 0);
    }
}
