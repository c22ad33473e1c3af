#include "intake/evidence.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "intake/scrub.h"
#include "intake/text.h"

void evidence_read(const struct alert *alert, struct arena *arena, struct evidence *ret)
{
    *ret = (struct evidence){.method = "", .url = ""};
    if (alert->evidence.read)
        alert->evidence.read(alert, arena, ret);
}

static void read_kept(const struct alert *alert, struct arena *arena, struct evidence *ret)
{
    (void)arena;
    *ret = *(const struct evidence *)alert->evidence.raw;
}

void evidence_keep(struct alert *alert, const struct evidence *evidence)
{
    alert->evidence = (struct raw_evidence){read_kept, evidence};
}

/* ---- links ---- */

#define OTHER_LINK "link"

/* What links are called, and in which order they stand; a name may end with "url" or "link". The sender's own page comes last, since
   it says what people know already. */
static const struct link_name {
    const char *name, *label;
} link_names[] = {
    {"runbook", "runbook"},    {"playbook", "playbook"}, {"dashboard", "dashboard"},
    {"panel", "panel"},        {"graph", "graph"},       {"logs", "logs"},
    {"log", "logs"},           {"trace", "trace"},       {"image", "image"},
    {"screenshot", "image"},   {"web", "event"},         {"permalink", "event"},
    {"event", "event"},        {"issue", "issue"},       {"documentation", "documentation"},
    {"docs", "documentation"}, {OTHER_LINK, OTHER_LINK}, {"generator", "source"},
    {"source", "source"},      {"silence", "silence"},
};

/* "Runbook_URL" -> "runbook", without what its name ends with. */
static void plain_name(const char *name, char plain[EVIDENCE_LABEL + 1])
{
    static const char *const ends[] = {"url", "link", "uri", "href"};
    size_t n = 0;
    for (; *name && n < EVIDENCE_LABEL; name++) {
        if (isalnum((unsigned char)*name))
            plain[n++] = (char)tolower((unsigned char)*name);
    }
    plain[n] = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
        size_t end = strlen(ends[i]);
        if (n > end && strcmp(plain + n - end, ends[i]) == 0) {
            plain[n - end] = '\0';
            return;
        }
    }
}

static size_t rank_of(const char *label)
{
    for (size_t i = 0; i < ARRAY_SIZE(link_names); i++) {
        if (strcmp(link_names[i].label, label) == 0)
            return i;
    }
    return rank_of(OTHER_LINK);
}

/* The link as it may be shown: without credentials before the host, which also hide where it leads. */
static const char *safe_url(struct arena *arena, const char *given)
{
    const char *url = text_url(arena, given, EVIDENCE_URL), *host = strstr(url, "://");
    if (!host)
        return "";
    host += 3;
    size_t n = strcspn(host, "/?#");
    const char *at = memrchr(host, '@', n);
    if (at)
        url = text_format(arena, "%.*s%s", (int)(host - url), url, at + 1);
    host = strstr(url, "://") + 3;
    if (!isalnum((unsigned char)*host) && *host != '[' && (unsigned char)*host < 0x80)
        return "";
    return scrub_text(arena, url);
}

static size_t link_bytes(const struct evidence *evidence)
{
    size_t n = 0;
    for (size_t i = 0; i < evidence->n_links; i++)
        n += strlen(evidence->links[i].url) + strlen(evidence->links[i].label);
    return n;
}

/* Puts the link in its place; those that have no room any more are dropped from the end. */
static void insert_link(struct evidence *evidence, struct evidence_link link)
{
    size_t at = 0, rank = rank_of(link.label);
    while (at < evidence->n_links && rank_of(evidence->links[at].label) <= rank)
        at++;
    if (at == EVIDENCE_LINKS)
        return;
    size_t n = MIN(evidence->n_links, EVIDENCE_LINKS - 1);
    memmove(&evidence->links[at + 1], &evidence->links[at], (n - at) * sizeof(link));
    evidence->links[at] = link;
    evidence->n_links = n + 1;
    while (link_bytes(evidence) > EVIDENCE_LINK_BYTES)
        evidence->n_links--;
}

void evidence_link(struct evidence *evidence, struct arena *arena, const char *label, const char *given)
{
    const char *url = safe_url(arena, given);
    for (size_t i = 0; i < evidence->n_links; i++) {
        if (strcmp(evidence->links[i].url, url) == 0)
            return;
    }
    label = scrub_text(arena, text_line(arena, label, EVIDENCE_LABEL));
    if (*url)
        insert_link(evidence, (struct evidence_link){text_first(label, OTHER_LINK, NULL), url});
}

void evidence_named_link(struct evidence *evidence, struct arena *arena, const char *name, const char *url)
{
    char plain[EVIDENCE_LABEL + 1];
    plain_name(name, plain);
    for (size_t i = 0; i < ARRAY_SIZE(link_names); i++) {
        if (strcmp(link_names[i].name, plain) == 0) {
            evidence_link(evidence, arena, link_names[i].label, url);
            return;
        }
    }
}

void evidence_object_links(struct evidence *evidence, struct arena *arena, const cJSON *object)
{
    const cJSON *member;
    cJSON_ArrayForEach(member, object)
    {
        bool is_pair = cJSON_IsArray(member);
        const char *name = is_pair ? cJSON_GetStringValue(cJSON_GetArrayItem(member, 0)) : member->string;
        const char *url = cJSON_GetStringValue(is_pair ? cJSON_GetArrayItem(member, 1) : member);
        if (name && url)
            evidence_named_link(evidence, arena, name, url);
    }
}
