/* Who is on call, as chat shows it and as pages go. It is Mon 23 Nov 2026 15:06 UTC. */
#include "oncall_rig.h"

static void oncall_says_who_and_who_follows(void **state)
{
    (void)state;
    policy_rig_begin(
        PAYMENTS
        "rotation { name = 'nights', people = { 'cy' }, start = '2026-11-16', hours = '22:00-06:00', zone = "
        "'UTC', gaps = true }\n");
    rig_expect(rig, "ben", 0, "oncall",
               "On call:\n- **payments**: Bo, until Mon 30 Nov 09:00; then Ana María\n"
               "- **nights**: nobody, until today 22:00; then cy");
    rig_expect(rig, "ana-maria", 0, "oncall", "**payments**: Bo, until Mon 30 Nov 10:00"); /* in Madrid */
    rig_expect(rig, "ben", 0, "on-call payments",
               "**payments**: Bo, until Mon 30 Nov 09:00; then Ana María\n"
               "- from Mon 30 Nov 09:00: Ana María\n- from Mon 7 Dec 09:00: Bo");
    rig_expect(rig, "ben", 0, "oncall payments dec 1st 9:00",
               "**payments**: Ana María, until Mon 7 Dec 09:00; then Bo");
    rig_expect(rig, "ben", 0, "oncall tomorrow 23:00", "On call tomorrow 23:00:\n- **payments**: Bo");
}

static void oncall_says_when_somebody_is(void **state)
{
    (void)state;
    policy_rig_begin(PAYMENTS);
    rig_expect(rig, "ana-maria", 0, "oncall me",
               "Ana María is on call:\n- **payments**: from Mon 30 Nov 10:00 until Mon 7 Dec 10:00\n"
               "- **payments**: from Mon 14 Dec 10:00");
    rig_expect(rig, "ben", 0, "oncall Ana María",
               "Ana María is on call:\n- **payments**: from Mon 30 Nov 09:00");
    rig_expect(rig, "ben", 0, "oncall \"ana María\"", "Ana María is on call:\n");
    rig_person(rig, "bo", "Bo", NULL);
    rig_expect(rig, "ben", 0, "oncall @bo", "Bo is on call:\n- **payments**: now, until Mon 30 Nov 09:00\n");
    rig_expect(rig, "ben", 0, "oncall ben", "Ben is not on call in the next 60 days.");
}

/* Nobody knows them from chat yet. */
static void somebody_of_the_policy_is_found_by_their_full_name(void **state)
{
    (void)state;
    policy_rig_begin(
        "people { eve = { name = 'Eva Silva', email = 'eve@shop.example', console = 'eve' },"
        " day = { name = 'Jo Day', console = 'jo' }, joe = { name = 'Jo Day', console = 'joe' } }\n"
        "rotation { name = 'shop', people = { 'eve', 'day' }, start = '2026-11-16', zone = 'UTC' }\n");
    rig_expect(rig, "ben", 0, "oncall Eva Silva", "Eva Silva is on call:\n- **shop**: from Mon 30 Nov 09:00");
    rig_expect(rig, "ben", 0, "oncall \"eva silva\"", "Eva Silva is on call:\n");
    rig_expect(rig, "ben", 0, "oncall eve@shop.example", "Eva Silva is on call:\n");
    rig_expect(rig, "ben", 0, "oncall Jo Day",
               "! 'Jo Day' is neither a rotation, a person nor a time"); /* two */
}

static void what_oncall_cannot_read_is_said(void **state)
{
    (void)state;
    policy_rig_begin("");
    rig_expect(rig, "ben", 0, "oncall",
               "Nobody takes turns yet. Add a rotation to the policy: `rotation { name");
    rig_destroy(rig), policy_dir_finish(&policies);
    policy_rig_begin(PAYMENTS);
    rig_expect(rig, "ben", 0, "oncall searhc", "! 'searhc' is neither a rotation, a person nor a time");
    rig_expect(rig, "ben", 0, "oncall payments soon", "! I can't read");
    rig_expect(
        rig, "ben", 0, "oncall payments 31 november",
        "! '31 november' does not exist, or is not on that day of the week. Try `tomorrow 9:00` or `in 2h`.");
    rig_expect(rig, "ben", 0, "oncall payments 900d", "! '900d' is too long; at most 366 days are possible.");
}

/* ---- covers ---- */

static void whoever_covers_is_on_call(void **state)
{
    (void)state;
    policy_rig_begin(PAYMENTS);
    rig_expect(rig, "ben", 0, "oncall bo",
               "Bo is on call:\n- **payments**: now, until"); /* known from the policy only */
    rig_expect(rig, "ben", 0, "cover @bo tomorrow 9-17",
               "- 1: Ben covers Bo for payments from tomorrow 09:00 until tomorrow 17:00");
    assert_int_equal(rig_sent(rig, "console post", "Ben covers Bo for payments"), 1); /* to Bo */
    rig_expect(rig, "ben", 0, "oncall payments", "- from tomorrow 09:00: Ben\n- from tomorrow 17:00: Bo\n");
    rig_expect(rig, "ben", 0, "oncall me",
               "Ben is on call:\n- **payments**: from tomorrow 09:00 until tomorrow 17:00");
    rig_expect(rig, "ana-maria", 0, "cover", "- 1: Ben covers Bo for payments from tomorrow 10:00");
    rig_expect(rig, "ana-maria", 0, "cover @ben for 20h", "- 2: Ana María covers Ben for payments");
    rig_expect(rig, "ben", 0, "oncall payments tomorrow 10:00", "Ana María, until tomorrow 11:06; then Ben");
}

/* As it is written, in quotes or without, also by whoever stands only in people{}. */
static void a_name_of_several_words_is_taken(void **state)
{
    (void)state;
    policy_rig_begin(
        "people { ana = { name = 'Ana Silva' }, bo = { name = 'Bo', console = 'bo' } }\n"
        "rotation { name = 'payments', people = { 'bo', 'ana' }, start = '2026-11-16', zone = 'UTC' }\n");
    rig_expect(rig, "ben", 0, "cover \"Ana Silva\" tomorrow 9-17", "- 1: Ben covers Ana Silva for payments");
    rig_expect(rig, "ben", 0, "cover Ana Silva thursday 9-17", "- 2: Ben covers Ana Silva for payments");
    rig_expect(rig, "ben", 0, "cover Ana Silva tomorrow", "! I can't read 'tomorrow' as a time with an end");
    rig_expect(rig, "ben", 0, "absent \"Ana Silva\" 21 dec - 2 jan",
               "1: Ana Silva is away from Mon 21 Dec 00:00");
    rig_expect(rig, "ben", 0, "absent Ana Silva 4 jan", "2: Ana Silva is away from Mon 4 Jan 2027 00:00");
    rig_expect(rig, "ben", 0, "absent ana 6 jan", "3: Ana Silva is away from Wed 6 Jan 2027 00:00");
    rig_expect(rig, "ben", 0, "absent Ana Silva 31 november",
               "! I can't read '31 november' as days that exist.");
    rig_expect(rig, "ben", 0, "absent \"Ana\" 8 jan", "4: Ana Silva is away");
    rig_expect(rig, "ben", 0, "swap with \"Zed Zed\"", "! 'Zed Zed' matches nobody");
}

static void whoever_is_only_declared_gets_a_role(void **state)
{
    (void)state;
    policy_rig_begin("people { ana = { name = 'Ana Silva' }, cy = { email = 'cy@shop.example' } }\n");
    rig_expect(rig, "ben", 0, "declare the printer burns", "INC-1");
    rig_expect(rig, "ben", 1, "handover comms to @ana", "I asked Ana Silva to take `comms` of INC-1");
    rig_expect(rig, "ben", 1, "lead Ana Silva", "Ana Silva is lead of INC-1");
    rig_expect(rig, "ben", 1, "invite cy@shop.example", "cy is now a member of INC-1");
}

static void a_cover_is_taken_back(void **state)
{
    (void)state;
    policy_rig_begin(PAYMENTS);
    rig_person(rig, "bo", "Bo", NULL);
    rig_expect(rig, "ben", 0, "cover cancel", "! You cover for nobody");
    does("ben", "cover @bo tomorrow 9-17");
    does("ana-maria", "cover @bo friday 9-17");
    rig_expect(rig, "ben", 0, "cover cancel", "Ben took back:\n- 1: Ben covers Bo for payments");
    rig_expect(rig, "ben", 0, "cover cancel 1", "! There is no cover 1. `cover` lists");
    does("ben", "cover @bo thursday 9-17");
    rig_expect(rig, "bo", 0, "cover cancel", "! Say which, as in `cover cancel 3`:\n- 2: Ana María covers Bo");
    rig_expect(rig, "bo", 0, "cover cancel 2", "Bo took back:");
    rig_expect(rig, "bo", 0, "cover cancel two",
               "! 'two' is not the number of a cover. Type `cover cancel 7`.");
    rig_expect(rig, "ben", 0, "cover", "- 3: Ben covers Bo");
}

static void what_cannot_be_covered_is_said(void **state)
{
    (void)state;
    policy_rig_begin(
        PAYMENTS "rotation { name = 'two', people = { 'bo', 'cy' }, at_once = 2, start = '2026-11-16', zone "
                 "= 'UTC' }\n");
    rig_person(rig, "bo", "Bo", NULL);
    rig_person(rig, "cy", "Cy", NULL);
    rig_expect(rig, "cy", 0, "cover @bo tomorrow 9-17", "! Both are on call for two in that time.");
    rig_expect(rig, "cy", 0, "cover", "Nobody covers for anybody."); /* nor for payments */
    rig_expect(rig, "ben", 0, "cover @ana-maria tomorrow 9-17",
               "! Ana María is not on call in that time. `oncall @ana-maria` lists");
    rig_expect(rig, "bo", 0, "cover me tomorrow 9-17", "! Somebody else must take your place");
    rig_expect(rig, "ben", 0, "cover @zed tomorrow 9-17", "! '@zed' matches nobody");
    rig_expect(rig, "ben", 0, "cover @bo", "! Say when, with an end: `cover @bo tomorrow 9-17`");
    rig_expect(rig, "ben", 0, "cover @bo tomorrow", "! I can't read 'tomorrow' as a time with an end");
    rig_expect(rig, "ben", 0, "cover @bo for 100d", "! A cover lasts at most 92 days");
    rig_expect(rig, NULL, 0, "cover @bo tomorrow 9-17", "! I don't know who you are");
}

static void covers_are_there_after_a_restart(void **state)
{
    (void)state;
    policy_rig_begin(PAYMENTS);
    rig_person(rig, "bo", "Bo", NULL);
    does("ben", "cover @bo tomorrow 9-17");
    policy_rig_restart(NULL);
    rig_expect(rig, "ben", 0, "oncall payments tomorrow 10:00",
               "**payments**: Ben, until tomorrow 17:00; then Bo");
    rig_expect(rig, "ben", 0, "cover cancel", "Ben took back");
}

/* ---- swaps ---- */

static void whoever_is_away_is_passed_over(void **state)
{
    (void)state;
    policy_rig_begin(
        PEOPLE
        "rotation { name = 'payments', people = { 'ana', 'bo', 'cy' }, start = '2026-11-16', handover = "
        "'monday 09:00', zone = 'Europe/London' }\n"
        "rotation { name = 'nights', people = { 'bo' }, start = '2026-11-16', hours = '22:00-06:00', zone = "
        "'UTC', gaps = true }\n");
    rig_person(rig, "bo", "Bo", NULL);
    rig_person(rig, "cy", NULL, NULL);
    rig_expect(rig, "bo", 0, "absent", "Nobody is away. To say when you are, type `absent 21 dec - 2 jan`.");
    rig_expect(rig, "bo", 0, "absent 24 nov - 25 nov",
               "1: Bo is away from tomorrow 00:00 until Thu 26 Nov 00:00\nTheir turns then:\n"
               "- **payments**: cy, from tomorrow 00:00 until Thu 26 Nov 00:00\n"
               "- **nights**: nobody is on call from tomorrow 00:00 until tomorrow 06:00\n"
               "- **nights**: nobody is on call from tomorrow 22:00 until Wed 25 Nov 06:00\n"
               "- **nights**: nobody is on call from Wed 25 Nov 22:00 until Thu 26 Nov 00:00");
    rig_expect(rig, "ben", 0, "absent", "- 1: Bo is away from tomorrow 00:00 until Thu 26 Nov 00:00");
    rig_expect(rig, "ben", 0, "oncall payments",
               "**payments**: Bo, until tomorrow 00:00; then cy\n- from tomorrow 00:00: cy\n"
               "- from Thu 26 Nov 00:00: Bo\n- from Mon 30 Nov 09:00: cy");
    rig_expect(rig, "bo", 0, "absent 25 nov",
               "! Bo is away then already. Take that back first: `absent cancel 1`.");
    policy_rig_restart(NULL);
    rig_expect(rig, "ben", 0, "oncall payments tomorrow 9:00", "**payments**: cy, until");
    rig_expect(rig, "bo", 0, "absent cancel", "Bo took back:\n- 1: Bo is away from tomorrow 00:00 until");
    rig_expect(rig, "ben", 0, "oncall payments tomorrow 9:00", "**payments**: Bo, until");
}

static void an_absence_can_be_of_somebody_else(void **state)
{
    (void)state;
    policy_rig_begin(PAYMENTS);
    rig_person(rig, "bo", "Bo", NULL);
    rig_expect(rig, "ben", 0, "absent @bo friday 18:00 until monday 9:00",
               "1: Bo is away from Fri 27 Nov 18:00 until Mon 30 Nov 09:00\nTheir turns then:\n"
               "- **payments**: Ana María, from Fri 27 Nov 18:00 until Mon 30 Nov 09:00");
    does("ben", "absent 1 jan"); /* who is in no rotation */
    rig_expect(rig, "ben", 0, "absent cancel", "! Say which, as in `absent cancel 2`:");
    rig_expect(rig, "ana-maria", 0, "absent cancel", "! You are not away.");
    rig_expect(rig, "ana-maria", 0, "absent cancel 7", "! There is no absence 7.");
    rig_expect(rig, "ana-maria", 0, "absent cancel x", "! 'x' is not the number of an absence.");
    rig_expect(rig, "ana-maria", 0, "absent soon", "! I can't read 'soon' as days that exist.");
    rig_expect(rig, "ben", 0, "absent cancel 1", "Ben took back:\n- 1: Bo is away from Fri 27 Nov 18:00");
}

/* A cover by somebody who goes away does not hold, and one of somebody who is away has nothing to replace. */
static void covers_yield_to_absences(void **state)
{
    (void)state;
    policy_rig_begin(PAYMENTS);
    rig_person(rig, "bo", "Bo", NULL);
    does("ben", "cover @bo tomorrow 9-17");
    does("ben", "absent tomorrow 12-13");
    rig_expect(rig, "ben", 0, "oncall payments tomorrow 11:00",
               "**payments**: Ben, until tomorrow 12:00; then Bo");
    rig_expect(rig, "ben", 0, "oncall payments tomorrow 12:30",
               "**payments**: Bo, until tomorrow 13:00; then Ben");
    does("bo", "absent tomorrow");
    rig_expect(rig, "ben", 0, "oncall payments tomorrow 11:00",
               "**payments**: Ana María, until Wed 25 Nov 00:00; then Bo");
}

static void a_swap_is_offered_and_accepted(void **state)
{
    (void)state;
    policy_rig_begin(PAYMENTS);
    rig_person(rig, "bo", "Bo", NULL);
    rig_expect(rig, "ana-maria", 0, "swap with @bo",
               "Ana María offers to swap:\n- 1: Ana María, Mon 30 Nov 10:00 until Mon 7 Dec 10:00, for Bo, Mon "
               "7 Dec 10:00 until "
               "Mon 14 Dec 10:00, in payments");
    assert_int_equal(rig_sent(rig, "console post", "Type `swap yes 1` or `swap no 1`."), 1); /* to Bo */
    rig_expect(rig, "ben", 0, "oncall payments",
               "- from Mon 30 Nov 09:00: Ana María\n- from Mon 7 Dec 09:00: Bo");
    rig_expect(rig, "ana-maria", 0, "swap yes", "! Bo has to accept it");
    rig_expect(rig, "ben", 0, "swap yes 1", "! Nobody offers to swap with you now");
    policy_rig_restart(NULL);
    rig_expect(rig, "bo", 0, "swap", "- 1: Ana María, Mon 30 Nov 09:00 until Mon 7 Dec 09:00, for Bo");
    rig_expect(rig, "bo", 0, "swap yes", "Bo accepted the swap:\n- 1: Ana María");
    rig_expect(rig, "ben", 0, "oncall payments",
               "**payments**: Bo, until Mon 7 Dec 09:00; then Ana María\n"
               "- from Mon 7 Dec 09:00: Ana María\n- from Mon 21 Dec 09:00: Bo");
    rig_expect(rig, "bo", 0, "swap yes", "! Nobody offers to swap with you now");
}

/* Only whole turns are exchanged, whatever was agreed about them, and nobody takes one while they are away. */
static void a_swap_is_of_whole_shifts_that_both_can_take(void **state)
{
    (void)state;
    policy_rig_begin(PAYMENTS);
    rig_person(rig, "bo", "Bo", NULL);
    does("ana-maria", "swap with @bo");
    does("bo", "swap yes");
    rig_expect(rig, "bo", 0, "swap with ana",
               "- 2: Bo, Mon 30 Nov 09:00 until Mon 7 Dec 09:00, for Ana María, Mon 7 Dec 09:00 until Mon 14 "
               "Dec 09:00, in payments");
    does("bo", "swap no");
    does("ben", "cover @ana dec 8th 9-17");
    rig_expect(rig, "bo", 0, "swap with ana", "for Ana María, Mon 14 Dec 09:00 until Mon 21 Dec 09:00");
    does("ana-maria", "absent 2 dec");
    rig_expect(rig, "bo", 0, "swap yes", "! Ana María has to accept it");
    rig_expect(rig, "ana-maria", 0, "swap yes", "! Ana María is away at some time of it. `absent` lists when;");
    rig_expect(rig, "bo", 0, "swap with ana", "! Ana María is away at some time of it.");
    rig_expect(rig, "ana-maria", 0, "cover @bo 2 dec 9-17", "! Ana María is away at some time of it.");
}

static void a_swap_is_declined_withdrawn_or_over(void **state)
{
    (void)state;
    policy_rig_begin(PAYMENTS);
    rig_person(rig, "bo", "Bo", NULL);
    does("ana-maria", "swap with @bo");
    rig_expect(rig, "bo", 0, "swap no", "Bo declined the swap:");
    does("ana-maria", "swap @bo");
    rig_expect(rig, "ana-maria", 0, "swap no 2", "Ana María withdrew the swap:");
    does("ana-maria", "swap with @bo");
    does("ana-maria", "swap with @bo");
    rig_expect(rig, "bo", 0, "swap yes", "! Say which, as in `swap yes 4`:\n- 3: Ana María");
    does("ben", "cover @ana-maria dec 1st 9-17");
    rig_expect(rig, "bo", 0, "swap yes 3", "! The shifts have changed since.");
    assert_int_equal(rig_sent(rig, "console post", "accepted the swap"), 0);
    rig->now += 7 * DAY;
    rig_expect(rig, "bo", 0, "swap", "Nobody offers to swap with you");
}

static void what_cannot_be_swapped_is_said(void **state)
{
    (void)state;
    policy_rig_begin(PAYMENTS);
    rig_expect(rig, "ana-maria", 0, "swap with me", "! Name somebody else to swap with: `swap with @bo`.");
    rig_expect(rig, "ana-maria", 0, "swap with @ben",
               "! No rotation has a next shift of yours and one of Ben to swap.");
    rig_expect(rig, "ben", 0, "swap with @bo", "! No rotation has a next shift of yours");
    rig_expect(rig, "ben", 0, "swap with @zed", "! '@zed' matches nobody");
    rig_expect(rig, NULL, 0, "swap with @bo", "! I don't know who you are");
}

/* ---- calendars ---- */

/* The secret in the answer to a line. */
static char *secret_of(const char *person, const char *line)
{
    CLEANUP_FREE char *said = rig_line(rig, person, 0, line);
    const char *at = strstr(said, "https://tocsin.example/calendar/");
    assert_non_null(at);
    at = at ? at + strlen("https://tocsin.example/calendar/") : "";
    return xstrndup(at, strcspn(at, "."));
}

static bool reads(const char *secret, const char *wanted)
{
    CLEANUP_STR struct str out = {0};
    return oncall_calendar(rig->core, secret, rig->now, &out) && strstr(out.p, wanted);
}

static void a_calendar_is_read_by_its_secret_address(void **state)
{
    (void)state;
    policy_rig_begin(PAYMENTS);
    rig_person(rig, "bo", "Bo", NULL);
    rig_expect(rig, "ben", 0, "calendar",
               "! A calendar needs an address that it can be read from: set `public_url`");
    policy_rig_restart("https://tocsin.example");
    rig_expect(rig, "ben", 0, "calendar searhc", "! No rotation is called 'searhc'.");
    rig_expect(rig, NULL, 0, "calendar", "! I don't know who you are");
    CLEANUP_FREE char *payments = secret_of("ben", "calendar payments"),
                      *own = secret_of("ana-maria", "calendar");
    assert_true(reads(payments, "SUMMARY:Ana María\r\n") && reads(payments, "SUMMARY:Bo\r\n"));
    assert_true(reads(own, "SUMMARY:On call: payments\r\n") && !reads(own, "DTSTART:20261123T090000Z"));
    does("ana-maria", "cover @bo tomorrow 9-17");
    assert_true(reads(own, "DTSTART:20261124T080000Z\r\nDTEND:20261124T160000Z\r\nSUMMARY:On call: payments"));
    assert_false(reads("", "BEGIN") || reads("payments", "BEGIN"));
    policy_rig_restart("https://tocsin.example");
    assert_true(reads(own, "DTSTART:20261124T080000Z"));
    CLEANUP_FREE char *newer = secret_of("ana-maria", "calendar me");
    assert_true(reads(newer, "SUMMARY") && !reads(own, "BEGIN") && reads(payments, "SUMMARY"));
}

/* ---- pages ---- */

static void a_page_goes_to_whoever_is_on_call_now(void **state)
{
    (void)state;
    policy_rig_begin(
        "services { important = { 'checkout' } }\n" PEOPLE
        "rotation { name = 'product-responder', people = { 'ana', 'bo' }, start = '2026-11-16', zone = 'UTC' "
        "}\n");
    alert(0x51);
    assert_int_equal(rig_sent(rig, "console page", "\"user\":\"bo\""), 1);
    assert_int_equal(rig_sent(rig, "console page", "\"user\":\"ana\""), 0);
    rig_expect(rig, "ben", 1, "timeline", "the page goes to Bo by console");
    rig_expect(rig, "ben", 1, "decline a test", "declined");
    rig->now += 7 * DAY;
    alert(0x52);
    assert_int_equal(rig_sent(rig, "console page", "\"user\":\"ana\""), 1);
}

static void the_second_is_called_where_the_first_is_not_reached_and_then_the_team(void **state)
{
    (void)state;
    policy_rig_begin(
        "services { important = { 'checkout' } }\n" PEOPLE
        "rotation { name = 'pay', people = { 'ana', 'bo' }, at_once = 2, start = '2026-11-16', zone = 'UTC' }\n"
        "team { name = 'product-responder', rotation = 'pay', people = 'cy' }\n");
    rig->outcome = TOCSIN_REFUSED;
    rig->only = "console page";
    alert(0x51);
    assert_int_equal(rig_sent(rig, "console page", "\"user\":\"bo\""), 1);
    assert_int_equal(rig_sent(rig, "console page", "\"user\":\"ana\""), 1);
    assert_int_equal(rig_sent(rig, "console page", "\"user\":\"cy\""), 1);
    rig_expect(rig, "ben", 1, "timeline", "nobody is left to call for product-responder");
}

static void a_gap_is_said_where_somebody_looks(void **state)
{
    (void)state;
    policy_rig_begin("services { important = { 'checkout' } }\n" PEOPLE
                     "rotation { name = 'product-responder', people = { 'bo' }, start = '2026-11-16', hours = "
                     "'22:00-06:00', zone = 'UTC', "
                     "gaps = true }\n");
    alert(0x51);
    assert_int_equal(rig_sent(rig, "console page", ""), 1); /* everybody of the rotation */
    assert_true(rig_sent(rig, "console post: {\"channel\":\"general\"",
                         "nobody is on call for product-responder until Mon 23 Nov 22:00 UTC, then Bo") > 0);
}

/* ---- holidays from an address ---- */

static void holidays_that_cannot_be_read_are_said(void **state)
{
    (void)state;
    policy_rig_begin(
        PEOPLE "holidays { name = 'england', url = '" FEED_URL "' }\n"
               "rotation { name = 'shop', people = { 'bo' }, start = '2026-11-16', zone = 'UTC', holidays = "
               "'england', layers = { { people = 'ana', days = 'holidays' } } }\n"
               "rotation { name = 'other', people = { 'bo' }, start = '2026-11-16', zone = 'UTC' }\n");
    rig_expect(
        rig, "ben", 0, "oncall",
        "On call:\n- **shop**: Bo\n- **other**: Bo\n\n**Holidays england**: not read from calendars.example "
        "yet. Until they are, no day is one of them.");
    feed_says("{\"why\":\"it *answered* with status 500\"}", rig->now - HOUR);
    rig_expect(
        rig, "ben", 0, "oncall shop",
        "**shop**: Bo\n\n**Holidays england**: cannot be read from calendars.example since today 14:06: it "
        "\\*answered\\* with status 500. They never were, so no day is one of them.");
    feed_says("{\"days\":[20800]}", rig->now - 30 * MINUTE);
    rig_expect(rig, "ben", 0, "oncall", "On call:\n- **shop**: Bo\n- **other**: Bo");
    feed_says("{\"why\":\"it is larger than 256 KiB\"}", rig->now);
    CLEANUP_FREE char *said = rig_line(rig, "ben", 0, "oncall shop");
    assert_non_null(
        strstr(said, "since today 15:06: it is larger than 256 KiB. The days last read, today 14:36, hold."));
    CLEANUP_FREE char *other = rig_line(rig, "ben", 0, "oncall other");
    assert_null(strstr(other, "olidays"));
    assert_null(strstr(said, "secret"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(oncall_says_who_and_who_follows, tear_down),
        cmocka_unit_test_teardown(oncall_says_when_somebody_is, tear_down),
        cmocka_unit_test_teardown(somebody_of_the_policy_is_found_by_their_full_name, tear_down),
        cmocka_unit_test_teardown(what_oncall_cannot_read_is_said, tear_down),
        cmocka_unit_test_teardown(whoever_covers_is_on_call, tear_down),
        cmocka_unit_test_teardown(a_name_of_several_words_is_taken, tear_down),
        cmocka_unit_test_teardown(whoever_is_only_declared_gets_a_role, tear_down),
        cmocka_unit_test_teardown(a_cover_is_taken_back, tear_down),
        cmocka_unit_test_teardown(what_cannot_be_covered_is_said, tear_down),
        cmocka_unit_test_teardown(covers_are_there_after_a_restart, tear_down),
        cmocka_unit_test_teardown(whoever_is_away_is_passed_over, tear_down),
        cmocka_unit_test_teardown(an_absence_can_be_of_somebody_else, tear_down),
        cmocka_unit_test_teardown(covers_yield_to_absences, tear_down),
        cmocka_unit_test_teardown(a_swap_is_offered_and_accepted, tear_down),
        cmocka_unit_test_teardown(a_swap_is_of_whole_shifts_that_both_can_take, tear_down),
        cmocka_unit_test_teardown(a_swap_is_declined_withdrawn_or_over, tear_down),
        cmocka_unit_test_teardown(what_cannot_be_swapped_is_said, tear_down),
        cmocka_unit_test_teardown(a_calendar_is_read_by_its_secret_address, tear_down),
        cmocka_unit_test_teardown(a_page_goes_to_whoever_is_on_call_now, tear_down),
        cmocka_unit_test_teardown(the_second_is_called_where_the_first_is_not_reached_and_then_the_team,
                                  tear_down),
        cmocka_unit_test_teardown(a_gap_is_said_where_somebody_looks, tear_down),
        cmocka_unit_test_teardown(holidays_that_cannot_be_read_are_said, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
