package dev.swarm.examples.admin;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;

/** One metric with its samples, as Prometheus' text format 0.0.4 writes it. Confined. */
final class Metric {

    private final String name;
    private final String type;
    private final String help;
    private final Map<String, BigDecimal> samples = new LinkedHashMap<>();

    private Metric(String name, String type, String help) {
        this.name = name;
        this.type = type;
        this.help = help;
    }

    /** Something that goes up and down. */
    static Metric gauge(String name, String help) {
        return new Metric(name, "gauge", help);
    }

    /** Something that only goes up while the node runs. Its name ends in {@code _total}. */
    static Metric counter(String name, String help) {
        return new Metric(name, "counter", help);
    }

    /** Sets the only sample. */
    Metric value(long value) {
        return value(BigDecimal.valueOf(value));
    }

    /** Sets the only sample. */
    Metric value(BigDecimal value) {
        samples.put("", value);
        return this;
    }

    /** Sets the sample with this value of a label. */
    Metric value(String label, String labelValue, long value) {
        String escaped = labelValue.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        samples.put("{" + label + "=\"" + escaped + "\"}", BigDecimal.valueOf(value));
        return this;
    }

    /** Writes help, type and samples; nothing if there are no samples. */
    void writeTo(StringBuilder text) {
        if (samples.isEmpty()) {
            return;
        }
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        samples.forEach((labels, value) -> text.append(name)
                .append(labels)
                .append(' ')
                .append(value.toPlainString())
                .append('\n'));
    }
}
