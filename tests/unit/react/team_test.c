/* Commands over the policy that ships, with a team's own file beside it: rules, why, and a team's own command. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "policy/policy.h"
#include "sight/sight.h"
#include "triage/triage.h"
#include "turn/live.h"

static struct policy *team_policy;
#define RIG_POLICY team_policy
#include "../command/rig.h"

static struct rig *team_rig;
static char directory[64], file[96];

static const struct incident *find_incident(void *ctx, uint64_t id)
{
    (void)ctx;
    return team_rig ? sight_incident(team_rig->core, id, NULL) : NULL;
}

static void report(void *ctx, const char *where, const char *text, uint64_t incident)
{
    (void)ctx, (void)incident;
    print_error("%s: %s\n", where, text);
}

static const char team_file[] =
    "services { important = { 'checkout' } }\n"
    "command { name = 'hello', help = 'greets', run = function(i, text, who)\n"
    "  if i then i:command('note', { text = 'greeted ' .. text }) end\n"
    "  return 'hello ' .. text\n"
    "end }\n"
    "command { name = 'boom', help = 'fails', run = function(i) i.nope.deep() end }\n"
    "command { name = 'twice', help = 'resolves twice', run = function(i)\n"
    "  i:resolve('one') i:resolve('two')\n"
    "end }\n"
    "rule { name = 'crawlers', match = { title = '*noise*' }, quiet = true }\n"
    "on('noted', function(incident) incident:say('A note was taken in ' .. incident.name) end)\n"
    "command { name = 'many', help = 'declares many', run = function(i)\n"
    "  for n = 1, 50 do i:command('declare', { text = 'problem ' .. n }) end\n"
    "  return 'declared fifty'\n"
    "end }\n"
    "on('noted', function(incident, event)\n"
    "  if (event.text or ''):find('echo') then incident:command('note', { text = event.text .. '!' }) end\n"
    "end)\n";

static struct rig *set_up(void)
{
    static const struct policy_host host = {.incident = find_incident, .on_failure = report};
    struct error err = {0};
    snprintf(directory, sizeof(directory), "/tmp/tocsin-team-XXXXXX");
    assert_non_null(mkdtemp(directory));
    snprintf(file, sizeof(file), "%s/team.lua", directory);
    FILE *out = fopen(file, "w");
    assert_non_null(out);
    fputs(team_file, out);
    fclose(out);
    team_policy = policy_create(&host);
    if (policy_load(team_policy, directory, &err))
        fail_msg("%s", err.text);
    team_rig = rig_create();
    return team_rig;
}

static void tear_down(void)
{
    rig_destroy(team_rig);
    policy_destroy(team_policy);
    team_rig = NULL;
    unlink(file);
    rmdir(directory);
}

static void a_teams_own_command_is_a_command(void **state)
{
    (void)state;
    struct rig *rig = set_up();
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1 is open");
    rig_expect(rig, "ben", 1, "hello world", "hello world");
    rig_expect(rig, "ben", 1, "timeline", "greeted world");
    rig_expect(rig, "ben", 0, "help hello", "greets");
    rig_expect(rig, "ben", 1, "boom", "! `boom` failed: team.lua:6:");
    rig_expect(
        rig, "ben", 1, "many",
        "! `many` failed: team.lua:13: a function cannot declare an incident; let a rule or a person do that");
    rig_expect(rig, "ben", 1, "note echo", "");
    rig_expect(rig, "ben", 1, "timeline", "echo!!!!!!!!!!!!!!!!!!!!\n"); /* twenty */
    rig_expect(rig, "ben", 1, "timeline", "stopped after 20 events that follow from one by reactions");
    rig_expect(rig, "ben", 1, "twice", "Some of it could not be done: INC-1 is already resolved");
    rig_expect(rig, "ben", 0, "rules crawlers", "team.lua:10");
    tear_down();
}

static struct alert an_alert(const char *title, uint64_t fingerprint)
{
    struct alert alert;
    alert_init(&alert, "sentry", NOW);
    alert.fingerprint = fingerprint;
    alert.about.title = title;
    alert.about.origin = "shop";
    alert.about.service = "checkout";
    return alert;
}

static void why_names_the_line_of_policy(void **state)
{
    (void)state;
    struct rig *rig = set_up();
    struct alert alert = an_alert("card refused", UINT64_C(0x9f86d081884c7d65));
    struct alert noise = an_alert("noise of a crawler", UINT64_C(0x1f86d081884c7d65));
    triage_alerts(rig->core, &alert, 1, rig->now, NULL, NULL);
    triage_alerts(rig->core, &noise, 1, rig->now, NULL, NULL);
    rig_settle(rig);
    assert_int_equal(live_open_count(rig->core), 1);
    rig_expect(rig, "ben", 1, "why declared", "new-error-important");
    rig_expect(rig, "ben", 1, "why declared", "policy.lua:");
    rig_expect(rig, "ben", 1, "why declared", "service checkout");
    rig_expect(rig, "ben", 1, "why page", "paged product-responder");
    rig_expect(rig, "ben", 1, "why page", "service checkout");
    rig_expect(rig, "ben", 1, "why page", "post a message on console: done");
    rig_expect(rig, "ben", 1, "why draft", "Sent");
    rig_expect(rig, "ben", 0, "why 1f86d081884c7d65", "team.lua:10");
    rig_expect(rig, "ben", 0, "why quiet", "crawlers: `team.lua:10`");
    rig_expect(rig, "ben", 1, "accept", "Ben accepted INC-1");
    rig_expect(rig, "ben", 1, "lead", "Ben is lead of INC-1");
    rig_expect(rig, "ben", 1, "owed", "say where it stands");
    tear_down();
}

/* Each post: the line that asked for it, how it begins, where, and when it went out. */
static void why_tells_what_a_script_posted(void **state)
{
    (void)state;
    struct rig *rig = set_up();
    rig_expect(rig, "ben", 0, "declare --private checkout leaks", "INC-1 is open");
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-2 is open");
    rig_room(rig, 2, "room-2");
    rig_expect(rig, "ben", 2, "note two", "Noted");
    rig_expect(rig, "ben", 2, "why sent", "by `team.lua:11`");
    rig_expect(
        rig, "ben", 2, "why sent",
        "post a message on console: done today 15:06 in inc-1, INC-2, requested today 15:06 by `team.lua:11`");
    rig_expect(rig, "ben", 2, "why sent", "“A note was taken in INC-2”");
    CLEANUP_FREE char *all = rig_line(rig, "ben", 2, "why sent");
    char *line = strstr(all, "by `team.lua:11`");
    while (*line != '\n' && line > all)
        line--;
    CLEANUP_FREE char *one = xasprintf("why %d", atoi(strchr(line, '`') + 1));
    rig_expect(rig, "ben", 2, one, "“A note was taken in INC-2”");
    rig_expect(rig, "ben", 0, one, "by `team.lua:11`");
    rig->down = true;
    rig_expect(rig, "ben", 2, "note three", "Noted");
    rig_expect(rig, "ben", 2, "why sent",
               "post a message on console: waiting in inc-1, INC-2, requested today 15:06 by `team.lua:11`");
    rig->down = false;
    rig_settle(rig);
    rig_expect(rig, "ben", 1, "note secret", "Noted");
    rig_expect(rig, "ben", 1, "why sent", "by `team.lua:11`");
    for (int i = 1; i < 40; i++) { /* nobody else is told that there is such a one */
        CLEANUP_FREE char *each = xasprintf("why %d", i);
        CLEANUP_FREE char *told = rig_line(rig, "ana-maria", 0, each);
        assert_null(strstr(told, "taken in INC-1"));
        assert_null(strstr(told, ", INC-1,"));
    }
    rig_expect(rig, "ben", 0, "why 4000", "! No action 4000 of an incident");
    tear_down();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_teams_own_command_is_a_command),
        cmocka_unit_test(why_names_the_line_of_policy),
        cmocka_unit_test(why_tells_what_a_script_posted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
