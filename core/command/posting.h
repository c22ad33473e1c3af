/*
 * posting - what `post`, `posts` and `maintenance` share: what somebody types of a post, and the draft that it becomes. Only files of this
 * folder include it.
 *
 * The draft belongs to request->incident, which for a post that stands alone is the state that holds those (comms/alone.h).
 */
#ifndef TOCSIN_COMMAND_POSTING_H
#define TOCSIN_COMMAND_POSTING_H

#include "command/handlers.h"
#include "comms/posts.h"

struct typed_post {              /* from a line or from a form. Owns its texts */
    char *title, *status, *next; /* NULL: not said */
    char *when;                  /* of maintenance, from a form; NULL: not said */
    char *offered,
        *titles; /* of the message{} that it begins with: its title, and those in other languages as JSON; NULL: none */
    char *prepared; /* the name of a message{} that was chosen in a form; NULL: none was */
    struct str components,
        text;         /* "checkout=major,payments=degraded"; the rest of the line, or the words in the form */
    bool quiet, form; /* form: its text is what the form's field says, not a line */
};
/* Takes the options out of the text, wherever they stand, and what was answered in a form. Finish *ret in either case. */
int typed_post_read(const struct request *request, const char *text, struct typed_post *ret, struct error *err);
void typed_post_finish(struct typed_post *typed);
/* Takes a leading text in quotes as the title, unless there is one. */
void typed_post_title(struct typed_post *typed);
void typed_post_text(struct typed_post *typed, const char *text); /* replaces its text */
/* "resolved All works again.", "identified: The database is slow."; but "Monitoring shows …" is a sentence. */
void typed_post_status(struct typed_post *typed);

/* The words of message{} are taken for its name, in all languages. A post has no recipient. */
int post_words(const struct request *request, struct typed_post *typed, struct str *languages,
               struct error *err);
/* What was said, or of a new post what the message{} offers. */
int post_title(const struct typed_post *typed, struct post *post, struct error *err);
/* Its components, each as the line says. `all`: the state that each gets which is named without one; STATE_OPERATIONAL: each needs its own. */
int post_components(const struct request *request, const struct typed_post *typed, enum public_state all,
                    struct post *post, struct error *err);
/* Sets what the post makes of a component, once or again. */
void post_set_component(struct post *post, const char *name, enum public_state before, enum public_state after);
/* Makes the draft, and answers what its approval needs. */
int post_draft(struct request *request, const struct typed_post *typed, const struct post *post,
               const char *languages, struct error *err);
/* Changes a draft to that. */
int post_change(struct request *request, const struct state_draft *draft, const struct typed_post *typed,
                const struct post *post, struct error *err);
/* maintenance.c: the same for what was typed about maintenance; what is not said stays. May change *before. */
int redraft_maintenance(struct request *request, const struct state_draft *draft, struct typed_post *typed,
                        struct post *before, struct error *err);
/* Refuses what nobody would read, since the policy declares no page. */
int post_check_page(const struct request *request, struct error *err);
/* The number at p, as a word; 0: there is none. */
int64_t post_number(const char *p, const char **ret_end);
/* Refuses while another draft for that post waits. */
int post_refuse_drafted(const struct request *request, int64_t number, struct error *err);
/* `redraft` of a post: the text, and what is said of the rest. */
int redraft_post(struct request *request, const struct state_draft *draft, const char *text, struct error *err);
/* All of it: from a line to a draft that goes on the post with that number (0: a new one). title NULL: only what the line says. */
int post_write(struct request *request, const char *text, const char *title, int64_t number, struct error *err);

/* drafting.c: the text of a message{} in its first language, and in the others as JSON. */
int message_expand(const struct request *request, const char *name, struct str *text, struct str *languages,
                   struct error *err);
/* Approves the latest draft, which the asker has just written. Where somebody else must, the answer goes on saying so. */
void approve_own_draft(struct request *request);
/* comms.c: of request->incident, which may be the state of drafts that stand alone. */
int preview_draft(struct request *request, int64_t number, const char *customer, struct error *err);
int approve_draft(struct request *request, int64_t number, int64_t version, struct error *err);
int settle_draft(struct request *request, const char *verb, int64_t number, const char *text,
                 struct error *err);

/* past_posts.c: adds at most two that are like this one: what was posted about incidents like that one (past_posts.h) or, of a post that stands
   alone (0), past posts like `post`. */
void add_past_posts(const struct request *request, uint64_t incident, const struct post *post, struct str *out);
/* form_past.c: the same for the form of a line. */
void past_posts_given(const struct request *request, const struct parsed *parsed,
                      const struct typed_post *given, struct str *out);
/* Names of the messages that a post can begin with: which the incident (NULL: none) fills, and which name no customer. Borrowed until the next load. */
typedef ARRAY(const char *) message_names;
void post_messages(const struct request *request, const struct incident *incident, message_names *ret);

/* What it says in that field of a form: "title", "words", …; NULL: nothing. */
const char *typed_post_value(const struct typed_post *typed, const char *field);
/* maintenance.c: takes the line apart for a form, as far as it can be read. */
void maintenance_given(const struct request *request, const char *text, struct typed_post *typed);
/* posts.c: the same; of a draft that is changed, what it says. */
void posts_given(const struct request *request, const char *text, struct typed_post *typed);

#endif
