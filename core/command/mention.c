#include "command/mention.h"

#include <string.h>

#include "base/str.h"

#define USER_BYTES 256

/* "<@ID>" or "<@ID|name>" at p: its end, and the id; NULL: there is none. */
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

char *mentions_resolve(const struct hub *hub, const char *connector, const char *text)
{
    struct str out = {0};
    char user[USER_BYTES];
    str_reserve(&out, strlen(text));
    while (*text) {
        const char *end = read_mention(text, user);
        const char *person = end ? hub_user_person(hub, connector, user) : NULL;
        if (person) {
            str_addf(&out, "@%s", person);
            text = end;
        } else {
            str_addc(&out, *text++);
        }
    }
    return out.p ? str_take(&out) : xstrdup("");
}
