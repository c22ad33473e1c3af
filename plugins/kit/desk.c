#include <tocsin/kit/desk.h>

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/card.h>
#include <tocsin/kit/quote.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/signature.h>
#include <tocsin/kit/store.h>

#define MATCHES     10 /* unless the action says how many */
#define TITLE_BYTES 500
#define NAME_BYTES  200
#define TEXT_MOST   30000

static const char *set_or_null(const char *text)
{
    return text && *text ? text : NULL;
}

/* ---- desk.find ---- */

static bool is_there(const struct kit_matches *matches, const char *address)
{
    const cJSON *match;
    cJSON_ArrayForEach(match, matches->list)
    {
        if (strcasecmp(kit_json_text(match, "address"), address) == 0)
            return true;
    }
    return false;
}

void kit_matches_add(struct kit_matches *matches, const char *address, const char *name,
                     const char *organisation)
{
    char shown[NAME_BYTES];
    struct kit_text whole = {0};
    if (!*address || is_there(matches, address))
        return;
    if ((size_t)cJSON_GetArraySize(matches->list) >= matches->most) {
        matches->more = true;
        return;
    }
    kit_text_add(&whole, *name ? name : address);
    if (*organisation)
        kit_text_addf(&whole, " (%s)", organisation);
    kit_clean_name(kit_text_get(&whole), shown, sizeof(shown));
    cJSON_AddItemToArray(matches->list, kit_json_texts("address", address, "name", *shown ? shown : address,
                                                       "email", kit_is_mail_address(address) ? address : NULL,
                                                       "kind", "contact", NULL));
    kit_text_finish(&whole);
}

static void answer(struct kit_matches *matches, struct tocsin_result *result)
{
    cJSON *answer = cJSON_CreateObject();
    cJSON_AddItemToObject(answer, "matches", matches->list);
    cJSON_AddBoolToObject(answer, "more", matches->more);
    if (result->code == TOCSIN_DONE)
        kit_result_answer(result, answer);
    else
        cJSON_Delete(answer);
}

void kit_find(struct kit_task *task, const struct kit_search *searches, kit_look *look)
{
    int64_t most = kit_json_int(task->body, "most", MATCHES);
    struct kit_matches matches = {.list = cJSON_CreateArray(), .most = most > 0 ? (size_t)most : MATCHES};
    for (; searches->member && task->result->code == TOCSIN_DONE; searches++) {
        const char *what = kit_json_text(task->body, searches->member);
        if (*what)
            look(task, searches, what, &matches);
    }
    answer(&matches, task->result);
}

bool kit_fits(enum kit_way way, const char *value, const char *what)
{
    size_t n = strlen(value), m = strlen(what);
    if (way == KIT_PART)
        return strcasestr(value, what) != NULL;
    if (way == KIT_DOMAIN)
        return n > m && value[n - m - 1] == '@' && strcasecmp(value + n - m, what) == 0;
    return strcasecmp(value, what) == 0;
}

/* ---- whose ticket it is ---- */

static void key_of(const char *ticket, char key[200])
{
    snprintf(key, 200, "ticket/%s", ticket);
}

static void set_text(cJSON *object, const char *name, const char *text)
{
    if (set_or_null(text))
        kit_json_set(object, name, cJSON_CreateString(text));
}

/* What the action does not say stays as it is known. */
static void keep(const struct kit_task *task, const char *ticket)
{
    char key[200];
    cJSON *kept = kit_ticket_kept(task->api->host, ticket);
    if (!kept)
        kept = cJSON_CreateObject();
    key_of(ticket, key);
    set_text(kept, "customer", kit_json_text(task->body, "customer"));
    set_text(kept, "incident", kit_json_text(task->body, "incident"));
    kit_keep(task->api->host, key, kept);
    cJSON_Delete(kept);
}

cJSON *kit_ticket_kept(const struct tocsin_host *host, const char *ticket)
{
    char key[200];
    key_of(ticket, key);
    return kit_get(host, key);
}

/* ---- a ticket ---- */

static void add_name(cJSON *json, const char *member, const char *name, size_t size)
{
    char shown[TITLE_BYTES];
    if (kit_clean_name(name ? name : "", shown, size))
        cJSON_AddStringToObject(json, member, shown);
}

cJSON *kit_ticket_json(const struct kit_ticket *ticket)
{
    cJSON *json =
        kit_json_texts("ticket", ticket->id, "link", ticket->link, "state", ticket->done ? "done" : "open",
                       "address", set_or_null(ticket->address), "kind", ticket->parent ? "parent" : NULL, NULL);
    add_name(json, "title", ticket->title, TITLE_BYTES);
    add_name(json, "status", ticket->status, NAME_BYTES);
    add_name(json, "name", ticket->name, NAME_BYTES);
    add_name(json, "organisation", ticket->organisation, NAME_BYTES);
    return json;
}

cJSON *kit_ticket_event(const struct kit_ticket *ticket, const char *event_id)
{
    cJSON *event = kit_ticket_json(ticket);
    cJSON_AddStringToObject(event, "type", "ticket");
    cJSON_AddStringToObject(event, "id", event_id);
    return event;
}

/* What has been done stays done where a core that is too old does not ask. */
static void say(const struct kit_ticket *ticket, struct tocsin_result *result)
{
    struct kit_text text = {0};
    bool asked =
        result->size >= offsetof(struct tocsin_result, answer) + sizeof(result->answer) && result->answer;
    cJSON *json = kit_ticket_json(ticket);
    if (asked && kit_json_write(json, &text))
        result->answer(result, kit_text_get(&text), text.n);
    cJSON_Delete(json);
    kit_text_finish(&text);
}

void kit_ticket_answer(const struct kit_ticket *ticket, struct kit_task *task)
{
    struct tocsin_result *result = task->result;
    if (result->code != TOCSIN_DONE)
        return;
    keep(task, ticket->id);
    if (!*result->remote_id)
        snprintf(result->remote_id, sizeof(result->remote_id), "%s", ticket->id);
    say(ticket, result);
}

/* ---- what somebody wrote ---- */

char *kit_said_words(const char *plain, const char *html, const char *subject)
{
    struct kit_text said = {0};
    char *text = *plain ? strdup(plain) : kit_html_text(html, strlen(html)),
         *words = kit_new_words(text, false);
    kit_text_addf(&said, "%s%s%s", subject, *subject && *words ? "\n\n" : "", words);
    free(text);
    free(words);
    return said.p ? said.p : strdup("");
}

static void flag(cJSON *event, const char *name, bool set)
{
    if (set)
        cJSON_AddTrueToObject(event, name);
}

/* What is the same for each kind of event, beside the text. */
static cJSON *event_of(const struct kit_said *said, const char *type)
{
    cJSON *event = kit_json_texts("type", type, "id", said->id, "message", said->message, "link",
                                  set_or_null(said->link), NULL),
          *user = kit_json_texts("id", said->user, "email", set_or_null(said->email), NULL);
    size_t n = strlen(said->text), most = n < TEXT_MOST ? n : TEXT_MOST;
    char *text = strndup(said->text, kit_utf8_cut(said->text, n, most));
    cJSON_AddStringToObject(event, "text", text ? text : "");
    free(text);
    add_name(event, "title", said->title, TITLE_BYTES);
    add_name(user, "name", said->name, NAME_BYTES);
    flag(user, "outside", said->by != KIT_BY_AGENT);
    cJSON_AddItemToObject(event, "user", user);
    return event;
}

cJSON *kit_said_reply(const struct kit_said *said, const struct tocsin_host *host)
{
    if (!*said->text && !cJSON_GetArraySize(said->files))
        return NULL;
    cJSON *event = event_of(said, "reply"), *kept = kit_ticket_kept(host, said->ticket);
    set_text(event, "ticket", said->ticket);
    set_text(event, "address", said->address);
    set_text(event, "customer", kit_json_text(kept, "customer"));
    set_text(event, "incident", kit_json_text(kept, "incident"));
    add_name(event, "name", said->name, NAME_BYTES);
    if (said->by == KIT_BY_CUSTOMER)
        add_name(event, "organisation", said->organisation, NAME_BYTES);
    if (said->files)
        cJSON_AddItemToObject(event, "files", cJSON_Duplicate(said->files, true));
    flag(event, "automatic", said->automatic);
    flag(event, "agent", said->by == KIT_BY_AGENT);
    flag(event, "unverified", said->by == KIT_BY_STRANGER);
    cJSON_Delete(kept);
    return event;
}

cJSON *kit_said_files(const cJSON *list, const char *name, const char *url)
{
    cJSON *files = cJSON_CreateArray();
    const cJSON *row;
    cJSON_ArrayForEach(row, list)
    {
        char clean[NAME_BYTES];
        int64_t size = kit_json_int(row, "size", 0);
        if (!kit_clean_name(kit_json_text(row, name), clean, sizeof(clean)))
            continue;
        cJSON *file = kit_json_texts("name", clean, "url", url ? kit_json_text_or(row, url, NULL) : NULL, NULL);
        if (size > 0)
            cJSON_AddNumberToObject(file, "size", (double)size);
        cJSON_AddItemToArray(files, file);
    }
    return files;
}

bool kit_is_command(const char *text)
{
    static const char prefix[] = "!inc";
    size_t n = strlen(prefix);
    text += strspn(text, " \t\r\n");
    return strncasecmp(text, prefix, n) == 0 && (!text[n] || strchr(" \t\r\n", text[n]));
}

cJSON *kit_said_command(const struct kit_said *said)
{
    if (said->by != KIT_BY_AGENT || said->automatic || !kit_is_command(said->text))
        return NULL;
    cJSON *event = event_of(said, "message");
    set_text(event, "channel", said->ticket);
    return event;
}

void kit_note(const cJSON *body, enum kit_target target, struct kit_text *out)
{
    if (*kit_json_text(body, "to"))
        kit_text_add(out, "The answer is for the person alone who asked, and everybody at the desk reads this. "
                          "Ask in a chat.");
    else
        kit_body(body, true, target, out);
}

/* ---- marks ---- */

void kit_mark(const char *secret, const char *what, const char *key, char mark[KIT_MARK_BYTES])
{
    struct kit_part parts[] = {{what, strlen(what)}, {key, strlen(key)}};
    char whole[KIT_HMAC_HEX];
    if (!kit_hmac_hex(secret, parts, 2, whole))
        abort(); /* without marks, messages would be sent twice */
    snprintf(mark, KIT_MARK_BYTES, "%.*s", KIT_MARK_BYTES - 1, whole);
}

/* ---- addresses and links ---- */

#define DIGITS      "0123456789"
#define DIGITS_MOST 18

bool kit_is_number(const char *text)
{
    size_t n = strspn(text, DIGITS);
    return n && n <= DIGITS_MOST && !text[n];
}

bool kit_link_number(const char *base, const char *link, const char *before, char number[KIT_ID_BYTES])
{
    size_t n = strlen(base);
    const char *at = strncasecmp(link, base, n) == 0 ? strcasestr(link + n, before) : NULL;
    size_t digits = at ? strspn(at + strlen(before), DIGITS) : 0;
    if (!digits || digits > DIGITS_MOST)
        return false;
    at += strlen(before);
    snprintf(number, KIT_ID_BYTES, "%.*s", (int)digits, at);
    return (link[n] == '/' || link[n] == '?') && (!at[digits] || strchr("/?&;#", at[digits]));
}

bool kit_is_mail_address(const char *text)
{
    const char *at = strchr(text, '@');
    for (const char *p = text; *p; p++) {
        if (*p <= ' ' || *p >= 127 || strchr("<>,;:\"()\\", *p))
            return false;
    }
    return at && at != text && at[1] && !strchr(at + 1, '@') && strlen(text) <= 254;
}
