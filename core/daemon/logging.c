/* logging - the least level that is logged. */
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/component.h"

static int start(struct daemon *daemon, const struct configuration *configuration, struct error *err)
{
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    const char *level = json_text_or(configuration->core, "log", "info");
    (void)daemon, (void)err;
    for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
        if (text_equal(levels[i], level))
            log_init((enum log_level)i);
    }
    return 0;
}

const struct component logging_component = {.name = "log", .start = start};
