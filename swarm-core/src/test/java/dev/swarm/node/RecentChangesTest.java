package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.crdt.Fingerprint;
import dev.swarm.crdt.KeyHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecentChangesTest {

    private static final long SEED = Long.getLong("swarm.seed", 7);

    private final Random random = new Random(SEED);
    private final RecentChanges changes = new RecentChanges();
    private final List<KeyHash> keys = new ArrayList<>();
    private final List<Fingerprint> added = new ArrayList<>();
    private Fingerprint own = new Fingerprint(1, 2);

    private void take(int count) {
        for (int i = 0; i < count; i++) {
            Fingerprint next = new Fingerprint(random.nextLong(), random.nextLong());
            KeyHash key = new KeyHash(0, keys.size());
            changes.changed(key, own, own.plus(next));
            own = own.plus(next);
            keys.add(key);
            added.add(next);
        }
    }

    @Test
    void missing_sameDigest_isNothing() {
        take(3);

        assertThat(changes.missing(own, own)).isEmpty();
    }

    @Test
    void missing_peerIsWhereThisNodeWas_isWhatCameSince() {
        take(10);
        Fingerprint then = own;
        take(20);

        assertThat(changes.missing(then, own)).containsExactlyInAnyOrderElementsOf(keys.subList(10, 30));
    }

    @Test
    void missing_peerTookTheLatestInAnotherOrder_isWhatItHasNotTaken() {
        take(20);
        for (int chosen = 1; chosen < 1 << RecentChanges.MAX_LOOSE; chosen++) {
            List<KeyHash> expected = new ArrayList<>();
            Fingerprint theirs = own;
            for (int i = 0; i < RecentChanges.MAX_LOOSE; i++) {
                if ((chosen >>> i & 1) != 0) {
                    int index = keys.size() - 1 - i;
                    expected.add(keys.get(index));
                    theirs = theirs.minus(added.get(index));
                }
            }
            assertThat(changes.missing(theirs, own))
                    .as("seed %d, choice %d", SEED, chosen)
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void missing_peerIsFurtherBehindThanIsRemembered_isUnknown() {
        Fingerprint then = own;
        take(RecentChanges.MAX_CHANGES + 1);

        assertThat(changes.missing(then, own)).isNull();
    }

    @Test
    void missing_peerHasWhatThisNodeLacks_isUnknown() {
        take(5);
        Fingerprint strange = own.plus(new Fingerprint(random.nextLong(), random.nextLong()));

        assertThat(changes.missing(strange, own)).isNull();
        assertThat(changes.missing(strange.minus(added.get(4)), own)).isNull();
    }
}
