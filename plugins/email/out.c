/* Actions -> mails. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "compose.h"
#include "peers.h"

#define SPARE_MS   2000 /* of an action's time, kept for everything but the mail server */
#define SUBJECT    400
#define REFERENCES 4

/* One mail on its way out. */
struct outgoing {
    struct email *email;
    const struct tocsin_action *action;
    struct email_words words;
    struct kit_picture picture;
    char picture_id[EMAIL_ID + 16];
    char to[EMAIL_ADDRESS], party[EMAIL_PARTY];
    const char *to_name;
    char subject[SUBJECT];
    enum email_kind answers; /* where answers go; EMAIL_FOR_NOTHING: to our own address */
    uint64_t incident;       /* 0: none */
    const char *references[REFERENCES];
    char topic[EMAIL_ID];    /* begins its thread; "": none */
    const char *unsubscribe; /* https address that takes a POST; NULL: our own, if it is bulk */
    bool once;               /* better never than twice */
    bool bulk, urgent, subscriber;
    bool handed;
};

static void set_to(struct outgoing *o, const char *address, const char *party_of)
{
    snprintf(o->to, sizeof(o->to), "%s", address);
    email_party(&o->email->self, party_of, o->party);
}

/* ---- what must not be sent twice ---- */

static void mark_of(const struct outgoing *o, char mark[32])
{
    char key[EMAIL_KEY];
    email_key(&o->email->self, o->action->key, key);
    snprintf(mark, 32, "sending/%s", key);
}

/* Right before the mail is handed over: from now on it may have been sent. */
static bool note_handing(void *ctx)
{
    struct outgoing *o = ctx;
    const struct tocsin_host *host = o->email->host;
    char mark[32];
    mark_of(o, mark);
    o->handed = !o->once || host->put(host->ctx, mark, "1", 1) == 0;
    return o->handed;
}

/* What is kept counts only if the action has ended. */
static void forget_handing(const struct outgoing *o, bool ended)
{
    const struct tocsin_host *host = o->email->host;
    char mark[32];
    mark_of(o, mark);
    if (ended)
        host->keep(host->ctx, mark, NULL, 0);
    else
        host->put(host->ctx, mark, NULL, 0);
}

/* An earlier attempt handed the mail over, and nobody knows what became of it. Says so, once: whoever asks again, gets it sent. */
static bool is_in_doubt(const struct outgoing *o, struct tocsin_result *result)
{
    char mark[32], value[8];
    mark_of(o, mark);
    if (!o->once || o->action->attempt <= 1 || !email_kept(o->email, mark, value, sizeof(value)))
        return false;
    forget_handing(o, true);
    kit_result(result, TOCSIN_REFUSED,
               "the mail to %s may have been sent: the connection ended while the mail server was taking it. "
               "Ask them, or look at "
               "the server's log, before you send it again",
               o->to);
    return true;
}

/* ---- sending ---- */

static void token_id(const struct outgoing *o, enum email_kind kind, char id[EMAIL_ID])
{
    struct email_token token = {.kind = kind, .incident = o->incident};
    snprintf(token.party, sizeof(token.party), "%s", o->party);
    if (kind == EMAIL_FOR_MESSAGE || kind == EMAIL_FOR_SUBSCRIBER)
        email_key(&o->email->self, o->action->key, token.key);
    email_token_id(&o->email->self, &token, id);
}

static void token_address(const struct outgoing *o, enum email_kind kind, char address[EMAIL_ADDRESS])
{
    struct email_token token = {.kind = kind, .incident = o->incident};
    snprintf(token.party, sizeof(token.party), "%s", o->party);
    if (kind == EMAIL_FOR_BOUNCE || kind == EMAIL_FOR_SUBSCRIBER)
        email_key(&o->email->self, o->action->key, token.key);
    email_token_address(&o->email->self, &token, address);
}

struct unsubscribing {
    char mail[EMAIL_ADDRESS];
    struct kit_text url;
};

static void add_unsubscribe(const struct outgoing *o, struct unsubscribing *u)
{
    const char *local = strchr(o->email->self.address, '@');
    kit_text_add(&u->url, o->unsubscribe ? o->unsubscribe : "");
    if (!o->bulk)
        return;
    token_address(o, EMAIL_FOR_UNSUBSCRIBE, u->mail);
    size_t from = strlen(o->email->self.local) + 1;
    if (*o->email->public_url && local)
        kit_text_addf(&u->url, "%s/unsubscribe?t=%.*s", o->email->public_url,
                      (int)(strcspn(u->mail, "@") - from), u->mail + from);
}

/* Builds the mail. The date is the action's, so every attempt is the same mail. */
static bool build(const struct outgoing *o, const char *id, struct kit_text *out)
{
    char reply_to[EMAIL_ADDRESS] = "";
    struct unsubscribing u = {0};
    add_unsubscribe(o, &u);
    if (o->answers)
        token_address(o, o->answers, reply_to);
    struct email_mail mail = {.from = o->email->self.address,
                              .from_name = o->email->name,
                              .reply_to = reply_to,
                              .to = o->to,
                              .to_name = o->to_name,
                              .subject = o->subject,
                              .id = id,
                              .references = o->references,
                              .reference_count = REFERENCES,
                              .date_s = o->action->made_ms / 1000,
                              .urgent = o->urgent,
                              .quiet = !o->once || o->bulk || o->subscriber,
                              .unsubscribe_mail = u.mail,
                              .unsubscribe_url = kit_text_get(&u.url),
                              .words = &o->words,
                              .picture = o->picture.png ? &o->picture : NULL,
                              .picture_id = o->picture_id};
    bool built = email_compose(&mail, out);
    kit_text_finish(&u.url);
    return built;
}

static void hand_over(struct outgoing *o, const struct kit_text *mail, struct tocsin_result *result)
{
    char from[EMAIL_ADDRESS];
    int64_t time = o->action->deadline_ms;
    if (o->email->verp)
        token_address(o, o->subscriber ? EMAIL_FOR_SUBSCRIBER : EMAIL_FOR_BOUNCE, from);
    else
        snprintf(from, sizeof(from), "%s", o->email->self.address);
    struct email_envelope envelope = {.from = from,
                                      .to = o->to,
                                      .bytes = mail->p,
                                      .n = mail->n,
                                      .timeout_ms = time > 2 * SPARE_MS ? time - SPARE_MS : time,
                                      .handing = note_handing,
                                      .ctx = o};
    email_smtp_send(o->email->smtp, &envelope, result);
    if (o->once && o->handed && result->code != TOCSIN_UNKNOWN)
        forget_handing(o, result->code == TOCSIN_DONE || result->code == TOCSIN_REFUSED);
}

/* `peer`: what is kept of whom it goes to; NULL: nothing. */
static void send_it(struct outgoing *o, const struct email_peer *peer, struct tocsin_result *result)
{
    char id[EMAIL_ID];
    struct kit_text mail = {0};
    token_id(o, o->subscriber ? EMAIL_FOR_SUBSCRIBER : EMAIL_FOR_MESSAGE, id);
    if (is_in_doubt(o, result))
        return;
    if (!build(o, id, &mail)) {
        kit_result(result, TOCSIN_REFUSED,
                   "'%s' is not a mail address that can be written to. It must be one plain address, with "
                   "other letters in the domain written as xn--…; or the text is too long",
                   o->to);
    } else {
        hand_over(o, &mail, result);
        if (result->code == TOCSIN_DONE) {
            snprintf(result->remote_id, sizeof(result->remote_id), "%s", id);
            if (peer)
                email_peer_keep(o->email, o->party, peer);
        }
    }
    kit_text_finish(&mail);
}

/* ---- subjects and threads ---- */

/* "INC-42 checkout is slow" -> 42, and the length of "INC-42". 0: it names no incident. */
static uint64_t incident_of(const char *text, size_t *ret_n)
{
    size_t n = strncmp(text, "INC-", 4) == 0 ? 4 + strspn(text + 4, "0123456789") : 0;
    *ret_n = n;
    return n > 4 && n < 20 && !isalnum((unsigned char)text[n]) ? strtoull(text + 4, NULL, 10) : 0;
}

static void cut_subject(struct outgoing *o, const char *prefix, const char *text)
{
    size_t n = strcspn(text, "\n");
    n = kit_utf8_cut(text, n, n < 200 ? n : 200);
    snprintf(o->subject, sizeof(o->subject), "%s%.*s", prefix, (int)n, text);
}

static void begin_thread(struct outgoing *o)
{
    if (!o->incident)
        return;
    token_id(o, EMAIL_FOR_TOPIC, o->topic);
    o->references[0] = o->topic;
}

/* ---- customers ---- */

static const char *address_of_customer(const struct email *email, const char *customer)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, email->customers)
    {
        if (cJSON_IsString(row) && strcasecmp(row->string, customer) == 0)
            return row->valuestring;
    }
    return NULL;
}

static void subject_of_tell(struct outgoing *o, const cJSON *body)
{
    const char *subject = kit_json_text(body, "subject"), *incident = kit_json_text(body, "incident");
    bool answers = *kit_json_text(body, "thread") || *kit_json_text(body, "previous");
    const char *re = answers && strncasecmp(subject, "re:", 3) != 0 ? "Re: " : "";
    if (*subject)
        cut_subject(o, re, subject);
    else
        snprintf(o->subject, sizeof(o->subject), "%sMessage from %.100s%s%.20s%s", re, o->email->name,
                 *incident ? " [" : "", incident, *incident ? "]" : "");
}

static void do_tell(struct email *email, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    size_t n;
    const char *customer = kit_json_text(body, "customer");
    const char *address = kit_json_text_or(body, "address", address_of_customer(email, customer));
    struct outgoing o = {.email = email, .action = action, .once = true, .answers = EMAIL_FOR_ANSWER};
    struct email_peer peer = {0};
    if (!address || !*address)
        return; /* done without an id: this connector does not have the customer */
    set_to(&o, address, address);
    o.to_name = kit_json_text(body, "name");
    o.bulk = kit_json_true(body, "bulk");
    o.incident = incident_of(kit_json_text(body, "incident"), &n);
    if (o.bulk && email_peer_unsubscribed(email, o.party)) {
        kit_result(result, TOCSIN_REFUSED,
                   "%s has unsubscribed from messages that go to many; write to them alone", address);
        return;
    }
    begin_thread(&o);
    o.references[1] = kit_json_text(body, "thread");
    o.references[2] = kit_json_text(body, "previous");
    subject_of_tell(&o, body);
    email_words_add(&o.words, kit_json_text(body, "text"));
    snprintf(peer.address, sizeof(peer.address), "%s", address);
    snprintf(peer.customer, sizeof(peer.customer), "%s", customer);
    send_it(&o, &peer, result);
    email_words_finish(&o.words);
}

/* Nothing is kept of a subscriber: they may be many thousands, and an answer is nobody's in particular. */
static void do_subscriber(struct email *email, const struct tocsin_action *action, const cJSON *body,
                          struct tocsin_result *result)
{
    struct outgoing o = {.email = email, .action = action, .once = true, .subscriber = true};
    set_to(&o, kit_json_text(body, "email"), kit_json_text(body, "email"));
    o.unsubscribe = kit_json_text_or(body, "unsubscribe", NULL);
    cut_subject(&o, "", kit_json_text(body, "subject"));
    email_words_add(&o.words, kit_json_text(body, "text"));
    send_it(&o, NULL, result);
    email_words_finish(&o.words);
}

/* ---- channels and people ---- */

static const char *address_of_channel(const struct email *email, const char *channel)
{
    const char *address = kit_json_text(email->channels, channel);
    return *address ? address : email_address_valid(channel) ? channel : "";
}

/* All mails about one incident have the subject of the first, which Gmail needs to show them as one thread. */
static void subject_in_channel(struct outgoing *o, const char *text)
{
    char key[60], first[SUBJECT];
    size_t n;
    o->incident = incident_of(text, &n);
    snprintf(key, sizeof(key), "topic/%s/%" PRIu64, o->party, o->incident);
    begin_thread(o);
    if (o->incident && email_kept(o->email, key, first, sizeof(first))) {
        cut_subject(o, "Re: ", first);
        return;
    }
    cut_subject(o, "", text);
    if (o->incident)
        o->email->host->keep(o->email->host->ctx, key, o->subject, strlen(o->subject));
}

static const char *heading(const cJSON *body)
{
    const cJSON *card = kit_json_member(body, "card");
    return card ? kit_json_text(card, "title") : kit_json_text(body, "text");
}

static void add_words(struct outgoing *o, const cJSON *body)
{
    const cJSON *card = kit_json_member(body, "card");
    bool pictured = kit_picture(card, &o->picture);
    char id[EMAIL_ID];
    token_id(o, EMAIL_FOR_MESSAGE, id);
    snprintf(o->picture_id, sizeof(o->picture_id), "picture.%s", id);
    email_words_add(&o->words, kit_json_text(body, "text"));
    if (card)
        email_words_card(&o->words, card, pictured ? o->picture_id : NULL);
}

static void finish(struct outgoing *o)
{
    email_words_finish(&o->words);
    kit_picture_finish(&o->picture);
}

/* What a change of a card must change to be worth a mail: how loud it is, its title, its first field. */
static void gist_of(const cJSON *body, struct kit_text *out)
{
    const cJSON *card = kit_json_member(body, "card"), *fields = kit_json_member(card, "fields");
    kit_text_addf(out, "%s\n%s\n%s", kit_json_text(card, "tone"), heading(body),
                  kit_json_text(cJSON_GetArrayItem(fields, 0), "value"));
}

static void gist_key(const struct email *email, const char *id, char key[40])
{
    char hash[EMAIL_KEY];
    email_key(&email->self, id, hash);
    snprintf(key, 40, "card/%s", hash);
}

static void keep_gist(const struct email *email, const char *id, const cJSON *body)
{
    char key[40];
    struct kit_text gist = {0};
    gist_key(email, id, key);
    gist_of(body, &gist);
    if (kit_json_member(body, "card") && *id)
        email->host->keep(email->host->ctx, key, kit_text_get(&gist), gist.n < 4000 ? gist.n : 4000);
    kit_text_finish(&gist);
}

static void say_in(struct email *email, const struct tocsin_action *action, const cJSON *body,
                   const char *message, struct tocsin_result *result)
{
    const char *channel = kit_json_text(body, "channel");
    struct outgoing o = {.email = email, .action = action, .answers = EMAIL_FOR_CHANNEL};
    struct email_peer peer = {0};
    set_to(&o, address_of_channel(email, channel), channel);
    subject_in_channel(&o, heading(body));
    o.references[1] = message;
    add_words(&o, body);
    snprintf(peer.address, sizeof(peer.address), "%s", o.to);
    snprintf(peer.channel, sizeof(peer.channel), "%s", channel);
    send_it(&o, &peer, result);
    finish(&o);
}

static void write_to(struct email *email, const struct tocsin_action *action, const cJSON *body,
                     const char *address, struct tocsin_result *result)
{
    size_t n;
    struct outgoing o = {.email = email, .action = action};
    struct email_peer peer = {0};
    set_to(&o, address, address);
    o.urgent = strcmp(action->kind, "page") == 0;
    o.incident = incident_of(heading(body), &n);
    begin_thread(&o);
    o.references[1] = kit_json_text(body, "thread");
    cut_subject(&o, "", heading(body));
    add_words(&o, body);
    snprintf(peer.address, sizeof(peer.address), "%s", address);
    send_it(&o, &peer, result);
    finish(&o);
}

static void do_post(struct email *email, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    const char *to = kit_json_text(body, "to"), *asker = kit_json_text(body, "asker");
    const char *channel = address_of_channel(email, kit_json_text(body, "channel"));
    if (*to || (!*channel && *asker)) {
        write_to(email, action, body, *to ? to : asker, result);
    } else if (*channel) {
        say_in(email, action, body, kit_json_text(body, "thread"), result);
        if (result->code == TOCSIN_DONE)
            keep_gist(email, result->remote_id, body);
    }
    /* Otherwise done without an id: this channel is not among `channels`, so it has no mailing list. */
}

static void do_edit(struct email *email, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    const char *message = kit_json_text(body, "message");
    char key[40], before[4001];
    struct kit_text gist = {0};
    gist_key(email, message, key);
    gist_of(body, &gist);
    bool same = !email_kept(email, key, before, sizeof(before)) || strcmp(before, kit_text_get(&gist)) == 0;
    if (!same && *address_of_channel(email, kit_json_text(body, "channel"))) {
        say_in(email, action, body, message, result);
        if (result->code == TOCSIN_DONE)
            keep_gist(email, message, body);
    }
    kit_text_finish(&gist);
}

static void do_page(struct email *email, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    write_to(email, action, body, kit_json_text_or(body, "user", kit_json_text(body, "email")), result);
}

static const struct kind {
    const char *name;
    void (*perform)(struct email *, const struct tocsin_action *, const cJSON *, struct tocsin_result *);
} kinds[] = {{"desk.tell", do_tell},
             {"subscriber.tell", do_subscriber},
             {"post", do_post},
             {"edit", do_edit},
             {"page", do_page}};

void email_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    cJSON *body = kit_json_parse(action->body, action->body_length);
    const struct kind *kind = NULL;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].name, action->kind) == 0)
            kind = &kinds[i];
    }
    if (kind && body)
        kind->perform(self, action, body, result);
    else
        kit_result(result, TOCSIN_REFUSED, "this connector does not support this kind of action");
    cJSON_Delete(body);
}
