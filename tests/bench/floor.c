/*
 * What the kernel alone takes for a request: floor PORT answers 200 to whatever one read returns, without parsing it, until it is
 * killed. No server that answers each request of a keep-alive connection separately can be faster, so no server can be ten
 * times faster than a peer that takes less than ten times as long as this.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n"
                             "{\"accepted\":1}\n";

static int die(const char *what)
{
    perror(what);
    exit(1);
}

static int listening(int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 64))
        die("listen");
    return fd;
}

static void watch(int poll, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (fd < 0 || epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event))
        die("epoll_ctl");
}

static void serve(int fd)
{
    char request[65536];
    if (read(fd, request, sizeof(request)) <= 0 || write(fd, answer, sizeof(answer) - 1) < 0)
        close(fd);
}

int main(int argc, char **argv)
{
    struct epoll_event ready[64];
    int poll = epoll_create1(0), door = listening(argc > 1 ? atoi(argv[1]) : 0);
    for (watch(poll, door);;) {
        int n = epoll_wait(poll, ready, 64, -1);
        for (int i = 0; i < n; i++) {
            if (ready[i].data.fd == door)
                watch(poll, accept(door, NULL, NULL));
            else
                serve(ready[i].data.fd);
        }
    }
}
