package dev.swarm.transport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/** An authority for tests that issues certificates of every kind, good and bad. Safe for many threads. */
public final class TestFleet {

    /** The extended key usages that certificates are issued with. */
    public enum Usage {
        CLIENT_AUTH("1.3.6.1.5.5.7.3.2"),
        SERVER_AUTH("1.3.6.1.5.5.7.3.1");

        private final String oid;

        Usage(String oid) {
            this.oid = oid;
        }
    }

    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    private final AtomicLong serials = new AtomicLong(1);
    private final String name;
    private final String algorithm;
    private final Instant start;
    private final @Nullable SecureRandom randomness;
    private final KeyPair authorityKey;
    private final X509Certificate authority;

    /** A fleet with an authority of its own. */
    public TestFleet(String name) {
        this(name, "EC", Instant.now(), null);
    }

    private TestFleet(String name, String algorithm, Instant start, @Nullable SecureRandom randomness) {
        this.name = name;
        this.algorithm = algorithm;
        this.start = start;
        this.randomness = randomness;
        this.authorityKey = generate(algorithm);
        this.authority = issueAuthority();
    }

    /**
     * A fleet whose keys, certificates and signatures are the same each time: Ed25519 with keys drawn from the name. Its first
     * certificates are valid from an hour before {@code start} for a year.
     */
    public static TestFleet steady(String name, Instant start) {
        return new TestFleet(name, "Ed25519", start, new SteadyRandomness(name.hashCode()));
    }

    /** Not random at all. */
    private static final class SteadyRandomness extends SecureRandom {
        private static final long serialVersionUID = 1;
        private final transient RandomGenerator numbers;

        SteadyRandomness(long seed) {
            this.numbers = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        }

        @Override
        public void nextBytes(byte[] bytes) {
            if (numbers != null) {
                numbers.nextBytes(bytes);
            }
        }
    }

    /** The authority's certificate. */
    public X509Certificate authority() {
        return authority;
    }

    /** The authority's key, to sign what only the authority may. */
    public PrivateKey authorityKey() {
        return authorityKey.getPrivate();
    }

    /** Credentials of an ordinary member. */
    public NodeCredentials node(String host, Role... roles) {
        return issue(host).roles(roles).build();
    }

    /** Credentials with some part out of the ordinary. */
    public Issue issue(String host) {
        return new Issue(host);
    }

    /** Writes {@code node.crt}, {@code node.key} and {@code ca.crt} in PEM form. */
    public static void write(NodeCredentials credentials, Path directory) throws IOException {
        StringBuilder chain = new StringBuilder();
        for (X509Certificate certificate : credentials.chain()) {
            chain.append(pem("CERTIFICATE", encoded(certificate)));
        }
        Files.writeString(directory.resolve("node.crt"), chain);
        Files.writeString(
                directory.resolve("node.key"),
                pem("PRIVATE KEY", credentials.key().getEncoded()));
        Files.writeString(directory.resolve("ca.crt"), pem("CERTIFICATE", encoded(credentials.authority())));
    }

    /** One block of PEM text. */
    public static String pem(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + type + "-----\n";
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private KeyPair generate(String kind) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
            SecureRandom random = randomness == null ? new SecureRandom() : randomness;
            switch (kind) {
                case "EC" -> generator.initialize(new ECGenParameterSpec("secp256r1"));
                case "RSA" -> generator.initialize(2048);
                default -> generator.initialize(new NamedParameterSpec(kind), random);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private X509Certificate issueAuthority() {
        List<byte[]> extensions = List.of(
                extension("2.5.29.19", true, Der.sequence(Der.bool(true))),
                extension("2.5.29.15", true, Der.bits(new byte[] {0x06}, 1)));
        return sign(
                authorityKey.getPublic(),
                name,
                start.minus(Duration.ofDays(1)),
                start.plus(Duration.ofDays(3650)),
                extensions);
    }

    private X509Certificate sign(
            PublicKey key, String subject, Instant notBefore, Instant notAfter, List<byte[]> extensions) {
        boolean isCurve25519 = algorithm.equals("Ed25519");
        byte[] signatureKind = Der.sequence(Der.oid(isCurve25519 ? "1.3.101.112" : "1.2.840.10045.4.3.2"));
        byte[] body = Der.sequence(
                Der.tagged(0xA0, Der.integer(BigInteger.TWO)),
                Der.integer(BigInteger.valueOf(serials.getAndIncrement())),
                signatureKind,
                commonName(name),
                Der.sequence(Der.time(notBefore), Der.time(notAfter)),
                commonName(subject),
                key.getEncoded(),
                Der.tagged(0xA3, Der.sequence(extensions)));
        try {
            Signature signer = Signature.getInstance(isCurve25519 ? "Ed25519" : "SHA256withECDSA");
            signer.initSign(authorityKey.getPrivate());
            signer.update(body);
            byte[] der = Der.sequence(body, signatureKind, Der.bits(signer.sign(), 0));
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] commonName(String value) {
        return Der.sequence(Der.tagged(0x31, Der.sequence(Der.oid("2.5.4.3"), Der.utf8(value))));
    }

    private static byte[] extension(String oid, boolean critical, byte[] value) {
        return critical
                ? Der.sequence(Der.oid(oid), Der.bool(true), Der.octets(value))
                : Der.sequence(Der.oid(oid), Der.octets(value));
    }

    /** What one certificate holds. Not safe for many threads. */
    public final class Issue {
        private final String host;
        private String kind = algorithm;
        private Set<Role> roles = Set.of();
        private Set<Usage> usages = EnumSet.allOf(Usage.class);
        private boolean named = true;
        private Instant notBefore = start.minus(Duration.ofHours(1));
        private Instant notAfter = start.plus(Duration.ofDays(365));

        private Issue(String host) {
            this.host = host;
        }

        /** Sets the key's algorithm: EC, RSA or Ed25519. */
        public Issue algorithm(String value) {
            kind = value;
            return this;
        }

        /** Sets the roles. */
        public Issue roles(Role... values) {
            roles = Set.of(values);
            return this;
        }

        /** Sets the extended key usages; none leaves the extension out. */
        public Issue usages(Usage... values) {
            usages = Set.of(values);
            return this;
        }

        /** Leaves the subject alternative names out. */
        public Issue unnamed() {
            named = false;
            return this;
        }

        /** Ends the validity an hour ago. */
        public Issue expired() {
            notBefore = Instant.now().minus(Duration.ofDays(2));
            notAfter = Instant.now().minus(Duration.ofHours(1));
            return this;
        }

        /** Issues the certificate. */
        public NodeCredentials build() {
            KeyPair key = generate(kind);
            X509Certificate certificate = sign(key.getPublic(), host, notBefore, notAfter, extensions());
            return new NodeCredentials(List.of(certificate), key.getPrivate(), authority);
        }

        private List<byte[]> extensions() {
            List<byte[]> extensions = new ArrayList<>();
            extensions.add(extension("2.5.29.15", true, Der.bits(new byte[] {(byte) 0x80}, 7)));
            if (named) {
                List<byte[]> names = new ArrayList<>();
                names.add(Der.tagged(0x82, host.getBytes(StandardCharsets.US_ASCII)));
                names.add(Der.tagged(0x87, LOOPBACK));
                roles.forEach(role -> names.add(Der.tagged(0x86, role.uri().getBytes(StandardCharsets.US_ASCII))));
                extensions.add(extension("2.5.29.17", false, Der.sequence(names)));
            }
            if (!usages.isEmpty()) {
                List<byte[]> oids = usages.stream()
                        .sorted()
                        .map(usage -> Der.oid(usage.oid))
                        .toList();
                extensions.add(extension("2.5.29.37", false, Der.sequence(oids)));
            }
            return extensions;
        }
    }
}
