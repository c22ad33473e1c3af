#include "cli/offline.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "hub/hub.h"
#include "web/token.h"

static void perform_nothing(void *ctx, const struct action *action)
{
    (void)ctx;
    (void)action;
}

static bool take_nothing(void *ctx, const char *connector, uint64_t *ret_can)
{
    (void)ctx;
    (void)connector;
    (void)ret_can;
    return false;
}

static void ignore(void *ctx)
{
    (void)ctx;
}

static void committed(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    (void)last_seq;
    if (rc)
        *(struct error *)ctx = *err;
}

static int make(struct journal *journal, struct hub *hub, const struct offline_token *token, char **ret,
                struct error *err)
{
    uint8_t random[TOKEN_RANDOM];
    struct error failed = {0};
    struct turn *turn = turn_begin(hub, clock_now());
    struct identity identity = {.connector = "console", .user = token->login, .name = token->login};
    const char *person = token->login    ? hub_person_of(turn, &identity)->id
                         : token->person ? hub_person_named(turn, token->person)->id
                                         : NULL;
    randombytes_buf(random, sizeof(random));
    char *text = token_make(random, token->name, person, token->scopes, turn_now(turn), turn_batch(turn));
    struct event event = {.type = EVENT_TOKEN,
                          .at = turn_now(turn),
                          .by = xstrdup("system"),
                          .name = xstrdup(token->name),
                          .flag = true};
    turn_tell(turn, &event);
    turn_commit(turn, committed, &failed);
    journal_step(journal);
    explicit_bzero(random, sizeof(random));
    if (failed.code) {
        free(text);
        return error_set(err, failed.code, "%s", failed.text);
    }
    *ret = text;
    return 0;
}

int offline_token(const char *path, const struct offline_token *token, char **ret, struct error *err)
{
    static const struct hub_settings settings = {.zone = "UTC", .announce = "incidents"};
    static const struct hub_ops ops = {NULL, perform_nothing, take_nothing, ignore, NULL, NULL};
    struct journal *journal = NULL;
    struct hub *hub = NULL;
    struct rng rng;
    if (sodium_init() < 0)
        return error_set(err, ERR_IO, "the system has no randomness to make keys from");
    struct policy *policy = policy_create(&(struct policy_host){0});
    rng_init(&rng, 1); /* nothing here is random but the token, which libsodium makes */
    int rc = policy_load(policy, NULL, err);
    rc = rc ? rc : journal_open(path, NULL, &journal, err);
    rc = rc ? rc : hub_create(&settings, &ops, journal, policy, &rng, clock_now(), &hub, err);
    rc = rc ? rc : make(journal, hub, token, ret, err);
    journal_close(journal);
    hub_destroy(hub);
    policy_destroy(policy);
    return rc;
}
