package dev.swarm.driver;

import dev.swarm.transport.Router;
import java.util.concurrent.ConcurrentMap;

/**
 * What a running node lets its plugins act with.
 *
 * @param router where their routes are added
 * @param traits where their traits are offered
 * @param storage where they say what they store, and ask others
 * @param publisher writes entries in the node's name
 * @param tellers complete what they are given
 * @param keepers who of them keeps which text, see {@link KeptTexts}
 * @param host knows all of them
 */
record PluginMeans(
        Router router,
        OfferedTraits traits,
        StorageHealth storage,
        Publisher publisher,
        Tellers tellers,
        ConcurrentMap<String, String> keepers,
        SubsystemHost host) {}
