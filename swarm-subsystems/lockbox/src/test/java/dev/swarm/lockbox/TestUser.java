package dev.swarm.lockbox;

import dev.swarm.SwarmException;
import dev.swarm.peer.PeerId;
import dev.swarm.user.UserDevice;
import dev.swarm.user.UserId;
import dev.swarm.user.UserIdentities;
import dev.swarm.user.UserIdentity;
import dev.swarm.user.UserName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/** One person with some machines, each with a key of its own for sealing. What one machine announces all know at once. */
final class TestUser {

    private final KeyPair keys;
    private final UserId id;
    private final Map<PeerId, Machine> machines = new TreeMap<>();

    TestUser() throws GeneralSecurityException {
        keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] encoded = keys.getPublic().getEncoded();
        id = UserId.of(Arrays.copyOfRange(encoded, encoded.length - UserId.BYTES, encoded.length));
    }

    UserId id() {
        return id;
    }

    Machine on(PeerId host, String name) throws GeneralSecurityException {
        Machine machine = new Machine(host, new UserName(name));
        machines.put(host, machine);
        return machine;
    }

    void leave(PeerId host) {
        machines.remove(host);
        changed();
    }

    void joinAgain(Machine machine) {
        machines.put(machine.host, machine);
        changed();
    }

    void changed() {
        machines.values().forEach(machine -> List.copyOf(machine.listeners).forEach(Runnable::run));
    }

    /** The person's identity on one machine, and the only one there. */
    final class Machine implements UserIdentity, UserIdentities {

        private static final int NONCE_BYTES = 12;

        private final PeerId host;
        private final UserName name;
        private final SecretKey sealing;
        private final Map<String, String> attributes = new TreeMap<>();
        private final List<Runnable> listeners = new ArrayList<>();
        private boolean unlocked;

        Machine(PeerId host, UserName name) throws GeneralSecurityException {
            this.host = host;
            this.name = name;
            this.sealing = KeyGenerator.getInstance("AES").generateKey();
        }

        void unlock(boolean open) {
            unlocked = open;
            changed();
        }

        /** Unlocks, and those who listen are told later or never. */
        void unlockUnheard() {
            unlocked = true;
        }

        @Override
        public UserName user() {
            return name;
        }

        @Override
        public UserId id() {
            return id;
        }

        @Override
        public boolean unlocked() {
            return unlocked;
        }

        @Override
        public List<UserDevice> devices() {
            return machines.values().stream()
                    .map(each -> new UserDevice(each.host, each.attributes))
                    .toList();
        }

        @Override
        public byte[] sign(String domain, byte[] message) {
            requireUnlocked();
            try {
                Signature signature = Signature.getInstance("Ed25519");
                signature.initSign(keys.getPrivate());
                signature.update((domain + "\0").getBytes(StandardCharsets.US_ASCII));
                signature.update(message);
                return signature.sign();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public boolean verify(String domain, byte[] message, byte[] signed) {
            try {
                Signature signature = Signature.getInstance("Ed25519");
                signature.initVerify(keys.getPublic());
                signature.update((domain + "\0").getBytes(StandardCharsets.US_ASCII));
                signature.update(message);
                return signature.verify(signed);
            } catch (GeneralSecurityException e) {
                return false;
            }
        }

        @Override
        public byte[] seal(String purpose, byte[] secret) {
            requireUnlocked();
            byte[] nonce = new byte[NONCE_BYTES];
            new SecureRandom().nextBytes(nonce);
            byte[] sealed = crypt(Cipher.ENCRYPT_MODE, nonce, purpose, secret);
            return ByteBuffer.allocate(nonce.length + sealed.length)
                    .put(nonce)
                    .put(sealed)
                    .array();
        }

        @Override
        public byte[] open(String purpose, byte[] sealed) {
            requireUnlocked();
            byte[] nonce = Arrays.copyOf(sealed, NONCE_BYTES);
            return crypt(Cipher.DECRYPT_MODE, nonce, purpose, Arrays.copyOfRange(sealed, NONCE_BYTES, sealed.length));
        }

        @Override
        public void announce(String attribute, String value) {
            requireUnlocked();
            if (!value.equals(attributes.put(attribute, value))) {
                changed();
            }
        }

        @Override
        public void evict(PeerId device) {
            requireUnlocked();
            leave(device);
        }

        @Override
        public List<UserIdentity> identities() {
            return List.of(this);
        }

        @Override
        public @Nullable UserIdentity of(UserName user) {
            return user.equals(name) ? this : null;
        }

        @Override
        public @Nullable UserIdentity of(UserId user) {
            return user.equals(id) ? this : null;
        }

        @Override
        public Runnable onChange(Runnable listener) {
            listeners.add(listener);
            return () -> listeners.remove(listener);
        }

        private void requireUnlocked() {
            if (!unlocked) {
                throw new SwarmException(SwarmException.Reason.LOCKED, "locked");
            }
        }

        private byte[] crypt(int mode, byte[] nonce, String purpose, byte[] text) {
            try {
                Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
                cipher.init(mode, sealing, new GCMParameterSpec(128, nonce));
                cipher.updateAAD(purpose.getBytes(StandardCharsets.US_ASCII));
                return cipher.doFinal(text);
            } catch (GeneralSecurityException e) {
                throw new SwarmException(SwarmException.Reason.CORRUPT, "not what was sealed", e);
            }
        }
    }
}
