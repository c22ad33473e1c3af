/*
 * visit - one request of a browser: who is signed in, the form that came with it, and how it is answered. Loop's thread only.
 *
 * A page reads what its visitor may see (`person`, for sight/), and changes things in a turn or by a command line. Each of the functions
 * that answer ends the visit.
 */
#ifndef TOCSIN_APP_VISIT_H
#define TOCSIN_APP_VISIT_H

#include "access/access.h"
#include "access/sessions.h"
#include "app/app.h"
#include "command/run.h"

#define CSRF_TEXT 33

struct app_page;

struct visit {
    struct app *app;
    struct core *core;
    struct http_request *request;
    const struct app_page *page;
    const struct session *session; /* NULL: nobody is signed in */
    const char *person; /* as whom they act now; NULL: a tool's token signed in, which sees nothing private */
    enum access has;
    instant now;
    char csrf[CSRF_TEXT]; /* what a form must bring back; "": the browser has no cookie yet */
    struct str said;      /* CommonMark, shown above the page: what came of a form */
    bool refused;         /* it is a refusal */
};

const char *visit_zone(const struct visit *visit);
const struct app_parts *visit_parts(const struct visit *visit); /* what the app works with */
/* A parameter of the address. NULL: it is not there, or empty. Borrowed. */
const char *visit_query(const struct visit *visit, const char *name);
/* The same as a number. 0: it is not there, or none. */
uint64_t visit_query_number(const struct visit *visit, const char *name);
/* A field of the form, sanitized; NULL: it is not there. Freed with the visit. */
const char *visit_field(struct visit *visit, const char *name);
/* The incident {id} of the path, as the visitor may see it. NULL: there is none, which *err says. */
const struct incident *visit_incident(const struct visit *visit, struct error *err);
/* The author for events. The caller frees it. */
char *visit_by(const struct visit *visit);

/* ---- answers ---- */

/* Runs a command line as the visitor, in an incident (0: none). Once it is durable and was carried out, `to` and the name of its incident are shown
   next; where `to` is NULL, or it was refused, the page with what was answered above it. */
void visit_command(struct visit *visit, const char *line, uint64_t here, const char *to);
/* The same for a command whose arguments are the form's fields of their names: taken as they are, never as a part of a line. */
void visit_form(struct visit *visit, const char *command, const char *to);
/* Commits the turn, and once it is durable leads to that path; 503 if it was not kept. */
void visit_commit_to(struct visit *visit, struct turn *turn, const char *path);
/* Answers with a file, to be kept under that name; takes over the text. */
void visit_give(struct visit *visit, const char *type, const char *name, struct str *text);
/* An error in the page's place. */
void visit_fault(struct visit *visit, int status, const char *text);
/* Leads there with 303. */
void visit_to(struct visit *visit, const char *path);
/* The page, as it is shown for a GET. */
void visit_show(struct visit *visit, int status);
/* The page again, with this above it. */
__attribute__((format(printf, 3, 4))) void visit_say(struct visit *visit, bool refused, const char *format,
                                                     ...);
/* The same with a refusal, whose text is CommonMark. */
void visit_refuse(struct visit *visit, const struct error *err);

#endif
