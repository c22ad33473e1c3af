/*
 * declared_posts - what scripts declare of the status page; see declared.h.
 */
#ifndef TOCSIN_POLICY_DECLARED_POSTS_H
#define TOCSIN_POLICY_DECLARED_POSTS_H

#include "policy/named.h"

struct post_row { /* post{} */
    struct named named;
    text_list severities, kinds, components; /* empty: any */
    int64_t customers;                       /* at least so many; 0: any number */
    char *title;                             /* NULL: none */
    struct post_never {
        text_list severities, kinds, components; /* of any of them, it says no */
    } never;
};

#endif
