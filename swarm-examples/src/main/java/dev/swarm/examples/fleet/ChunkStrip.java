package dev.swarm.examples.fleet;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a node's chunks of one blob came from, in their order, neighbours of one source taken together. What a peer reports is
 * bounded here: however long its list, few runs are kept. Confined.
 */
final class ChunkStrip {

    /** Runs that are told; a strip is about a thousand dots wide on the largest screens. */
    static final int MAX_RUNS = 1_024;

    /** Runs that are read of one report, so that a peer's list costs no more than some MiB. */
    private static final int MAX_READ = 65_536;

    private static final int MAX_SOURCE_LENGTH = 64;

    private final List<Run> runs = new ArrayList<>();
    private long end;

    /**
     * Neighbouring chunks.
     *
     * @param source who gave them; empty for chunks that are not there
     * @param chunks how many, at least 1
     */
    record Run(String source, long chunks) {}

    /** Reads a list of {@code {chunk, source, ms}} at whose first token the parser is. Chunks out of order are left out. */
    static ChunkStrip read(JsonParser json) throws IOException {
        ChunkStrip strip = new ChunkStrip();
        if (json.currentToken() != JsonToken.START_ARRAY) {
            json.skipChildren();
            return strip;
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() == JsonToken.START_OBJECT) {
                strip.readChunk(json);
            } else {
                json.skipChildren();
            }
        }
        return strip;
    }

    private void readChunk(JsonParser json) throws IOException {
        long chunk = -1;
        String source = "";
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            if (name.equals("chunk") && value == JsonToken.VALUE_NUMBER_INT) {
                chunk = json.getLongValue();
            } else if (name.equals("source") && value == JsonToken.VALUE_STRING) {
                source = json.getText();
            } else {
                json.skipChildren();
            }
        }
        add(chunk, source);
    }

    void add(long chunk, String source) {
        if (chunk < end || chunk > Integer.MAX_VALUE || runs.size() >= MAX_READ) {
            return;
        }
        append("", chunk - end);
        append(source.length() > MAX_SOURCE_LENGTH ? source.substring(0, MAX_SOURCE_LENGTH) : source, 1);
    }

    private void append(String source, long chunks) {
        int last = runs.size() - 1;
        if (chunks > 0) {
            if (last >= 0 && runs.get(last).source().equals(source)) {
                runs.set(last, new Run(source, runs.get(last).chunks() + chunks));
            } else {
                runs.add(new Run(source, chunks));
            }
            end += chunks;
        }
    }

    /** The runs, or, where they are more than {@link #MAX_RUNS}, as many cells of about equal length by their last chunk. */
    List<Run> runs() {
        if (runs.size() <= MAX_RUNS) {
            return List.copyOf(runs);
        }
        ChunkStrip coarse = new ChunkStrip();
        long passed = 0;
        for (Run run : runs) {
            passed += run.chunks();
            long cellEnd = passed * MAX_RUNS / end * end / MAX_RUNS;
            coarse.append(run.source(), cellEnd - coarse.end);
        }
        coarse.append(runs.get(runs.size() - 1).source(), end - coarse.end);
        return coarse.runs;
    }
}
