/*
 * subscribing - the pages on which somebody subscribes, confirms it, chooses what they get, and ends it. Each is plain forms in the frame of
 * the status page, without a script. Pure.
 */
#ifndef TOCSIN_PUBLIC_SUBSCRIBING_H
#define TOCSIN_PUBLIC_SUBSCRIBING_H

#include "public/render.h"

enum subscribing_step {
    SUBSCRIBING_FORM,    /* at PAGE/subscribe */
    SUBSCRIBING_SENT,    /* the answer to it */
    SUBSCRIBING_CONFIRM, /* at PAGE/subscribe/confirm/TOKEN */
    SUBSCRIBING_MANAGE,  /* at PAGE/subscribe/manage/TOKEN */
    SUBSCRIBING_LEAVE,   /* at PAGE/subscribe/leave/TOKEN */
    SUBSCRIBING_LEFT,    /* the answer to it */
    SUBSCRIBING_VOID     /* a link that means nothing (any more) */
};
#define SUBSCRIBING_STEPS 7

struct subscribing { /* everything is borrowed */
    enum subscribing_step step;
    const char *problem, *said;   /* labels (labels.h) of what is wrong, or was done; NULL: nothing */
    bool mail, hook;              /* which forms are offered */
    const char *address, *secret; /* NULL: not shown */
    const char *token;            /* in the address of the page; NULL: none */
    const char *const *chosen;    /* ids of components */
    size_t chosen_n;
};

/* asked->root leads from the address to the page. */
int public_html_subscribing(const struct public_asked *asked, const struct subscribing *subscribing,
                            struct str *out, struct error *err);

#endif
