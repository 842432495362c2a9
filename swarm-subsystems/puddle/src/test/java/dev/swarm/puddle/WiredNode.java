package dev.swarm.puddle;

import dev.swarm.Ticker;
import dev.swarm.manifest.MemberStatements;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.subsystem.SubsystemContext;
import dev.swarm.transport.Answer;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.MemberCertificates;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.Request;
import dev.swarm.transport.Route;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** A node whose requests reach another one's routes without a network, every body being recorded. */
final class WiredNode {

    /** Where every node seems to listen; a port for each. */
    private static final Map<Integer, WiredNode> WIRE = new HashMap<>();

    /** What travelled, in order. */
    final List<byte[]> recorded = new ArrayList<>();

    final AtomicLong nanos = new AtomicLong();

    /** Whom this node knows. */
    final List<WiredNode> peers = new ArrayList<>();

    private final Map<String, Route> routes = new HashMap<>();
    private final NodeCredentials credentials;
    private final int port;
    private final SubsystemContext context;

    WiredNode(NodeCredentials credentials, int port) {
        this.credentials = credentials;
        this.port = port;
        this.context = proxy(SubsystemContext.class, this::call);
        WIRE.put(port, this);
    }

    SubsystemContext context() {
        return context;
    }

    PeerId id() {
        return MemberCertificates.read(credentials.certificate()).host();
    }

    PeerAddress address() {
        return new PeerAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Asks as this node. */
    Answer ask(PeerAddress to, Request request) {
        WiredNode server = Objects.requireNonNull(WIRE.get(to.port()));
        byte[] body = ClaimSync.bytes(request.body());
        recorded.add(body);
        Answer[] answer = new Answer[1];
        Exchange exchange = proxy(Exchange.class, (name, arguments) -> switch (name) {
            case "peer" -> MemberCertificates.read(credentials.certificate());
            case "body" -> ByteBuffer.wrap(body);
            case "respond" -> {
                ByteBuffer content = (ByteBuffer) arguments[2];
                recorded.add(ClaimSync.bytes(content));
                answer[0] = new Answer(
                        (int) arguments[0],
                        (Headers) arguments[1],
                        MemberCertificates.read(server.credentials.certificate()),
                        content);
                yield true;
            }
            default -> throw new AssertionError(name);
        });
        Objects.requireNonNull(server.routes.get(request.target())).handler().handle(exchange);
        return answer[0];
    }

    private Object call(String name, Object[] arguments) {
        return switch (name) {
            case "self" -> id();
            case "ticker" -> (Ticker) nanos::get;
            case "wallClock" -> InstantSource.system();
            case "statements" -> MemberStatements.of(credentials, certificate -> false);
            case "serve" -> {
                Route route = (Route) arguments[0];
                routes.put(route.pattern(), route);
                yield true;
            }
            case "peers" -> peers.stream().map(WiredNode::address).toList();
            case "addressesOf" -> List.of();
            case "execute" -> {
                ((Runnable) arguments[0]).run();
                yield true;
            }
            case "ask" -> CompletableFuture.completedFuture(ask((PeerAddress) arguments[0], (Request) arguments[1]));
            default -> throw new AssertionError(name);
        };
    }

    private interface Calls {

        Object on(String name, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Calls calls) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    Object result = calls.on(method.getName(), arguments);
                    return method.getReturnType() == void.class ? null : result;
                }));
    }
}
