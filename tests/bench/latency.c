/*
 * The time from a command typed in the console to its answer there, through runner, core, disk and back: latency SOCKET FILE
 * COUNT. The peer is the disk alone: a write of 4 KiB to FILE and fdatasync. Prints medians and 99th percentiles in microseconds:
 * "ours50 ours99 disk50 disk99". Twenty commands more go first, to warm up. The commands take turns on the first ten incidents, so
 * that they cost the same however many are open.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../support/console_client.h"
#include "../support/stopwatch.h"

#define COUNT_MOST 10000
#define WARM_UP    20
#define INCIDENTS  10

/* Sends one command and reads until its answer. */
static double ask(const struct console_client *chat, int number, int incident)
{
    char token[48], command[96];
    /* The history has those of earlier runs. */
    snprintf(token, sizeof(token), "token-%d-%d.", (int)getpid(), number);
    snprintf(command, sizeof(command), "/inc INC-%d update %s", incident, token);
    double from = stopwatch_micros();
    console_client_say(chat, "incidents", command);
    console_client_hear(chat, token, "\"room\":\"incidents\",\"id\":\"k"); /* a message of Tocsin's */
    return stopwatch_micros() - from;
}

static double keep(int fd)
{
    static const char block[4096];
    double from = stopwatch_micros();
    if (write(fd, block, sizeof(block)) != sizeof(block) || fdatasync(fd)) {
        perror("latency");
        exit(1);
    }
    return stopwatch_micros() - from;
}

int main(int argc, char **argv)
{
    static double ours[COUNT_MOST], disk[COUNT_MOST];
    struct console_client chat;
    int count = argc == 4 ? atoi(argv[3]) : 0;
    if (count < 1 || count > COUNT_MOST)
        return fputs("usage: latency SOCKET FILE COUNT\n", stderr), 2;
    console_client_enter(&chat, argv[1]);
    console_client_join(&chat, "incidents");
    int fd = open(argv[2], O_CREAT | O_TRUNC | O_WRONLY, 0600);
    for (int i = -WARM_UP; i < count; i++) {
        double took = ask(&chat, i + WARM_UP, (i + WARM_UP) % INCIDENTS + 1), kept = keep(fd);
        if (i >= 0) {
            ours[i] = took;
            disk[i] = kept;
        }
    }
    size_t n = (size_t)count;
    printf("%.0f %.0f %.0f %.0f\n", stopwatch_percentile(ours, n, 50), stopwatch_percentile(ours, n, 99),
           stopwatch_percentile(disk, n, 50), stopwatch_percentile(disk, n, 99));
    return 0;
}
