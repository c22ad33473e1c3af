#include "in.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tocsin/kit/signature.h>
#include <tocsin/kit/text.h>

#include "answered.h"
#include "automatic.h"
#include "bounce.h"
#include "peers.h"
#include "said.h"
#include "trust.h"

#define DAY_S 86400

/* A mail, and what is known about it. */
struct incoming {
    const struct email *email;
    const struct mail *mail;
    const struct email_cursor *cursor;
    struct email_token token; /* of the mail that it answers; kind EMAIL_FOR_NOTHING: none of ours */
    struct email_peer peer;   /* whom that went to; empty: unknown */
    enum automatic sender;
    enum trust trust;
    bool ours; /* somebody of ours wrote it, for certain */
};

/* ---- what it answers ---- */

static void find_token(struct incoming *in)
{
    answered_read(in->mail, &in->email->self, &in->token);
    if (in->token.kind)
        email_peer_get(in->email, in->token.party, &in->peer);
}

/* ---- who wrote it ---- */

/* Domains whose addresses belong to anybody. */
static bool is_public(const char *domain)
{
    static const char *const providers[] = {
        "gmail.com",   "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com",  "yahoo.com",
        "yahoo.co.uk", "ymail.com",      "aol.com",     "icloud.com",  "me.com",   "mac.com",  "proton.me",
        "pm.me",       "protonmail.com", "gmx.de",      "gmx.net",     "gmx.at",   "web.de",   "t-online.de",
        "freenet.de",  "mail.ru",        "yandex.ru",   "yandex.com",  "qq.com",   "163.com",  "126.com",
        "orange.fr",   "free.fr",        "laposte.net", "libero.it",   "wp.pl",    "zoho.com", "fastmail.com",
        "hey.com",     "tutanota.com",   "comcast.net", NULL};
    for (const char *const *p = providers; *p; p++) {
        if (email_domain_within(domain, *p))
            return true;
    }
    return false;
}

/* Does the writer belong to those whom our mail went to: the same address, or the same organisation's domain? */
static bool belongs(const struct incoming *in)
{
    char party[EMAIL_PARTY];
    const char *from = in->mail->from, *theirs = email_domain(in->peer.address);
    if (!in->token.kind)
        return true;
    email_party(&in->email->self, from, party);
    return strcmp(party, in->token.party) == 0 || email_address_same(from, in->peer.address) ||
           (*theirs && !is_public(theirs) && email_domain_within(email_domain(from), theirs));
}

static bool is_colleague(const struct incoming *in)
{
    const cJSON *domain;
    cJSON_ArrayForEach(domain, in->email->domains)
    {
        if (cJSON_IsString(domain) && email_domain_within(email_domain(in->mail->from), domain->valuestring))
            return true;
    }
    return false;
}

static cJSON *user_of(const struct incoming *in)
{
    const struct mail *mail = in->mail;
    cJSON *user =
        kit_json_texts("id", *mail->from ? mail->from : "unknown", "name",
                       *mail->from_name ? mail->from_name : NULL, "email", in->ours ? mail->from : NULL, NULL);
    if (!in->ours)
        cJSON_AddTrueToObject(user, "outside");
    if (in->sender != BY_PERSON)
        cJSON_AddTrueToObject(user, "bot");
    return user;
}

/* ---- events ---- */

/* The same for every copy of a mail, but not for another mail with the same Message-ID; of a bounce, `about` says which mail it is about. */
static void event_id(const struct incoming *in, const char *words, const char *about, char id[80])
{
    struct kit_part parts[] = {{about, strlen(about)},
                               {in->mail->id, strlen(in->mail->id)},
                               {"\n", 1},
                               {in->mail->from, strlen(in->mail->from)},
                               {"\n", 1},
                               {in->mail->subject, strlen(in->mail->subject)},
                               {"\n", 1},
                               {words, strlen(words)}};
    char hash[KIT_HMAC_HEX];
    if (!kit_hmac_hex(in->email->self.secret, parts, sizeof(parts) / sizeof(parts[0]), hash))
        hash[0] = '\0';
    snprintf(id, 80, "mail:%s", hash);
}

/* They are kept before the event is passed in, so that whoever reads of one finds it. */
static cJSON *files_of(const struct incoming *in, const char *id)
{
    const struct mail *mail = in->mail;
    cJSON *files = cJSON_CreateArray();
    for (size_t i = 0; i < mail->file_count; i++) {
        char path[SHELF_PATH];
        bool kept = in->email->shelf && email_shelf_keep(in->email->shelf, id, i, &mail->files[i], path);
        cJSON *file = kit_json_texts("name", mail->files[i].name, "path", kept ? path : NULL, NULL);
        if (mail->files[i].size > 0)
            cJSON_AddNumberToObject(file, "size", (double)mail->files[i].size);
        cJSON_AddItemToArray(files, file);
    }
    return files;
}

static void add_flag(cJSON *event, const char *name, bool set)
{
    if (set)
        cJSON_AddTrueToObject(event, name);
}

static cJSON *event_of(const struct incoming *in, const char *type, const char *text)
{
    char id[80], incident[32];
    bool bounce = strcmp(type, "bounce") == 0;
    event_id(in, text, bounce ? in->token.key : "", id);
    snprintf(incident, sizeof(incident), "INC-%" PRIu64, in->token.incident);
    cJSON *event =
        kit_json_texts("type", type, "id", id, "text", text, "message", *in->mail->id ? in->mail->id : NULL,
                       "incident", in->token.incident ? incident : NULL, NULL);
    cJSON_AddItemToObject(event, "user", user_of(in));
    if (in->mail->file_count && !bounce)
        cJSON_AddItemToObject(event, "files", files_of(in, id));
    return event;
}

static enum email_taken pass_in(const struct incoming *in, cJSON *event)
{
    const struct tocsin_host *host = in->email->host;
    if (in->cursor->key)
        host->keep(host->ctx, in->cursor->key, in->cursor->value, strlen(in->cursor->value));
    int32_t rc = kit_emit(host, event);
    if (rc == TOCSIN_EMIT_REFUSED)
        kit_log(host, KIT_WARNING, "a mail from %s could not be passed in", in->mail->from);
    return rc == TOCSIN_EMITTED ? EMAIL_TAKEN : rc == TOCSIN_EMIT_RETRY ? EMAIL_NOT_YET : EMAIL_PASSED;
}

static enum email_taken leave(const struct incoming *in, const char *why)
{
    kit_log(in->email->host, KIT_INFO, "left a mail from %s: %s", *in->mail->from ? in->mail->from : "nobody",
            why);
    return EMAIL_PASSED;
}

/* ---- kinds of mail ---- */

static enum email_taken take_unsubscribe(const struct incoming *in)
{
    return email_peer_unsubscribe(in->email, &in->token) ? leave(in, "it unsubscribes them") : EMAIL_NOT_YET;
}

static enum email_taken take_bounce(struct incoming *in, const struct bounce *bounce)
{
    in->token = bounce->token;
    if (in->token.kind)
        email_peer_get(in->email, in->token.party, &in->peer);
    if (!in->token.kind)
        return leave(in, "a bounce, but of no mail that came from here");
    bool subscriber = in->token.kind == EMAIL_FOR_SUBSCRIBER;
    if (bounce->kind == BOUNCE_ABUSE && !subscriber)
        return take_unsubscribe(in);
    if (bounce->kind == BOUNCE_FINE)
        return leave(in, "a receipt");
    const char *address = *in->peer.address ? in->peer.address : bounce->address;
    cJSON *event = event_of(in, "bounce", bounce->text);
    cJSON_DeleteItemFromObjectCaseSensitive(event, "message");
    cJSON_AddStringToObject(event, "address", *address ? address : "unknown");
    cJSON_AddBoolToObject(event, "permanent", bounce->kind != BOUNCE_DELAYED);
    if (subscriber)
        cJSON_AddTrueToObject(event, "subscriber");
    else if (*in->peer.customer)
        cJSON_AddStringToObject(event, "customer", in->peer.customer);
    if (*in->token.key) {
        char id[EMAIL_ID];
        in->token.kind = subscriber ? EMAIL_FOR_SUBSCRIBER : EMAIL_FOR_MESSAGE;
        email_token_id(&in->email->self, &in->token, id);
        cJSON_AddStringToObject(event, "message", id);
    }
    return pass_in(in, event);
}

/* An out-of-office is said once a day for each address. False: it was said today. */
static bool is_first_today(const struct incoming *in)
{
    char party[EMAIL_PARTY], key[40], today[24], kept[24];
    const struct tocsin_host *host = in->email->host;
    email_party(&in->email->self, in->mail->from, party);
    snprintf(key, sizeof(key), "away/%s", party);
    snprintf(today, sizeof(today), "%lld", (long long)(time(NULL) / DAY_S));
    if (email_kept(in->email, key, kept, sizeof(kept)) && strcmp(kept, today) == 0)
        return false;
    host->keep(host->ctx, key, today, strlen(today));
    return true;
}

static enum email_taken take_reply(const struct incoming *in, const char *words)
{
    bool automatic = in->sender != BY_PERSON;
    struct kit_text text = {0};
    if (automatic && !is_first_today(in))
        return leave(in, "an automatic answer, like another one today");
    if (!in->token.kind && *in->mail->subject)
        kit_text_addf(&text, "%s%s", in->mail->subject, *words ? "\n\n" : "");
    kit_text_add(&text, words);
    cJSON *event = event_of(in, "reply", kit_text_get(&text));
    cJSON_AddStringToObject(event, "address", *in->mail->from ? in->mail->from : "unknown");
    if (*in->mail->from_name)
        cJSON_AddStringToObject(event, "name", in->mail->from_name);
    if (*in->peer.customer)
        cJSON_AddStringToObject(event, "customer", in->peer.customer);
    add_flag(event, "automatic", automatic);
    add_flag(event, "unverified", !belongs(in) || in->trust == TRUST_FAIL);
    kit_text_finish(&text);
    return pass_in(in, event);
}

/* What is said in a channel, or to us by one of our own people: then our answer goes to their address. */
static enum email_taken take_message(const struct incoming *in, const char *channel, bool direct,
                                     const char *words)
{
    const struct mail *mail = in->mail;
    cJSON *event = event_of(in, "message", *words ? words : direct ? mail->subject : "");
    cJSON_AddStringToObject(event, "channel", channel);
    if (mail->references.n) {
        cJSON_AddStringToObject(event, "thread", mail->references.v[0]);
        cJSON_AddStringToObject(event, "answers", mail->references.v[mail->references.n - 1]);
    }
    add_flag(event, "direct", direct);
    if (direct)
        cJSON_DeleteItemFromObjectCaseSensitive(event, "incident");
    return pass_in(in, event);
}

static enum email_taken take_words(const struct incoming *in)
{
    char *words = said_words(in->mail);
    bool command = in->ours && in->sender == BY_PERSON && !*in->peer.customer;
    enum email_taken taken;
    if (*in->peer.channel &&
        !email_address_same(in->peer.channel, in->mail->from)) /* not an answer to our answer */
        taken = take_message(in, in->peer.channel, false, words);
    else if (!in->token.kind && in->sender != BY_PERSON)
        taken = leave(in, "a machine wrote it, and it answers no mail of ours");
    else if (!in->token.kind && !*in->mail->from)
        taken = leave(in, "it does not say who wrote it");
    else if (command)
        taken = take_message(in, in->mail->from, true, words);
    else
        taken = take_reply(in, words);
    free(words);
    return taken;
}

static enum email_taken take_mail(struct incoming *in)
{
    struct bounce bounce;
    find_token(in);
    bounce_read(in->mail, &in->email->self, &bounce);
    if (bounce.kind)
        return take_bounce(in, &bounce);
    in->sender = automatic_sender(in->mail, &in->email->self);
    if (in->sender == BY_OURSELVES)
        return leave(in, "we wrote it");
    if (in->sender == BY_LOOP)
        return leave(in, "it went through too many servers: there is a loop");
    if (in->token.kind == EMAIL_FOR_UNSUBSCRIBE)
        return take_unsubscribe(in);
    in->trust = trust_in_sender(in->mail, in->email->authserv);
    in->ours = in->trust == TRUST_PASS && is_colleague(in);
    return take_words(in);
}

enum email_taken email_take(const struct email *email, const char *bytes, size_t n,
                            const struct email_cursor *cursor)
{
    struct mail *mail = mail_parse(bytes, n);
    if (!mail) {
        kit_log(email->host, KIT_WARNING,
                "left something that is not a mail, or has a header of more than 256 KB");
        return EMAIL_PASSED;
    }
    struct incoming in = {.email = email, .mail = mail, .cursor = cursor};
    enum email_taken taken = take_mail(&in);
    mail_destroy(mail);
    return taken;
}
