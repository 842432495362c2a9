package dev.swarm.transport.nio;

import dev.swarm.SwarmException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in one line why a connection failed. Stateless. */
final class Reasons {

    private static final String ALERT = "Received fatal alert: ";

    private Reasons() {}

    /** The reason that tells a person most: a certificate's fault, else the peer's alert, else what failed first. */
    static String of(@Nullable Throwable failure) {
        if (failure == null) {
            return "connection closed";
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return Printable.of(String.valueOf(cause.getMessage()));
            }
        }
        String alert = alert(failure);
        if (alert != null) {
            return "peer refused this node with alert " + alert + "; the peer's log says why";
        }
        String message = failure.getMessage();
        return Printable.of(message == null ? failure.getClass().getSimpleName() : message);
    }

    /**
     * What failures of this kind have in common. Whoever has no certificate of the fleet's authority cannot make kinds up: what such
     * peers name themselves, and the numbers that they send, are left out.
     */
    static String kindOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException && cause.getCause() instanceof SwarmException member) {
                // The chain is good: it is the authority that issued something else than a member's certificate.
                return String.valueOf(member.getMessage());
            }
            if (cause instanceof CertPathValidatorException chain) {
                return "chain " + chain.getReason();
            }
        }
        if (alert(failure) != null) {
            return ALERT;
        }
        String message = failure.getMessage();
        return message == null ? failure.getClass().getName() : withoutNumbers(message);
    }

    private static String withoutNumbers(String text) {
        int end = 0;
        while (end < text.length() && !Character.isDigit(text.charAt(end))) {
            end++;
        }
        return text.substring(0, end);
    }

    /** The alert that the peer sent, or null. */
    static @Nullable String alert(Throwable failure) {
        String message = failure instanceof SSLException ? failure.getMessage() : null;
        if (message == null) {
            return null;
        }
        int at = message.indexOf(ALERT);
        return at < 0 ? null : Printable.of(message.substring(at + ALERT.length()));
    }
}
