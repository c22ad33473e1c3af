/*
 * instance - what a connector to a JSON API is made of, from open() to close(): its settings, its API, its rounds, the tickets that it
 * follows. A connector's own struct begins with one:
 *
 *     struct desk {
 *         struct kit_instance kit;
 *         const char *queue;
 *     };
 *
 *     static int32_t desk_open(const struct tocsin_host *host, const char *settings, void **ret_self, struct tocsin_error *error)
 *     {
 *         static const struct kit_api api = {.name = "Desk", .meanings = meanings, .said = said};
 *         struct desk *desk = kit_instance_begin(sizeof(*desk), &api, performers, host, settings);
 *         desk->queue = kit_json_text(desk->kit.settings, "queue");
 *         desk->kit.api.base = kit_instance_text(desk, "%s/api/v2", kit_instance_url(desk, kit_json_text(desk->kit.settings, "url")));
 *         kit_instance_header(desk, "Authorization", "Bearer %s", kit_json_text(desk->kit.settings, "token"));
 *         return kit_instance_end(desk, check_settings(desk, error), ret_self, error);
 *     }
 *
 *     TOCSIN_CONNECTOR(…, .open = desk_open, .perform = kit_instance_perform, .stop = kit_instance_stop, .close = kit_instance_close);
 *
 * In all functions `self` is such a struct. It is constant after open, so any thread may read it; what changes has locks of its own.
 */
#ifndef TOCSIN_KIT_INSTANCE_H
#define TOCSIN_KIT_INSTANCE_H

#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <tocsin/connector.h>
#include <tocsin/kit/api.h>
#include <tocsin/kit/poll.h>
#include <tocsin/kit/tracker.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KIT_INSTANCE_HEADERS 4

struct kit_instance {
    const struct tocsin_host *host;
    struct kit_api api; /* as it was given, and what begin knows of it; open() sets `base` */
    cJSON *settings;
    struct kit_rounds *rounds;     /* for run() */
    struct kit_followed *followed; /* tickets */
    struct kit_header headers[KIT_INSTANCE_HEADERS];
    cJSON *texts; /* that it owns */
};

/* Begins open(): an instance of `size` bytes, which are 0 where nothing is said above. Aborts if memory runs out. */
void *kit_instance_begin(size_t size, const struct kit_api *api, const struct kit_performer *performers,
                         const struct tocsin_host *host, const char *settings);
/* A text that lives as long as the instance, formatted like printf. */
__attribute__((format(printf, 2, 3))) const char *kit_instance_text(void *self, const char *format, ...);
/* An address without slashes at its end, which lives as long. */
const char *kit_instance_url(void *self, const char *url);
/* A header of every call: at most KIT_INSTANCE_HEADERS of them. The name is borrowed as long. */
__attribute__((format(printf, 3, 4))) void kit_instance_header(void *self, const char *name, const char *format,
                                                               ...);
/* The header Authorization by a name and a password: "Basic …". */
void kit_instance_login(void *self, const char *user, const char *password);
/* Ends open(), with the outcome of what it checked: 0, or an error that is filled in. Then the instance is closed. */
int32_t kit_instance_end(void *self, int32_t checked, void **ret_self, struct tocsin_error *error);

/* One of the checks that check() makes: 0, or an error that is filled in. */
typedef int32_t kit_check(struct kit_task *task, struct tocsin_error *error);
/* For check(): makes the checks of a list that ends with NULL, within 20 seconds, until one fails. */
int32_t kit_instance_check(void *self, kit_check *const *checks, struct tocsin_error *error);

/* For run(): rounds, as kit_rounds_run makes them, each `times` the setting `interval` after the one before. */
int32_t kit_instance_run(void *self, int32_t times, kit_round *round, void *ctx, struct tocsin_error *error);

/* What the descriptor names. */
void kit_instance_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result);
void kit_instance_stop(void *self);
void kit_instance_close(void *self);

#ifdef __cplusplus
}
#endif
#endif
