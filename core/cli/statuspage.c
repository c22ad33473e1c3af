/* The status page without a daemon: written as files from a copy of the journal, and the addresses of private pages. */
#include <stdio.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/time.h"
#include "cli/api_client.h"
#include "cli/locate.h"
#include "cli/offline.h"
#include "cli/subcommands.h"
#include "command/table.h"
#include "journal/backup.h"
#include "policy/policy.h"
#include "policy/statuspages.h"
#include "publish/bucket.h"
#include "publish/directory.h"
#include "web/status.h"

/* ---- export ---- */

/* Of a journal that tocsind may be writing. The caller removes it, and frees its path. */
static int copy_journal(const char *data, char **ret, struct error *err)
{
    CLEANUP_FREE char *journal = xasprintf("%s/journal.db", data),
                      *copy = xasprintf("%s/statuspage-%ld.db", data, (long)getpid());
    struct verify_report report;
    int rc = journal_backup(journal, copy, &(struct verify_hooks){0}, &report, err);
    if (!rc)
        *ret = steal(copy);
    return rc;
}

static void remove_copy(const char *copy)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-lock"};
    for (size_t i = 0; copy && i < ARRAY_SIZE(endings); i++) {
        CLEANUP_FREE char *path = xasprintf("%s%s", copy, endings[i]);
        unlink(path);
    }
}

static int read_page(const struct cli *cli, const struct configuration *c, struct public_page **ret,
                     struct error *err)
{
    CLEANUP_FREE char *data = configuration_path(c, json_text_or(c->core, "data", "data")),
                      *policy = configuration_path(c, json_text_or(c->core, "policy", "policy")),
                      *url = configuration_status_url(c->core), *copy = NULL;
    int rc = copy_journal(data, &copy, err);
    rc = rc ? rc : offline_page(copy, policy, cli_value(cli, "page"), url, ret, err);
    remove_copy(copy);
    return rc;
}

static void print_published(const struct cli *cli, const char *where, const struct public_page *page,
                            const struct published *published)
{
    char built[INSTANT_TEXT];
    instant_format(page->built, built);
    if (cli_has(cli, "json"))
        printf("{\"written\":%zu,\"same\":%zu,\"removed\":%zu,\"built\":\"%s\"}\n", published->written,
               published->same, published->removed, built);
    else
        printf("%s: %zu files written, %zu removed, %zu as they were; the page as of %s\n", where,
               published->written, published->removed, published->same, built);
}

int cli_run_statuspage_export(struct cli *cli)
{
    struct configuration c = {0};
    struct error err;
    struct public_page *page = NULL;
    struct published published;
    int rc = load_located(cli, &c, &err);
    rc = rc ? rc : read_page(cli, &c, &page, &err);
    rc = rc ? rc : publish_directory(&(struct publish_source){.page = page}, cli->argv[0], &published, &err);
    if (!rc)
        print_published(cli, cli->argv[0], page, &published);
    public_unref(page);
    configuration_finish(&c);
    return rc ? cli_fail(cli, &err) : CLI_OK;
}

/* ---- push ---- */

static int push_page(const cJSON *settings, const struct public_page *page, struct published *ret,
                     struct error *err)
{
    struct bucket *bucket = bucket_create(settings);
    int rc = publish_bucket(bucket, &(struct publish_source){.page = page}, ret, err);
    bucket_destroy(bucket);
    return rc;
}

int cli_run_statuspage_push(struct cli *cli)
{
    struct configuration c = {0};
    struct error err;
    struct public_page *page = NULL;
    struct published published;
    int rc = load_located(cli, &c, &err);
    const char *url = rc ? NULL : json_text_or(c.core, "status_bucket", NULL);
    if (!rc && !url)
        rc = error_set(&err, ERR_REFUSED,
                       "no bucket is configured: set status_bucket, status_bucket_key and "
                       "status_bucket_secret in tocsin.lua");
    rc = rc ? rc : read_page(cli, &c, &page, &err);
    rc = rc ? rc : push_page(c.core, page, &published, &err);
    if (!rc)
        print_published(cli, url, page, &published);
    public_unref(page);
    configuration_finish(&c);
    return rc ? cli_fail(cli, &err) : CLI_OK;
}

/* ---- link ---- */

/* How a private page is addressed: by its key, which is `number`, or without one, since it has readers (0). */
static int key_of(const struct configuration *c, const char *name, int64_t *ret_number, struct error *err)
{
    static const struct policy_host host = {.is_command = command_exists};
    CLEANUP_FREE char *directory = configuration_path(c, json_text_or(c->core, "policy", "policy"));
    struct policy *policy = policy_create(&host);
    int rc = policy_load(policy, directory, err);
    const struct status_page *page = rc ? NULL : policy_status_page(policy, name);
    if (page && page->private_)
        *ret_number = page->readers ? 0 : page->key;
    else if (!rc)
        rc = error_set(err, ERR_NOT_FOUND,
                       "the policy has no private status page '%s'; `status_page { name = …, private = true }` "
                       "makes one",
                       name);
    policy_destroy(policy);
    return rc;
}

/* It is read where people sign in. */
static char *link_for_readers(const struct configuration *c, const char *name)
{
    CLEANUP_FREE char *part = url_part(name),
                      *listen = url_of_listen(json_text_or(c->core, "listen", "127.0.0.1:7077"));
    return xasprintf("%s" STATUS_FOR "/%s/", json_text_or(c->core, "public_url", listen), part);
}

static int link_by_key(const struct configuration *c, const char *name, int64_t number, char **ret,
                       struct error *err)
{
    char key[STATUS_KEY_TEXT];
    const char *secret = json_text_or(c->core, "status_secret", NULL);
    if (!secret)
        return error_set(
            err, ERR_REFUSED,
            "private status pages have no addresses yet: set status_secret = "
            "file(\"status_secret\") in tocsin.lua; `openssl rand -hex 20 > status_secret` makes one");
    status_key(secret, name, number, key);
    CLEANUP_FREE char *part = url_part(name), *url = configuration_status_url(c->core),
                      *listen = url_of_listen(json_text_or(c->core, "listen", "127.0.0.1:7077"));
    *ret = url ? xasprintf("%s/p/%s/%s/", url, part, key)
               : xasprintf("%s" STATUS_PREFIX "/p/%s/%s/", listen, part, key);
    return 0;
}

static int link_of(const struct configuration *c, const char *name, char **ret, struct error *err)
{
    int64_t number = 0;
    int rc = key_of(c, name, &number, err);
    if (!rc && number)
        return link_by_key(c, name, number, ret, err);
    if (!rc)
        *ret = link_for_readers(c, name);
    return rc;
}

int cli_run_statuspage_link(struct cli *cli)
{
    struct configuration c = {0};
    struct error err;
    CLEANUP_FREE char *link = NULL;
    int rc = load_located(cli, &c, &err);
    rc = rc ? rc : link_of(&c, cli->argv[0], &link, &err);
    configuration_finish(&c);
    if (rc)
        return cli_fail(cli, &err);
    if (!cli_has(cli, "json"))
        return puts(link), CLI_OK;
    CLEANUP_JSON cJSON *answer = cJSON_CreateObject();
    cJSON_AddStringToObject(answer, "link", link);
    return cli_print_json(answer);
}
