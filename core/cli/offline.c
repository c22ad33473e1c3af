#include "cli/offline.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "people/people.h"
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

static int create(struct journal *journal, struct core *core, const struct offline_token *token, char **ret,
                  struct error *err)
{
    uint8_t random[TOKEN_RANDOM];
    struct error failed = {0};
    struct turn *turn = turn_begin(core, clock_now());
    struct identity identity = {.connector = "console", .user = token->login, .name = token->login};
    const char *person = token->login    ? people_identify(turn, &identity)->id
                         : token->person ? people_named(turn, token->person)->id
                                         : NULL;
    struct token wanted = {.name = token->name,
                           .person = person,
                           .scopes = token->scopes,
                           .made_at = turn_now(turn),
                           .expires_at = token->valid ? turn_now(turn) + token->valid : 0};
    randombytes_buf(random, sizeof(random));
    char *text = token_make(random, &wanted, turn_batch(turn));
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
    static const struct core_settings settings = {.parts = core_parts, .zone = "UTC", .announce = "incidents"};
    static const struct core_ops ops = {NULL, perform_nothing, take_nothing, ignore, NULL, NULL, NULL, NULL};
    struct journal *journal = NULL;
    struct core *core = NULL;
    struct rng rng;
    if (sodium_init() < 0)
        return error_set(err, ERR_IO, "cannot get random bytes from the system for the token");
    struct policy *policy = policy_create(&(struct policy_host){0});
    rng_init(&rng, 1); /* only the token is random here, and libsodium creates it */
    int rc = policy_load(policy, NULL, err);
    rc = rc ? rc : journal_open(path, NULL, &journal, err);
    rc = rc ? rc : core_create(&settings, &ops, journal, policy, &rng, clock_now(), &core, err);
    rc = rc ? rc : create(journal, core, token, ret, err);
    journal_close(journal);
    core_destroy(core);
    policy_destroy(policy);
    return rc;
}
