package dev.swarm.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The least of a scenario that still goes wrong, told to whoever has to find out why. */
final class Story {

    /** Runs at most until what is left is told. */
    private static final int MOST_RUNS = 300;

    private Story() {}

    /** Leaves one act after the other out for as long as the run still fails, then tells what is left. */
    static String of(Scenario scenario, FaultRun.Outcome failed) {
        List<Act> acts = new ArrayList<>(scenario.acts());
        FaultRun.Outcome last = failed;
        int runs = 0;
        boolean shorter = true;
        while (shorter && runs < MOST_RUNS) {
            shorter = false;
            for (int i = acts.size() - 1; i >= 0 && runs < MOST_RUNS; i--) {
                List<Act> fewer = new ArrayList<>(acts);
                fewer.remove(i);
                FaultRun.Outcome outcome = FaultRun.of(scenario.with(fewer));
                runs++;
                if (outcome.violation() != null) {
                    acts = fewer;
                    last = outcome;
                    shorter = true;
                }
            }
        }
        return tell(scenario, acts, last, runs);
    }

    private static String tell(Scenario scenario, List<Act> acts, FaultRun.Outcome outcome, int runs) {
        StringBuilder story = new StringBuilder(String.format(
                Locale.ROOT,
                "seed %d: %s%n%d nodes at %d bytes/s, %s, blobs of %s bytes; %d of %d acts are left after %d more runs:%n",
                scenario.seed(),
                outcome.violation(),
                scenario.nodes(),
                scenario.rate(),
                scenario.real() ? "real store and signatures" : "modelled content",
                scenario.sizes(),
                acts.size(),
                scenario.acts().size(),
                runs));
        acts.forEach(act -> story.append("  ").append(act).append(System.lineSeparator()));
        return story.append(String.format(
                        Locale.ROOT,
                        "  %7.3f s  nothing more is done; it was wrong at %.3f s%n"
                                + "again: mvn -pl swarm-core -am test -Dtest=SwarmSimulationTest -Dswarm.seed=%d%n",
                        Scenario.QUIET,
                        outcome.seconds(),
                        scenario.seed()))
                .toString();
    }
}
