package dev.swarm.examples.admin;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files of the web page, out of the jar. Immutable. */
final class PageFiles {

    private static final Map<String, String> TYPES = Map.of(
            "page.html", "text/html; charset=utf-8",
            "page.css", "text/css; charset=utf-8",
            "page.js", "text/javascript; charset=utf-8",
            "detail.js", "text/javascript; charset=utf-8",
            "dom.js", "text/javascript; charset=utf-8",
            "icon.svg", "image/svg+xml");

    private final Map<String, Answer> files = new LinkedHashMap<>();

    /** Reads all of them. */
    PageFiles() throws IOException {
        for (Map.Entry<String, String> file : TYPES.entrySet()) {
            try (InputStream content = PageFiles.class.getResourceAsStream(file.getKey())) {
                if (content == null) {
                    throw new FileNotFoundException("the jar lacks " + file.getKey() + "; build it again");
                }
                files.put(file.getKey(), Answer.file(file.getValue(), content.readAllBytes()));
            }
        }
    }

    /** A file by its name, or null. */
    @Nullable
    Answer find(String name) {
        return files.get(name);
    }
}
