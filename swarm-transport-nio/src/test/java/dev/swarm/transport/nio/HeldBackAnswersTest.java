package dev.swarm.transport.nio;

import static dev.swarm.transport.nio.ScriptedEnd.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.transport.Headers;
import dev.swarm.transport.Route;
import dev.swarm.transport.nio.Conversation.Protection;
import dev.swarm.transport.nio.ScriptedEnd.Hear;
import dev.swarm.transport.nio.ScriptedEnd.Step;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Answers that are held back, to questions that a peer sends one behind the other, in virtual time. */
class HeldBackAnswersTest {

    private static final Step THREE_QUESTIONS = send("""
            POST /held HTTP/1.1
            Host: a

            POST /held HTTP/1.1
            Host: a

            POST /held HTTP/1.1
            Host: a
            Connection: close

            """);
    private static final List<Step> QUESTIONS_AND_ANSWERS = List.of(
            THREE_QUESTIONS,
            new Hear("HTTP/1.1 "),
            new Hear("HTTP/1.1 "),
            new Hear("HTTP/1.1 "),
            new ScriptedEnd.Finish());
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3})");

    private final Conversation conversation =
            new Conversation(position -> Integer.MAX_VALUE, position -> Integer.MAX_VALUE);
    private final List<Duration> handedOver = new ArrayList<>();

    @Test
    void post_questionBehindOneThatIsHeldBack_hasTimeFromWhenItIsHandedOver() {
        conversation.with(Route.post("/held", 0, exchange -> {
            handedOver.add(conversation.elapsed());
            conversation.after(
                    Duration.ofSeconds(25), () -> exchange.respond(200, Headers.empty(), ByteBuffer.allocate(0)));
        }));

        assertThat(statuses()).containsExactly("200", "200", "200");
        assertThat(handedOver).containsExactly(Duration.ZERO, Duration.ofSeconds(25), Duration.ofSeconds(50));
    }

    @Test
    void post_neverAnswered_isGivenUpWhenItsOwnTimeIsOver() {
        conversation.with(Route.post("/held", 0, exchange -> handedOver.add(conversation.elapsed())));

        assertThat(statuses()).containsExactly("503", "503", "503");
        assertThat(handedOver).containsExactly(Duration.ZERO, Duration.ofSeconds(30), Duration.ofSeconds(60));
    }

    private List<String> statuses() {
        return STATUS.matcher(conversation.serve(Protection.NONE, QUESTIONS_AND_ANSWERS))
                .results()
                .map(match -> match.group(1))
                .toList();
    }
}
