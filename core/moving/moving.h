/*
 * moving - what a team had in another tool, as policy for people to review: its exports become one model, and the model becomes Lua.
 *
 * Nothing is dropped in silence: what the policy cannot say stands in `unsaid`, by its name and with the reason. Everything in an export is
 * text from outside. It is checked, and quoted where it is written. Pure: files are bytes, and time is an argument. Main thread only.
 */
#ifndef TOCSIN_MOVING_MOVING_H
#define TOCSIN_MOVING_MOVING_H

#include "base/json.h"
#include "base/map.h"
#include "moving/model.h"

#define MOVING_BYTES   ((size_t)64 << 20) /* of one file */
#define MOVING_COMPARE (90 * DAY) /* so far ahead who is on call is compared with what the tool itself says */

struct moving_document {
    const char *file; /* as people typed it */
    size_t line;      /* on which it begins, from 1 */
    cJSON *json;      /* YAML becomes the same, all scalars as strings */
};

struct moving_unsaid {
    const char *name, *why;
};

struct moving {
    const struct moving_source *source;
    instant now; /* overrides that ended before are left out */
    ARRAY(struct moving_document) documents;
    ARRAY(struct moving_person) people;
    ARRAY(struct moving_schedule) schedules;
    ARRAY(struct moving_escalation) escalations;
    ARRAY(struct moving_team) teams;
    ARRAY(struct moving_rule) rules;
    cJSON *posts;         /* of a status page, as statuspage/import.h takes them; NULL: none */
    moving_texts helpers; /* Lua that rules need, written by a reader */
    ARRAY(struct moving_unsaid) unsaid;
    ARRAY(char *) kept;
    struct map persons; /* key -> index + 1 */
};

/* What tells an object of an export from others: members ("name"), or texts of members ("type=user"); ended by NULL. */
struct moving_marks {
    const char *has[4];
};

/* A tool whose exports can be read. */
struct moving_source {
    const char *name, *title;                         /* "pagerduty", "PagerDuty" */
    bool yaml;                                        /* files may be YAML */
    int (*read)(struct moving *m, struct error *err); /* all of its documents */
    const struct moving_marks
        *marks; /* an object with one of these is this tool's and no other's; the last one is empty */
    bool pages; /* files may be Markdown with YAML before it: that, with the rest as `content` */
};
const struct moving_source *moving_source(const char *name); /* NULL: there is none */
const struct moving_source *moving_source_at(size_t i);      /* NULL: there are no more */

void moving_init(struct moving *m, const struct moving_source *source, instant now);
void moving_finish(struct moving *m);
/* Takes the documents of a file. The error names the file and the line. */
int moving_add_file(struct moving *m, const char *file, const char *bytes, size_t n, struct error *err);
/* Reads what all files say, makes rotations of it, and compares. The error names the file and the place in it. */
int moving_read(struct moving *m, struct error *err);
/* The whole as Lua, for people to review. */
void moving_write(const struct moving *m, struct str *out);
/* What cannot be said, and how who is on call differs: for people, a line each, after `before`. */
void moving_report(const struct moving *m, const char *before, struct str *out);
/* The same, and who is called what, as one JSON object. */
void moving_report_json(const struct moving *m, struct json_out *j);

#endif
