#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/zone.h"
#include "command/parse.h"
#include "engine/state.h"
#include "fake_policy.h"

#define NOW ((instant)1795446382123) /* Mon 23 Nov 2026 15:06 UTC */

static const char *const severities[] = {"minor", "major", "critical", NULL};
static const char *const roles[] = {"lead", "comms", "scribe", NULL};

static const char *const customs[] = {"rollback", NULL};

static struct parse_context context(uint64_t here)
{
    return (struct parse_context){.now = NOW,
                                  .zone = "Europe/London",
                                  .here = here,
                                  .latest = 42,
                                  .severities = severities,
                                  .roles = roles,
                                  .customs = customs};
}

/* "INC-42 sev|major": the incident, the command, the arguments; a refusal is "! its text". */
static char *read_line(const char *text, uint64_t here)
{
    struct parse_context with = context(here);
    struct parsed parsed;
    struct error err;
    struct str out = {0};
    char name[INCIDENT_NAME];
    if (command_parse(text, &with, &parsed, &err)) {
        str_addf(&out, "! %s", err.text);
        for (size_t i = 0; i < parsed.offers.n; i++)
            str_addf(&out, " [%s]", parsed.offers.v[i]);
    } else {
        if (parsed.incident)
            str_addf(&out, "%s ", incident_name(parsed.incident, name));
        str_add(&out, parsed.row ? parsed.row->name : parsed.custom);
        for (size_t i = 0; i < COMMAND_ARGUMENTS; i++)
            str_addf(&out, parsed.arguments[i] ? "|%s" : "", parsed.arguments[i]);
        for (size_t i = 0; i < OPTION_COUNT; i++)
            str_addf(&out, parsed.options[i] ? "|%zu=%s" : "", i, parsed.options[i]);
        if (parsed.until) {
            CLEANUP_STR struct str when = {0};
            when_format(parsed.until, NOW, with.zone, &when);
            str_addf(&out, "|@%s", when.p);
        }
    }
    parsed_finish(&parsed);
    return str_take(&out);
}

struct expected {
    const char *text, *result;
};

static size_t compare(const struct expected *lines, size_t n, uint64_t here)
{
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++) {
        CLEANUP_FREE char *got = read_line(lines[i].text, here);
        if (strcmp(got, lines[i].result) == 0)
            continue;
        printf("%s\n  wanted %s\n  got    %s\n", lines[i].text, lines[i].result, got);
        wrong++;
    }
    return wrong;
}

/* However the dashes of an option were typed: it is taken, or the line is refused. Nothing of it becomes public. */
static void what_looks_like_an_option_is_never_a_title(void **state)
{
    (void)state;
    static const char *const private[] = {
        "declare payroll leak --private",    "declare payroll leak —private", "declare payroll leak –private",
        "declare payroll leak −−private",    "declare payroll leak -private", "declare payroll leak ‑‑Private",
        "declare －－private payroll leak",  "payroll leak ‐private",         "declare -private payroll leak",
        "declare \"payroll leak\" —private",
    };
    static const char *const refused[] = {
        "declare payroll leak — private",
        "declare payroll leak - private",
        "declare payroll leak -- private",
        "declare — private payroll leak",
        "payroll leak — private",
        "declare payroll leak — privat",
        "declare payroll leak −privat",
        "declare payroll leak *--private*",
        "declare payroll leak `--private`",
        "declare payroll leak \"--private\"",
        "declare payroll leak “--private”",
        "declare payroll leak --private.",
        "declare payroll leak (private)",
        "declare payroll leak [private]",
        "declare payroll leak /private",
        "declare payroll leak #private",
        "declare payroll leak private=yes",
        "declare payroll leak --secret",
        "declare payroll leak —secret",
        "declare \"payroll leak --private\"",
        "drill payroll leak --private",
        "drill payroll leak — private",
        "payroll leak - drill",
        "declare payroll leak – sev major",
        "declare payroll leak sev=major",
        "declare payroll leak -severity major",
        "declare -- private: payroll",
        "payroll leak -p",
        "rsync --delete removed the logs",
        "declare payroll leak \\--private",
        "declare payroll leak --private and more",
    };
    static const struct expected lines[] = {
        {"cart -- the team is on it", "declare|cart -- the team is on it"},
        {"cart — service down", "declare|cart — service down"},
        {"-9 degrees in the cold store", "declare|-9 degrees in the cold store"},
        {"declare \"kill -9 and --force\"", "declare|kill -9 and --force"},
        {"declare keys leaked -sev critical -team=pay", "declare|keys leaked|0=critical|1=pay"},
        {"declare \"a --drill b\" --sev major", "declare|a --drill b|0=major"},
        {"drill rsync --delete in the shop",
         "! Unknown option `--delete`. The options are --sev, --team, --service, --private, --drill, --link, "
         "--customer. If it belongs to the title, put the title in quotes: `declare \"… --delete …\"`. "
         "[declare --drill \"rsync --delete in the shop\"]"},
        {"declare --sev major a --force b",
         "! Unknown option `--force`. The options are --sev, --team, --service, --private, --drill, --link, "
         "--customer. If it belongs to the title, put the title in quotes: `declare \"… --force …\"`. "
         "[declare --sev \"major\" \"a --force b\"]"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(private); i++) {
        CLEANUP_FREE char *got = read_line(private[i], 0);
        assert_string_equal(got, "declare|payroll leak|3=");
    }
    for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
        CLEANUP_FREE char *got = read_line(refused[i], 0);
        if (*got != '!')
            fail_msg("%s\n  got %s", refused[i], got);
    }
    assert_int_equal(compare(lines, ARRAY_SIZE(lines), 0), 0);
}

/* What clients add around what was typed: emphasis, code, links, typographic hyphens and quotes, spaces that nobody sees. */
static void markup_around_a_command_is_taken_off(void **state)
{
    (void)state;
    static const struct expected lines[] = {
        {"*INC-1* sev major", "INC-1 sev|major"},
        {"**INC-1** sev major", "INC-1 sev|major"},
        {"_INC-1_ accept", "INC-1 accept"},
        {"*INC-1 sev major*", "INC-1 sev|major"},
        {"~INC-1~ *sev* `major`", "INC-1 sev|major"},
        {"`INC-1` sev _major_.", "INC-1 sev|major"},
        {"`INC-1 sev major`", "INC-1 sev|major"},
        {"```INC-1 sev major```", "INC-1 sev|major"},
        {"```\nINC-1 sev major\n```", "INC-1 sev|major"},
        {"```sh\nINC-1 sev major\n```", "INC-1 sev|major"},
        {"*`INC-1 accept`*", "INC-1 accept"},
        {"INC-1 sev major\n```", "INC-1 sev|major"}, /* the fence began before the prefix */
        {"`!inc INC-1 accept`", "INC-1 accept"},
        {"/inc INC-1 accept", "INC-1 accept"},
        {"INC‑1 accept", "INC-1 accept"},
        {"INC–1 accept", "INC-1 accept"},
        {"INC—1 accept", "INC-1 accept"},
        {"INC−1 accept", "INC-1 accept"},
        {"inc‐1 accept", "INC-1 accept"},
        {"accept INC－1", "INC-1 accept"},
        {"sev major *INC–1*", "INC-1 sev|major"},
        {"INC\u200d-1 accept", "INC-1 accept"},
        {"INC-\u200b1\u00a0accept", "INC-1 accept"},
        {"INC-1\u200c accept", "INC-1 accept"},
        {"“INC-1” accept", "INC-1 accept"},
        {"'INC-1' accept", "INC-1 accept"},
        {"<https://tocsin.example/i/1|INC-1> accept", "INC-1 accept"},
        {"[INC-1](https://tocsin.example/i/1) accept", "INC-1 accept"},
        {"*<https://tocsin.example/i/1|INC-1>*: accept", "INC-1 accept"},
        {"merge *INC-1* into <https://tocsin.example/i/7|INC–7>", "INC-1 merge|INC-7"},
        {"INC-1 service <http://api.shop.io|api.shop.io>", "INC-1 service|api.shop.io"},
        {"INC-1 service [api.shop.io](http://api.shop.io)", "INC-1 service|api.shop.io"},
        {"INC-1 service *payments*", "INC-1 service|payments"},
        {"INC-1 service `payments`", "INC-1 service|payments"},
        {"INC-1 service “card api”", "INC-1 service|card api"},
        {"INC-1 team pay‑ments", "INC-1 team|pay-ments"},
        {"INC-1 lead <mailto:ana@shop.io|ana@shop.io>", "INC-1 lead|ana@shop.io"},
        {"INC-1 lead *@ana*", "INC-1 lead|@ana"},
        {"INC-1 ticket <https://t.example/P-7|P-7>", "INC-1 ticket|https://t.example/P-7"},
        {"INC-1 ticket [P-7](https://t.example/P-7)", "INC-1 ticket|https://t.example/P-7"},
        {"INC-1 ticket <http://t.example/P-7|t.example/P-7>", "INC-1 ticket|http://t.example/P-7"},
        {"INC-1 note see [notes](https://t.example/notes)", "INC-1 note|see [notes](https://t.example/notes)"},
        {"<http://api.shop.io|api.shop.io> is down", "declare|api.shop.io is down"},
        {"declare --service <http://api.shop.io|api.shop.io> --team *pay* it is down",
         "declare|it is down|1=pay|2=api.shop.io"},
        {"mute <http://api.shop.io|api.shop.io> for 2h a deploy",
         "mute|api.shop.io|a deploy|for 2h|@today 17:06"},
        {"mute *checkout* for 2h a deploy", "mute|*checkout*|a deploy|for 2h|@today 17:06"},
        {"INC-1 note it is *very* slow", "INC-1 note|it is *very* slow"},
        {"INC-1 note see <https://x.example/1|the graph>", "INC-1 note|see <https://x.example/1|the graph>"},
        {"2 < 3 and a > b in [the shop]", "declare|2 < 3 and a > b in [the shop]"},
    };
    assert_int_equal(compare(lines, ARRAY_SIZE(lines), 0), 0);
}

static void lines_outside_of_an_incident(void **state)
{
    (void)state;
    static const struct expected lines[] = {
        {"checkout is slow", "declare|checkout is slow"},
        {"declare checkout is slow", "declare|checkout is slow"},
        {"Declare “Checkout is slow”", "declare|Checkout is slow"},
        {"declare checkout\xc2\xa0is slow ", "declare|checkout is slow"},
        {"declare --sev major --team payments cards refused", "declare|cards refused|0=major|1=payments"},
        {"cards refused --private --sev critical", "declare|cards refused|0=critical|3="},
        {"declare leak --privat", "! `--privat` is in the middle of the title, or is not an option. Put "
                                  "options before the title: `declare --private …`. [declare --private leak]"},
        {"data leaked --private at acme",
         "! `--private` is in the middle of the title, or is not an option. "
         "Put options before the title: `declare --private …`. [declare --private data leaked at acme]"},
        {"rolback", "! Unknown command 'rolback'. Did you mean `rollback`? To open an incident with that "
                    "title, type `declare rolback`. [rollback] [declare rolback]"},
        {"rolback it please",
         "! Unknown command 'rolback'. Did you mean `rollback it please`? To open an incident with that title, "
         "type `declare rolback it please`. [rollback it please] [declare rolback it please]"},
        {"INC-2 rollbck now",
         "! Unknown command 'rollbck'. Did you mean `INC-2 rollback now`? [INC-2 rollback now]"},
        {"INC-0 show", "! No incident INC-0. `list` shows the open ones."},
        {"INC--1 show", "! No incident INC--1. `list` shows the open ones."},
        {"inc-99999999999999999999 show",
         "! No incident INC-99999999999999999999. `list` shows the open ones."},
        {"accept INC-0", "! No incident INC-0. `list` shows the open ones."},
        {"relate INC-0", "! No incident INC-0. `list` shows the open ones."},
        {"note INC-0 is none", "! No incident INC-0. `list` shows the open ones."},
        {"INC-0x is slow", "declare|INC-0x is slow"},
        {"declare INC-0", "declare|INC-0"},
        {"INC-4 timeline 0", "! '0' is not a number of at least 1. Type `INC-4 timeline 50`."},
        {"INC-4 status bogus", "! Unknown status 'bogus'. Choose investigating, fixing, monitoring, resolved "
                               "or paused. Type `INC-4 status fixing`."},
        {"declare --bogus flag title",
         "! Unknown option `--bogus`. The options are --sev, --team, --service, --private, --drill, --link, "
         "--customer. If it belongs to the title, put the title in quotes: `declare \"… --bogus …\"`. "
         "[declare \"--bogus flag title\"]"},
        {"declare \"--bogus flag title\"", "declare|--bogus flag title"},
        {"broken -- really", "declare|broken -- really"},
        {"cards refused \xe2\x80\x94private", "declare|cards refused|3="},
        {"declare \"rsync --delete removed the logs\"", "declare|rsync --delete removed the logs"},
        {"42 errors in checkout", "declare|42 errors in checkout"},
        {"500s everywhere", "declare|500s everywhere"},
        {"Shop is down", "declare|Shop is down"},
        {"node is down", "declare|node is down"},
        {"none of our customers can log in", "declare|none of our customers can log in"},
        {"server sev is on fire", "declare|server sev is on fire"},
        {"lost orders in checkout", "declare|lost orders in checkout"},
        {"tiles missing on the map", "declare|tiles missing on the map"},
        {"teams notifications fail", "declare|teams notifications fail"},
        {"clone fails in CI", "declare|clone fails in CI"},
        {"services are down",
         "! `services` does not take 'down'. Type `services are`. [declare services are down]"},
        {"server is down", "declare|server is down"},
        {"Zahlungen schlagen fehl", "declare|Zahlungen schlagen fehl"},
        {"決済が遅い", "declare|決済が遅い"},
        {"way too many 500s", "declare|way too many 500s"},
        {"six users report a blank page", "declare|six users report a blank page"},
        {"INC-42 accept", "INC-42 accept"},
        {"inc-42: ACCEPT.", "INC-42 accept"},
        {"accept INC-42", "INC-42 accept"},
        {"accept inc 42", "INC-42 accept"},
        {"accept #42", "INC-42 accept"},
        {"Accept 42.", "INC-42 accept"},
        {"42 accept", "INC-42 accept"},
        {"ack 42", "INC-42 ack"},
        {"ack INC-42 on it", "INC-42 ack|on it"},
        {"INC-42", "INC-42 show"},
        {"42", "INC-42 show"},
        {"show 42", "INC-42 show"},
        {"sev 42 major", "INC-42 sev|major"},
        {"INC-42 severity MAJOR", "INC-42 sev|major"},
        {"decline 42 just a deploy", "INC-42 decline|just a deploy"},
        {"merge 42 into 7", "INC-42 merge|INC-7"},
        {"INC-42 merge INC-7", "INC-42 merge|INC-7"},
        {"INC-42 duplicate of 7", "INC-42 merge|INC-7"},
        {"merge INC-42 INC-7 same deploy", "INC-42 merge|INC-7|same deploy"},
        {"fixing 42", "INC-42 status|fixing"},
        {"INC-42 fix", "INC-42 status|fixing"},
        {"INC-42 status paused waiting for the bank, 2h", "INC-42 pause|waiting for the bank|2h|@today 17:06"},
        {"INC-42 scribe @ana", "INC-42 role|scribe|@ana"},
        {"INC-42 lead Ana María", "INC-42 lead|Ana María"},
        {"INC-42 link INC-7", "INC-42 relate|INC-7"},
        {"link INC-42 <https://wiki.example/a|wiki.example/a> runbook",
         "INC-42 link|https://wiki.example/a|runbook"},
        {"handover", "shift"},
        {"handover payments", "shift|payments"},
        {"INC-42 handover lead @ana", "INC-42 handover|lead|@ana"},
        {"link", "link-me"},
        {"link k7qm-3xpd", "link-me|k7qm-3xpd"},
        {"link undo", "link-me|undo"},
        {"rollback 1.4", "rollback|1.4"},
        {"sev major INC-5", "INC-5 sev|major"},
        {"scribe @ana inc 5", "INC-5 role|scribe|@ana"},
        {"lead Ana María INC-5.", "INC-5 lead|Ana María"},
        {"cards refused --sev=major --service='card api'", "declare|cards refused|0=major|2=card api"},
        {"--Team=pay --private cards refused", "declare|cards refused|1=pay|3="},
        {"declare leak --private=no",
         "! `--private` is in the middle of the title, or is not an option. Put "
         "options before the title: `declare --private …`. [declare --private leak]"},
        {"INC-42 rollback", "INC-42 rollback"},
        {"", "help"},
        {"   ", "help"},
        {"?", "help"},
        {"help pause", "help|pause"},
        {"list all", "list|all"},
        {"search card refused", "search|card refused"},
        {"timeline 42",
         "! Say which incident: `INC-42 timeline 42`. `list` shows the open ones. [declare timeline 42]"},
        {"timeline INC-42 50", "INC-42 timeline|50"},
        {"error INC-42 2", "INC-42 error|2"},
        {"INC-42 error", "INC-42 error"},
        {"inc-42 stacktrace 3", "INC-42 error|3"},
        {"error rate of checkout is high", "! 'rate' is not a number of at least 1. Type `INC-42 error 2`. "
                                           "[declare error rate of checkout is high]"},
        {"errors in checkout", "declare|errors in checkout"},
        {"mute checkout* for 2h a noisy deploy", "mute|checkout*|a noisy deploy|for 2h|@today 17:06"},
        {"mute \"checkout is*\" a noisy deploy until tomorrow",
         "mute|checkout is*|a noisy deploy|until tomorrow|@tomorrow 09:00"},
        {"tz Europe/London.", "tz|Europe/London"},
        {"why mute checkout*", "why|mute checkout*"},
        {"INC-42 note \xe2\x80\xae"
         "revert\xe2\x80\xac now",
         "INC-42 note|revert now"},
        {"ac\xe2\x80\x8b"
         "cept 42",
         "INC-42 accept"},
        {"`accept` 42", "INC-42 accept"},
    };
    assert_int_equal(compare(lines, ARRAY_SIZE(lines), 0), 0);
}

static void lines_in_an_incidents_channel(void **state)
{
    (void)state;
    static const struct expected lines[] = {
        {"accept", "INC-9 accept"},
        {"Accept.", "INC-9 accept"},
        {"accept INC-42", "INC-42 accept"},
        {"resolve", "INC-9 resolve"},
        {"resolve rolled back to 1.4", "INC-9 resolve|rolled back to 1.4"},
        {"resolve 42", "INC-42 resolve"},
        {"decline 42 errors were expected", "INC-9 decline|42 errors were expected"},
        {"note 42 carts were lost", "INC-9 note|42 carts were lost"},
        {"note INC-42 has the same cause", "INC-42 note|has the same cause"},
        {"note \"INC-42 has the same cause\"", "INC-9 note|INC-42 has the same cause"},
        {"note one\ntwo", "INC-9 note|one\ntwo"},
        {"note as in INC-5", "INC-9 note|as in INC-5"},
        {"sev major INC-5", "INC-5 sev|major"},
        {"merge 7", "INC-9 merge|INC-7"},
        {"merge into INC-7.", "INC-9 merge|INC-7"},
        {"relate INC-7", "INC-9 relate|INC-7"},
        {"lead me", "INC-9 lead|me"},
        {"lead", "INC-9 lead"},
        {"sev Critical.", "INC-9 sev|critical"},
        {"status", "INC-9 status"},
        {"status fixing rolled back", "INC-9 status|fixing|rolled back"},
        {"similar", "INC-9 similar"},
        {"why", "INC-9 why"},
        {"private off", "INC-9 private|off"},
        {"timeline 50", "INC-9 timeline|50"},
        {"ticket https://tracker.example/PAY-7.", "INC-9 ticket|https://tracker.example/PAY-7"},
        {"the database is full", "declare|the database is full"},
        {"title ‘Cards are refused’", "INC-9 title|Cards are refused"},
        {"update rolling back, 5 minutes", "INC-9 update|rolling back, 5 minutes"},
    };
    assert_int_equal(compare(lines, ARRAY_SIZE(lines), 9), 0);
}

static void a_pause_takes_its_time_anywhere(void **state)
{
    (void)state;
    static const struct expected lines[] = {
        {"pause waiting for the bank until tomorrow 9:00",
         "INC-9 pause|waiting for the bank|until tomorrow 9:00|@tomorrow 09:00"},
        {"pause for 2h waiting for bank", "INC-9 pause|waiting for bank|for 2h|@today 17:06"},
        {"pause waiting for customer, 2h", "INC-9 pause|waiting for customer|2h|@today 17:06"},
        {"pause 2h: waiting for customer", "INC-9 pause|waiting for customer|2h:|@today 17:06"},
        {"pause until 17:00 overnight job must end",
         "INC-9 pause|overnight job must end|until 17:00|@today 17:00"},
        {"pause overnight until 9am.", "INC-9 pause|overnight|until 9am.|@tomorrow 09:00"},
        {"Pause “waiting for the bank” until monday 10:30",
         "INC-9 pause|waiting for the bank|until monday 10:30|@Mon 30 Nov 10:30"},
        {"pause waiting until tomorrow for the bank",
         "INC-9 pause|waiting for the bank|until tomorrow|@tomorrow 09:00"},
        {"snooze waiting for a release tonight", "INC-9 pause|waiting for a release|tonight|@today 20:00"},
        {"INC-42 pause waiting for the vendor for 1h30m",
         "INC-42 pause|waiting for the vendor|for 1h30m|@today 16:36"},
        {"pause",
         "! Say why it has to wait, and until when: `INC-9 pause waiting for the bank until tomorrow 9:00`."},
        {"pause bank until 2026-02-30 09:00",
         "! 'until 2026-02-30 09:00' does not exist, or is not on that day of the week. Try `tomorrow "
         "9:00` or `in 2h`. [declare pause bank until 2026-02-30 09:00]"},
        {"pause bank until 12/24 9:00", "! I can't read 'until 12/24 9:00' as a time in the future. Try `until "
                                        "tomorrow 9:00` or `for 2h`. [declare pause bank until 12/24 9:00]"},
        {"pause bank for -2h", "! I can't read 'for -2h' as a time in the future. Try `until tomorrow 9:00` or "
                               "`for 2h`. [declare pause bank for -2h]"},
        {"pause bank until tomorrow 9:00 UTC", "INC-9 pause|bank|until tomorrow 9:00 UTC|@tomorrow 09:00"},
        {"pause bank until 2026-11-25T09:00:00+05:30",
         "INC-9 pause|bank|until 2026-11-25T09:00:00+05:30|@Wed 25 Nov 03:30"},
        {"pause waiting for the bank for half an hour",
         "INC-9 pause|waiting for the bank|for half an hour|@today 15:36"},
        {"pause until end of day the bank", "INC-9 pause|the bank|until end of day|@today 18:00"},
        {"pause until 9:00 eat lunch first", "INC-9 pause|eat lunch first|until 9:00|@tomorrow 09:00"},
        {"pause bank until 9:00 CET",
         "! 'CET' in 'until 9:00 CET' can mean several time zones. Leave it out to use your own, or write UTC, "
         "an offset such as 9:00 +01:00, or a name such as Europe/Paris. [declare pause bank until 9:00 CET]"},
        {"pause waiting until 9:00 PST for the bank",
         "! 'PST' in 'until 9:00 PST' can mean several time zones. Leave it out to use your own, or write UTC, "
         "an offset such as 9:00 +01:00, or a name such as Europe/Paris. [declare pause waiting until 9:00 "
         "PST for the bank]"},
        {"pause bank until 2099-01-01 09:00",
         "! 'until 2099-01-01 09:00' is more than 366 days away. Try `tomorrow 9:00` or `in 2h`. "
         "[declare pause bank until 2099-01-01 09:00]"},
        {"pause bank for 400d",
         "! '400d' is too long; at most 366 days are possible. [declare pause bank for 400d]"},
        {"pause x until yesterday", "! I can't read 'until yesterday' as a time in the future. Try `until "
                                    "tomorrow 9:00` or `for 2h`. [declare pause x until yesterday]"},
        {"pause waiting for the bank", "! Say until when: `INC-9 pause waiting for the bank until tomorrow "
                                       "9:00`. [declare pause waiting for the bank]"},
        {"pause until tomorrow", "! Say why it has to wait: `INC-9 pause waiting for the bank until tomorrow`. "
                                 "[declare pause until tomorrow]"},
    };
    assert_int_equal(compare(lines, ARRAY_SIZE(lines), 9), 0);
}

/* What is left of a time never makes the rest of it another time. */
static void a_time_is_understood_whole_or_not_at_all(void **state)
{
    (void)state;
    static const struct expected understood[] = {
        {"pause waiting until dec 1st 9:00", "INC-9 pause|waiting|until dec 1st 9:00|@Tue 1 Dec 09:00"},
        {"pause waiting until 1st of December 9:00",
         "INC-9 pause|waiting|until 1st of December 9:00|@Tue 1 Dec 09:00"},
        {"pause waiting until the 2nd dec. at 10pm",
         "INC-9 pause|waiting|until the 2nd dec. at 10pm|@Wed 2 Dec 22:00"},
        {"pause until Sept 3, 2027 9:00 waiting",
         "INC-9 pause|waiting|until Sept 3, 2027 9:00|@Fri 3 Sep 2027 09:00"},
        {"pause waiting until Thurs 9:00", "INC-9 pause|waiting|until Thurs 9:00|@Thu 26 Nov 09:00"},
        {"pause waiting until 01.12.2026 9:00", "INC-9 pause|waiting|until 01.12.2026 9:00|@Tue 1 Dec 09:00"},
        {"pause waiting until 2026/12/01 9:00", "INC-9 pause|waiting|until 2026/12/01 9:00|@Tue 1 Dec 09:00"},
        {"pause waiting for release 42 until tomorrow",
         "INC-9 pause|waiting for release 42|until tomorrow|@tomorrow 09:00"},
        {"pause until tomorrow separate teams decide",
         "INC-9 pause|separate teams decide|until tomorrow|@tomorrow 09:00"},
        {"pause for 2h waiting time is over", "INC-9 pause|waiting time is over|for 2h|@today 17:06"},
        {"pause until the vendor answers, 2h", "INC-9 pause|until the vendor answers|2h|@today 17:06"},
        {"pause the bank opens on monday for 2h", "INC-9 pause|the bank opens on monday|for 2h|@today 17:06"},
        {"pause until 9:00, Paris opens", "INC-9 pause|Paris opens|until 9:00,|@tomorrow 09:00"},
        {"pause until tomorrow Paris opens", "INC-9 pause|Paris opens|until tomorrow|@tomorrow 09:00"},
        {"pause until 9:00 male staff is away", "INC-9 pause|male staff is away|until 9:00|@tomorrow 09:00"},
        {"pause until the vendor answers for 2h", "INC-9 pause|until the vendor answers|for 2h|@today 17:06"},
        {"pause waiting in 2 data centers until 9:00",
         "INC-9 pause|waiting in 2 data centers|until 9:00|@tomorrow 09:00"},
        {"pause waiting for 2h until 9:00",
         "! 'for 2h' and 'until 9:00' are two times. Say one of them. [declare "
         "pause waiting for 2h until 9:00]"},
        {"pause bank until 9:00 New York", "! '9:00 New York' can mean the zone America/New_York. Write that "
                                           "name after the time, or a comma before "
                                           "the reason. "
                                           "[declare pause bank until 9:00 New York]"},
        {"pause until 9:00 marketing is asleep", "INC-9 pause|marketing is asleep|until 9:00|@tomorrow 09:00"},
    };
    static const char *const refused[] = {
        "pause waiting until nov 31 9:00",       "pause waiting until 31 november",
        "pause until feb 30th waiting",          "pause waiting until wed 24 nov 9:00",
        "pause waiting until 9:00 PT",           "pause waiting until 9:00 ET",
        "pause waiting until 9:00 pt",           "pause until 9:00 CT waiting",
        "pause waiting until 9:00 Pacific time", "pause waiting until 9:00 London time",
        "pause waiting until 9:00 local",        "pause waiting until 9 tomorrow",
        "pause waiting until 1 dec 26 9:00",     "pause waiting until 12/1 9:00",
        "pause waiting until 1.12. 9:00",        "pause waiting until the 1st 9:00",
        "pause waiting until first of dec 9:00", "pause waiting until dec 1st or 2nd 9:00",
        "pause waiting between 9:00 and 10:00",  "pause waiting for 1 hour and 30 minutes",
        "pause waiting for 2 to 3 hours",        "pause waiting for 2 or 3h",
        "pause waiting until next month 9:00",   "pause waiting until week 49 monday 9:00",
        "pause until 9:00 the 1st waiting",      "pause waiting until 9:00 on the 1st",
        "pause waiting until 9:00 dec",          "pause waiting until yesterday 9:00",
        "pause waiting until half past 9:00",    "pause waiting before 9:00",
        "pause waiting until dec 9:00",          "pause until december 1st, 9 o'clock waiting for it",
        "pause waiting for an hour and a half",  "pause waiting until a week from monday",
        "pause waiting until easter monday",     "pause waiting until about 9:00",
        "pause waiting for 2h or maybe 3h",      "pause waiting for 2h until 9:00",
        "pause until 9:00 for 2h waiting",       "pause waiting in 30 min or in 2 hours",
        "pause waiting until 9:00 Paris",        "pause waiting until 9:00 berlin",
        "pause until 9:00 New York waiting",     "pause waiting until tomorrow 9am London, please",
    };
    assert_int_equal(compare(understood, ARRAY_SIZE(understood), 9), 0);
    for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
        CLEANUP_FREE char *got = read_line(refused[i], 9);
        if (*got != '!')
            fail_msg("%s\n  got %s", refused[i], got);
    }
}

static void slips_are_offered_not_declared(void **state)
{
    (void)state;
    static const struct expected lines[] = {
        {"acept", "! Unknown command 'acept'. Did you mean `accept`? To open an incident with that title, type "
                  "`declare acept`. [accept] [declare acept]"},
        {"delcine INC-4", "! Unknown command 'delcine'. Did you mean `decline INC-4`? To open an incident with "
                          "that title, type `declare delcine INC-4`. [decline INC-4] [declare delcine INC-4]"},
        {"reslove 42", "! Unknown command 'reslove'. Did you mean `resolve 42`? To open an incident with that "
                       "title, type `declare reslove 42`. [resolve 42] [declare reslove 42]"},
        {"declrae checkout is slow", "! Unknown command 'declrae'. Did you mean `declare checkout is slow`? To "
                                     "open an incident with that title, type `declare declrae checkout is "
                                     "slow`. [declare checkout is slow] [declare declrae checkout is slow]"},
        {"sevv major", "! Unknown command 'sevv'. Did you mean `sev major`? To open an incident with that "
                       "title, type `declare sevv major`. [sev major] [declare sevv major]"},
        {"INC-4 acept it", "! Unknown command 'acept'. Did you mean `INC-4 accept it`? [INC-4 accept it]"},
        {"INC-4 frobnicate", "! Unknown command 'frobnicate'. To write it down, type `INC-4 note frobnicate`. "
                             "`help` lists all commands."},
        {"serach card refused",
         "! Unknown command 'serach'. Did you mean `search card refused`? To open an incident with that title, "
         "type `declare serach card refused`. [search card refused] [declare serach card refused]"},
        {"foo INC-4", "! Unknown command 'foo'. The nearest is `todo INC-4`. To open an incident with that "
                      "title, type `declare foo INC-4`. [todo INC-4] [declare foo INC-4]"},
        {"Rsolvd inc 4", "! Unknown command 'rsolvd'. The nearest is `resolve inc 4`. To open an incident with "
                         "that title, type `declare Rsolvd inc 4`. [resolve inc 4] [declare Rsolvd inc 4]"},
        {"frobnicate inc-4 a lot",
         "! Unknown command 'frobnicate'. `help` lists all commands. To open an incident with that title, type "
         "`declare frobnicate inc-4 a lot`. [help] [declare frobnicate inc-4 a lot]"},
        {"assing ana INC-4",
         "! Unknown command 'assing'. The nearest is `assign ana INC-4`. To open an incident with that title, "
         "type `declare assing ana INC-4`. [assign ana INC-4] [declare assing ana INC-4]"},
        {"errors again as in INC-4", "declare|errors again as in INC-4"},
        {"bug #42 is back", "declare|bug #42 is back"},
        {"incoherent mail is lost", "declare|incoherent mail is lost"},
        {"incoming mail is lost", "incoming|mail is lost"},
    };
    assert_int_equal(compare(lines, ARRAY_SIZE(lines), 0), 0);
    static const struct expected here[] = {
        {"notr rolled back",
         "! Unknown command 'notr'. Did you mean `note rolled back`? To open an incident with that title, type "
         "`declare notr rolled back`. [note rolled back] [declare notr rolled back]"},
    };
    assert_int_equal(compare(here, ARRAY_SIZE(here), 9), 0);
}

static void a_refusal_gives_the_line_to_type(void **state)
{
    (void)state;
    static const struct expected lines[] = {
        {"declare", "! Say what is wrong: `declare checkout is slow`."},
        {"accept", "! Say which incident: `INC-42 accept`. `list` shows the open ones."},
        {"close button is broken",
         "! Say which incident: `INC-42 close button is broken`. `list` shows the open ones. "
         "[declare close button is broken]"},
        {"INC-7 sev", "! Say how bad it is: `INC-7 sev major`."},
        {"INC-7 sev mjor", "! Unknown severity 'mjor'. Choose minor, major or critical. Did you mean `INC-7 "
                           "sev major`? [INC-7 sev major]"},
        {"status page is down", "! Unknown status 'page'. Choose investigating, fixing, monitoring, resolved "
                                "or paused. Type `INC-42 status fixing`. [declare status page is down]"},
        {"INC-7 attach PAY-7", "! 'PAY-7' is not a link (https://…). Type `INC-7 attach "
                               "https://acme.example/tickets/17`."},
        {"INC-7 ticket", "! Say where it continues: `INC-7 ticket https://tracker.example/PAY-7`."},
        {"INC-7 merge", "! Say which incident to merge into: `INC-7 merge INC-41`."},
        {"merge INC-42",
         "! Say which incident: `INC-43 merge INC-42`. `list` shows the open ones. [declare merge "
         "INC-42]"},
        {"note disk is full INC-5",
         "! Say which incident: `INC-5 note disk is full`. `list` shows the open ones. "
         "[declare note disk is full INC-5]"},
        {"sev mjor INC-5", "! Unknown severity 'mjor'. Choose minor, major or critical. Did you mean `INC-5 "
                           "sev major`? [INC-5 sev major] [declare sev mjor INC-5]"},
        {"thanks!", "! 'thanks!' does not look like a title. To open an incident anyway, type `declare "
                    "thanks!`. `help` lists all commands."},
        {"...", "! '\\...' does not look like a title. To open an incident anyway, type `declare ...`. `help` "
                "lists all commands."},
        {"who is on call?",
         "! Is that a question? `help` shows what I can do, and `list` shows what is open. To open an incident "
         "with that title, type `declare who is on call?`. [declare who is on call?] [help]"},
        {"What can you do",
         "! Is that a question? `help` shows what I can do, and `list` shows what is open. To open an incident "
         "with that title, type `declare What can you do`. [declare What can you do] [help]"},
        {"checkout is slow? ",
         "! Is that a question? `help` shows what I can do, and `list` shows what is open. To open an incident "
         "with that title, type `declare checkout is slow?`. [declare checkout is slow?] [help]"},
        {"https://x.example/y?a=1", "! A link alone is not a title. Add what is wrong: `declare --link "
                                    "https://x.example/y?a=1 …`. `help` shows what I can do. [help]"},
        {"mute for 2h",
         "! 'for' is not an alert group. Type `mute checkout* a noisy deploy for 2h`. [declare mute for 2h]"},
        {"INC-7 join now", "! `join` does not take 'now'. Type `INC-7 join`."},
    };
    assert_int_equal(compare(lines, ARRAY_SIZE(lines), 0), 0);
}

static void prefixes_are_taken_off(void **state)
{
    (void)state;
    assert_string_equal(command_prefixed("/inc accept"), "accept");
    assert_string_equal(command_prefixed("!INC  accept"), "accept");
    assert_string_equal(command_prefixed("inc\taccept"), "accept");
    assert_string_equal(command_prefixed("/incident"), "");
    assert_string_equal(command_prefixed("`!inc` accept"), "accept");
    assert_string_equal(command_prefixed("*/inc INC-1 accept*"), "INC-1 accept*");
    assert_string_equal(command_prefixed("```\n!inc accept\n```"), "accept\n```");
    assert_string_equal(command_prefixed("!inc\u00a0accept"), "accept");
    assert_null(command_prefixed("*increase* the limit"));
    assert_null(command_prefixed("INC-42 is odd"));
    assert_null(command_prefixed("incident reports are late"));
    assert_null(command_prefixed("increase the limit"));
}

static void a_line_that_is_too_long_is_refused(void **state)
{
    (void)state;
    CLEANUP_FREE char *text = xcalloc(1, COMMAND_BYTES + 10);
    memset(text, 'x', COMMAND_BYTES + 1);
    struct parse_context with = context(0);
    struct parsed parsed;
    assert_int_equal(command_parse(text, &with, &parsed, NULL), ERR_TOO_BIG);
    parsed_finish(&parsed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_looks_like_an_option_is_never_a_title),
        cmocka_unit_test(markup_around_a_command_is_taken_off),
        cmocka_unit_test(lines_outside_of_an_incident),
        cmocka_unit_test(lines_in_an_incidents_channel),
        cmocka_unit_test(a_pause_takes_its_time_anywhere),
        cmocka_unit_test(a_time_is_understood_whole_or_not_at_all),
        cmocka_unit_test(slips_are_offered_not_declared),
        cmocka_unit_test(a_refusal_gives_the_line_to_type),
        cmocka_unit_test(prefixes_are_taken_off),
        cmocka_unit_test(a_line_that_is_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
