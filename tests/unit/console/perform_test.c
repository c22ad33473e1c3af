/* Actions of Tocsin: shown at once, stored with their outcome, and the same message when they are retried. */
#include "rig.h"

#define POST(text) "{'channel':'incidents','text':'" text "'}"

static size_t ana;

static void a_post_is_shown_before_its_outcome_is_durable(void **state)
{
    (void)state;
    ana = enter("ana");
    struct tocsin_result result = perform("post", "k1", 1, POST("an answer"));
    assert_int_equal(result.code, TOCSIN_DONE);
    assert_int_equal(seen(ana, "an answer"), 1);
    assert_int_equal(rig.staged.n, 1);
    store_staged();
    live_again();
    assert_int_equal(in_history("an answer"), 1);
}

static void a_retried_post_is_shown_once(void **state)
{
    (void)state;
    ana = enter("ana");
    struct tocsin_result first = perform("post", "k1", 1, POST("an answer"));
    forget_staged(); /* its outcome was not durable */
    struct tocsin_result second = perform("post", "k1", 2, POST("an answer"));
    assert_string_equal(first.remote_id, second.remote_id);
    assert_int_equal(seen(ana, "an answer"), 1);
    store_staged();
    live_again();
    assert_int_equal(in_history("an answer"), 1);
    assert_string_equal(perform("post", "k1", 3, POST("an answer")).remote_id, first.remote_id);
    assert_int_equal(in_history("an answer"), 1);
}

/* Nothing of the post was stored; a client that has seen it recognises it by its id. */
static void a_post_lost_in_a_crash_comes_back_as_the_same_message(void **state)
{
    (void)state;
    struct tocsin_result first = perform("post", "k1", 1, POST("an answer"));
    live_again();
    ana = enter("ana");
    struct tocsin_result second = perform("post", "k1", 2, POST("an answer"));
    assert_int_equal(seen(ana, "an answer"), 1);
    assert_string_equal(first.remote_id, second.remote_id);
    assert_string_not_equal(done("post", "k2", POST("another")).remote_id, first.remote_id);
}

static void a_message_for_one_person_has_an_id_too(void **state)
{
    (void)state;
    ana = enter("ana");
    size_t ben = enter("ben");
    done("post", "k1", "{'channel':'incidents','to':'ana','text':'for you'}");
    perform("post", "k1", 2, "{'channel':'incidents','to':'ana','text':'for you'}");
    CLEANUP_FREE char *sent = sent_to(ana);
    const char *id = strstr(sent, "\"id\":\"k");
    assert_non_null(id);
    CLEANUP_FREE char *same = xstrndup(id, strcspn(id, ","));
    assert_int_equal(count(sent, same), 2);
    assert_int_equal(seen(ben, "for you"), 0);
    assert_int_equal(in_history("for you"), 0);
}

static void a_post_opens_and_stores_the_room_it_needs(void **state)
{
    (void)state;
    perform("post", "k1", 1, "{'channel':'payments','text':'hi'}");
    forget_staged();
    perform("post", "k1", 2, "{'channel':'payments','text':'hi'}"); /* the room is stored again too */
    store_staged();
    live_again();
    ana = enter("ana");
    hear(ana, "{'do':'join','room':'payments'}");
    assert_int_equal(seen(ana, "\"hi\""), 1);
}

static void a_room_is_opened_once_for_its_key(void **state)
{
    (void)state;
    static const char wish[] = "{'name':'inc-1','topic':'t','members':['ana']}";
    ana = enter("ana");
    struct tocsin_result first = perform("channel.open", "o1", 1, wish);
    assert_string_equal(first.remote_id, "inc-1");
    forget_staged();
    assert_string_equal(perform("channel.open", "o1", 2, wish).remote_id, "inc-1");
    assert_int_equal(seen(ana, "\"invited\""), 1);
    store_staged();
    live_again();
    assert_string_equal(perform("channel.open", "o1", 2, wish).remote_id, "inc-1");
    assert_string_equal(done("channel.open", "o2", wish).remote_id, "inc-1-2");
}

static void a_new_room_is_not_looked_up_in_the_store(void **state)
{
    (void)state;
    done("channel.open", "o1", "{'name':'inc-1'}");
    int before = rig.gets;
    done("post", "k1", "{'channel':'inc-1','text':'hi'}");
    assert_int_equal(rig.gets, before);
}

static void a_rooms_properties_survive_a_restart(void **state)
{
    (void)state;
    done("channel.open", "o1", "{'name':'inc-1','topic':'old','private':true,'members':['ana','ben']}");
    done("channel.topic", "t1", "{'channel':'inc-1','topic':'new'}");
    done("channel.invite", "i1", "{'channel':'inc-1','users':['eve']}");
    done("channel.remove", "r1", "{'channel':'inc-1','who':'ben'}");
    live_again();
    for (int i = 0; i < 3; i++) {
        static const char *const users[] = {"ana", "ben", "eve"};
        size_t client = enter(users[i]);
        hear(client, "{'do':'rooms'}");
        assert_int_equal(seen(client, "\"topic\":\"new\""), i == 1 ? 0 : 1);
    }
    done("channel.archive", "a1", "{'channel':'inc-1'}");
    live_again();
    ana = enter("ana");
    hear(ana, "{'do':'rooms'}");
    assert_int_equal(seen(ana, "inc-1"), 0);
}

static void an_edit_replaces_what_is_shown_and_stored(void **state)
{
    (void)state;
    ana = enter("ana");
    struct tocsin_result posted = done("post", "k1", POST("old words"));
    CLEANUP_FREE char *edit =
        xasprintf("{'channel':'incidents','message':'%s','text':'new words'}", posted.remote_id);
    assert_string_equal(done("edit", "e1", edit).remote_id, posted.remote_id);
    assert_int_equal(seen(ana, "\"edited\""), 1);
    live_again();
    assert_int_equal(in_history("new words"), 1);
    assert_int_equal(in_history("old words"), 0);
    assert_int_equal(done("edit", "e2", "{'channel':'incidents','message':'m0','text':'x'}").code, TOCSIN_DONE);
}

static void a_page_waits_for_somebody_who_is_away(void **state)
{
    (void)state;
    done("page", "p1", "{'user':'ana','text':'wake up'}");
    live_again();
    ana = enter("ana");
    assert_int_equal(seen(ana, "wake up"), 1);
    assert_int_equal(in_history("wake up"), 0);
    done("page", "p2", "{'user':'ana','text':'still there?'}");
    assert_int_equal(seen(ana, "\"page\":true"), 1);
}

static void an_impossible_action_says_why(void **state)
{
    static const struct {
        const char *kind, *body, *why;
    } rows[] = {
        {"desk.tell", "{}", "does not do this"},
        {"post", "[1]", "no JSON object"},
        {"post", "{'text':'x'}", "names no channel"},
        {"page", "{'text':'x'}", "names no user"},
        {"channel.topic", "{'channel':'nowhere','topic':'t'}", "no such room"},
        {"channel.topic", "{'channel':'incidents'}", "no topic"},
        {"channel.invite", "{'channel':'nowhere'}", "no such room"},
        {"channel.open", "{'topic':'t'}", "no name"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct tocsin_result result = done(rows[i].kind, "k", rows[i].body);
        assert_int_equal(result.code, TOCSIN_REFUSED);
        assert_non_null(strstr(result.detail, rows[i].why));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RIG(a_post_is_shown_before_its_outcome_is_durable),
        WITH_RIG(a_retried_post_is_shown_once),
        WITH_RIG(a_post_lost_in_a_crash_comes_back_as_the_same_message),
        WITH_RIG(a_message_for_one_person_has_an_id_too),
        WITH_RIG(a_post_opens_and_stores_the_room_it_needs),
        WITH_RIG(a_room_is_opened_once_for_its_key),
        WITH_RIG(a_new_room_is_not_looked_up_in_the_store),
        WITH_RIG(a_rooms_properties_survive_a_restart),
        WITH_RIG(an_edit_replaces_what_is_shown_and_stored),
        WITH_RIG(a_page_waits_for_somebody_who_is_away),
        WITH_RIG(an_impossible_action_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
