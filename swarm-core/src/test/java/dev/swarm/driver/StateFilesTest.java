package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Files that stand where a node's own are to be and are none. */
@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StateFilesTest {

    @TempDir
    private Path directory;

    @Test
    void read_fifo_isSetAside() throws Exception {
        StateFiles files = new StateFiles(directory);
        makeFifo("peers.json");
        makeFifo("manifest.json");

        assertThat(files.read("peers.json")).isNull();
        assertThat(files.readBytes("manifest.json")).isNull();

        assertThat(directory.resolve("peers.json")).doesNotExist();
        assertThat(directory.resolve("peers.json.unreadable")).exists();
        assertThat(directory.resolve("manifest.json.unreadable")).exists();
    }

    @Test
    void read_linkToAFile_isFollowed() throws IOException {
        Path text = Files.writeString(directory.resolve("elsewhere"), "text");
        Files.createSymbolicLink(directory.resolve("peers.json"), text);

        assertThat(new StateFiles(directory).read("peers.json")).isEqualTo("text");
    }

    @Test
    void read_linkToADevice_isSetAside() throws IOException {
        Files.createSymbolicLink(directory.resolve("peers.json"), Path.of("/dev/zero"));

        assertThat(new StateFiles(directory).read("peers.json")).isNull();
        assertThat(directory.resolve("peers.json.unreadable")).isSymbolicLink();
        Files.delete(directory.resolve("peers.json.unreadable"));
    }

    @Test
    void write_fifosAndDirectoriesInTheWay_areSetAside() throws Exception {
        StateFiles files = new StateFiles(directory);
        makeFifo("peers.json.tmp");
        Files.createDirectories(directory.resolve("peers.json").resolve("inner"));
        files.write("peers.json", "first");
        Files.delete(directory.resolve("peers.json"));
        Files.createDirectories(directory.resolve("peers.json").resolve("inner"));

        files.write("peers.json", "second");

        assertThat(directory.resolve("peers.json")).hasContent("second");
        assertThat(directory.resolve("peers.json.tmp.unreadable")).exists();
        assertThat(directory.resolve("peers.json.unreadable")).isDirectory();
        assertThat(directory.resolve("peers.json.unreadable-2")).isDirectory();
    }

    @Test
    void tryWrite_directoryIsGoneAndBack_tellsWhetherItCould() throws IOException {
        Path data = Files.createDirectory(directory.resolve("data"));
        StateFiles files = new StateFiles(data);
        Files.delete(data);

        assertThat(files.tryWrite("state.json", target -> target.write('a'))).isFalse();
        Files.createDirectory(data);

        assertThat(files.tryWrite("state.json", target -> target.write('b'))).isTrue();
        assertThat(data.resolve("state.json")).hasContent("b");
    }

    @Test
    void journal_fifo_isNeitherReadNorWritten() throws Exception {
        makeFifo(JournalFile.NAME);
        NioJournalDisk disk = new NioJournalDisk(directory);

        assertThatThrownBy(() -> disk.read(JournalFile.NAME)).hasMessageContaining("no file");
        assertThatThrownBy(() -> disk.create(JournalFile.NAME)).hasMessageContaining("no file");
    }

    private void makeFifo(String name) throws Exception {
        Process process = new ProcessBuilder("mkfifo", directory.resolve(name).toString()).start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }
}
