package dev.swarm.examples.authority;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.MemberCertificates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;

/** A directory with a node's three files: {@code node.crt}, {@code node.key} and {@code ca.crt}. Immutable. */
final class CredentialDirectory {

    static final String AUTHORITY_FILE = "ca.crt";

    private static final String CERTIFICATE_FILE = "node.crt";
    private static final String KEY_FILE = "node.key";

    private final Path directory;

    CredentialDirectory(Path directory) {
        this.directory = directory;
    }

    /**
     * Looks whether files for a host may be written: into a directory that has none, or in place of its own of the same fleet.
     *
     * @throws SwarmException with reason INVALID_INPUT, naming what is there, if it is of another host or fleet
     */
    void requireFor(PeerId host, X509Certificate authority) throws IOException {
        Path issuer = directory.resolve(AUTHORITY_FILE);
        if (Files.exists(issuer) && !read(issuer).equals(authority)) {
            throw taken(host, issuer + " is of another authority");
        }
        Path certificate = directory.resolve(CERTIFICATE_FILE);
        if (Files.exists(certificate)) {
            requireSame(host, authority, certificate);
        } else if (Files.exists(directory.resolve(KEY_FILE))) {
            throw taken(host, directory.resolve(KEY_FILE) + " is a key without its certificate");
        }
    }

    private void requireSame(PeerId host, X509Certificate authority, Path certificate) throws IOException {
        X509Certificate there = read(certificate);
        try {
            there.verify(authority.getPublicKey());
            PeerId other = MemberCertificates.read(there).host();
            if (!other.equals(host)) {
                throw taken(host, certificate + " is of " + other);
            }
        } catch (GeneralSecurityException e) {
            throw taken(host, certificate + " is of another authority");
        }
    }

    private SwarmException taken(PeerId host, String what) {
        return new SwarmException(
                Reason.INVALID_INPUT,
                "cannot issue a certificate of " + host + " to " + directory + ": " + what
                        + "; name a directory of its own with --out, or empty this one");
    }

    /** Writes all three. */
    void write(String certificate, String key, String authority) throws IOException {
        Files.createDirectories(directory);
        PemFiles.write(directory.resolve(KEY_FILE), key, true);
        PemFiles.write(directory.resolve(CERTIFICATE_FILE), certificate, false);
        PemFiles.write(directory.resolve(AUTHORITY_FILE), authority, false);
    }

    /** The certificate in a file. */
    static X509Certificate read(Path file) throws IOException {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(file)));
        } catch (GeneralSecurityException e) {
            throw new SwarmException(Reason.CORRUPT, file + " holds no certificate: " + e.getMessage(), e);
        }
    }
}
