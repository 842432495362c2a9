package dev.swarm.lockbox;

import java.util.Collection;
import java.util.Set;

/** Where something happened in a directory tree. Confined to the plugin's turn. */
interface ChangeSignal extends AutoCloseable {

    /** Never tells of anything, so that only regular looks find changes. */
    ChangeSignal SILENT = new ChangeSignal() {
        @Override
        public Set<String> follow(Collection<String> directories) {
            return Set.of();
        }

        @Override
        public Set<String> changed() {
            return Set.of();
        }

        @Override
        public void close() {}
    };

    /**
     * Takes in which directories there are, relative to the root.
     *
     * @return those of which changes are told only from now on; the empty path is the root
     */
    Set<String> follow(Collection<String> directories);

    /**
     * Where something happened since the last question, relative to the root: at these paths, or anywhere below them. The empty path
     * is the root. Does not block.
     */
    Set<String> changed();

    @Override
    void close();
}
