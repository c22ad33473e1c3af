#include "daemon/draw.h"

#include "daemon/component.h"
#include "host/programs.h"

static struct {
    struct draw *draw;
} self;

struct draw *daemon_draw(void)
{
    return self.draw;
}

static int start(struct daemon *daemon, const struct configuration *configuration, struct error *err)
{
    struct program program = {0};
    int rc = program_user(configuration, &program, err);
    if (rc)
        return rc;
    program.path = program_draw();
    self.draw = draw_create(daemon_loop(daemon), &program);
    free(program.path);
    return 0;
}

static void drained(void *daemon)
{
    daemon_drained(daemon);
}

static bool drain(struct daemon *daemon)
{
    return draw_drain(self.draw, drained, daemon);
}

static void destroy(void)
{
    draw_destroy(self.draw);
}

const struct component draw_component = {
    .name = "drawing of pictures", .start = start, .drain = drain, .destroy = destroy};
