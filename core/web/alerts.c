#include "web/alerts.h"

#include <string.h>
#include <sys/resource.h>
#include <uv.h>

#include "base/clock.h"
#include "base/metrics.h"
#include "triage/incoming.h"
#include "triage/triage.h"
#include "web/charge.h"
#include "web/origins.h"
#include "web/pace.h"

#define RETRY_SECONDS 5 /* how long senders are told to wait while the journal cannot be written */
#define BODY_MOST     ((size_t)20 << 20)
#define ROUTES_MOST   64
#define TURN_NS       100000 /* of one origin, in one turn of the loop: when that is over, the rest waits */
#define PART_NS       250000 /* what a part of a body may take */
#define SENDERS_TURN  4      /* senders whose bodies waited, in one turn of the loop */
#define PART_MOST     64     /* alerts that are given to the core at once */
#define ALERT_NS      30000  /* what one takes, as long as that is not known */
#define SPARE_MOST    16     /* arenas that are kept */
#define SPARE_BYTES   ((size_t)512 << 10) /* of each */
#define LONG          ((size_t)64 << 10)  /* bytes that are not read before the sender is looked at */
#define READY_MOST    1000                /* bodies of one sender that wait */
#define LONGS_MOST    16                  /* of them for the thread */
#define NICENESS      10                  /* of that thread: the loop comes first */
/* Memory: of long bodies as received, from before they are read; and as much again of what is made of bodies. */
#define SENDER_BYTES ((size_t)128 << 20)
#define ALL_BYTES    ((size_t)512 << 20)

struct alerts_intake {
    struct core *core;
    struct intake_config *(*config)(void);
    instant (*clock)(void);
    struct arena spare[SPARE_MOST]; /* for the next bodies */
    size_t spare_n;
    struct origins origins;
    struct pace pace;         /* of senders */
    struct list line;         /* of senders with long bodies, for the thread */
    struct delivery *aside;   /* that is being read there */
    size_t received, decoded; /* bytes, as those of an origin */
    bool draining;
    void (*drained)(void *ctx); /* to be told when nothing is under way there */
    void *drained_ctx;
    int handles;
    struct route routes[ROUTES_MOST];
    size_t n;
};

/* A request, from its arrival to its answer. */
struct delivery {
    struct alerts_intake *intake;
    struct http_request *http;
    struct intake_config *config;
    struct origin *origin;
    struct intake_request request;
    struct str body; /* of a long one, which the thread frees */
    struct arena arena;
    struct charge charge; /* of the arena, once it was read */
    struct alert_list alerts;
    size_t taken; /* alerts that the core has */
    bool read;    /* its body */
    int result;   /* of reading it aside */
    int unkept;   /* parts that are not durable yet, and 1 while more may follow */
    bool lost;    /* one was not kept */
    struct list link;
    uv_work_t work;
    int64_t took_ns;
    struct intake_answer answer; /* large: last, and left to intake_admit to clear */
};

static size_t body_limit(const struct alerts_intake *intake)
{
    size_t most = intake->config()->limits.body;
    return most ? most : BODY_MOST;
}

/* Monotonic, in ms; the loop knows it already. */
static int64_t now_of(const struct alerts_intake *intake)
{
    return (int64_t)uv_now(intake->pace.check.loop);
}

/* ---- memory ---- */

/* So much memory that to give it back takes the kernel a while. */
struct waste {
    uv_work_t work;
    struct arena arena;
};

static void clear_waste(uv_work_t *work)
{
    arena_finish(&container_of(work, struct waste, work)->arena);
}

static void cleared(uv_work_t *work, int status)
{
    struct waste *waste = container_of(work, struct waste, work);
    (void)status;
    (*(int *)work->data)--;
    free(waste);
}

static void clear_aside(struct alerts_intake *intake, const struct arena *arena)
{
    struct waste *waste = xcalloc(1, sizeof(*waste));
    waste->arena = *arena;
    waste->work.data = &intake->handles;
    intake->handles++;
    uv_queue_work(intake->pace.check.loop, &waste->work, clear_waste, cleared);
}

static void give_back(struct alerts_intake *intake, struct arena *arena)
{
    if (arena->bytes > ARENA_KEEP) {
        clear_aside(intake, arena);
    } else if (intake->spare_n == SPARE_MOST) {
        arena_finish(arena);
    } else {
        arena_reset(arena);
        intake->spare[intake->spare_n++] = *arena;
    }
}

/* ---- the answer ---- */

static void send_answer(struct http_request *request, const struct intake_answer *answer)
{
    const char *type = "application/json"; /* unless a header of the answer says otherwise */
    for (int i = 0; i < answer->n_headers; i++) {
        if (strcmp(answer->headers[i].name, "content-type") == 0)
            type = answer->headers[i].value;
        else
            http_answer_header(request, answer->headers[i].name, answer->headers[i].value);
    }
    http_answer(request, answer->status, *answer->body ? type : NULL, answer->body, strlen(answer->body));
}

static void next_aside(struct alerts_intake *intake);

static void abandon(struct delivery *delivery)
{
    if (delivery->origin)
        delivery->origin->under_way--;
    charge_end(&delivery->charge);
    give_back(delivery->intake, &delivery->arena);
    next_aside(delivery->intake); /* it may have waited for that memory */
    str_finish(&delivery->body);
    intake_config_release(delivery->config);
    free(delivery);
}

static void end(struct delivery *delivery)
{
    send_answer(delivery->http, &delivery->answer);
    abandon(delivery);
}

static void note_refused(struct delivery *delivery)
{
    struct alerts_intake *intake = delivery->intake;
    const struct intake_route *route = delivery->request.route;
    const char *why = delivery->answer.why;
    metric_add(METRIC_ALERTS_REFUSED, 1);
    incoming_refused(intake->core, http_peer(delivery->http), route ? route->pattern : delivery->request.path,
                     *why ? why : "malformed body", intake->clock());
}

/* Answers at once: nothing of it reached the core. */
static void end_unstored(struct delivery *delivery)
{
    if (delivery->answer.status >= 400)
        note_refused(delivery);
    end(delivery);
}

static void turn_away(struct delivery *delivery, int seconds)
{
    intake_spent(delivery->request.route, seconds, &delivery->answer);
    end_unstored(delivery);
}

static void end_busy(struct delivery *delivery)
{
    intake_busy(delivery->request.route, RETRY_SECONDS, &delivery->answer);
    end(delivery);
}

/* ---- giving alerts to the core, a part at a time ---- */

static void part_ended(struct delivery *delivery)
{
    if (--delivery->unkept)
        return;
    if (delivery->lost)
        end_busy(delivery);
    else
        end(delivery);
}

static void on_durable(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct delivery *delivery = ctx;
    (void)err, (void)last_seq;
    delivery->lost |= rc != 0;
    part_ended(delivery);
}

/* As many alerts as one turn has time for, by what the sender's last ones took. */
static size_t part_of(const struct delivery *delivery)
{
    int64_t each = delivery->origin->alert_ns ? delivery->origin->alert_ns : ALERT_NS;
    size_t n = (size_t)MAX(MIN(PART_NS / each, PART_MOST), 1);
    return MIN(n, delivery->alerts.n - delivery->taken);
}

/* A part that was interrupted seems slow, so what takes longer than before is believed step by step. */
static void learn(struct origin *origin, int64_t each)
{
    bool slower = origin->alert_ns && each > origin->alert_ns;
    origin->alert_ns = slower ? (7 * origin->alert_ns + each) / 8 : each;
}

/* True: a part is left. */
static bool take_part(struct delivery *delivery)
{
    size_t from = delivery->taken, n = part_of(delivery);
    bool many = delivery->alerts.n > 1;
    int64_t began = many ? clock_mono_ns() : 0;
    delivery->taken += n;
    delivery->unkept++;
    triage_alerts_part(delivery->intake->core, &delivery->alerts, from, n, delivery->intake->clock(),
                       on_durable, delivery);
    if (many)
        learn(delivery->origin, (clock_mono_ns() - began) / (int64_t)n);
    if (delivery->taken < delivery->alerts.n && !delivery->lost)
        return true;
    part_ended(delivery);
    return false;
}

/* It waits for a turn of its sender, so that whoever wants less, and came in the same turn of the loop, has its answer first. */
static void set_ready(struct delivery *delivery)
{
    struct origin *origin = delivery->origin;
    list_append(&origin->ready, &delivery->link);
    if (!origin->turn.next)
        pace_wait(&delivery->intake->pace, &origin->turn);
}

/* ---- reading on the thread ---- */

static void read_aside(uv_work_t *work)
{
    struct delivery *delivery = container_of(work, struct delivery, work);
    setpriority(PRIO_PROCESS, 0, NICENESS); /* of this thread alone */
    int64_t began = clock_mono_ns();
    delivery->result = intake_read(&delivery->request, &delivery->alerts, &delivery->answer);
    str_finish(&delivery->body);
    delivery->took_ns = clock_mono_ns() - began;
}

static void charge(struct delivery *delivery)
{
    charge_set(&delivery->charge, delivery->arena.bytes, &delivery->origin->decoded,
               &delivery->intake->decoded);
}

static void on_read(uv_work_t *work, int status)
{
    struct delivery *delivery = container_of(work, struct delivery, work);
    struct alerts_intake *intake = delivery->intake;
    struct origin *origin = delivery->origin;
    (void)status;
    intake->aside = NULL;
    delivery->read = true;
    charge(delivery);
    allowance_spend(&origin->allowance, delivery->took_ns / 1000, 0, now_of(intake));
    if (intake->draining) {
        end_busy(delivery);
        intake->drained(intake->drained_ctx);
        return;
    }
    if (delivery->result < 0)
        end_unstored(delivery);
    else
        set_ready(delivery);
    next_aside(intake);
}

/* The first in line that may have more memory; NULL: there is none, until a body that was read is done with. */
static struct origin *first_in_line(struct alerts_intake *intake)
{
    list_each (origin, &intake->line, struct origin, line) {
        if (origin->decoded < SENDER_BYTES)
            return origin;
    }
    return NULL;
}

/* One at a time, and those who wait for it take turns. */
static void next_aside(struct alerts_intake *intake)
{
    bool waits = intake->aside || intake->draining || intake->decoded >= ALL_BYTES;
    struct origin *origin = waits ? NULL : first_in_line(intake);
    if (!origin)
        return;
    struct delivery *delivery = container_of(origin_take(&origin->longs), struct delivery, link);
    list_remove(&origin->line);
    if (--origin->longs_n)
        list_append(&intake->line, &origin->line);
    intake->aside = delivery;
    delivery->request.at_once = false;
    arena_reset(&delivery->arena);
    uv_queue_work(intake->pace.check.loop, &delivery->work, read_aside, on_read);
}

static void read_later(struct delivery *delivery)
{
    struct alerts_intake *intake = delivery->intake;
    struct origin *origin = delivery->origin;
    int wait = allowance_wait(&origin->allowance, now_of(intake));
    if (wait || origin->longs_n == LONGS_MOST) {
        turn_away(delivery, wait ? wait : RETRY_SECONDS);
        return;
    }
    allowance_spend(&origin->allowance, 0, (int64_t)delivery->request.n, now_of(intake));
    delivery->body = http_take_body(delivery->http);
    list_append(&origin->longs, &delivery->link);
    if (origin->longs_n++ == 0)
        list_append(&intake->line, &origin->line);
    next_aside(intake);
}

/* ---- the way of a request ---- */

/* Reads the body, unless that has to be done aside. True: it was read, and its alerts are for the core. */
static bool read_here(struct delivery *delivery)
{
    int result = intake_read(&delivery->request, &delivery->alerts, &delivery->answer);
    delivery->read = result == 0;
    if (delivery->read)
        charge(delivery);
    if (result == INTAKE_LONG)
        read_later(delivery);
    else if (result < 0)
        end_unstored(delivery);
    return result == 0;
}

/* What can be done for it in one go. True: more is left to do here. */
static bool step(struct delivery *delivery)
{
    if (!delivery->read && http_gone(delivery->http)) {
        end_busy(delivery);
        return false;
    }
    return (delivery->read || read_here(delivery)) && take_part(delivery);
}

/* Goes on with what the sender has ready, for as long as it has time in this turn of the loop. */
static void work_for(struct alerts_intake *intake, struct origin *origin)
{
    struct list *first;
    int64_t until = clock_mono_ns() + TURN_NS;
    origin->under_way++;
    while (clock_mono_ns() < until && (first = origin_take(&origin->ready))) {
        if (step(container_of(first, struct delivery, link)))
            list_append(&origin->ready, first);
    }
    origin->under_way--;
    list_remove(&origin->turn);
    if (!list_empty(&origin->ready))
        pace_wait(&intake->pace, &origin->turn);
}

static void take_turn(struct pace *pace, struct list *element)
{
    work_for(container_of(pace, struct alerts_intake, pace), container_of(element, struct origin, turn));
}

static struct delivery *begin(struct alerts_intake *intake, struct http_request *http)
{
    struct delivery *delivery = xmalloc(sizeof(*delivery));
    memset(delivery, 0, offsetof(struct delivery, answer));
    delivery->intake = intake;
    delivery->http = http;
    delivery->unkept = 1;
    delivery->arena = intake->spare_n ? intake->spare[--intake->spare_n] : (struct arena){.keep = SPARE_BYTES};
    delivery->config = intake->config();
    intake_config_hold(delivery->config);
    delivery->request = (struct intake_request){
        .config = delivery->config,
        .method = http_method_name(http_method(http)),
        .path = http_path(http),
        .query = http_query(http),
        .authorization = http_header(http, "authorization"),
        .sentry_auth = http_header(http, "x-sentry-auth"),
        .content_encoding = http_header(http, "content-encoding"),
        .content_type = http_header(http, "content-type"),
        .now = intake->clock(),
        .arena = &delivery->arena,
        .at_once = true,
    };
    delivery->request.body = http_body(http, &delivery->request.n);
    return delivery;
}

static void refuse_too_large(struct alerts_intake *intake, struct http_request *http)
{
    const struct intake_route *route = intake_route_find(http_path(http));
    CLEANUP_FREE char *why = xasprintf("The body is too large. The limit is %zu bytes", body_limit(intake));
    metric_add(METRIC_ALERTS_REFUSED, 1);
    incoming_refused(intake->core, http_peer(http), route ? route->pattern : http_path(http), why,
                     intake->clock());
    http_problem(http, 413, "%s.", why);
}

static struct origin *origin_of(struct delivery *delivery)
{
    const struct intake_source *source = delivery->request.source;
    const char *name = source ? source->name : http_peer(delivery->http);
    return origins_get(&delivery->intake->origins, name, now_of(delivery->intake));
}

/* True: there is room for so many bytes; else it has been answered. */
static bool has_room(struct delivery *delivery, const struct origin *origin, size_t bytes)
{
    const struct alerts_intake *intake = delivery->intake;
    if (origin->received + bytes > SENDER_BYTES || origin->decoded >= SENDER_BYTES)
        turn_away(delivery, RETRY_SECONDS);
    else if (intake->received + bytes > ALL_BYTES || intake->decoded >= ALL_BYTES)
        end_busy(delivery);
    else
        return true;
    return false;
}

/* A long body is not read if its key is wrong, its sender has used up its allowance, or there is no memory for it. */
static bool admission(void *ctx, struct http_request *http)
{
    struct alerts_intake *intake = ctx;
    if (http_length(http) <= LONG)
        return true;
    struct delivery *delivery = begin(intake, http);
    if (intake_admit(&delivery->request, &delivery->answer) < 0) {
        end_unstored(delivery);
        return false;
    }
    struct origin *origin = origin_of(delivery);
    int wait = allowance_wait(&origin->allowance, now_of(intake));
    if (wait)
        turn_away(delivery, wait);
    if (wait || !has_room(delivery, origin, http_length(http)))
        return false;
    http_charge(http, http_length(http), &origin->received, &intake->received);
    abandon(delivery);
    return true;
}

static void receive(void *ctx, struct http_request *http)
{
    struct alerts_intake *intake = ctx;
    if (http_too_large(http)) {
        refuse_too_large(intake, http);
        return;
    }
    struct delivery *delivery = begin(intake, http);
    if (intake_admit(&delivery->request, &delivery->answer) < 0) {
        end_unstored(delivery);
        return;
    }
    if (intake->draining) {
        end_busy(delivery);
        return;
    }
    struct origin *origin = delivery->origin = origin_of(delivery);
    if (origin->under_way++ >= READY_MOST) {
        turn_away(delivery, RETRY_SECONDS);
        return;
    }
    if (!has_room(delivery, origin, 0))
        return;
    set_ready(delivery);
}

/* ---- routes ---- */

/* The intake writes "{}" for a path segment; the server wants a name in it. */
static char *server_pattern(const char *pattern, bool slash)
{
    struct str out = {0};
    for (const char *p = pattern; *p; p++) {
        bool hole = p[0] == '{' && p[1] == '}';
        str_add(&out, hole ? "{stream}" : (char[]){*p, '\0'});
        p += hole;
    }
    if (out.len && out.p[out.len - 1] == '/')
        out.p[--out.len] = '\0';
    if (slash)
        str_addc(&out, '/');
    return str_take(&out);
}

static void add_route(struct alerts_intake *intake, const struct intake_route *from, enum http_method method,
                      bool slash)
{
    require(intake->n < ROUTES_MOST);
    intake->routes[intake->n++] = (struct route){
        .method = method,
        .pattern = server_pattern(from->pattern, slash),
        .handler = receive,
        .body_limit = body_limit(intake),
        .flags = ROUTE_TOO_LARGE | (from->cors == INTAKE_CORS ? ROUTE_CORS : 0),
    };
}

static void add_routes(struct alerts_intake *intake)
{
    size_t n;
    const struct intake_route *table = intake_route_table(&n);
    for (size_t i = 0; i < n; i++) {
        for (int slash = 0; slash < 2; slash++) {
            add_route(intake, &table[i], HTTP_POST, slash);
            if (strstr(table[i].methods, "PUT"))
                add_route(intake, &table[i], HTTP_PUT, slash);
        }
    }
}

struct alerts_intake *alerts_intake_create(struct server *server, struct core *core,
                                           struct intake_config *(*config)(void), instant (*clock)(void))
{
    struct alerts_intake *intake = xcalloc(1, sizeof(*intake));
    *intake = (struct alerts_intake){.core = core, .config = config, .clock = clock};
    list_init(&intake->line);
    pace_init(&intake->pace, server_loop(server), SENDERS_TURN, take_turn, &intake->handles);
    add_routes(intake);
    server_add_admitted(server, intake->routes, intake->n, intake, admission);
    return intake;
}

/* ---- the end ---- */

static void drop(struct list *queue)
{
    for (struct list *first; (first = origin_take(queue));) {
        struct delivery *delivery = container_of(first, struct delivery, link);
        delivery->lost = true;
        part_ended(delivery);
    }
}

int alerts_intake_wait(struct alerts_intake *intake, const char *source)
{
    struct origin *origin = map_get(&intake->origins.map, source);
    return origin ? allowance_wait(&origin->allowance, now_of(intake)) : 0;
}

bool alerts_intake_drain(struct alerts_intake *intake, void (*drained)(void *ctx), void *ctx)
{
    const struct map_slot *slot;
    intake->draining = true;
    intake->drained = drained;
    intake->drained_ctx = ctx;
    for (size_t i = 0; (slot = map_next(&intake->origins.map, &i));) {
        struct origin *origin = slot->value;
        list_remove(&origin->turn);
        list_remove(&origin->line);
        drop(&origin->ready);
        drop(&origin->longs);
        origin->longs_n = 0;
    }
    return !intake->aside;
}

void alerts_intake_destroy(struct alerts_intake *intake)
{
    if (!intake)
        return;
    struct uv_loop_s *loop = intake->pace.check.loop;
    pace_close(&intake->pace);
    while (intake->handles)
        uv_run(loop, UV_RUN_ONCE);
    for (size_t i = 0; i < intake->n; i++)
        free((char *)(uintptr_t)intake->routes[i].pattern);
    origins_finish(&intake->origins);
    while (intake->spare_n)
        arena_finish(&intake->spare[--intake->spare_n]);
    free(intake);
}
