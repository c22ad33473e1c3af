#include "host/message.h"

#include "base/mem.h"
#include "host/frame.h"

#define LIVE (PHASE_OPEN | PHASE_RUN | PHASE_STOP)

static const struct message_kind {
    const char *name;
    enum message_side side;
    unsigned phases;
} kinds[MESSAGE_TYPES] = {
    [MESSAGE_HELLO] = {"hello", FROM_RUNNER, PHASE_HELLO},
    [MESSAGE_DESCRIPTOR] = {"descriptor", FROM_RUNNER, PHASE_DESCRIBE},
    [MESSAGE_FAILED] = {"failed", FROM_RUNNER, PHASE_HELLO | PHASE_DESCRIBE | LIVE},
    [MESSAGE_SETTINGS] = {"settings", FROM_CORE, PHASE_OPEN},
    [MESSAGE_READY] = {"ready", FROM_RUNNER, PHASE_OPEN},
    [MESSAGE_EVENT] = {"event", FROM_RUNNER, LIVE},
    [MESSAGE_ACK] = {"ack", FROM_CORE, LIVE},
    [MESSAGE_PERFORM] = {"perform", FROM_CORE, PHASE_RUN},
    [MESSAGE_RESULT] = {"result", FROM_RUNNER, PHASE_RUN | PHASE_STOP},
    [MESSAGE_SERVE] = {"serve", FROM_CORE, PHASE_RUN},
    [MESSAGE_RESPONSE] = {"response", FROM_RUNNER, PHASE_RUN | PHASE_STOP},
    [MESSAGE_GET] = {"get", FROM_RUNNER, LIVE},
    [MESSAGE_PUT] = {"put", FROM_RUNNER, LIVE},
    [MESSAGE_VALUE] = {"value", FROM_CORE, LIVE},
    [MESSAGE_CHECK] = {"check", FROM_CORE, PHASE_RUN},
    [MESSAGE_CHECKED] = {"checked", FROM_RUNNER, PHASE_RUN | PHASE_STOP},
    [MESSAGE_LOG] = {"log", FROM_RUNNER, PHASE_DESCRIBE | LIVE},
    [MESSAGE_HEALTH] = {"health", FROM_RUNNER, LIVE},
    [MESSAGE_PING] = {"ping", FROM_CORE, PHASE_RUN},
    [MESSAGE_PONG] = {"pong", FROM_RUNNER, PHASE_RUN | PHASE_STOP},
    [MESSAGE_STOP] = {"stop", FROM_CORE, PHASE_RUN},
    [MESSAGE_BYE] = {"bye", FROM_RUNNER, PHASE_RUN | PHASE_STOP},
};

const char *message_name(enum message_type type)
{
    return kinds[type].name;
}

int message_parse(const char *json, size_t n, enum message_side side, enum message_phase phase,
                  enum message_type *ret_type, cJSON **ret, struct error *err)
{
    CLEANUP_JSON cJSON *message = NULL;
    int rc = json_parse(json, n, FRAME_MOST, MESSAGE_DEPTH, "message", &message, err);
    if (rc)
        return rc;
    const char *name = json_text_or(message, "t", "");
    for (int type = 0; type < MESSAGE_TYPES; type++) {
        if (!text_equal(kinds[type].name, name) || kinds[type].side != side)
            continue;
        if (!(kinds[type].phases & phase))
            return error_set(err, ERR_INVALID, "the message '%s' is not allowed at this point", name);
        *ret_type = (enum message_type)type;
        *ret = steal(message);
        return 0;
    }
    return error_set(err, ERR_INVALID, "unknown message type '%.40s'", name);
}

struct json_out message_begin(enum message_type type, struct str *out)
{
    struct json_out j = {out, false};
    json_begin_object(&j);
    json_put_text(&j, "t", kinds[type].name);
    return j;
}
