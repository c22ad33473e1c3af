#include "signin/provider.h"

#include <sodium.h>
#include <string.h>
#include <uv.h>

#include "base/log.h"
#include "signin/ask.h"

#define FRESH     HOUR
#define JOBS_MOST 16

struct provider {
    struct provider_settings settings;
    struct asking *asking;
    cJSON *known; /* what discovery said, with its "keys"; NULL: nothing is known yet */
    instant known_at;
    size_t jobs;
    bool draining;
    void (*drained)(void *ctx);
    void *drained_ctx;
};

struct job { /* the thread of the pool has only this and the settings, which do not change */
    struct provider *provider;
    uv_work_t work;
    struct provider_start start;
    char *code;   /* NULL: only to find it */
    cJSON *known; /* its own copy; NULL: to be read */
    bool read;
    instant now;
    struct id_claims claims;
    struct error err;
    int rc;
    provider_leads *leads;
    provider_says *says;
    void *ctx;
};

/* ---- life ---- */

struct provider *provider_create(const struct provider_settings *settings)
{
    struct provider *provider = xcalloc(1, sizeof(*provider));
    struct provider_settings *own = &provider->settings;
    *own = *settings;
    own->issuer = xstrdup(settings->issuer);
    own->client_id = xstrdup(settings->client_id);
    own->client_secret = xstrdup(settings->client_secret);
    own->scopes = xstrdup(settings->scopes);
    own->groups = xstrdup(settings->groups);
    own->redirect_uri = xstrdup(settings->redirect_uri);
    provider->asking = asking_create(own);
    return provider;
}

bool provider_drain(struct provider *provider, void (*drained)(void *ctx), void *ctx)
{
    provider->draining = true;
    provider->drained = drained;
    provider->drained_ctx = ctx;
    return provider->jobs == 0;
}

void provider_destroy(struct provider *provider)
{
    if (!provider)
        return;
    const char *const texts[] = {provider->settings.issuer,        provider->settings.client_id,
                                 provider->settings.client_secret, provider->settings.scopes,
                                 provider->settings.groups,        provider->settings.redirect_uri};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free((char *)(uintptr_t)texts[i]);
    asking_destroy(provider->asking);
    cJSON_Delete(provider->known);
    free(provider);
}

const char *provider_issuer(const struct provider *provider)
{
    return provider->settings.issuer;
}

/* ---- on the pool ---- */

static int find(struct job *job)
{
    if (job->known)
        return 0;
    job->read = true;
    return ask_discovery(job->provider->asking, &job->known, &job->err);
}

/* Once more with the keys of now, if it was signed with one that is not known. The provider itself handed the token out, so nobody
   else can have the keys read again and again. */
static int prove(struct job *job)
{
    const struct provider_settings *settings = &job->provider->settings;
    const struct id_wanted wanted = {settings->issuer, settings->client_id, job->start.nonce, settings->groups,
                                     job->now};
    CLEANUP_FREE char *token = NULL;
    int rc = ask_token(job->provider->asking, job->known, job->code, job->start.verifier, &token, &job->err);
    rc = rc ? rc : ask_claims(job->known, token, &wanted, &job->claims, &job->err);
    if (rc != ERR_NOT_FOUND || job->read)
        return rc;
    cJSON_Delete(job->known);
    job->known = NULL;
    rc = find(job);
    return rc ? rc : ask_claims(job->known, token, &wanted, &job->claims, &job->err);
}

static void run(uv_work_t *work)
{
    struct job *job = container_of(work, struct job, work);
    job->rc = find(job);
    if (!job->rc && job->code)
        job->rc = prove(job);
}

/* ---- back on the loop ---- */

static void lead(struct job *job, const cJSON *known)
{
    CLEANUP_FREE char *url = known ? ask_address(&job->provider->settings, known, &job->start) : NULL;
    job->leads(job->ctx, url, &job->err);
}

static void keep(struct provider *provider, struct job *job)
{
    if (!job->read || !job->known)
        return;
    cJSON_Delete(provider->known);
    provider->known = steal(job->known);
    provider->known_at = job->now;
}

static void done(uv_work_t *work, int status)
{
    struct job *job = container_of(work, struct job, work);
    struct provider *provider = job->provider;
    (void)status;
    keep(provider, job);
    if (job->rc)
        log_warn("sign-in with %s: %s", provider->settings.issuer, job->err.text);
    if (job->leads)
        lead(job, job->rc ? NULL : provider->known);
    else
        job->says(job->ctx, job->rc ? NULL : &job->claims, &job->err);
    id_claims_finish(&job->claims);
    cJSON_Delete(job->known);
    free(job->code);
    explicit_bzero(&job->start, sizeof(job->start));
    free(job);
    if (--provider->jobs == 0 && provider->drained)
        provider->drained(provider->drained_ctx);
}

static bool is_known(const struct provider *provider)
{
    return provider->known && provider->settings.clock() < provider->known_at + FRESH;
}

/* NULL: too much is being asked already. */
static struct job *begin(struct provider *provider, const struct provider_start *start, void *ctx)
{
    if (provider->draining || provider->jobs >= JOBS_MOST)
        return NULL;
    struct job *job = xcalloc(1, sizeof(*job));
    job->provider = provider;
    job->start = *start;
    job->ctx = ctx;
    job->now = provider->settings.clock();
    job->known = is_known(provider) ? cJSON_Duplicate(provider->known, true) : NULL;
    provider->jobs++;
    return job;
}

static const struct error busy = {ERR_IO, "too many people sign in at once; try again in a moment"};

void provider_begin(struct provider *provider, const struct provider_start *start, provider_leads *leads,
                    void *ctx)
{
    if (is_known(provider)) {
        CLEANUP_FREE char *url = ask_address(&provider->settings, provider->known, start);
        leads(ctx, url, NULL);
        return;
    }
    struct job *job = begin(provider, start, ctx);
    if (!job) {
        leads(ctx, NULL, &busy);
        return;
    }
    job->leads = leads;
    uv_queue_work(provider->settings.loop, &job->work, run, done);
}

void provider_end(struct provider *provider, const struct provider_start *start, const char *code,
                  provider_says *says, void *ctx)
{
    struct job *job = begin(provider, start, ctx);
    if (!job) {
        says(ctx, NULL, &busy);
        return;
    }
    job->code = xstrdup(code);
    job->says = says;
    uv_queue_work(provider->settings.loop, &job->work, run, done);
}
