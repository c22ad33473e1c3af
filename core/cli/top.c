/*
 * `tocsin top`: reads the API on libuv's pool, follows the live stream, and draws what is known. One read is under way at a time: all
 * incidents, or those that changed, then connectors, then the names of people. Commands run beside them.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <uv.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/zone.h"
#include "cli/api_client.h"
#include "cli/chat_render.h"
#include "cli/locate.h"
#include "cli/subcommands.h"
#include "cli/top_draw.h"
#include "cli/top_stream.h"

#define PART             500  /* incidents that are read at once */
#define PARTS_MOST       10   /* so 5000 are shown */
#define CHANGED_MOST     50   /* beyond that, all are read */
#define TIMELINE         200  /* events of an incident that is opened */
#define TICK_MS          1000 /* clocks run */
#define CONNECTORS_TICKS 10   /* their states change without an event of an incident */
#define LONG_ANSWER      4    /* an answer of more lines takes the screen */

enum job_kind { JOB_ALL, JOB_ONE, JOB_CONNECTORS, JOB_PERSON, JOB_OPEN, JOB_COMMAND, JOB_KINDS };

struct page; /* the program while it runs */
struct job {
    uv_work_t work;
    struct page *page;
    enum job_kind kind;
    char *about; /* an incident, a person, or a command line */
    char *here;  /* the incident of a command */
    cJSON *answer;
    int rc;
    struct error err;
};

struct page {
    uv_loop_t loop;
    uv_poll_t keys;
    uv_timer_t tick;
    uv_signal_t signals[4];
    struct api_place place;
    struct top_stream *stream;
    struct top top;
    struct top_view view;
    struct top_link link;
    char *why, *zone;
    struct {
        bool reading, all, connectors;
        ARRAY(char *) changed;
        unsigned ticks;
    } wanted;
    bool following; /* the stream is open */
    bool over;
    atomic_bool stop;
};

/* ---- on the pool ---- */

static int get(const struct job *job, struct cli *cli, const char *path, cJSON **ret, struct error *err)
{
    return api_call_at(cli, &job->page->place, "GET", path, NULL, ret, err);
}

static int read_all(struct job *job, struct cli *cli)
{
    CLEANUP_FREE char *next = NULL;
    job->answer = cJSON_CreateArray();
    for (int part = 0; part < PARTS_MOST; part++) {
        CLEANUP_FREE char *cursor = next ? url_part(next) : NULL;
        CLEANUP_FREE char *path =
            xasprintf("/incidents?limit=%d%s%s", PART, cursor ? "&cursor=" : "", cursor ? cursor : "");
        CLEANUP_JSON cJSON *answer = NULL;
        int rc = get(job, cli, path, &answer, &job->err);
        if (rc)
            return rc;
        cJSON *rows = cJSON_GetObjectItemCaseSensitive(answer, "incidents");
        while (rows && rows->child)
            cJSON_AddItemToArray(job->answer, cJSON_DetachItemViaPointer(rows, rows->child));
        replace_text(&next, json_text_or(answer, "next", NULL));
        if (!next)
            break;
    }
    return 0;
}

/* {"shown": as `show` answers, "events": its timeline} */
static int read_opened(struct job *job, struct cli *cli, const char *name)
{
    CLEANUP_JSON cJSON *line = cJSON_CreateObject(), *shown = NULL, *timeline = NULL;
    CLEANUP_FREE char *path = xasprintf("/incidents/%s/timeline?limit=%d", name, TIMELINE);
    cJSON_AddStringToObject(line, "text", "show");
    cJSON_AddStringToObject(line, "incident", job->about);
    int rc = api_call_at(cli, &job->page->place, "POST", "/commands", line, &shown, &job->err);
    rc = rc ? rc : get(job, cli, path, &timeline, &job->err);
    if (rc)
        return rc;
    job->answer = cJSON_CreateObject();
    cJSON_AddItemToObject(job->answer, "shown", steal(shown));
    cJSON_AddItemToObject(job->answer, "events", cJSON_DetachItemFromObjectCaseSensitive(timeline, "events"));
    return 0;
}

static int run_command(struct job *job, struct cli *cli)
{
    CLEANUP_JSON cJSON *line = cJSON_CreateObject();
    cJSON_AddStringToObject(line, "text", job->about);
    if (job->here)
        cJSON_AddStringToObject(line, "incident", job->here);
    return api_call_at(cli, &job->page->place, "POST", "/commands", line, &job->answer, &job->err);
}

static void work(uv_work_t *work)
{
    struct job *job = container_of(work, struct job, work);
    struct cli cli = {.stop = &job->page->stop};
    CLEANUP_FREE char *part = job->about ? url_part(job->about) : NULL;
    CLEANUP_FREE char *path = job->kind == JOB_ONE      ? xasprintf("/incidents/%s", part)
                              : job->kind == JOB_PERSON ? xasprintf("/people/%s", part)
                                                        : xstrdup("/connectors");
    switch (job->kind) {
    case JOB_ALL:
        job->rc = read_all(job, &cli);
        break;
    case JOB_OPEN:
        job->rc = read_opened(job, &cli, part);
        break;
    case JOB_COMMAND:
        job->rc = run_command(job, &cli);
        break;
    default:
        job->rc = get(job, &cli, path, &job->answer, &job->err);
    }
}

/* ---- what is to be read ---- */

static void draw(struct page *page)
{
    if (!page->over)
        top_draw(&page->top, &page->view, &page->link, clock_now(), page->zone);
}

static void done(uv_work_t *work, int status);

static void begin(struct page *page, enum job_kind kind, const char *about, const char *here)
{
    struct job *job = xcalloc(1, sizeof(*job));
    job->page = page;
    job->kind = kind;
    job->about = xstrdup(about);
    job->here = xstrdup(here);
    uv_queue_work(&page->loop, &job->work, work, done);
}

static void forget_changed(struct page *page)
{
    for (size_t i = 0; i < page->wanted.changed.n; i++)
        free(page->wanted.changed.v[i]);
    array_free(&page->wanted.changed);
}

static void read_next(struct page *page)
{
    const char *stranger = top_stranger(&page->top);
    if (page->wanted.reading || page->over)
        return;
    page->wanted.reading = true;
    if (page->wanted.all) {
        page->wanted.all = false;
        forget_changed(page);
        begin(page, JOB_ALL, NULL, NULL);
    } else if (page->wanted.changed.n) {
        begin(page, JOB_ONE, page->wanted.changed.v[0], NULL);
        free(page->wanted.changed.v[0]);
        array_remove(&page->wanted.changed, 0);
    } else if (page->wanted.connectors) {
        page->wanted.connectors = false;
        begin(page, JOB_CONNECTORS, NULL, NULL);
    } else if (stranger) {
        begin(page, JOB_PERSON, stranger, NULL);
    } else {
        page->wanted.reading = false;
    }
}

static void want_incident(struct page *page, const char *name)
{
    for (size_t i = 0; i < page->wanted.changed.n; i++) {
        if (text_equal(page->wanted.changed.v[i], name))
            return;
    }
    if (page->wanted.changed.n >= CHANGED_MOST)
        page->wanted.all = true;
    else
        *array_add(&page->wanted.changed) = xstrdup(name);
}

static void want_everything(struct page *page)
{
    page->wanted.all = page->wanted.connectors = true;
    read_next(page);
}

/* ---- answers ---- */

static void lost(struct page *page, const char *why)
{
    page->link.lost = page->link.lost ? page->link.lost : clock_now();
    if (why)
        replace_text(&page->why, why);
    page->link.why = page->why;
}

static void found(struct page *page)
{
    if (page->following)
        page->link.lost = 0;
}

static void add_events(const cJSON *events, const char *zone, struct str *out)
{
    for (int i = cJSON_GetArraySize(events); i-- > 0;) { /* the API sends the newest first */
        const cJSON *event = cJSON_GetArrayItem(events, i);
        instant at = 0;
        instant_parse(json_text_or(event, "at", ""), &at, NULL);
        struct wall wall = zone_to_wall(at, zone);
        str_addf(out, "%02d-%02d %02d:%02d:%02d  ", wall.month, wall.day, wall.hour, wall.minute, wall.second);
        chat_render_text(json_text_or(event, "text", ""), false, out);
    }
}

/* Its card as text, without buttons. */
static void add_answer(cJSON *answer, struct str *out)
{
    cJSON *card = cJSON_GetObjectItemCaseSensitive(answer, "card");
    cJSON_DeleteItemFromObjectCaseSensitive(card, "buttons");
    if (cJSON_GetArraySize(json_member(card, "fields")))
        chat_render_card(card, false, out);
    else
        chat_render_text(json_text_or(answer, "text", ""), false, out);
    while (out->len && out->p[out->len - 1] == '\n')
        out->p[--out->len] = '\0';
}

static void take_opened(struct page *page, const struct job *job)
{
    CLEANUP_STR struct str text = {0};
    if (page->view.mode != TOP_READ || !text_equal(page->view.read.opened, job->about))
        return;
    if (job->rc) {
        str_add(&text, job->err.text);
    } else {
        add_answer(cJSON_GetObjectItemCaseSensitive(job->answer, "shown"), &text);
        str_add(&text, "\n\nTimeline\n\n");
        add_events(json_member(job->answer, "events"), page->zone, &text);
    }
    top_read(&page->view, job->about, str_text(&text), job->about);
}

static void take_answer(struct page *page, const struct job *job)
{
    CLEANUP_STR struct str text = {0};
    bool refused = job->rc || json_member(job->answer, "error");
    if (job->rc)
        str_add(&text, job->err.text);
    else
        add_answer(job->answer, &text);
    size_t lines = 0;
    for (const char *at = str_text(&text); (at = strchr(at, '\n')); at++)
        lines++;
    if (lines >= LONG_ANSWER && page->view.mode == TOP_LIST)
        top_read(&page->view, job->about, str_text(&text), NULL);
    else
        top_say(&page->view, refused, text.len ? text.p : "Done.");
}

static void take_read(struct page *page, const struct job *job)
{
    instant now = clock_now();
    switch (job->kind) {
    case JOB_ALL:
        top_take_incidents(&page->top, job->answer, now);
        found(page);
        break;
    case JOB_ONE:
        top_take_incident(&page->top, job->about, job->answer, now);
        break;
    case JOB_CONNECTORS:
        top_take_connectors(&page->top, job->answer);
        break;
    default:
        top_take_person(&page->top, job->about, job->answer);
    }
}

/* What is not there is taken as such; anything else that fails means that what is shown is old. */
static void take(struct page *page, struct job *job)
{
    if (job->kind == JOB_OPEN)
        take_opened(page, job);
    else if (job->kind == JOB_COMMAND)
        take_answer(page, job);
    else if (!job->rc || job->kind == JOB_PERSON || (job->kind == JOB_ONE && job->err.code == ERR_NOT_FOUND))
        take_read(page, job);
    else
        lost(page, job->err.text);
    if (job->kind < JOB_OPEN)
        page->wanted.reading = false;
}

static void done(uv_work_t *work, int status)
{
    struct job *job = container_of(work, struct job, work);
    struct page *page = job->page;
    if (status == 0 && !page->over)
        take(page, job);
    cJSON_Delete(job->answer);
    free(job->about);
    free(job->here);
    free(job);
    read_next(page);
    draw(page);
}

/* ---- the stream ---- */

static void take_event(struct page *page, const char *text)
{
    CLEANUP_JSON cJSON *event = cJSON_Parse(text);
    const char *incident = json_text_or(event, "incident", NULL);
    if (!incident) {
        page->wanted.connectors = true;
    } else {
        want_incident(page, incident);
        if (page->view.mode == TOP_READ && text_equal(page->view.read.opened, incident))
            begin(page, JOB_OPEN, incident, NULL);
    }
    read_next(page);
}

static void on_stream(void *ctx, enum top_stream_news news, const char *text)
{
    struct page *page = ctx;
    if (page->over)
        return;
    page->following = news != STREAM_CLOSED;
    if (news == STREAM_EVENT)
        take_event(page, text);
    else
        want_everything(page);
    if (news == STREAM_CLOSED)
        lost(page, NULL);
    draw(page);
}

/* ---- keys, clocks and signals ---- */

static void close_handle(uv_handle_t *handle, void *ctx)
{
    (void)ctx;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void end(struct page *page)
{
    if (page->over)
        return;
    page->over = true;
    atomic_store(&page->stop, true);
    top_stream_destroy(page->stream);
    uv_walk(&page->loop, close_handle, NULL);
}

static void press(struct page *page, struct top_key key)
{
    switch (top_press(&page->view, &page->top, key)) {
    case TOP_QUIT:
        end(page);
        break;
    case TOP_RUN:
        top_say(&page->view, false, "…");
        begin(page, JOB_COMMAND, page->view.line, page->view.here);
        break;
    case TOP_OPEN:
        begin(page, JOB_OPEN, page->view.read.opened, NULL);
        break;
    case TOP_AGAIN:
        want_everything(page);
        break;
    default:
        break;
    }
}

static void on_keys(uv_poll_t *keys, int status, int events)
{
    struct page *page = keys->data;
    struct top_key key;
    if (status < 0 || (events & UV_DISCONNECT))
        end(page);
    while (!page->over && top_next_key(&key))
        press(page, key);
    draw(page);
}

static void on_tick(uv_timer_t *tick)
{
    struct page *page = tick->data;
    if (++page->wanted.ticks % CONNECTORS_TICKS == 0 && !page->link.lost) {
        page->wanted.connectors = true;
        read_next(page);
    }
    draw(page);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct page *page = handle->data;
    if (number != SIGWINCH) {
        end(page);
        return;
    }
    top_resize();
    draw(page);
}

static void watch(struct page *page)
{
    static const int numbers[] = {SIGWINCH, SIGINT, SIGTERM, SIGHUP};
    uv_poll_init(&page->loop, &page->keys, STDIN_FILENO);
    uv_timer_init(&page->loop, &page->tick);
    page->keys.data = page->tick.data = page;
    uv_poll_start(&page->keys, UV_READABLE | UV_DISCONNECT, on_keys);
    uv_timer_start(&page->tick, on_tick, TICK_MS, TICK_MS);
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
        uv_signal_init(&page->loop, &page->signals[i]);
        page->signals[i].data = page;
        uv_signal_start(&page->signals[i], on_signal, numbers[i]);
    }
}

/* ---- beginning and end ---- */

/* What is wrong with the address or the token is said before the screen is taken. */
static int look(struct cli *cli, struct page *page, struct error *err)
{
    struct job job = {.page = page, .kind = JOB_ALL};
    int rc = read_all(&job, cli);
    if (rc)
        *err = job.err;
    else
        top_take_incidents(&page->top, job.answer, clock_now());
    top_choose_first(&page->view, &page->top);
    cJSON_Delete(job.answer);
    return rc;
}

static int run(struct page *page, struct error *err)
{
    uv_loop_init(&page->loop);
    page->stream = top_stream_create(&page->place, &page->loop, on_stream, page, err);
    int rc = page->stream ? top_begin(cli_colour(), err) : err->code;
    if (rc) {
        end(page);
    } else {
        watch(page);
        draw(page);
    }
    uv_run(&page->loop, UV_RUN_DEFAULT);
    top_end();
    uv_loop_close(&page->loop);
    return rc;
}

int cli_run_top(struct cli *cli)
{
    struct page page = {.zone = cli_zone()};
    CLEANUP_FREE char *url = NULL, *token = NULL;
    struct error err;
    int rc = 0;
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        rc = error_set(&err, ERR_INVALID, "top needs a terminal; `tocsin list` prints the open incidents once");
    rc = rc ? rc : locate_daemon(cli, &url, &token, &err);
    page.place = (struct api_place){url, token};
    page.link.url = url;
    rc = rc ? rc : look(cli, &page, &err);
    rc = rc ? rc : run(&page, &err);
    forget_changed(&page);
    top_finish(&page.top);
    top_view_finish(&page.view);
    free(page.why);
    free(page.zone);
    return rc ? cli_fail(cli, &err) : CLI_OK;
}
