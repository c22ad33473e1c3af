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
        .help = "open an incident; a title is all it needs",
        .example = "declare checkout is slow",
        .more =
            "The word itself can be left out: `checkout is slow` declares, as long as it does not begin with a "
            "command, and is no question. Before or behind the title may stand `--sev major`, `--team "
            "payments`, `--service "
            "checkout`, `--link https://…`, `--customer acme`, `--private`, `--drill`; all of these can be "
            "said later.",
        .run = run_declare,
    },
    {
        .name = "accept",
        .aliases = "ack acknowledge take",
        .area = AREA_LIFE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {WHY_TEXT("what you think")},
        .help = "take it up: worth looking into",
        .example = "accept",
        .more = "Accepting says that it is worth a look, not that you will fix it now.",
        .run = run_move,
    },
    {
        .name = "decline",
        .aliases = "dismiss",
        .area = AREA_LIFE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {WHY_TEXT("why it is none")},
        .help = "it is no problem: ends it, and keeps it out of the metrics",
        .example = "decline a blip of the deploy",
        .run = run_move,
    },
    {
        .name = "merge",
        .aliases = "duplicate dupe dup",
        .area = AREA_LIFE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"incident", ARGUMENT_INCIDENT, false, "into which incident", "INC-7"},
                      {"reason", ARGUMENT_TEXT, true, "why", NULL}},
        .help = "it is the same as another one, which goes on with its alerts, channels, people and customers",
        .example = "merge INC-7",
        .more = "`merge 42 into 7` names both.",
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
        .help = "how bad it is",
        .example = "sev major",
        .more = "What is owed (a comms lead, updates, a write-up) follows from it.",
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
        .help = "move it to investigating, fixing or monitoring; alone, say where it stands",
        .example = "status fixing",
        .more =
            "`investigating`, `fixing` and `monitoring` alone do the same, and so do `investigate`, `fix` and "
            "`monitor`.",
        .run = run_status,
    },
    {
        .name = "pause",
        .aliases = "snooze hold",
        .area = AREA_LIFE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"reason", ARGUMENT_TEXT, false, "why it waits", "waiting for the bank"},
                      {"when", ARGUMENT_WHEN, false, "when it is picked up again", "until tomorrow 9:00"}},
        .help = "put it down, for a reason and until a time",
        .example = "pause waiting for the bank until tomorrow 9:00",
        .more =
            "The time may stand before or behind the reason: `pause for 2h waiting for a customer`. It is "
            "yours: "
            "your time zone is used, see `tz`. When it comes the incident goes on and you are told. Anybody "
            "may `dissent`.",
        .run = run_pause,
    },
    {
        .name = "resume",
        .aliases = "unpause unsnooze",
        .area = AREA_LIFE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {WHY_TEXT("why now")},
        .help = "pick a paused one up again, or take one back from its ticket",
        .example = "resume",
        .run = run_move,
    },
    {
        .name = "ticket",
        .aliases = "",
        .area = AREA_LIFE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"link", ARGUMENT_LINK, false, "where it goes on", "https://tracker.example/PAY-7"},
                      {"text", ARGUMENT_TEXT, true, "why", NULL}},
        .help = "it goes on in a tracker: ends here, with the link",
        .example = "ticket https://tracker.example/PAY-7",
        .run = run_ticket,
    },
    {
        .name = "dissent",
        .aliases = "disagree object",
        .area = AREA_LIFE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"reason", ARGUMENT_TEXT, false, "why it must not wait", "customers see it now"}},
        .help = "disagree with a pause or a decline: it is investigated again, and somebody is asked to own it",
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
        .help = "it is over; say what fixed it, for the next one who meets it",
        .example = "resolve rolled back to 1.4",
        .more = "`similar` shows that text to whoever meets the same problem.",
        .run = run_move,
    },
    {
        .name = "reopen",
        .aliases = "undecline",
        .area = AREA_LIFE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {WHY_TEXT("why")},
        .help = "it is not over",
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
        .help = "nothing is left to do about a resolved one",
        .example = "close",
        .run = run_move,
    },
    {
        .name = "drill",
        .aliases = "exercise",
        .area = AREA_LIFE,
        .about = ABOUT_PERHAPS,
        .writes = true,
        .arguments = {{"title or on, off", ARGUMENT_TEXT, true, "what to practise", "checkout is slow"}},
        .help = "declare one to practise, out of the metrics; `on` or `off` for one that is there",
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
        .help = "only members see it; `off` opens it to everybody",
        .example = "private",
        .more = "For somebody who is no member it does not exist: `invite` lets a person in. Rooms that "
                "anybody can join fall "
                "silent, and members go on in one of their own.",
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
        .help = "who leads; `me`, a person, or `nobody`",
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
        .help = "who speaks with customers and the rest of the company",
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
        .help = "give a role of the policy to a person, or to `nobody`",
        .example = "role comms @ana",
        .more = "The name of a role is a command too: `scribe @ana`.",
        .run = run_role,
    },
    {
        .name = "join",
        .aliases = "",
        .area = AREA_PEOPLE,
        .about = ABOUT_INCIDENT,
        .may = MAY_PERSON,
        .writes = true,
        .help = "take part; tells you what is known, done and owed",
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
        .help = "take part no more",
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
        .help = "bring a person in, into the channels too",
        .example = "invite @ana",
        .run = run_invite,
    },
    {
        .name = "team",
        .aliases = "",
        .area = AREA_PEOPLE,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"team", ARGUMENT_WORD, false, "whose it is", "payments"}},
        .help = "whose it is",
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
        .help = "which service it is about",
        .example = "service checkout",
        .run = run_label,
    },
    {
        .name = "title",
        .aliases = "rename",
        .area = AREA_WORDS,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"title", ARGUMENT_TEXT, false, "what it should be called", "checkout is slow"}},
        .help = "call it something better",
        .example = "title cards are refused",
        .run = run_title,
    },
    {
        .name = "summary",
        .aliases = "summarize summarise",
        .area = AREA_WORDS,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"text", ARGUMENT_TEXT, true, "what is known", "cards are refused since 9:00"}},
        .help = "what is known, in a sentence or two; alone, read it",
        .example = "summary cards are refused since 9:00",
        .run = run_summary,
    },
    {
        .name = "note",
        .aliases = "comment",
        .area = AREA_WORDS,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"text", ARGUMENT_TEXT, false, "what to note", "rolled back to 1.4"}},
        .help = "write something into the timeline",
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
        .help = "mark what matters in the timeline; a pushpin on a message does the same",
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
        .help = "say where things stand, for everybody who follows",
        .example = "update rolling back, 5 minutes",
        .run = run_update,
    },
    {
        .name = "link",
        .aliases = "url",
        .area = AREA_WORDS,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"link", ARGUMENT_LINK, false, "what to link", "https://wiki.example/runbook"},
                      {"label", ARGUMENT_TEXT, true, "what it is", "runbook"}},
        .help = "keep a link with it",
        .example = "link https://wiki.example/runbook runbook",
        .run = run_link,
    },
    {
        .name = "relate",
        .aliases = "related",
        .area = AREA_WORDS,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"incident", ARGUMENT_INCIDENT, false, "to which incident", "INC-7"}},
        .help = "it has to do with another one",
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
                      {"text", ARGUMENT_TEXT, false, "what they should read",
                       "Card payments fail since 9:00. We are on it."}},
        .help = "write to a customer, or to `all` that are affected; it is sent when somebody approves it",
        .example = "tell all Card payments fail since 9:00. We are on it.",
        .more = "The message stands in the incident's channel with a button; `approve`, or a thumbs-up on it, "
                "sends it.",
        .run = run_tell,
    },
    {
        .name = "approve",
        .aliases = "send lgtm",
        .area = AREA_WORDS,
        .about = ABOUT_INCIDENT,
        .writes = true,
        .arguments = {{"message", ARGUMENT_NUMBER, true, "which message", "1"}},
        .help = "send the message to customers that waits",
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
        .help = "do not send the message to customers that waits",
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
        .help = "who is affected; `add` names another one",
        .example = "customers add Acme",
        .run = run_customers,
    },
    {
        .name = "list",
        .aliases = "ls incidents",
        .area = AREA_READ,
        .arguments = {{"filter", ARGUMENT_TEXT, true, "which ones", "all"}},
        .help =
            "the open incidents; or `all`, those of a status, a severity, `team payments`, `service checkout`",
        .example = "list major",
        .run = run_list,
    },
    {
        .name = "show",
        .aliases = "view info",
        .area = AREA_READ,
        .about = ABOUT_INCIDENT,
        .help = "the incident, with what one can do now",
        .example = "show",
        .run = run_show,
    },
    {
        .name = "timeline",
        .aliases = "history tl",
        .area = AREA_READ,
        .about = ABOUT_INCIDENT,
        .arguments = {{"how many", ARGUMENT_NUMBER, true, "how many", "50"}},
        .help = "what happened, the newest last",
        .example = "timeline 50",
        .run = run_timeline,
    },
    {
        .name = "search",
        .aliases = "find",
        .area = AREA_READ,
        .arguments = {{"words", ARGUMENT_TEXT, false, "what to look for", "card refused"}},
        .help = "incidents by what was said, noted or done in them",
        .example = "search card refused",
        .run = run_search,
    },
    {
        .name = "similar",
        .aliases = "like",
        .area = AREA_READ,
        .about = ABOUT_PERHAPS,
        .arguments = {{"words", ARGUMENT_TEXT, true, "what to look for", "card refused"}},
        .help = "past incidents like this one, with what fixed them",
        .example = "similar",
        .run = run_similar,
    },
    {
        .name = "owed",
        .aliases = "due todo",
        .area = AREA_READ,
        .about = ABOUT_PERHAPS,
        .help = "what is owed, by when and by whom; outside of an incident, in all open ones",
        .example = "owed",
        .run = run_owed,
    },
    {
        .name = "why",
        .aliases = "explain",
        .area = AREA_RULES,
        .about = ABOUT_PERHAPS,
        .arguments = {{"of what", ARGUMENT_TOPIC, true, "of what", "page"}},
        .help =
            "why it was declared, paged, declined, kept quiet or posted: rule, facts, what was sent and when",
        .example = "why page",
        .more =
            "`why` alone tells everything of the incident; `why declared`, `why page`, `why declined`, `why "
            "quiet`, `why sent` a part. `why mute checkout*`, `why <fingerprint>`, and `why 404` of an action "
            "that `why sent` "
            "shows, work anywhere.",
        .run = run_why,
    },
    {
        .name = "rules",
        .aliases = "rule",
        .area = AREA_RULES,
        .arguments = {{"word", ARGUMENT_WORD, true, "which ones", "payments"}},
        .help = "the rules in force and the mutes, with file and line",
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
        .help = "keep alerts quiet, for a reason and until a time",
        .example = "mute checkout* for 2h a noisy deploy",
        .more = "A group is a fingerprint, or a pattern with * over titles and services, in quotes when it has "
                "spaces. They are still counted.",
        .run = run_mute,
    },
    {
        .name = "unmute",
        .aliases = "unsilence",
        .area = AREA_RULES,
        .writes = true,
        .arguments = {{"group", ARGUMENT_GROUP, false, "what to unmute", "checkout*"}},
        .help = "end a mute",
        .example = "unmute checkout*",
        .run = run_unmute,
    },
    {
        .name = "policy",
        .aliases = "policies",
        .area = AREA_RULES,
        .help = "whether the policy in the files is the one in force",
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
                      {"number", ARGUMENT_NUMBER, true, "which one", "17"}},
        .help = "what could not be sent or waits; `again 17` tries once more, `drop 17` gives it up",
        .example = "actions again 17",
        .run = run_actions,
    },
    {
        .name = "whoami",
        .aliases = "me",
        .area = AREA_SELF,
        .help = "who you are here, and your time zone",
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
        .help = "your time zone, for what you type and read",
        .example = "tz Europe/London",
        .run = run_zone,
    },
    {
        .name = "help",
        .aliases = "? commands",
        .area = AREA_SELF,
        .arguments = {{"command", ARGUMENT_COMMAND, true, "which command", "pause"}},
        .help = "this; or all about one command",
        .example = "help pause",
        .run = run_help,
    },
};

/* Words that stand for a command with its first word. */
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
        [AREA_READ] = "Reading",
        [AREA_RULES] = "Rules, mutes and what was sent",
        [AREA_SELF] = "You",
    };
    return names[area];
}
