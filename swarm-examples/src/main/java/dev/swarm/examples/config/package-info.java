/** What people write on the command line, read strictly. */
@NullMarked
package dev.swarm.examples.config;

import org.jspecify.annotations.NullMarked;
