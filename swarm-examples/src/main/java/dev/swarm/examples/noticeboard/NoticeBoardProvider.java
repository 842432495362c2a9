package dev.swarm.examples.noticeboard;

import dev.swarm.subsystem.Subsystem;
import dev.swarm.subsystem.SubsystemProvider;

/** Makes a {@link NoticeBoard} for a node that finds it by {@link java.util.ServiceLoader}. */
public final class NoticeBoardProvider implements SubsystemProvider {

    /** For the service loader. */
    public NoticeBoardProvider() {}

    @Override
    public String name() {
        return NoticeBoard.NAME;
    }

    @Override
    public Subsystem create() {
        return new NoticeBoard();
    }
}
