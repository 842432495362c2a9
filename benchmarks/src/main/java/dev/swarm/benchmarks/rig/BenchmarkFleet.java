package dev.swarm.benchmarks.rig;

import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.Role;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** A fleet for one run: an authority and members whose certificates the JDK's keytool issued. Immutable. */
public final class BenchmarkFleet {

    private static final String EC = "EC";
    private static final String AUTHORITY = "ca";
    private static final String PASSWORD = "benchmark";

    private final Path store;

    private BenchmarkFleet(Path store) {
        this.store = store;
    }

    /** Issues certificates into a key store in {@code directory}; takes about half a second each. */
    public static BenchmarkFleet issue(Path directory, String... hosts) throws IOException {
        BenchmarkFleet fleet = open(directory);
        fleet.generate(AUTHORITY, EC, "-ext", "bc:c=ca:true", "-ext", "ku:c=keyCertSign,cRLSign");
        for (String host : hosts) {
            fleet.generateMember(host, "", EC);
        }
        return fleet;
    }

    /**
     * Issues a certificate to a host that may have any number of entries in the manifest.
     *
     * @param algorithm of its key: EC, for P-256, or RSA, for 2,048 bits
     */
    public void issueOperator(String host, String algorithm) throws IOException {
        generateMember(host, ",uri:" + Role.OPERATOR.uri(), algorithm);
    }

    /** The fleet that was issued into {@code directory} before. */
    public static BenchmarkFleet open(Path directory) {
        return new BenchmarkFleet(directory.resolve("fleet.p12"));
    }

    /** What a member proves itself with. */
    public NodeCredentials credentials(String host) throws IOException {
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            if (keys.getKey(host, PASSWORD.toCharArray()) instanceof PrivateKey key
                    && keys.getCertificate(host) instanceof X509Certificate certificate
                    && keys.getCertificate(AUTHORITY) instanceof X509Certificate authority) {
                return new NodeCredentials(List.of(certificate), key, authority);
            }
            throw new IOException(store + " has no certificate of " + host);
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot read " + store, e);
        }
    }

    private void generateMember(String host, String moreNames, String algorithm) throws IOException {
        generate(
                host,
                algorithm,
                "-signer",
                AUTHORITY,
                "-ext",
                "san=dns:" + host + ",ip:127.0.0.1" + moreNames,
                "-ext",
                "eku=clientAuth,serverAuth",
                "-ext",
                "ku:c=digitalSignature");
    }

    private void generate(String alias, String algorithm, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                algorithm,
                algorithm.equals(EC) ? "-groupname" : "-keysize",
                algorithm.equals(EC) ? "secp256r1" : "2048",
                "-dname",
                "CN=" + alias,
                "-startdate",
                "-1d",
                "-validity",
                "30",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD));
        command.addAll(List.of(options));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (keytool.waitFor() != 0) {
                throw new IOException("keytool cannot issue a certificate for " + alias + ": " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while keytool issued a certificate for " + alias, e);
        }
    }
}
