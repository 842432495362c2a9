package dev.swarm.lockbox;

import dev.swarm.peer.PeerId;
import dev.swarm.user.UserName;
import java.io.IOException;
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
     * @param files in all
     * @param deleted names that are gone
     * @param missing files whose content has not come to this machine yet
     * @param recipients how many keys new files are encrypted to
     * @param waiting files in plaintext that are encrypted later, with the reason
     * @param failed files in plaintext that need their owner, with the reason
     * @param skipped what is left alone, with the reason
     * @param devices the user's other machines
     */
    record BoxStatus(
            int files,
            int deleted,
            int missing,
            int recipients,
            NavigableMap<String, String> waiting,
            NavigableMap<String, String> failed,
            NavigableMap<String, String> skipped,
            List<DeviceStatus> devices) {}
}
