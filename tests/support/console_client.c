#include "console_client.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void console_client_enter(struct console_client *client, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    if (connect(fd, (struct sockaddr *)&address, sizeof(address))) {
        perror(path);
        exit(1);
    }
    *client = (struct console_client){path, fdopen(dup(fd), "w"), fdopen(fd, "r")};
    fputs("{\"do\":\"hello\",\"name\":\"Ana\",\"user\":\"ana\"}\n", client->says);
    fflush(client->says);
}

void console_client_join(const struct console_client *client, const char *room)
{
    fprintf(client->says, "{\"do\":\"join\",\"room\":\"%s\"}\n", room);
    fflush(client->says);
}

void console_client_say(const struct console_client *client, const char *room, const char *text)
{
    fprintf(client->says, "{\"do\":\"say\",\"room\":\"%s\",\"text\":\"%s\"}\n", room, text);
    fflush(client->says);
}

void console_client_hear(const struct console_client *client, const char *a, const char *b)
{
    static char line[1 << 20];
    while (fgets(line, sizeof(line), client->hears)) {
        if (strstr(line, a) && strstr(line, b))
            return;
    }
    fprintf(stderr, "%s: the chat ended\n", client->path);
    exit(1);
}
