package dev.swarm.schedule;

import java.util.List;

/** How fast sources are; one that has given nothing yet is taken for an average one. Found when it is asked for. Confined. */
final class Rates {

    private final List<Source> sources;
    private double average = -1;

    Rates(List<Source> sources) {
        this.sources = sources;
    }

    private double average() {
        if (average < 0) {
            double known = 0;
            int count = 0;
            for (int i = 0; i < sources.size(); i++) {
                double rate = sources.get(i).bytesPerSecond();
                known += rate;
                count += rate > 0 ? 1 : 0;
            }
            average = count == 0 ? 0 : known / count;
        }
        return average;
    }

    /** Of all together, in bytes a second. */
    double sum() {
        return average() * sources.size();
    }

    double of(Source source) {
        return source.bytesPerSecond() > 0 ? source.bytesPerSecond() : average();
    }

    /** Of one of those that owe something, on average; 0 if none does. */
    static double averageOfActive(List<Source> sources) {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < sources.size(); i++) {
            Source source = sources.get(i);
            sum += source.isActive() ? source.bytesPerSecond() : 0;
            count += source.isActive() ? 1 : 0;
        }
        return count == 0 ? 0 : sum / count;
    }
}
