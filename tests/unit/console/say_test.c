/* What people say: shown at once, and stored together with its event for the core. */
#include "rig.h"

#define SAY(text) "{'do':'say','text':'" text "'}"

static size_t ana, ben;

static void a_message_is_shown_before_the_core_has_it_now(void)
{
    assert_int_equal(seen(ben, "hello there"), 1);
    assert_int_equal(pthread_mutex_trylock(&rig.c->lock), 0); /* actions can continue meanwhile */
    pthread_mutex_unlock(&rig.c->lock);
    assert_int_equal(rig.staged.n, 1); /* it is stored with the event */
}

static void a_message_is_shown_before_the_core_has_it(void **state)
{
    (void)state;
    ana = enter("ana");
    ben = enter("ben");
    rig.during = a_message_is_shown_before_the_core_has_it_now;
    hear(ana, SAY("hello there"));
    rig.during = NULL;
    assert_int_equal(count(rig.events.p, "hello there"), 1);
}

static void a_message_is_stored_with_its_event(void **state)
{
    (void)state;
    ana = enter("ana");
    hear(ana, SAY("hello there"));
    assert_int_equal(in_history("hello there"), 1);
    live_again();
    assert_int_equal(in_history("hello there"), 1);
}

static void a_refused_message_is_reported_and_not_in_the_history(void **state)
{
    (void)state;
    ana = enter("ana");
    rig.answer = TOCSIN_EMIT_RETRY;
    for (int i = 0; i < 3; i++)
        hear(ana, SAY("hello there"));
    assert_int_equal(seen(ana, "\"error\""), 3);
    assert_int_equal(in_history("hello there"), 0);
    rig.answer = TOCSIN_EMITTED;
    hear(ana, SAY("once more"));
    assert_int_equal(seen(ana, "\"error\""), 0);
    live_again();
    size_t eve = enter("eve");
    CLEANUP_FREE char *sent = sent_to(eve);
    assert_int_equal(count(sent, "hello there"), 0);
    assert_int_equal(count(sent, "once more"), 1);
}

static void an_answer_meanwhile(void)
{
    struct staged said =
        rig.staged.v[--rig.staged.n]; /* what another thread stores is not part of this event */
    done("post", "k1", "{'channel':'incidents','text':'an answer'}");
    *array_add(&rig.staged) = said;
}

/* A post that came meanwhile is stored after the refused message: the gap loses nothing. */
static void a_refused_message_loses_nothing_that_came_meanwhile(void **state)
{
    (void)state;
    ana = enter("ana");
    hear(ana, SAY("before"));
    rig.answer = TOCSIN_EMIT_RETRY;
    rig.during = an_answer_meanwhile;
    hear(ana, SAY("hello there"));
    rig.during = NULL;
    rig.answer = TOCSIN_EMITTED;
    hear(ana, SAY("after"));
    for (int life = 0; life < 2; life++) {
        size_t eve = enter("eve");
        CLEANUP_FREE char *sent = sent_to(eve);
        const char *answer = strstr(sent, "an answer"), *after = strstr(sent, "after");
        assert_int_equal(count(sent, "hello there"), 0);
        assert_true(strstr(sent, "before") && answer && after && answer < after);
        live_again();
    }
}

static void the_oldest_messages_make_room(void **state)
{
    (void)state;
    ana = enter("ana");
    for (int i = 0; i < 600; i++) {
        CLEANUP_FREE char *line = xasprintf("{'do':'say','text':'number %d.'}", i);
        hear(ana, line);
        CLEANUP_FREE char *sent = sent_to(ana);
    }
    for (int life = 0; life < 2; life++) {
        size_t eve = enter("eve");
        CLEANUP_FREE char *sent = sent_to(eve);
        assert_int_equal(count(sent, "\"number "), 20);
        for (int i = 580; i < 600; i++) {
            CLEANUP_FREE char *word = xasprintf("number %d.", i);
            assert_int_equal(count(sent, word), 1);
        }
        live_again();
    }
    hear(enter("ana"), SAY("number 600."));
    live_again();
    assert_int_equal(in_history("number 600."), 1);
}

static void people_who_may_not_enter_a_room_cannot_post_in_it(void **state)
{
    (void)state;
    ana = enter("ana");
    done("channel.open", "open", "{'name':'inc-1','private':true,'members':['ben']}");
    hear(ana, "{'do':'say','room':'inc-1','text':'let me in'}");
    hear(ana, "{'do':'join','room':'inc-1'}");
    assert_int_equal(seen(ana, "There is no such room"), 2);
    assert_int_equal(count(str_text(&rig.events), "let me in"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RIG(a_message_is_shown_before_the_core_has_it),
        WITH_RIG(a_message_is_stored_with_its_event),
        WITH_RIG(a_refused_message_is_reported_and_not_in_the_history),
        WITH_RIG(a_refused_message_loses_nothing_that_came_meanwhile),
        WITH_RIG(the_oldest_messages_make_room),
        WITH_RIG(people_who_may_not_enter_a_room_cannot_post_in_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
