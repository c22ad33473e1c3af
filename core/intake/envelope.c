#include "intake/envelope.h"

#include <string.h>

#include "base/json.h"

#define HEADER_MOST ((size_t)64 << 10)

static int malformed(const struct envelope *e, struct intake_answer *answer, const char *what)
{
    return answer_refuse(answer, DIALECT_SENTRY, 400, ERR_INVALID, "Malformed envelope at byte %zu: %s.",
                         (size_t)(e->at - e->bytes), what);
}

/* Reads a line of JSON, which must be an object. */
static int take_header(struct envelope *e, struct intake_request *request, const cJSON **ret,
                       struct intake_answer *answer)
{
    size_t left = (size_t)(e->end - e->at);
    const char *newline = left > 0 ? memchr(e->at, '\n', left) : NULL;
    size_t n = newline ? (size_t)(newline - e->at) : left;
    if (n > HEADER_MOST)
        return malformed(e, answer, "a header is larger than 64 kB");
    int r = request_json(request, DIALECT_SENTRY, e->at, n, ret, answer);
    if (r < 0)
        return r;
    if (!cJSON_IsObject(*ret))
        return malformed(e, answer, "a header must be a JSON object");
    e->at += n + (newline != NULL);
    return 0;
}

int envelope_begin(struct envelope *envelope, struct intake_request *request, const cJSON **ret_header,
                   struct intake_answer *answer)
{
    *envelope =
        (struct envelope){.bytes = request->body, .at = request->body, .end = request->body + request->n};
    return take_header(envelope, request, ret_header, answer);
}

static int take_sized(struct envelope *e, int64_t length, struct envelope_item *ret,
                      struct intake_answer *answer)
{
    if (length < 0 || length > e->end - e->at)
        return malformed(e, answer, "an item is shorter than its length says");
    ret->payload = e->at;
    ret->n = (size_t)length;
    e->at += length;
    if (e->at < e->end && *e->at != '\n')
        return malformed(e, answer, "an item is longer than its length says");
    e->at += e->at < e->end;
    return 1;
}

static int take_line(struct envelope *e, struct envelope_item *ret)
{
    size_t left = (size_t)(e->end - e->at);
    const char *newline = left > 0 ? memchr(e->at, '\n', left) : NULL;
    ret->payload = e->at;
    ret->n = newline ? (size_t)(newline - e->at) : left;
    e->at += ret->n + (newline != NULL);
    return 1;
}

int envelope_next(struct envelope *envelope, struct intake_request *request, struct envelope_item *ret,
                  struct intake_answer *answer)
{
    const cJSON *header = NULL;
    while (envelope->at < envelope->end && *envelope->at == '\n')
        envelope->at++;
    if (envelope->at == envelope->end)
        return 0;
    if (envelope->items++ == ENVELOPE_ITEMS)
        return malformed(envelope, answer, "too many items");
    int r = take_header(envelope, request, &header, answer);
    if (r < 0)
        return r;
    const cJSON *length = json_member(header, "length");
    ret->type = json_text_or(header, "type", NULL);
    if (!ret->type)
        return malformed(envelope, answer, "an item header has no type");
    if (length && json_int_or(header, "length", -1) < 0)
        return malformed(envelope, answer, "the length of an item must be a whole number");
    return length ? take_sized(envelope, json_int_or(header, "length", -1), ret, answer)
                  : take_line(envelope, ret);
}
