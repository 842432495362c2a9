package dev.swarm.lockbox;

import dev.swarm.crdt.CanonicalFormatException;
import dev.swarm.lockbox.set.FileEntry;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.subsystem.SubsystemContext;
import dev.swarm.transport.Answer;
import dev.swarm.transport.ContentSource;
import dev.swarm.transport.Request;
import dev.swarm.user.UserId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells one other machine of the user what changed here, and sends it what it lacks of that. The other does the same in the other
 * direction. Confined to the plugin's turn; one request is under way at a time.
 */
final class DeviceSync {

    private static final Logger log = LoggerFactory.getLogger(DeviceSync.class);

    private final SubsystemContext context;
    private final Box box;
    private final UserId user;
    private final PeerId device;
    private final LongAdder sent;

    private boolean busy;
    private boolean again;
    private boolean known;
    private long told;
    private long answeredChange = -1;
    private String theirs = "";
    private List<SyncFrames.Wanted> missing = List.of();
    private final Set<String> pushed = new HashSet<>();
    private String trouble = "not asked yet";

    /**
     * @param sent counts the bytes of what is asked and pushed
     */
    DeviceSync(SubsystemContext context, Box box, UserId user, PeerId device, LongAdder sent) {
        this.sent = sent;
        this.context = context;
        this.box = box;
        this.user = user;
        this.device = device;
    }

    /** Whether it had everything as this machine has it, when last asked, and nothing changed here since. */
    boolean inSync() {
        return agrees() && missing.isEmpty();
    }

    /** Contents that it lacked when last asked. */
    Set<String> missing() {
        return missing.stream().map(SyncFrames.Wanted::id).collect(Collectors.toUnmodifiableSet());
    }

    /** Whether it has the same set as this machine, so that what it lacks is all that it lacks. */
    boolean agrees() {
        return trouble.isEmpty() && answeredChange == box.lastChange() && theirs.equals(ours());
    }

    /** Why it could not be asked; empty if it could. */
    String trouble() {
        return trouble;
    }

    /** Starts a round of questions, unless one is under way; that one then goes on. */
    void wake() {
        again = true;
        pushed.clear();
        if (!busy) {
            ask();
        }
    }

    /** It said that it has the same set as this machine had at a change. */
    void agreed(long change) {
        known = true;
        told = Math.max(told, change);
    }

    private void ask() {
        again = false;
        List<PeerAddress> addresses = context.addressesOf(device);
        if (addresses.isEmpty()) {
            trouble = "not reachable at present";
            return;
        }
        PeerAddress address = addresses.get(0);
        // Without knowledge of each other the digests come first: after a restart they mostly agree.
        NavigableMap<Long, FileEntry> news = box.changedAfter(known ? told : Long.MAX_VALUE, SyncFrames.MAX_ENTRIES);
        long asOf = news.isEmpty() ? box.lastChange() : news.lastKey();
        byte[] body = new SyncFrames.Question(box.standing(), List.copyOf(news.values())).encode();
        sent.add(body.length);
        send(
                address,
                Request.post(BoxRoutes.INDEX + "?" + BoxRoutes.USER + "=" + user, ByteBuffer.wrap(body)),
                answer -> onState(address, SyncFrames.State.decode(answer.body()), asOf));
    }

    private void onState(PeerAddress address, SyncFrames.State state, long asOf) throws IOException {
        if (box.hear(state.standing())) {
            // Nothing of what it heard until now is asserted any more.
            told = 0;
            ask();
            return;
        }
        theirs = state.standing().digest();
        box.agree(device, state.standing());
        missing = state.wanted();
        answeredChange = box.lastChange();
        if (known) {
            told = asOf;
        } else {
            known = true;
            told = theirs.equals(ours()) ? asOf : 0;
        }
        if (told < box.lastChange()) {
            ask();
            return;
        }
        List<SyncFrames.Wanted> open =
                missing.stream().filter(each -> !pushed.contains(each.id())).toList();
        PushBody body = PushBody.of(box.contents(), open);
        if (body == null) {
            pushRangeOrRest(address);
        } else {
            pushed.addAll(body.ids());
            push(address, BoxRoutes.PUSH + "?" + BoxRoutes.USER + "=" + user, body);
        }
    }

    /** Large contents come last, a range at a time, so that small ones that are new by then go first. */
    private void pushRangeOrRest(PeerAddress address) throws IOException {
        for (SyncFrames.Wanted each : missing) {
            RangeBody body = RangeBody.of(box.contents(), each);
            // A range that was sent and is still not there is not sent again in this round.
            if (body != null && pushed.add(each.id() + "@" + each.held())) {
                push(address, BoxRoutes.RANGE + "?" + BoxRoutes.USER + "=" + user + body.query(), body);
                return;
            }
        }
        rest();
    }

    private void push(PeerAddress address, String target, ContentSource body) {
        busy = true;
        CompletableFuture<?> unused = context.hasRoom(address, user.hex())
                .whenComplete((room, failure) -> context.execute(() -> {
                    busy = false;
                    if (failure != null || !room) {
                        body.close();
                        trouble = failure == null ? "its disk is full" : "it could not be asked for room";
                        return;
                    }
                    sent.add(body.length());
                    Request request = Request.upload("POST", target, body);
                    send(address, request, answer -> ask());
                }));
    }

    /** All is told and sent. If the sets differ still, the other has news and tells them itself, or missed some of these. */
    private void rest() {
        if (!theirs.equals(ours()) && !again) {
            told = 0;
        }
        if (again) {
            ask();
        }
    }

    private interface Next {
        void with(Answer answer) throws IOException;
    }

    private void send(PeerAddress address, Request request, Next next) {
        busy = true;
        CompletableFuture<Answer> asked = context.ask(address, request, SyncFrames.MAX_ANSWER_BYTES);
        CompletableFuture<?> unused = asked.whenComplete((answer, failure) -> context.execute(() -> {
            busy = false;
            onAnswer(answer, failure, next);
        }));
    }

    private void onAnswer(@Nullable Answer answer, @Nullable Throwable failure, Next next) {
        if (answer == null || failure != null) {
            log.debug("{} could not be asked for a lockbox", device, failure);
            trouble = "not reachable at present";
        } else if (!answer.peer().host().equals(device)) {
            trouble = "another machine answers at its address";
        } else if (!answer.isSuccess()) {
            trouble = "it answered " + answer.status();
        } else {
            trouble = "";
            try {
                next.with(answer);
            } catch (CanonicalFormatException e) {
                trouble = "its answer is not of its form";
            } catch (IOException e) {
                trouble = "the disk of this machine failed";
            }
        }
    }

    private String ours() {
        return HexFormat.of().formatHex(box.digest());
    }
}
