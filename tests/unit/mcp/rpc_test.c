/* Messages of JSON-RPC, as they are read and answered. */
#include "../../support/check.h"

#include <string.h>

#include "base/mem.h"
#include "mcp/rpc.h"

static int read_text(const char *text, struct rpc *ret, struct error *err)
{
    return rpc_read(text, strlen(text), ret, err);
}

static void what_is_said_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *id, *method;
        enum rpc_kind kind;
    } rows[] = {
        {"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\"}", "7", "ping", RPC_REQUEST},
        {"{\"jsonrpc\":\"2.0\",\"id\":\"a\\\"b\",\"method\":\"ping\",\"params\":{}}", "\"a\\\"b\"", "ping",
         RPC_REQUEST},
        {"{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"\"}", "0", "", RPC_REQUEST},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\"}", "null", "notifications/cancelled",
         RPC_NOTIFICATION},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", "1", NULL, RPC_RESPONSE},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1,\"message\":\"\"}}", "1", NULL, RPC_RESPONSE},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        CLEANUP_RPC struct rpc rpc;
        struct error err;
        assert_int_equal(read_text(rows[i].text, &rpc, &err), 0);
        assert_string_equal(rpc.id.p, rows[i].id);
        assert_int_equal(rpc.kind, rows[i].kind);
        assert_true(text_equal(rpc.method, rows[i].method));
    }
}

static void what_is_no_message_is_refused_with_a_reason(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
        int code;
    } rows[] = {
        {"", "", RPC_PARSE},
        {"{", "", RPC_PARSE},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"ping\"}", "", RPC_PARSE},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}{}", "", RPC_PARSE},
        {"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]", "Batches", RPC_INVALID},
        {"[]", "Batches", RPC_INVALID},
        {"7", "object", RPC_INVALID},
        {"{\"id\":1,\"method\":\"ping\"}", "jsonrpc", RPC_INVALID},
        {"{\"jsonrpc\":2.0,\"id\":1,\"method\":\"ping\"}", "jsonrpc", RPC_INVALID},
        {"{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}", "id", RPC_INVALID},
        {"{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"}", "id", RPC_INVALID},
        {"{\"jsonrpc\":\"2.0\",\"id\":1e300,\"method\":\"ping\"}", "id", RPC_INVALID},
        {"{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}", "id", RPC_INVALID},
        {"{\"jsonrpc\":\"2.0\",\"id\":1}", "method", RPC_INVALID},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":5}", "method", RPC_INVALID},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":[]}", "Parameters", RPC_INVALID},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":null}", "Parameters", RPC_INVALID},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        CLEANUP_RPC struct rpc rpc;
        struct error err = {0};
        if (read_text(rows[i].text, &rpc, &err) != rows[i].code || !strstr(err.text, rows[i].why))
            fail_msg("%s: %s", rows[i].text, err.text);
    }
}

static void a_long_message_or_id_is_refused(void **state)
{
    (void)state;
    struct str text = {0};
    struct error err;
    struct rpc rpc;
    str_add(&text, "{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"id\":\"");
    for (size_t i = 0; i <= RPC_ID_MOST; i++)
        str_addc(&text, 'x');
    str_add(&text, "\"}");
    assert_int_equal(read_text(text.p, &rpc, &err), RPC_INVALID);
    assert_string_equal(rpc.id.p, "null");
    rpc_finish(&rpc);
    while (text.len <= RPC_BYTES)
        str_addc(&text, ' ');
    assert_int_equal(read_text(text.p, &rpc, &err), RPC_PARSE);
    rpc_finish(&rpc);
    str_finish(&text);
}

static void an_error_names_its_message(void **state)
{
    (void)state;
    CLEANUP_STR struct str out = {0};
    rpc_error("\"a\"", RPC_NO_METHOD, "There is no \"x\".\n", &out);
    assert_string_equal(
        out.p, "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"error\":{\"code\":-32601,\"message\":\"There is no "
               "\\\"x\\\".\\n\"}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_is_read),
        cmocka_unit_test(what_is_no_message_is_refused_with_a_reason),
        cmocka_unit_test(a_long_message_or_id_is_refused),
        cmocka_unit_test(an_error_names_its_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
