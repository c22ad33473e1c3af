/* A line that anybody may type: cleaned and parsed; a suggestion must parse too. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/command/fake_policy.h"
#include "command/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const customs[] = {"rollback", NULL};

static void check(const struct parsed *parsed)
{
    require(parsed->row || parsed->custom);
    for (size_t i = 0; i < COMMAND_ARGUMENTS; i++) {
        const char *text = parsed->arguments[i];
        if (text)
            require(*text && utf8_valid(text, strlen(text)));
        if (parsed->row && parsed->row->arguments[i].kind && !parsed->row->arguments[i].optional)
            require(text != NULL);
    }
    if (parsed->row && parsed->row->about == ABOUT_INCIDENT)
        require(parsed->incident != 0);
}

#define TYPE "Type: `"

static void fail_with(const char *text, const char *proposed, const char *why)
{
    fprintf(stderr, "typed: %s\nproposed: %s\nrefused: %s\n", text, proposed, why);
    abort();
}

static void parse(const char *text, const struct parse_context *context, int depth)
{
    struct parsed parsed;
    struct error err = {0};
    if (command_parse(text, context, &parsed, &err) == 0)
        check(&parsed);
    else
        require(*err.text && utf8_valid(err.text, strlen(err.text)));
    for (size_t i = 0; i < parsed.offers.n && depth < 3; i++)
        parse(parsed.offers.v[i], context, depth + 1);
    const char *from = strstr(err.text, TYPE), *to = from ? strrchr(err.text, '`') : NULL;
    bool whole = from && to > from + strlen(TYPE) && !strstr(from, "…") && !strchr(from, '<');
    if (whole && depth == 0) { /* a suggestion can be typed */
        CLEANUP_FREE char *proposed = xstrndup(from + strlen(TYPE), (size_t)(to - from) - strlen(TYPE));
        struct parsed again;
        struct error refused = {0};
        if (command_parse(proposed, context, &again, &refused) && !strchr(proposed, '`'))
            fail_with(text, proposed, refused.text);
        parsed_finish(&again);
    }
    parsed_finish(&parsed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct parse_context context = {.now = INT64_C(1795446382123),
                                    .zone = "Europe/London",
                                    .here = n && data[0] % 2 ? 9 : 0,
                                    .latest = 42,
                                    .severities = fake_severities,
                                    .roles = fake_roles,
                                    .customs = customs};
    CLEANUP_FREE char *text = xstrndup((const char *)data, n);
    CLEANUP_FREE char *clean = command_clean(text), *again = command_clean(clean);
    require(strcmp(clean, again) == 0);
    const char *rest = command_prefixed(text);
    require(!rest || (rest >= text && rest <= text + strlen(text)));
    parse(text, &context, 0);
    return 0;
}
