/* `declare from FINGERPRINT`: an incident for an alert group that opened none. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "command/from.h"
#include "sight/sight.h"
#include "triage/triage.h"

#define LEAST 6 /* shorter words are words */

static bool is_hex(const char *word, size_t n)
{
    size_t hex = 0, digits = 0;
    for (size_t i = 0; i < n; i++) {
        hex += isxdigit((unsigned char)word[i]) != 0;
        digits += isdigit((unsigned char)word[i]) != 0;
    }
    return n >= LEAST && hex == n && digits > 0;
}

/* "from 9f86d081884c7d65 cards are refused": the word after "from", and its length; 0: the text is a title. */
static size_t find_word(const char *text, const char **ret_word, const char **ret_rest)
{
    static const char quotes[] = "`<>'\".,";
    if (!text || strncasecmp(text, "from", 4) != 0 || !strchr(" \t\n", text[4]) || !text[4])
        return 0;
    const char *word = text + 4 + strspn(text + 4, " \t\n");
    size_t whole = strcspn(word, " \t\n");
    *ret_rest = word + whole + strspn(word + whole, " \t\n");
    size_t skip = strspn(word, quotes);
    *ret_word = word + skip;
    size_t n = skip < whole ? strcspn(*ret_word, " \t\n`<>'\".,") : 0;
    bool sure = n == FINGERPRINT_TEXT - 1 || !**ret_rest;
    return sure && is_hex(*ret_word, n) ? n : 0;
}

static int take_group(const struct request *request, struct from *from, const char *rest, struct error *err)
{
    char name[INCIDENT_NAME];
    const struct group *group = triage_group(request->core, from->fingerprint, request->now);
    if (!group || !sight_group_visible(request->core, group, request->asker->person))
        return error_set(
            err, ERR_NOT_FOUND,
            "No alert group has the fingerprint %s. `incoming` lists those that opened no incident.",
            from->fingerprint);
    const struct incident *incident =
        sight_incident(request->core, group->care.incident, request->asker->person);
    if (incident && status_is_open(incident->status))
        return error_set(err, ERR_REFUSED,
                         "That alert group belongs to %s already, which is open. Join it with `%s join`.",
                         incident_name(incident->id, name), name);
    from->private = incident && incident->private;
    from->title = xstrdup(*rest ? rest : *group->about.title ? group->about.title : "untitled error");
    return 0;
}

int from_read(const struct request *request, const char *text, struct from *ret, struct error *err)
{
    const char *word, *rest;
    size_t n = find_word(text, &word, &rest);
    *ret = (struct from){0};
    if (n == 0)
        return 0;
    if (n != FINGERPRINT_TEXT - 1)
        return error_set(
            err, ERR_INVALID,
            "'%.*s' is not the fingerprint of an alert group, which has %d characters. `incoming` lists "
            "those that opened no incident.",
            (int)MIN(n, 40), word, FINGERPRINT_TEXT - 1);
    for (size_t i = 0; i < n; i++)
        ret->fingerprint[i] = (char)tolower((unsigned char)word[i]);
    return take_group(request, ret, rest, err);
}

void from_finish(struct from *from)
{
    free(from->title);
}
