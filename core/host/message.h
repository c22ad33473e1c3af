/*
 * message - the conversation between the core and a runner as one table: type, sender, phases.
 *
 *   runner                        core
 *   hello {abi, version, file}
 *   descriptor {name, …}                          or failed {text}
 *                                 settings {settings, memory}
 *   ready {}                                      or failed {code, text}
 *   event, get, put, log, health  ack, value
 *                                 perform, serve, check, ping
 *   result, response, checked, pong
 *                                 stop {}
 *   bye {}
 *
 * Every message is an object whose "t" is its type. Questions carry a "token" or an "id", which the answer repeats. An event
 * and a result may carry "kept", the values to store with them, and a result the "answer" to an action that asks. A message that is out of phase, nested too deeply or of an
 * unknown type ends the conversation: a runner is not trusted. Pure.
 */
#ifndef TOCSIN_HOST_MESSAGE_H
#define TOCSIN_HOST_MESSAGE_H

#include <cjson/cJSON.h>

#include "base/error.h"
#include "base/json.h"

#define MESSAGE_VERSION 3
#define MESSAGE_DEPTH   40

enum message_type {
    MESSAGE_HELLO,
    MESSAGE_DESCRIPTOR,
    MESSAGE_FAILED,
    MESSAGE_SETTINGS,
    MESSAGE_READY,
    MESSAGE_EVENT,
    MESSAGE_ACK,
    MESSAGE_PERFORM,
    MESSAGE_RESULT,
    MESSAGE_SERVE,
    MESSAGE_RESPONSE,
    MESSAGE_GET,
    MESSAGE_PUT,
    MESSAGE_VALUE,
    MESSAGE_CHECK,
    MESSAGE_CHECKED,
    MESSAGE_LOG,
    MESSAGE_HEALTH,
    MESSAGE_PING,
    MESSAGE_PONG,
    MESSAGE_STOP,
    MESSAGE_BYE,
    MESSAGE_TYPES
};

enum message_side { FROM_RUNNER = 1, FROM_CORE = 2 };
enum message_phase { PHASE_HELLO = 1, PHASE_DESCRIBE = 2, PHASE_OPEN = 4, PHASE_RUN = 8, PHASE_STOP = 16 };

const char *message_name(enum message_type type);
/* Checks a frame and finds its type; *ret is the whole message, which the caller deletes. */
int message_parse(const char *json, size_t n, enum message_side side, enum message_phase phase,
                  enum message_type *ret_type, cJSON **ret, struct error *err);
/* Begins a message in `out`; the caller adds members and ends the object. */
struct json_out message_begin(enum message_type type, struct str *out);

#endif
