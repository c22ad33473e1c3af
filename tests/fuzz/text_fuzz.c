/* Text that people type or machines send: cleaned, logged, and read as a time. */
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define NOW INT64_C(1795446382123)

static void one_line(void *ctx, const char *line, size_t n)
{
    (void)ctx;
    require(n > 0 && line[n - 1] == '\n' && !memchr(line, '\n', n - 1) && !memchr(line, '\x1b', n));
    require(utf8_valid(line, n));
}

static void check_times(const char *text)
{
    struct error err;
    instant t;
    duration d;
    char shown[INSTANT_TEXT];
    if (instant_parse(text, &t, &err) == 0 && t > 0) {
        instant again = 0;
        require(instant_parse(instant_format(t, shown), &again, NULL) == 0 && again == t);
    }
    if (duration_parse(text, &d, &err) == 0)
        require(d >= SECOND && d <= 366 * DAY);
    if (when_parse(text, NOW, "America/New_York", &t, &err) == 0)
        require(t > NOW && t <= NOW + 366 * DAY);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    CLEANUP_FREE char *raw = xstrndup((const char *)data, n),
                      *clean = utf8_sanitize((const char *)data, n, 200);
    size_t length = strlen(clean);
    require(length <= 200 && utf8_valid(clean, length));
    CLEANUP_FREE char *again = utf8_sanitize(clean, length, 200);
    require(text_equal(clean, again));
    log_sink(one_line, NULL);
    log_at(LOG_ERROR, &(struct log_context){.request = raw}, "%s", raw);
    check_times(raw);
    text_matches(raw, clean);
    return 0;
}
