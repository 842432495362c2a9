package dev.swarm.examples.cli;

import picocli.CommandLine.Command;

/** Takes a blob away from the fleet. */
@Command(
        name = "revoke",
        description = "Revoke a blob: every node deletes its copy.",
        mixinStandardHelpOptions = true,
        footer = "Example: swarm revoke firmware.bin")
final class RevokeCommand extends EndingVerb {

    RevokeCommand() {
        super("revoke", "revoked");
    }
}
