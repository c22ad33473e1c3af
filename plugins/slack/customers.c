/*
 * Who a customer is in Slack: the channels that are shared with other organisations, by their names, and those that `customers`
 * names. Slack tells an app no domain of the other side, so a domain or an address is looked for by its main word: acme.example
 * is in #ext-acme.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "channels.h"

#define WORD_BYTES 80
#define WORD_LEAST 2 /* shorter ones are in every name */

struct seeking {
    const struct slack *slack;
    const char *key;
    char word[WORD_BYTES];
    size_t most;
    cJSON *mapped, *named; /* what `customers` says comes before what a name suggests */
    bool more;
};

/* ---- the word ---- */

/* "Acme GmbH" -> "acme-gmbh": as names of channels are written. */
static void slug_of(const char *text, size_t n, char word[WORD_BYTES])
{
    size_t length = 0;
    for (size_t i = 0; i < n && length + 1 < WORD_BYTES; i++) {
        unsigned char c = (unsigned char)text[i];
        if (isalnum(c) || c >= 0x80)
            word[length++] = (char)tolower(c);
        else if (length && word[length - 1] != '-')
            word[length++] = '-';
    }
    while (length && word[length - 1] == '-')
        length--;
    word[length] = '\0';
}

/* The longest label but the last: acme of mail.acme.example. */
static void word_of_domain(const char *domain, char word[WORD_BYTES])
{
    const char *best = domain;
    size_t longest = 0;
    for (const char *at = domain; strchr(at, '.'); at = strchr(at, '.') + 1) {
        size_t n = strcspn(at, ".");
        if (n >= longest) {
            longest = n;
            best = at;
        }
    }
    slug_of(best, longest, word);
}

static void take_word(struct seeking *s, const cJSON *body)
{
    const char *at = strchr(kit_json_text(body, "email"), '@'), *name = kit_json_text(body, "name");
    const char *domain = kit_json_text_or(body, "domain", at ? at + 1 : NULL);
    if (domain)
        word_of_domain(domain, s->word);
    else
        slug_of(name, strlen(name), s->word);
}

/* ---- the channels ---- */

static bool is_mapped(const struct seeking *s, const char *id)
{
    const char *customer = kit_json_text_or(s->slack->customers, id, NULL);
    return customer && strcasecmp(customer, s->key) == 0;
}

static bool is_named(const struct seeking *s, const cJSON *channel)
{
    return strlen(s->word) >= WORD_LEAST && kit_json_true(channel, "is_ext_shared") &&
           strstr(kit_json_text(channel, "name"), s->word);
}

static void add(cJSON *matches, const cJSON *channel)
{
    struct kit_text name = {0};
    kit_text_addf(&name, "#%s", kit_json_text(channel, "name"));
    cJSON_AddItemToArray(matches, kit_json_texts("address", kit_json_text(channel, "id"), "name",
                                                 kit_text_get(&name), "kind", "channel", NULL));
    kit_text_finish(&name);
}

static const cJSON *collect(const cJSON *page, void *ctx)
{
    struct seeking *s = ctx;
    const cJSON *channel;
    cJSON_ArrayForEach(channel, kit_json_member(page, "channels"))
    {
        bool mapped = is_mapped(s, kit_json_text(channel, "id"));
        cJSON *matches = mapped ? s->mapped : s->named;
        if (kit_json_true(channel, "is_archived") || (!mapped && !is_named(s, channel)))
            continue;
        if ((size_t)cJSON_GetArraySize(matches) < s->most)
            add(matches, channel);
        else
            s->more = true;
    }
    return NULL; /* to the end */
}

static cJSON *answer_of(struct seeking *s)
{
    cJSON *answer = cJSON_CreateObject();
    while (cJSON_GetArraySize(s->named))
        cJSON_AddItemToArray(s->mapped, cJSON_DetachItemFromArray(s->named, 0));
    cJSON_AddItemToObject(answer, "matches", s->mapped);
    cJSON_AddBoolToObject(answer, "more", s->more);
    cJSON_Delete(s->named);
    return answer;
}

void slack_find_customer(struct slack *slack, const struct tocsin_action *action, const cJSON *body,
                         struct tocsin_result *result)
{
    (void)action;
    struct slack_reply reply;
    struct seeking s = {.slack = slack,
                        .key = kit_json_text(body, "key"),
                        .most = (size_t)kit_json_int(body, "most", 10),
                        .mapped = cJSON_CreateArray(),
                        .named = cJSON_CreateArray()};
    take_word(&s, body);
    cJSON_Delete(slack_search_channels(slack, collect, &s, &reply));
    cJSON *answer = answer_of(&s);
    slack_result(&reply, result);
    if (result->code == TOCSIN_DONE)
        kit_result_answer(result, answer);
    else
        cJSON_Delete(answer);
    slack_reply_finish(&reply);
}
