package dev.swarm.sim;

import dev.swarm.peer.PeerAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to each address of a fleet. Every message looks some up, so those of a fleet, which differ in the last bits of their
 * IPv4 address, are found by these; all others in a map.
 */
final class ByAddress<T> {

    /** Addresses from 10.0.0.0 to 10.1.255.255. */
    private static final int PLACES = 1 << 17;

    private @Nullable PeerAddress[] addresses = new PeerAddress[0];
    private @Nullable Object[] values = new Object[0];
    private final Map<PeerAddress, T> all = new HashMap<>();

    void put(PeerAddress address, T value) {
        all.put(address, value);
        int place = placeOf(address);
        if (place >= addresses.length) {
            int length = Math.min(PLACES, Math.max(place + 1, 2 * addresses.length));
            addresses = Arrays.copyOf(addresses, length);
            values = Arrays.copyOf(values, length);
        }
        addresses[place] = address;
        values[place] = value;
    }

    @Nullable
    T get(PeerAddress address) {
        int place = placeOf(address);
        if (place < addresses.length && address.equals(addresses[place])) {
            @SuppressWarnings("unchecked")
            T value = (T) values[place];
            return value;
        }
        return all.get(address);
    }

    Iterable<T> values() {
        return all.values();
    }

    private static int placeOf(PeerAddress address) {
        return address.ip().hashCode() & (PLACES - 1);
    }
}
