/** How the command shows things: text that is safe on a terminal, tables, progress. */
@NullMarked
package dev.swarm.examples.view;

import org.jspecify.annotations.NullMarked;
