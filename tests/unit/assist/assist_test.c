/*
 * What is sent to a model: nothing unless the operator allows it, and never what is private, of customers, or taken back. What comes back:
 * text for the asker alone, which does nothing until they accept it, and then is a value. It is Mon 23 Nov 2026 15:06 UTC.
 */
#include "../command/rig.h"

#include "assist/assist.h"
#include "assist/budget.h"
#include "sight/query.h"

#define ALL                                                                                                    \
    "'title','service','status','severity','times','past','timeline','alerts','people','customers','private'"
#define DEFAULT  "'title','service','status','severity','times','past'"
#define SETTINGS "'url':'https://llm.example/v1','model':'gemma','key':'sesame','requests_per_day':5,"

static struct {
    uint64_t request; /* 0: nothing was asked */
    char *body;
    size_t n;
} asked;
static cJSON *settings;

static void take(void *ctx, uint64_t request, const char *body)
{
    (void)ctx;
    asked.request = request;
    asked.n++;
    replace_text(&asked.body, body);
}

static void use(struct rig *rig, const char *send, int64_t tokens)
{
    CLEANUP_FREE char *text =
        xasprintf("{" SETTINGS "'tokens_per_day':%lld,'send':[%s]}", (long long)tokens, send);
    CLEANUP_FREE char *json = rig_json(text);
    struct error err;
    cJSON_Delete(settings);
    settings = NULL;
    assert_int_equal(json_parse(json, strlen(json), SIZE_MAX, JSON_DEPTH, "settings", &settings, &err), 0);
    assist_use(rig->core, &(struct assist_way){settings, take, NULL});
}

static struct rig *begin(const char *send)
{
    struct rig *rig = rig_with_room();
    use(rig, send, 200000);
    return rig;
}

static void end(struct rig *rig)
{
    rig_destroy(rig);
    cJSON_Delete(settings);
    settings = NULL;
    replace_text(&asked.body, NULL);
    asked.request = asked.n = 0;
}

static void answer(struct rig *rig, const char *body)
{
    const struct assist_result result = {body, body ? strlen(body) : 0,
                                         body ? NULL : "it gave no whole answer"};
    assert_int_not_equal(asked.request, 0);
    assist_answered(rig->core, asked.request, &result, rig->now);
    rig_settle(rig);
}

static void propose(struct rig *rig, const char *content)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    str_add(&body, "{\"choices\":[{\"message\":{\"content\":");
    json_text(&j, content);
    str_add(&body, "}}],\"usage\":{\"total_tokens\":50}}");
    answer(rig, body.p);
}

/* The line that accepts what ana was proposed of INC-1. */
static void accept(struct rig *rig, const char *wanted)
{
    struct assist_record record;
    assert_true(assist_last(rig->core, 1, "ana-maria", &record));
    CLEANUP_FREE char *line = assist_line(rig_incident(rig, 1), &record);
    assist_record_finish(&record);
    rig_expect(rig, "ana-maria", 0, line, wanted);
}

static void has(const char *text)
{
    if (!strstr(asked.body, text))
        fail_msg("%s is not in %s", text, asked.body);
}

static void lacks(const char *text)
{
    if (strstr(asked.body, text))
        fail_msg("%s is in %s", text, asked.body);
}

/* ---- what is sent ---- */

static void nothing_is_sent_unless_a_model_is_configured(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    rig_expect(rig, "ana-maria", 1, "assist title", "! No language model is configured");
    rig_expect(rig, "ana-maria", 1, "assist", "! No language model is configured");
    use(rig, DEFAULT, 200000);
    assist_use(rig->core, NULL);
    rig_expect(rig, "ana-maria", 1, "assist title", "! No language model is configured");
    assert_int_equal(asked.n, 0);
    end(rig);
}

static void by_default_no_words_and_no_customers_are_sent(void **state)
{
    (void)state;
    struct rig *rig = begin(DEFAULT);
    rig_expect(rig, "ana-maria", 1, "note the password is hunter2", "Noted");
    rig_expect(rig, "ana-maria", 1, "affect Acme", "affects 1 customer");
    rig_expect(rig, "ana-maria", 1, "service checkout", "checkout");
    rig_expect(rig, "ana-maria", 1, "assist summary", "I am asking gemma for a summary");
    has("checkout is slow");
    has("\\\"service\\\":[\\\"checkout\\\"]");
    has("investigating since 2026-11-23T15:06");
    lacks("hunter2");
    lacks("Acme");
    lacks("Ana");
    lacks("sesame");
    end(rig);
}

static void what_is_allowed_is_sent(void **state)
{
    (void)state;
    struct rig *rig = begin(DEFAULT ",'timeline'");
    rig_expect(rig, "ana-maria", 1, "note *rolled* back", "Noted");
    rig_expect(rig, "ana-maria", 1, "affect Acme", "affects 1 customer");
    rig_expect(rig, "ana-maria", 1, "assist summary", "asking");
    has("somebody noted: *rolled* back");
    lacks("Ana");
    lacks("Acme");
    propose(rig, "fine");
    use(rig, ALL, 200000);
    rig_expect(rig, "ana-maria", 1, "assist summary", "asking");
    has("Ana María noted: *rolled* back");
    has("\\\"customers\\\":[\\\"Acme\\\"]");
    end(rig);
}

static void what_was_taken_back_is_not_sent_and_no_longer_shown(void **state)
{
    (void)state;
    struct rig *rig = begin(ALL);
    static const char *const said[] = {
        "{'type':'message','id':'a','channel':'room','user':{'id':'ana'},'text':'deleted soon','message':'1'}",
        "{'type':'message','id':'b','channel':'room','user':{'id':'ana'},'text':'the key is "
        "4711','message':'2'}",
        "{'type':'message','id':'c','channel':'room','user':{'id':'ana'},'text':'this stays','message':'3'}",
        "{'type':'deleted','id':'d','channel':'room','user':{'id':'ana'},'message':'1'}"};
    for (size_t i = 0; i < ARRAY_SIZE(said); i++)
        assert_int_equal(rig_event(rig, said[i]), TOCSIN_EMITTED);
    rig_expect(rig, "ana-maria", 1, "assist summary", "asking");
    lacks("deleted soon");
    has("the key is 4711");
    rig_expect(rig, "ben", 1, "assist sent", "the key is 4711");
    assert_int_equal(
        rig_event(rig, "{'type':'deleted','id':'e','channel':'room','user':{'id':'ana'},'message':'2'}"),
        TOCSIN_EMITTED);
    CLEANUP_FREE char *sent = rig_line(rig, "ben", 1, "assist sent");
    assert_null(strstr(sent, "4711"));
    assert_non_null(strstr(sent, "(edited, deleted or made private since)"));
    assert_non_null(strstr(sent, "this stays"));
    end(rig);
}

static void nothing_of_a_private_incident_is_sent(void **state)
{
    (void)state;
    struct rig *rig = begin(DEFAULT);
    rig_expect(rig, "ana-maria", 0, "declare --private card numbers leaked", "INC-2");
    rig_expect(rig, "ana-maria", 0, "INC-2 assist title", "! INC-2 is private");
    rig_expect(rig, "ben", 0, "INC-2 assist title", "! No incident INC-2");
    assert_int_equal(asked.n, 0);
    use(rig, DEFAULT ",'private'", 200000);
    rig_expect(rig, "ana-maria", 0, "INC-2 assist title", "asking");
    has("card numbers leaked");
    rig_expect(rig, "ben", 0, "INC-2 assist sent", "! No incident INC-2");
    end(rig);
}

/* Neither as a past one nor by a merge or a relation. */
static void a_private_incident_is_in_no_other(void **state)
{
    (void)state;
    struct rig *rig = begin(ALL);
    rig_expect(rig, "ana-maria", 0, "declare --private checkout is slow and leaks", "INC-2");
    rig_expect(rig, "ana-maria", 0, "INC-2 resolve rotated the secret", "");
    rig_expect(rig, "ana-maria", 0, "declare checkout is slow again", "INC-3");
    rig_expect(rig, "ana-maria", 0, "INC-3 resolve restarted it", "");
    rig_expect(rig, "ana-maria", 1, "assist cause", "asking");
    has("checkout is slow again; it ended with: restarted it");
    lacks("leaks");
    lacks("rotated");
    propose(rig, "the pool");
    rig_expect(rig, "ana-maria", 0, "INC-3 private on", "");
    CLEANUP_FREE char *sent = rig_line(rig, "ana-maria", 1, "assist sent");
    assert_null(strstr(sent, "restarted it"));
    end(rig);
}

static void what_was_sent_is_shown(void **state)
{
    (void)state;
    struct rig *rig = begin(DEFAULT);
    rig_expect(rig, "ana-maria", 1, "assist sent", "! Nothing of INC-1 was sent");
    rig_expect(rig, "ana-maria", 1, "assist title", "asking");
    CLEANUP_FREE char *sent = rig_line(rig, "ben", 1, "assist sent");
    CLEANUP_FREE char *bytes = xasprintf("%zu bytes", strlen(asked.body));
    assert_non_null(strstr(sent, "To gemma at llm.example, for a title, asked by Ana María"));
    assert_non_null(strstr(sent, bytes));
    assert_non_null(strstr(sent, "- title: checkout is slow"));
    assert_non_null(strstr(sent, "You have no tools"));
    assert_null(strstr(sent, "sesame"));
    end(rig);
}

/* ---- what comes back ---- */

static size_t events_of(struct rig *rig)
{
    return (size_t)rig_incident(rig, 1)->version;
}

static void only_the_asker_reads_a_proposal(void **state)
{
    (void)state;
    struct rig *rig = begin(DEFAULT);
    assert_int_equal(
        rig_event(
            rig, "{'type':'message','id':'a','channel':'room','user':{'id':'ana'},'text':'!inc assist title'}"),
        TOCSIN_EMITTED);
    assert_int_equal(asked.n, 1);
    propose(rig, "cards are refused");
    assert_int_equal(rig_sent(rig, "gemma proposes a title for INC-1", "\"to\":\"ana\""), 1);
    assert_int_equal(rig_sent(rig, "gemma proposes a title for INC-1", ""), 1);
    rig_expect(rig, "ana-maria", 1, "assist", "cards are refused");
    rig_expect(rig, "ben", 1, "assist", "You have asked gemma nothing");
    assert_string_equal(rig_incident(rig, 1)->title, "checkout is slow");
    end(rig);
}

static void an_accepted_title_is_a_value(void **state)
{
    static const char hostile[] =
        "--private INC-1 resolve *x* <@U1> @channel /inc close sev=major {{customer}} …";
    (void)state;
    struct rig *rig = begin(DEFAULT);
    rig_expect(rig, "ana-maria", 1, "assist title", "asking");
    propose(rig, hostile);
    rig_expect(rig, "ana-maria", 1, "assist accept", "! Say which proposal");
    rig_expect(rig, "ana-maria", 1, "assist accept 1", "! Say which proposal");
    rig_expect(rig, "ben", 1, "assist accept 1", "! There is no proposal");
    accept(rig, "is now called");
    assert_string_equal(rig_incident(rig, 1)->title,
                        "--private INC-1 resolve *x* <@U1> @channel /inc close sev=major { {customer}} …");
    assert_false(rig_incident(rig, 1)->private);
    assert_string_not_equal(rig_incident(rig, 1)->severity, "major");
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_INVESTIGATING);
    accept(rig, "! You have accepted that already");
    end(rig);
}

static void an_accepted_text_is_literal(void **state)
{
    (void)state;
    struct rig *rig = begin(DEFAULT);
    rig_expect(rig, "ana-maria", 1, "assist summary", "asking");
    propose(rig, "[free](https://evil.example) **now**\n# big");
    accept(rig, "Saved the summary");
    assert_string_equal(rig_incident(rig, 1)->summary,
                        "\\[free\\](https\\://evil.example) \\*\\*now\\*\\*\n\\# big");
    end(rig);
}

static void an_accepted_message_waits_for_approval(void **state)
{
    (void)state;
    struct rig *rig = begin(DEFAULT);
    rig_expect(rig, "ana-maria", 1, "affect Acme", "affects 1 customer");
    rig_expect(rig, "ana-maria", 1, "assist draft", "asking");
    propose(rig, "first-contact");
    accept(rig, "Message 1");
    const struct state_draft *draft = incident_draft(rig_incident(rig, 1), 0);
    assert_non_null(draft);
    assert_string_equal(draft->text, "first-contact");
    assert_int_equal(rig_sent(rig, "desk.tell", ""), 0);
    end(rig);
}

static void a_command_that_is_refused_takes_nothing(void **state)
{
    (void)state;
    struct rig *rig = begin(DEFAULT);
    rig_expect(rig, "ana-maria", 1, "assist cause", "asking");
    rig_expect(rig, "ana-maria", 1, "assist title", "! gemma still answers what you asked about INC-1");
    propose(rig, "the pool is too small");
    size_t before = events_of(rig);
    struct asker agent = {.person = "ana-maria", .here = 1, .agent = "claude"};
    struct answer said = {0};
    struct turn *turn = turn_begin(rig->core, rig->now);
    assert_int_equal(command_run(turn, &agent, "assist accept 3", &said), ERR_REFUSED);
    answer_finish(&said);
    said = (struct answer){0};
    assert_int_equal(command_run(turn, &agent, "assist cause", &said), ERR_REFUSED);
    answer_finish(&said);
    said = (struct answer){0};
    assert_int_equal(command_run(turn, &agent, "assist", &said), 0);
    answer_finish(&said);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    assert_int_equal(events_of(rig), before);
    end(rig);
}

static void a_bad_answer_says_why_and_changes_nothing(void **state)
{
    (void)state;
    struct rig *rig = begin(DEFAULT);
    rig_expect(rig, "ana-maria", 1, "assist title", "asking");
    rig_expect(rig, "ana-maria", 1, "assist", "gemma has not answered yet");
    answer(rig, "<html>");
    rig_expect(rig, "ana-maria", 1, "assist", "gemma proposed nothing: its answer is no JSON");
    rig_expect(rig, "ana-maria", 1, "assist accept 3", "! There is no proposal");
    rig_expect(rig, "ana-maria", 1, "assist title", "asking");
    answer(rig, NULL);
    rig_expect(rig, "ana-maria", 1, "assist", "it gave no whole answer");
    uint64_t late = asked.request;
    assist_answered(rig->core, late, &(struct assist_result){.error = "twice"}, rig->now);
    rig_expect(rig, "ana-maria", 1, "assist", "it gave no whole answer");
    rig_expect(rig, "ana-maria", 1, "assist nonsense", "! 'nonsense' is nothing to ask for");
    end(rig);
}

/* ---- how much ---- */

static struct rig *restarted(struct rig *rig)
{
    struct store *memory = rig->memory;
    instant now = rig->now;
    rig->memory = NULL;
    rig_destroy(rig);
    rig = rig_over(memory);
    rig->memory = memory;
    rig->now = now;
    return rig;
}

static void a_restart_forgets_what_is_under_way_and_not_the_budget(void **state)
{
    (void)state;
    struct rig *rig = begin(DEFAULT);
    for (int i = 0; i < 4; i++) {
        rig_expect(rig, "ana-maria", 1, "assist title", "asking");
        propose(rig, "fine");
    }
    rig_expect(rig, "ana-maria", 1, "assist title", "asking");
    rig = restarted(rig);
    use(rig, DEFAULT, 200000);
    rig_expect(rig, "ana-maria", 1, "assist", "The answer of gemma got lost");
    rig_expect(rig, "ana-maria", 1, "assist title",
               "! The 5 requests of a day are used up. It begins anew at 00:00 UTC.");
    rig->now += DAY;
    rig_expect(rig, "ana-maria", 1, "assist title", "asking");
    end(rig);
}

static void tokens_are_taken_before_and_settled_after(void **state)
{
    (void)state;
    struct rig *rig = begin(DEFAULT);
    use(rig, DEFAULT, 2000);
    rig_expect(rig, "ana-maria", 1, "assist title", "asking");
    rig_expect(rig, "ben", 1, "assist title", "! Of the 2000 tokens of a day");
    propose(rig, "fine");
    rig_expect(rig, "ben", 1, "assist title", "asking");
    end(rig);
}

static void a_budget_is_of_one_day(void **state)
{
    (void)state;
    const struct assist_limits limits = {10, 1000};
    struct assist_budget budget = {0}, back;
    CLEANUP_STR struct str json = {0};
    assert_int_equal(assist_budget_take(&budget, &limits, 900, NOW, NULL), 0);
    assert_int_equal(assist_budget_take(&budget, &limits, 200, NOW, NULL), ERR_FULL);
    assist_budget_settle(&budget, NOW, 900, 100);
    assert_int_equal(budget.tokens, 100);
    assert_int_equal(assist_budget_take(&budget, &limits, 900, NOW + DAY, NULL), 0);
    assist_budget_settle(&budget, NOW, 900, 100); /* of yesterday */
    assert_int_equal(budget.tokens, 900);
    assist_budget_encode(&budget, &json);
    assist_budget_decode(json.p, &back);
    assert_memory_equal(&back, &budget, sizeof(back));
    assist_budget_decode("nonsense", &back);
    assert_int_equal(back.tokens, 0);
}

/* ---- the record ---- */

static void a_record_reads_back_and_a_damaged_one_does_not(void **state)
{
    (void)state;
    static const char *const damaged[] = {
        "", "{}", "{\"kind\":\"title\",\"state\":\"nonsense\"}", "{\"kind\":\"x\",\"state\":\"asked\"}",
        "{\"kind\":\"title\",\"state\":\"asked\",\"facts\":[{\"field\":\"nonsense\"}]}"};
    struct assist_record record;
    for (size_t i = 0; i < ARRAY_SIZE(damaged); i++)
        assert_int_not_equal(assist_record_decode(damaged[i], &record, NULL), 0);
    static const char whole[] =
        "{\"kind\":\"title\",\"number\":7,\"at\":5,\"state\":\"accepted\",\"person\":\"ana\",\"model\":\"m\","
        "\"host\":\"h\","
        "\"where\":\"console/"
        "room\",\"text\":\"t\",\"bytes\":3,\"tokens\":4,\"facts\":[{\"field\":\"past\",\"ref\":9,\"text\":"
        "\"x\"}]}";
    CLEANUP_STR struct str json = {0};
    assert_int_equal(assist_record_decode(whole, &record, NULL), 0);
    assist_record_encode(&record, &json);
    assert_string_equal(json.p, whole);
    assist_record_finish(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_sent_unless_a_model_is_configured),
        cmocka_unit_test(by_default_no_words_and_no_customers_are_sent),
        cmocka_unit_test(what_is_allowed_is_sent),
        cmocka_unit_test(what_was_taken_back_is_not_sent_and_no_longer_shown),
        cmocka_unit_test(nothing_of_a_private_incident_is_sent),
        cmocka_unit_test(a_private_incident_is_in_no_other),
        cmocka_unit_test(what_was_sent_is_shown),
        cmocka_unit_test(only_the_asker_reads_a_proposal),
        cmocka_unit_test(an_accepted_title_is_a_value),
        cmocka_unit_test(an_accepted_text_is_literal),
        cmocka_unit_test(an_accepted_message_waits_for_approval),
        cmocka_unit_test(a_command_that_is_refused_takes_nothing),
        cmocka_unit_test(a_bad_answer_says_why_and_changes_nothing),
        cmocka_unit_test(a_restart_forgets_what_is_under_way_and_not_the_budget),
        cmocka_unit_test(tokens_are_taken_before_and_settled_after),
        cmocka_unit_test(a_budget_is_of_one_day),
        cmocka_unit_test(a_record_reads_back_and_a_damaged_one_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
