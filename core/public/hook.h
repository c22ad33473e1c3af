/*
 * hook - what webhooks are sent, in the form of Statuspage's: of a post, or of a component that changed. Pure.
 */
#ifndef TOCSIN_PUBLIC_HOOK_H
#define TOCSIN_PUBLIC_HOOK_H

#include "base/json.h"
#include "public/model.h"

struct hook_meta {
    const char *unsubscribe; /* a link */
    const char *confirm;     /* a link, before the subscriber is one; NULL: none */
    instant at;              /* when this happened */
};
struct hook_component {
    const struct public_component *component;
    enum public_state before, after;
};
/* An object each. Of both arguments, `post` and `component`, the one that is not NULL is told of; without any it asks to confirm. */
void hook_write(const struct public_page *page, const struct hook_meta *meta, const struct public_post *post,
                const struct hook_component *component, struct json_out *j);

#endif
