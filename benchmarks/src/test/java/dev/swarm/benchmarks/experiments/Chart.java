package dev.swarm.benchmarks.experiments;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A chart as SVG: lines over two axes, or bars. Confined to one thread. */
final class Chart {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 420;
    private static final int LEFT = 70;
    private static final int RIGHT = 150;
    private static final int TOP = 40;
    private static final int BOTTOM = 60;
    private static final int TICKS = 5;

    private static final List<String> COLORS =
            List.of("#1b6ca8", "#d1495b", "#2e8b57", "#e09f3e", "#6a4c93", "#444444", "#00a6a6", "#a05a2c");

    /** Names one series and gives its points, x and y in turn. */
    record Series(String name, List<Double> points) {

        Series {
            points = List.copyOf(points);
        }

        double x(int i) {
            return points.get(2 * i);
        }

        double y(int i) {
            return points.get(2 * i + 1);
        }

        int size() {
            return points.size() / 2;
        }
    }

    private final StringBuilder svg = new StringBuilder();
    private final Scale across;
    private final Scale up;

    /** Where a value lies on an axis. */
    private record Scale(double least, double most, boolean logarithmic, int from, int to) {

        double at(double value) {
            double share =
                    logarithmic ? Math.log(value / least) / Math.log(most / least) : (value - least) / (most - least);
            return from + share * (to - from);
        }

        double tick(int i) {
            double share = i / (double) TICKS;
            return logarithmic ? least * Math.pow(most / least, share) : least + share * (most - least);
        }
    }

    private Chart(String title, String xName, String yName, Scale across, Scale up) {
        this.across = across;
        this.up = up;
        svg.append(
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 420\" font-family=\"sans-serif\" font-size=\"12\">\n")
                .append("<rect width=\"720\" height=\"420\" fill=\"white\"/>\n");
        text(WIDTH / 2.0, 22, "middle", title);
        text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 14, "middle", xName);
        text(8, TOP - 12, "start", yName);
        for (int i = 0; i <= TICKS; i++) {
            double y = up.at(up.tick(i));
            line(LEFT, y, WIDTH - RIGHT, y, "#dddddd");
            text(LEFT - 6, y + 4, "end", number(up.tick(i)));
        }
    }

    /** Lines through the points of each series. */
    static String lines(String title, String xName, String yName, boolean logarithmic, List<Series> series) {
        List<Double> xs = new ArrayList<>();
        List<Double> ys = new ArrayList<>();
        series.forEach(one -> {
            for (int i = 0; i < one.size(); i++) {
                xs.add(one.x(i));
                ys.add(one.y(i));
            }
        });
        Scale across = scale(xs, logarithmic, LEFT, WIDTH - RIGHT);
        Chart chart = new Chart(title, xName, yName, across, scale(ys, logarithmic, HEIGHT - BOTTOM, TOP));
        for (int i = 0; i <= TICKS; i++) {
            chart.text(across.at(across.tick(i)), HEIGHT - BOTTOM + 18, "middle", number(across.tick(i)));
        }
        for (int i = 0; i < series.size(); i++) {
            chart.draw(series.get(i), i);
        }
        return chart.svg.append("</svg>\n").toString();
    }

    /** One bar for each series, as high as the y of its first point, on a logarithmic axis from 1. */
    static String bars(String title, String yName, List<Series> series) {
        double most = series.stream().mapToDouble(one -> one.y(0)).max().orElse(10);
        Scale across = new Scale(0, series.size(), false, LEFT, WIDTH - RIGHT);
        Scale up = new Scale(1, Math.max(2, most), true, HEIGHT - BOTTOM, TOP);
        Chart chart = new Chart(title, "", yName, across, up);
        for (int i = 0; i < series.size(); i++) {
            chart.bar(series.get(i), i);
        }
        return chart.svg.append("</svg>\n").toString();
    }

    private static Scale scale(List<Double> values, boolean logarithmic, int from, int to) {
        double most = values.stream().mapToDouble(Double::doubleValue).max().orElse(1);
        double least = values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
        return new Scale(least, most > least ? most : least + 1, logarithmic, from, to);
    }

    private void draw(Series one, int index) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < one.size(); i++) {
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", across.at(one.x(i)), up.at(one.y(i))));
        }
        String color = COLORS.get(index % COLORS.size());
        svg.append("<polyline fill=\"none\" stroke-width=\"2\" stroke=\"")
                .append(color)
                .append("\" points=\"");
        svg.append(points.toString().strip()).append("\"/>\n");
        int y = TOP + 18 * index;
        line(WIDTH - RIGHT + 10, y, WIDTH - RIGHT + 34, y, color);
        text(WIDTH - RIGHT + 40, y + 4, "start", one.name());
    }

    private void bar(Series one, int index) {
        double y = up.at(Math.max(1, one.y(0)));
        double x = across.at(index + 0.15);
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n",
                x,
                y,
                across.at(index + 0.85) - x,
                HEIGHT - BOTTOM - y,
                COLORS.get(index % COLORS.size())));
        text(across.at(index + 0.5), y - 4, "middle", number(one.y(0)));
        text(across.at(index + 0.5), HEIGHT - BOTTOM + 16 + index % 2 * 16, "middle", one.name());
    }

    private void line(double x1, double y1, double x2, double y2, String color) {
        svg.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>\n",
                x1,
                y1,
                x2,
                y2,
                color));
    }

    private void text(double x, double y, String anchor, String text) {
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y, anchor, text));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
