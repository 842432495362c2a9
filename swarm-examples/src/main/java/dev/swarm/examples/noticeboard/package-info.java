/** A plugin to read and to copy: short notices that every node shows. {@code docs/plugins.md} goes through it. */
@NullMarked
package dev.swarm.examples.noticeboard;

import org.jspecify.annotations.NullMarked;
