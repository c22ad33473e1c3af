/*
 * report - what a connector tells Tocsin, in one call each: an event, a log line, an error, the outcome of an action.
 *
 * Texts are formatted like printf's, and cut between characters if they are too long. An operator reads them: say what is
 * wrong, where, and what to do, and never include a secret. Any thread. Arguments are borrowed for the call unless noted.
 */
#ifndef TOCSIN_KIT_REPORT_H
#define TOCSIN_KIT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <tocsin/connector.h>

#ifdef __cplusplus
extern "C" {
#endif

enum kit_level { KIT_DEBUG, KIT_INFO, KIT_WARNING, KIT_ERROR }; /* DEBUG shows only with `log = "debug"` */

/*
 * Emits an event and frees it. Blocks until the core has the event on disk, so hold no lock that perform() needs. Returns what
 * the host's emit returns: TOCSIN_EMITTED, TOCSIN_EMIT_RETRY (also if memory runs out) or TOCSIN_EMIT_REFUSED.
 */
int32_t kit_emit(const struct tocsin_host *host, cJSON *event);

/* The same of an event that there may be, NULL: there is none. False: the core could not store it, so it must come again. */
bool kit_pass(const struct tocsin_host *host, cJSON *event);

/* Writes a line to Tocsin's log, under the connector's name. */
__attribute__((format(printf, 3, 4))) void kit_log(const struct tocsin_host *host, enum kit_level level,
                                                   const char *format, ...);

/* Says that the platform cannot be reached, and why, or with NULL that it can again. A core that is too old to know is not told. */
void kit_health(const struct tocsin_host *host, const char *why);

/* Fills in the error of open(), check() or run() and returns `code`: return kit_fail(error, TOCSIN_E_CONFIG, "`url` …"); */
__attribute__((format(printf, 3, 4))) int32_t kit_fail(struct tocsin_error *error, int32_t code,
                                                       const char *format, ...);

/* Sets the outcome of an action, and why: kit_result(result, TOCSIN_REFUSED, "there is no room %s", room); */
__attribute__((format(printf, 3, 4))) void kit_result(struct tocsin_result *result, int32_t code,
                                                      const char *format, ...);

/* Adds the answer of an action that asks (desk.find), and frees it. Where it cannot be taken, the outcome becomes REFUSED with the
   reason. Call it last. */
void kit_result_answer(struct tocsin_result *result, cJSON *answer);

#ifdef __cplusplus
}
#endif
#endif
