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

/** The format of the file of peers: those that proved themselves, now or in an earlier run, and which of them are banned. */
final class PeersJson {

    private PeersJson() {}

    /**
     * The text of a file.
     *
     * @param peers what is known in this run, of which those are written that have a name
     * @param earlier what an earlier run knew, with which nothing was proved in this one
     */
    static String write(List<PeerView> peers, List<Known> earlier, long epochMillis) {
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
            for (Known peer : earlier) {
                PeerId host = peer.host();
                json.writeStartObject();
                json.writeStringField("address", peer.address().toString());
                json.writeStringField("host", host == null ? "" : host.host());
                json.writeNumberField("blobs", 0);
                json.writeNumberField("last_seen_ms", peer.lastSeen());
                json.writeNumberField("trust", 0);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /**
     * A peer of an earlier run.
     *
     * @param address where it listened
     * @param host its name; null if the file has none that can be used
     * @param lastSeen when it was last heard of, milliseconds since the epoch by the clock of that time; 0 if that is not known
     * @param bannedUntil until when it is to be left alone, milliseconds since the epoch; 0 if it is not
     */
    record Known(PeerAddress address, @Nullable PeerId host, long lastSeen, long bannedUntil) {

        /** For how many nanoseconds from now on it is to be left alone: not for longer than a ban lasts, whatever the clocks said. */
        long bannedNanos(long epochMillis) {
            long most = PeerMap.BAN_NANOS / 1_000_000;
            return bannedUntil <= epochMillis ? 0 : Math.min(most, bannedUntil - epochMillis) * 1_000_000;
        }
    }

    /**
     * The peers in a file. What is said of one beside its address, and cannot be used, is passed over.
     *
     * @throws IllegalArgumentException if it is not such a file
     */
    static List<Known> read(String text) {
        List<Known> known = new ArrayList<>();
        if (JsonText.readObject(text).get("peers") instanceof List<?> list) {
            for (Object element : list) {
                if (element instanceof Map<?, ?> peer && peer.get("address") instanceof String address) {
                    PeerId host = host(peer.get("host"));
                    long bannedUntil = host == null ? 0 : time(peer.get("banned_until_ms"));
                    known.add(new Known(PeerAddress.parse(address), host, time(peer.get("last_seen_ms")), bannedUntil));
                }
            }
        }
        return known;
    }

    private static @Nullable PeerId host(@Nullable Object said) {
        try {
            return said instanceof String host ? new PeerId(host) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static long time(@Nullable Object said) {
        return said instanceof Long time ? Math.max(0, time) : 0;
    }
}
