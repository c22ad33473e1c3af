#include "command/page_answer.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "paging/paging.h"
#include "sight/sight.h"

/* The bytes of the word with which it begins, if that says yes; 0: it does not. */
static size_t says_yes(const char *text)
{
    static const char *const words[] = {"acknowledge", "ack", "accept", "yes"};
    for (size_t i = 0; text && i < ARRAY_SIZE(words); i++) {
        size_t n = strlen(words[i]);
        if (strncasecmp(text, words[i], n) == 0 && !isalnum((unsigned char)text[n]))
            return n;
    }
    return 0;
}

/* NULL incident: whatever calls them. */
static bool acknowledge(struct turn *turn, const struct incident *incident, const struct page_answer *answer,
                        const char *via, struct str *said)
{
    struct error err;
    int rc = paging_acknowledge(turn, incident, answer->person, via, said, &err);
    if (rc && incident)
        str_add(said, err.text);
    return !rc || incident;
}

static const struct incident *incident_of(struct turn *turn, const struct page_answer *answer)
{
    struct core *core = turn_core(turn);
    uint64_t id =
        answer->message ? paging_of_message(core, answer->connector, answer->message, answer->person) : 0;
    return id ? sight_incident(core, id, answer->person) : NULL;
}

bool page_answer_reply(struct turn *turn, struct page_answer answer, struct str *said)
{
    size_t n = says_yes(answer.text);
    const struct incident *incident = n ? incident_of(turn, &answer) : NULL;
    bool whole = n && !answer.text[n + strspn(answer.text + n, " .!\n")];
    return n && (incident || (answer.direct && whole)) && acknowledge(turn, incident, &answer, "a reply", said);
}

bool page_answer_reaction(struct turn *turn, struct page_answer answer, struct str *said)
{
    const struct incident *incident = incident_of(turn, &answer);
    return incident && acknowledge(turn, incident, &answer, "a reaction", said);
}
