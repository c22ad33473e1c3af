/*
 * alive - a dead man's switch: tells an address of the operator's every minute that Tocsin works, so that whoever watches that address
 * notices when it does not.
 *
 * Each round first stores something and waits until it is durable. So a core that hangs, or that cannot write its journal, is not
 * reported as alive, although this process runs.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <tocsin/kit/instance.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>

#define TIMEOUT_MS 20000

struct alive {
    struct kit_instance kit;
    const char *url;
    int64_t every_ms;
};

static const struct tocsin_setting settings[] = {
    {"url", TOCSIN_SETTING_TEXT, TOCSIN_SECRET | TOCSIN_REQUIRED, NULL, 0, 0,
     "The address that is posted to while Tocsin works: of a service that misses it, or a heartbeat of another "
     "Tocsin"},
    {"every", TOCSIN_SETTING_DURATION, 0, "1m", 1000, 3600000, "How often"},
    {0},
};

static void post(struct alive *alive, struct tocsin_result *result)
{
    const struct kit_request request = {.method = "POST", .url = alive->url, .timeout_ms = TIMEOUT_MS};
    struct kit_answer answer;
    kit_http_call(alive->kit.api.http, &request, &answer);
    kit_answer_result(&answer, result);
    kit_answer_finish(&answer);
}

static void report(void *self, struct tocsin_result *result)
{
    struct alive *alive = self;
    const struct tocsin_host *host = alive->kit.host;
    char now[24];
    int n = snprintf(now, sizeof(now), "%" PRId64, (int64_t)time(NULL));
    if (host->put(host->ctx, "alive", now, (size_t)n))
        kit_result(result, TOCSIN_RETRY, "Tocsin could not store anything, so it is not reported as alive");
    else
        post(alive, result);
}

static int32_t alive_check(void *self, struct tocsin_error *error)
{
    struct tocsin_result result = {.size = sizeof(result)};
    post(self, &result);
    return result.code ? kit_fail(error, TOCSIN_E_FAILED, "the address does not take it: %s", result.detail)
                       : 0;
}

static int32_t alive_run(void *self, struct tocsin_error *error)
{
    struct alive *alive = self;
    return kit_rounds_run(alive->kit.rounds, alive->every_ms, report, alive, error);
}

static int32_t check_settings(const struct alive *alive, struct tocsin_error *error)
{
    if (strncmp(alive->url, "https://", 8) == 0 || strncmp(alive->url, "http://", 7) == 0)
        return 0;
    return kit_fail(error, TOCSIN_E_CONFIG, "`url` must begin with https:// or http://");
}

static int32_t alive_open(const struct tocsin_host *host, const char *text, void **ret_self,
                          struct tocsin_error *error)
{
    static const struct kit_api api = {.name = "alive"};
    static const struct kit_performer none[] = {{0}};
    struct alive *alive = kit_instance_begin(sizeof(*alive), &api, none, host, text);
    alive->url = kit_json_text(alive->kit.settings, "url");
    alive->every_ms = kit_json_int(alive->kit.settings, "every", 0);
    return kit_instance_end(alive, check_settings(alive, error), ret_self, error);
}

TOCSIN_CONNECTOR(.name = "alive", .version = TOCSIN_VERSION,
                 .summary = "Tells an address every minute that Tocsin works", .parallel = 1,
                 .settings = settings, .open = alive_open, .check = alive_check, .run = alive_run,
                 .perform = kit_instance_perform, .stop = kit_instance_stop, .close = kit_instance_close);
