package dev.swarm.transport;

import dev.swarm.SystemAdapters;
import dev.swarm.Ticker;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a transport is opened with. Immutable. */
public final class TransportConfig {

    private final InetSocketAddress listen;
    private final NodeCredentials credentials;
    private final Function<X509Certificate, PeerCertificate> memberCheck;
    private final Predicate<PeerCertificate> admitted;
    private final Router router;
    private final Ticker ticker;
    private final InstantSource wallClock;
    private final ThreadFactory threads;
    private final Executor workers;
    private final Executor handlers;
    private final TransportLimits limits;

    private TransportConfig(Builder builder) {
        this.listen = Objects.requireNonNull(builder.listen, "listen");
        this.credentials = Objects.requireNonNull(builder.credentials, "credentials");
        this.memberCheck = Objects.requireNonNull(builder.memberCheck, "memberCheck");
        this.admitted = Objects.requireNonNull(builder.admitted, "admitted");
        this.router = Objects.requireNonNull(builder.router, "router");
        this.ticker = Objects.requireNonNull(builder.ticker, "ticker");
        this.wallClock = builder.wallClock;
        this.threads = Objects.requireNonNull(builder.threads, "threads");
        this.workers = Objects.requireNonNull(builder.workers, "workers");
        this.handlers = builder.handlers == null ? workers : builder.handlers;
        this.limits = builder.limits;
    }

    /** A builder with default limits and nothing else set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Where to listen, and from where to connect to others unless it stands for all addresses; port 0 lets the system choose. */
    public InetSocketAddress listen() {
        return listen;
    }

    /** What to prove oneself with. */
    public NodeCredentials credentials() {
        return credentials;
    }

    /**
     * Reads host and roles out of a certificate whose chain has been verified. Throws {@link dev.swarm.SwarmException} with
     * reason IDENTITY, naming what is missing, if it does not make its holder a member. Called during handshakes.
     */
    public Function<X509Certificate, PeerCertificate> memberCheck() {
        return memberCheck;
    }

    /** Asked before each request is served and before each is sent, as resumed sessions check nothing again. Must not block. */
    public Predicate<PeerCertificate> admitted() {
        return admitted;
    }

    /** Finds the handler of a request. */
    public Router router() {
        return router;
    }

    /** Time for deadlines. */
    public Ticker ticker() {
        return ticker;
    }

    /** Time for the {@code Date} field of answers. */
    public InstantSource wallClock() {
        return wallClock;
    }

    /** Makes the transport's own threads. */
    public ThreadFactory threads() {
        return threads;
    }

    /** Runs handlers, content reads and TLS computations. The caller keeps it and shuts it down after the transport. */
    public Executor workers() {
        return workers;
    }

    /**
     * Runs the handlers of routes that may block for long. A full one rejects, which the peer sees as 503. The caller keeps it
     * and shuts it down after the transport.
     */
    public Executor handlers() {
        return handlers;
    }

    /** Bounds on what a peer may make this node hold. */
    public TransportLimits limits() {
        return limits;
    }

    /** Collects the parts. Not safe for many threads. */
    public static final class Builder {
        private @Nullable InetSocketAddress listen;
        private @Nullable NodeCredentials credentials;
        private @Nullable Function<X509Certificate, PeerCertificate> memberCheck;
        private @Nullable Predicate<PeerCertificate> admitted;
        private @Nullable Router router;
        private @Nullable Ticker ticker;
        private InstantSource wallClock = SystemAdapters.wallClock();
        private @Nullable ThreadFactory threads;
        private @Nullable Executor workers;
        private @Nullable Executor handlers;
        private TransportLimits limits = TransportLimits.builder().build();

        private Builder() {}

        /** Sets where to listen. */
        public Builder listen(InetSocketAddress value) {
            this.listen = value;
            return this;
        }

        /** Sets what to prove oneself with. */
        public Builder credentials(NodeCredentials value) {
            this.credentials = value;
            return this;
        }

        /** Sets how a verified certificate is read. */
        public Builder memberCheck(Function<X509Certificate, PeerCertificate> value) {
            this.memberCheck = value;
            return this;
        }

        /** Sets who is let in, asked per request. */
        public Builder admitted(Predicate<PeerCertificate> value) {
            this.admitted = value;
            return this;
        }

        /** Sets the routes. */
        public Builder router(Router value) {
            this.router = value;
            return this;
        }

        /** Sets the time source. */
        public Builder ticker(Ticker value) {
            this.ticker = value;
            return this;
        }

        /** Sets the wall clock; the machine's unless set. */
        public Builder wallClock(InstantSource value) {
            this.wallClock = Objects.requireNonNull(value, "wallClock");
            return this;
        }

        /** Sets the maker of the transport's own threads. */
        public Builder threads(ThreadFactory value) {
            this.threads = value;
            return this;
        }

        /** Sets the runner of what may block or compute for long. */
        public Builder workers(Executor value) {
            this.workers = value;
            return this;
        }

        /** Sets the runner of blocking handlers; the workers unless set. */
        public Builder handlers(Executor value) {
            this.handlers = value;
            return this;
        }

        /** Sets the bounds. */
        public Builder limits(TransportLimits value) {
            this.limits = Objects.requireNonNull(value, "limits");
            return this;
        }

        /** Builds; every part without a default has to be set. */
        public TransportConfig build() {
            return new TransportConfig(this);
        }
    }
}
