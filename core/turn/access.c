/* Accessors, for code that uses the core and does not see its struct. */
#include <string.h>

#include "turn/memory.h"

const struct core_settings *core_settings(const struct core *core)
{
    return &core->settings;
}

const struct core_ops *core_ops(const struct core *core)
{
    return &core->ops;
}

struct policy *core_policy(const struct core *core)
{
    return core->policy;
}

struct journal *core_journal(const struct core *core)
{
    return core->journal;
}

struct outbox *core_outbox(const struct core *core)
{
    return core->outbox;
}

struct rng *core_rng(const struct core *core)
{
    return core->rng;
}

void core_random(const struct core *core, uint8_t *bytes, size_t n)
{
    if (core->ops.random) {
        core->ops.random(core->ops.ctx, bytes, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)rng_next(core->rng);
}

void core_draw(const struct core *core, const char *svg, int width, chart_drawn *done, void *ctx)
{
    struct error err;
    if (core->ops.draw) {
        core->ops.draw(core->ops.ctx, svg, width, done, ctx);
        return;
    }
    error_set(&err, ERR_REFUSED, "Nothing draws pictures here.");
    done(ctx, NULL, 0, &err);
}

void core_secret(const struct core *core, char ret_secret[SECRET_TEXT], char ret_hash[SECRET_HASH_TEXT])
{
    uint8_t random[SECRET_BYTES];
    core_random(core, random, sizeof(random));
    secret_format(random, ret_secret);
    secret_hash(ret_secret, ret_hash);
    explicit_bzero(random, sizeof(random));
}

void *part_state(const struct core *core, const char *name)
{
    size_t i = 0;
    while (!text_equal(core->settings.parts[i]->name, name))
        require(core->settings.parts[++i] != NULL);
    return core->states[i];
}
