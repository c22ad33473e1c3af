/*
 * Private incidents stay private, in random worlds in which everybody tries everything. Whatever leaves (messages, cards,
 * channels, pages, answers, the API, the live stream, metrics, the log) is checked against who is a member; see
 * support/secrets.h.
 *
 * WORLDS=1 FIRST=42 VERBOSE=1 replays one world.
 */
#include "../../support/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "../../support/http_client.h"
#include "../../support/policy_dir.h"
#include "../../support/private_world.h"
#include "base/json.h"
#include "command/table.h"
#include "intake/arena.h"
#include "intake/evidence.h"
#include "react/react.h"
#include "sight/query.h"
#include "sight/sight.h"
#include "triage/triage.h"
#include "web/api.h"
#include "web/api_call.h"
#include "web/health.h"

#define STEPS 45

static struct private_world *world; /* the current one */

/* The worlds must contain what is worth checking: each once in a world, the last three once in eight, copies once in sixteen. */
enum { A_MEMBER, A_STRANGER, IN_PRIVATE_ROOMS, ALONE, IN_MANY_ROOMS, COPIES, LINKS, SEEN_KINDS };
static size_t saw[SEEN_KINDS];
static uv_loop_t loop;
static struct policy_dir policies;
static struct server *server;
static struct tokens *tokens;
static struct api *api;
static char *token_of[PRIVATE_PEOPLE + 1]; /* by person; the last one is a tool's */

/* The policy of a well-meaning team that reveals too much. */
static const char team_policy[] =
    "rule { name = 'regression', off = true }\n"
    "service { name = 'shop', owner = 'ben', tier = 2, depends_on = { 'ledger' } } service { name = 'ledger' "
    "}\n"
    "rule { name = 'vault', match = { service = 'vault' }, declare = { private = true, page = 'ana' } }\n"
    "rule { name = 'shop', match = { service = 'shop' }, declare = { severity = 'major', page = 'ben' } }\n"
    "rule { name = 'broken', match = { service = 'broken' }, declare = true,\n"
    "  when = function(group) error('cannot judge ' .. group.title) end }\n"
    "on('noted', 'gossip', function(incident, event)\n"
    "  incident:say(incident.title .. ': ' .. event.text, 'general')\n"
    "end)\n"
    "on('pinned', 'again', function(incident) incident:announce('lounge') end)\n"
    "on('updated', 'copy', function(incident, event)\n"
    "  for _, other in ipairs(incidents()) do\n"
    "    if other ~= incident then other:link('https://x.example/' .. event.text:gsub(' ', '')) break end\n"
    "  end\n"
    "end)\n"
    "on('linked', 'fails', function(incident, event) error('no place for ' .. event.value .. incident.title) "
    "end)\n"
    "on('summarized', 'call', function(incident, event) incident:page('nobody-there', event.text) end)\n"
    "on('severity', 'wake', function(incident) incident:page('cleo', incident.title) end)\n"
    "on('team', 'bad', function(incident, event) incident:severity(event.name .. incident.title) end)\n"
    "on('resolved', 'see', function(incident)\n"
    "  for _, number in ipairs(incident.related) do incident:say('see INC-' .. number, 'general') end\n"
    "end)\n"
    "on('status', 'where', function(incident, event)\n"
    "  if event.status == 'merged' then incident:say('now INC-' .. incident.merged_into .. ' INC-' .. "
    "event.other) end\n"
    "end)\n"
    "command { name = 'gossip', help = 'tells all', run = function(incident)\n"
    "  local names = incident and incident.title or ''\n"
    "  for _, other in ipairs(incidents()) do names = names .. other.name .. ' ' .. other.title end\n"
    "  return names\n"
    "end }\n";

/* ---- what all worlds share ---- */

static const struct incident *read_incident(void *ctx, uint64_t id)
{
    (void)ctx;
    return world && world->core ? sight_incident(world->core, id, NULL) : NULL;
}

static void each_incident(void *ctx, bool (*on)(void *on_ctx, const struct incident *incident), void *on_ctx)
{
    (void)ctx;
    if (world && world->core)
        query_list(world->core, &(struct query){.limit = 1000}, on, on_ctx, NULL);
}

static void script_failed(void *ctx, const char *where, const char *text, uint64_t incident)
{
    (void)ctx;
    if (world && world->core)
        react_script_failed(world->core, where, text, incident);
}

static const struct policy_host policy_host = {
    .incident = read_incident, .each_incident = each_incident, .on_failure = script_failed};

static instant the_clock(void)
{
    return world->now;
}

static int no_reload_all(struct str *said, struct error *err)
{
    (void)said, (void)err;
    return 0;
}

static int no_reload(struct error *err)
{
    (void)err;
    return 0;
}

static bool is_ready(void *ctx, const char **ret_why)
{
    (void)ctx;
    return core_ready(world->core, ret_why);
}

static void no_state(void *ctx, const char *connector, uint64_t can_do, bool up, const char *reason)
{
    (void)ctx, (void)connector, (void)can_do, (void)up, (void)reason;
}

static struct supervisor *supervisor;

static int set_up(void **state)
{
    static const struct supervisor_ops ops = {.on_state = no_state};
    static const struct health_ops health = {.ready = is_ready};
    struct error err;
    (void)state;
    uv_loop_init(&loop);
    policy_dir_init(&policies);
    policy_dir_write(&policies, "team.lua", team_policy);
    policies.policy = policy_create(&policy_host);
    if (policy_load(policies.policy, policies.path, &err))
        fail_msg("%s", err.text);
    tokens = tokens_create(the_clock);
    supervisor = supervisor_create(&loop, "/nonexistent/runner", &ops);
    server = server_create(&(struct server_settings){.listen = "127.0.0.1:0"}, tokens, &loop);
    server_health(server, &health);
    api = api_create(
        &(struct api_parts){server, tokens, NULL, supervisor, no_reload, no_reload_all, the_clock, NULL, 0});
    assert_int_equal(server_listen(server, &err), 0);
    return 0;
}

static void stopped(void *ctx)
{
    *(bool *)ctx = true;
}

static int tear_down(void **state)
{
    bool done = false;
    (void)state;
    supervisor_stop(supervisor, stopped, &done);
    LOOP_UNTIL(&loop, done);
    server_destroy(server);
    api_destroy(api);
    supervisor_destroy(supervisor);
    uv_run(&loop, UV_RUN_NOWAIT);
    uv_loop_close(&loop);
    tokens_destroy(tokens);
    policy_dir_finish(&policies);
    return 0;
}

static void make_tokens(void)
{
    struct journal_batch *batch = batch_create();
    for (size_t i = 0; i <= PRIVATE_PEOPLE; i++) {
        uint8_t random[TOKEN_RANDOM] = {(uint8_t)(i + 1)};
        free(token_of[i]);
        token_of[i] = token_make(random,
                                 &(struct token){.name = i < PRIVATE_PEOPLE ? private_people[i] : "tool",
                                                 .person = private_people[i],
                                                 .scopes = SCOPE_READ | SCOPE_WRITE | SCOPE_ADMIN,
                                                 .made_at = world->now},
                                 batch);
    }
    journal_append(world->journal, batch, NULL, NULL);
    private_world_settle(world);
    assert_int_equal(tokens_load(tokens, world->journal, NULL), 0);
}

/* ---- what people type ---- */

static uint64_t below(uint64_t bound)
{
    return private_below(world, bound);
}

static uint64_t focus; /* an incident that acts prefer; 0: none */

static uint64_t some_incident(void)
{
    return focus && below(2) ? focus : 1 + below(world->secrets.incidents.n + 1);
}

/* Picks a person: often a member of a private incident, which the next act then prefers. */
static const char *somebody(void)
{
    size_t n = world->secrets.incidents.n;
    const struct known_incident *it = n ? &world->secrets.incidents.v[below(n)] : NULL;
    focus = it && it->private && it->members.n && below(4) ? it->id : 0;
    return focus ? it->members.v[below(it->members.n)] : private_people[below(PRIVATE_PEOPLE)];
}

static size_t number_of_person(const char *person)
{
    size_t i = 0;
    while (strcmp(private_people[i], person) != 0)
        i++;
    return i;
}

static void add_argument(const struct argument *argument, struct str *out)
{
    static const char *const plain[] = {
        [ARGUMENT_SEVERITY] = "major", [ARGUMENT_STATUS] = "fixing",        [ARGUMENT_ROLE] = "lead",
        [ARGUMENT_WHEN] = "for 2h",    [ARGUMENT_ZONE] = "Europe/London",   [ARGUMENT_NUMBER] = "50",
        [ARGUMENT_COMMAND] = "pause",  [ARGUMENT_GROUP] = "0000000000abc1",
    };
    CLEANUP_FREE char *words = private_words(world);
    size_t canary = secrets_canary(&world->secrets);
    str_addc(out, ' ');
    if (argument->kind == ARGUMENT_TEXT)
        str_add(out, below(8) ? words : "secret");
    else if (argument->kind == ARGUMENT_WORD)
        str_addf(out, "canary-%zu", canary);
    else if (argument->kind == ARGUMENT_PERSON)
        str_addf(out, "%s", below(2) ? "me" : private_people[below(PRIVATE_PEOPLE)]);
    else if (argument->kind == ARGUMENT_INCIDENT)
        str_addf(out, "INC-%" PRIu64, some_incident());
    else if (argument->kind == ARGUMENT_SWITCH)
        str_add(out, below(3) ? "on" : "off");
    else if (argument->kind == ARGUMENT_LINK)
        str_addf(out, "https://x.example/canary-%zu", canary);
    else
        str_add(out, plain[argument->kind]);
}

/* Any command of the table, with or without an incident, typed well or badly. */
static char *any_line(void)
{
    struct str line = {0};
    size_t n;
    const struct command_row *rows = command_rows(&n), *row = &rows[below(n)];
    if (row->about != ABOUT_NOTHING && below(4))
        str_addf(&line, "INC-%" PRIu64 " ", some_incident());
    str_add(&line, row->name);
    if (below(15) == 0)
        line.p[--line.len] = '\0';
    for (size_t i = 0; i < COMMAND_ARGUMENTS && row->arguments[i].kind; i++) {
        if (below(20) && !(row->arguments[i].optional && below(2)))
            add_argument(&row->arguments[i], &line);
    }
    return str_take(&line);
}

/* The commands that matter most here, which are typed more often. %i: an incident, %w: words, %p: a person, %f: a fingerprint. */
static char *likely_line(void)
{
    static const char *const lines[] = {
        "declare %w",
        "declare %w --private",
        "declare --private --team canary --sev major %w",
        "INC-%i private",
        "INC-%i private",
        "INC-%i private off",
        "private",
        "private off",
        "INC-%i merge INC-%i",
        "merge INC-%i into INC-%i",
        "INC-%i relate INC-%i",
        "INC-%i join",
        "INC-%i leave",
        "INC-%i invite %p",
        "INC-%i lead %p",
        "INC-%i title %w",
        "INC-%i summary %w",
        "INC-%i note %w",
        "INC-%i pin %w",
        "INC-%i update %w",
        "INC-%i customers add %w",
        "INC-%i pause %w for 2h",
        "INC-%i tell all %w",
        "INC-%i approve",
        "INC-%i discard",
        "INC-%i dissent %w",
        "INC-%i resume",
        "INC-%i resolve %w",
        "INC-%i reopen %w",
        "INC-%i sev major",
        "INC-%i accept",
        "search secret",
        "search canary",
        "similar secret checkout",
        "INC-%i similar",
        "list",
        "list all",
        "list mine",
        "services",
        "services shop",
        "services vault",
        "INC-%i service",
        "INC-%i important",
        "owed",
        "INC-%i why",
        "why %f",
        "why mute secret*",
        "INC-%i timeline 200",
        "INC-%i show",
        "INC-%i error",
        "INC-%i error 2",
        "gossip",
        "INC-%i gossip",
        "actions",
        "rules",
        "shwo INC-%i",
        "INC-%i open gamma",
        "INC-%i open alpha",
        "mirror",
        "mirror off",
        "mirror on",
    };
    struct str out = {0};
    for (const char *p = lines[below(ARRAY_SIZE(lines))]; *p; p++) {
        CLEANUP_FREE char *words = *p == '%' && p[1] == 'w' ? private_words(world) : NULL;
        if (*p != '%')
            str_addc(&out, *p);
        else if (*++p == 'i')
            str_addf(&out, "%" PRIu64, some_incident());
        else if (*p == 'w')
            str_add(&out, words);
        else if (*p == 'p')
            str_add(&out, private_people[below(PRIVATE_PEOPLE)]);
        else
            str_addf(&out, "%016" PRIx64, 0xabc0 + below(6));
    }
    return str_take(&out);
}

static char *some_line(void)
{
    return below(3) ? likely_line() : any_line();
}

/* A place where this person may be: a public channel, a direct message with the bot, or a channel that they can enter. */
static const char *some_channel(const char *person, int platform, char own[32])
{
    static const char *const open[] = {"general", "incidents", "lounge"};
    snprintf(own, 32, "D-%s", person);
    if (below(5) == 0)
        return own;
    for (int tries = 0; world->rooms.n && tries < 4; tries++) {
        const struct room *room = &world->rooms.v[below(world->rooms.n)];
        struct audience audience = {.person = person};
        bool there = !room->private || secrets_sees(&world->secrets, room->incident, &audience);
        if (there && text_equal(room->connector, private_connector(platform)))
            return room->id;
    }
    return open[below(3)];
}

static void type_line(const char *person, const char *line)
{
    cJSON *event = cJSON_CreateObject();
    cJSON_AddStringToObject(event, "type", "command");
    cJSON_AddStringToObject(event, "text", line);
    cJSON_AddStringToObject(event, "channel", "general");
    private_world_chat(world, person, private_platform(world, person), event);
}

static void chat_line(void)
{
    const char *person = somebody();
    char own[32];
    int platform = private_platform(world, person);
    CLEANUP_FREE char *line = some_line();
    cJSON *event = cJSON_CreateObject();
    cJSON_AddStringToObject(event, "type", below(5) ? "command" : "press");
    cJSON_AddStringToObject(event, "text", line);
    cJSON_AddStringToObject(event, "command", line);
    if (below(3) == 0)
        cJSON_AddStringToObject(event, "trigger", "t");
    cJSON_AddStringToObject(event, "channel", some_channel(person, platform, own));
    private_world_chat(world, person, platform, event);
}

/* What happens in a channel: messages, edits, pushpins, people who join and leave, changes of the channel itself. */
static void chat_happening(void)
{
    static const char *const types[] = {"message", "message", "edited",  "deleted", "reaction",
                                        "join",    "leave",   "channel", "channel"};
    static const char *const changes[] = {"archived", "unarchived", "renamed"};
    const char *person = somebody();
    char own[32];
    int platform = private_platform(world, person);
    CLEANUP_FREE char *words = private_words(world);
    CLEANUP_FREE char *message = xasprintf("said-%" PRIu64, below(6));
    cJSON *event = cJSON_CreateObject();
    cJSON_AddStringToObject(event, "type", types[below(ARRAY_SIZE(types))]);
    cJSON_AddStringToObject(event, "text", words);
    cJSON_AddStringToObject(event, "message", message);
    cJSON_AddStringToObject(event, "emoji", "pushpin");
    cJSON_AddStringToObject(event, "change", changes[below(3)]);
    cJSON_AddStringToObject(event, "channel", some_channel(person, platform, own));
    private_world_chat(world, person, platform, event);
}

static bool may_enter(const char *person, const struct room *room)
{
    struct audience audience = {.person = person};
    return private_is_on(person, private_platform_of(room->connector)) &&
           (!room->private || secrets_sees(&world->secrets, room->incident, &audience));
}

/* People talk in the rooms where they may be, preferably private ones, and others follow in the incident's other rooms. */
static void talk(void)
{
    static const char *const types[] = {"message", "message", "message", "edited", "deleted"};
    const struct room *room = NULL;
    const char *person = NULL;
    for (int i = 0; world->rooms.n && i < 40 && !(room && room->private); i++) {
        const struct room *other = &world->rooms.v[below(world->rooms.n)];
        const char *somebody_else = private_people[below(PRIVATE_PEOPLE)];
        if (may_enter(somebody_else, other))
            room = other, person = somebody_else;
    }
    if (!room)
        return;
    CLEANUP_FREE char *words = private_words(world);
    CLEANUP_FREE char *message = xasprintf("said-%" PRIu64, below(20));
    cJSON *event = cJSON_CreateObject();
    cJSON_AddStringToObject(event, "type", types[below(ARRAY_SIZE(types))]);
    cJSON_AddStringToObject(event, "text", words);
    cJSON_AddStringToObject(event, "message", message);
    cJSON_AddStringToObject(event, "channel", room->id);
    private_world_chat(world, person, private_platform_of(room->connector), event);
    world->now += (instant)below(4) * MINUTE; /* until it is in the other rooms */
    private_world_settle(world);
}

/* ---- alerts ---- */

static void taken(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    (void)ctx, (void)rc, (void)err, (void)last_seq;
}

static size_t first_problem; /* the canary of the first of six problems */

/* Its words are in all of its evidence. */
static void read_evidence(const struct alert *it, struct arena *arena, struct evidence *ret)
{
    ret->trace.v[ret->trace.n++] = (struct evidence_frame){it->message, it->message, 1};
    ret->causes[ret->n_causes++] = (struct evidence_cause){it->message, it->message, ret->trace.v[0]};
    ret->crumbs[ret->n_crumbs++] = (struct evidence_crumb){"", "", it->message};
    ret->url = it->about.url;
    evidence_link(ret, arena, it->message, it->about.url);
}

static void alert_of(size_t problem)
{
    static const char *const services[] = {"vault", "shop", "broken", "vault", "shop", "quiet"};
    struct arena arena = {0};
    struct alert_list list = {0};
    size_t n = first_problem + problem;
    CLEANUP_FREE char *words = xasprintf("secret error canary-%zu", n);
    CLEANUP_FREE char *url = xasprintf("https://x.example/canary-%zu", n);
    struct alert *it = alert_add(&list, &arena, "generic", world->now);
    it->about.origin = "test";
    it->fingerprint = 0xabc0 + problem;
    it->about.title = it->about.culprit = it->about.release = it->message = words;
    it->who.customer = it->who.customer_name = words;
    it->about.service = services[problem];
    it->about.url = url;
    it->about.type = it->exception_value = it->details = it->who.user = it->who.user_email = words;
    it->evidence.read = read_evidence;
    it->count = 1 + (int64_t)below(150);
    it->status = below(4) ? ALERT_FIRING : ALERT_RESOLVED;
    triage_alerts(world->core, list.v, list.n, world->now, taken, NULL);
    private_world_settle(world);
    arena_finish(&arena);
}

static void alert(void)
{
    alert_of(below(6));
}

/* ---- the API ---- */

static bool has_answer(int fd)
{
    char byte;
    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

static int ask_api(const char *method, const char *path, size_t who, const char *body)
{
    CLEANUP_FREE char *request =
        xasprintf("%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
                  "Content-Length: %zu\r\n\r\n%s",
                  method, path, token_of[who], body ? strlen(body) : 0, body ? body : "");
    CLEANUP_FREE char *route = xasprintf("%s %s", method, path), *text = NULL;
    CLEANUP_FREE char *asked = xasprintf("%s %s", path, body ? body : "");
    struct audience audience = {.route = route, .person = private_people[who], .asked = asked};
    struct http_client client;
    http_client_open(&client, &loop, server_port(server));
    http_client_send(&client, request, strlen(request));
    for (int i = 0; i < 100 && !has_answer(client.fd); i++) {
        uv_run(&loop, UV_RUN_NOWAIT);
        if (body)
            private_world_settle(world);
    }
    int status = http_client_answer(&client, &text, NULL);
    http_client_close(&client);
    assert_int_not_equal(status, 0);
    CLEANUP_JSON cJSON *json = cJSON_Parse(text);
    if (world->verbose)
        printf("%zu %s %s %s: %s\n", world->step, audience.person ? audience.person : "a tool", route,
               body ? body : "", text);
    secrets_check(&world->secrets, &audience, text);
    if (json)
        secrets_check_json(&world->secrets, &audience, json);
    return status;
}

static void api_read(void)
{
    static const char *const paths[] = {
        "/api/v1/incidents",
        "/api/v1/incidents?status=all",
        "/api/v1/incidents?status=all&q=secret",
        "/api/v1/incidents/INC-%d",
        "/api/v1/incidents/%d",
        "/api/v1/incidents/INC-%d/timeline",
        "/api/v1/search?q=canary",
        "/api/v1/search?q=secret&limit=9",
        "/api/v1/groups",
        "/api/v1/groups/%016llx",
        "/api/v1/actions",
        "/api/v1/rules",
        "/api/v1/actions?state=dead",
        "/api/v1/tokens",
        "/api/v1/me",
        "/metrics",
        "/api/v1/incidents/%d/nothing",
    };
    const char *pattern = paths[below(ARRAY_SIZE(paths))];
    char path[200];
    size_t who = below(PRIVATE_PEOPLE + 1);
    if (strstr(pattern, "%016"))
        snprintf(path, sizeof(path), "/api/v1/groups/%016" PRIx64, 0xabc0 + below(6));
    else if (strchr(pattern, '%'))
        snprintf(path, sizeof(path), "%.*s%" PRIu64 "%s", (int)(strchr(pattern, '%') - pattern), pattern,
                 some_incident(), strchr(pattern, '%') + 2);
    else
        snprintf(path, sizeof(path), "%s", pattern);
    ask_api("GET", path, who, NULL);
}

static void api_command(void)
{
    size_t who = below(8) ? number_of_person(somebody()) : PRIVATE_PEOPLE;
    CLEANUP_FREE char *line = some_line();
    CLEANUP_FREE char *words = private_words(world);
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    bool declares = below(4) == 0;
    char here[32];
    snprintf(here, sizeof(here), "INC-%" PRIu64, some_incident());
    json_begin_object(&j);
    json_put_text(&j, "text", line);
    if (below(3) == 0)
        json_put_text(&j, "incident", here);
    if (declares) {
        json_put_text(&j, "title", words);
        json_put_text(&j, "summary", words);
        json_put_bool(&j, "private", below(2));
    }
    json_end_object(&j);
    ask_api("POST", declares ? "/api/v1/incidents" : "/api/v1/commands", who, body.p);
}

static void act_on_action(void)
{
    char path[64];
    snprintf(path, sizeof(path), "/api/v1/actions/%" PRIu64 "%s", 1 + below(world->deliveries + 1),
             below(2) ? "/again" : "");
    ask_api(strchr(path + 16, 'a') ? "POST" : "DELETE", path, below(PRIVATE_PEOPLE + 1), "{}");
}

/* A private incident ends, and then its alerts come back. */
static void relapse(void)
{
    static const char *const verbs[] = {"private", "accept", "resolve"};
    const char *person = somebody();
    size_t n = number_of_person(person);
    char body[100];
    if (!focus)
        focus = some_incident();
    for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
        snprintf(body, sizeof(body), "{\"text\":\"INC-%" PRIu64 " %s\"}", focus, verbs[i]);
        ask_api("POST", "/api/v1/commands", n, body);
    }
    world->now += MINUTE;
    for (size_t problem = 0; problem < 6; problem++)
        alert_of(problem);
}

/* What a client of the live stream gets when it resumes somewhere: the events, judged by the present state. */
static bool follow_one(void *ctx, const struct event *event)
{
    const struct audience *audience = ctx;
    CLEANUP_STR struct str text = {0};
    if (api->stream_ops.sight(api->stream_ops.ctx, event, audience->person, SCOPE_READ) == STREAM_NOTHING)
        return true;
    api->stream_ops.encode(api->stream_ops.ctx, event, audience->person, &text);
    CLEANUP_JSON cJSON *json = cJSON_Parse(text.p);
    assert_non_null(json);
    secrets_check_json(&world->secrets, audience, json);
    return true;
}

static void follow_stream(void)
{
    size_t who = below(PRIVATE_PEOPLE + 1);
    struct audience audience = {.route = "the live stream", .person = private_people[who]};
    uint64_t after = below(2) ? 0 : below(world->events + 1);
    assert_int_equal(api->stream_ops.read(api->stream_ops.ctx, after, 0, follow_one, &audience, NULL), 0);
}

/* ---- time, faults ---- */

static void pass_time(void)
{
    static const duration spans[] = {SECOND, MINUTE, 20 * MINUTE, 3 * HOUR, 9 * HOUR, 6 * DAY};
    world->now += 1 + (instant)below((uint64_t)spans[below(ARRAY_SIZE(spans))]);
    private_world_settle(world);
}

static void connect_or_cut(void)
{
    int platform = (int)below(PRIVATE_PLATFORMS);
    uint64_t luck = below(6);
    for (int i = 0; i < 2 * PRIVATE_PLATFORMS; i++) {
        if (luck < 2 &&
            i % PRIVATE_PLATFORMS != 2) /* all but the fallback, which announces while they are away */
            private_world_connect(world, i % PRIVATE_PLATFORMS, luck == 1);
    }
    if (luck >= 2)
        private_world_connect(world, platform, below(2));
    private_world_settle(world);
}

static void restart(void)
{
    private_world_restart(world);
    api->parts.core = world->core;
}

/* Somebody who is known on one platform only turns out to be somebody else, or does not. */
static void link_or_unlink(void)
{
    static const char *const loners[] = {"gus", "dot"};
    const char *one = loners[below(2)], *other = below(3) ? private_people[below(PRIVATE_PEOPLE)] : one;
    CLEANUP_FREE char *line = NULL;
    world->code[0] = '\0';
    if (below(2)) {
        type_line(one, "link");
        world->now += 3 * MINUTE; /* until it is shown */
        private_world_settle(world);
    }
    line = xasprintf(*world->code ? "link %s" : "link undo", world->code);
    type_line(*world->code ? other : one, line);
}

static const struct act {
    unsigned share;
    void (*run)(void);
} acts[] = {{190, chat_line},    {110, chat_happening}, {90, alert},      {150, api_read},
            {70, api_command},   {20, follow_stream},   {100, pass_time}, {30, connect_or_cut},
            {20, act_on_action}, {10, restart},         {30, relapse},    {60, link_or_unlink},
            {120, talk}};

static void step(void)
{
    uint64_t luck = below(1000);
    const struct act *act = acts;
    for (; luck >= act->share; act++)
        luck -= act->share;
    world->step++;
    act->run();
}

/* Members see the incident; for all others it does not exist. */
static void look_at(uint64_t incident, size_t who)
{
    struct audience audience = {.person = private_people[who]};
    char path[64];
    snprintf(path, sizeof(path), "/api/v1/incidents/INC-%" PRIu64, incident);
    bool sees = secrets_sees(&world->secrets, incident, &audience);
    assert_int_equal(ask_api("GET", path, who, NULL), sees ? 200 : 404);
    if (secrets_is_private(&world->secrets, incident))
        saw[sees ? A_MEMBER : A_STRANGER]++;
}

/* At the end everybody reads everything once more. */
static void look_around(void)
{
    static const char *const paths[] = {"/api/v1/incidents?status=all", "/api/v1/groups", "/api/v1/actions",
                                        "/api/v1/search?q=secret"};
    for (size_t who = 0; who <= PRIVATE_PEOPLE; who++) {
        struct audience audience = {.route = "the live stream", .person = private_people[who]};
        for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
            ask_api("GET", paths[i], who, NULL);
        for (uint64_t id = 1; id <= world->secrets.incidents.n; id++)
            look_at(id, who);
        assert_int_equal(api->stream_ops.read(api->stream_ops.ctx, 0, 0, follow_one, &audience, NULL), 0);
    }
}

static size_t private_rooms_of(uint64_t incident)
{
    size_t n = 0;
    for (size_t i = 0; i < world->rooms.n; i++)
        n += world->rooms.v[i].private && world->rooms.v[i].incident == incident;
    return n;
}

static void run_world(uint64_t seed, bool verbose)
{
    struct private_world it;
    world = &it;
    private_world_init(world, seed, policies.policy, verbose);
    api->parts.core = world->core;
    make_tokens();
    first_problem = secrets_canary(&world->secrets);
    for (int i = 1; i < 6; i++)
        secrets_canary(&world->secrets);
    for (int i = 0; i < STEPS; i++)
        step();
    look_around();
    saw[IN_PRIVATE_ROOMS] += world->in_private_rooms;
    saw[ALONE] += world->to_members_alone;
    saw[COPIES] += 16 * world->copies;
    saw[LINKS] += 8 * world->secrets.links.n;
    for (uint64_t id = 1; id <= world->secrets.incidents.n; id++)
        saw[IN_MANY_ROOMS] += 8 * (secrets_is_private(&world->secrets, id) && private_rooms_of(id) > 2);
    private_world_finish(world);
    world = NULL;
}

static uint64_t number_of(const char *name, uint64_t fallback)
{
    const char *text = getenv(name);
    return text && *text ? strtoull(text, NULL, 10) : fallback;
}

static void nothing_of_a_private_incident_reaches_a_stranger(void **state)
{
    (void)state;
    uint64_t first = number_of("FIRST", 1), worlds = number_of("WORLDS", 300);
    for (uint64_t seed = first; seed < first + worlds; seed++)
        run_world(seed, number_of("VERBOSE", 0));
    for (size_t i = 0; i <= PRIVATE_PEOPLE; i++)
        free(token_of[i]);
    for (size_t i = 0; worlds >= 100 && i < SEEN_KINDS; i++)
        if (saw[i] <= worlds)
            fail_msg("kind %zu was seen %zu times in %" PRIu64 " worlds", i, saw[i], worlds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_of_a_private_incident_reaches_a_stranger),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
