/** What a running node shows to people and to monitoring: a web page, JSON and metrics on a port of its own. */
@NullMarked
package dev.swarm.examples.admin;

import org.jspecify.annotations.NullMarked;
