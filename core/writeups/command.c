/* The command `writeup`: shown, drafted, added to, finished; and those that are owed. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "base/moment.h"
#include "people/people.h"
#include "sight/query.h"
#include "writeups/inside.h"

#define SHOWN_BYTES 12000
#define OWED_MOST   25

static int refuse_none(const struct call *call, struct error *err)
{
    char name[INCIDENT_NAME];
    return error_markup(err, ERR_NOT_FOUND, "%s has no write-up. `writeup draft` drafts one from its timeline.",
                        incident_name(call->incident->id, name));
}

/* Behind the word of the line, which `word` is. */
static const char *rest_of(const char *text, const char *word)
{
    const char *rest = text + strlen(word);
    return rest + strspn(rest, " \t\n");
}

/* ---- shown ---- */

/* "Version 3 of Ana, Tue 24 Nov 09:00; finished" */
static void add_standing(const struct call *call, const struct writeup *writeup, struct str *out)
{
    const struct core *core = turn_core(call->turn);
    const struct incident *incident = call->incident;
    const char *name = people_name((void *)(uintptr_t)core, writeup->by);
    instant due = policy_writeup_due(core_policy(core), incident), now = turn_now(call->turn);
    str_markup(out, "Version %" PRId64 " of %s, ", writeup->version, name ? name : writeup->by);
    moment_format(writeup->at, now, call->zone, out);
    if (incident->activity.written_at)
        str_add(out, "; finished");
    else if (due) {
        str_add(out, "; owed by ");
        moment_format(due, now, call->zone, out);
    }
    str_add(out, ".\n\n");
}

static int show(const struct call *call, const char *rest, struct error *err)
{
    struct writeup writeup;
    char name[INCIDENT_NAME], *end;
    int64_t version = strtoll(rest, &end, 10);
    if (!writeup_get(turn_core(call->turn), call->incident, version, &writeup))
        return version
                   ? error_set(err, ERR_NOT_FOUND, "There is no version %" PRId64 " of the write-up.", version)
                   : refuse_none(call, err);
    size_t n = strlen(writeup.text), cut = n > SHOWN_BYTES ? utf8_cut(writeup.text, n, SHOWN_BYTES) : n;
    add_standing(call, &writeup, call->answer);
    str_addn(call->answer, writeup.text, cut);
    if (cut < n)
        str_addf(call->answer, "…\n\n`tocsin writeup %s` has all of it.",
                 incident_name(call->incident->id, name));
    writeup_finish(&writeup);
    return 0;
}

/* ---- changed ---- */

static int draft(const struct call *call, const char *rest, struct error *err)
{
    char name[INCIDENT_NAME];
    uint64_t id = call->incident->id;
    int rc = *rest ? error_set(err, ERR_INVALID, "Type `writeup draft` alone.")
                   : writeup_draft(call->turn, id, call->by, err);
    if (!rc)
        str_addf(call->answer,
                 "The write-up of %s is drafted from its timeline: `writeup` shows it, `tocsin writeup %s` "
                 "edits it, "
                 "`writeup add helped: …` adds a line, and `writeup done` finishes it.",
                 incident_name(id, name), name);
    return rc;
}

/* Where a line goes that belongs under the first heading with that word: behind the last line of its section that is not empty. NULL: no
   heading has it. */
static const char *end_of_section(const char *text, const char *word)
{
    const char *found = NULL;
    for (const char *p = text, *end; *p; p = *end ? end + 1 : end) {
        end = p + strcspn(p, "\n");
        CLEANUP_FREE char *line = xstrndup(p, (size_t)(end - p));
        if (*line == '#' && found)
            break;
        if ((*line == '#' && strcasestr(line, word)) || (found && line[strspn(line, " \t\r")]))
            found = *end ? end + 1 : end;
    }
    return found;
}

static int add_at(const struct call *call, const struct writeup *writeup, const char *at, const char *line,
                  struct error *err)
{
    CLEANUP_STR struct str text = {0};
    bool merged;
    str_addn(&text, writeup->text, (size_t)(at - writeup->text));
    str_addf(&text, "%s- ", text.len && text.p[text.len - 1] != '\n' ? "\n" : "");
    for (const char *p = line; *p; p++)
        str_addc(&text, *p == '\n' ? ' ' : *p);
    str_addc(&text, '\n');
    str_add(&text, at);
    int rc = writeup_save(call->turn, call->incident->id, writeup->version, text.p, call->by, &merged, err);
    if (!rc)
        str_addf(call->answer, "Version %" PRId64 " of the write-up has it.", writeup->version + 1);
    return rc;
}

static int add(const struct call *call, const char *rest, struct error *err)
{
    const char *colon = strchr(rest, ':'), *line = colon ? colon + 1 + strspn(colon + 1, " \t") : "";
    CLEANUP_FREE char *word = colon ? xstrndup(rest, (size_t)(colon - rest)) : NULL;
    struct writeup writeup;
    if (!word || !*word || !*line)
        return error_set(err, ERR_INVALID,
                         "Say under which heading, and what: `writeup add helped: the runbook was right`.");
    if (!writeup_get(turn_core(call->turn), call->incident, 0, &writeup))
        return refuse_none(call, err);
    const char *at = end_of_section(writeup.text, word);
    int rc = at ? add_at(call, &writeup, at, line, err)
                : error_markup(err, ERR_NOT_FOUND, "No heading of the write-up has '%.60s'.", word);
    writeup_finish(&writeup);
    return rc;
}

static int finish(const struct call *call, bool done, struct error *err)
{
    struct command command = {.verb = "writeup_done", .by = call->by, .flag = done};
    if (!call->incident->activity.writeup)
        return refuse_none(call, err);
    int rc = turn_do(call->turn, call->incident->id, &command, NULL, err);
    if (!rc)
        str_add(call->answer,
                done ? "The write-up is finished. `close` ends the incident, if nothing else is owed."
                     : "The write-up is open again.");
    return rc;
}

static int done(const struct call *call, const char *rest, struct error *err)
{
    (void)rest;
    return finish(call, true, err);
}

static int reopen(const struct call *call, const char *rest, struct error *err)
{
    (void)rest;
    return finish(call, false, err);
}

/* ---- owed ---- */

struct owed {
    const struct call *call;
    size_t n;
};

static bool add_owed(void *ctx, const struct incident *incident)
{
    struct owed *owed = ctx;
    char name[INCIDENT_NAME];
    instant due = policy_writeup_due(core_policy(turn_core(owed->call->turn)), incident);
    if (!due || owed->n++ >= OWED_MOST)
        return true;
    str_markup(owed->call->answer, "- **%s** %s, by ", incident_name(incident->id, name), incident->title);
    moment_format(due, turn_now(owed->call->turn), owed->call->zone, owed->call->answer);
    str_addf(owed->call->answer, ", %s\n", incident->activity.writeup ? "begun" : "not begun");
    return true;
}

static int list_owed(const struct call *call, const char *rest, struct error *err)
{
    struct owed owed = {.call = call};
    bool older = false;
    (void)rest;
    int rc = query_owing(turn_core(call->turn), call->person, add_owed, &owed, &older, err);
    if (!rc && !owed.n)
        str_add(call->answer, "No write-up is owed.");
    if (owed.n > OWED_MOST)
        str_addf(call->answer, "- and %zu more\n", owed.n - OWED_MOST);
    if (older)
        str_addf(call->answer, "\nOnly the newest %d that ended were looked at; older ones may owe one, too.",
                 OWING_LOOK);
    return rc;
}

/* ---- the command ---- */

static const struct word {
    const char *word;
    int (*run)(const struct call *call, const char *rest, struct error *err);
    bool of_all;  /* it is about no incident */
    bool changes; /* else it only shows something */
} words[] = {{"draft", draft, false, true},
             {"add", add, false, true},
             {"done", done, false, true},
             {"reopen", reopen, false, true},
             {"owed", list_owed, true, false}};

/* The one that a text begins with; NULL: none. */
static const struct word *word_of(const char *text)
{
    size_t n = strcspn(text, " \t\n"), i = 0;
    while (i < ARRAY_SIZE(words) && (strlen(words[i].word) != n || strncasecmp(words[i].word, text, n) != 0))
        i++;
    return i < ARRAY_SIZE(words) ? &words[i] : NULL;
}

bool writeups_changes(const char *text)
{
    const struct word *word = text ? word_of(text) : NULL;
    return word && word->changes;
}

int writeups_command(const struct call *call, struct error *err)
{
    const char *text = call->arguments[0] ? call->arguments[0] : "";
    const struct word *word = word_of(text);
    *call->alone = !writeups_changes(text);
    if (word && (call->incident || word->of_all))
        return word->run(call, rest_of(text, word->word), err);
    if (!call->incident)
        return error_set(err, ERR_INVALID,
                         "Say which incident: `INC-42 writeup`. `writeup owed` lists those that are owed.");
    if (strspn(text, "0123456789") != strlen(text))
        return error_set(
            err, ERR_INVALID,
            "Type `writeup`, `writeup draft`, `writeup add HEADING: TEXT`, `writeup done`, `writeup "
            "reopen`, `writeup owed`, or the number of a version: `writeup 2`.");
    return show(call, text, err);
}
