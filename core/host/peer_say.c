#include "host/peer_say.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

void peer_say_settings(struct peer *peer, const cJSON *checked)
{
    struct str json = {0};
    struct json_out j = message_begin(MESSAGE_SETTINGS, &json);
    json_put_int(&j, "memory", peer->config.memory);
    json_put_bool(&j, "trial", peer->config.trial);
    json_key(&j, "settings");
    json_tree(&j, checked);
    json_end_object(&j);
    peer_send(peer, &json);
}

/* ---- requests to the runner ---- */

bool peer_perform(struct peer *peer, const struct action *action)
{
    struct str json = {0};
    char id[24];
    snprintf(id, sizeof(id), "%" PRIu64, action->id);
    struct json_out j = message_begin(MESSAGE_PERFORM, &json);
    json_put_text(&j, "id", id);
    json_put_text(&j, "kind", action->kind);
    json_put_text(&j, "key", action->key);
    json_put_int(&j, "attempt", action->unsure ? action->attempts : 1);
    json_put_int(&j, "made", action->made_at);
    json_put_int(&j, "deadline_ms", peer->needs->times.deadline);
    json_key(&j, "body");
    json_raw(&j, action->body);
    json_end_object(&j);
    if (json.len > FRAME_MOST) {
        str_finish(&json);
        return false;
    }
    *array_add(&peer->hand.actions) = action->id;
    peer_send(peer, &json);
    return true;
}

static void encode_webhook(const struct webhook *webhook, const char *id, duration deadline, struct str *out)
{
    size_t n = sodium_base64_ENCODED_LEN(webhook->n, sodium_base64_VARIANT_ORIGINAL);
    CLEANUP_FREE char *encoded = xmalloc(n);
    sodium_bin2base64(encoded, n, (const unsigned char *)webhook->body, webhook->n,
                      sodium_base64_VARIANT_ORIGINAL);
    struct json_out j = message_begin(MESSAGE_SERVE, out);
    json_put_text(&j, "id", id);
    json_put_text(&j, "method", webhook->method);
    json_put_text(&j, "path", webhook->path);
    json_put_text(&j, "query", webhook->query);
    json_put_int(&j, "received", webhook->received);
    json_put_int(&j, "deadline_ms", deadline);
    json_key(&j, "headers");
    json_tree(&j, webhook->headers);
    json_put_text(&j, "body64", encoded);
    json_end_object(&j);
}

bool peer_serve(struct peer *peer, const struct webhook *webhook, webhook_done *done, void *ctx)
{
    struct str json = {0};
    char id[24];
    snprintf(id, sizeof(id), "%" PRIu64, ++peer->hand.last_id);
    encode_webhook(webhook, id, peer->needs->times.deadline, &json);
    if (json.len > FRAME_MOST) {
        str_finish(&json);
        return false;
    }
    *array_add(&peer->hand.webhooks) = (struct serving){peer->hand.last_id, done, ctx};
    peer_send(peer, &json);
    return true;
}

void peer_check(struct peer *peer, const char *channel, check_done *done, void *ctx)
{
    struct str json = {0};
    struct json_out j = message_begin(MESSAGE_CHECK, &json);
    json_put_int(&j, "deadline_ms", peer->needs->times.deadline);
    json_put_text_if(&j, "channel", channel);
    json_end_object(&j);
    *array_add(&peer->hand.checks) = (struct checking){done, ctx};
    peer_send(peer, &json);
}

/* ---- answers to the runner ---- */

void peer_ack(struct peer *peer, uint64_t token, int code)
{
    struct str json = {0};
    int64_t number = peer_answered(peer, token);
    if (number < 0)
        return;
    struct json_out j = message_begin(MESSAGE_ACK, &json);
    json_put_int(&j, "token", number);
    json_put_int(&j, "code", code);
    json_end_object(&j);
    peer_send(peer, &json);
}

void peer_value(struct peer *peer, uint64_t token, const char *value)
{
    struct str json = {0};
    int64_t number = peer_answered(peer, token);
    if (number < 0)
        return;
    struct json_out j = message_begin(MESSAGE_VALUE, &json);
    json_put_int(&j, "token", number);
    json_put_text(&j, "value", value);
    json_end_object(&j);
    peer_send(peer, &json);
}
