/** What people write on the command line and in configuration files, read strictly. */
@NullMarked
package dev.swarm.examples.config;

import org.jspecify.annotations.NullMarked;
