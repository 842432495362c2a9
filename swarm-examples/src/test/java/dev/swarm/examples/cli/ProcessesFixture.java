package dev.swarm.examples.cli;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Node processes for each test, in a directory of their own; they have ended when the next one begins. */
abstract class ProcessesFixture {

    @TempDir
    Path directory;

    NodeProcesses nodes;

    @BeforeEach
    void makeNodes() {
        nodes = new NodeProcesses(directory);
    }

    @AfterEach
    void stopNodes() throws InterruptedException {
        nodes.stop();
    }
}
