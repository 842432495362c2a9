/*
 * Cables with delay and loss between the hosts of a lab and their switch, for kernels without the netem queueing discipline.
 *
 *   cable HOSTS PREFIX SWITCH DELAY_US LOSS_PPM
 *
 * For each I from 1 to HOSTS: makes the TAP devices eth0 in the network namespace PREFIX<I> and p<I> in the namespace SWITCH, and
 * carries each frame from one to the other DELAY_US microseconds later, in order, or not at all with a probability of LOSS_PPM
 * millionths. Prints "ready" once all devices exist, then runs until a signal ends it, in the namespace SWITCH.
 *
 * Without loss, frames of up to 64 KiB travel as one, as the kernel's own devices pass them; with loss each is of one MTU, since a
 * loss would otherwise take dozens of packets at once.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum {
    FRAME_BYTES = 66 * 1024,           /* 64 KiB with the Ethernet and the virtio header, and to spare */
    FRAMES_AT_ONCE = 64,               /* read from one device before the others have their turn */
    UNDER_WAY_BYTES = 16 * 1024 * 1024 /* on one cable in one direction: more are dropped, as by a full queue */
};

struct frame {
    struct frame *next;
    int64_t due; /* nanoseconds of the monotonic clock */
    size_t length;
    char data[];
};

/* One direction of one cable. */
struct lane {
    int in;
    int out;
    struct frame *head;
    struct frame **tail;
    size_t bytes;
};

static void fail(const char *what)
{
    fprintf(stderr, "cable: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int make_tap(const char *namespace, const char *name, bool segmented)
{
    char path[128];
    snprintf(path, sizeof path, "/run/netns/%s", namespace);
    int namespace_fd = open(path, O_RDONLY | O_CLOEXEC);
    if (namespace_fd < 0 || setns(namespace_fd, CLONE_NEWNET) < 0)
        fail(path);
    close(namespace_fd);

    int tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (tap < 0)
        fail("/dev/net/tun");
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    if (ioctl(tap, TUNSETIFF, &request) < 0)
        fail(name);
    unsigned long offload = TUN_F_CSUM | (segmented ? 0 : TUN_F_TSO4 | TUN_F_TSO6);
    if (ioctl(tap, TUNSETOFFLOAD, offload) < 0)
        fail("setting the offload of a TAP device");
    return tap;
}

static void open_lane(struct lane *lane, int in, int out)
{
    lane->in = in;
    lane->out = out;
    lane->tail = &lane->head;
}

/* Hands over what is due. Returns when the next frame is, INT64_MAX if none waits. */
static int64_t deliver(struct lane *lane, int64_t time)
{
    struct frame *frame;
    while ((frame = lane->head) != NULL && frame->due <= time) {
        /* A device that is down or full takes nothing: the frame is lost. */
        if (write(lane->out, frame->data, frame->length) < 0 && errno != EAGAIN && errno != EIO)
            fail("writing a frame");
        lane->head = frame->next;
        if (lane->head == NULL)
            lane->tail = &lane->head;
        lane->bytes -= frame->length;
        free(frame);
    }
    return frame != NULL ? frame->due : INT64_MAX;
}

static void take(struct lane *lane, int64_t due, double loss)
{
    static char buffer[FRAME_BYTES];
    for (int i = 0; i < FRAMES_AT_ONCE; i++) {
        ssize_t length = read(lane->in, buffer, sizeof buffer);
        if (length <= 0)
            return;
        if (drand48() < loss || lane->bytes + (size_t)length > UNDER_WAY_BYTES)
            continue;
        struct frame *frame = malloc(sizeof *frame + (size_t)length);
        if (frame == NULL)
            fail("holding a frame");
        frame->next = NULL;
        frame->due = due;
        frame->length = (size_t)length;
        memcpy(frame->data, buffer, (size_t)length);
        *lane->tail = frame;
        lane->tail = &frame->next;
        lane->bytes += frame->length;
    }
}

static void carry(struct lane *lanes, int count, int64_t delay, double loss)
{
    struct pollfd *polls = calloc((size_t)count, sizeof *polls);
    if (polls == NULL)
        fail("starting");
    for (int i = 0; i < count; i++)
        polls[i] = (struct pollfd){.fd = lanes[i].in, .events = POLLIN};
    for (;;) {
        int64_t time = now();
        int64_t next = INT64_MAX;
        for (int i = 0; i < count; i++) {
            int64_t due = deliver(&lanes[i], time);
            if (due < next)
                next = due;
        }
        int64_t left = next - time;
        struct timespec wait = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
        if (ppoll(polls, (nfds_t)count, next == INT64_MAX ? NULL : &wait, NULL) < 0 && errno != EINTR)
            fail("waiting for frames");
        int64_t due = now() + delay;
        for (int i = 0; i < count; i++) {
            if (polls[i].revents & POLLIN)
                take(&lanes[i], due, loss);
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: cable HOSTS PREFIX SWITCH DELAY_US LOSS_PPM\n");
        return 2;
    }
    int hosts = atoi(argv[1]);
    int64_t delay = atoll(argv[4]) * 1000;
    double loss = atof(argv[5]) / 1e6;
    struct lane *lanes = calloc(2 * (size_t)hosts, sizeof *lanes);
    if (lanes == NULL)
        fail("starting");
    for (int i = 0; i < hosts; i++) {
        char host[64];
        char port[IFNAMSIZ];
        snprintf(host, sizeof host, "%s%d", argv[2], i + 1);
        snprintf(port, sizeof port, "p%d", i + 1);
        int inside = make_tap(host, "eth0", loss > 0);
        int outside = make_tap(argv[3], port, loss > 0);
        open_lane(&lanes[2 * i], inside, outside);
        open_lane(&lanes[2 * i + 1], outside, inside);
    }
    puts("ready");
    fflush(stdout);
    carry(lanes, 2 * hosts, delay, loss);
}
