#include "delivery/drawing.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/metrics.h"
#include "delivery/picture.h"

struct drawing {
    struct core *core;
    struct action action; /* a copy; its body is what it is handed out with, once it is `ready` */
    bool ready;
};

static void drawing_free(struct drawing *drawing)
{
    action_finish(&drawing->action);
    free(drawing);
}

/* ---- the picture ---- */

/* The log says once that pictures fail, and once that they no longer do. */
static void note_outcome(struct core *core, const char *why)
{
    struct delivery *delivery = delivery_of(core);
    metric_add(METRIC_PICTURES_FAILED, why != NULL);
    if (why && !delivery->undrawn)
        log_warn("%s Messages are sent with words in the place of their pictures", why);
    else if (!why && delivery->undrawn)
        log_info("pictures can be drawn again");
    delivery->undrawn = why;
}

static void drawn(void *ctx, const char *png, size_t n, const struct error *err)
{
    struct drawing *drawing = ctx;
    struct picture picture;
    if (!picture_of(drawing->action.body, &picture))
        return;
    char *body = err ? NULL : picture_drawn(&picture, png, n);
    note_outcome(drawing->core, err    ? err->text
                                : body ? NULL
                                       : "The picture could not be drawn: it became too large.");
    body = body ? body : picture_told(&picture);
    picture_finish(&picture);
    free(drawing->action.body);
    drawing->action.body = body;
    drawing->ready = true;
    delivery_wake(drawing->core);
}

bool drawing_begin(struct core *core, const struct action *action)
{
    struct picture picture;
    if (!picture_of(action->body, &picture))
        return false;
    struct drawing *drawing = xcalloc(1, sizeof(*drawing));
    drawing->core = core;
    action_copy(&drawing->action, action);
    *array_add(&delivery_of(core)->drawings) = drawing;
    core_draw(core, picture.svg, picture.width, drawn, drawing);
    picture_finish(&picture);
    return true;
}

/* ---- handed out ---- */

/* A person may have dropped it meanwhile, or its connector was removed from the configuration. */
static bool is_wanted(struct core *core, const struct action *action)
{
    const struct action *now = outbox_get(core_outbox(core), action->key);
    return now && now->id == action->id && now->state == ACTION_SENDING;
}

static bool can_take(struct core *core, const struct action *action)
{
    const struct core_ops *ops = core_ops(core);
    const struct link *link = link_find(core, action->connector);
    uint64_t can;
    return link && link->up && ops->can_take(ops->ctx, action->connector, &can);
}

void drawing_hand_out(struct core *core)
{
    struct delivery *delivery = delivery_of(core);
    for (size_t i = 0; i < delivery->drawings.n;) {
        struct drawing *drawing = delivery->drawings.v[i];
        bool wanted = is_wanted(core, &drawing->action);
        if (!drawing->ready || (wanted && !can_take(core, &drawing->action))) {
            i++;
            continue;
        }
        array_remove(&delivery->drawings, i);
        if (wanted)
            core_ops(core)->perform(core_ops(core)->ctx, &drawing->action);
        drawing_free(drawing);
    }
}

void drawings_finish(struct delivery *delivery)
{
    for (size_t i = 0; i < delivery->drawings.n; i++)
        drawing_free(delivery->drawings.v[i]);
    array_free(&delivery->drawings);
}
