package dev.swarm.user;

import dev.swarm.peer.PeerId;
import java.util.List;

/**
 * The identity of one user, as plugins of this node use it. Safe for many threads.
 *
 * <p>Some methods need the private key. It is in memory only between the user's unlocking and the end of their session; at other
 * times these methods fail with reason {@link dev.swarm.SwarmException.Reason#LOCKED} and change nothing.
 */
public interface UserIdentity {

    /** The user on this machine. */
    UserName user();

    /** The user on every machine. */
    UserId id();

    /** Whether the private key is in memory. */
    boolean unlocked();

    /** The user's machines, this one included, by name: those that joined and neither left nor were evicted. */
    List<UserDevice> devices();

    /**
     * Signs with the user's key; needs it.
     *
     * @param domain what is signed, as {@code lockbox-member/1}: 1 to 64 visible ASCII characters. A signature for one domain is
     *     none for another, nor for another fleet
     * @param message what to sign
     * @return an Ed25519 signature (RFC 8032), 64 bytes, over {@code "swarm-user/1" 0 fleet 0 domain 0 message}
     */
    byte[] sign(String domain, byte[] message);

    /** Whether the user, or a key that the user's signed chain delegates to, signed this. */
    boolean verify(String domain, byte[] message, byte[] signature);

    /**
     * Encrypts a secret to the user's passphrase on this machine; needs the session, not the passphrase.
     *
     * @param purpose what for, as {@code lockbox-age-key}; one that was sealed for another purpose is not opened
     * @param secret at most 64 KiB; stays the caller's
     */
    byte[] seal(String purpose, byte[] secret);

    /**
     * Decrypts what {@link #seal} encrypted on this machine; needs the session. The caller wipes the result.
     *
     * @throws dev.swarm.SwarmException with reason CORRUPT if it is not what was sealed
     */
    byte[] open(String purpose, byte[] sealed);

    /**
     * Tells the user's other machines something about this one, signed by the user; needs the key. Reaches them by itself, also
     * those that are away for now. Saying the same again does nothing.
     *
     * @param attribute 1 to 64 of {@code a-z 0-9 . -}
     * @param value at most 1,024 characters
     */
    void announce(String attribute, String value);

    /** Takes a machine out of {@link #devices()} on every machine, for good; needs the key. It may join again. */
    void evict(PeerId device);
}
