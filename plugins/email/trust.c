#include "trust.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "address.h"

#define RESULT_BYTES 2000

/* Copies without comments; quoted strings lose their quotes, and what in them could be taken for a separator. */
static void strip(const char *value, char *out, size_t size)
{
    size_t n = 0, depth = 0;
    bool quoted = false;
    for (const char *p = value; *p && n + 1 < size; p++) {
        if (*p == '\\' && p[1] && (depth || quoted))
            p++;
        else if (!quoted && *p == '(')
            depth++;
        else if (!quoted && depth && *p == ')')
            depth--;
        else if (!depth && *p == '"')
            quoted = !quoted;
        else if (!depth)
            out[n++] = (char)(quoted && strchr("; =\t", *p) ? '?' : tolower((unsigned char)*p));
    }
    out[n] = '\0';
}

/* One property of a method's result: "header.d=acme.example". Borrowed from `result`, which is terminated there. */
static bool property(const char *result, const char *name, char *value, size_t size)
{
    size_t length = strlen(name);
    for (const char *p = result; (p = strstr(p, name)); p += length) {
        if (p != result && !strchr(" \t;", p[-1]))
            continue;
        const char *q = p + length;
        q += strspn(q, " \t");
        if (*q++ != '=')
            continue;
        q += strspn(q, " \t");
        size_t n = strcspn(q, " \t;");
        if (n >= size)
            return false;
        memcpy(value, q, n);
        value[n] = '\0';
        return true;
    }
    return false;
}

/* Do two domains belong together, as far as can be told without a list of registries? */
static bool is_aligned(const char *domain, const char *with)
{
    const char *at = strrchr(with, '@');
    with = at ? at + 1 : with;
    return strchr(with, '.') && (email_domain_within(domain, with) || email_domain_within(with, domain));
}

static const struct method {
    const char *name, *domain; /* domain: the property that says whose it is */
    bool needed;               /* without the property it says nothing */
} methods[] = {
    {"dmarc", "header.from", false},
    {"dkim", "header.d", true},
    {"dkim", "header.i", true}, /* within header.d; some servers write this one alone */
    {"spf", "smtp.mailfrom", true},
};

static bool passes(const char *result, const struct method *method, const char *domain)
{
    char value[300];
    if (!property(result, method->name, value, sizeof(value)) || strcmp(value, "pass") != 0)
        return false;
    if (!property(result, method->domain, value, sizeof(value)))
        return !method->needed;
    return is_aligned(domain, value);
}

static bool fails_dmarc(const char *result)
{
    char value[40];
    return property(result, "dmarc", value, sizeof(value)) && strcmp(value, "fail") == 0;
}

enum trust trust_of_results(const char *value, const char *authserv, const char *domain)
{
    char text[RESULT_BYTES];
    bool pass = false, fail = false;
    strip(value, text, sizeof(text));
    char *rest = text + strspn(text, " \t");
    size_t n = strcspn(rest, " \t;");
    if (n != strlen(authserv) || strncasecmp(rest, authserv, n) != 0)
        return TRUST_UNKNOWN;
    for (rest += strcspn(rest, ";"); *rest;) {
        char *result = rest + 1;
        rest = result + strcspn(result, ";");
        char end = *rest;
        *rest = '\0';
        result += strspn(result, " \t");
        fail = fail || (strncmp(result, "dmarc", 5) == 0 && fails_dmarc(result));
        for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
            pass = pass || (strncmp(result, methods[i].name, strlen(methods[i].name)) == 0 &&
                            passes(result, &methods[i], domain));
        *rest = end;
    }
    return pass && !fail ? TRUST_PASS : TRUST_FAIL;
}

enum trust trust_in_sender(const struct mail *mail, const char *authserv)
{
    enum trust trust = TRUST_UNKNOWN;
    size_t n = *authserv && *mail->from ? mail_count(mail, "Authentication-Results") : 0;
    for (size_t i = 0; i < n && i < 20 && trust == TRUST_UNKNOWN; i++) {
        char *value = mail_header(mail, "Authentication-Results", i);
        trust = trust_of_results(value ? value : "", authserv, email_domain(mail->from));
        free(value);
    }
    return *authserv && trust == TRUST_UNKNOWN ? TRUST_FAIL : trust;
}
