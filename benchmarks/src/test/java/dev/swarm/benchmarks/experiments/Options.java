package dev.swarm.benchmarks.experiments;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the command was asked for.
 *
 * @param quick few and small points
 * @param only the one experiment to run; null for all
 * @param point the one fleet and blob to run instead of experiments, as {@link Point#parse} reads it; null for none
 * @param out the directory that gets {@code experiments.md}; null to print it
 * @param budgetSeconds of processor time for one point
 * @param jobs points that run side by side
 * @param scale how many leaves are modelled as one; null where that was not said
 * @param seed of all runs
 * @param validate output of the lab's distribution script to put beside the simulator; null for what is on record
 */
record Options(
        boolean quick,
        @Nullable String only,
        @Nullable String point,
        @Nullable Path out,
        double budgetSeconds,
        int jobs,
        @Nullable Integer scale,
        long seed,
        @Nullable Path validate) {

    static final Set<String> EXPERIMENTS = Set.of("scale", "circumstances", "designs", "validate");

    private static final double DEFAULT_BUDGET_SECONDS = 60;
    private static final long DEFAULT_SEED = 20_261_121L;

    static Options parse(List<String> arguments) {
        boolean quick = false;
        String only = null;
        String point = null;
        Path out = null;
        double budget = DEFAULT_BUDGET_SECONDS;
        int jobs = 2;
        Integer scale = null;
        long seed = DEFAULT_SEED;
        Path validate = null;
        Deque<String> words = new ArrayDeque<>(arguments);
        while (!words.isEmpty()) {
            String option = words.remove();
            switch (option) {
                case "--quick" -> quick = true;
                case "--only" -> only = value(option, words);
                case "--point" -> point = value(option, words);
                case "--out" -> out = Path.of(value(option, words));
                case "--budget" -> budget = Double.parseDouble(value(option, words));
                case "--jobs" -> jobs = Integer.parseInt(value(option, words));
                case "--scale" -> scale = Integer.valueOf(value(option, words));
                case "--seed" -> seed = Long.parseLong(value(option, words));
                case "--validate" -> validate = Path.of(value(option, words));
                default -> throw new IllegalArgumentException("unknown option " + option);
            }
        }
        if (only != null && !EXPERIMENTS.contains(only)) {
            throw new IllegalArgumentException("no experiment is called " + only + ", only " + EXPERIMENTS);
        }
        return new Options(quick, only, point, out, budget, jobs, scale, seed, validate);
    }

    boolean wants(String experiment) {
        return only == null || only.equals(experiment);
    }

    private static String value(String option, Deque<String> words) {
        if (words.isEmpty()) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return words.remove();
    }
}
