#include "cli/offline.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "command/table.h"
#include "people/people.h"
#include "statuspage/statuspage.h"
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
                           .agent = token->agent,
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

struct offline { /* a core that does nothing by itself */
    struct policy *policy;
    struct journal *journal;
    struct core *core;
    struct rng rng;
};

static void offline_close(struct offline *offline)
{
    journal_close(offline->journal);
    core_destroy(offline->core);
    policy_destroy(offline->policy);
}

/* `policy`: its directory; NULL: the built-in one. `status_url` must outlive it. To be closed also after a failure. */
static int offline_open(struct offline *offline, const char *journal, const char *policy,
                        const char *status_url, struct error *err)
{
    const struct core_settings settings = {
        .parts = core_parts, .zone = "UTC", .announce = "incidents", .status_url = status_url};
    static const struct core_ops ops = {NULL, perform_nothing, take_nothing, ignore, NULL, NULL, NULL, NULL,
                                        NULL};
    static const struct policy_host host = {.is_command = command_exists};
    *offline = (struct offline){.policy = policy_create(&host)};
    rng_init(&offline->rng, 1); /* only a token is random here, and libsodium creates it */
    int rc = sodium_init() < 0 ? error_set(err, ERR_IO, "cannot get random bytes from the system") : 0;
    rc = rc ? rc : policy_load(offline->policy, policy, err);
    rc = rc ? rc : journal_open(journal, NULL, &offline->journal, err);
    return rc ? rc
              : core_create(&settings, &ops, offline->journal, offline->policy, &offline->rng, clock_now(),
                            &offline->core, err);
}

int offline_token(const char *path, const struct offline_token *token, char **ret, struct error *err)
{
    struct offline offline;
    int rc = offline_open(&offline, path, NULL, NULL, err);
    rc = rc ? rc : create(offline.journal, offline.core, token, ret, err);
    offline_close(&offline);
    return rc;
}

int offline_page(const char *journal, const char *policy, const char *name, const char *status_url,
                 struct public_page **ret, struct error *err)
{
    struct offline offline;
    int rc = offline_open(&offline, journal, policy, status_url, err);
    if (!rc) { /* models are made between turns, and shown once they are durable */
        core_tick(offline.core, clock_now());
        journal_step(offline.journal);
    }
    struct public_page *page = rc ? NULL : statuspage_page(offline.core, name);
    if (!rc && !page)
        rc = error_set(err, ERR_NOT_FOUND,
                       name ? "the policy has no status page '%s'; `status_page { name = … }` makes one"
                            : "the policy has no public status page%s; `status_page { … }` makes one",
                       name ? name : "");
    if (!rc)
        *ret = page;
    offline_close(&offline);
    return rc;
}
