package dev.swarm.driver;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.HashTree;
import dev.swarm.blob.TreeRoot;
import dev.swarm.manifest.MalformedFrameException;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.node.NodeMachine;
import dev.swarm.node.Watch;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.Answer;
import dev.swarm.transport.PeerClient.Lane;
import dev.swarm.transport.Request;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks peers for all but content: what is new, their manifests, leaf hashes and the deny list. Answers are checked on workers and
 * told on the node's loop. Safe for any thread.
 */
final class PeerQuestions {

    private static final Logger log = LoggerFactory.getLogger(PeerQuestions.class);

    private final NodeParts parts;
    private final Consumer<Consumer<NodeMachine>> onLoop;

    /** @param onLoop has the machine told of something, on the node's loop */
    PeerQuestions(NodeParts parts, Consumer<Consumer<NodeMachine>> onLoop) {
        this.parts = parts;
        this.onLoop = onLoop;
    }

    void watch(PeerAddress peer, long ask, Watch.Question question) {
        CollectingSink sink = new CollectingSink(
                2 * Watch.MAX_REPLY_BYTES,
                answer -> readReply(peer, ask, answer),
                failure -> onLoop.accept(machine -> {
                    log.debug("watching {} failed: {}", peer, failure.getMessage());
                    machine.watchFailed(ask, parts.now());
                }));
        Request request = Request.post("/watch", question.encode());
        if (question.takesMore()) {
            request = request.with(Watch.TAKES, Watch.TAKES_MORE);
        }
        sink.send(parts.client(), peer, Lane.WAITING, request);
    }

    private void readReply(PeerAddress peer, long ask, Answer answer) {
        PeerId id = answer.peer().host();
        parts.namesakes().answered(peer, id, answer.peer().certificate());
        try {
            if (answer.status() != 200) {
                throw new IllegalArgumentException("status " + answer.status());
            }
            Watch.Reply reply =
                    Watch.Reply.decode(answer.body(), answer.headers().first(Watch.IDLE) != null);
            parts.events().gossiped(peer, "watch", reply.news().entries().size());
            if (reply.news().entries().isEmpty()) {
                onLoop.accept(machine -> machine.watchAnswered(ask, id, reply, List.of(), parts.now()));
            } else {
                parts.workers().execute(() -> {
                    NodeParts.CheckedEntries news = parts.verify(reply.news().entries(), id);
                    onLoop.accept(machine -> {
                        machine.watchAnswered(ask, id, reply, news.entries(), parts.now());
                        machine.sentForgeries(id, news.forged(), parts.now());
                    });
                });
            }
        } catch (IllegalArgumentException e) {
            log.debug("answer of {} refused: {}", peer, e.getMessage());
            onLoop.accept(machine -> machine.watchFailed(ask, parts.now()));
        }
    }

    void sync(PeerAddress peer, long ask, SyncFrame frame) {
        CollectingSink sink = new CollectingSink(
                SyncFrame.MAX_BYTES,
                answer -> parts.workers().execute(() -> readFrame(peer, ask, answer)),
                failure -> onLoop.accept(machine -> machine.syncFailed(ask, parts.now())));
        sink.send(parts.client(), peer, Lane.CONTROL, Request.post("/manifest/sync", frame.encode()));
    }

    private void readFrame(PeerAddress peer, long ask, Answer answer) {
        try {
            if (answer.status() != 200) {
                throw new IllegalArgumentException("status " + answer.status());
            }
            SyncFrame frame = SyncFrame.decode(answer.body(), SyncFrame.MAX_BYTES);
            parts.events().gossiped(peer, "sync", frame.entries().size());
            PeerId id = answer.peer().host();
            NodeParts.CheckedEntries checked = parts.verify(frame.entries(), id);
            onLoop.accept(machine -> {
                machine.syncAnswered(ask, frame, checked.entries(), parts.now());
                machine.sentForgeries(id, checked.forged(), parts.now());
            });
        } catch (IllegalArgumentException | MalformedFrameException e) {
            log.debug("manifest frame of {} refused: {}", peer, e.getMessage());
            onLoop.accept(machine -> machine.syncFailed(ask, parts.now()));
        }
    }

    void denyList(PeerAddress peer) {
        CollectingSink sink = new CollectingSink(
                DenyGate.MAX_ANSWER_BYTES,
                answer -> parts.workers().execute(() -> parts.listener().denyListTold(peer, answer)),
                failure -> log.debug("deny list of {} not received: {}", peer, failure.getMessage()));
        sink.send(parts.client(), peer, Lane.CONTROL, Request.get(DenyGate.PATH));
    }

    void tree(PeerAddress peer, BlobId blob, BlobLayout layout, TreeRoot root) {
        CollectingSink sink = new CollectingSink(
                layout.leafCount() * BlobId.BYTES,
                answer -> parts.workers().execute(() -> readTree(peer, blob, layout, root, answer)),
                failure -> onLoop.accept(machine -> machine.treeFailed(peer, blob)));
        sink.tellOfBytes(new LifeSigns(
                parts.ticker(), () -> onLoop.accept(machine -> machine.treeArriving(peer, blob, parts.now()))));
        sink.send(parts.client(), peer, Lane.CONTROL, Request.get("/blobs/" + blob + "/tree"));
    }

    private void readTree(PeerAddress peer, BlobId blob, BlobLayout layout, TreeRoot root, Answer answer) {
        boolean fits = answer.status() == 200 && answer.body().remaining() == layout.leafCount() * BlobId.BYTES;
        HashTree tree = fits ? HashTree.ofLeafHashes(answer.body()) : null;
        if (tree != null && tree.root().equals(root)) {
            onLoop.accept(machine -> machine.treeAnswered(peer, blob, tree));
        } else {
            log.debug("leaf hashes of {} from {} refused: status {}", blob, peer, answer.status());
            onLoop.accept(machine -> machine.treeFailed(peer, blob));
        }
    }
}
