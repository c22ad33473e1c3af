/* The table of subcommands, in the order of the help and the manual. */
#include "base/mem.h"
#include "cli/subcommands.h"

static const struct cli_option global_options[] = {
    {"config", "FILE",
     "the configuration; default: TOCSIN_CONFIG, the nearest tocsin.lua, /etc/tocsin/tocsin.lua"},
    {"url", "URL", "the address of tocsind; default: from the configuration"},
    {"token-file", "FILE",
     "a file with the API token; default: TOCSIN_TOKEN, or `token` next to the configuration"},
    {"json", NULL, "print the result as one JSON document"},
    {"help", NULL, "explain the command"},
    {0},
};

static const struct cli_option init_options[] = {
    {"port", "N", "the port to listen on; default: 7077, or a free one if that is taken"},
    {"important", "LIST",
     "your important services, separated by commas, such as checkout,pay*: a new error in one opens an "
     "incident; default: every service"},
    {0},
};
static const struct cli_option run_options[] = {
    {"port", "N", "the port to listen on, for a new directory"},
    {"important", "LIST", "the important services, for a new directory"},
    {"no-chat", NULL, "start only the daemon, even on a terminal"},
    {0},
};
static const struct cli_option chat_options[] = {
    {"socket", "PATH", "the console's socket; default: from the configuration"},
    {"room", "NAME", "the room to start in"},
    {"name", "NAME", "the name that others see; default: your login name"},
    {"user", "ID", "your user id, if the console trusts its clients"},
    {"zone", "ZONE", "your time zone, as in tzdata; default: the machine's"},
    {"plain", NULL, "read and write plain lines, without colour and history, for scripts"},
    {0},
};
static const struct cli_option declare_options[] = {
    {"sev", "SEVERITY", "minor, major, critical, or another severity of the policy"},
    {"team", "TEAM", "the team it belongs to"},
    {"service", "SERVICE", "the service it is about"},
    {"private", NULL, "only its members can see it"},
    {"drill", NULL, "an exercise, which the metrics leave out"},
    {0},
};
static const struct cli_option list_options[] = {
    {"status", "STATUS", "open (default), all, or one status: triage, investigating, paused, …"},
    {"sev", "SEVERITY", "only this severity"},
    {"team", "TEAM", "only this team"},
    {"service", "SERVICE", "only this service"},
    {"limit", "N", "at most N incidents, 1 to 500; default: 50"},
    {"before", "N", "only incidents with a number below N, for the next page"},
    {0},
};
static const struct cli_option timeline_options[] = {
    {"limit", "N", "the newest N events, 1 to 500; default: 50"},
    {0},
};
static const struct cli_option alert_options[] = {
    {"source", "NAME", "the source in the configuration that sends it; default: the first"},
    {"service", "NAME", "the service that fails; default: that of the source"},
    {"level", "LEVEL", "debug, info, warning, error (default) or fatal"},
    {"release", "NAME", "the release that fails"},
    {"customer", "NAME", "the customer that is affected"},
    {"resolved", NULL, "report that the problem is over"},
    {0},
};
static const struct cli_option mail_options[] = {
    {"connector", "NAME", "the e-mail connector; default: email"},
    {"key-file", "FILE", "a file with the connector's `pipe_key`; default: from the configuration"},
    {0},
};
static const struct cli_option token_options[] = {
    {"scopes", "LIST", "any of read, write and admin, separated by commas; default: read,write"},
    {"person", "ID", "the person whose name and rights it has; default: nobody, so it sees nothing private"},
    {"agent", NULL, "an agent has it: it reads and drafts for the person, and decides nothing; docs/agents.md"},
    {"expires", "TIME", "for how long it is valid: 90d, 12h; default: until it is revoked"},
    {"offline", NULL, "write it directly to the journal while tocsind is stopped, when all tokens are lost"},
    {0},
};
static const struct cli_option test_options[] = {
    {"connector", "NAME", "the row of `connectors` with its settings; default: the connector's own name"},
    {"channel", "NAME", "where to post; default: `announce` in the configuration"},
    {"user", "ID", "a user id: somebody to write to and to page"},
    {"email", "ADDRESS", "somebody's e-mail address, to be found"},
    {"customer", "KEY", "a customer to write to"},
    {"address", "ADDRESS", "the customer's address on that platform"},
    {"says", "COMMAND", "a shell command that makes somebody write its argument where the bot hears it"},
    {"only", "CHECK", "only the check of this name"},
    {"peer", "SETTING", "the setting that names the platform's address; default: the first that does"},
    {0},
};
static const struct cli_option moving_options[] = {
    {"from", "DATE",
     "the first of the 90 days that are compared; what ended before is left out; default: today"},
    {0},
};
static const struct cli_option posts_options[] = {
    {"posts", NULL, "bring posts to tocsind instead: each once, and nobody is told"},
    {0},
};
static const struct cli_option statuspage_options[] = {
    {"page", "NAME", "a private page of the policy; default: the public one"},
    {0},
};
static const struct cli_option writeup_options[] = {
    {"print", NULL, "print it as Markdown"},
    {"html", NULL, "print it as an HTML page, to send or to print on paper"},
    {"from", "FILE", "keep the text of a file; - is standard input"},
    {"version", "N", "with --from: the version that the file began with"},
    {0},
};
static const struct cli_option insights_options[] = {
    {"month", "MONTH", "2026-10, october, or last month; default: this one"},
    {"team", "NAME", "only of this team"},
    {0},
};
static const struct cli_option customers_options[] = {
    {"dry-run", NULL, "only print what would change"},
    {0},
};

#define MOVING(name, title)                                                                                    \
    {                                                                                                          \
        "import " name, "FILE...", 1, -1, false, false, "make policy of what you have in " title,              \
            "FILE is an answer of its API, or several one after another; - is standard input. The policy "     \
            "(people, teams, rotations, escalations, rules) goes to standard output, for people to review. "   \
            "Standard error lists what it cannot say, and where who is on call in the next 90 days differs "   \
            "from what " title " says. docs/moving.md says how to make the export.",                           \
            moving_options, cli_run_moving                                                                     \
    }

static const struct cli_command commands[] = {
    {"init", "DIR", 1, 1, false, false, "create a directory with everything that Tocsin needs",
     "Writes a commented configuration, an example policy with its test, a journal and a first API token, and "
     "prints the DSN for a Sentry SDK and the next step. DIR must be empty or not exist yet. Several such "
     "directories can run side by side. A new error in an important service opens an incident at once; without "
     "--important, every service is important until you name them in DIR/policy/team.lua.",
     init_options, cli_run_init},
    {"run", "[DIR]", 0, 1, false, false, "start Tocsin here, with a guided first incident",
     "Starts tocsind on DIR, and creates DIR first if it does not exist. Without DIR it uses the configuration "
     "that other commands use, or creates `tocsin-first`. On a terminal it opens the chat too. Ctrl-C stops "
     "both.",
     run_options, cli_run_start},
    {"chat", "", 0, 0, false, false, "talk in the console's rooms",
     "The chat has its own commands `/join ROOM` (`/join inc-1` is enough), `/rooms` and `/quit`. The number "
     "or "
     "letter of a button presses it. Any other word after a slash is a command of Tocsin (`/accept`, `/help`). "
     "Everything else is posted in the room.",
     chat_options, cli_run_chat},
    {"inc", "COMMAND...", 1, -1, true, false, "run any chat command: tocsin inc accept INC-42",
     "The commands are the same as in chat; `tocsin inc help` lists them. Name the incident, as there is no "
     "channel to take it from: `tocsin inc INC-42 pause waiting for the bank until tomorrow 9:00`. Put "
     "tocsin's "
     "own options before the command.",
     NULL, cli_run_inc},
    {"declare", "TITLE...", 1, -1, false, false, "open an incident", NULL, declare_options, cli_run_declare},
    {"list", "", 0, 0, false, false, "list the open incidents, or others", NULL, list_options, cli_run_list},
    {"top", "", 0, 0, false, false, "watch the open incidents in the terminal, and work on them by keys",
     "A page of the open incidents with their clocks, whom they page, and the connectors, kept up to date. "
     "Keys run the "
     "common commands: `a` accepts, `k` acknowledges, `d` declines, `u` updates, `p` pauses, `r` resolves, "
     "Enter opens an "
     "incident, `:` takes any command, `/` filters, `?` explains, `q` quits. What ends an incident, or goes to "
     "customers and "
     "the public, asks first.",
     NULL, cli_run_top},
    {"show", "INC-n", 1, 1, false, false, "show one incident", NULL, NULL, cli_run_show},
    {"timeline", "INC-n", 1, 1, false, false, "show what happened in an incident, newest last", NULL,
     timeline_options, cli_run_timeline},
    {"alert", "TITLE...", 1, -1, false, false, "send an alert, for example from a cron job",
     "The policy decides what happens to the alert. The configuration must be readable, as it has the source's "
     "key. Alerts with the same title and service form one group.",
     alert_options, cli_run_alert},
    {"customers import", "FILE", 1, 1, false, false,
     "add customers to the directory, or change them; - is standard input",
     "FILE is CSV, its first line naming the columns (key, name, tier, cares, owner, language, contacts, "
     "routes, wish, aliases, "
     "domains; several values in a cell are separated by semicolons), or JSON as `customers export` prints it. "
     "A column that is "
     "not there changes nothing. Each row is taken whole, or refused with its line and the reason.",
     customers_options, cli_run_customers_import},
    {"customers export", "", 0, 0, false, false, "print the directory of customers as JSON", NULL, NULL,
     cli_run_customers_export},
    {"insights export", "", 0, 0, false, false, "print a month of insights as CSV",
     "A line for all, and for each team, service, person, rule, severity, customer and component: what "
     "`insights` shows in chat, in seconds. "
     "A file for a spreadsheet: `tocsin insights export --month 2026-10 > october.csv`.",
     insights_options, cli_run_insights_export},
    {"writeup", "INC-n", 1, 1, false, false, "edit an incident's write-up, or print it",
     "Opens it in your editor (VISUAL or EDITOR) as Markdown and keeps what you saved as a new version; if "
     "there is none, it is drafted from "
     "the timeline first. What others wrote meanwhile is merged line by line. If they changed the same lines, "
     "nothing is kept, your text "
     "stays in its file, and `--from` gives it back.",
     writeup_options, cli_run_writeup},
    {"people show", "PERSON", 1, 1, false, false, "show who somebody is, and on which platforms",
     "PERSON is an id, an e-mail address or a full name.", NULL, cli_run_people_show},
    {"people unlink", "PERSON PLATFORM", 2, 2, false, false, "take a person's user on a platform off again",
     "For users that are one person by mistake. The user becomes the person that they were before, or a new "
     "one; "
     "nothing is lost, and all of their users are told. Needs a token with the scope admin.",
     NULL, cli_run_people_unlink},
    {"mail", "", 0, 0, false, false, "hand a mail from standard input to the e-mail connector",
     "For a mail server's alias: `incidents: \"|/usr/bin/tocsin mail --url http://127.0.0.1:7077 --key-file "
     "/etc/tocsin/pipe_key\"`. With both options, no configuration is read. The exit status is 75 if it should "
     "be "
     "tried again, which mail servers do by themselves. Of a mail over 900 kB only the beginnings of "
     "attachments are "
     "sent.",
     mail_options, cli_run_mail},
    {"check", "", 0, 0, false, false, "check the configuration, the connectors' settings and the policy",
     "Works without a daemon. Names the file, the line and what to do about each fault.", NULL, cli_run_check},
    {"reload", "", 0, 0, false, false, "check the configuration, then reload it in tocsind",
     "Applies what changed among connectors and sources; connectors that did not change keep running. Settings "
     "that need a restart of tocsind are named. A configuration with an error changes nothing.",
     NULL, cli_run_reload},
    {"policy check", "[DIR]", 0, 1, false, false, "load a policy and report its errors",
     "Without DIR, it checks the policy of the configuration.", NULL, cli_run_policy_check},
    {"policy test", "[DIR]", 0, 1, false, false, "run the policy's own tests, each *_test.lua",
     "Without DIR, it tests the policy of the configuration.", NULL, cli_run_policy_test},
    {"policy show", "", 0, 0, false, false, "list the active rules, with file and line", NULL, NULL,
     cli_run_policy_show},
    {"policy reload", "", 0, 0, false, false, "reload the policy now",
     "tocsind also reloads the policy by itself within a second of a change. A policy with an error changes "
     "nothing.",
     NULL, cli_run_policy_reload},
    {"rotation propose", "NAME", 1, 1, false, false, "write a rotation's order for the next quarter, as Lua",
     "Whoever carried least in the last three months comes first: hours on call, by night, at weekends and on "
     "holidays, and pages. Nobody gets a turn while they are away. It says why, in numbers.",
     NULL, cli_run_rotation_propose},
    {"statuspage export", "DIR", 1, 1, false, false, "write a status page as files, for another web server",
     "Works with and without tocsind, on a copy of the journal, for which there must be room in the data "
     "directory. DIR is new, empty, or of an earlier export: then files that did not change are left alone, "
     "and "
     "those that are gone are removed. With the setting status_directory, tocsind does it by itself on each "
     "change.",
     statuspage_options, cli_run_statuspage_export},
    {"statuspage push", "", 0, 0, false, false, "write the public status page into its bucket",
     "The setting status_bucket says where it is. Works with and without tocsind, as export does; tocsind does "
     "it by "
     "itself on each change.",
     NULL, cli_run_statuspage_push},
    {"statuspage link", "NAME", 1, 1, false, false, "print the secret address of a private status page",
     "Whoever has the address reads the page. It follows from the setting status_secret: another secret makes "
     "all addresses void.",
     NULL, cli_run_statuspage_link},
    {"subscribers import", "FILE", 1, 1, false, false, "take a status page's subscribers from a CSV file",
     "FILE is the export of Statuspage, or any CSV whose first line names a column email or endpoint, and "
     "perhaps type and "
     "components; - is standard input. Nobody needs to confirm. A line that cannot be taken is named with its "
     "number and "
     "the reason. A known address is replaced. Needs a token with the scope admin.",
     statuspage_options, cli_run_subscribers_import},
    {"subscribers list", "", 0, 0, false, false, "list the subscribers of the status pages",
     "Each line has the page, the kind, the address, since when, and whether messages arrive. Needs a token "
     "with the scope "
     "admin.",
     statuspage_options, cli_run_subscribers_list},
    {"subscribers remove", "ADDRESS", 1, 1, false, false, "remove an address from all status pages",
     "For whoever asks to be forgotten, too. Needs a token with the scope admin.", NULL,
     cli_run_subscribers_remove},
    {"connector list", "", 0, 0, false, false, "list the connectors and their states", NULL, NULL,
     cli_run_connector_list},
    {"connector check", "NAME", 1, 1, false, false, "check a connector's credentials and permissions", NULL,
     NULL, cli_run_connector_check},
    {"connector restart", "NAME", 1, 1, false, false, "restart a connector",
     "Its unfinished actions are sent again with the same keys.", NULL, cli_run_connector_restart},
    {"connector show", "FILE.so", 1, 1, false, false, "show a connector's version, abilities and settings",
     "Loads the file in a process of its own, without a daemon.", NULL, cli_run_connector_show},
    {"connector test", "FILE.so", 1, 1, false, false, "try a connector: the conformance suite for its authors",
     "Runs the connector as configured, without a daemon, and prints a line for each check: ok, FAIL with what "
     "was "
     "expected and what came, or skip with the reason. Everything is done for real, so use a test channel and "
     "test people. A relay between the connector and its platform makes the platform slow, cut off, "
     "unreachable "
     "and too busy, if a setting names it as http://HOST:PORT, https://HOST or HOST:PORT.",
     test_options, cli_run_connector_test},
    {"token create", "NAME", 1, 1, false, false, "create an API token, shown only once", NULL, token_options,
     cli_run_token_create},
    {"token list", "", 0, 0, false, false, "list the API tokens, without their secrets", NULL, NULL,
     cli_run_token_list},
    {"token revoke", "NAME", 1, 1, false, false, "revoke an API token, by its name or id", NULL, NULL,
     cli_run_token_revoke},
    {"mcp", "", 0, 0, false, false, "let an agent talk to tocsind over standard input and output",
     "It speaks the Model Context Protocol, one message a line, and passes each on to /mcp of tocsind. The "
     "token is an agent's: `tocsin token "
     "create NAME --person ID --agent`; it comes from TOCSIN_TOKEN or --token-file. docs/agents.md says what "
     "an agent may do.",
     NULL, cli_run_mcp},
    {"verify", "[FILE]", 0, 1, false, false, "check that nobody changed the journal, or a backup of it",
     "Names every event that was edited, removed, inserted or moved. It works while tocsind runs. The last "
     "line "
     "has the number and the hash of the newest event. Keep them elsewhere, to prove later that nothing up to "
     "that event was changed.",
     NULL, cli_run_verify},
    {"backup", "FILE", 1, 1, false, false, "copy the journal to a file, and verify the copy",
     "It works while tocsind runs. To restore the backup: stop tocsind, move the files out of the data "
     "directory, and copy FILE to data/journal.db.",
     NULL, cli_run_backup},
    {"export", "[FILE]", 0, 1, false, false, "write the whole journal as JSON Lines to FILE or standard output",
     "The export has private incidents and people's names: protect it like the journal.", NULL, cli_run_export},
    {"import", "FILE", 1, 1, false, false, "read an export into an empty journal; - is standard input",
     "tocsind must be stopped. It imports all or nothing. Exporting the journal again gives the same bytes.",
     NULL, cli_run_import},
    MOVING("pagerduty", "PagerDuty"),
    MOVING("opsgenie", "Opsgenie"),
    MOVING("oncall", "Grafana OnCall"),
    MOVING("goalert", "GoAlert"),
    {"import alertmanager", "FILE...", 1, -1, false, false, "make policy of Alertmanager's routes and silences",
     "FILE is its configuration, or what `amtool silence query -o json` prints; - is standard input. The "
     "policy goes to standard output, for "
     "people to "
     "review; what it cannot say is listed on standard error. docs/moving.md says what becomes of what.",
     moving_options, cli_run_moving},
    {"import statuspage", "PATH...", 1, -1, false, false,
     "make policy of a page at Statuspage, and bring its history",
     "PATH is an answer of its API (summary, components, incidents, scheduled-maintenances), or a directory of "
     "them. "
     "The policy (components, the page) goes to standard output, for people to review. Once it is in use, "
     "--posts "
     "brings what is over. docs/moving.md says how to make the export.",
     posts_options, cli_run_moving},
    {"import cstate", "DIR", 1, -1, false, false, "make policy of a cState site, and bring its history",
     "DIR is the site. The policy (components, the page) goes to standard output, for people to review. Once "
     "it is in "
     "use, --posts brings the issues that are over.",
     posts_options, cli_run_moving},
    {"completion", "bash|zsh", 1, 1, false, false, "print a completion script for the shell",
     "For one session: `. <(tocsin completion bash)`.", NULL, cli_run_completion},
    {"version", "", 0, 0, false, false, "print the version", NULL, NULL, cli_run_version},
    {"manual", "", 0, 0, false, true, "fill in the template of a manual page, from standard input", NULL, NULL,
     cli_run_manual},
    {"help", "[COMMAND]", 0, 2, false, false, "list the commands, or explain one", NULL, NULL, cli_run_help},
};
const struct cli_table cli_table = {commands, ARRAY_SIZE(commands), global_options};
