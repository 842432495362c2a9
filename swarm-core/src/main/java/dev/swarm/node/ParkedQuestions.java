package dev.swarm.node;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The questions that wait for an answer, in the order in which they came. Confined.
 *
 * <p>Two dozen are looked at for each report of which one is due, so the times that decide it are kept apart from the questions, next
 * to each other.
 */
final class ParkedQuestions {

    private ParkedWatches.@Nullable Parked[] questions = new ParkedWatches.Parked[8];
    private long[] reportedAt = new long[8];
    private long[] dueAt = new long[8];
    private int size;

    int size() {
        return size;
    }

    ParkedWatches.Parked at(int index) {
        return Objects.requireNonNull(questions[index]);
    }

    /** When who asks was last told of leaves. */
    long reportedAt(int index) {
        return reportedAt[index];
    }

    /** Before this a question is not to be answered unless leaves or what was said of it change. */
    long dueAt(int index) {
        return dueAt[index];
    }

    void add(ParkedWatches.Parked question, long itsReportAt) {
        if (size == questions.length) {
            questions = Arrays.copyOf(questions, 2 * size);
            reportedAt = Arrays.copyOf(reportedAt, 2 * size);
            dueAt = Arrays.copyOf(dueAt, 2 * size);
        }
        questions[size] = question;
        reportedAt[size] = itsReportAt;
        dueAt[size] = Long.MIN_VALUE;
        size++;
    }

    void remove(ParkedWatches.Parked question) {
        int index = indexOf(question);
        if (index >= 0) {
            for (int i = index + 1; i < size; i++) {
                move(i, i - 1);
            }
            truncate(size - 1);
        }
    }

    /** Puts a question in the place of one before it, which is not needed any more. */
    void move(int from, int to) {
        if (from != to) {
            questions[to] = questions[from];
            reportedAt[to] = reportedAt[from];
            dueAt[to] = dueAt[from];
        }
    }

    /** Leaves only the first. */
    void truncate(int count) {
        Arrays.fill(questions, count, size, null);
        size = count;
    }

    void clear() {
        truncate(0);
    }

    void quietUntil(int index, long until) {
        dueAt[index] = until;
    }

    /** What is known of a question has changed. */
    void lookAnew(ParkedWatches.Parked question) {
        int index = indexOf(question);
        if (index >= 0) {
            dueAt[index] = Long.MIN_VALUE;
        }
    }

    void lookAnewAtAll() {
        Arrays.fill(dueAt, 0, size, Long.MIN_VALUE);
    }

    private int indexOf(ParkedWatches.Parked question) {
        for (int i = 0; i < size; i++) {
            if (questions[i] == question) {
                return i;
            }
        }
        return -1;
    }
}
