/* Which texts are addresses of subscribers. */
#include <ctype.h>
#include <string.h>

#include "subscribers/inside.h"

#define MAIL_MOST 254
#define URL_MOST  1000

static bool is_domain(const char *text)
{
    size_t dots = 0;
    for (const char *p = text; *p; p++) {
        bool edge = p == text || p[-1] == '.' || !p[1] || p[1] == '.';
        if (*p == '.' ? edge && (p == text || !p[1] || p[1] == '.')
                      : !(isalnum((unsigned char)*p) || (*p == '-' && !edge)))
            return false;
        dots += *p == '.';
    }
    return dots > 0;
}

/* One plain address, in ASCII, as every mail server takes it. */
static bool is_mail(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789.!#$%&'*+/=?^_`{|}~-";
    const char *at = strrchr(text, '@');
    size_t n = at ? (size_t)(at - text) : 0;
    return n > 0 && n <= 64 && strlen(text) <= MAIL_MOST && strspn(text, letters) == n && *text != '.' &&
           at[-1] != '.' && !strstr(text, "..") && is_domain(at + 1);
}

/* https, or http to this machine, which the connector refuses unless its settings allow it; without a name and a password. */
static bool is_url(const char *text)
{
    static const char *const begins[] = {"https://", "http://127.0.0.1:", "http://localhost:"};
    for (size_t i = 0; i < ARRAY_SIZE(begins); i++) {
        const char *rest = text + strlen(begins[i]);
        if (!text_starts(text, begins[i]))
            continue;
        size_t host = strcspn(rest, "/?#");
        for (const char *p = text; *p; p++) {
            if (*p <= ' ' || *p >= 127 || strchr("\"<>\\^`{|}#", *p))
                return false;
        }
        return host > 0 && !memchr(rest, '@', host) && strlen(text) <= URL_MOST;
    }
    return false;
}

int address_tidy(enum subscriber_kind kind, char **address, struct error *err)
{
    const char *text = *address ? *address : "";
    text += strspn(text, " \t");
    CLEANUP_FREE char *tidy = xstrndup(text, strcspn(text, " \t"));
    if (text[strlen(tidy) + strspn(text + strlen(tidy), " \t")])
        return error_set(err, ERR_INVALID, "There is a space in the address.");
    for (char *p = tidy; kind == SUBSCRIBER_MAIL && *p; p++)
        *p = (char)tolower((unsigned char)*p);
    if (kind == SUBSCRIBER_MAIL && !is_mail(tidy))
        return error_set(err, ERR_INVALID, "It is not a mail address, such as ops@acme.example.");
    if (kind == SUBSCRIBER_HOOK && !is_url(tidy))
        return error_set(err, ERR_INVALID, "It is not an address that begins with https://.");
    replace_text(address, tidy);
    return 0;
}
