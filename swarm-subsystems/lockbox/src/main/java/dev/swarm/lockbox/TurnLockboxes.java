package dev.swarm.lockbox;

import dev.swarm.SwarmException;
import dev.swarm.lockbox.age.AgeFile;
import dev.swarm.lockbox.age.AgeIdentity;
import dev.swarm.lockbox.age.Recipient;
import dev.swarm.lockbox.set.FileEntry;
import dev.swarm.peer.PeerId;
import dev.swarm.subsystem.SubsystemContext;
import dev.swarm.user.UserName;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What others ask of lockboxes, carried into the plugin's turn. Safe for many threads; contents pass on the caller's. */
final class TurnLockboxes implements Lockboxes {

    private static final long TURN_SECONDS = 60;

    private final SubsystemContext node;
    private final AgeFile age;
    private final Collection<UserBox> boxes;
    private final Runnable openNew;

    /** Does something in the plugin's turn with a user's box. */
    private interface Turn<T> {
        T take(UserBox box) throws IOException;
    }

    /** Does something in the plugin's turn. */
    private interface Work<T> {
        T run() throws IOException;
    }

    /**
     * Works on these boxes.
     *
     * @param boxes a live and thread-safe view
     * @param openNew opens the boxes of identities that came since it was last called; called in the plugin's turn
     */
    TurnLockboxes(SubsystemContext node, AgeFile age, Collection<UserBox> boxes, Runnable openNew) {
        this.node = node;
        this.age = age;
        this.boxes = boxes;
        this.openNew = openNew;
    }

    @Override
    public BoxStatus status(UserName user) {
        return inTurn(user, UserBox::status);
    }

    @Override
    public List<FileStatus> list(UserName user) {
        return inTurn(user, UserBox::list);
    }

    @Override
    public PlainFile decrypt(UserName user, String path, OutputStream target) throws IOException {
        UserBox box = boxOf(user);
        FileEntry entry = box.box.entry(path);
        InputStream source = entry == null || !entry.isFile()
                ? null
                : box.box.contents().open(entry.content().id());
        if (entry == null || source == null) {
            throw new SwarmException(
                    SwarmException.Reason.NOT_FOUND,
                    "the lockbox has no such file, or its content has not come to this machine yet");
        }
        try (source;
                AgeIdentity key = inTurn(user, UserBox::copyOfKey)) {
            age.decrypt(source, target, key);
        }
        return new PlainFile(entry.content().mode(), entry.content().modifiedNanos());
    }

    @Override
    public void encrypt(UserName user, String path, PlainFile was, boolean replace, InputStream plain)
            throws IOException {
        FileEntry.requirePath(path);
        UserBox box = boxOf(user);
        Set<Recipient> recipients = inTurn(user, UserBox::requireRecipients);
        if (!box.box.write(path, was, replace, recipients, plain)) {
            throw new SwarmException(SwarmException.Reason.FORBIDDEN, "the lockbox has " + path + " already");
        }
        inTurn(user, each -> {
            each.pass();
            return each;
        });
    }

    @Override
    public List<Member> members(UserName user) {
        return inTurn(user, UserBox::members);
    }

    @Override
    public void evict(UserName user, PeerId host) {
        boxOf(user).identity.evict(host);
    }

    @Override
    public void reencrypt(UserName user) {
        inTurn(user, each -> {
            each.reencrypt();
            return each;
        });
    }

    @Override
    public char[] key(UserName user) {
        try (AgeIdentity key = inTurn(user, UserBox::copyOfKey)) {
            return key.text();
        }
    }

    private <T> T inTurn(UserName user, Turn<T> turn) {
        UserBox box = boxOf(user);
        return inTurn(user, () -> turn.take(box));
    }

    private <T> T inTurn(UserName user, Work<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        node.execute(() -> {
            try {
                result.complete(work.run());
            } catch (IOException | RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        try {
            return result.orTimeout(TURN_SECONDS, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof SwarmException known) {
                throw known;
            }
            throw new SwarmException(
                    SwarmException.Reason.STORAGE, "the lockbox of " + user + " could not be asked", e.getCause());
        }
    }

    /** A user's box, also if their identity is so new that this plugin has not been told of it. */
    private UserBox boxOf(UserName user) {
        UserBox open = openBoxOf(user);
        if (open == null) {
            open = inTurn(user, () -> {
                        openNew.run();
                        return Optional.ofNullable(openBoxOf(user));
                    })
                    .orElse(null);
        }
        if (open == null) {
            throw new SwarmException(
                    SwarmException.Reason.NOT_FOUND,
                    user + " has no lockbox here; an identity and the machine's consent are needed");
        }
        return open;
    }

    private @Nullable UserBox openBoxOf(UserName user) {
        for (UserBox box : boxes) {
            if (box.identity.user().equals(user)) {
                return box;
            }
        }
        return null;
    }
}
