#include "web/pace.h"

#include "base/mem.h"

static void stay_awake(uv_idle_t *idle)
{
    (void)idle;
}

static struct list *take_first(struct list *list)
{
    struct list *first = list->next;
    list_remove(first);
    return first;
}

static void on_check(uv_check_t *check)
{
    struct pace *pace = check->data;
    struct list now; /* so that each has one, also who waits again at once */
    list_init(&now);
    pace->round++;
    for (int i = 0; i < pace->most && !list_empty(&pace->waiting); i++)
        list_append(&now, take_first(&pace->waiting));
    while (!list_empty(&now))
        pace->take(pace, take_first(&now));
    if (list_empty(&pace->waiting))
        uv_idle_stop(&pace->awake);
}

void pace_init(struct pace *pace, uv_loop_t *loop, int most, pace_take *take, int *open)
{
    *pace = (struct pace){.take = take, .most = most, .open = open};
    list_init(&pace->waiting);
    uv_idle_init(loop, &pace->awake);
    uv_check_init(loop, &pace->check);
    pace->check.data = pace->awake.data = pace;
    uv_check_start(&pace->check, on_check);
    uv_unref((uv_handle_t *)&pace->check);
    uv_unref((uv_handle_t *)&pace->awake);
    *open += 2;
}

static void on_closed(uv_handle_t *handle)
{
    struct pace *pace = handle->data;
    --*pace->open;
}

void pace_close(struct pace *pace)
{
    uv_close((uv_handle_t *)&pace->check, on_closed);
    uv_close((uv_handle_t *)&pace->awake, on_closed);
}

void pace_wait(struct pace *pace, struct list *element)
{
    list_append(&pace->waiting, element);
    uv_idle_start(&pace->awake, stay_awake);
}
