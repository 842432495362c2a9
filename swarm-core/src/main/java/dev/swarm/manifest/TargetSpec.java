package dev.swarm.manifest;

import dev.swarm.peer.PeerId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes a blob is for. Immutable.
 *
 * <p>A comma-separated list of terms. A term is a host name, a glob over host names ({@code *.web.*}, {@code db-0?}) or a
 * trait filter ({@code os.distro=ubuntu}, {@code dmi.product_name=PowerEdge*}); a leading {@code -} makes it an exclusion.
 * A node matches if any term matches that is no exclusion, and no exclusion does. A list of nothing but exclusions stands
 * for all other nodes. Host names are compared without regard to case, traits with.
 */
public final class TargetSpec {

    /** Every node. */
    public static final TargetSpec ALL = parse("*");

    /** Longest specification, in bytes of UTF-8; it travels in every entry. */
    public static final int MAX_BYTES = 4096;

    /** Most terms: what a node tries for every entry, each time its traits change. */
    public static final int MAX_TERMS = 256;

    private final String text;
    private final List<Term> included;
    private final List<Term> excluded;

    private TargetSpec(String text, List<Term> included, List<Term> excluded) {
        this.text = text;
        this.included = List.copyOf(included);
        this.excluded = List.copyOf(excluded);
    }

    /**
     * Reads a specification. Blanks around terms do not count.
     *
     * @throws IllegalArgumentException if {@code text} is empty, over its bounds, or a term is not of a known form; the
     *     message shows the text and the remedy
     */
    public static TargetSpec parse(String text) {
        String stripped = text.strip();
        checkText(stripped);
        String[] parts = stripped.split(",", -1);
        if (parts.length > MAX_TERMS) {
            throw new IllegalArgumentException("target " + Quoted.of(text) + " has " + parts.length + " terms, limit "
                    + MAX_TERMS + "; use globs or traits");
        }
        List<Term> included = new ArrayList<>();
        List<Term> excluded = new ArrayList<>();
        for (String part : parts) {
            String term = part.strip();
            if (term.startsWith("-")) {
                excluded.add(parseTerm(term.substring(1).strip(), stripped));
            } else {
                included.add(parseTerm(term, stripped));
            }
        }
        return new TargetSpec(stripped, included, excluded);
    }

    /**
     * Whether a node is meant.
     *
     * @param host its name
     * @param traits what it reports of itself, as flat names to values
     */
    public boolean matches(PeerId host, Map<String, String> traits) {
        for (Term term : excluded) {
            if (term.matches(host, traits)) {
                return false;
            }
        }
        for (Term term : included) {
            if (term.matches(host, traits)) {
                return true;
            }
        }
        return included.isEmpty();
    }

    /**
     * The specification of just the nodes that are meant by this one or by another.
     *
     * <p>An exclusion holds for a whole specification, so there is one only if both exclude the same, or one of them means every
     * node.
     *
     * @return null if there is none, or if it would be over the bounds
     */
    public @Nullable TargetSpec or(TargetSpec other) {
        if (equals(other) || isAll()) {
            return this;
        }
        if (other.isAll()) {
            return other;
        }
        if (!terms(true).equals(other.terms(true))) {
            return null;
        }
        if (included.isEmpty()) {
            return this;
        }
        if (other.included.isEmpty()) {
            return other;
        }
        Set<String> joint = terms(false);
        joint.addAll(other.terms(false));
        joint.addAll(terms(true));
        String joined = String.join(",", joint);
        boolean fits = joint.size() <= MAX_TERMS && joined.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
        return fits ? parse(joined) : null;
    }

    private boolean isAll() {
        return excluded.isEmpty() && terms(false).contains("*");
    }

    /** The terms that are exclusions, each with its sign, or those that are not. */
    private Set<String> terms(boolean exclusions) {
        Set<String> terms = new LinkedHashSet<>();
        for (String part : text.split(",", -1)) {
            String term = part.strip();
            if (term.startsWith("-") == exclusions) {
                terms.add(exclusions ? "-" + term.substring(1).strip() : term);
            }
        }
        return terms;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TargetSpec spec && spec.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The specification as it was given, without blanks around it. */
    @Override
    public String toString() {
        return text;
    }

    private static void checkText(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException(
                    "target '' names no node; write '*' for all nodes, a host name or glob such as"
                            + " '*.web.*', or a trait such as 'os.distro=ubuntu'");
        }
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("target " + Quoted.of(text) + " is " + bytes + " bytes, limit "
                    + MAX_BYTES + "; use globs or traits");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text) || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("target " + Quoted.of(text) + " has control characters; remove them");
        }
    }

    private static Term parseTerm(String term, String whole) {
        int equals = term.indexOf('=');
        if (equals >= 0) {
            return parseTrait(
                    term.substring(0, equals).strip(),
                    term.substring(equals + 1).strip(),
                    whole);
        }
        try {
            return new HostTerm(new HostPattern(term));
        } catch (IllegalArgumentException e) {
            throw malformed(term, whole);
        }
    }

    private static Term parseTrait(String key, String valueGlob, String whole) {
        if (key.isEmpty() || valueGlob.isEmpty() || key.chars().anyMatch(c -> c == ' ' || c == '*' || c == '?')) {
            throw malformed(key + "=" + valueGlob, whole);
        }
        return new TraitTerm(key, valueGlob);
    }

    private static IllegalArgumentException malformed(String term, String whole) {
        return new IllegalArgumentException("target " + Quoted.of(whole) + ": term " + Quoted.of(term)
                + " has to be a host name or glob, or a trait as key=value; separate terms by one comma");
    }

    private interface Term {
        boolean matches(PeerId host, Map<String, String> traits);
    }

    private record HostTerm(HostPattern pattern) implements Term {
        @Override
        public boolean matches(PeerId host, Map<String, String> traits) {
            return pattern.matches(host);
        }
    }

    private record TraitTerm(String key, String valueGlob) implements Term {
        @Override
        public boolean matches(PeerId host, Map<String, String> traits) {
            String value = traits.get(key);
            return value != null && Glob.matches(valueGlob, value);
        }
    }
}
