package dev.swarm.driver;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Text as bytes. */
final class Texts {

    private Texts() {}

    static ByteBuffer buffer(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
