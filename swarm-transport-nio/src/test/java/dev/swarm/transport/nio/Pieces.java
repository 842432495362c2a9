package dev.swarm.transport.nio;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Input cut into the pieces in which it may arrive. Stateless. */
final class Pieces {

    /** Up to this length every cut is tried; a longer input has long runs of one byte, in which one cut is like the next. */
    private static final int ALL_CUTS = 4_096;
    /** How far apart the cuts of a longer input are; a prime, so that they fall on every kind of place. */
    private static final int STRIDE = 61;

    private Pieces() {}

    /** One byte for each character. */
    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The input in one piece. */
    static List<ByteBuffer> whole(String input) {
        return List.of(bytes(input));
    }

    /** The input byte by byte. */
    static List<ByteBuffer> single(String input) {
        return input.chars().mapToObj(c -> bytes(String.valueOf((char) c))).toList();
    }

    /** Feeds the input cut in two at each place in turn, then byte by byte; answers the cuts that gave another verdict. */
    static List<String> deviations(String input, Function<List<ByteBuffer>, String> verdict) {
        String whole = verdict.apply(whole(input));
        Stream<String> halves = cuts(input.length())
                .filter(cut -> !verdict.apply(List.of(bytes(input.substring(0, cut)), bytes(input.substring(cut))))
                        .equals(whole))
                .mapToObj(cut -> "cut at " + cut);
        Stream<String> bytes = verdict.apply(single(input)).equals(whole) ? Stream.of() : Stream.of("byte by byte");
        return Stream.concat(halves, bytes).toList();
    }

    private static IntStream cuts(int length) {
        return IntStream.range(1, length)
                .filter(cut -> length <= ALL_CUTS || cut % STRIDE == 0 || cut < STRIDE || length - cut < STRIDE);
    }
}
