/* What a responder needs of a Sentry event: its frames, causes, request, breadcrumbs and links. */
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "intake/evidence.h"
#include "intake/scrub.h"
#include "intake/sentry.h"
#include "intake/sentry_stack.h"
#include "intake/text.h"

static const char *line(struct arena *arena, const char *text, size_t most)
{
    return scrub_text(arena, text_line(arena, text, most));
}

static const char *lines(struct arena *arena, const char *text, size_t most)
{
    return scrub_text(arena, text_lines(arena, text, most));
}

/* Without the query, which may hold private data. */
static const char *page(struct arena *arena, const char *url)
{
    return line(arena, arena_copy(arena, url, strcspn(url, "?#")), EVIDENCE_URL);
}

/* ---- frames ---- */

static struct evidence_frame frame_of(struct arena *arena, const cJSON *frame)
{
    return (struct evidence_frame){line(arena, frame_function(frame), EVIDENCE_NAME),
                                   line(arena, frame_file(frame), EVIDENCE_NAME),
                                   MAX(json_int_or(frame, "lineno", 0), 0)};
}

static void take_stack(const struct stack *stack, struct arena *arena, struct evidence *ret)
{
    for (size_t i = 0; i < stack->n; i++) {
        const struct stack_exception *e = &stack->exceptions[i];
        for (size_t k = 0; i == 0 && k < e->n_frames && k < EVIDENCE_FRAMES; k++)
            ret->trace.v[ret->trace.n++] = frame_of(arena, e->frames[k]);
        if (i == 0 || ret->n_causes == EVIDENCE_CAUSES)
            continue;
        ret->causes[ret->n_causes++] =
            (struct evidence_cause){line(arena, e->type, ALERT_NAME), lines(arena, e->value, EVIDENCE_VALUE),
                                    frame_of(arena, e->n_frames > 0 ? e->frames[0] : NULL)};
    }
}

/* ---- breadcrumbs ---- */

/* Seconds since 1970, or text. */
static const char *moment(struct arena *arena, const cJSON *stamp)
{
    char text[INSTANT_TEXT];
    instant at;
    if (!text_seconds(stamp, &at))
        return line(arena, cJSON_GetStringValue(stamp), ALERT_NAME);
    instant_format(at, text);
    return arena_copy(arena, text, strlen(text));
}

/* "GET https://bank.example/charge 502": what a crumb of a request says in its data. */
static const char *call(struct arena *arena, const cJSON *data)
{
    const char *url = json_text_or(data, "url", "");
    if (!*url)
        return "";
    return text_format(arena, "%.20s %s %s", text_member(arena, data, "method", ALERT_NAME), page(arena, url),
                       text_member(arena, data, "status_code", ALERT_NAME));
}

static void take_crumb(const cJSON *crumb, struct arena *arena, struct evidence *ret)
{
    const char *message = lines(arena, json_text_or(crumb, "message", ""), EVIDENCE_VALUE);
    struct evidence_crumb it = {
        moment(arena, json_member(crumb, "timestamp")),
        line(arena, json_text_or(crumb, "category", json_text_or(crumb, "type", "")), ALERT_NAME),
        text_first(message, call(arena, json_member(crumb, "data")), NULL)};
    if (*it.message && ret->n_crumbs < EVIDENCE_CRUMBS)
        ret->crumbs[ret->n_crumbs++] = it;
}

/* The latest ones: {"values":[…]} or a bare array. */
static void take_crumbs(const cJSON *event, struct arena *arena, struct evidence *ret)
{
    const cJSON *bare = json_member(event, "breadcrumbs"), *values = json_member(bare, "values"), *crumb;
    const cJSON *crumbs = values ? values : bare;
    int skipped = cJSON_GetArraySize(crumbs) - EVIDENCE_CRUMBS;
    cJSON_ArrayForEach(crumb, crumbs)
    {
        if (skipped-- <= 0)
            take_crumb(crumb, arena, ret);
    }
}

void sentry_evidence(const struct alert *alert, struct arena *arena, struct evidence *ret)
{
    const cJSON *event = alert->evidence.raw, *request = json_member(event, "request");
    struct stack stack;
    stack_read(event, &stack);
    take_stack(&stack, arena, ret);
    take_crumbs(event, arena, ret);
    ret->url = page(arena, json_text_or(request, "url", ""));
    ret->method = text_member(arena, request, "method", 20);
    evidence_object_links(ret, arena, json_member(event, "tags"));
    evidence_object_links(ret, arena, json_member(event, "extra"));
    evidence_object_links(ret, arena, event);
    evidence_link(ret, arena, "event", json_text_or(event, "url", NULL));
}
