#include "github.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/kit/clock.h>

#define NAME_MOST   100 /* bytes of the owner's and of the repository's name */
#define DIGITS_MOST 10
#define TITLE_MOST  240 /* of 256 that GitHub takes */

/* ---- where ---- */

static size_t name_length(const char *text)
{
    size_t n = 0;
    while (isalnum((unsigned char)text[n]) || (text[n] && strchr("._-", text[n])))
        n++;
    bool dots = n && strspn(text, ".") == n;
    return n <= NAME_MOST && !dots ? n : 0;
}

/* "acme/shop": its length, or 0. */
static size_t repository_length(const char *text)
{
    size_t owner = name_length(text);
    size_t repository = owner && text[owner] == '/' ? name_length(text + owner + 1) : 0;
    return repository ? owner + 1 + repository : 0;
}

bool github_is_repository(const char *name)
{
    size_t n = repository_length(name);
    return n && !name[n];
}

/* "acme/shop" with one of `between`, and "12" after it, followed by nothing that belongs to a name. */
static bool read_id(const char *text, const char *const *between, char id[GITHUB_ID_BYTES])
{
    size_t n = repository_length(text);
    const char *digits = NULL;
    for (; n && *between && !digits; between++)
        digits = strncmp(text + n, *between, strlen(*between)) == 0 ? text + n + strlen(*between) : NULL;
    size_t length = digits ? strspn(digits, "0123456789") : 0;
    if (!length || length > DIGITS_MOST || *digits == '0' || (digits[length] && !strchr("/?#", digits[length])))
        return false;
    snprintf(id, GITHUB_ID_BYTES, "%.*s#%.*s", (int)n, text, (int)length, digits);
    return true;
}

bool github_id(const char *text, const char *web, char id[GITHUB_ID_BYTES])
{
    static const char *const own[] = {"#", NULL}, *const links[] = {"/issues/", "/pull/", "/pulls/", NULL};
    size_t n = strlen(web);
    if (strncmp(text, web, n) == 0 && text[n] == '/')
        return read_id(text + n + 1, links, id);
    return read_id(text, own, id) && strcmp(text + strcspn(text, "#") + 1, strchr(id, '#') + 1) == 0;
}

void github_id_of(const cJSON *issue, char id[GITHUB_ID_BYTES])
{
    static const char *const issues[] = {"/issues/", NULL};
    const char *at = strstr(kit_json_text(issue, "url"), "/repos/");
    if (!at || !read_id(at + strlen("/repos/"), issues, id))
        id[0] = '\0';
}

void github_path(const char *id, struct kit_text *path)
{
    size_t n = strcspn(id, "#");
    kit_text_addf(path, "repos/%.*s/issues/%s", (int)n, id, id[n] ? id + n + 1 : "");
}

void github_place(const cJSON *issue, char place[GITHUB_PLACE_BYTES])
{
    snprintf(place, GITHUB_PLACE_BYTES, "%lld", (long long)kit_json_int(issue, "id", 0));
}

/* ---- what ---- */

/* Without what keeps names and numbers from being references. */
static void plain_title(const char *text, char title[GITHUB_TITLE_BYTES])
{
    size_t n = 0, joiner = strlen(KIT_JOINER);
    while (*text && n + 1 < GITHUB_TITLE_BYTES) {
        bool here = strncmp(text, KIT_JOINER, joiner) == 0;
        if (!here)
            title[n++] = *text;
        text += here ? joiner : 1;
    }
    title[n] = '\0';
}

struct kit_ticket github_ticket(const cJSON *issue, const char *id, char title[GITHUB_TITLE_BYTES])
{
    plain_title(kit_json_text(issue, "title"), title);
    bool done = strcmp(kit_json_text(issue, "state"), "closed") == 0;
    const char *state = done ? "closed" : "open";
    return (struct kit_ticket){.id = id,
                               .link = kit_json_text(issue, "html_url"),
                               .title = title,
                               .status = done ? kit_json_text_or(issue, "state_reason", state) : state,
                               .done = done};
}

int64_t github_updated_ms(const cJSON *issue)
{
    return kit_time_ms(kit_json_text(issue, "updated_at"));
}

/* Would GitHub make a name, a reference or an emoji of what follows? */
static bool refers(const char *title, const char *p)
{
    bool inside = p > title && isalnum((unsigned char)p[-1]);
    return (*p == '#' && isdigit((unsigned char)p[1])) ||
           (strchr("@:", *p) && isalnum((unsigned char)p[1]) && !inside);
}

void github_title(const char *text, struct kit_text *out)
{
    char title[TITLE_MOST];
    kit_clean_name(text, title, sizeof(title));
    for (const char *p = title; *p; p++) {
        kit_text_addc(out, *p == '`' ? '\'' : *p); /* two of them are code */
        if (out->n < TITLE_MOST && refers(title, p))
            kit_text_add(out, KIT_JOINER);
    }
}
