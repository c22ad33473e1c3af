#include "intake/scrub.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/str.h"

#define NAME_MOST 40

/* The names of secrets, in lower case and without separators. A name that ends with one of them is secret too. */
static const struct name {
    const char *word;
    size_t length;
    bool header; /* the whole line is its value */
    bool common; /* also a word of sentences: "unexpected token: }" */
} names[] = {
#define NAME(word, header, common)                                                                             \
    {                                                                                                          \
        word, sizeof(word) - 1, header, common                                                                 \
    }
    NAME("authorization", true, false), NAME("cookie", true, false),      NAME("password", false, false),
    NAME("passwd", false, false),       NAME("passphrase", false, false), NAME("pwd", false, true),
    NAME("apikey", false, false),       NAME("privatekey", false, false), NAME("secretkey", false, false),
    NAME("accesskey", false, false),    NAME("credentials", false, true), NAME("secret", false, true),
    NAME("token", false, true),         NAME("sessionid", false, false),  NAME("sessid", false, false),
#undef NAME
};

static const struct name *find_name(const char *text, size_t n)
{
    char plain[NAME_MOST];
    size_t length = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isalnum((unsigned char)text[i]))
            continue;
        if (length == NAME_MOST)
            return NULL;
        plain[length++] = (char)tolower((unsigned char)text[i]);
    }
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        size_t word = names[i].length;
        if (length >= word && memcmp(plain + length - word, names[i].word, word) == 0)
            return &names[i];
    }
    return NULL;
}

bool scrub_names_secret(const char *name)
{
    return find_name(name, strlen(name)) != NULL;
}

/* ---- the forms of secrets in a text; each returns the length of the secret at *from, 0: there is none ---- */

static size_t name_length(const char *p)
{
    size_t n = 0;
    while (isalnum((unsigned char)p[n]) || p[n] == '_' || p[n] == '-')
        n++;
    return n;
}

/* "user:password@" after "://". A password may hold the characters that end a host. */
static size_t userinfo_at(const char *p)
{
    size_t host = strcspn(p, "/?# \t\n\"'<>"), word = strcspn(p, " \t\n\"'<>");
    const char *at = memrchr(p, '@', host), *colon = memchr(p, ':', host);
    if (at)
        return (size_t)(at - p);
    if (!colon || *p == '[' || strspn(colon + 1, "0123456789") == host - (size_t)(colon + 1 - p))
        return 0; /* what follows the colon is a port */
    at = memrchr(p, '@', word);
    return at ? (size_t)(at - p) : p[host] ? 0 : host; /* it may have been cut before the @ */
}

/* "Bearer eyJ…" and "Basic dXNl…". Words of a sentence have no digits. */
static size_t credential_at(const char *p, size_t scheme, const char **from)
{
    bool known =
        (scheme == 6 && strncasecmp(p, "bearer", 6) == 0) || (scheme == 5 && strncasecmp(p, "basic", 5) == 0);
    if (!known || p[scheme] != ' ')
        return 0;
    *from = p + scheme + strspn(p + scheme, " ");
    size_t n = strcspn(*from, " \t\n\"',;<>");
    bool says = false;
    for (size_t i = 0; i < n; i++)
        says |= isdigit((unsigned char)(*from)[i]) || (*from)[i] == '=';
    return n >= 6 && says ? n : 0;
}

static size_t value_length(const char *value, const struct name *name, char quote)
{
    const char *ends = quote == '"' ? "\"" : quote == '\'' ? "'" : name->header ? "\n" : " \t\n&,;\"'<>)}]|";
    return strcspn(value, ends);
}

/* "password=…", "Cookie: …", "\"token\": \"…\"". */
static size_t named_at(const char *p, size_t n, bool quoted, const char **from)
{
    const char *sign = p + n;
    quoted = quoted && (*sign == '"' || *sign == '\'');
    sign += quoted;
    sign += strspn(sign, " ");
    if (*sign != '=' && *sign != ':') /* as after nearly every word */
        return 0;
    const struct name *name = find_name(p, n);
    if (!name || (*sign == ':' && name->common && !quoted))
        return 0;
    p = sign + 1 + (sign[1] == '>');
    p += strspn(p, " ");
    char quote = *p == '"' || *p == '\'' ? *p : '\0';
    *from = p + (quote != '\0');
    return value_length(*from, name, quote);
}

/* The next secret from p on; NULL: there is none. */
static const char *next_secret(const char *text, const char *p, size_t *ret_n)
{
    while (*p) {
        const char *from = p;
        size_t word = name_length(p);
        bool quoted = p > text && (p[-1] == '"' || p[-1] == '\'');
        if (*p == ':' && text_starts(p, "://"))
            *ret_n = userinfo_at(from = p + 3);
        else if (!word || !(*ret_n = named_at(p, word, quoted, &from)))
            *ret_n = word ? credential_at(p, word, &from) : 0;
        if (*ret_n && !text_starts(from, SCRUBBED))
            return from;
        p += *ret_n ? (size_t)(from - p) + strlen(SCRUBBED) : MAX(word, 1);
    }
    return NULL;
}

const char *scrub_text(struct arena *arena, const char *text)
{
    size_t n;
    const char *secret = next_secret(text, text, &n);
    if (!secret)
        return text;
    CLEANUP_STR struct str out = {0};
    const char *p = text;
    for (; secret; secret = next_secret(text, p, &n)) {
        str_addn(&out, p, (size_t)(secret - p));
        str_add(&out, SCRUBBED);
        p = secret + n;
    }
    str_add(&out, p);
    return arena_copy(arena, out.p, out.len);
}
