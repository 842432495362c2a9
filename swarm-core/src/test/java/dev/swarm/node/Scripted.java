package dev.swarm.node;

import dev.swarm.peer.DialPolicy;
import dev.swarm.peer.PeerId;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Stands for what a machine acts through: does what a test says, answers nothing, 0 or false otherwise. */
public final class Scripted {

    private Scripted() {}

    /** What is done when a method is called; null for the answer that says nothing. */
    public interface Script {
        @Nullable
        Object called(String method, Object[] given);
    }

    public static <T> T of(Class<T> type, Script script) {
        InvocationHandler handler = (proxy, method, given) -> {
            Object answer = script.called(method.getName(), given == null ? new Object[0] : given);
            return answer == null ? nothing(method) : answer;
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static @Nullable Object nothing(Method method) {
        Class<?> type = method.getReturnType();
        if (type == long.class) {
            return 0L;
        }
        return type == boolean.class ? false : null;
    }

    /** A node that takes and seeds whatever the manifest says. */
    static NodeRules rules(PeerId self, String fleetTag) {
        return new NodeRules(
                self,
                fleetTag,
                1531,
                Duration.ofSeconds(5),
                entry -> true,
                entry -> true,
                () -> false,
                DialPolicy.of(false));
    }
}
