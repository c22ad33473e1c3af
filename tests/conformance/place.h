/*
 * place - where a connector's platform is, as its settings name it: http://127.0.0.1:8080/api, https://chat.example.com/api or
 * smtp.example.com:587. Pure.
 */
#ifndef TOCSIN_CONFORMANCE_PLACE_H
#define TOCSIN_CONFORMANCE_PLACE_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/error.h"

struct place {
    bool https;            /* only a proxy can stand between: nothing else is filled in */
    const char *setting;   /* the descriptor's */
    char *host, *port;     /* as text */
    char *before, *behind; /* what is around them in the setting's value: "http://" and "/api" */
};

/* The place that the setting `named` names, or, with NULL, the first one in the order of the connector's table. ERR_NOT_FOUND and
   ERR_INVALID say why there is none. The caller finishes *ret after either. */
int place_find(const cJSON *descriptor, const cJSON *settings, const char *named, struct place *ret,
               struct error *err);
/* Sets it to that port of 127.0.0.1. */
void place_replace(cJSON *settings, const struct place *place, int port);
void place_finish(struct place *place);

#endif
