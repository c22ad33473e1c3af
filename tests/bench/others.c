/*
 * How long an alert takes from its sending to its answer, while who knows what happens: others PORT KEY COUNT. Each alert is one more
 * of the same problem, on one connection, every two milliseconds. Prints the median and the 99th percentile in microseconds: "p50 p99".
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../support/stopwatch.h"

#define COUNT_MOST 100000
#define WARM_UP    50

static int die(const char *what)
{
    perror(what);
    exit(1);
}

static int join(int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)))
        die("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return fd;
}

static double ask(int fd, const char *request)
{
    char answer[4096];
    double from = stopwatch_micros();
    if (write(fd, request, strlen(request)) < 0)
        die("write");
    ssize_t n = read(fd, answer, sizeof(answer) - 1);
    if (n <= 0)
        die("read");
    answer[n] = '\0';
    if (strncmp(answer, "HTTP/1.1 2", 10) != 0)
        fprintf(stderr, "refused: %.60s\n", answer);
    return stopwatch_micros() - from;
}

int main(int argc, char **argv)
{
    static const char body[] = "{\"title\":\"checkout fails\",\"service\":\"shop\",\"level\":\"warning\"}";
    static double took[COUNT_MOST];
    char request[1000];
    int count = argc == 4 ? atoi(argv[3]) : 0;
    if (count < 1 || count > COUNT_MOST)
        return fputs("usage: others PORT KEY COUNT\n", stderr), 2;
    snprintf(request, sizeof(request),
             "POST /intake/alerts HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: "
             "application/json\r\nContent-Length: %zu\r\n\r\n%s",
             argv[2], sizeof(body) - 1, body);
    int fd = join(atoi(argv[1]));
    for (int i = -WARM_UP; i < count; i++) {
        double micros = ask(fd, request);
        if (i >= 0)
            took[i] = micros;
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
    printf("%.0f %.0f\n", stopwatch_percentile(took, (size_t)count, 50),
           stopwatch_percentile(took, (size_t)count, 99));
    return 0;
}
