/* The command `recap`: any incident in ten lines. It is Mon 23 Nov 2026 15:06 UTC. */
#include "../command/rig.h"

static struct rig *rig;

static void says(const char *person, const char *wanted)
{
    rig_expect(rig, person, 0, "recap INC-1", wanted);
}

static void an_incident_is_told_in_ten_lines(void **state)
{
    (void)state;
    rig = rig_with_room();
    says("ben", "**INC-1 checkout is slow**\n- being investigated");
    says("ben", "- it has gone on for 0s");
    rig_expect(rig, "ben", 1, "sev major", "");
    rig_expect(rig, "ben", 1, "team payments", "");
    rig_expect(rig, "ben", 1, "lead @ana-maria", "");
    rig_expect(rig, "ben", 1, "affect acme", "");
    rig_expect(rig, "ben", 1, "summary cards are refused *since* nine", "");
    rig_expect(rig, "ben", 1, "followup tune the pool by friday", "");
    rig->now += 2 * HOUR;
    rig_settle(rig);
    rig_expect(rig, "ben", 1, "resolve rolled back to 1.4", "");
    rig->now += DAY;
    says("ben", "- resolved, major, payments\n- declared Mon 23 Nov 15:06 by Ben\n- it took 2h, accepted "
                "after 0s, fixed after 2h, "
                "resolved after 2h\n- lead: Ana María; there: Ben, Ana María\n");
    says("ben", "- 1 customer affected: acme; none was told, the longest silence was 2h\n");
    says("ben",
         "- at the end: rolled back to 1.4\n- follow-ups: 1 open, 0 over; `followups INC-1` lists them\n");
    rig_destroy(rig);
}

static void a_private_one_is_told_to_its_members(void **state)
{
    (void)state;
    rig = rig_with_room();
    rig_person(rig, "cy", "Cy", NULL);
    rig_expect(rig, "ben", 1, "private", "");
    says("ben", "private");
    says("cy", "! No incident INC-1");
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_incident_is_told_in_ten_lines),
        cmocka_unit_test(a_private_one_is_told_to_its_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
