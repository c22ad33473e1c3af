/* What is damaged in the journal is not shown, and nothing that it may have taken away comes back. */
#include "../command/rig.h"

#include <stdio.h>

#include "journal/store.h"
#include "sight/query.h"
#include "turn/damage.h"

#include "../../support/journal_files.h"

#define BEN "'user':{'id':'ben','name':'Ben'}"

static struct rig *open_rig(void)
{
    struct store *store;
    assert_int_equal(sqlite_store_open(files_path("s.db"), &store, NULL), 0);
    return rig_over(store);
}

static struct rig *damaged_by(struct rig *rig, const char *sql)
{
    rig_destroy(rig);
    files_sql("s.db", sql);
    return open_rig();
}

static void finish(struct rig *rig)
{
    static const char *const names[] = {"s.db", "s.db-wal", "s.db-shm", "s.db-lock"};
    rig_destroy(rig);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        remove(files_path(names[i]));
}

static struct rig *with_a_deleted_message(void)
{
    struct rig *rig = open_rig();
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1");
    rig_room(rig, 1, "room");
    rig_event(rig, "{'type':'message','id':'e1','channel':'room'," BEN
                   ",'message':'m1','text':'the password is hunter2'}");
    rig_event(rig, "{'type':'deleted','id':'e2','channel':'room'," BEN ",'message':'m1'}");
    rig_event(rig, "{'type':'message','id':'e3','channel':'room'," BEN ",'message':'m2','text':'it is back'}");
    rig_settle(rig);
    return rig;
}

static bool describe(void *ctx, const struct event *event)
{
    event_describe(event, NOW, NULL, NULL, NULL, ctx);
    str_addc(ctx, '\n');
    return true;
}

static char *timeline(struct rig *rig)
{
    struct str out = {0};
    assert_int_equal(query_timeline(rig->core, 1, "ana", 0, 0, describe, &out, NULL), 0);
    return str_take(&out);
}

static void a_damaged_entry_says_that_it_is(void **state)
{
    (void)state;
    struct rig *rig =
        damaged_by(with_a_deleted_message(),
                   "UPDATE event SET data = replace(data, 'is back', 'is gone') WHERE type = 'said'");
    CLEANUP_FREE char *text = timeline(rig);
    assert_non_null(strstr(text, "this entry is damaged, and is not shown (said)"));
    assert_null(strstr(text, "it is gone"));
    assert_int_equal(damage_count(rig->core), 1);
    rig_expect(rig, "ana", 1, "timeline", "this entry is damaged");
    finish(rig);
}

static void what_was_deleted_does_not_come_back(void **state)
{
    (void)state;
    static const char *const damages[] = {
        "UPDATE event SET by = 'ana' WHERE type = 'said_deleted'",
        "UPDATE event SET type = 'said_delet3d' WHERE type = 'said_deleted'",
        "UPDATE event SET stream = 'INC-9' WHERE type = 'said_deleted'",
        "DELETE FROM event WHERE type = 'said_deleted'",
    };
    for (size_t i = 0; i < ARRAY_SIZE(damages); i++) {
        struct rig *rig = damaged_by(with_a_deleted_message(), damages[i]);
        CLEANUP_FREE char *text = timeline(rig);
        if (strstr(text, "hunter2"))
            fail_msg("%s: %s", damages[i], text);
        assert_non_null(strstr(text, "not shown: an entry that may have deleted or edited it is damaged"));
        CLEANUP_FREE char *found = rig_line(rig, "ben", 1, "search password");
        assert_null(strstr(found, "hunter2"));
        finish(rig);
    }
}

/* Where the state is damaged as well, nobody can say who may see the incident. */
static void without_its_state_the_incident_is_closed(void **state)
{
    (void)state;
    struct rig *rig = open_rig();
    rig_expect(rig, "ben", 0, "declare a leak --private", "INC-1");
    rig = damaged_by(
        rig, "UPDATE event SET data = replace(data, 'true', 'false') WHERE type = 'private';"
             "UPDATE doc SET body = replace(body, '\"private\":true', '\"private\":null') WHERE kind = 1");
    assert_null(sight_incident(rig->core, 1, "ana"));
    assert_null(sight_incident(rig->core, 1, "ben"));
    assert_int_equal(damage_count(rig->core), 2);
    rig_expect(rig, "ana", 0, "declare another", "INC-2");
    finish(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_damaged_entry_says_that_it_is),
        cmocka_unit_test(what_was_deleted_does_not_come_back),
        cmocka_unit_test(without_its_state_the_incident_is_closed),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
