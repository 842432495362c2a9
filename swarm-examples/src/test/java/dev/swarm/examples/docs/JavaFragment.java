package dev.swarm.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Java of a page, made into a class. */
final class JavaFragment {

    static final String NAME = "Fragment";

    /** What an editor would import for a reader. */
    private static final List<String> IMPORTS = List.of(
            "dev.swarm.*",
            "dev.swarm.blob.*",
            "dev.swarm.disk.*",
            "dev.swarm.examples.*",
            "dev.swarm.examples.noticeboard.*",
            "dev.swarm.filecast.*",
            "dev.swarm.lifecycle.*",
            "dev.swarm.manifest.*",
            "dev.swarm.peer.*",
            "dev.swarm.subsystem.*",
            "dev.swarm.transport.*",
            "java.io.*",
            "java.net.*",
            "java.nio.ByteBuffer",
            "java.nio.charset.StandardCharsets",
            "java.nio.file.*",
            "java.time.*",
            "java.util.*",
            "java.util.concurrent.*");

    private JavaFragment() {}

    /** A class whose main method is the fragment. */
    static String program(String fragment) {
        return around("public static void main(String[] args)", fragment);
    }

    /** A class with a method that is the fragment and takes these parameters. */
    static String method(String parameters, String fragment) {
        return around("void fragment(" + parameters + ")", fragment);
    }

    private static String around(String head, String fragment) {
        StringBuilder source = new StringBuilder();
        IMPORTS.forEach(each -> source.append("import ").append(each).append(";\n"));
        return source.append("public final class ")
                .append(NAME)
                .append(" {\n")
                .append(head)
                .append(" throws Exception {\n")
                .append(fragment)
                .append("}}\n")
                .toString();
    }

    /** Compiles a source against the class path of the tests. */
    static void compile(String where, String source, Path classes) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///" + NAME + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        boolean compiled = compiler.getTask(
                        said,
                        null,
                        null,
                        List.of("-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path")),
                        null,
                        List.of(file))
                .call();
        assertThat(compiled)
                .as("%s does not compile%n%s%n%s", where, said, source)
                .isTrue();
    }
}
