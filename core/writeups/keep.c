/* The versions of a write-up: documents, and events of the incident. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "people/people.h"
#include "turn/live.h"
#include "writeups/inside.h"

#define SEPARATOR "\x1f"

static struct written *written_of(const struct core *core)
{
    return part_state(core, "writeups");
}

void writeup_finish(struct writeup *writeup)
{
    free(writeup->text);
    free(writeup->by);
}

static char *key_of(uint64_t incident, int64_t version)
{
    return xasprintf("%010" PRIu64 SEPARATOR "%010" PRId64, incident, version);
}

bool writeup_get(const struct core *core, const struct incident *incident, int64_t version, struct writeup *ret)
{
    version = version ? version : incident->activity.writeup;
    CLEANUP_FREE char *key = key_of(incident->id, version);
    CLEANUP_FREE char *body = version ? written_get(written_of(core), core, DOC_WRITEUP, key) : NULL;
    CLEANUP_JSON cJSON *doc = NULL;
    if (!body || json_parse(body, strlen(body), SIZE_MAX, JSON_DEPTH, "write-up", &doc, NULL))
        return false;
    *ret = (struct writeup){.text = xstrdup(json_text_or(doc, "text", "")),
                            .by = xstrdup(json_text_or(doc, "by", NULL)),
                            .at = json_int_or(doc, "at", 0),
                            .version = version};
    return true;
}

int writeup_put(struct turn *turn, uint64_t incident, const char *text, const char *by, struct error *err)
{
    int64_t version = turn_incident(turn, incident)->activity.writeup + 1;
    CLEANUP_FREE char *key = key_of(incident, version);
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    int rc =
        turn_do(turn, incident, &(struct command){.verb = "writeup", .by = by, .count = version}, NULL, err);
    if (rc)
        return rc;
    json_begin_object(&j);
    json_put_text(&j, "text", text);
    json_put_text_if(&j, "by", by);
    json_put_int(&j, "at", turn_now(turn));
    json_end_object(&j);
    written_put(written_of(turn_core(turn)), turn, DOC_WRITEUP, key, body.p);
    return 0;
}

int writeup_draft(struct turn *turn, uint64_t id, const char *by, struct error *err)
{
    struct core *core = turn_core(turn);
    const struct incident *incident = turn_incident(turn, id);
    struct template_facts facts;
    CLEANUP_STR struct str text = {0};
    char name[INCIDENT_NAME];
    if (incident->activity.writeup)
        return error_set(err, ERR_CONFLICT,
                         "%s has a write-up already: `writeup` shows it, and `tocsin writeup %s` edits it.",
                         incident_name(id, name), name);
    writeup_facts(core, incident, turn_now(turn), &facts);
    incident = turn_incident(turn, id);
    int rc = policy_template(core_policy(core), WRITEUP_TEMPLATE, incident, &facts, turn_now(turn), &text, err);
    writeup_facts_finish(&facts);
    return rc ? rc : writeup_put(turn, id, str_text(&text), by, err);
}

/* ---- edited ---- */

static bool is_too_long(const char *text)
{
    return strlen(text) > WRITEUP_BYTES || merge_lines(text) > MERGE_LINES;
}

static int check(const char *text, struct error *err)
{
    if (is_too_long(text))
        return error_set(err, ERR_TOO_BIG, "A write-up has at most %d KB and %d lines. Link to what is longer.",
                         WRITEUP_BYTES / 1024, MERGE_LINES);
    if (!text[strspn(text, " \t\r\n")])
        return error_set(err, ERR_INVALID, "The text is empty, so nothing was kept.");
    return 0;
}

static int refuse(const struct core *core, const struct writeup *latest, const struct merge_lines *lines,
                  struct error *err)
{
    CLEANUP_STR struct str theirs = {0};
    const char *name = people_name((void *)(uintptr_t)core, latest->by);
    merge_quote(latest->text, lines, &theirs);
    if (theirs.len)
        theirs.p[--theirs.len] = '\0'; /* the last newline */
    return error_markup(err, ERR_CONFLICT,
                        "%s wrote the same lines meanwhile, so nothing was kept. Version %" PRId64
                        " has there: “%.300s” Put your change into that version.",
                        name         ? name
                        : latest->by ? latest->by
                                     : "Somebody",
                        latest->version, theirs.len ? theirs.p : "nothing any more");
}

static int refuse_long(const struct writeup *latest, struct error *err)
{
    return error_set(
        err, ERR_TOO_BIG,
        "Others wrote meanwhile, and with that it is longer than %d KB or %d lines, so nothing was "
        "kept. Put your change into version %" PRId64 ", and shorten it.",
        WRITEUP_BYTES / 1024, MERGE_LINES, latest->version);
}

static int merge(const struct core *core, const struct writeup *began, const struct writeup *latest,
                 const char *text, struct merge *ret, struct error *err)
{
    if (is_too_long(began->text) || is_too_long(latest->text))
        return refuse_long(latest, err);
    merge_texts(began->text, text, latest->text, ret);
    if (ret->theirs.n)
        return refuse(core, latest, &ret->theirs.v[0], err);
    return is_too_long(str_text(&ret->text)) ? refuse_long(latest, err) : 0;
}

int writeup_save(struct turn *turn, uint64_t id, int64_t base, const char *text, const char *by,
                 bool *ret_merged, struct error *err)
{
    struct core *core = turn_core(turn);
    const struct incident *incident = turn_incident(turn, id);
    struct writeup began = {0}, latest = {0}, typed = {.text = (char *)(uintptr_t)text};
    struct merge merged = {0};
    int rc = check(text, err);
    bool there = !rc && base && writeup_get(core, incident, base, &began);
    bool newest = there && writeup_get(core, incident, 0, &latest);
    if (!rc && !newest)
        rc = there ? error_set(err, ERR_NOT_FOUND, "There is no write-up.")
                   : error_set(err, ERR_NOT_FOUND, "There is no version %" PRId64 " of the write-up.", base);
    bool alone = base == incident->activity.writeup;
    if (newest)
        rc = merge(core, alone ? &typed : &began, alone ? &typed : &latest, text, &merged, err);
    if (newest && !rc && !text_equal(str_text(&merged.text), latest.text))
        rc = writeup_put(turn, id, str_text(&merged.text), by, err);
    *ret_merged = !rc && !alone;
    merge_finish(&merged);
    writeup_finish(&began);
    writeup_finish(&latest);
    return rc;
}

bool writeup_clash(const struct core *core, const struct incident *incident, int64_t base, const char *text,
                   struct writeup_clash *ret)
{
    struct writeup began = {0};
    *ret = (struct writeup_clash){0};
    bool there = base && !is_too_long(text) && writeup_get(core, incident, base, &began) &&
                 writeup_get(core, incident, 0, &ret->latest);
    if (there && !is_too_long(began.text) && !is_too_long(ret->latest.text))
        merge_texts(began.text, text, ret->latest.text, &ret->merge);
    writeup_finish(&began);
    if (ret->merge.theirs.n)
        return true;
    writeup_clash_finish(ret);
    return false;
}

void writeup_clash_finish(struct writeup_clash *clash)
{
    writeup_finish(&clash->latest);
    merge_finish(&clash->merge);
}

/* ---- the part ---- */

static void unload(struct core *core)
{
    struct written *written = written_of(core);
    written_finish(written);
    *written = (struct written){0};
}

const struct part writeups_part = {.name = "writeups", .state_size = sizeof(struct written), .unload = unload};
