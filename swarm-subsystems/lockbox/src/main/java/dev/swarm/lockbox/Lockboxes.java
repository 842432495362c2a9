package dev.swarm.lockbox;

import dev.swarm.peer.PeerId;
import dev.swarm.user.UserName;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.NavigableMap;

/**
 * The lockboxes of this machine's users, as commands and other plugins use them; offered by the plugin while its gate is open.
 * Safe for many threads. Methods block until the plugin has its next turn, and fail with reason NOT_FOUND for a user who has no
 * lockbox here.
 */
public interface Lockboxes {

    /** How a lockbox stands. */
    BoxStatus status(UserName user);

    /** The files of a lockbox, by path. */
    List<FileStatus> list(UserName user);

    /**
     * Decrypts a file.
     *
     * @param path as {@link #list} has it
     * @param target gets the plaintext; stays the caller's. After a failure it has a true beginning of it
     * @return permissions and time that the plaintext had
     * @throws dev.swarm.SwarmException with reason LOCKED, or NOT_FOUND if there is no such file, or its content has not come yet
     * @throws IOException if the disk or the target fails, or if the file was damaged or is not for this machine
     */
    PlainFile decrypt(UserName user, String path, OutputStream target) throws IOException;

    /**
     * Encrypts a text into a lockbox. The text is in memory only, a piece at a time.
     *
     * @param path as {@link #list} has it, with {@code .age} at its end
     * @param was permissions and time of the text
     * @param replace whether a file of that path gives way
     * @param plain the text; stays the caller's. If it fails, nothing changes
     * @throws dev.swarm.SwarmException with reason FORBIDDEN if there is such a file and it does not give way, or LOCKED if none of
     *     the user's machines has a key yet
     * @throws IllegalArgumentException if the path is none
     * @throws IOException if the disk or the text fails
     */
    void encrypt(UserName user, String path, PlainFile was, boolean replace, InputStream plain) throws IOException;

    /** The user's machines, this one among them. */
    List<Member> members(UserName user);

    /**
     * Takes a machine out of the user's. What it could read is encrypted anew for the others.
     *
     * @throws dev.swarm.SwarmException with reason LOCKED, or NOT_FOUND if it is none of the user's
     */
    void evict(UserName user, PeerId host);

    /**
     * Has every file encrypted anew with another key, some in each turn, also over restarts; {@link #status} tells how far it is. A
     * file that this machine's key does not open is left as it is.
     *
     * @throws dev.swarm.SwarmException with reason LOCKED
     */
    void reencrypt(UserName user);

    /**
     * This machine's own key, as the {@code age} command takes it, to open files without swarm.
     *
     * @return the caller wipes it
     * @throws dev.swarm.SwarmException with reason LOCKED
     */
    char[] key(UserName user);

    /**
     * A machine of the user.
     *
     * @param host which
     * @param hasKey whether files are encrypted to it; it has no key until the user's identity was unlocked there
     */
    record Member(PeerId host, boolean hasKey) {}

    /**
     * What a plaintext was.
     *
     * @param mode permissions as in {@code chmod}
     * @param modifiedNanos last change, nanoseconds from the epoch
     */
    record PlainFile(int mode, long modifiedNanos) {}

    /**
     * A file.
     *
     * @param path of the age file, relative to the lockbox
     * @param size of the age file in bytes
     * @param here whether its content is on this machine
     * @param lackedBy machines that lacked its content when last asked
     */
    record FileStatus(String path, long size, boolean here, List<PeerId> lackedBy) {}

    /**
     * Another machine of the user.
     *
     * @param host which
     * @param inSync whether it has all that this one has
     * @param missing files that it lacked when last asked
     * @param trouble why it could not be asked; empty if it could
     */
    record DeviceStatus(PeerId host, boolean inSync, int missing, String trouble) {}

    /**
     * A lockbox.
     *
     * @param unlocked whether files can be decrypted at present
     * @param files in all
     * @param deleted names that are gone
     * @param missing files whose content has not come to this machine yet
     * @param recipients how many keys new files are encrypted to
     * @param waiting files in plaintext that are encrypted later, with the reason
     * @param failed files in plaintext that need their owner, with the reason
     * @param skipped what is left alone, with the reason
     * @param renewed files that got other keys since some have to, in this run
     * @param renewing files that are to get other keys still; while the identity is locked they wait
     * @param devices the user's other machines
     */
    record BoxStatus(
            boolean unlocked,
            int files,
            int deleted,
            int missing,
            int recipients,
            NavigableMap<String, String> waiting,
            NavigableMap<String, String> failed,
            NavigableMap<String, String> skipped,
            int renewed,
            int renewing,
            List<DeviceStatus> devices) {}
}
