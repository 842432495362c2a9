package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls each public method of a type with null in place of each argument that may not be null. */
final class NullArguments {

    private final Map<Class<?>, Object> samples;

    /**
     * Calls with these arguments beside.
     *
     * @param samples an argument for each type that is no primitive
     */
    NullArguments(Map<Class<?>, Object> samples) {
        this.samples = samples;
    }

    /** Checks that each such call is refused by the parameter's name; how many there were. */
    int areRefusedBy(Class<?> type, Object target) {
        int calls = 0;
        for (Method method : type.getDeclaredMethods()) {
            boolean visible = Modifier.isPublic(method.getModifiers()) && !method.isSynthetic();
            Parameter[] parameters = method.getParameters();
            for (int i = 0; visible && i < parameters.length; i++) {
                if (!mayBeNull(parameters[i]) && !method.getName().equals("equals")) {
                    Object[] arguments = samples(method);
                    arguments[i] = null;
                    assertThatNullPointerException()
                            .as("%s with null for %s", method, parameters[i].getName())
                            .isThrownBy(() -> invoke(method, target, arguments))
                            .satisfies(e -> assertThat(e.getMessage()).matches("[A-Za-z]+"));
                    calls++;
                }
            }
        }
        return calls;
    }

    private static boolean mayBeNull(Parameter parameter) {
        return parameter.getType().isPrimitive() || parameter.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private Object[] samples(Method method) {
        List<Object> arguments = new ArrayList<>();
        for (Class<?> type : method.getParameterTypes()) {
            Object sample = type == int.class ? (Object) 1 : type == long.class ? (Object) 1L : samples.get(type);
            sample = type == double.class ? (Object) 1.0 : type == boolean.class ? (Object) true : sample;
            assertThat(sample).as("a sample of %s for %s", type, method).isNotNull();
            arguments.add(sample);
        }
        return arguments.toArray();
    }

    private static void invoke(Method method, Object target, Object[] arguments) throws Throwable {
        try {
            method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
