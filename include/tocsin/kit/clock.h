/*
 * clock - milliseconds of a clock that never jumps and waiting by it, and times as platforms have them. Any thread.
 */
#ifndef TOCSIN_KIT_CLOCK_H
#define TOCSIN_KIT_CLOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

int64_t kit_now_ms(void);
/* Milliseconds since 1970, which may jump: for times that platforms have, too. */
int64_t kit_wall_ms(void);
/* Prepares a condition for kit_cond_wait. */
void kit_cond_init(pthread_cond_t *cond);
/* Waits, with the lock held, until somebody signals or it is `until` (by kit_now_ms). False: it is. */
bool kit_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until);
/* A time by ISO 8601, as platforms write it ("2026-11-29T18:20:30.123Z", "…+01:00", "…+0100"; without a zone, UTC), in milliseconds
   since 1970. 0: it is none. Pure. */
int64_t kit_time_ms(const char *text);
/* And back, in UTC and whole seconds: "2026-11-29T18:20:30Z". Pure. */
#define KIT_TIME_BYTES 32
void kit_time_text(int64_t ms, char text[KIT_TIME_BYTES]);

#ifdef __cplusplus
}
#endif
#endif
