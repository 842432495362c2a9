package dev.swarm.driver;

import dev.swarm.MulticastOptions;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which segments a node speaks on and as whom, given its configuration and the interfaces there are. Immutable. */
final class SegmentRule {

    private final MulticastOptions options;
    private final InetAddress listen;
    private final @Nullable InetAddress announce;

    /**
     * A rule.
     *
     * @param listen the address that is listened on; may stand for all
     * @param announce what to tell others whatever is found, or null
     */
    SegmentRule(MulticastOptions options, InetAddress listen, @Nullable InetAddress announce) {
        this.options = options;
        this.listen = listen;
        this.announce = announce;
    }

    /**
     * One interface to speak on.
     *
     * @param name its name
     * @param index the system's number for it
     * @param source the address that datagrams come from
     * @param announced the address that they tell
     */
    record Segment(String name, int index, InetAddress source, InetAddress announced) {}

    MulticastOptions options() {
        return options;
    }

    List<Segment> choose(List<LocalInterface> interfaces) {
        List<Segment> chosen = new ArrayList<>();
        for (LocalInterface candidate : interfaces) {
            Segment segment = isWanted(candidate) ? segmentOn(candidate, interfaces) : null;
            if (segment != null) {
                chosen.add(segment);
            }
        }
        return chosen;
    }

    /** The address of the line that most of the node's traffic takes, as far as the configuration and the interfaces tell. */
    InetAddress outward(List<LocalInterface> interfaces) {
        if (!listen.isAnyLocalAddress()) {
            return listen;
        }
        return interfaces.stream()
                .filter(each -> each.up()
                        && (options.interfaces().contains(each.name())
                                || (options.interfaces().isEmpty() && !each.loopback() && !each.isVirtual())))
                .flatMap(each -> each.addresses().stream())
                .filter(address -> !address.isLinkLocalAddress())
                .min(Comparator.comparingInt(address -> address instanceof Inet4Address ? 0 : 1))
                .orElse(InetAddress.getLoopbackAddress());
    }

    /** What others are told where no segment says otherwise. */
    InetAddress told(InetAddress outward) {
        return announce != null ? announce : outward;
    }

    /** Every address that leads to the node: another node may listen at the same port of another one of this machine's. */
    Set<InetAddress> own(List<LocalInterface> interfaces) {
        return listen.isAnyLocalAddress()
                ? interfaces.stream().flatMap(each -> each.addresses().stream()).collect(Collectors.toSet())
                : Set.of(listen);
    }

    /** Whether the node is where loopback addresses lead to other nodes. */
    boolean isOnLoopback(InterfaceLister lister) {
        if (listen.isLoopbackAddress() || (announce != null && announce.isLoopbackAddress())) {
            return true;
        }
        try {
            return lister.list().stream()
                    .anyMatch(each -> each.loopback() && options.interfaces().contains(each.name()));
        } catch (IOException e) {
            return false;
        }
    }

    /** What an operator should know of segments that could not be chosen, or null. */
    @Nullable
    String complaint(Set<String> chosen) {
        if (options.isOff()) {
            return null;
        }
        List<String> missing = options.interfaces().stream()
                .filter(name -> !chosen.contains(name))
                .toList();
        String family = options.group() instanceof Inet4Address ? "IPv4" : "IPv6";
        if (!missing.isEmpty()) {
            return "multicast waits for " + String.join(", ", missing) + " to be up with an " + family
                    + " address; it is joined when it is";
        }
        return chosen.isEmpty()
                ? "multicast waits for an interface that leads to other machines to be up with an " + family
                        + " address; meanwhile peers are found through known addresses only"
                : null;
    }

    private boolean isWanted(LocalInterface candidate) {
        if (options.isOff() || !candidate.up()) {
            return false;
        }
        if (!options.interfaces().isEmpty()) {
            return options.interfaces().contains(candidate.name());
        }
        return listen.isAnyLocalAddress()
                ? candidate.leadsOutward()
                : candidate.addresses().contains(listen);
    }

    /** Others believe a datagram only about the address that it came from, so that one is used wherever it is ours. */
    private @Nullable Segment segmentOn(LocalInterface on, List<LocalInterface> all) {
        InetAddress own = on.addressFor(options.group());
        InetAddress announced = announce != null ? announce : listen.isAnyLocalAddress() ? own : listen;
        if (own == null || announced == null) {
            return null;
        }
        boolean isOurs = all.stream().anyMatch(each -> each.addresses().contains(announced));
        boolean canSpeak = isOurs && LocalInterface.isSameFamily(announced, options.group());
        return new Segment(on.name(), on.index(), canSpeak ? announced : own, announced);
    }
}
