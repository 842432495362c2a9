package dev.swarm.driver;

import dev.swarm.Ticker;
import dev.swarm.peer.PeerId;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Other machines that go by this node's name, as the copy of a virtual machine does, or who was given a certificate for the same name.
 * Peers take both for one, so that what one publishes is overruled by the other. Safe for many threads.
 */
final class Namesakes {

    /** More at a time are passed over. */
    private static final int MOST = 8;

    /** From the first sign to one that counts: this machine may just have given up an address, or a certificate. */
    private static final long SURE_NANOS = 10_000_000_000L;

    /** Who gave no sign for so long has another name by now. */
    private static final long FRESH_NANOS = 600_000_000_000L;

    private static final Logger log = LoggerFactory.getLogger(Namesakes.class);

    private final PeerId self;
    private final Ticker ticker;
    private final Set<X509Certificate> own = new CopyOnWriteArraySet<>();
    private final Map<String, Sight> sights = new HashMap<>();

    private static final class Sight {
        private final long first;
        private long last;
        private boolean sure;

        Sight(long first) {
            this.first = first;
            this.last = first;
        }
    }

    Namesakes(PeerId self, Ticker ticker) {
        this.self = self;
        this.ticker = ticker;
    }

    /** This node shows a certificate from here on. */
    void showing(X509Certificate certificate) {
        own.add(certificate);
    }

    /** Somebody answered who goes by a name; his certificate tells whether it was this node itself, by another address. */
    void answered(Object where, PeerId name, X509Certificate certificate) {
        if (name.equals(self) && !own.contains(certificate)) {
            seen(where.toString());
        }
    }

    /** One of another address than this machine's announced itself by this node's name. */
    void seen(String where) {
        synchronized (sights) {
            long now = ticker.nanoTime();
            forgetOld(now);
            if (sights.size() >= MOST && !sights.containsKey(where)) {
                return;
            }
            Sight sight = sights.computeIfAbsent(where, address -> new Sight(now));
            sight.last = now;
            if (!sight.sure && now - sight.first >= SURE_NANOS) {
                sight.sure = true;
                log.warn(
                        "{} calls itself {} as this node does; give one of the two a certificate with a name of its own, or stop it",
                        where,
                        self);
            }
        }
    }

    /** Where they are. */
    List<String> present() {
        synchronized (sights) {
            forgetOld(ticker.nanoTime());
            List<String> present = new ArrayList<>();
            sights.forEach((where, sight) -> {
                if (sight.sure) {
                    present.add(where);
                }
            });
            present.sort(null);
            return present;
        }
    }

    private void forgetOld(long now) {
        sights.values().removeIf(sight -> now - sight.last >= FRESH_NANOS);
    }
}
