/*
 * console - a line chat over a Unix socket, with rooms: the smallest connector. Read it first.
 *
 * Protocol between a client (`tocsin chat`) and the connector: one JSON object a line, at most 64 KiB, both ways.
 *
 *   client: {"do":"hello","name":"Ana","zone":"Europe/London","user":"ana"}   first; user counts only with `trust`
 *           {"do":"join","room":"incidents"}      enter a room; its history follows
 *           {"do":"leave","room":"incidents"}
 *           {"do":"say","room":"incidents","text":"…"}
 *           {"do":"press","room":"incidents","message":"m12","command":"INC-4 accept"}
 *           {"do":"rooms"}
 *   server: {"event":"welcome","user":"ana","room":"incidents"}
 *           {"event":"rooms","rooms":[{"name","topic"}]}         without archived ones
 *           {"event":"joined","room":"incidents","topic":"…"}    then each message of its history
 *           {"event":"topic","room","topic"}
 *           {"event":"invited","room","topic"}                   "removed": the contrary
 *           {"event":"message","room","id","at","from","text" or "card",["to":"ana"],["old":true],["page":true]}
 *           {"event":"edited","room","id","at","from","text" or "card"}
 *           {"event":"error","text":"…"}
 *
 * A message may come again after a crash, with the same id.
 *
 * Who a client is, the kernel says (SO_PEERCRED): the login name of the process at the other end. It chooses the name
 * that others see, never who it is.
 *
 * Nobody waits for the disk to see a message. A person's message is shown at once and stored with its event; if the core does not
 * take the event, its author is told, and the message leaves the history. Tocsin's message is durable in the core already: it is
 * shown at once and stored with the outcome of its action. See store.h.
 *
 * Threads: run() owns the sockets; perform() changes rooms and hands lines to clients; one lock guards both.
 *
 * Files, each of which needs only those before it: message.c a message, store.c the host's store, rooms.c rooms, clients.c who is
 * connected, perform.c what Tocsin wants, verbs.c what clients say, serve.c sockets, console.c the descriptor.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <tocsin/connector.h>

#include "clients.h"
#include "rooms.h"

struct console {
    const struct tocsin_host *host;
    pthread_mutex_t lock;
    char *path, *default_room, *group; /* group: who may connect; "": everybody */
    bool trust;
    int listener;
    int64_t boot; /* with the counter: makes ids unique over restarts */
    uint64_t counter;
    struct rooms rooms;
    struct clients clients;
};

/* perform.c */
void console_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result);
/* verbs.c: takes one line of a client, with the lock held; releases it while the core has the event. */
void console_hear(struct console *c, struct client *client, const char *line, size_t n);
/* serve.c: sockets until stop(). */
int32_t console_listen(struct console *c, struct tocsin_error *error);
int32_t console_run(void *self, struct tocsin_error *error);

#endif
