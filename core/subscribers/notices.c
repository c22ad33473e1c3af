/*
 * A word that is published becomes a notice for each status page, and a notice becomes messages: ticks walk through the subscribers of the
 * page, a few in a turn, while few messages wait. Where a tick ended is kept in its own turn.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "delivery/link.h"
#include "policy/statuspages.h"
#include "statuspage/statuspage.h"
#include "subscribers/inside.h"

#define AT_ONCE   100 /* subscribers that one turn reads */
#define WAIT_MOST 400 /* messages that wait, so that the outbox does not grow with the subscribers */

/* ---- documents ---- */

static void notice_key(const struct notice *notice, char key[16])
{
    snprintf(key, 16, "%010" PRIu64, notice->number);
}

static void write_notice(struct turn *turn, const struct notice *notice)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    char key[16];
    json_begin_object(&j);
    json_put_text(&j, "page", notice->page);
    json_put_text_if(&j, "post", *notice->post ? notice->post : NULL);
    json_put_text_if(&j, "word", *notice->word ? notice->word : NULL);
    json_put_text_if(&j, "component", *notice->component ? notice->component : NULL);
    json_put_int(&j, "at", notice->at);
    json_put_text_if(&j, "after", notice->after);
    json_end_object(&j);
    notice_key(notice, key);
    batch_doc(turn_batch(turn), DOC_NOTICE, key, str_text(&body));
}

static void take_id(const cJSON *json, const char *name, char ret[PUBLIC_ID])
{
    snprintf(ret, PUBLIC_ID, "%s", json_text_or(json, name, ""));
}

static bool load_notice(void *ctx, const struct journal_doc *doc)
{
    struct subscribers *subscribers = ctx;
    CLEANUP_JSON cJSON *json = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "notice", &json, NULL))
        return true;
    struct notice *notice = array_add(&subscribers->notices);
    *notice = (struct notice){.number = strtoull(doc->key, NULL, 10),
                              .page = xstrdup(json_text_or(json, "page", "")),
                              .at = json_int_or(json, "at", 0),
                              .after = xstrdup(json_text_or(json, "after", NULL))};
    take_id(json, "post", notice->post);
    take_id(json, "word", notice->word);
    take_id(json, "component", notice->component);
    return true;
}

int notices_load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_NOTICE}, load_notice,
                        subscribers_of(core), err);
}

static void notice_finish(struct notice *notice)
{
    free(notice->page);
    free(notice->after);
}

void notices_finish(struct subscribers *subscribers)
{
    for (size_t i = 0; i < subscribers->notices.n; i++)
        notice_finish(&subscribers->notices.v[i]);
    array_free(&subscribers->notices);
}

/* ---- what is to be told ---- */

static struct notice *add(struct turn *turn, const char *page)
{
    struct subscribers *subscribers = subscribers_of(turn_core(turn));
    size_t n = subscribers->notices.n;
    uint64_t number = n ? subscribers->notices.v[n - 1].number + 1 : 1;
    struct notice *notice = array_add(&subscribers->notices);
    *notice = (struct notice){.number = number, .page = xstrdup(page), .at = turn_now(turn)};
    return notice;
}

/* What a page shows of it, its model says once it is durable. */
void notices_of_event(struct turn *turn, const struct event *event)
{
    struct core *core = turn_core(turn);
    const struct status_page *page;
    struct notice wanted = {0};
    if (event->type == EVENT_POST_WORD)
        statuspage_newest_word(core, event->count, wanted.post, wanted.word);
    else if (event->type == EVENT_COMPONENT && !event->count)
        public_component_id(event->name, wanted.component);
    if (!*wanted.word && !*wanted.component)
        return;
    for (size_t i = 0; (page = policy_status_page_at(core_policy(core), i)); i++) {
        struct notice *notice = add(turn, page->name);
        memcpy(notice->post, wanted.post, sizeof(wanted.post));
        memcpy(notice->word, wanted.word, sizeof(wanted.word));
        memcpy(notice->component, wanted.component, sizeof(wanted.component));
        write_notice(turn, notice);
    }
}

/* ---- whom it concerns ---- */

struct telling { /* a notice, as its page shows it; post NULL: a component that was set by hand */
    struct turn *turn;
    const struct public_page *page;
    const struct public_post *post;
    const struct public_word *word;
    struct moved moved;
    char *last; /* the key of the latest subscriber who was read; NULL: there was none */
    size_t unreached;
};

static bool wants(const struct subscriber *subscriber, const struct public_component *component)
{
    for (size_t i = 0; i < subscriber->components.n; i++) {
        if (text_equal(subscriber->components.v[i], component->id))
            return true;
    }
    return subscriber->components.n == 0;
}

/* A post without components concerns everybody. */
static bool concerns(const struct telling *t, const struct subscriber *subscriber)
{
    bool concerned = t->post->components.n == 0;
    for (size_t i = 0; i < t->post->components.n && !concerned; i++)
        concerned = wants(subscriber, &t->page->components.v[t->post->components.v[i]]);
    return concerned;
}

static void tell_moved(struct telling *t, const struct subscriber *subscriber)
{
    for (size_t i = 0; i < t->word->affected.n; i++) {
        const struct public_affected *affected = &t->word->affected.v[i];
        const struct moved moved = {&t->page->components.v[affected->component], affected->before,
                                    affected->after, t->word->created};
        if (moved.before != moved.after && wants(subscriber, moved.component))
            message_moved(t->turn, t->page, &moved, subscriber);
    }
}

static void tell(void *ctx, const char *key, const struct subscriber *subscriber)
{
    struct telling *t = ctx;
    bool hook = subscriber->kind == SUBSCRIBER_HOOK;
    replace_text(&t->last, key);
    if (subscriber->suppressed || !subscriber_may_read(turn_core(t->turn), subscriber))
        return;
    if (!t->post && hook && wants(subscriber, t->moved.component))
        t->unreached += !message_moved(t->turn, t->page, &t->moved, subscriber);
    if (!t->post || !concerns(t, subscriber))
        return;
    t->unreached += !message_word(t->turn, t->page, t->post, t->word, subscriber);
    if (hook)
        tell_moved(t, subscriber);
}

/* ---- what its page shows ---- */

static const struct public_word *word_of(const struct public_page *page, const struct notice *notice,
                                         const struct public_post **ret_post)
{
    for (size_t i = 0; i < page->posts.n; i++) {
        const struct public_post *post = &page->posts.v[i];
        for (size_t k = 0; text_equal(post->id, notice->post) && k < post->words.n; k++) {
            *ret_post = post;
            if (text_equal(post->words.v[k].id, notice->word))
                return &post->words.v[k];
        }
    }
    return NULL;
}

static bool moved_of(const struct public_page *page, const struct notice *notice, struct moved *ret)
{
    for (size_t i = 0; i < page->components.n; i++) {
        const struct public_component *component = &page->components.v[i];
        for (size_t k = component->past.n; text_equal(component->id, notice->component) && k-- > 1;) {
            const struct public_change *change = &component->past.v[k];
            *ret = (struct moved){component, change[-1].state, change->state, change->at};
            if (change->at == notice->at)
                return true;
        }
    }
    return false;
}

enum on_page { ON_PAGE_LATER, ON_PAGE_NEVER, ON_PAGE_NOW };

/* A model that is older than the notice cannot know. */
static enum on_page look(const struct public_page *page, const struct notice *notice, struct telling *t)
{
    t->page = page;
    t->word = *notice->word ? word_of(page, notice, &t->post) : NULL;
    bool found = *notice->word ? t->word != NULL : moved_of(page, notice, &t->moved);
    if (!found)
        return page->built > notice->at ? ON_PAGE_NEVER : ON_PAGE_LATER;
    return t->word && !t->word->notifies ? ON_PAGE_NEVER : ON_PAGE_NOW;
}

/* ---- ticks ---- */

/* Once it is told to all of them, or to nobody. */
static void end(struct turn *turn, size_t i)
{
    struct subscribers *subscribers = subscribers_of(turn_core(turn));
    char key[16];
    notice_key(&subscribers->notices.v[i], key);
    batch_doc(turn_batch(turn), DOC_NOTICE, key, NULL);
    notice_finish(&subscribers->notices.v[i]);
    array_remove(&subscribers->notices, i);
}

static bool read_some(struct telling *t, const struct notice *notice)
{
    CLEANUP_FREE char *prefix = xasprintf("%s\x1f%s", notice->page, *notice->component ? "hook\x1f" : "");
    const struct doc_query query = {
        .kind = DOC_SUBSCRIBER, .after = notice->after, .prefix = prefix, .limit = AT_ONCE};
    return subscribers_query(turn_core(t->turn), &query, tell, t, NULL) == 0;
}

static void step(struct core *core, size_t i, struct telling *t, instant now)
{
    struct notice *notice = &subscribers_of(core)->notices.v[i];
    t->turn = turn_begin(core, now);
    bool good = read_some(t, notice);
    if (t->unreached)
        log_warn("%zu subscribers of the status page %s are not told: no connector reaches them", t->unreached,
                 notice->page);
    if (t->last) {
        replace_text(&notice->after, t->last);
        write_notice(t->turn, notice);
    } else if (good) {
        end(t->turn, i);
    }
    turn_commit(t->turn, NULL, NULL);
    free(t->last);
}

static void drop(struct core *core, size_t i, instant now)
{
    struct turn *turn = turn_begin(core, now);
    end(turn, i);
    turn_commit(turn, NULL, NULL);
}

/* Each page tells one thing after the other. */
static bool is_first_of_its_page(const struct subscribers *subscribers, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (text_equal(subscribers->notices.v[k].page, subscribers->notices.v[i].page))
            return false;
    }
    return true;
}

/* True: something was done, and there may be more at once. */
static bool go_on(struct core *core, size_t i, instant now)
{
    const struct notice *notice = &subscribers_of(core)->notices.v[i];
    struct telling t = {0};
    struct public_page *page = statuspage_page(core, notice->page);
    bool declared = policy_status_page(core_policy(core), notice->page) != NULL;
    enum on_page shown = page ? look(page, notice, &t) : declared ? ON_PAGE_LATER : ON_PAGE_NEVER;
    if (shown == ON_PAGE_NOW)
        step(core, i, &t, now);
    else if (shown == ON_PAGE_NEVER)
        drop(core, i, now);
    public_unref(page);
    return shown != ON_PAGE_LATER;
}

instant notices_tick(struct core *core, instant now)
{
    struct subscribers *subscribers = subscribers_of(core);
    bool more = false;
    if (!subscribers->notices.n || core_trouble(core))
        return 0;
    if (link_starting(core) || outbox_under_way(core_outbox(core), LANE_SUBSCRIBER) >= WAIT_MOST)
        return now + SECOND / 10;
    for (size_t i = subscribers->notices.n; i-- > 0;) { /* one that ends leaves the list */
        if (is_first_of_its_page(subscribers, i))
            more = go_on(core, i, now) || more;
    }
    return more ? now : now + SECOND;
}
