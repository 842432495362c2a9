/**
 * Which files a user's lockbox has, as all of the user's machines come to agree on without asking each other first. Pure: no clock,
 * no disk, no network.
 */
@NullMarked
package dev.swarm.lockbox.set;

import org.jspecify.annotations.NullMarked;
