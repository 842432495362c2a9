/**
 * Files of the age format, version 1, with X25519 recipients (age-encryption.org/v1, c2sp.org/age). Written on the JDK's primitives,
 * because a header has to be replaced without touching the payload, and because randomness is injected.
 */
@NullMarked
package dev.swarm.lockbox.age;

import org.jspecify.annotations.NullMarked;
