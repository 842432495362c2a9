package dev.swarm.examples.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartFilesTest {

    private static final Account STRANGER = new Account(4_000_001, "stranger", Set.of(4_000_001));

    @TempDir
    Path directory;

    private Path file;
    private Account self;

    @BeforeEach
    void makeFile() throws IOException {
        file = Files.writeString(directory.resolve("node.key"), "a key");
        self = Objects.requireNonNull(Account.ownerOf(file));
        mode(directory, "rwxr-xr-x");
    }

    @Test
    void check_fileOfTheNodesOwnUser_isWhatItsContentIs() throws IOException {
        mode(file, "rw-------");

        assertThat(check(new StartFiles(self, self))).isEqualTo(Check.passed("certificate", "sound"));
    }

    @Test
    void check_fileThatOnlyTheAskingUserMayRead_fails() throws IOException {
        mode(file, "rw-------");

        Check check = check(new StartFiles(self, STRANGER));

        assertThat(check.ok()).isFalse();
        assertThat(check.finding())
                .contains(file + " can be read by " + self.name() + ", and not by stranger", "rw-------");
        assertThat(check.remedy()).contains("let stranger read it");
    }

    @Test
    void check_directoryThatTheNodeMayNotSearch_isNamed() throws IOException {
        mode(file, "rw-r--r--");
        mode(directory, "rwxr--r--");

        assertThat(check(new StartFiles(self, STRANGER)).finding())
                .contains(directory.toRealPath() + " is " + self.name());
    }

    @Test
    void check_fileThatEverybodyMayRead_passes() throws IOException {
        mode(file, "rw-r--r--");

        assertThat(check(new StartFiles(self, STRANGER)).ok()).isTrue();
        assertThat(check(new StartFiles(self, STRANGER)).skipped()).isFalse();
    }

    @Test
    void check_fileOfAGroup_dependsOnThatOfTheNode() throws IOException {
        mode(file, "rw-r-----");
        int group = (Integer) Files.getAttribute(file, "unix:gid");

        Check member = check(new StartFiles(self, new Account(4_000_001, "stranger", Set.of(group))));
        Check other = check(new StartFiles(self, STRANGER));
        Check unknown = check(new StartFiles(self, new Account(4_000_001, "stranger", null)));

        assertThat(member).isEqualTo(Check.passed("certificate", "sound"));
        assertThat(other.ok()).isFalse();
        assertThat(unknown.skipped()).isTrue();
        assertThat(unknown.finding()).contains("whether stranger, the node's user, may read", "depends on groups");
        assertThat(unknown.remedy()).isEqualTo("run it as stranger or root");
    }

    @Test
    void check_faultInTheContent_isToldBeforeAnythingElse() throws IOException {
        mode(file, "rw-------");
        Check fault = Check.failed("certificate", "damaged", "issue it again");

        assertThat(new StartFiles(self, STRANGER).check("certificate", List.of(file), () -> fault))
                .isEqualTo(fault);
    }

    @Test
    void mayRead_root_isNotKeptOutByModes() throws IOException {
        mode(file, "---------");

        assertThat(new Account(0, "root", null).mayRead(file).answer()).isEqualTo(Account.Answer.YES);
        assertThat(STRANGER.mayRead(file).answer()).isEqualTo(Account.Answer.NO);
    }

    @Test
    void ofProcess_thisOne_knowsItsGroups() {
        Account account = Account.ofProcess(Path.of("/proc", "self"));

        assertThat(account).isNotNull();
        assertThat(account.is(self)).isTrue();
        assertThat(account.groups()).isNotEmpty();
    }

    private Check check(StartFiles files) {
        return files.check("certificate", List.of(file), () -> Check.passed("certificate", "sound"));
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
}
