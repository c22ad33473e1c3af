/* The console's protocol: clients may send anything; a line that begins with a space is an action from the core. */
#include "../../plugins/console/console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/text.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Some are not taken. */
static int32_t fake_emit(void *ctx, const char *event, size_t length)
{
    (void)ctx;
    if (!kit_utf8_valid(event, length))
        __builtin_trap(); /* the host would refuse the event */
    return length % 3 ? TOCSIN_EMITTED : TOCSIN_EMIT_RETRY;
}

static int64_t fake_get(void *ctx, const char *key, char *value, size_t capacity)
{
    (void)ctx, (void)key, (void)value, (void)capacity;
    return -1;
}

static int32_t fake_keep(void *ctx, const char *key, const char *value, size_t length)
{
    (void)ctx;
    if (strlen(key) > 200 || length > 65536 || !kit_utf8_valid(key, strlen(key)) ||
        !kit_utf8_valid(value, length))
        __builtin_trap();
    return 0;
}

static void act(struct console *c, const char *text, size_t n)
{
    static const char *const names[] = {"post",          "edit",           "channel.open",
                                        "channel.topic", "channel.invite", "page"};
    struct tocsin_result result = {.size = sizeof(result)};
    struct tocsin_action action = {.size = sizeof(action),
                                   .attempt = 1 + (int32_t)(n % 2),
                                   .id = "1",
                                   .kind = names[n % 6],
                                   .key = "k",
                                   .body = text,
                                   .body_length = n};
    if (kit_utf8_valid(text, n)) /* like everything from the core */
        console_perform(c, &action, &result);
}

static void take_lines(struct console *c, const char *text, size_t n)
{
    while (n) {
        const char *end = memchr(text, '\n', n);
        size_t length = end ? (size_t)(end - text) : n;
        if (*text == ' ') {
            act(c, text, length);
        } else {
            pthread_mutex_lock(&c->lock);
            console_hear(c, c->clients.v[0], text, length);
            pthread_mutex_unlock(&c->lock);
        }
        text += length + (end != NULL);
        n -= length + (end != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const struct tocsin_host host = {
        .size = sizeof(host), .abi = TOCSIN_ABI, .emit = fake_emit, .get = fake_get, .keep = fake_keep};
    struct console *c = calloc(1, sizeof(*c));
    c->host = &host;
    c->default_room = strdup("incidents");
    c->clients.wake[0] = c->clients.wake[1] = -1;
    pthread_mutex_init(&c->lock, NULL);
    c->clients.v[0] = calloc(1, sizeof(struct client));
    c->clients.v[0]->fd = -1;
    snprintf(c->clients.v[0]->user, NAME_BYTES, "ana");
    rooms_init(&c->rooms, &host, 20);
    rooms_load(&c->rooms, c->default_room, NULL);
    take_lines(c, (const char *)data, n);
    client_close(c->clients.v[0]);
    rooms_finish(&c->rooms);
    free(c->default_room);
    pthread_mutex_destroy(&c->lock);
    free(c);
    return 0;
}
