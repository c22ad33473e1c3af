#include "command/table.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "command/handlers.h"

#define WHY_TEXT(ask_)                                                                                         \
    {                                                                                                          \
        .name = "reason", .kind = ARGUMENT_TEXT, .optional = true, .ask = ask_                                 \
    }
#define PERSON(optional_)                                                                                      \
    {                                                                                                          \
        .name = "person", .kind = ARGUMENT_PERSON, .optional = optional_, .ask = "who", .sample = "me"         \
    }

static const struct command_row rows[] = {
    {
        .name = "declare",
        .aliases = "raise",
        .area = AREA_LIFE,
        .writes = true,
        .arguments = {{"title", ARGUMENT_TEXT, false, "what is wrong", "checkout is slow"}},
        .help = "Open an incident. A title is all it needs.",
        .example = "declare checkout is slow",
        .more = "You can leave the word out: `checkout is slow` declares, unless the line begins with a "
                "command or looks like a question. These options can stand before or after the title: `--sev "
                "major`, `--team payments`, `--service checkout`, `--link https://…`, `--customer acme`, "
                "`--private`, `--drill`. You can also set all of them later.",
        .run = run_declare,
    },
    {
        .name = "accept",
        .aliases = "ack acknowledge take",
        .area = AREA_LIFE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {WHY_TEXT("what you think")},
        .help = "Accept an incident in triage: it is worth a look.",
        .example = "accept",
        .more = "Accepting means that it is worth looking into, not that you will fix it now.",
        .run = run_move,
    },
    {
        .name = "decline",
        .aliases = "dismiss",
        .area = AREA_LIFE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {WHY_TEXT("why it is not a problem")},
        .help = "Decline the incident: it is not a problem. It ends, and does not count in the metrics.",
        .example = "decline a blip during the deploy",
        .run = run_move,
    },
    {
        .name = "merge",
        .aliases = "duplicate dupe dup",
        .area = AREA_LIFE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"incident", ARGUMENT_INCIDENT, false, "which incident to merge into", "INC-7"},
                      {"reason", ARGUMENT_TEXT, true, "why", NULL}},
        .help =
            "Merge the incident into another one, which takes over its alerts, channels, people and customers.",
        .example = "merge INC-7",
        .more = "`merge 42 into 7` names both incidents.",
        .run = run_merge,
    },
    {
        .name = "sev",
        .form = "Severity of",
        .aliases = "severity",
        .area = AREA_LIFE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"severity", ARGUMENT_SEVERITY, false, "how bad it is", "major"}},
        .help = "Set the severity: how bad it is.",
        .example = "sev major",
        .more = "What is owed follows from the severity: a comms lead, updates, a write-up.",
        .run = run_severity,
    },
    {
        .name = "status",
        .aliases = "",
        .area = AREA_LIFE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"status", ARGUMENT_STATUS, true, "which status", "fixing"},
                      {"text", ARGUMENT_TEXT, true, "what was done", NULL}},
        .help =
            "Move the incident to investigating, fixing or monitoring. Without a status, show where it stands.",
        .example = "status fixing",
        .more = "`investigating`, `fixing` and `monitoring` work as commands of their own, and so do "
                "`investigate`, `fix` and `monitor`.",
        .run = run_status,
    },
    {
        .name = "pause",
        .aliases = "snooze hold",
        .area = AREA_LIFE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"reason", ARGUMENT_TEXT, false, "why it has to wait", "waiting for the bank"},
                      {"when", ARGUMENT_WHEN, false, "until when", "until tomorrow 9:00"}},
        .help = "Pause the incident, for a reason and until a time.",
        .example = "pause waiting for the bank until tomorrow 9:00",
        .more = "The time can stand before or after the reason: `pause for 2h waiting for a customer`. It is "
                "in your time zone (see `tz`). When it comes, the incident resumes and you are told. Anybody "
                "can `dissent`.",
        .run = run_pause,
    },
    {
        .name = "resume",
        .aliases = "unpause unsnooze",
        .area = AREA_LIFE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {WHY_TEXT("why now")},
        .help = "Resume a paused incident, or take one back from its ticket.",
        .example = "resume",
        .run = run_move,
    },
    {
        .name = "ticket",
        .aliases = "",
        .area = AREA_LIFE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"link", ARGUMENT_LINK, false, "where it continues", "https://tracker.example/PAY-7"},
                      {"text", ARGUMENT_TEXT, true, "why", NULL}},
        .help = "Continue in a ticket. The incident ends here, with a link to the ticket.",
        .example = "ticket https://tracker.example/PAY-7",
        .run = run_ticket,
    },
    {
        .name = "dissent",
        .aliases = "disagree object",
        .area = AREA_LIFE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"reason", ARGUMENT_TEXT, false, "why you disagree", "customers see it now"}},
        .help = "Disagree with a pause or a decline. The incident is investigated again, and somebody is asked "
                "to own it.",
        .example = "dissent customers see it now",
        .run = run_move,
    },
    {
        .name = "resolve",
        .aliases = "resolved solved",
        .area = AREA_LIFE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"text", ARGUMENT_TEXT, true, "what fixed it", NULL}},
        .help = "Resolve the incident. Say what fixed it, to help whoever meets the problem next.",
        .example = "resolve rolled back to 1.4",
        .more = "`similar` shows that text when a similar problem comes up.",
        .run = run_move,
    },
    {
        .name = "reopen",
        .aliases = "undecline",
        .area = AREA_LIFE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {WHY_TEXT("why")},
        .help = "Reopen the incident: it is not over.",
        .example = "reopen it is back",
        .run = run_move,
    },
    {
        .name = "close",
        .aliases = "closed",
        .area = AREA_LIFE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {WHY_TEXT("why")},
        .help = "Close the incident: nothing is left to do.",
        .example = "close",
        .run = run_move,
    },
    {
        .name = "drill",
        .aliases = "exercise",
        .area = AREA_LIFE,
        .about = ABOUT_PERHAPS,
        .writes = true,
        .arguments = {{"title, on or off", ARGUMENT_TEXT, true, "what to practise", "checkout is slow"}},
        .help = "Declare an incident for practice, which does not count in the metrics. `on` and `off` change "
                "an existing one.",
        .example = "drill checkout is slow",
        .run = run_drill,
    },
    {
        .name = "private",
        .aliases = "restrict",
        .area = AREA_LIFE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"on or off", ARGUMENT_SWITCH, true, "on or off", "on"}},
        .help = "Show the incident to its members only. `off` shows it to everybody.",
        .example = "private",
        .more = "For people who are not members, a private incident does not exist; `invite` adds somebody. "
                "Its public channels fall silent, and members continue in a private channel.",
        .run = run_private,
    },
    {
        .name = "lead",
        .form = "Lead of",
        .aliases = "leader commander",
        .area = AREA_PEOPLE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {PERSON(true)},
        .help = "Set who leads: `me`, a person, or `nobody`. Without a person, show who leads.",
        .example = "lead me",
        .run = run_role,
    },
    {
        .name = "comms",
        .form = "Comms lead of",
        .aliases = "communications",
        .area = AREA_PEOPLE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {PERSON(true)},
        .help = "Set the comms lead, who informs customers and the rest of the company.",
        .example = "comms @ana",
        .run = run_role,
    },
    {
        .name = "role",
        .aliases = "assign",
        .area = AREA_PEOPLE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"role", ARGUMENT_ROLE, false, "which role", "lead"}, PERSON(true)},
        .help = "Give a role to a person, or to `nobody`.",
        .example = "role comms @ana",
        .more = "The name of a role is a command, too: `scribe @ana`.",
        .run = run_role,
    },
    {
        .name = "join",
        .aliases = "",
        .area = AREA_PEOPLE,
        .about = ABOUT_INCIDENT,
        .may = MAY_PERSON,
        .writes = true,
        .help = "Join the incident, and catch up on what is known, done and owed.",
        .example = "join",
        .run = run_join,
    },
    {
        .name = "leave",
        .aliases = "",
        .area = AREA_PEOPLE,
        .about = ABOUT_INCIDENT,
        .may = MAY_PERSON,
        .writes = true,
        .help = "Leave the incident.",
        .example = "leave",
        .run = run_leave,
    },
    {
        .name = "invite",
        .aliases = "",
        .area = AREA_PEOPLE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"person", ARGUMENT_PERSON, false, "who", "@ana"}},
        .help = "Add a person to the incident and its channels.",
        .example = "invite @ana",
        .run = run_invite,
    },
    {
        .name = "team",
        .aliases = "",
        .area = AREA_PEOPLE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"team", ARGUMENT_WORD, false, "which team", "payments"}},
        .help = "Set the team that owns the incident.",
        .example = "team payments",
        .run = run_label,
    },
    {
        .name = "service",
        .aliases = "",
        .area = AREA_WORDS,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"service", ARGUMENT_WORD, false, "which service", "checkout"}},
        .help = "Set the affected service.",
        .example = "service checkout",
        .run = run_label,
    },
    {
        .name = "title",
        .aliases = "rename",
        .area = AREA_WORDS,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"title", ARGUMENT_TEXT, false, "what to call it", "checkout is slow"}},
        .help = "Change the title.",
        .example = "title cards are refused",
        .run = run_title,
    },
    {
        .name = "summary",
        .aliases = "summarize summarise",
        .area = AREA_WORDS,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"text", ARGUMENT_TEXT, true, "what is known", "cards have been refused since 9:00"}},
        .help = "Write what is known, in a sentence or two. Without a text, show the summary.",
        .example = "summary cards have been refused since 9:00",
        .run = run_summary,
    },
    {
        .name = "note",
        .aliases = "comment",
        .area = AREA_WORDS,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"text", ARGUMENT_TEXT, false, "what to note", "rolled back to 1.4"}},
        .help = "Add a note to the timeline.",
        .example = "note rolled back to 1.4",
        .run = run_note,
    },
    {
        .name = "pin",
        .aliases = "",
        .area = AREA_WORDS,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"text", ARGUMENT_TEXT, false, "what to pin", "it began with the deploy"}},
        .help = "Mark what matters in the timeline. A pushpin reaction on a message does the same.",
        .example = "pin it began with the deploy",
        .run = run_pin,
    },
    {
        .name = "update",
        .aliases = "progress",
        .area = AREA_WORDS,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"text", ARGUMENT_TEXT, false, "where things stand", "rolling back, 5 minutes"}},
        .help = "Say where things stand, for everybody who follows the incident.",
        .example = "update rolling back, 5 minutes",
        .run = run_update,
    },
    {
        .name = "link",
        .aliases = "url",
        .area = AREA_WORDS,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"link", ARGUMENT_LINK, false, "which link", "https://wiki.example/runbook"},
                      {"label", ARGUMENT_TEXT, true, "what it is", "runbook"}},
        .help = "Keep a link with the incident.",
        .example = "link https://wiki.example/runbook runbook",
        .run = run_link,
    },
    {
        .name = "relate",
        .aliases = "related",
        .area = AREA_WORDS,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"incident", ARGUMENT_INCIDENT, false, "which incident it is related to", "INC-7"}},
        .help = "Relate the incident to another one.",
        .example = "relate INC-7",
        .run = run_relate,
    },
    {
        .name = "tell",
        .aliases = "inform",
        .area = AREA_WORDS,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"customer", ARGUMENT_WORD, false, "which customer, or all", "all"},
                      {"text", ARGUMENT_TEXT, false, "what to tell them",
                       "Card payments have been failing since 9:00. We are on it."}},
        .help = "Draft a message to a customer, or to `all` that are affected. It is sent when somebody "
                "approves it.",
        .example = "tell all Card payments have been failing since 9:00. We are on it.",
        .more = "The draft appears in the incident's channel with a button. `approve`, or a thumbs-up on the "
                "draft, sends it.",
        .run = run_tell,
    },
    {
        .name = "approve",
        .aliases = "send lgtm",
        .area = AREA_WORDS,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"message", ARGUMENT_NUMBER, true, "which message", "1"}},
        .help = "Send the message to customers that is waiting for approval.",
        .example = "approve",
        .run = run_settle,
    },
    {
        .name = "discard",
        .aliases = "",
        .area = AREA_WORDS,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"message", ARGUMENT_NUMBER, true, "which message", "1"}},
        .help = "Discard the message to customers that is waiting for approval.",
        .example = "discard",
        .run = run_settle,
    },
    {
        .name = "customers",
        .aliases = "customer affected",
        .area = AREA_WORDS,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"add name", ARGUMENT_TEXT, true, "who is affected", "add Acme"}},
        .help = "Show who is affected. `add` adds a customer.",
        .example = "customers add Acme",
        .run = run_customers,
    },
    {
        .name = "list",
        .aliases = "ls incidents",
        .area = AREA_READ,
        .arguments = {{"filter", ARGUMENT_TEXT, true, "which ones", "all"}},
        .help = "List the open incidents, or those that match `all`, `mine`, a status, a severity, `team "
                "payments` or `service checkout`.",
        .example = "list major",
        .run = run_list,
    },
    {
        .name = "show",
        .aliases = "view info",
        .area = AREA_READ,
        .about = ABOUT_INCIDENT,
        .help = "Show the incident, with what you can do now.",
        .example = "show",
        .run = run_show,
    },
    {
        .name = "timeline",
        .aliases = "history tl",
        .area = AREA_READ,
        .about = ABOUT_INCIDENT,
        .arguments = {{"count", ARGUMENT_NUMBER, true, "how many events", "50"}},
        .help = "Show what happened, newest last.",
        .example = "timeline 50",
        .run = run_timeline,
    },
    {
        .name = "search",
        .aliases = "find",
        .area = AREA_READ,
        .arguments = {{"words", ARGUMENT_TEXT, false, "what to look for", "card refused"}},
        .help = "Find incidents by what was said, noted or done in them.",
        .example = "search card refused",
        .run = run_search,
    },
    {
        .name = "similar",
        .aliases = "like",
        .area = AREA_READ,
        .about = ABOUT_PERHAPS,
        .arguments = {{"words", ARGUMENT_TEXT, true, "what to look for", "card refused"}},
        .help = "Show similar past incidents, and what fixed them.",
        .example = "similar",
        .run = run_similar,
    },
    {
        .name = "owed",
        .aliases = "due todo",
        .area = AREA_READ,
        .about = ABOUT_PERHAPS,
        .help = "Show what is owed, by when and by whom. Outside an incident, show it for all open ones.",
        .example = "owed",
        .run = run_owed,
    },
    {
        .name = "why",
        .aliases = "explain",
        .area = AREA_RULES,
        .about = ABOUT_PERHAPS,
        .arguments = {{"topic", ARGUMENT_TOPIC, true, "what to explain", "page"}},
        .help = "Explain why the incident was declared, paged, declined, kept quiet or posted: the rule, the "
                "facts, and what was sent when.",
        .example = "why page",
        .more = "`why` alone explains everything about the incident. `why declared`, `why page`, `why "
                "declined`, `why quiet` and `why sent` explain a part. `why mute checkout*`, `why "
                "<fingerprint>`, and `why 404` for an action that `why sent` lists, work anywhere.",
        .run = run_why,
    },
    {
        .name = "rules",
        .aliases = "rule",
        .area = AREA_RULES,
        .arguments = {{"word", ARGUMENT_WORD, true, "which rules", "payments"}},
        .help = "Show the active rules and mutes, with file and line.",
        .example = "rules",
        .run = run_rules,
    },
    {
        .name = "mute",
        .aliases = "silence",
        .area = AREA_RULES,
        .about = ABOUT_PERHAPS,
        .writes = true,
        .arguments = {{"group", ARGUMENT_GROUP, false, "what to mute", "checkout*"},
                      {"reason", ARGUMENT_TEXT, false, "why", "a noisy deploy"},
                      {"when", ARGUMENT_WHEN, false, "until when", "for 2h"}},
        .help = "Mute alerts, for a reason and until a time.",
        .example = "mute checkout* for 2h a noisy deploy",
        .more = "A group is a fingerprint, or a pattern with * for titles and services; put it in quotes if it "
                "contains spaces. Muted alerts are still counted.",
        .run = run_mute,
    },
    {
        .name = "unmute",
        .aliases = "unsilence",
        .area = AREA_RULES,
        .writes = true,
        .arguments = {{"group", ARGUMENT_GROUP, false, "what to unmute", "checkout*"}},
        .help = "End a mute.",
        .example = "unmute checkout*",
        .run = run_unmute,
    },
    {
        .name = "policy",
        .aliases = "policies",
        .area = AREA_RULES,
        .help = "Show whether the policy in the files is the active one.",
        .example = "policy",
        .run = run_policy,
    },
    {
        .name = "actions",
        .aliases = "outbox",
        .area = AREA_RULES,
        .about = ABOUT_PERHAPS,
        .writes = true,
        .arguments = {{"again or drop", ARGUMENT_WORD, true, "again or drop", NULL},
                      {"number", ARGUMENT_NUMBER, true, "which action", "17"}},
        .help = "Show what could not be sent or is still waiting. `again 17` retries an action, `drop 17` "
                "gives it up.",
        .example = "actions again 17",
        .run = run_actions,
    },
    {
        .name = "whoami",
        .aliases = "me",
        .area = AREA_SELF,
        .help = "Show who you are here, and your time zone.",
        .example = "whoami",
        .run = run_whoami,
    },
    {
        .name = "tz",
        .aliases = "timezone zone",
        .area = AREA_SELF,
        .may = MAY_PERSON,
        .writes = true,
        .arguments = {{"zone", ARGUMENT_ZONE, true, "which time zone", "Europe/London"}},
        .help = "Show or set your time zone, for the times that you type and read.",
        .example = "tz Europe/London",
        .run = run_zone,
    },
    {
        .name = "help",
        .aliases = "? commands",
        .area = AREA_SELF,
        .arguments = {{"command", ARGUMENT_COMMAND, true, "which command", "pause"}},
        .help = "List all commands, or explain one.",
        .example = "help pause",
        .run = run_help,
    },
};

/* Words that stand for a command and its first word. */
static const struct {
    const char *word, *command, *first;
} standing[] = {
    {"investigating", "status", "investigating"},
    {"investigate", "status", "investigating"},
    {"fixing", "status", "fixing"},
    {"fix", "status", "fixing"},
    {"identified", "status", "fixing"},
    {"monitoring", "status", "monitoring"},
    {"monitor", "status", "monitoring"},
    {"mitigated", "status", "monitoring"},
};

static bool is_among(const char *words, const char *word, size_t n)
{
    for (const char *p = words; *p;) {
        size_t length = strcspn(p, " ");
        if (length == n && strncasecmp(p, word, n) == 0)
            return true;
        p += length;
        p += *p == ' ';
    }
    return false;
}

const struct command_row *command_rows(size_t *ret_count)
{
    *ret_count = ARRAY_SIZE(rows);
    return rows;
}

const struct command_row *command_find(const char *word, const char **ret_first)
{
    if (ret_first)
        *ret_first = "";
    for (size_t i = 0; i < ARRAY_SIZE(standing); i++) {
        if (strcasecmp(standing[i].word, word) != 0)
            continue;
        if (ret_first)
            *ret_first = standing[i].first;
        word = standing[i].command;
        break;
    }
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (strcasecmp(rows[i].name, word) == 0 || is_among(rows[i].aliases, word, strlen(word)))
            return &rows[i];
    }
    return NULL;
}

bool command_exists(void *unused, const char *word)
{
    (void)unused;
    return command_find(word, NULL) != NULL;
}

#define WORDS_MOST 160
#define WORD_BYTES 24
const char *const *command_words(size_t *ret_count)
{
    static char texts[WORDS_MOST][WORD_BYTES];
    static const char *words[WORDS_MOST + 1];
    static size_t n;
    for (size_t i = 0; !n && i < ARRAY_SIZE(rows); i++)
        words[i] = rows[i].name;
    size_t next = n ? n : ARRAY_SIZE(rows);
    for (size_t i = 0; !n && i < ARRAY_SIZE(rows); i++) {
        for (const char *p = rows[i].aliases; *p; p += strspn(p, " ")) {
            size_t length = strcspn(p, " ");
            require(length < WORD_BYTES && next < WORDS_MOST);
            memcpy(texts[next], p, length);
            words[next] = texts[next];
            next++;
            p += length;
        }
    }
    for (size_t i = 0; !n && i < ARRAY_SIZE(standing); i++)
        words[next++] = standing[i].word;
    *ret_count = n = next;
    return words;
}

const char *area_name(enum area area)
{
    static const char *const names[AREA_COUNT] = {
        [AREA_LIFE] = "From declaring to closing",
        [AREA_PEOPLE] = "People",
        [AREA_WORDS] = "What is known",
        [AREA_READ] = "Looking things up",
        [AREA_RULES] = "Rules, mutes and what was sent",
        [AREA_SELF] = "You",
    };
    return names[area];
}
