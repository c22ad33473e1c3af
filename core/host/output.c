#include "host/output.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/time.h"

#define LINE_MOST 2000
#define BURST     200 /* lines in ten seconds */

void output_init(struct output *output, const char *connector)
{
    *output = (struct output){.connector = connector};
}

void output_finish(struct output *output)
{
    str_finish(&output->out);
    str_finish(&output->error);
}

/* False when it has logged too much lately; the number of dropped lines is logged once it is quieter. */
static bool may_log(struct output *output)
{
    int64_t now = clock_mono_ns() / 1000000;
    if (now - output->since >= 10 * SECOND) {
        int dropped = output->dropped;
        output->since = now;
        output->lines = output->dropped = 0;
        if (dropped)
            log_at(LOG_WARN, &(struct log_context){.connector = output->connector}, "dropped %d log lines",
                   dropped);
    }
    bool may = ++output->lines <= BURST;
    output->dropped += !may;
    return may;
}

void output_line(struct output *output, enum log_level level, const char *text, size_t n)
{
    if (!may_log(output))
        return;
    CLEANUP_FREE char *clean = utf8_sanitize(text, n, LINE_MOST);
    log_at(level, &(struct log_context){.connector = output->connector}, "%s", clean);
}

static void end_line(struct output *output, enum log_level level, struct str *line)
{
    if (line->len)
        output_line(output, level, line->p, line->len);
    str_clear(line);
}

void output_take(struct output *output, bool error, const char *bytes, size_t n)
{
    struct str *line = error ? &output->error : &output->out;
    enum log_level level = error ? LOG_WARN : LOG_INFO;
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] == '\n' || line->len == LINE_MOST)
            end_line(output, level, line);
        if (bytes[i] != '\n')
            str_addc(line, bytes[i]);
    }
    if (!n)
        end_line(output, level, line);
}
