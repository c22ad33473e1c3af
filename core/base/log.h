/*
 * log - structured log lines on standard error, with secrets removed.
 *
 * One line per entry: `2026-11-23T15:06:22.123Z warn incident=INC-42 connector=slack  text`. Values with spaces
 * are quoted; control characters are escaped, so that nobody can forge a line. Registered secrets are replaced by
 * [secret] wherever they occur. Under systemd (JOURNAL_STREAM is set) a line begins with a priority prefix instead of the
 * time. Any thread may log.
 */
#ifndef TOCSIN_BASE_LOG_H
#define TOCSIN_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* The context of a line. Each field may be NULL. Borrowed for the call. */
struct log_context {
    const char *incident, *connector, *request;
};

void log_init(enum log_level least);
/* Sends lines to a function instead of standard error, for tests; NULL: to standard error again. */
void log_sink(void (*sink)(void *ctx, const char *line, size_t n), void *ctx);
__attribute__((format(printf, 3, 4))) void log_at(enum log_level level, const struct log_context *context,
                                                  const char *format, ...);
#define log_debug(...) log_at(LOG_DEBUG, NULL, __VA_ARGS__)
#define log_info(...)  log_at(LOG_INFO, NULL, __VA_ARGS__)
#define log_warn(...)  log_at(LOG_WARN, NULL, __VA_ARGS__)
#define log_error(...) log_at(LOG_ERROR, NULL, __VA_ARGS__)

/* Hides a value (copied) from now on. Values of fewer than 6 bytes are ignored, since hiding them would hide words. */
void log_secret(const char *value);
/* A copy of text with every registered secret replaced; the caller frees it. For errors and timelines. */
char *log_redact(const char *text);
void log_finish(void); /* forgets the secrets, frees everything */

#endif
