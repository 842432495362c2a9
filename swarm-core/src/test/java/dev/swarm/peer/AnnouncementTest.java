package dev.swarm.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.swarm.docs.Page;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AnnouncementTest {

    @Test
    void formOfTheDocumentation_filledIn_isReadAndWrittenTheSame() {
        String datagram = Page.filled(Page.of("docs/protocol.md").triedBy(AnnouncementTest.class, 0));

        Announcement read = Announcement.decode(ByteBuffer.wrap(datagram.getBytes(StandardCharsets.US_ASCII)));

        assertThat(read).isNotNull();
        assertThat(read.host().host()).isEqualTo("web-01");
        assertThat(read.address()).isEqualTo(PeerAddress.parse("10.0.1.2:1531"));
        assertThat(read.seeking()).isTrue();
        assertThat(read.manifest()).hasSize(32);
        assertThat(read.holdings())
                .extracting(Announcement.Holding::held, Announcement.Holding::total)
                .containsExactly(tuple(31, 47));
        assertThat(StandardCharsets.US_ASCII.decode(read.encode()).toString()).isEqualTo(datagram);
    }
}
