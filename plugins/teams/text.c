/* What people write in Teams -> plain text; names. Pure. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/commonmark.h>

#include "text.h"

#define PEOPLE_MOST 20 /* mentioned in one text */
#define NAME_MOST   50 /* characters of a channel's name */
#define NBSP        "\xc2\xa0"

/* ---- entities ---- */

/* How many bytes at p are an entity, and what it means; 0: none. */
static size_t entity_at(const char *p, const char **ret_means)
{
    static const char *const entities[][2] = {{"&nbsp;", " "}, {"&amp;", "&"},   {"&lt;", "<"},
                                              {"&gt;", ">"},   {"&quot;", "\""}, {"&#39;", "'"}};
    for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
        size_t n = strlen(entities[i][0]);
        if (strncmp(p, entities[i][0], n) == 0) {
            *ret_means = entities[i][1];
            return n;
        }
    }
    return 0;
}

void teams_decode(const char *text, size_t n, struct kit_text *out)
{
    for (size_t i = 0; i < n;) {
        const char *means;
        size_t size = entity_at(text + i, &means);
        if (size && i + size <= n)
            kit_text_add(out, means);
        else
            kit_text_addn(out, text + i, 1);
        i += size && i + size <= n ? size : 1;
    }
}

/* How many bytes at p are space, as people see it; 0: none. */
static size_t space_at(const char *p)
{
    if (strncmp(p, "&nbsp;", 6) == 0)
        return 6;
    if (strncmp(p, NBSP, 2) == 0)
        return 2;
    return *p && isspace((unsigned char)*p);
}

static const char *skip_space(const char *p)
{
    for (size_t n; (n = space_at(p));)
        p += n;
    return p;
}

/* ---- mentions ---- */

struct mention {
    const char *at; /* in the text; NULL: it is not there */
    size_t n;
    const char *id, *name;
    bool ours;
};

struct mentions {
    struct mention v[PEOPLE_MOST];
    size_t n;
};

static bool is_taken(const struct mentions *found, const char *at)
{
    for (size_t i = 0; i < found->n; i++) {
        if (found->v[i].at == at)
            return true;
    }
    return false;
}

/* The first place of an entity's text that no entity before it has taken. */
static const char *locate(const struct mentions *found, const char *text, const char *what)
{
    const char *at = *what ? strstr(text, what) : NULL;
    while (at && is_taken(found, at))
        at = strstr(at + 1, what);
    return at;
}

static bool is_id(const char *id)
{
    return *id && strlen(id) < TEAMS_ID && !strpbrk(id, "<>|\n");
}

/* Only entities say who is mentioned: anybody can type the tag. */
static void find_mentions(const cJSON *activity, const char *text, struct mentions *found)
{
    const cJSON *entity;
    const char *us = kit_json_text(kit_json_member(activity, "recipient"), "id");
    cJSON_ArrayForEach(entity, kit_json_member(activity, "entities"))
    {
        const cJSON *who = kit_json_member(entity, "mentioned");
        const char *id = kit_json_text(who, "id"), *name = kit_json_text(who, "name");
        struct kit_text tag = {0};
        if (strcmp(kit_json_text(entity, "type"), "mention") != 0 || !is_id(id) || found->n == PEOPLE_MOST)
            continue;
        kit_text_add(&tag, kit_json_text(entity, "text"));
        if (!tag.n)
            kit_text_addf(&tag, "<at>%s</at>", name);
        const char *at = locate(found, text, kit_text_get(&tag));
        found->v[found->n++] = (struct mention){at, tag.n, id, name, strcmp(id, us) == 0};
        kit_text_finish(&tag);
    }
}

static const struct mention *mention_at(const struct mentions *found, const char *at)
{
    for (size_t i = 0; i < found->n; i++) {
        if (found->v[i].at == at)
            return &found->v[i];
    }
    return NULL;
}

/* ---- the whole text ---- */

static void put_mention(const struct mention *mention, struct teams_said_text *ret)
{
    if (mention->ours)
        return;
    kit_text_addf(&ret->text, "<@%s>", mention->id);
    cJSON_AddItemToArray(ret->people, kit_json_texts("id", mention->id, "name", mention->name, NULL));
}

static void put_rest(const char *p, const struct mentions *found, struct teams_said_text *ret)
{
    while (*p) {
        const char *means = NULL;
        const struct mention *mention = mention_at(found, p);
        size_t n = mention ? mention->n : entity_at(p, &means);
        if (mention)
            put_mention(mention, ret);
        else if (means)
            kit_text_add(&ret->text, means);
        else if (*p != '\r')
            kit_text_addc(&ret->text, *p);
        p += n ? n : 1;
    }
}

static void trim_end(struct kit_text *text)
{
    while (text->n && (isspace((unsigned char)text->p[text->n - 1]) ||
                       (text->n > 1 && memcmp(text->p + text->n - 2, NBSP, 2) == 0)))
        text->p[text->n -= isspace((unsigned char)text->p[text->n - 1]) ? 1 : 2] = '\0';
}

void teams_read_text(const cJSON *activity, struct teams_said_text *ret)
{
    const char *text = kit_json_text(activity, "text"), *p = skip_space(text);
    struct mentions found = {.n = 0};
    *ret = (struct teams_said_text){.people = cJSON_CreateArray()};
    find_mentions(activity, text, &found);
    for (size_t i = 0; i < found.n; i++)
        ret->named = ret->named || found.v[i].ours;
    const struct mention *first = mention_at(&found, p);
    ret->mention = first && first->ours;
    ret->named = ret->named && !ret->mention;
    if (ret->mention) {
        p = skip_space(p + first->n);
        p += strspn(p, ",:");
        p = skip_space(p);
    }
    put_rest(p, &found, ret);
    trim_end(&ret->text);
}

/* ---- names ---- */

static bool is_forbidden(unsigned char c)
{
    return c < 0x20 || c == 0x7f || strchr("~#%&*{}+/\\:<>?|'\",", c);
}

/* Names that Windows keeps for itself, which SharePoint does not allow. */
static bool is_reserved(const char *name)
{
    static const char *const names[] = {"forms", "con", "conin$", "conout$",
                                        "prn",   "aux", "nul",    "desktop.ini"};
    bool port = (strncasecmp(name, "com", 3) == 0 || strncasecmp(name, "lpt", 3) == 0) && name[3] > '0' &&
                name[3] <= '9' && !name[4];
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        port = port || strcasecmp(name, names[i]) == 0;
    return port || strcasestr(name, "_vti_");
}

static size_t characters(const char *text, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += ((unsigned char)text[i] & 0xc0) == 0x80 ? 0 : (unsigned char)text[i] >= 0xf0 ? 2 : 1;
    return count;
}

/* Drops the last character. */
static void chop(struct kit_text *text)
{
    while (text->n && ((unsigned char)text->p[text->n - 1] & 0xc0) == 0x80)
        text->n--;
    text->n -= text->n > 0;
    text->p[text->n] = '\0';
}

void teams_channel_name(const char *given, int try, struct kit_text *out)
{
    char tail[16] = "";
    struct kit_text name = {0}, clean = {0};
    if (try > 1)
        snprintf(tail, sizeof(tail), "-%d", try);
    size_t size = strlen(given) + 1;
    char *safe = malloc(size);
    kit_clean_name(given, safe, size);
    for (const char *p = safe + strspn(safe, "_. -"); *p; p++) {
        bool fits = !is_forbidden((unsigned char)*p) && !(p[0] == '.' && p[1] == '.');
        if (fits)
            kit_text_addc(&name, *p);
        else if (name.n && name.p[name.n - 1] != '-')
            kit_text_addc(&name, '-');
    }
    free(safe);
    kit_text_add(&clean, is_reserved(kit_text_get(&name)) || !name.n ? "incident-" : "");
    if (!strcasestr(kit_text_get(&name), "_vti_"))
        kit_text_add(&clean, kit_text_get(&name));
    while (clean.n &&
           (characters(clean.p, clean.n) + strlen(tail) > NAME_MOST || strchr(" .-", clean.p[clean.n - 1])))
        chop(&clean);
    kit_text_addf(out, "%s%s", kit_text_get(&clean), tail);
    kit_text_finish(&name);
    kit_text_finish(&clean);
}

void teams_put_mention(const char *name, struct kit_text *out)
{
    kit_text_add(out, "<at>");
    kit_escape(name, strlen(name), KIT_HTML, out);
    kit_text_add(out, "</at>");
}
