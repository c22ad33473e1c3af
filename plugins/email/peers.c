#include "peers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool email_kept(const struct email *email, const char *key, char *value, size_t size)
{
    int64_t n = email->host->get(email->host->ctx, key, value, size - 1);
    if (n < 0)
        return false;
    value[(size_t)n < size ? (size_t)n : size - 1] = '\0';
    return true;
}

static void key_of(const char *what, const char party[EMAIL_PARTY], char key[40])
{
    snprintf(key, 40, "%s/%s", what, party);
}

bool email_peer_get(const struct email *email, const char party[EMAIL_PARTY], struct email_peer *ret)
{
    char key[40], text[1200];
    key_of("peer", party, key);
    if (!email_kept(email, key, text, sizeof(text)))
        return false;
    cJSON *row = kit_json_parse(text, strlen(text));
    snprintf(ret->address, sizeof(ret->address), "%s", kit_json_text(row, "address"));
    snprintf(ret->customer, sizeof(ret->customer), "%s", kit_json_text(row, "customer"));
    snprintf(ret->channel, sizeof(ret->channel), "%s", kit_json_text(row, "channel"));
    cJSON_Delete(row);
    return *ret->address != '\0';
}

void email_peer_keep(const struct email *email, const char party[EMAIL_PARTY], const struct email_peer *peer)
{
    char key[40];
    struct email_peer known = {0};
    if (email_peer_get(email, party, &known) && strcmp(known.address, peer->address) == 0 &&
        strcmp(known.customer, peer->customer) == 0 && strcmp(known.channel, peer->channel) == 0)
        return;
    struct kit_text text = {0};
    cJSON *row = kit_json_texts("address", peer->address, "customer", *peer->customer ? peer->customer : NULL,
                                "channel", *peer->channel ? peer->channel : NULL, NULL);
    key_of("peer", party, key);
    if (kit_json_write(row, &text))
        email->host->keep(email->host->ctx, key, text.p, text.n);
    kit_text_finish(&text);
    cJSON_Delete(row);
}

bool email_peer_unsubscribed(const struct email *email, const char party[EMAIL_PARTY])
{
    char key[40], value[8];
    key_of("unsubscribed", party, key);
    return email_kept(email, key, value, sizeof(value));
}

/* Once for each mail's incident, however often they press it. */
static int32_t tell_unsubscribed(const struct email *email, const struct email_token *token)
{
    char id[80], incident[32];
    struct email_peer peer = {0};
    if (!email_peer_get(email, token->party, &peer))
        return TOCSIN_EMITTED; /* nothing was sent to them yet, so there is nobody to name */
    snprintf(id, sizeof(id), "unsubscribe:%s:%" PRIu64, token->party, token->incident);
    snprintf(incident, sizeof(incident), "INC-%" PRIu64, token->incident);
    cJSON *event = kit_json_texts("type", "unsubscribe", "id", id, "address", peer.address, "customer",
                                  *peer.customer ? peer.customer : NULL, "incident",
                                  token->incident ? incident : NULL, NULL);
    cJSON *user = kit_json_texts("id", peer.address, NULL);
    cJSON_AddTrueToObject(user, "outside");
    cJSON_AddItemToObject(event, "user", user);
    return kit_emit(email->host, event);
}

bool email_peer_unsubscribe(const struct email *email, const struct email_token *token)
{
    char key[40];
    key_of("unsubscribed", token->party, key);
    return email->host->put(email->host->ctx, key, "1", 1) == 0 &&
           tell_unsubscribed(email, token) != TOCSIN_EMIT_RETRY;
}
