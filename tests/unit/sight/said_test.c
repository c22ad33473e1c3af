/* What somebody deleted or edited away on a platform is read nowhere any more. */
#include "../command/rig.h"

#include <inttypes.h>

#include "sight/sight.h"

#define BEN "'user':{'id':'ben','name':'Ben'}"

/* One event in the room by Ben: its type and further members, the id being `n`. */
static void does(struct rig *rig, int n, const char *type, const char *more)
{
    CLEANUP_FREE char *event = xasprintf("{'type':'%s','id':'e%d','channel':'room'," BEN ",%s}", type, n, more);
    assert_int_equal(rig_event(rig, event), TOCSIN_EMITTED);
}

struct reading {
    struct rig *rig;
    struct str *out;
};

static bool read_row(void *ctx, const struct journal_event *row)
{
    struct reading *reading = ctx;
    struct event event;
    assert_int_equal(turn_event_of_row(row, &event, NULL), 0);
    if (sight_event_visible(reading->rig->core, &event, "ana-maria")) {
        struct event seen = sight_event_seen(reading->rig->core, &event, "ana-maria");
        event_describe(&seen, reading->rig->now, NULL, NULL, NULL, reading->out);
        str_add(reading->out, "\n");
        event_encode(&seen, reading->out);
        str_add(reading->out, "\n");
        event_finish(&seen);
    }
    event_finish(&event);
    return true;
}

/* All that the live stream replays, and what a person is answered by every way to look. */
static char *all_that_is_read(struct rig *rig, const char *word)
{
    static const char *const lines[] = {"timeline 50", "search %s", "similar %s", "show", "why page"};
    struct str out = {0};
    journal_read(rig->journal, 0, 0, read_row, &(struct reading){rig, &out}, NULL);
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        CLEANUP_STR struct str line = {0};
        const char *at = strstr(lines[i], "%s");
        str_addf(&line, "%.*s%s", at ? (int)(at - lines[i]) : 99, lines[i], at ? word : "");
        CLEANUP_FREE char *said = rig_line(rig, "ben", 1, line.p);
        /* a title repeats what was asked for */
        for (char *p = said; at && (p = strstr(p, word)) && p < said + 80; p++)
            *p = '?';
        str_addf(&out, "%s\n", said);
    }
    size_t before = rig->sent.n;
    CLEANUP_FREE char *join =
        xasprintf("{'type':'join','id':'j%" PRIu64 "','channel':'room','user':{'id':'ana','name':'Ana María'}}",
                  rng_next(&rig->rng));
    rig_event(rig, join);
    for (size_t i = before; i < rig->sent.n; i++)
        str_addf(&out, "%s\n", rig->sent.v[i]);
    return str_take(&out);
}

static void assert_read(const char *all, const char *wanted)
{
    if (!strstr(all, wanted))
        fail_msg("'%s' is not in:\n%s", wanted, all);
}

static void assert_not_read(const char *all, const char *word)
{
    if (strstr(all, word))
        fail_msg("'%s' is in:\n%s", word, all);
}

static void what_was_deleted_is_read_nowhere(void **state)
{
    (void)state;
    static const struct chat_emoji emoji[] = {{"memo", "note"}};
    struct rig *rig = rig_with_room();
    chat_destroy(rig->chat);
    rig->chat = chat_create(rig->core, emoji, ARRAY_SIZE(emoji));
    does(rig, 1, "message", "'message':'m1','text':'the password is hunter2'");
    does(rig, 2, "reaction", "'message':'m1','emoji':'pushpin'");
    does(rig, 3, "reaction", "'message':'m1','emoji':'memo'");
    CLEANUP_FREE char *before = all_that_is_read(rig, "hunter2");
    assert_read(before, "ben pinned: the password is hunter2");
    assert_read(before, "ben noted: the password is hunter2");
    does(rig, 4, "deleted", "'message':'m1'");
    CLEANUP_FREE char *all = all_that_is_read(rig, "hunter2");
    assert_not_read(all, "hunter2");
    assert_read(all, "ben: (deleted)\n");
    assert_read(all, "ben pinned: (deleted)\n");
    assert_read(all, "ben noted: (deleted)\n");
    assert_read(all, "ben deleted a message\n");
    /* pinned again: refused, in words, to who tries */
    does(rig, 5, "reaction", "'message':'m1','emoji':'pushpin'");
    assert_int_equal(rig_incident(rig, 1)->activity.pins, 1);
    assert_int_equal(rig_sent(rig, "That message was deleted", "\"to\":\"ben\""), 1);
    /* an edit that comes late brings nothing back */
    does(rig, 6, "edited", "'message':'m1','text':'the password was hunter2','order':9");
    CLEANUP_FREE char *later = all_that_is_read(rig, "hunter2");
    assert_not_read(later, "hunter2");
    rig_destroy(rig);
}

static void what_was_edited_away_is_read_nowhere(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    does(rig, 1, "message",
         "'message':'m1','text':'key hunter2','files':[{'name':'hunter2.pem','url':'https://f.example/1'}]");
    does(rig, 2, "reaction", "'message':'m1','emoji':'pushpin'");
    does(rig, 3, "edited", "'message':'m1','text':'key hunter3','order':3");
    does(rig, 4, "edited",
         "'message':'m1','text':'the key is in the "
         "vault','order':4,'files':[{'name':'a.txt','url':'https://f.example/2'}]");
    CLEANUP_FREE char *all = all_that_is_read(rig, "hunter2");
    assert_not_read(all, "hunter");
    assert_read(all, "ben: the key is in the vault — a.txt <https://f.example/2>\n");
    assert_read(all, "ben pinned: the key is in the vault");
    assert_read(all, "ben changed a message to: the key is in the vault");
    rig_expect(rig, "ben", 0, "search vault", "INC-1");
    rig_destroy(rig);
}

/* Platforms promise no order. */
static void the_newest_words_count_in_whatever_order_they_come(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    does(rig, 1, "edited", "'message':'m1','text':'third','order':30");
    does(rig, 2, "edited", "'message':'m1','text':'second','order':20");
    does(rig, 3, "message", "'message':'m1','text':'first'");
    does(rig, 4, "deleted", "'message':'m2'");
    does(rig, 5, "message", "'message':'m2','text':'secret'");
    CLEANUP_FREE char *timeline = rig_line(rig, "ben", 1, "timeline");
    assert_read(timeline, "Ben: third\n");
    assert_read(timeline, "Ben: (deleted)\n");
    assert_not_read(timeline, "first");
    assert_not_read(timeline, "second");
    assert_not_read(timeline, "changed a message");
    assert_not_read(timeline, "secret");
    assert_not_read(timeline, "deleted a message");
    does(rig, 6, "edited", "'message':'m1','text':'fourth','order':40");
    CLEANUP_FREE char *later = rig_line(rig, "ben", 1, "timeline");
    assert_read(later, "Ben: fourth\n");
    assert_read(later, "Ben changed a message to: fourth\n");
    rig_destroy(rig);
}

/* The channel of an incident that was merged goes on in the other, and so does what is deleted there. */
static void a_merge_forgets_no_deletion(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    does(rig, 1, "message", "'message':'m1','text':'the password is hunter2'");
    rig_expect(rig, "ben", 0, "payments are slow", "INC-2");
    rig_expect(rig, "ben", 1, "merge INC-2", "INC-2");
    does(rig, 2, "deleted", "'message':'m1'");
    CLEANUP_FREE char *all = all_that_is_read(rig, "hunter2");
    assert_not_read(all, "hunter2");
    rig_destroy(rig);
}

struct writing {
    const char *message, *text, *more;
};

static void acme_writes(struct rig *rig, int n, const struct writing *writing)
{
    CLEANUP_FREE char *event = xasprintf(
        "{'type':'reply','id':'r%d','user':{'id':'U9'},'customer':'acme','channel':'C9','message':'%s',"
        "'text':'%s'%s}",
        n, writing->message, writing->text, writing->more);
    assert_int_equal(rig_event(rig, event), TOCSIN_EMITTED);
}

static void a_customers_words_are_theirs_as_well(void **state)
{
    (void)state;
    struct rig *rig = rig_with_room();
    static const struct writing waiting[] = {{"c1", "card 4111 fails", ""},
                                             {"c2", "iban 9999", ""},
                                             {"c1", "my card fails", ",'change':'edited'"},
                                             {"c2", "iban 9999", ",'change':'deleted'"}},
                                heard[] = {{"c3", "pin 1234", ""},
                                           {"c3", "pin 1234", ",'change':'deleted'"},
                                           {"c1", "it works", ",'change':'edited'"}};
    for (size_t i = 0; i < ARRAY_SIZE(waiting); i++)
        acme_writes(rig, (int)i, &waiting[i]);
    size_t before = rig->sent.n;
    rig_expect(rig, "ben", 0, "declare --customer acme payments fail", "INC-2 is open");
    for (size_t i = 0; i < ARRAY_SIZE(heard); i++)
        acme_writes(rig, 10 + (int)i, &heard[i]);
    CLEANUP_FREE char *all = all_that_is_read(rig, "1234");
    /* also when the incident has ended, and the customer thinks better of it only then */
    rig_expect(rig, "ben", 0, "INC-2 resolve", "resolved INC-2");
    rig_expect(rig, "ben", 0, "INC-2 close", "closed INC-2");
    acme_writes(rig, 20, &(struct writing){"c1", "it works, thank you", ",'change':'deleted'"});
    CLEANUP_FREE char *ended = all_that_is_read(rig, "1234");
    assert_not_read(ended, "it works");
    assert_not_read(ended, "thank you");
    static const char *const gone[] = {"4111", "9999", "my card"};
    for (size_t i = 0; i < ARRAY_SIZE(gone); i++)
        assert_not_read(all, gone[i]);
    assert_not_read(all, "1234");
    assert_read(all, "acme replied: it works\n");
    assert_read(all, "acme replied: (deleted)\n");
    for (size_t i = before; i < rig->sent.n; i++)
        assert_null(strstr(rig->sent.v[i], "9999"));
    assert_int_equal(rig_sent(rig, "replied\"", "\"text\":\"(deleted their message)\""), 1);
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_deleted_is_read_nowhere),
        cmocka_unit_test(what_was_edited_away_is_read_nowhere),
        cmocka_unit_test(the_newest_words_count_in_whatever_order_they_come),
        cmocka_unit_test(a_merge_forgets_no_deletion),
        cmocka_unit_test(a_customers_words_are_theirs_as_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
