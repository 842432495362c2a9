package dev.swarm.lockbox;

import java.util.Collection;

/** Whether something happened in a directory tree. Confined to the plugin's turn. */
interface ChangeSignal extends AutoCloseable {

    /** Never tells of anything, so that only regular looks find changes. */
    ChangeSignal SILENT = new ChangeSignal() {
        @Override
        public void follow(Collection<String> directories) {}

        @Override
        public boolean changed() {
            return false;
        }

        @Override
        public void close() {}
    };

    /** Takes in which directories there are, relative to the root. */
    void follow(Collection<String> directories);

    /** Whether something happened since the last question. Does not block. */
    boolean changed();

    @Override
    void close();
}
