package dev.swarm.examples.admin;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.swarm.SwarmNode;
import dev.swarm.examples.doctor.NodeReport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin port of a running node: plain HTTP for the people of the machine it runs on, or for those whom a network or a proxy
 * lets in. Everyone who reaches it may read; what changes something needs the token in the node's directory. Safe for many threads.
 */
public final class AdminServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AdminServer.class);

    private static final String CONTENT_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
                    + " img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

    /** A few people and a monitoring system; a reader that dawdles holds one of them. */
    private static final int MAX_THREADS = 8;

    private static final int MAX_WAITING = 128;

    private final HttpServer server;
    private final ExecutorService threads;
    private final HostNames names;
    private final AdminRoutes routes;

    private AdminServer(HttpServer server, HostNames names, AdminRoutes routes) {
        this.server = server;
        this.names = names;
        this.routes = routes;
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                MAX_THREADS,
                MAX_THREADS,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_WAITING),
                AdminServer::daemon);
        pool.allowCoreThreadTimeOut(true);
        this.threads = pool;
    }

    /**
     * Starts to answer, and keeps the token for changes in {@code admin.token} in the node's directory, where the one of an
     * earlier run counts on.
     *
     * @param node what is shown; the caller keeps it
     * @param settings how it was set up, for its health
     * @param address where to listen; port 0 for any
     * @param hostNames names by which the port may be called beside its address and loopback's
     * @throws IOException if the address is taken or the token cannot be written
     */
    public static AdminServer start(
            SwarmNode node, NodeReport.Settings settings, InetSocketAddress address, Collection<String> hostNames)
            throws IOException {
        AdminToken token = AdminToken.of(node.dataDirectory().resolve("admin.token"));
        AdminRoutes routes = new AdminRoutes(new AdminDocuments(node, settings), node::revoke, token, new PageFiles());
        HttpServer server;
        try {
            server = HttpServer.create(address, MAX_WAITING);
        } catch (IOException e) {
            throw new IOException(
                    "cannot listen on " + HostNames.literal(address.getAddress()) + ":" + address.getPort()
                            + " for --admin: " + e.getMessage() + "; choose another address or port",
                    e);
        }
        AdminServer admin = new AdminServer(server, new HostNames(server.getAddress(), hostNames), routes);
        server.setExecutor(admin.threads);
        server.createContext("/", admin::serve);
        server.start();
        log.info("admin page at {}payload, called by {}", admin.url(), admin.names);
        return admin;
    }

    /** Where it listens, with the port that was given by the system if 0 was asked for. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** Its root, as {@code http://127.0.0.1:8080/}. */
    public String url() {
        return "http://" + HostNames.literal(address().getAddress()) + ":"
                + address().getPort() + "/";
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "swarm-admin");
        thread.setDaemon(true);
        return thread;
    }

    private void serve(HttpExchange exchange) {
        try (exchange) {
            send(exchange, answer(exchange));
        } catch (IOException e) {
            log.debug("an answer of the admin port was not sent: {}", e.toString());
        }
    }

    private Answer answer(HttpExchange exchange) {
        if (!names.allow(exchange.getRequestHeaders().get("Host"))) {
            return Answer.text(
                    421, "this port is called by " + names + "; give other names to swarm node by --admin-name\n");
        }
        try {
            return routes.answer(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getRawPath(),
                    exchange.getRequestHeaders().getFirst(AdminRoutes.TOKEN_FIELD));
        } catch (RuntimeException e) {
            log.warn("admin request {} failed", exchange.getRequestURI().getRawPath(), e);
            return Answer.text(500, "the node could not answer; its log says why\n");
        }
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        Headers fields = exchange.getResponseHeaders();
        fields.set("Content-Type", answer.type());
        fields.set("Cache-Control", answer.cacheControl());
        fields.set("Content-Security-Policy", CONTENT_POLICY);
        fields.set("X-Content-Type-Options", "nosniff");
        fields.set("Referrer-Policy", "no-referrer");
        fields.set("Cross-Origin-Resource-Policy", "same-origin");
        fields.set("Cross-Origin-Opener-Policy", "same-origin");
        if (answer.status() == 405) {
            fields.set("Allow", "GET, HEAD");
        }
        if (answer.status() == 302) {
            fields.set("Location", AdminRoutes.PAGE);
        }
        boolean bodiless = exchange.getRequestMethod().equals("HEAD");
        if (bodiless) {
            fields.set("Content-Length", String.valueOf(answer.length()));
        }
        exchange.sendResponseHeaders(answer.status(), bodiless || answer.length() == 0 ? -1 : answer.length());
        if (!bodiless) {
            answer.writeTo(exchange.getResponseBody());
        }
    }
}
