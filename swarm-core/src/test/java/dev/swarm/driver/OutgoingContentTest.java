package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.transport.ContentSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OutgoingContentTest {

    private final AtomicInteger told = new AtomicInteger();
    private final OutgoingContent outgoing = new OutgoingContent(told::incrementAndGet);
    private int closed;

    @Test
    void isNone_untilTheLastIsClosed_isFalseAndThenTold() {
        ContentSource one = outgoing.counted(content());
        ContentSource other = outgoing.counted(content());
        assertThat(outgoing.isNone()).isFalse();

        one.close();
        one.close();
        assertThat(outgoing.isNone()).isFalse();
        assertThat(told).hasValue(0);

        other.close();
        assertThat(outgoing.isNone()).isTrue();
        assertThat(told).hasValue(1);
        assertThat(closed).isEqualTo(2);
    }

    @Test
    void counted_content_isReadAsItIs() throws IOException {
        ContentSource content = outgoing.counted(content());
        ByteBuffer target = ByteBuffer.allocate(4);

        content.read(target);

        assertThat(content.length()).isEqualTo(3);
        assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    }

    private ContentSource content() {
        return new ContentSource() {
            @Override
            public long length() {
                return 3;
            }

            @Override
            public void read(ByteBuffer target) {
                target.put(new byte[] {1, 2, 3});
            }

            @Override
            public void close() {
                closed++;
            }
        };
    }
}
