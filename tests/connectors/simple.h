/* simple - what the tests' connectors share: an open() that keeps the host, a close() that does nothing. */
#ifndef SIMPLE_H
#define SIMPLE_H

#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

static const struct tocsin_host *host;

static inline int32_t simple_open(const struct tocsin_host *given, const char *settings, void **ret_self,
                                  struct tocsin_error *error)
{
    (void)settings, (void)error;
    host = given;
    *ret_self = &host;
    return 0;
}

static inline void simple_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    (void)self;
    snprintf(result->remote_id, sizeof(result->remote_id), "remote-%s", action->id);
}

static inline void simple_stop(void *self)
{
    (void)self;
}

static inline void simple_close(void *self)
{
    (void)self;
}

#endif
