/*
 * The time from a message that somebody says in one room to its arrival in the incident's other rooms, each in a console of its own:
 * rooms COUNT MANY ONE SOCKET SOCKET... The room MANY is on all these consoles. The peer is the same way to one other room: ONE takes
 * part on the first two alone. The messages take turns. Prints medians and 99th percentiles in microseconds: "many50 many99 one50
 * one99". Twenty messages more go to each first, to warm up.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../support/console_client.h"
#include "../support/stopwatch.h"

#define COUNT_MOST 10000
#define ROOMS_MOST 8
#define WARM_UP    20

/* Says one message in the first room, and reads until it is in the first `n` rooms. */
static double say(const struct console_client *rooms, size_t n, const char *room)
{
    static int number;
    char token[48];
    /* The history has those of earlier runs. */
    snprintf(token, sizeof(token), "token-%d-%d.", (int)getpid(), number++);
    double from = stopwatch_micros();
    console_client_say(rooms, room, token);
    for (size_t i = 0; i < n; i++)
        console_client_hear(&rooms[i], token, room);
    return stopwatch_micros() - from;
}

int main(int argc, char **argv)
{
    static double many[COUNT_MOST], one[COUNT_MOST];
    struct console_client rooms[ROOMS_MOST];
    int count = argc > 1 ? atoi(argv[1]) : 0;
    size_t n = argc > 4 ? (size_t)argc - 4 : 0;
    if (count < 1 || count > COUNT_MOST || n < 2 || n > ROOMS_MOST)
        return fputs("usage: rooms COUNT MANY ONE SOCKET SOCKET...\n", stderr), 2;
    for (size_t i = 0; i < n; i++) {
        console_client_enter(&rooms[i], argv[4 + i]);
        console_client_join(&rooms[i], argv[2]);
        console_client_join(&rooms[i], argv[3]);
    }
    for (int i = -WARM_UP; i < count; i++) {
        double to_many = say(rooms, n, argv[2]), to_one = say(rooms, 2, argv[3]);
        if (i >= 0) {
            many[i] = to_many;
            one[i] = to_one;
        }
    }
    printf("%.0f %.0f %.0f %.0f\n", stopwatch_percentile(many, (size_t)count, 50),
           stopwatch_percentile(many, (size_t)count, 99), stopwatch_percentile(one, (size_t)count, 50),
           stopwatch_percentile(one, (size_t)count, 99));
    return 0;
}
