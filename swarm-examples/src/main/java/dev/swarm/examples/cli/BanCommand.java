package dev.swarm.examples.cli;

import picocli.CommandLine.Command;

/** Takes a blob away from the fleet for good. */
@Command(
        name = "ban",
        description = "Ban a blob, as an operator: every node deletes its copy and takes none again.",
        mixinStandardHelpOptions = true,
        footer = "Example: swarm ban 9f86d081")
final class BanCommand extends EndingVerb {

    BanCommand() {
        super("ban", "banned");
    }
}
