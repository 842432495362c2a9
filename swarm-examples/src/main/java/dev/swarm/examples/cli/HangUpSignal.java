package dev.swarm.examples.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SIGHUP, by which an operator has a configuration read anew; by default it would end the process. */
final class HangUpSignal {

    private static final Logger log = LoggerFactory.getLogger(HangUpSignal.class);

    private HangUpSignal() {}

    /**
     * Has an action run at each signal, on a thread of the system's. Where there is no such signal nothing happens.
     *
     * <p>By reflection: the JDK exports the class but has the compiler warn of it, and offers no other way.
     */
    static void onEach(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object answering = Proxy.newProxyInstance(
                    HangUpSignal.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), answering);
        } catch (InvocationTargetException e) {
            log.debug("SIGHUP is not heard: {}", String.valueOf(e.getCause()));
        } catch (ReflectiveOperationException e) {
            log.debug("SIGHUP is not heard: {}", e.toString());
        }
    }
}
