/* What subscribers read: a mail, a request to a webhook, a message in a channel. */
#include <inttypes.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/markup.h"
#include "base/moment.h"
#include "delivery/link.h"
#include "public/hook.h"
#include "public/labels.h"
#include "public/names.h"
#include "public/post_view.h"
#include "public/stamp.h"
#include "rooms/post.h"
#include "sight/sight.h"
#include "subscribers/inside.h"

/* ---- where it goes ---- */

static const uint64_t abilities[SUBSCRIBER_KINDS] = {[SUBSCRIBER_MAIL] = TOCSIN_CAN_MAILS,
                                                     [SUBSCRIBER_HOOK] = TOCSIN_CAN_HOOKS,
                                                     [SUBSCRIBER_CHANNEL] = TOCSIN_CAN_POST};

bool subscribers_reaches(const struct core *core, enum subscriber_kind kind)
{
    return core_settings(core)->status_secret && link_with(core, abilities[kind]);
}

/* A message to one of them. */
struct message {
    struct turn *turn;
    const struct public_page *page;
    const struct subscriber *subscriber;
    struct labels labels;
    struct public_asked asked;
    char *document;       /* key of the subscriber's */
    char *leave, *manage; /* links */
};

/* "?in=de" where they read another language than the page's own: pages that look the same for every token cannot know it. */
static char *in_language(const struct public_page *page, const char *language)
{
    const char *other = public_language(page, language);
    return other ? xasprintf("?in=%s", other) : xstrdup("");
}

static char *link_to(const struct public_page *page, const char *what, const char *token, const char *language)
{
    CLEANUP_FREE char *in = in_language(page, language);
    return xasprintf("%s/subscribe/%s/%s%s", page->url, what, token ? token : "", in);
}

static void begin(struct message *m, struct turn *turn, const struct public_page *page,
                  const struct subscriber *subscriber)
{
    CLEANUP_FREE char *token = subscribers_token(turn_core(turn), subscriber);
    *m = (struct message){.turn = turn, .page = page, .subscriber = subscriber};
    m->document = subscriber_key(subscriber);
    m->asked = (struct public_asked){.page = page,
                                     .language = subscriber->language ? subscriber->language : page->language};
    labels_init(&m->labels, &m->asked);
    m->leave = link_to(page, "leave", token, subscriber->language);
    m->manage = link_to(page, "manage", token, subscriber->language);
}

static void end(struct message *m)
{
    labels_finish(&m->labels);
    free(m->document);
    free(m->leave);
    free(m->manage);
}

/* `kind`, `body`: of the action. The messages to one subscriber keep their order. */
static bool queue(const struct message *m, const char *connector, const char *kind, const char *key,
                  const char *body)
{
    CLEANUP_FREE char *order = xasprintf("subscriber:%s", m->document);
    struct action action = {.key = (char *)(uintptr_t)key,
                            .kind = (char *)(uintptr_t)kind,
                            .channel = order,
                            .body = (char *)(uintptr_t)body,
                            .lane = LANE_SUBSCRIBER};
    if (connector)
        sight_send(m->turn, &action, NULL, &(struct place){.connector = connector});
    return connector != NULL;
}

/* "slack/C0123": what stands before the slash is the connector. */
static bool post_in_channel(const struct message *m, const char *key, const char *text)
{
    const char *slash = strchr(m->subscriber->address, '/');
    CLEANUP_FREE char *connector =
        slash ? xstrndup(m->subscriber->address, (size_t)(slash - m->subscriber->address)) : NULL;
    if (!connector || !link_can(turn_core(m->turn), connector, TOCSIN_CAN_POST))
        return false;
    CLEANUP_FREE char *body =
        post_body(&(struct place){.connector = connector, .channel = slash + 1}, NULL, NULL, NULL, text);
    return queue(m, connector, "post", key, body);
}

static bool send_mail(const struct message *m, const char *key, const char *subject, const char *text,
                      bool listed)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_text(&j, "email", m->subscriber->address);
    json_put_text(&j, "subject", subject);
    json_put_text(&j, "text", text);
    json_put_text_if(&j, "unsubscribe", listed ? m->leave : NULL);
    json_end_object(&j);
    return queue(m, link_with(turn_core(m->turn), TOCSIN_CAN_MAILS), SUBSCRIBER_TELL, key, str_text(&body));
}

static bool send_hook(const struct message *m, const char *key, const struct hook_meta *meta,
                      const struct public_post *post, const struct hook_component *component)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_text(&j, "url", m->subscriber->address);
    json_put_text(&j, "secret", m->subscriber->secret);
    json_key(&j, "payload");
    hook_write(m->page, meta, post, component, &j);
    json_end_object(&j);
    return queue(m, link_with(turn_core(m->turn), TOCSIN_CAN_HOOKS), SUBSCRIBER_TELL, key, str_text(&body));
}

/* ---- asking to confirm ---- */

bool message_confirm(struct turn *turn, const struct public_page *page, const struct subscriber *subscriber,
                     const char *token, const char *key)
{
    CLEANUP_FREE char *confirm = link_to(page, "confirm", token, subscriber->language);
    CLEANUP_STR struct str text = {0};
    struct message m;
    begin(&m, turn, page, subscriber);
    CLEANUP_FREE char *subject = xasprintf("[%s] %s", page->title, labels_get(&m.labels, "confirm_subject"));
    str_markup(&text, "%s\n\n", labels_get(&m.labels, "confirm_text"));
    text_link(labels_get(&m.labels, "confirm"), confirm, &text);
    const struct hook_meta meta = {.unsubscribe = m.leave, .confirm = confirm, .at = turn_now(turn)};
    bool sent = subscriber->kind == SUBSCRIBER_MAIL ? send_mail(&m, key, subject, str_text(&text), false)
                                                    : send_hook(&m, key, &meta, NULL, NULL);
    end(&m);
    return sent;
}

/* ---- a word ---- */

static const char *label_of_state(const struct message *m, enum public_state state)
{
    return labels_get(&m->labels, public_state_name(state));
}

static void add_components(const struct message *m, const struct public_word *word, struct str *out)
{
    for (size_t i = 0; i < word->affected.n; i++) {
        const struct public_affected *affected = &word->affected.v[i];
        str_markup(out, "\n- %s: %s", m->page->components.v[affected->component].name,
                   label_of_state(m, affected->after));
    }
    str_add(out, word->affected.n ? "\n" : NULL);
}

static void add_time(const struct message *m, const char *label, instant t, struct str *out)
{
    char stamp[STAMP_BYTES];
    if (t > 0)
        str_markup(out, "\n%s: %s\n", labels_get(&m->labels, label), stamp_iso(t, NULL, stamp));
}

static void add_word(const struct message *m, const struct public_post *post, const struct public_word *word,
                     struct str *out)
{
    CLEANUP_FREE char *text = xstrdup(public_word_text(&m->asked, word)),
                      *link = xasprintf("%s/incidents/%s", m->page->url, post->id);
    moments_off(text);
    str_markup(out, "**%s: %s**\n\n", labels_get(&m->labels, public_status_name(word->status)),
               public_post_title(&m->asked, post));
    str_addf(out, "%s\n", text);
    add_components(m, word, out);
    if (word->status == POST_SCHEDULED) {
        add_time(m, "planned_from", post->from, out);
        add_time(m, "planned_until", post->until, out);
    }
    add_time(m, "next_update", word == &post->words.v[0] ? post->next : 0, out);
    str_add(out, "\n");
    text_address(link, out);
}

static void add_foot(const struct message *m, struct str *out)
{
    str_markup(out, "\n\n---\n\n%s ", labels_get(&m->labels, "why_mail"));
    text_link(labels_get(&m->labels, "manage"), m->manage, out);
    str_add(out, " · ");
    text_link(labels_get(&m->labels, "unsubscribe"), m->leave, out);
}

static bool send_word(const struct message *m, const struct public_post *post, const struct public_word *word,
                      const char *key)
{
    CLEANUP_STR struct str text = {0};
    CLEANUP_FREE char *subject =
        xasprintf("[%s] %s: %s", m->page->title, labels_get(&m->labels, public_status_name(word->status)),
                  public_post_title(&m->asked, post));
    add_word(m, post, word, &text);
    if (m->subscriber->kind == SUBSCRIBER_CHANNEL)
        return post_in_channel(m, key, str_text(&text));
    add_foot(m, &text);
    return send_mail(m, key, subject, str_text(&text), true);
}

bool message_word(struct turn *turn, const struct public_page *page, const struct public_post *post,
                  const struct public_word *word, const struct subscriber *subscriber)
{
    struct message m;
    begin(&m, turn, page, subscriber);
    CLEANUP_FREE char *key = xasprintf(NOTICE_KEY "%s:%s", word->id, m.document);
    const struct hook_meta meta = {.unsubscribe = m.leave, .at = word->created};
    bool sent = subscriber->kind == SUBSCRIBER_HOOK ? send_hook(&m, key, &meta, post, NULL)
                                                    : send_word(&m, post, word, key);
    end(&m);
    return sent;
}

bool message_moved(struct turn *turn, const struct public_page *page, const struct moved *moved,
                   const struct subscriber *subscriber)
{
    struct message m;
    begin(&m, turn, page, subscriber);
    CLEANUP_FREE char *key =
        xasprintf(NOTICE_KEY "%s.%" PRId64 ":%s", moved->component->id, moved->at, m.document);
    const struct hook_meta meta = {.unsubscribe = m.leave, .at = moved->at};
    bool sent = send_hook(&m, key, &meta, NULL,
                          &(struct hook_component){moved->component, moved->before, moved->after});
    end(&m);
    return sent;
}
