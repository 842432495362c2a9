package dev.swarm.transport.nio;

import dev.swarm.transport.Headers;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.Route;
import dev.swarm.transport.Router;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides for one server connection which requests are served. Confined to its event loop. */
final class Admission {

    /**
     * What becomes of a request.
     *
     * @param route where it goes, unless it is refused
     * @param parameters the values in its path
     * @param refusal the answer that refuses it, or null
     * @param isFinal whether the connection ends with the refusal
     */
    record Verdict(
            @Nullable Route route,
            Map<String, String> parameters,
            @Nullable Answer refusal,
            boolean isFinal) {}

    private final Service service;
    private Slots.Grant grant = Slots.Grant.FULL;
    private @Nullable PeerCertificate peer;

    Admission(Service service) {
        this.service = service;
    }

    /** Asks for a place; answers whether there is one. */
    boolean enter(PeerCertificate member) {
        peer = member;
        grant = service.slots().take(member.host());
        return grant == Slots.Grant.OPEN || grant == Slots.Grant.RESERVED;
    }

    /** Gives the place back. */
    void leave() {
        PeerCertificate member = peer;
        if (member != null) {
            service.slots().release(member.host(), grant);
            peer = null;
        }
    }

    /** Judges a request by capacity, membership and route, in this order. */
    Verdict judge(RequestHead head) {
        PeerCertificate member = peer;
        if (grant == Slots.Grant.FULL || member == null) {
            return last(Answer.overCapacity("all connections of this node are taken; try again, or ask another peer"));
        }
        if (grant == Slots.Grant.PEER_FULL) {
            return last(Answer.overCapacity("this identity holds its "
                    + service.config().limits().maxConnectionsPerPeer() + " connections already"));
        }
        if (!service.config().admitted().test(member)) {
            return last(Answer.text(403, member.host() + " is not admitted to this fleet any more"));
        }
        Router.Lookup lookup =
                service.config().router().find(head.method(), head.target().path());
        if (lookup instanceof Router.Found found) {
            return judge(head, found);
        }
        if (lookup instanceof Router.WrongMethod wrong) {
            return refused(
                    Answer.text(405, Headers.of("allow", wrong.allow()), "this path is served for " + wrong.allow()));
        }
        return refused(Answer.text(404, "nothing is served under this path"));
    }

    private Verdict judge(RequestHead head, Router.Found found) {
        Route route = found.route();
        if (head.bodyLength() > route.maxBodyBytes()) {
            return refused(Answer.text(413, "request body is longer than " + route.maxBodyBytes() + " bytes"));
        }
        if (route.kind() != Route.Kind.RESERVED && grant == Slots.Grant.RESERVED && !promote()) {
            return last(Answer.overCapacity(
                    "the connections left are for gossip and health; try again, or ask another peer"));
        }
        if (!service.routes().enter(route)) {
            return refused(Answer.overCapacity(
                    "this path serves " + route.maxConcurrent() + " requests at once, and as many are under way"));
        }
        return new Verdict(route, found.parameters(), null, false);
    }

    /**
     * Whether the connection is on a place for gossip and health, with no other free: it ends after the request at hand, and has
     * little time until then. What one peer kept would be a reserve for that peer alone.
     */
    boolean isForOneRequest() {
        return grant == Slots.Grant.RESERVED && !promote();
    }

    private boolean promote() {
        boolean promoted = service.slots().promote();
        if (promoted) {
            grant = Slots.Grant.OPEN;
        }
        return promoted;
    }

    private static Verdict refused(Answer refusal) {
        return new Verdict(null, Map.of(), refusal, false);
    }

    private static Verdict last(Answer refusal) {
        return new Verdict(null, Map.of(), refusal, true);
    }
}
