package dev.swarm.driver;

import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerView;
import dev.swarm.trait.JsonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The peers that proved themselves, as they outlive a restart. */
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
                    json.writeEndObject();
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /**
     * The addresses in a file.
     *
     * @throws IllegalArgumentException if it is not such a file
     */
    static List<PeerAddress> read(String text) {
        List<PeerAddress> addresses = new ArrayList<>();
        if (JsonText.readObject(text).get("peers") instanceof List<?> list) {
            for (Object element : list) {
                if (element instanceof Map<?, ?> peer && peer.get("address") instanceof String address) {
                    addresses.add(PeerAddress.parse(address));
                }
            }
        }
        return addresses;
    }
}
