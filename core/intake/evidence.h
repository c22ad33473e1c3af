/*
 * evidence - what a responder needs of one error or alert: where in the code it happened, on which request, after what, and the
 * sender's links.
 *
 * It is read from an alert only when the alert is kept as a sample; an alert that is only counted never pays for it. Texts are
 * borrowed from the request or copied into the given arena, sanitized like those of an alert, without well-known secrets, and never
 * NULL. Links are http or https, each once, the most useful first. Pure.
 */
#ifndef TOCSIN_INTAKE_EVIDENCE_H
#define TOCSIN_INTAKE_EVIDENCE_H

#include "base/json.h"
#include "intake/alert.h"

#define EVIDENCE_FRAMES     20
#define EVIDENCE_CAUSES     4
#define EVIDENCE_CRUMBS     10
#define EVIDENCE_LINKS      6
#define EVIDENCE_NAME       200 /* bytes of a function, a file */
#define EVIDENCE_VALUE      500 /* of a cause, a breadcrumb */
#define EVIDENCE_LABEL      40
#define EVIDENCE_URL        1000
#define EVIDENCE_LINK_BYTES 2000 /* of all links */

struct evidence_frame {
    const char *function, *file; /* at most one is "" */
    int64_t line;                /* 0: unknown */
};

struct evidence_trace { /* from the frame that failed to its callers */
    struct evidence_frame v[EVIDENCE_FRAMES];
    size_t n;
};

struct evidence_cause { /* an error that led to the alert's own */
    const char *type, *value;
    struct evidence_frame frame; /* where it was raised */
};

struct evidence_crumb { /* what happened before, oldest first */
    const char *at, *category, *message;
};

struct evidence_link {
    const char *label, *url;
};

struct evidence {
    struct evidence_trace trace;
    struct evidence_cause causes[EVIDENCE_CAUSES];
    struct evidence_crumb crumbs[EVIDENCE_CRUMBS];
    struct evidence_link links[EVIDENCE_LINKS];
    size_t n_causes, n_crumbs, n_links;
    const char *method, *url; /* of the request */
};

/* The evidence of any alert. */
void evidence_read(const struct alert *alert, struct arena *arena, struct evidence *ret);

/* The alert's evidence has been read: from now on evidence_read only copies it. Borrowed for as long as the alert lives. */
void evidence_keep(struct alert *alert, const struct evidence *evidence);

/* ---- for decoders ---- */

/* Adds a link under this label; NULL or "": "link". Anything else than a link of at most EVIDENCE_URL bytes is dropped. */
void evidence_link(struct evidence *evidence, struct arena *arena, const char *label, const char *url);
/* Adds a link under the label that its name stands for: "runbook_url" is a runbook. Other names are dropped. */
void evidence_named_link(struct evidence *evidence, struct arena *arena, const char *name, const char *url);
/* Adds those of the object's members that are links by name; of [["name", "value"]] likewise. */
void evidence_object_links(struct evidence *evidence, struct arena *arena, const cJSON *object);

/* ---- as JSON, in a sample ---- */

struct evidence_limits {
    size_t longest; /* bytes of a text */
    size_t frames, causes, crumbs, links;
};
/* Adds its members to an open object; leaves empty ones out. */
void evidence_encode(const struct evidence *evidence, const struct evidence_limits *limits, struct json_out *j);
/* Reads them from a sample, copied into the arena. */
void evidence_decode(const cJSON *sample, struct arena *arena, struct evidence *ret);

#endif
