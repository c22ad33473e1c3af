/* The descriptor, and what begins and ends with it. */
#include "console.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tocsin/kit/clock.h>
#include <tocsin/kit/json.h>

#include "store.h"

static const struct tocsin_setting settings[] = {
    {"socket", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED | TOCSIN_SOCKET, NULL, 0, 0,
     "Path of the Unix socket that `tocsin chat` connects to"},
    {"default_room", TOCSIN_SETTING_TEXT, 0, "incidents", 0, 0,
     "The room that everybody starts in, where incidents are announced"},
    {"history", TOCSIN_SETTING_INT, 0, "200", 10, STORE_SLOTS, "Messages kept in each room"},
    {"trust", TOCSIN_SETTING_BOOL, 0, "false", 0, 0,
     "Let clients say who they are, instead of the kernel: for demonstrations and tests"},
    {"group", TOCSIN_SETTING_TEXT, 0, "", 0, 0,
     "The group whose members may connect to the socket; by default everybody may"},
    {0},
};

static void console_close(void *self)
{
    struct console *c = self;
    if (!c)
        return;
    for (size_t i = 0; i < CLIENTS_MOST; i++) {
        if (c->clients.v[i])
            client_close(c->clients.v[i]);
    }
    rooms_finish(&c->rooms);
    if (c->listener >= 0)
        close(c->listener); /* the next one finds its socket left, and that is removed */
    close(c->clients.wake[0]);
    close(c->clients.wake[1]);
    pthread_mutex_destroy(&c->lock);
    free(c->path);
    free(c->default_room);
    free(c->group);
    free(c);
}

static struct console *console_create(const struct tocsin_host *host, const char *text)
{
    struct console *c = calloc(1, sizeof(*c));
    cJSON *given = kit_json_parse(text, strlen(text));
    c->host = host;
    c->path = strdup(kit_json_text(given, "socket"));
    c->default_room = strdup(kit_json_text(given, "default_room"));
    c->group = strdup(kit_json_text(given, "group"));
    c->trust = kit_json_true(given, "trust");
    c->boot = kit_wall_ms();
    c->listener = c->clients.wake[0] = c->clients.wake[1] = -1;
    rooms_init(&c->rooms, host, kit_json_int(given, "history", 200));
    cJSON_Delete(given);
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

static int32_t console_open(const struct tocsin_host *host, const char *text, void **ret_self,
                            struct tocsin_error *error)
{
    struct console *c = console_create(host, text);
    int32_t rc = pipe2(c->clients.wake, O_CLOEXEC | O_NONBLOCK) ? TOCSIN_E_FAILED : console_listen(c, error);
    if (rc) {
        console_close(c);
        return rc;
    }
    rooms_load(&c->rooms, c->default_room, "Where incidents are announced");
    *ret_self = c;
    return 0;
}

static void console_stop(void *self)
{
    const struct console *c = self;
    clients_wake(&c->clients);
}

TOCSIN_CONNECTOR(.name = "console", .version = TOCSIN_VERSION,
                 .summary = "A line chat over a Unix socket, for `tocsin chat`", .parallel = 1,
                 .can = TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_BUTTONS | TOCSIN_CAN_CHANNELS |
                        TOCSIN_CAN_PAGE | TOCSIN_CAN_FIND | TOCSIN_CAN_EDIT_PAGE | TOCSIN_CAN_LOCAL,
                 .settings = settings, .open = console_open, .run = console_run, .perform = console_perform,
                 .stop = console_stop, .close = console_close);
