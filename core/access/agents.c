#include "access/agents.h"

#include <stddef.h>

#include "base/markup.h"

/* NULL: it may. */
static const char *const why_not[AGENT_RULES] = {
    [AGENT_UNSAID] = "nothing says that an agent may. Ask a person to do it",
    [AGENT_LOOKS] = "an agent may only look at what it shows without anything behind it",
    [AGENT_WORDS] =
        "it decides what customers and the public read. An agent can draft; a person decides about the draft",
    [AGENT_CALLS] = "it decides who is called, and when that ends. Say in a `note` what you would do and why",
    [AGENT_PLACE] =
        "it is about a person's place: a role, a shift, who takes part and who sees it. Ask the person",
    [AGENT_SELF] = "it is about who somebody is, and how they get in",
    [AGENT_RUNS] = "it changes how Tocsin works",
};

bool agent_may_use(enum agent_rule rule)
{
    return rule == AGENT_MAY || rule == AGENT_LOOKS;
}

int agent_check(const struct agent_request *request, struct error *err)
{
    const char *why = why_not[request->rule];
    if (!request->agent || !why || (request->rule == AGENT_LOOKS && request->bare))
        return 0;
    struct str text = {0};
    str_markup(&text, "`%.60s` is for people, and `%.60s` is an agent: ", request->what, request->agent);
    str_addf(&text, "%s.", why);
    error_set(err, ERR_REFUSED, "%s", str_text(&text));
    str_finish(&text);
    return ERR_REFUSED;
}
