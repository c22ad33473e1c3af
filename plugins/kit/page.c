#include <tocsin/kit/page.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/rand.h>

#include <tocsin/kit/card.h>
#include <tocsin/kit/commonmark.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/store.h>

#define SECRET 16 /* bytes */

/* ---- what it says ---- */

static void put_link(const char *footer, struct kit_text *out)
{
    const char *http = strstr(footer, "http://"), *https = strstr(footer, "https://");
    const char *at = https ? https : http;
    if (at)
        kit_text_addn(out, at, strcspn(at, " \n\t"));
}

/* The first line becomes the title, where there is no other. */
static void move_first_line(struct kit_text *text, struct kit_text *title)
{
    size_t n = strcspn(kit_text_get(text), "\n");
    if (!text->p)
        return;
    kit_text_addn(title, text->p, n);
    n += strspn(text->p + n, "\n");
    memmove(text->p, text->p + n, text->n - n + 1);
    text->n -= n;
}

struct kit_page_words kit_page_words(const cJSON *body)
{
    struct kit_page_words words = {0};
    cJSON *card = cJSON_Duplicate(kit_json_member(body, "card"), true);
    const char *title = kit_json_text(card, "title"), *text = kit_json_text(body, "text");
    kit_escape(title, strlen(title), KIT_PLAIN, &words.title);
    for (size_t i = 0; i < words.title.n; i++)
        words.title.p[i] = words.title.p[i] == '\n' ? ' ' : words.title.p[i];
    put_link(kit_json_text(card, "footer"), &words.link);
    cJSON_DeleteItemFromObject(card, "title");
    cJSON_DeleteItemFromObject(card, "footer");
    kit_card(card, false, KIT_PLAIN, &words.text);
    kit_commonmark(text, strlen(text), KIT_PLAIN, &words.text);
    while (words.text.n && words.text.p[words.text.n - 1] == '\n')
        words.text.p[--words.text.n] = '\0';
    if (!words.title.n)
        move_first_line(&words.text, &words.title);
    cJSON_Delete(card);
    return words;
}

void kit_page_words_finish(struct kit_page_words *words)
{
    kit_text_finish(&words->title);
    kit_text_finish(&words->text);
    kit_text_finish(&words->link);
}

/* ---- which it is ---- */

#define KEY_BYTES 200

static void key_of(const char *what, const char *name, char key[KEY_BYTES])
{
    snprintf(key, KEY_BYTES, "%s/%s", what, name);
}

static cJSON *stored(const struct tocsin_host *host, const char *what, const char *name)
{
    char key[KEY_BYTES];
    key_of(what, name, key);
    return *name ? kit_get(host, key) : NULL;
}

static cJSON *new_row(const struct kit_task *task)
{
    unsigned char random[SECRET];
    char secret[2 * SECRET + 1] = "";
    if (RAND_bytes(random, SECRET) != 1)
        abort(); /* whoever guesses it acknowledges pages */
    for (size_t i = 0; i < SECRET; i++)
        snprintf(secret + 2 * i, 3, "%02x", random[i]);
    cJSON *row = kit_json_texts("user", kit_json_text(task->body, "user"), "code",
                                kit_json_text_or(task->body, "code", NULL), "key", secret, NULL);
    cJSON_AddNumberToObject(row, "at", (double)time(NULL) * 1000);
    return row;
}

struct kit_page kit_page_of_action(const struct kit_task *task)
{
    struct kit_page page = {.host = task->api->host};
    kit_mark("page", "page", task->action->key, page.mark);
    page.row = task->action->attempt > 1 ? stored(page.host, "page", page.mark) : NULL;
    if (page.row)
        kit_json_set(page.row, "tried", cJSON_CreateTrue());
    else
        page.row = new_row(task);
    return page;
}

struct kit_page kit_page_by_mark(const struct tocsin_host *host, const char *mark)
{
    struct kit_page page = {.host = host};
    bool good = strlen(mark) == KIT_MARK_BYTES - 1 && !mark[strspn(mark, "0123456789abcdef")];
    snprintf(page.mark, sizeof(page.mark), "%s", good ? mark : "");
    page.row = stored(host, "page", page.mark);
    return page;
}

struct kit_page kit_page_by_id(const struct tocsin_host *host, const char *id)
{
    cJSON *known = stored(host, "known", id);
    struct kit_page page = kit_page_by_mark(host, kit_json_text(known, "page"));
    cJSON_Delete(known);
    return page;
}

void kit_page_finish(struct kit_page *page)
{
    cJSON_Delete(page->row);
    *page = (struct kit_page){0};
}

const char *kit_page_id(const struct kit_page *page)
{
    return kit_json_text(page->row, "id");
}

bool kit_page_was_tried(const struct kit_page *page)
{
    return kit_json_true(page->row, "tried");
}

static bool put(const struct kit_page *page)
{
    char key[KEY_BYTES];
    key_of("page", page->mark, key);
    return kit_put(page->host, key, page->row);
}

static void keep(const struct kit_page *page)
{
    char key[KEY_BYTES];
    key_of("page", page->mark, key);
    kit_keep(page->host, key, page->row);
}

bool kit_page_begin(struct kit_page *page, struct tocsin_result *result)
{
    bool good = put(page);
    if (!good)
        kit_result(result, TOCSIN_RETRY, "the page could not be noted before it was sent");
    return good;
}

void kit_page_sent(struct kit_page *page, const char *id, struct tocsin_result *result)
{
    char key[KEY_BYTES];
    cJSON *known = kit_json_texts("page", page->mark, NULL);
    snprintf(result->remote_id, sizeof(result->remote_id), "%s", id);
    kit_json_set(page->row, "id", cJSON_CreateString(result->remote_id));
    keep(page);
    key_of("known", id, key);
    kit_keep(page->host, key, known);
    cJSON_Delete(known);
}

void kit_page_learned(struct kit_page *page, const char *id)
{
    if (*kit_page_id(page))
        return;
    kit_json_set(page->row, "id", cJSON_CreateString(id));
    put(page);
}

bool kit_page_is_known(const struct kit_page *page)
{
    cJSON *known = stored(page->host, "known", kit_page_id(page));
    bool same = known && strcmp(kit_json_text(known, "page"), page->mark) == 0;
    cJSON_Delete(known);
    return same;
}

void kit_page_ended(struct kit_page *page, const char *by)
{
    kit_json_set(page->row, "ended", cJSON_CreateString(by));
    keep(page);
}

/* ---- what becomes of it ---- */

cJSON *kit_page_event(const char *id, const char *state, const char *how, const char *why)
{
    struct kit_text event_id = {0};
    kit_text_addf(&event_id, "%s:%s", id, state);
    cJSON *event = kit_json_texts("type", "page", "id", kit_text_get(&event_id), "message", id, "state", state,
                                  "how", how && *how ? how : NULL, "text", why && *why ? why : NULL, NULL);
    kit_text_finish(&event_id);
    return event;
}
