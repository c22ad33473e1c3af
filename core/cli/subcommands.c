/* The table of subcommands. Their order is that of the help and the manual. */
#include "base/mem.h"
#include "cli/subcommands.h"

static const struct cli_option global_options[] = {
    {"config", "FILE",
     "the configuration; else TOCSIN_CONFIG, the nearest tocsin.lua upwards, /etc/tocsin/tocsin.lua"},
    {"url", "URL", "where tocsind answers; else what the configuration says"},
    {"token-file", "FILE", "a file with the API token; else TOCSIN_TOKEN, or `token` beside the configuration"},
    {"json", NULL, "the result as one JSON document, for scripts"},
    {"help", NULL, "explain the command"},
    {0},
};

static const struct cli_option init_options[] = {
    {"port", "N", "port to listen on; without it 7077, or a free one where that is taken"},
    {0},
};
static const struct cli_option run_options[] = {
    {"port", "N", "port for a fresh directory"},
    {"no-chat", NULL, "only the daemon, even on a terminal"},
    {0},
};
static const struct cli_option chat_options[] = {
    {"socket", "PATH", "the console's socket; else what the configuration says"},
    {"room", "NAME", "the room to begin in"},
    {"name", "NAME", "what others see you as; without it your login name"},
    {"user", "ID", "who you are, where the console trusts its clients"},
    {"zone", "ZONE", "your time zone, as in tzdata; without it the machine's"},
    {"plain", NULL, "lines in and out, without colour and history, for scripts"},
    {0},
};
static const struct cli_option declare_options[] = {
    {"sev", "SEVERITY", "how bad it is: minor, major, critical, or what the policy names"},
    {"team", "TEAM", "whose it is"},
    {"service", "SERVICE", "what it is about"},
    {"private", NULL, "only members see it"},
    {"drill", NULL, "an exercise: kept out of the metrics"},
    {0},
};
static const struct cli_option list_options[] = {
    {"status", "STATUS", "open (the default), all, or one: triage, investigating, paused, …"},
    {"sev", "SEVERITY", "of this severity only"},
    {"team", "TEAM", "of this team only"},
    {"service", "SERVICE", "of this service only"},
    {"limit", "N", "at most so many, 1 to 500; without it 50"},
    {"before", "N", "those below this number: to page on"},
    {0},
};
static const struct cli_option timeline_options[] = {
    {"limit", "N", "the newest N, 1 to 500; without it 50"},
    {0},
};
static const struct cli_option alert_options[] = {
    {"source", "NAME", "which source of the configuration sends it; without it the first"},
    {"service", "NAME", "the service that fails; without it the source's"},
    {"level", "LEVEL", "debug, info, warning, error (the default), fatal"},
    {"release", "NAME", "the release that fails"},
    {"customer", "NAME", "the customer that it touches"},
    {"resolved", NULL, "it is over"},
    {0},
};
static const struct cli_option token_options[] = {
    {"scopes", "LIST", "of read, write, admin; without it read,write"},
    {"person", "ID", "whose rights and name it has; without it a tool's, which sees nothing private"},
    {"offline", NULL, "write it into the journal itself, while tocsind does not run: when every token is lost"},
    {0},
};

static const struct cli_command commands[] = {
    {"init", "DIR", 1, 1, false, false, "make a directory with all that one Tocsin needs",
     "Writes a commented configuration, an example policy with its test, a place for the journal, a first API "
     "token and "
     "the DSN for a Sentry SDK, and prints the next step. DIR must be empty or not exist yet. Several such "
     "directories "
     "work side by side.",
     init_options, cli_run_init},
    {"run", "[DIR]", 0, 1, false, false, "start Tocsin here, with a guided first incident",
     "Starts tocsind on DIR, which is made by init where it does not exist; without DIR on the configuration "
     "at hand, or a "
     "fresh directory `tocsin-first`. On a terminal the chat opens too. Ctrl-C stops both.",
     run_options, cli_run_start},
    {"chat", "", 0, 0, false, false, "talk in the console's rooms",
     "`/join ROOM` (`/join inc-1` is enough), `/rooms` and `/quit`; a button's number or letter presses it; "
     "any other word after a slash "
     "is a command "
     "(`/accept`, `/help`); everything else is said in the room.",
     chat_options, cli_run_chat},
    {"inc", "COMMAND...", 1, -1, true, false, "run any chat command: tocsin inc accept INC-42",
     "The same lines as in chat; `tocsin inc help` lists them. Outside of a channel the incident is named: "
     "`tocsin inc "
     "INC-42 pause waiting for the bank until tomorrow 9:00`. Options of tocsin stand before the command.",
     NULL, cli_run_inc},
    {"declare", "TITLE...", 1, -1, false, false, "open an incident", NULL, declare_options, cli_run_declare},
    {"list", "", 0, 0, false, false, "the open incidents, or others", NULL, list_options, cli_run_list},
    {"show", "INC-n", 1, 1, false, false, "one incident", NULL, NULL, cli_run_show},
    {"timeline", "INC-n", 1, 1, false, false, "what happened in an incident, the newest last", NULL,
     timeline_options, cli_run_timeline},
    {"alert", "TITLE...", 1, -1, false, false, "send an alert, from a script or a cron job",
     "What becomes of it is for the policy to say. It needs the configuration, for the source's key. Alerts of "
     "one title "
     "and service are one group.",
     alert_options, cli_run_alert},
    {"check", "", 0, 0, false, false, "check the configuration, the connectors' settings and the policy",
     "Needs no daemon. Names file, line and what to do about each fault.", NULL, cli_run_check},
    {"reload", "", 0, 0, false, false, "check the configuration, then reload it in tocsind",
     "Applies what changed among connectors and sources; connectors that did not change keep running. Settings "
     "that need a restart of tocsind are named. A configuration with an error changes nothing.",
     NULL, cli_run_reload},
    {"policy check", "[DIR]", 0, 1, false, false, "load a policy and say what is wrong with it",
     "Without DIR, that of the configuration.", NULL, cli_run_policy_check},
    {"policy test", "[DIR]", 0, 1, false, false, "run the policy's own tests, each *_test.lua",
     "Without DIR, that of the configuration.", NULL, cli_run_policy_test},
    {"policy show", "", 0, 0, false, false, "the rules in force, with file and line", NULL, NULL,
     cli_run_policy_show},
    {"policy reload", "", 0, 0, false, false, "read the policy anew now",
     "Files are read anew by themselves within a second of a change; all or nothing.", NULL,
     cli_run_policy_reload},
    {"connector list", "", 0, 0, false, false, "the connectors and how they are", NULL, NULL,
     cli_run_connector_list},
    {"connector check", "NAME", 1, 1, false, false, "ask a connector to try its credentials and rights", NULL,
     NULL, cli_run_connector_check},
    {"connector restart", "NAME", 1, 1, false, false, "stop a connector and start it anew",
     "Its unfinished actions are asked again with the same keys.", NULL, cli_run_connector_restart},
    {"connector show", "FILE.so", 1, 1, false, false,
     "what a connector's file is: version, abilities, settings",
     "Loads it in a process of its own, without a daemon.", NULL, cli_run_connector_show},
    {"token create", "NAME", 1, 1, false, false, "make an API token, shown once", NULL, token_options,
     cli_run_token_create},
    {"token list", "", 0, 0, false, false, "the API tokens, without their secrets", NULL, NULL,
     cli_run_token_list},
    {"token revoke", "NAME", 1, 1, false, false, "end an API token, by its name or id", NULL, NULL,
     cli_run_token_revoke},
    {"verify", "[FILE]", 0, 1, false, false, "prove that the journal, or a backup, is what was written",
     "Names every event that was edited, removed, inserted or moved. Works beside a running tocsind. It ends "
     "with the head's "
     "place and hash: kept elsewhere, they show later that nothing before them was changed.",
     NULL, cli_run_verify},
    {"backup", "FILE", 1, 1, false, false,
     "copy the journal into one file, beside a running tocsind, and verify it",
     "To put it back: stop tocsind, move the files of the data directory away, and copy FILE to "
     "data/journal.db.",
     NULL, cli_run_backup},
    {"export", "[FILE]", 0, 1, false, false, "the whole journal as JSON Lines, to FILE or standard output",
     "It holds private incidents and people's names: keep it as carefully as the journal.", NULL,
     cli_run_export},
    {"import", "FILE", 1, 1, false, false, "an export into an empty journal; FILE may be -",
     "tocsind must not run. All or nothing; exporting it again gives the same bytes.", NULL, cli_run_import},
    {"completion", "bash|zsh", 1, 1, false, false, "print the shell's completion script",
     "For one session: `. <(tocsin completion bash)`.", NULL, cli_run_completion},
    {"version", "", 0, 0, false, false, "print the version", NULL, NULL, cli_run_version},
    {"manual", "", 0, 0, false, true, "a manual page from its template on standard input", NULL, NULL,
     cli_run_manual},
    {"help", "[COMMAND]", 0, 2, false, false, "this list, or all about one command", NULL, NULL, cli_run_help},
};
const struct cli_table cli_table = {commands, ARRAY_SIZE(commands), global_options};
