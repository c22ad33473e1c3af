#include "command/mention.h"

#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "people/people.h"

#define USER_BYTES 256
#define NAME_BYTES 80
#define GONE       " (account closed)" /* so that the name matches nobody, not even a person of that name */

/* Reads "<@ID>" or "<@ID|name>" at p: returns its end, and the id in `user`. NULL: there is none. */
static const char *read_mention(const char *p, char user[USER_BYTES])
{
    if (p[0] != '<' || p[1] != '@')
        return NULL;
    size_t n = strcspn(p + 2, "|>");
    const char *end = p + 2 + n + strcspn(p + 2 + n, ">");
    if (n == 0 || n >= USER_BYTES || *end != '>')
        return NULL;
    memcpy(user, p + 2, n);
    user[n] = '\0';
    return end + 1;
}

/* The event's entry for a user. NULL: it has none. */
static const cJSON *find_user(const cJSON *people, const char *user)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, people)
    {
        if (text_equal(json_text_or(row, "id", NULL), user))
            return row;
    }
    return NULL;
}

/* The name in an event's entry. NULL: it has none. The caller frees it. */
static char *name_of(const cJSON *entry)
{
    const char *name = json_text_or(entry, "name", "");
    return text_empty(name) ? NULL : utf8_sanitize(name, strcspn(name, "\n"), NAME_BYTES);
}

char *mentions_resolve(const struct core *core, const char *connector, const char *text, const cJSON *people)
{
    struct str out = {0};
    char user[USER_BYTES];
    str_reserve(&out, strlen(text));
    while (*text) {
        const char *end = read_mention(text, user);
        const cJSON *entry = end ? find_user(people, user) : NULL;
        bool here = end && !json_bool_or(entry, "gone", false);
        const char *person = here ? people_of_user(core, connector, user) : NULL;
        CLEANUP_FREE char *name = person ? NULL : name_of(entry);
        if (person || name) {
            str_addf(&out, "@%s%s", person ? person : name, here ? "" : GONE);
            text = end;
        } else {
            str_addc(&out, *text++);
        }
    }
    return out.p ? str_take(&out) : xstrdup("");
}
