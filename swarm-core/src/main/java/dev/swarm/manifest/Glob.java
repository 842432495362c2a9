package dev.swarm.manifest;

/**
 * Shell-style patterns: {@code *} stands for any run of characters, {@code ?} for one.
 *
 * <p>Matching goes back to the latest star only, so that it takes at most the product of both lengths in steps, and time
 * in proportion to the text for patterns that people write.
 */
final class Glob {

    private Glob() {}

    /** Whether all of {@code text} fits the pattern; both are compared as they are. */
    static boolean matches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int resumeAt = 0;
        while (t < text.length()) {
            char wanted = p < pattern.length() ? pattern.charAt(p) : 0;
            if (wanted == '*') {
                star = p++;
                resumeAt = t;
            } else if (p < pattern.length() && (wanted == '?' || wanted == text.charAt(t))) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++resumeAt;
            } else {
                return false;
            }
        }
        return isOnlyStars(pattern, p);
    }

    private static boolean isOnlyStars(String pattern, int from) {
        return pattern.chars().skip(from).allMatch(c -> c == '*');
    }
}
