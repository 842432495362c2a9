package dev.swarm.manifest;

import dev.swarm.manifest.DenyList.Denial;
import dev.swarm.peer.PeerId;
import dev.swarm.trait.JsonText;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The JSON form of a deny list. Stateless. */
final class DenyListJson {

    private static final String FORMAT = "swarm-deny-list/1";
    private static final Set<String> KEYS =
            Set.of("format", "fleet", "version", "issued", "denied", "signer", "signature");
    private static final int HEX = 16;

    private DenyListJson() {}

    static String write(DenyList list) {
        return JsonText.write(json -> {
                    json.useDefaultPrettyPrinter();
                    json.writeStartObject();
                    json.writeStringField("format", FORMAT);
                    json.writeStringField("fleet", list.fleet().hex());
                    json.writeNumberField("version", list.version());
                    json.writeStringField("issued", list.issued().toString());
                    json.writeArrayFieldStart("denied");
                    for (Denial denial : list.denials()) {
                        json.writeStartObject();
                        json.writeStringField("host", denial.host().host());
                        json.writeStringField("serial", denial.serial().toString(HEX));
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                    json.writeStringField(
                            "signer",
                            Base64.getEncoder().encodeToString(list.signer().toBytes()));
                    json.writeStringField("signature", Base64.getEncoder().encodeToString(list.signature()));
                    json.writeEndObject();
                })
                + "\n";
    }

    static DenyList read(String text) {
        try {
            Map<String, @Nullable Object> members = new LinkedHashMap<>(JsonText.readObject(text));
            members.keySet().stream()
                    .filter(key -> !KEYS.contains(key))
                    .findFirst()
                    .ifPresent(key -> {
                        throw new IllegalArgumentException("unknown member " + Quoted.of(key));
                    });
            String format = string(members, "format");
            if (!format.equals(FORMAT)) {
                throw new IllegalArgumentException("format is " + Quoted.of(format) + ", has to be " + FORMAT);
            }
            return new DenyList(
                    new FleetId(string(members, "fleet")),
                    number(members, "version"),
                    Instant.parse(string(members, "issued")),
                    denials(members),
                    AuthorCertificate.of(bytes(members, "signer", AuthorCertificate.MAX_BYTES)),
                    bytes(members, "signature", DenyList.MAX_SIGNATURE_BYTES));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("not a deny list: 'issued' is no UTC time as 2026-01-31T12:00:00Z", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not a deny list: " + e.getMessage(), e);
        }
    }

    private static List<Denial> denials(Map<String, @Nullable Object> members) {
        if (!(members.get("denied") instanceof List<?> list)) {
            throw new IllegalArgumentException("'denied' has to be a list");
        }
        List<Denial> denials = new ArrayList<>();
        for (Object element : list) {
            if (!(element instanceof Map<?, ?> denied)
                    || !(denied.get("host") instanceof String host)
                    || !(denied.get("serial") instanceof String serial)
                    || denied.size() != 2) {
                throw new IllegalArgumentException("an element of 'denied' has to be {\"host\":…, \"serial\":…}");
            }
            denials.add(new Denial(new PeerId(host), serial(serial)));
        }
        return denials;
    }

    private static BigInteger serial(String hex) {
        boolean wellFormed = !hex.isEmpty()
                && hex.length() <= 2 * DenyList.MAX_SERIAL_BYTES
                && hex.chars().allMatch(c -> Character.digit(c, HEX) >= 0 && c < 128);
        if (!wellFormed) {
            throw new IllegalArgumentException("serial number " + Quoted.of(hex) + " is not 1 to "
                    + 2 * DenyList.MAX_SERIAL_BYTES + " hex digits");
        }
        return new BigInteger(hex, HEX);
    }

    private static String string(Map<String, @Nullable Object> members, String key) {
        if (members.get(key) instanceof String value) {
            return value;
        }
        throw new IllegalArgumentException("'" + key + "' has to be a string");
    }

    private static long number(Map<String, @Nullable Object> members, String key) {
        if (members.get(key) instanceof Long value) {
            return value;
        }
        throw new IllegalArgumentException("'" + key + "' has to be a whole number");
    }

    private static byte[] bytes(Map<String, @Nullable Object> members, String key, int most) {
        String text = string(members, key);
        if (text.length() > most * 2) {
            throw new IllegalArgumentException("'" + key + "' is longer than " + most + " bytes");
        }
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + key + "' is not base64", e);
        }
    }
}
