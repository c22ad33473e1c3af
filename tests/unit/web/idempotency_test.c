/* Requests that come again with the same Idempotency-Key. */
#include "api_rig.h"

#include "mcp/mcp.h"
#include "web/idempotency.h"

#define DECLARE "{\"title\":\"checkout is slow\"}"

static int post(const char *path, const char *token, const char *key, const char *body, char **ret_text,
                struct str *ret_head)
{
    CLEANUP_FREE char *header = xasprintf("Idempotency-Key: %s\r\n", key);
    return ask_with("POST", path, token, header, body, ret_text, ret_head);
}

static size_t incidents(void)
{
    CLEANUP_JSON cJSON *all = NULL;
    ask("GET", "/api/v1/incidents?status=all&limit=500", ana, NULL, &all);
    return (size_t)cJSON_GetArraySize(json_member(all, "incidents"));
}

static void recover(void)
{
    for (int i = 0; i < 100 && !core_ready(rig->core, &(const char *){NULL}); i++) {
        rig->now += SECOND;
        rig_settle(rig);
    }
}

static void the_same_again_gets_the_first_answer(void **state)
{
    (void)state;
    CLEANUP_FREE char *first = NULL, *second = NULL;
    CLEANUP_STR struct str head = {0}, head_again = {0};
    assert_int_equal(post("/api/v1/incidents", ana, "\"one\"", DECLARE, &first, &head), 201);
    assert_null(strstr(str_text(&head), "Idempotency-Replayed"));
    size_t before = incidents();
    rig->now += HOUR;
    assert_int_equal(post("/api/v1/incidents", ana, "one", DECLARE, &second, &head_again), 201);
    assert_string_equal(first, second);
    assert_non_null(strstr(str_text(&head_again), "Idempotency-Replayed: true"));
    assert_non_null(strstr(str_text(&head_again), "Location: /api/v1/incidents/INC-"));
    assert_int_equal(incidents(), before);
}

static void something_else_is_refused(void **state)
{
    (void)state;
    post("/api/v1/incidents", ana, "two", DECLARE, NULL, NULL);
    assert_int_equal(post("/api/v1/incidents", ana, "two", "{\"title\":\"other\"}", NULL, NULL), 422);
    assert_int_equal(post("/api/v1/commands", ana, "two", DECLARE, NULL, NULL), 422);
    size_t before = incidents();
    assert_int_equal(post("/api/v1/incidents", ben, "two", DECLARE, NULL, NULL), 201);
    assert_int_equal(incidents(), before + 1);
}

/* What was decided is kept, also a refusal; what was not understood is not. */
static void refusals_are_kept(void **state)
{
    (void)state;
    CLEANUP_FREE char *first = NULL, *second = NULL;
    CLEANUP_STR struct str head = {0};
    assert_int_equal(post("/api/v1/commands", ana, "three", "{\"text\":\"show INC-4711\"}", &first, &head),
                     404);
    assert_non_null(strstr(str_text(&head), "application/problem+json"));
    assert_non_null(strstr(first, "\"status\":404"));
    assert_non_null(strstr(first, "\"card\":null"));
    assert_int_equal(post("/api/v1/commands", ana, "three", "{\"text\":\"show INC-4711\"}", &second, NULL),
                     404);
    assert_string_equal(first, second);
    assert_int_equal(post("/api/v1/incidents", ana, "four", "{\"title\":5}", NULL, NULL), 400);
    assert_int_equal(post("/api/v1/incidents", ana, "four", DECLARE, NULL, NULL), 201);
}

static void keys_are_printable(void **state)
{
    (void)state;
    char *longest = xmalloc(IDEMPOTENCY_KEY + 2);
    memset(longest, 'k', IDEMPOTENCY_KEY + 1);
    longest[IDEMPOTENCY_KEY + 1] = '\0';
    assert_int_equal(post("/api/v1/incidents", ana, longest, DECLARE, NULL, NULL), 400);
    longest[IDEMPOTENCY_KEY] = '\0';
    assert_int_equal(post("/api/v1/incidents", ana, longest, DECLARE, NULL, NULL), 201);
    free(longest);
    static const char *const wrong[] = {"", "\"\"", "a\"b", "\"a\\b\"", "caf\xc3\xa9"};
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
        assert_int_equal(post("/api/v1/incidents", ana, wrong[i], DECLARE, NULL, NULL), 400);
}

static void a_key_is_forgotten_after_a_day(void **state)
{
    (void)state;
    post("/api/v1/incidents", ana, "five", DECLARE, NULL, NULL);
    size_t before = incidents();
    rig->now += DAY - SECOND;
    assert_int_equal(post("/api/v1/incidents", ana, "five", DECLARE, NULL, NULL), 201);
    assert_int_equal(incidents(), before);
    rig->now += SECOND;
    assert_int_equal(post("/api/v1/incidents", ana, "five", "{\"title\":\"new\"}", NULL, NULL), 201);
    assert_int_equal(incidents(), before + 1);
}

/* The first request waits for the disk. */
static void one_under_way_is_not_begun_again(void **state)
{
    (void)state;
    struct http_client first;
    CLEANUP_FREE char *request = xasprintf(
        "POST /api/v1/incidents HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nIdempotency-Key: six\r\n"
        "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
        ana, strlen(DECLARE), DECLARE);
    http_client_open(&first, &loop, server_port(server));
    http_client_send(&first, request, strlen(request));
    for (int i = 0; i < 6; i++)
        loop_turn(&loop);
    struct http_client second;
    http_client_open(&second, &loop, server_port(server));
    assert_int_equal(http_client_ask(&second, request, NULL), 409);
    http_client_close(&second);
    rig_settle(rig);
    assert_int_equal(http_client_answer(&first, NULL, NULL), 201);
    http_client_close(&first);
    assert_int_equal(post("/api/v1/incidents", ana, "six", DECLARE, NULL, NULL), 201);
}

/* Nothing was kept of what failed, so it may be done. */
static void what_was_not_stored_is_done_again(void **state)
{
    (void)state;
    size_t before = incidents();
    memory_store_fail_next(rig->memory, 1);
    assert_int_equal(post("/api/v1/incidents", ana, "seven", DECLARE, NULL, NULL), 503);
    recover();
    assert_int_equal(post("/api/v1/incidents", ana, "seven", DECLARE, NULL, NULL), 201);
    assert_int_equal(incidents(), before + 1);
}

static void a_token_uses_so_many_keys(void **state)
{
    (void)state;
    struct journal_batch *batch = batch_create();
    for (int i = 0; i < IDEMPOTENCY_MOST; i++) {
        CLEANUP_FREE char *key = xasprintf("%s\x1f%d", tokens_find(tokens, tool)->id, i);
        batch_doc(batch, DOC_ANSWER, key, "{}")->at = rig->now - i;
    }
    journal_append(rig->journal, batch, NULL, NULL);
    journal_step(rig->journal);
    CLEANUP_STR struct str head = {0};
    int status = 0, n = 0;
    for (; status != 429 && n < 20; n++) { /* a few more, while those from before the start are read */
        CLEANUP_FREE char *key = xasprintf("eight-%d", n);
        str_clear(&head);
        status = post("/api/v1/incidents", tool, key, DECLARE, NULL, &head);
    }
    assert_int_equal(status, 429);
    assert_int_equal(n, 10);
    assert_non_null(strstr(str_text(&head), "Retry-After: "));
    rig->now += DAY;
    assert_int_equal(post("/api/v1/incidents", tool, "eight", DECLARE, NULL, NULL), 201);
}

static size_t bodies; /* of answers that were read among others */

static const struct store_ops *whole;

static int count_bodies(struct store *store, const struct doc_query *query, const char *key, journal_on_doc *on,
                        void *ctx, struct error *err)
{
    bodies += query->kind == DOC_ANSWER && !key;
    return whole->docs(store, query, key, on, ctx, err);
}

/* After a start a token's first request reads when its keys were used, and no answer, each of which may be a megabyte. */
static void the_answers_of_other_keys_are_not_read(void **state)
{
    (void)state;
    whole = rig->memory->ops;
    struct store_ops counting = *whole;
    counting.docs = count_bodies;
    post("/api/v1/incidents", ben, "before", DECLARE, NULL, NULL);
    idempotency_destroy(api->idempotency);
    api->idempotency = idempotency_create(rig->core, clock_of_rig);
    rig->memory->ops = &counting;
    assert_int_equal(post("/api/v1/incidents", ben, "after", DECLARE, NULL, NULL), 201);
    assert_int_equal(post("/api/v1/incidents", ben, "before", "{}", NULL, NULL), 422);
    rig->memory->ops = whole;
    assert_int_equal(bodies, 0);
}

/* The text of a token is kept nowhere. */
static void a_new_token_is_no_answer_to_keep(void **state)
{
    (void)state;
    CLEANUP_FREE char *text = NULL;
    assert_int_equal(post("/api/v1/tokens", ana, "nine", "{\"name\":\"nine\"}", &text, NULL), 201);
    assert_int_equal(post("/api/v1/tokens", ana, "nine", "{\"name\":\"nine\"}", NULL, NULL), 409);
}

/* The answer to a dry run has a row for each customer, so it may be more than a document of the journal holds. */
static void a_long_answer_is_not_kept(void **state)
{
    (void)state;
    CLEANUP_STR struct str body = {0};
    CLEANUP_FREE char *first = NULL, *second = NULL;
    str_add(&body, "{\"dry_run\":true,\"csv\":\"key,cares\\n");
    for (int i = 0; i < 45000; i++)
        str_addf(&body, "customer-%d,perhaps\\n", i);
    str_add(&body, "\"}");
    assert_int_equal(post("/api/v1/customers/import", ana, "ten", body.p, &first, NULL), 200);
    assert_true(strlen(first) > IDEMPOTENCY_BYTES);
    assert_int_equal(post("/api/v1/customers/import", ana, "ten", body.p, &second, NULL), 200);
    assert_non_null(strstr(second, "too long to be kept"));
    assert_int_equal(post("/api/v1/customers/import", ana, "ten", "{}", NULL, NULL), 422);
}

/* While the disk is bad, nothing is kept, also no refusal of a command. */
static void what_fails_for_now_is_not_kept(void **state)
{
    (void)state;
    CLEANUP_FREE char *again = NULL;
    CLEANUP_STR struct str head = {0};
    memory_store_fail_next(rig->memory, 1000);
    assert_int_equal(post("/api/v1/incidents", ana, "eleven", DECLARE, NULL, NULL), 503);
    assert_int_equal(post("/api/v1/commands", ana, "twelve", "{\"text\":\"declare disks\"}", NULL, NULL), 503);
    memory_store_fail_next(rig->memory, 0);
    recover();
    assert_int_equal(post("/api/v1/commands", ana, "twelve", "{\"text\":\"declare disks\"}", &again, &head),
                     200);
    assert_null(strstr(str_text(&head), "Idempotency-Replayed"));
}

/* What an agent is told comes with 200, also that nothing can be written. */
static void what_an_agent_could_not_do_is_not_kept(void **state)
{
    (void)state;
    static const char *const line =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":"
        "\"run_command\",\"arguments\":{\"line\":\"declare disks are slow\"}}}";
    CLEANUP_FREE char *first = NULL, *second = NULL;
    CLEANUP_STR struct str head = {0};
    memory_store_fail_next(rig->memory, 1000);
    assert_int_equal(post("/api/v1/incidents", ana, "15", DECLARE, NULL, NULL), 503);
    assert_int_equal(post("/mcp", ben, "16", line, &first, NULL), 200);
    assert_non_null(strstr(first, "\"isError\":true"));
    memory_store_fail_next(rig->memory, 0);
    recover();
    assert_int_equal(post("/mcp", ben, "16", line, &second, &head), 200);
    assert_null(strstr(str_text(&head), "Idempotency-Replayed"));
    assert_non_null(strstr(second, "\"isError\":false"));
}

static bool find_address(void *ctx, const struct journal_doc *doc)
{
    bool *found = ctx;
    *found = *found || strstr(doc->body, "/calendar/");
    return true;
}

/* The address of a calendar is told once. */
static void a_secret_is_not_kept(void **state)
{
    (void)state;
    struct core_settings *settings = (struct core_settings *)core_settings(rig->core);
    bool kept = false;
    CLEANUP_FREE char *first = NULL, *second = NULL;
    settings->public_url = "https://tocsin.example";
    assert_int_equal(post("/api/v1/commands", ben, "13", "{\"text\":\"calendar\"}", &first, NULL), 200);
    settings->public_url = NULL;
    assert_non_null(strstr(first, "/calendar/"));
    journal_docs(rig->journal, &(struct doc_query){.kind = DOC_ANSWER}, find_address, &kept, NULL);
    assert_false(kept);
    assert_int_equal(post("/api/v1/commands", ben, "13", "{\"text\":\"calendar\"}", &second, NULL), 409);
    assert_null(strstr(second, "/calendar/"));
}

/* Ben is a member, and then he is not. */
static void who_may_see_it_no_more_does_not_read_it_again(void **state)
{
    (void)state;
    CLEANUP_JSON cJSON *made = NULL;
    CLEANUP_FREE char *first = NULL, *second = NULL, *third = NULL;
    CLEANUP_STR struct str head = {0};
    ask("POST", "/api/v1/incidents", ana, "{\"title\":\"keys leaked\",\"private\":true}", &made);
    const char *name = json_text_or(made, "name", "");
    CLEANUP_FREE char *invite = xasprintf("{\"text\":\"%s invite ben\"}", name);
    CLEANUP_FREE char *show = xasprintf("{\"text\":\"show %s\"}", name);
    CLEANUP_FREE char *leave = xasprintf("{\"text\":\"%s leave\"}", name);
    assert_int_equal(ask("POST", "/api/v1/commands", ana, invite, NULL), 200);
    assert_int_equal(post("/api/v1/commands", ben, "14", show, &first, NULL), 200);
    assert_non_null(strstr(first, "keys leaked"));
    assert_int_equal(post("/api/v1/commands", ben, "14", show, &second, NULL), 200);
    assert_string_equal(first, second);
    assert_int_equal(ask("POST", "/api/v1/commands", ben, leave, NULL), 200);
    assert_int_equal(post("/api/v1/commands", ben, "14", show, &third, &head), 200);
    assert_null(strstr(third, "keys leaked"));
    assert_non_null(strstr(str_text(&head), "Idempotency-Replayed: true"));
}

static struct mcp *mcp;

static int set_up(void **state)
{
    int rc = api_rig_setup(state);
    mcp = mcp_create(
        &(struct mcp_parts){.server = server, .core = rig->core, .clock = clock_of_rig, .name = "Acme"});
    return rc;
}

static int tear_down(void **state)
{
    int rc = api_rig_teardown(state);
    mcp_destroy(mcp);
    return rc;
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(the_same_again_gets_the_first_answer),
        cmocka_unit_test(something_else_is_refused),
        cmocka_unit_test(refusals_are_kept),
        cmocka_unit_test(keys_are_printable),
        cmocka_unit_test(a_key_is_forgotten_after_a_day),
        cmocka_unit_test(one_under_way_is_not_begun_again),
        cmocka_unit_test(the_answers_of_other_keys_are_not_read),
        cmocka_unit_test(what_was_not_stored_is_done_again),
        cmocka_unit_test(a_token_uses_so_many_keys),
        cmocka_unit_test(a_new_token_is_no_answer_to_keep),
        cmocka_unit_test(a_long_answer_is_not_kept),
        cmocka_unit_test(what_fails_for_now_is_not_kept),
        cmocka_unit_test(what_an_agent_could_not_do_is_not_kept),
        cmocka_unit_test(a_secret_is_not_kept),
        cmocka_unit_test(who_may_see_it_no_more_does_not_read_it_again),
    };
    return cmocka_run_group_tests(all, set_up, tear_down);
}
