/* The cookies: one for who is signed in, and one for a browser in which nobody is yet. */
#include <string.h>

#include "app/inside.h"

/* With https the browser guarantees that no other host and no page without TLS has set it. */
static const char *name_of(const struct app *app, enum app_cookie cookie)
{
    static const char *const names[2][2] = {{"tocsin", "tocsin-visit"},
                                            {"__Host-tocsin", "__Host-tocsin-visit"}};
    return names[app->https][cookie];
}

char *cookie_read(const struct app *app, enum app_cookie cookie, const char *header)
{
    const char *name = name_of(app, cookie);
    size_t n = strlen(name);
    for (const char *at = header; at; at = strchr(at, ';')) {
        at += strspn(at, "; ");
        if (strncmp(at, name, n) == 0 && at[n] == '=')
            return xstrndup(at + n + 1, strcspn(at + n + 1, "; "));
    }
    return NULL;
}

void cookie_set(struct http_request *request, const struct app *app, enum app_cookie cookie, const char *value)
{
    CLEANUP_FREE char *header =
        xasprintf("%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", name_of(app, cookie), value ? value : "",
                  app->https ? "; Secure" : "", value ? "" : "; Max-Age=0");
    http_answer_header(request, "Set-Cookie", header);
    explicit_bzero(header, strlen(header));
}
