package dev.swarm.examples.admin;

import dev.swarm.SwarmException;
import dev.swarm.blob.BlobId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which answer belongs to which request. Safe for many threads. */
final class AdminRoutes {

    /** Where the page is. */
    static final String PAGE = "/payload";

    /** The request field with the token. A page of another origin cannot send it without being asked about first. */
    static final String TOKEN_FIELD = "X-Swarm-Token";

    private static final Set<String> READING = Set.of("GET", "HEAD");
    private static final Pattern PAGES = Pattern.compile(PAGE + "(/|/[0-9a-f]{64})?");
    private static final Pattern SEED = Pattern.compile("/api/seeds/([0-9a-f]{64})");
    private static final Pattern REVOKE = Pattern.compile("/api/seeds/([0-9a-f]{64})/revoke");

    private final AdminDocuments documents;
    private final Consumer<BlobId> revoke;
    private final AdminToken token;
    private final PageFiles files;

    AdminRoutes(AdminDocuments documents, Consumer<BlobId> revoke, AdminToken token, PageFiles files) {
        this.documents = documents;
        this.revoke = revoke;
        this.token = token;
        this.files = files;
    }

    /**
     * Answers a request. May block on the node and on its peers.
     *
     * @param path as it was sent; escapes in it match nothing
     * @param givenToken the token field, null if there is none
     */
    Answer answer(String method, String path, @Nullable String givenToken) {
        try {
            Matcher revoking = REVOKE.matcher(path);
            if (revoking.matches()) {
                return method.equals("POST")
                        ? revoke(BlobId.parse(revoking.group(1)), givenToken)
                        : failure(405, "a blob is revoked by POST");
            }
            if (!READING.contains(method)) {
                return failure(405, "this is only read, by GET or HEAD");
            }
            Answer answer = read(path);
            return answer == null ? failure(404, "there is nothing at this path; the page is at " + PAGE) : answer;
        } catch (SwarmException e) {
            return failure(statusOf(e.reason()), String.valueOf(e.getMessage()));
        }
    }

    private @Nullable Answer read(String path) {
        Matcher seed = SEED.matcher(path);
        if (seed.matches()) {
            return Answer.json(200, documents.seed(BlobId.parse(seed.group(1))));
        }
        if (PAGES.matcher(path).matches()) {
            return files.find("page.html");
        }
        return switch (path) {
            case "/" -> Answer.text(302, "the page is at " + PAGE + "\n");
            case "/api/status" -> Answer.json(200, documents.status());
            case "/api/seeds" -> Answer.json(200, documents.seeds());
            case "/api/peers" -> Answer.json(200, documents.peers());
            case "/api/health" -> Answer.json(200, documents.health());
            case "/metrics" -> Answer.text(200, NodeMetrics.TYPE, documents.metrics());
            case "/health/live" -> documents.live();
            case "/health/ready" -> documents.ready();
            default -> path.startsWith("/assets/") ? files.find(path.substring("/assets/".length())) : null;
        };
    }

    private Answer revoke(BlobId blob, @Nullable String givenToken) {
        if (!token.matches(givenToken)) {
            return failure(403, "a change needs the token of admin.token in the node's directory, in " + TOKEN_FIELD);
        }
        revoke.accept(blob);
        return Answer.json(200, documents.revoked(blob));
    }

    private static int statusOf(SwarmException.Reason reason) {
        return switch (reason) {
            case NOT_FOUND -> 404;
            case FORBIDDEN -> 403;
            default -> 500;
        };
    }

    private static Answer failure(int status, String why) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("error", why);
        return Answer.json(status, document);
    }
}
