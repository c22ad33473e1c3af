#include "draw/draw.h"

#include <signal.h>
#include <string.h>

#include "draw/exchange.h"
#include "host/output.h"

struct wish {
    struct draw_request request;
    chart_drawn *done;
    void *ctx;
};

struct draw {
    uv_loop_t *loop;
    struct program program;     /* owned */
    ARRAY(struct wish) waiting; /* the first one is being drawn while `busy` */
    bool busy, draining;
    struct process process;
    struct output output;
    uv_timer_t limit;
    bool answered;
    struct draw_answer answer;
    void (*drained)(void *ctx);
    void *drained_ctx;
};

static void begin(struct draw *draw);

/* ---- what came of it ---- */

static void tell(const struct wish *wish, const struct draw_answer *answer)
{
    struct error err;
    if (answer->why)
        error_set(&err, ERR_IO, "The picture could not be drawn: %s.", answer->why);
    wish->done(wish->ctx, answer->png.p, answer->png.len, answer->why ? &err : NULL);
}

static struct wish take_first(struct draw *draw)
{
    struct wish wish = draw->waiting.v[0];
    array_remove(&draw->waiting, 0);
    return wish;
}

static void finish_first(struct draw *draw)
{
    struct wish wish = take_first(draw);
    struct draw_answer answer = draw->answer;
    draw->answer = (struct draw_answer){0};
    draw->busy = false;
    tell(&wish, &answer);
    draw_request_finish(&wish.request);
    draw_answer_finish(&answer);
}

static void fail(struct draw *draw, const char *why)
{
    draw_answer_finish(&draw->answer);
    draw->answer.why = xstrdup(why);
    draw->answered = true;
}

/* ---- the process ---- */

static struct draw *of(struct process *process)
{
    return container_of(process, struct draw, process);
}

static void on_frame(struct process *process, const char *json, size_t n)
{
    struct draw *draw = of(process);
    struct error err;
    if (draw->answered)
        return;
    draw->answered = true;
    if (draw_answer_parse(json, n, &draw->answer, &err))
        fail(draw, err.text);
}

static void on_broken(struct process *process, const char *why)
{
    fail(of(process), why);
    process_kill(process, SIGKILL);
}

static void on_output(struct process *process, bool error, const char *bytes, size_t n)
{
    output_take(&of(process)->output, error, bytes, n);
}

static void on_ended(struct process *process, int64_t status, int signal)
{
    struct draw *draw = of(process);
    uv_timer_stop(&draw->limit);
    if (!draw->answered) {
        CLEANUP_FREE char *why = xasprintf(signal ? "tocsin-draw was ended by signal %d"
                                                  : "tocsin-draw ended without an answer, with status %d",
                                           signal ? signal : (int)status);
        fail(draw, why);
    }
    process_clear(process);
}

static void on_cleared(struct process *process)
{
    struct draw *draw = of(process);
    finish_first(draw);
    if (draw->draining)
        draw->drained(draw->drained_ctx);
    else if (draw->waiting.n && !draw->busy)
        begin(draw);
}

static const struct process_ops ops = {on_frame, on_broken, on_output, on_ended, on_cleared};

static void on_limit(uv_timer_t *timer)
{
    struct draw *draw = container_of(timer, struct draw, limit);
    fail(draw, "it took too long");
    process_kill(&draw->process, SIGKILL);
}

static void begin(struct draw *draw)
{
    struct str json = {0};
    draw->busy = true;
    draw->answered = false;
    draw->process.ops = &ops;
    int rc = process_start(&draw->process, draw->loop, &draw->program, NULL);
    if (rc) {
        CLEANUP_FREE char *why = xasprintf("cannot start %s: %s", draw->program.path, uv_strerror(rc));
        fail(draw, why);
        process_clear(&draw->process);
        return;
    }
    draw_request_write(&draw->waiting.v[0].request, &json);
    process_send(&draw->process, &json);
    uv_timer_start(&draw->limit, on_limit, DRAW_TIME, 0);
}

/* ---- what is wanted ---- */

/* NULL: it may be drawn. */
static const char *refusal(const struct draw *draw, const char *svg)
{
    return draw->draining                    ? "Tocsin is stopping"
           : draw->waiting.n >= DRAW_WAITING ? "too many others wait; try again in a minute"
           : strlen(svg) > DRAW_SVG_MOST     ? "it is too large"
                                             : NULL;
}

void draw_png(struct draw *draw, const char *svg, int width, chart_drawn *done, void *ctx)
{
    const char *why = refusal(draw, svg);
    if (why) {
        struct error err;
        error_set(&err, ERR_FULL, "The picture could not be drawn: %s.", why);
        done(ctx, NULL, 0, &err);
        return;
    }
    *array_add(&draw->waiting) = (struct wish){{xstrdup(svg), MIN(MAX(width, 1), DRAW_WIDTH_MOST)}, done, ctx};
    if (!draw->busy)
        begin(draw);
}

/* ---- life ---- */

struct draw *draw_create(uv_loop_t *loop, const struct program *program)
{
    struct draw *draw = xcalloc(1, sizeof(*draw));
    draw->loop = loop;
    draw->program = *program;
    draw->program.path = xstrdup(program->path);
    output_init(&draw->output, NULL);
    uv_timer_init(loop, &draw->limit);
    return draw;
}

bool draw_drain(struct draw *draw, void (*drained)(void *ctx), void *ctx)
{
    static const struct draw_answer stopping = {.why = (char *)(uintptr_t) "Tocsin is stopping"};
    draw->draining = true;
    draw->drained = drained;
    draw->drained_ctx = ctx;
    while (draw->waiting.n > (size_t)draw->busy) {
        struct wish wish = draw->waiting.v[--draw->waiting.n];
        tell(&wish, &stopping);
        draw_request_finish(&wish.request);
    }
    process_kill(&draw->process, SIGKILL);
    return !draw->busy;
}

static void on_closed(uv_handle_t *handle)
{
    free(container_of((uv_timer_t *)handle, struct draw, limit));
}

void draw_destroy(struct draw *draw)
{
    if (!draw)
        return;
    output_finish(&draw->output);
    array_free(&draw->waiting);
    free(draw->program.path);
    uv_close((uv_handle_t *)&draw->limit, on_closed);
}
