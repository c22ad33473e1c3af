/*
 * declared - what scripts declare, as C tables: rules, handlers, obligations, templates, commands, storms.
 *
 * A row belongs to its set, and begins with its name and the place where it was declared. While a file runs, its declarations
 * are added to the set piece by piece, so that an error in the middle leaks nothing; `complete` marks the finished ones.
 * Loop thread only.
 */
#ifndef TOCSIN_POLICY_DECLARED_H
#define TOCSIN_POLICY_DECLARED_H

#include "policy/named.h"
#include "policy/policy.h"

/* ---- rules ---- */

enum pattern_field {
    PATTERN_SERVICE,
    PATTERN_ENVIRONMENT,
    PATTERN_SOURCE,
    PATTERN_ORIGIN,
    PATTERN_STREAM,
    PATTERN_TYPE,
    PATTERN_TITLE,
    PATTERN_MESSAGE,
    PATTERN_RELEASE,
    PATTERN_CULPRIT,
    PATTERN_HOST,
    PATTERN_CUSTOMER,
    PATTERN_TIER, /* of a customer, in the directory */
    PATTERN_TAG
};

struct pattern {
    enum pattern_field field;
    char *tag, *set; /* of PATTERN_TAG: its key; the set of services{} that its globs are from. NULL: none */
    text_list globs; /* any of them */
    bool important;  /* the set `important` is among them, which takes in what the catalogue says is */
};

struct match {
    ARRAY(struct pattern) patterns; /* all of them */
    int least_level;                /* -1: any */
    int64_t count, customers;       /* at least; 0: any */
    int minutes;                    /* window of count; 0: since first seen */
    int cares;                      /* 1: affects a customer whom we watch over; 0: none of them; -1: either */
    int incident;                   /* 1: had an incident before; 0: did not; -1: either */
};

struct effect {
    char *title, *severity, *team, *service, *page, *kind;
    bool private;
    bool pages_named; /* page names somebody, or is false; else the service's team goes first */
};

struct rule {
    struct named named;
    char *summary;
    int64_t priority;
    size_t order;
    unsigned moments; /* bit n: it is evaluated at group_change n */
    struct match match, except;
    bool has_except;
    struct callback when, declare;
    enum verdict_kind kind;
    duration mute;
    struct effect effect;
    uint64_t fired;
};

/* ---- the rest ---- */

struct handler {
    struct named named; /* without a name it cannot be replaced */
    enum event_type event;
    enum status status; /* for EVENT_STATUS: only this status; STATUS_NONE: any */
    struct callback run;
};

/* A value for each severity: "4h", or { "4h", major = "30m" }. */
struct by_severity {
    int64_t others;
    ARRAY(struct {
        char *severity;
        int64_t value;
    })
    rows;
};

int64_t by_severity(const struct by_severity *values, const char *severity);

enum obligation_after { AFTER_ENTERED, AFTER_DECLARED, AFTER_UPDATE, AFTER_SPOKEN, AFTER_TOLD };

struct duty { /* obligation{} */
    struct named named;
    char *text;
    struct {
        char *role, *link;
        bool writeup;
    } without; /* owed only while nobody has it; no link matches; the write-up is not finished */
    bool with_draft, with_conversation; /* … a message to customers awaits approval; a conversation is open */
    bool customers;                     /* owed only while a customer is affected */
    char *tier;                         /* … who has this tier; NULL: any */
    int cares;                          /* 1: … whom we watch over; 0: whom we do not; -1: either */
    int told;                           /* 1: only once a customer was told; 0: only before; -1: either */
    unsigned statuses;                  /* set of 1 << status */
    text_list severities, services, teams, kinds; /* empty: any */
    struct by_severity after, within, every, times;
    struct callback on_missed;
};

struct template_row {
    struct named named;
    char *text;
};

struct message_text {
    char *language, *text;
    char *title; /* of a post that begins with it; NULL: none */
};

struct message_row { /* message{} */
    struct named named;
    char *when;                       /* to use it; NULL: not said */
    ARRAY(struct message_text) texts; /* the first is for whoever has no other language */
};

struct custom { /* command{} */
    struct named named;
    char *help;
    struct callback run;
};

struct storm_row { /* storm{} */
    struct named named;
    int64_t limit;
    duration within;
    enum storm_by by;
};

#define AUDIENCE_CUSTOMERS "customers"
struct approval_row { /* approval{} */
    struct named named;
    text_list severities, services, teams, tiers, kinds; /* empty: any */
    text_list audiences;                                 /* AUDIENCE_CUSTOMERS, STATUS_PAGE; empty: both */
    int64_t needs;
    bool not_author;
    text_list roles; /* one of them must be among those who approve; empty: anybody */
};

#endif
