package dev.swarm.manifest;

import dev.swarm.peer.PeerId;
import java.util.ArrayList;
import java.util.List;

/**
 * An ordered list of host name patterns that lets hosts in or keeps them out. Immutable.
 *
 * <p>The first pattern that matches decides: one with a leading {@code -} denies, any other allows. A host that no pattern
 * matches is denied, and so an empty gate denies all.
 */
public final class Gate {

    /** Most patterns in one gate; more than anybody reads, and cheap to try for every entry. */
    public static final int MAX_PATTERNS = 1024;

    /** Lets every host in. */
    public static final Gate ALL = of(List.of("*"));

    /** Lets no host in. */
    public static final Gate NONE = of(List.of());

    private final List<Rule> rules;

    private Gate(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /**
     * A gate of these patterns, tried in this order.
     *
     * @param patterns host names or globs with {@code *} and {@code ?}, with a leading {@code -} where they deny; blanks
     *     around them do not count, case neither
     * @throws IllegalArgumentException if one is not of that form or there are more than {@link #MAX_PATTERNS}; the message
     *     names it
     */
    public static Gate of(List<String> patterns) {
        if (patterns.size() > MAX_PATTERNS) {
            throw new IllegalArgumentException(
                    "gate has " + patterns.size() + " patterns, limit " + MAX_PATTERNS + "; use globs");
        }
        List<Rule> rules = new ArrayList<>(patterns.size());
        for (String pattern : patterns) {
            String text = pattern.strip();
            boolean denies = text.startsWith("-");
            rules.add(new Rule(new HostPattern(denies ? text.substring(1).strip() : text), !denies));
        }
        return new Gate(rules);
    }

    /** Whether a host is let in. */
    public boolean allows(PeerId host) {
        for (Rule rule : rules) {
            if (rule.pattern.matches(host)) {
                return rule.allows;
            }
        }
        return false;
    }

    /** The patterns in their order, as {@link #of} takes them. */
    public List<String> patterns() {
        return rules.stream().map(Rule::toString).toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Gate gate && gate.rules.equals(rules);
    }

    @Override
    public int hashCode() {
        return rules.hashCode();
    }

    /** The patterns, separated by commas. */
    @Override
    public String toString() {
        return String.join(",", patterns());
    }

    private record Rule(HostPattern pattern, boolean allows) {
        @Override
        public String toString() {
            return allows ? pattern.glob() : "-" + pattern.glob();
        }
    }
}
