/* Signing up: a message with a link goes to the address, and whoever has the link confirms. Whether they subscribe is never looked at. */
#include <sodium.h>
#include <string.h>

#include "statuspage/statuspage.h"
#include "subscribers/inside.h"

#define SPAN         HOUR
#define MAILBOX_MOST 3          /* sign-ups for one mailbox within an hour that send a message */
#define ALL_MOST     TRIES_KEPT /* of everybody within an hour */
#define CONFIRM_IN   (2 * DAY)  /* where no setting says how long a link is valid */
#define HOOK_SECRET  32         /* bytes */

/* ---- limits ---- */

static bool is_too_many(struct subscribers *subscribers, instant now)
{
    if (now - subscribers->hour >= SPAN || now < subscribers->hour) {
        subscribers->hour = now;
        subscribers->in_hour = 0;
    }
    return ++subscribers->in_hour > ALL_MOST;
}

static bool mailbox_has_enough(struct subscribers *subscribers, const char *address, instant now)
{
    char mailbox[SECRET_HASH_TEXT];
    subscriber_hash(address, mailbox);
    return tally_add(subscribers->tries, TRIES_KEPT, mailbox, now, SPAN)->n > MAILBOX_MOST;
}

/* ---- signing up ---- */

char *hook_secret(const struct core *core)
{
    uint8_t random[HOOK_SECRET];
    char text[sodium_base64_ENCODED_LEN(HOOK_SECRET, sodium_base64_VARIANT_ORIGINAL)];
    core_random(core, random, sizeof(random));
    sodium_bin2base64(text, sizeof(text), random, sizeof(random), sodium_base64_VARIANT_ORIGINAL);
    char *secret = xasprintf("whsec_%s", text);
    explicit_bzero(random, sizeof(random));
    return secret;
}

static void keep(struct turn *turn, const struct subscriber *wanted, const char *hash)
{
    CLEANUP_STR struct str body = {0};
    subscriber_encode(wanted, &(struct json_out){&body, false});
    written_put(&subscribers_of(turn_core(turn))->written, turn, DOC_SIGNUP, hash, str_text(&body))->at =
        wanted->since;
}

int subscribers_sign_up(struct turn *turn, struct subscriber *wanted, struct error *err)
{
    struct core *core = turn_core(turn);
    struct subscribers *subscribers = subscribers_of(core);
    char token[SECRET_TEXT], hash[SECRET_HASH_TEXT];
    int rc = address_tidy(wanted->kind, &wanted->address, err);
    if (rc)
        return rc;
    if (is_too_many(subscribers, turn_now(turn)))
        return error_set(err, ERR_FULL, "Too many are signing up. Try again in an hour.");
    if (mailbox_has_enough(subscribers, wanted->address, turn_now(turn)))
        return 0;
    core_secret(core, token, hash);
    wanted->since = turn_now(turn);
    if (wanted->kind == SUBSCRIBER_HOOK && !wanted->secret)
        wanted->secret = hook_secret(core);
    keep(turn, wanted, hash);
    struct public_page *page = statuspage_page(core, wanted->page);
    CLEANUP_FREE char *key = xasprintf("signup:%s", hash);
    if (page)
        message_confirm(turn, page, wanted, token, key);
    public_unref(page);
    return 0;
}

/* ---- confirming ---- */

static duration valid_for(const struct core *core)
{
    const struct core_ops *ops = core_ops(core);
    return ops->keep ? ops->keep(ops->ctx, "keep_signups") : CONFIRM_IN;
}

bool subscribers_asked(const struct core *core, const char *token, instant now, struct subscriber *ret)
{
    char hash[SECRET_HASH_TEXT];
    secret_hash(token, hash);
    CLEANUP_FREE char *body = written_get(&subscribers_of(core)->written, core, DOC_SIGNUP, hash);
    if (!body || !subscriber_decode(body, ret))
        return false;
    bool good = ret->since + valid_for(core) > now;
    if (!good)
        subscriber_finish(ret);
    return good;
}

bool subscribers_confirm(struct turn *turn, const char *token, struct subscriber *ret)
{
    char hash[SECRET_HASH_TEXT];
    if (!subscribers_asked(turn_core(turn), token, turn_now(turn), ret))
        return false;
    secret_hash(token, hash);
    written_put(&subscribers_of(turn_core(turn))->written, turn, DOC_SIGNUP, hash, NULL);
    subscribers_put(turn, ret);
    return true;
}
