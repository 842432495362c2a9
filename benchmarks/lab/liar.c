/*
 * Makes a liar of a node: what its process reads from the data of a partial copy has a bit of each 4 KiB turned, so that it serves
 * garbage of every leaf that it received, verified and wrote. To be named in LD_PRELOAD. Linux.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096 };

static int is_partial_data(int fd) {
    static const char end[] = ".partial/data";
    char link[32];
    char path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path);
    size_t tail = sizeof end - 1;
    return length >= (ssize_t) tail && memcmp(path + length - tail, end, tail) == 0;
}

ssize_t pread64(int fd, void *buffer, size_t count, off64_t offset) {
    static ssize_t (*next)(int, void *, size_t, off64_t);
    if (next == NULL) {
        next = (ssize_t (*)(int, void *, size_t, off64_t)) dlsym(RTLD_NEXT, "pread64");
    }
    ssize_t bytes = next(fd, buffer, count, offset);
    if (bytes > 0 && is_partial_data(fd)) {
        for (ssize_t i = 0; i < bytes; i += PAGE_BYTES) {
            ((unsigned char *) buffer)[i] ^= 1;
        }
    }
    return bytes;
}
