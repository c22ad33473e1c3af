/* witness - says when it is handed a page: POSTs the page's body to `port` of this machine, on one connection, and reads no answer. */
#include "simple.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int port, fd = -1;

static int32_t open_witness(const struct tocsin_host *given, const char *settings, void **ret_self,
                            struct tocsin_error *error)
{
    port = atoi(strstr(settings, "\"port\":") + 7);
    return simple_open(given, settings, ret_self, error);
}

static void join(void)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)))
        host->log(host->ctx, 3, "cannot connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
}

static void perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    char head[100];
    int n = snprintf(head, sizeof(head), "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n",
                     (size_t)action->body_length);
    if (fd < 0)
        join();
    if (send(fd, head, (size_t)n, MSG_MORE) < 0 || send(fd, action->body, action->body_length, 0) < 0)
        result->code = TOCSIN_REFUSED;
    simple_perform(self, action, result);
}

static void close_witness(void *self)
{
    simple_close(self);
    close(fd);
}

static const struct tocsin_setting settings[] = {
    {"port", TOCSIN_SETTING_INT, TOCSIN_REQUIRED, NULL, 1, 65535, "Where to say it"},
    {0},
};

TOCSIN_CONNECTOR(.name = "witness", .version = "1.0", .summary = "Says when it is handed a page", .parallel = 1,
                 .can = TOCSIN_CAN_PAGE, .settings = settings, .open = open_witness, .perform = perform,
                 .close = close_witness);
