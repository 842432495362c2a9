package dev.swarm.sim;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.HashTree;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.node.Watch;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.sim.SimulatedExchanges.Asking;

/** What simulated nodes ask each other. Stateless. */
final class Questions {

    private Questions() {}

    /** The standing question. */
    static final class Watching extends Asking {
        private final SimulatedNode asker;
        private final long ask;
        private final Watch.Question question;

        Watching(SimulatedNode asker, PeerAddress peer, long ask, Watch.Question question) {
            super(asker, peer);
            this.asker = asker;
            this.ask = ask;
            this.question = question;
        }

        @Override
        void asked(SimulatedNode target) {
            target.machine().watchAsked(target.exchanges().keep(), asker.id(), asker.address(), question, target.now());
            target.acted();
        }

        @Override
        void answered(Object body) {
            Watch.Reply reply = (Watch.Reply) body;
            PeerId from = asker.fleet().at(peer()).id();
            asker.machine()
                    .watchAnswered(ask, from, reply, asker.verify(reply.news().entries(), from), asker.now());
        }

        @Override
        void failed() {
            asker.machine().watchFailed(ask, asker.now());
        }
    }

    /** A frame of a comparison of manifests. */
    static final class Comparing extends Asking {
        private final SimulatedNode asker;
        private final long ask;
        private final SyncFrame frame;

        Comparing(SimulatedNode asker, PeerAddress peer, long ask, SyncFrame frame) {
            super(asker, peer);
            this.asker = asker;
            this.ask = ask;
            this.frame = frame;
        }

        @Override
        void asked(SimulatedNode target) {
            target.machine()
                    .syncAsked(
                            target.exchanges().keep(),
                            asker.id(),
                            frame,
                            target.verify(frame.entries(), asker.id()),
                            target.now());
            target.acted();
        }

        @Override
        void answered(Object body) {
            SyncFrame answer = (SyncFrame) body;
            PeerId from = asker.fleet().at(peer()).id();
            asker.machine().syncAnswered(ask, answer, asker.verify(answer.entries(), from), asker.now());
        }

        @Override
        void failed() {
            asker.machine().syncFailed(ask, asker.now());
        }
    }

    /** A blob's leaf hashes, which take so many bytes. */
    static final class FetchingTree extends Asking {
        private final SimulatedNode asker;
        private final BlobId blob;
        private final long bytes;

        FetchingTree(SimulatedNode asker, PeerAddress peer, BlobId blob, long bytes) {
            super(asker, peer);
            this.asker = asker;
            this.blob = blob;
            this.bytes = bytes;
        }

        @Override
        void asked(SimulatedNode target) {
            if (target.conduct().givesTree()) {
                target.exchanges().answerNow(asker.fleet().content(blob).tree(), bytes);
            } else {
                target.exchanges().refuseNow();
            }
        }

        @Override
        void answered(Object body) {
            asker.machine().treeAnswered(peer(), blob, (HashTree) body);
        }

        @Override
        void failed() {
            asker.machine().treeFailed(peer(), blob);
        }
    }
}
