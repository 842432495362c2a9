/**
 * Mergeable data types and the means to bring two copies of them together.
 *
 * <p>Hybrid timestamps order changes; last-writer-wins maps, grow-only sets and grave markers merge to one state
 * whatever the order of delivery; range fingerprints find what two large maps disagree on. Nothing here reads a
 * clock, starts a thread or performs I/O, and mutable types are confined to one thread at a time.
 */
@NullMarked
package dev.swarm.crdt;

import org.jspecify.annotations.NullMarked;
