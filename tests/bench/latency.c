/*
 * The time from a command typed in the console to its answer there, through runner, core, disk and back: latency SOCKET FILE
 * COUNT. The peer is the disk alone: a write of 4 KiB to FILE and fdatasync. Prints medians and 99th percentiles in microseconds:
 * "ours50 ours99 disk50 disk99". Twenty commands more go first, to warm up. The commands take turns on the first ten incidents, so
 * that they cost the same however many are open.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define COUNT_MOST 10000
#define WARM_UP    20
#define INCIDENTS  10

static double micros(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double percentile(double *values, int n, int percent)
{
    qsort(values, (size_t)n, sizeof(*values), ascending);
    return values[(n - 1) * percent / 100];
}

static FILE *said; /* what we write to the chat */

/* Enters the chat; returns what the chat writes. */
static FILE *enter(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    if (connect(fd, (struct sockaddr *)&address, sizeof(address))) {
        perror(path);
        exit(1);
    }
    said = fdopen(dup(fd), "w");
    fputs("{\"do\":\"hello\",\"name\":\"Ana\",\"user\":\"ana\"}\n"
          "{\"do\":\"join\",\"room\":\"incidents\"}\n",
          said);
    fflush(said);
    return fdopen(fd, "r");
}

/* Sends one command and reads until its answer. */
static double ask(FILE *chat, int number, int incident)
{
    static char line[1 << 20];
    char token[48];
    snprintf(token, sizeof(token), "token-%d-%d.", (int)getpid(),
             number); /* the history has those of earlier runs */
    double from = micros();
    fprintf(said, "{\"do\":\"say\",\"room\":\"incidents\",\"text\":\"/inc INC-%d update %s\"}\n", incident,
            token);
    fflush(said);
    while (fgets(line, sizeof(line), chat)) {
        if (strstr(line, token) && strstr(line, "\"from\":\"tocsin\"") &&
            strstr(line, "\"room\":\"incidents\""))
            return micros() - from;
    }
    fputs("latency: the chat ended\n", stderr);
    exit(1);
}

static double keep(int fd)
{
    static const char block[4096];
    double from = micros();
    if (write(fd, block, sizeof(block)) != sizeof(block) || fdatasync(fd)) {
        perror("latency");
        exit(1);
    }
    return micros() - from;
}

int main(int argc, char **argv)
{
    static double ours[COUNT_MOST], disk[COUNT_MOST];
    int count = argc == 4 ? atoi(argv[3]) : 0;
    if (count < 1 || count > COUNT_MOST)
        return fputs("usage: latency SOCKET FILE COUNT\n", stderr), 2;
    FILE *chat = enter(argv[1]);
    int fd = open(argv[2], O_CREAT | O_TRUNC | O_WRONLY, 0600);
    for (int i = -WARM_UP; i < count; i++) {
        double took = ask(chat, i + WARM_UP, (i + WARM_UP) % INCIDENTS + 1), kept = keep(fd);
        if (i >= 0) {
            ours[i] = took;
            disk[i] = kept;
        }
    }
    printf("%.0f %.0f %.0f %.0f\n", percentile(ours, count, 50), percentile(ours, count, 99),
           percentile(disk, count, 50), percentile(disk, count, 99));
    return 0;
}
