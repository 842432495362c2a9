package dev.swarm.examples.authority;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.manifest.DenyList;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.PemCredentials;
import dev.swarm.transport.Role;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** Issues the certificates of one fleet; its key lies in a directory that only its owner can read. Safe for many threads. */
public final class FleetAuthority {

    private static final String CERTIFICATE_FILE = CredentialDirectory.AUTHORITY_FILE;
    private static final String KEY_FILE = "ca.key";
    private static final String DENY_LIST_FILE = "deny-list.json";
    /** One file per certificate, so that it can be denied later. */
    private static final String ISSUED_DIRECTORY = "issued";

    private static final String CURVE = "secp256r1";
    private static final String SIGNATURE = "SHA256withECDSA";
    private static final int SERIAL_BITS = 127;

    /** Certificates count from a while ago, so that hosts whose clocks are late take them. */
    private static final Duration BACKDATED = Duration.ofHours(1);

    private static final Duration AUTHORITY_LIFETIME = Duration.ofDays(3_650);
    private static final Duration NODE_LIFETIME = Duration.ofDays(730);

    private final Path directory;
    private final X509Certificate certificate;
    private final PrivateKey key;
    private final InstantSource clock;
    private final RandomGenerator random;

    private FleetAuthority(
            Path directory, X509Certificate certificate, PrivateKey key, InstantSource clock, RandomGenerator random) {
        this.directory = directory;
        this.certificate = certificate;
        this.key = key;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Makes a new authority.
     *
     * @param directory where it is kept; made if missing, and never overwritten
     * @param fleet the fleet's name, for people
     */
    public static FleetAuthority create(Path directory, String fleet, InstantSource clock, RandomGenerator random)
            throws IOException {
        Path keyFile = directory.resolve(KEY_FILE);
        if (Files.exists(keyFile) || Files.exists(directory.resolve(CERTIFICATE_FILE))) {
            throw new SwarmException(
                    Reason.INVALID_INPUT,
                    "there is a fleet authority in " + directory
                            + " already; choose another directory, or remove it by hand" + " if no node uses it");
        }
        Files.createDirectories(directory);
        KeyPair pair = newKeyPair();
        X500Name name = new X500NameBuilder().addRDN(BCStyle.CN, fleet).build();
        Instant start = clock.instant().minus(BACKDATED);
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                serial(random),
                Date.from(start),
                Date.from(start.plus(AUTHORITY_LIFETIME)),
                name,
                pair.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        X509Certificate certificate = sign(builder, pair.getPrivate());
        PemFiles.write(keyFile, PemFiles.encode("PRIVATE KEY", pair.getPrivate().getEncoded()), true);
        PemFiles.write(directory.resolve(CERTIFICATE_FILE), pem(certificate), false);
        return new FleetAuthority(directory, certificate, pair.getPrivate(), clock, random);
    }

    /**
     * Opens an authority that {@link #create} made.
     *
     * @throws SwarmException with reason INVALID_INPUT if there is none, or its key does not belong to its certificate
     */
    public static FleetAuthority open(Path directory, InstantSource clock, RandomGenerator random) throws IOException {
        Path certificateFile = directory.resolve(CERTIFICATE_FILE);
        if (!Files.exists(certificateFile)) {
            throw new SwarmException(
                    Reason.INVALID_INPUT,
                    "there is no fleet authority in " + directory + "; make one with 'swarm ca init --dir " + directory
                            + "'");
        }
        try {
            NodeCredentials own = PemCredentials.load(certificateFile, directory.resolve(KEY_FILE), certificateFile);
            if (!own.key().getAlgorithm().equals("EC")) {
                throw new SwarmException(
                        Reason.INVALID_INPUT,
                        directory.resolve(KEY_FILE) + " is a key of "
                                + own.key().getAlgorithm()
                                + ", has to be one of EC; make an authority with 'swarm ca init'");
            }
            return new FleetAuthority(directory, own.authority(), own.key(), clock, random);
        } catch (SwarmException e) {
            throw new SwarmException(
                    Reason.INVALID_INPUT,
                    "the fleet authority in " + directory + " cannot be used: " + e.getMessage(),
                    e);
        }
    }

    /**
     * Issues a certificate with a key of its own and writes {@code node.crt}, {@code node.key} and {@code ca.crt}.
     *
     * @param host the node's name
     * @param addresses addresses that ordinary HTTPS clients will use to reach it
     * @param roles what it may do beyond membership
     * @param out directory to write to; made if missing
     * @throws SwarmException with reason INVALID_INPUT if there are credentials of another host or fleet
     */
    public void issue(PeerId host, List<InetAddress> addresses, Set<Role> roles, Path out) throws IOException {
        CredentialDirectory target = new CredentialDirectory(out);
        target.requireFor(host, certificate);
        KeyPair pair = newKeyPair();
        Instant start = clock.instant().minus(BACKDATED);
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
                serial(random),
                Date.from(start),
                Date.from(start.plus(NODE_LIFETIME)),
                new X500NameBuilder().addRDN(BCStyle.CN, commonName(host)).build(),
                pair.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
            KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
        }));
        builder.addExtension(Extension.subjectAlternativeName, false, names(host, addresses, roles));
        X509Certificate issued = sign(builder, key);
        Path record = Files.createDirectories(directory.resolve(ISSUED_DIRECTORY));
        PemFiles.write(record.resolve(issued.getSerialNumber().toString(16) + ".crt"), pem(issued), false);
        target.write(
                pem(issued), PemFiles.encode("PRIVATE KEY", pair.getPrivate().getEncoded()), pem(certificate));
    }

    /**
     * Denies every certificate that this authority issued to a host and that is not denied yet, and writes the signed list of
     * all that are. If each of the host's certificates is denied already, the list in the authority's directory is written out
     * as it is.
     *
     * @param out the file to write, in a directory that exists
     * @return the list, of a higher version than the one before if it denies more
     * @throws SwarmException with reason NOT_FOUND if the host never had a certificate, INVALID_INPUT if {@code out} has no
     *     directory
     */
    public DenyList deny(PeerId host, Path out) throws IOException {
        Path parent = out.toAbsolutePath().getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new SwarmException(
                    Reason.INVALID_INPUT, "cannot write deny list " + out + ": there is no directory " + parent);
        }
        DenyList before = denyList();
        Set<DenyList.Denial> denials = new LinkedHashSet<>(before == null ? List.of() : before.denials());
        int known = denials.size();
        List<DenyList.Denial> asked = issued().stream()
                .map(DenyList.Denial::of)
                .filter(denial -> denial.host().equals(host))
                .toList();
        denials.addAll(asked);
        boolean listed = denials.stream().anyMatch(denial -> denial.host().equals(host));
        if (!listed) {
            throw new SwarmException(
                    Reason.NOT_FOUND,
                    "no certificate was issued to '" + host + "' by the authority in " + directory
                            + "; its certificates are in " + directory.resolve(ISSUED_DIRECTORY));
        }
        DenyList list = before != null && denials.size() == known ? before : sign(before, List.copyOf(denials));
        PemFiles.write(out, list.toJson(), false);
        return list;
    }

    /** Signs a list and records it before anyone sees it, so that no two lists share a version. */
    private DenyList sign(@Nullable DenyList before, List<DenyList.Denial> denials) throws IOException {
        NodeCredentials signer = new NodeCredentials(List.of(certificate), key, certificate);
        DenyList list = DenyList.sign(before == null ? 1 : before.version() + 1, clock.instant(), denials, signer);
        PemFiles.write(directory.resolve(DENY_LIST_FILE), list.toJson(), false);
        return list;
    }

    private @Nullable DenyList denyList() throws IOException {
        Path file = directory.resolve(DENY_LIST_FILE);
        if (!Files.exists(file)) {
            return null;
        }
        try {
            DenyList list = DenyList.parse(Files.readString(file));
            list.verify(certificate);
            return list;
        } catch (IllegalArgumentException e) {
            throw new SwarmException(Reason.CORRUPT, file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private List<X509Certificate> issued() throws IOException {
        Path record = directory.resolve(ISSUED_DIRECTORY);
        if (!Files.exists(record)) {
            return List.of();
        }
        List<X509Certificate> certificates = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(record, "*.crt")) {
            for (Path file : files) {
                certificates.add(CredentialDirectory.read(file));
            }
        }
        return certificates;
    }

    private static GeneralNames names(PeerId host, List<InetAddress> addresses, Set<Role> roles) {
        List<ASN1Encodable> names = new ArrayList<>();
        names.add(new GeneralName(GeneralName.dNSName, host.host()));
        addresses.forEach(address -> names.add(new GeneralName(GeneralName.iPAddress, address.getHostAddress())));
        roles.stream()
                .sorted()
                .forEach(role -> names.add(new GeneralName(GeneralName.uniformResourceIdentifier, role.uri())));
        return new GeneralNames(names.toArray(GeneralName[]::new));
    }

    /** A common name holds 64 characters at most (RFC 5280 appendix A.1); the whole name is in the alternative names. */
    private static String commonName(PeerId host) {
        return host.host().substring(0, Math.min(64, host.host().length()));
    }

    private static KeyPair newKeyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(CURVE));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no elliptic curve " + CURVE, e);
        }
    }

    private static BigInteger serial(RandomGenerator random) {
        byte[] bytes = new byte[SERIAL_BITS / 8 + 1];
        random.nextBytes(bytes);
        return new BigInteger(1, bytes).clearBit(SERIAL_BITS).setBit(SERIAL_BITS - 1);
    }

    private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key) {
        try {
            ContentSigner signer = new JcaContentSignerBuilder(SIGNATURE).build(key);
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign with " + SIGNATURE, e);
        }
    }

    private static String pem(X509Certificate certificate) {
        try {
            return PemFiles.encode("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate just made cannot be encoded", e);
        }
    }
}
