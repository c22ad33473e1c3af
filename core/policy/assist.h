/*
 * assist - which fields of an incident may be sent to a language model, by the names of the setting `assist.send`. Pure.
 */
#ifndef TOCSIN_POLICY_ASSIST_H
#define TOCSIN_POLICY_ASSIST_H

#include <cjson/cJSON.h>

#include "base/error.h"

enum assist_field {
    ASSIST_TITLE,
    ASSIST_SERVICE,
    ASSIST_STATUS,
    ASSIST_SEVERITY,
    ASSIST_TIMES,    /* when it was declared, and when it came into each status */
    ASSIST_PAST,     /* titles of public past incidents like it, and what fixed them */
    ASSIST_TIMELINE, /* what people said and did */
    ASSIST_ALERTS,
    ASSIST_PEOPLE,    /* names of people in the timeline */
    ASSIST_CUSTOMERS, /* who is affected; with the timeline, also what was said between us */
    ASSIST_PRIVATE,   /* all of this of private incidents, too */
    ASSIST_FIELDS
};

/* What is sent where the operator does not say: nothing that is private or of customers. */
#define ASSIST_DEFAULT "title,service,status,severity,times,past"

const char *assist_field_name(enum assist_field field);
/* The set (a bit for each) that a list of names stands for. ERR_INVALID: one is unknown; the text says which there are. */
int assist_fields(const cJSON *send, unsigned *ret, struct error *err);

#endif
