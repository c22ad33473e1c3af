/*
 * email_host - the e-mail connector in a host of its own, for tests: a store and events in memory, settings that work.
 *
 * Any thread may call the host; read what it kept while nothing runs.
 */
#ifndef TOCSIN_TESTS_EMAIL_HOST_H
#define TOCSIN_TESTS_EMAIL_HOST_H

#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdbool.h>

#include <tocsin/connector.h>

extern const struct tocsin_connector tocsin_connector_entry;

struct email_host {
    struct tocsin_host host;
    cJSON *store, *kept;       /* kept: with the next event or outcome */
    cJSON *events;             /* an array */
    cJSON *logged;             /* an array of texts */
    _Atomic int32_t emit, put; /* what emit and put return */
    _Atomic bool stopping;
    pthread_mutex_t lock;
    void *self;
    char answer[2000];
    struct tocsin_error error;
};

/* Opens the connector with these settings on top of those that work; NULL: none. Returns what open returned. */
int32_t email_host_open(struct email_host *host, uint16_t port, const char *settings);
void email_host_close(struct email_host *host);
/* Performs an action, and keeps what it kept unless it is to be tried again. */
struct tocsin_result email_host_perform(struct email_host *host, const char *kind, const char *key, int attempt,
                                        const char *body);
/* Makes a request of serve(); `bearer` may be NULL. Returns the status; the answer is in host->answer. */
int32_t email_host_serve(struct email_host *host, const char *method, const char *path, const char *query,
                         const char *bearer, const char *body);
/* A member of the newest event; "" if there is none. */
const char *email_host_said(const struct email_host *host, const char *name);

#endif
