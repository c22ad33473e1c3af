#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <sodium/utils.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

#define SECRET_LEAST 6
#define TEXT_MOST    8192 /* of one entry, before escaping */

/* Guards everything below. Held while the sink is called, so that lines do not mix. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static enum log_level least_level = LOG_INFO;
static bool under_systemd;
static void (*sink_function)(void *ctx, const char *line, size_t n);
static void *sink_ctx;
static ARRAY(char *) secrets; /* longest first, since one may be the beginning of another */

static const struct {
    const char *word, *priority;
} levels[] = {{"debug", "<7>"}, {"info", "<6>"}, {"warn", "<4>"}, {"error", "<3>"}};

void log_init(enum log_level least)
{
    pthread_mutex_lock(&lock);
    least_level = least;
    under_systemd = getenv("JOURNAL_STREAM") != NULL;
    pthread_mutex_unlock(&lock);
}

void log_sink(void (*sink)(void *ctx, const char *line, size_t n), void *ctx)
{
    pthread_mutex_lock(&lock);
    sink_function = sink;
    sink_ctx = ctx;
    pthread_mutex_unlock(&lock);
}

/* The place of a new value in the sorted list. */
static size_t secret_place(const char *value, bool *ret_known)
{
    size_t i = 0, length = strlen(value);
    while (i < secrets.n && strlen(secrets.v[i]) > length)
        i++;
    size_t place = i;
    while (i < secrets.n && strcmp(secrets.v[i], value) != 0)
        i++;
    *ret_known = i < secrets.n;
    return place;
}

void log_secret(const char *value)
{
    if (!value || strlen(value) < SECRET_LEAST)
        return;
    pthread_mutex_lock(&lock);
    bool known;
    size_t place = secret_place(value, &known);
    if (!known) {
        char **added = array_add(&secrets);
        memmove(secrets.v + place + 1, secrets.v + place,
                (size_t)(added - secrets.v - (ptrdiff_t)place) * sizeof(*added));
        secrets.v[place] = xstrdup(value);
    }
    pthread_mutex_unlock(&lock);
}

static const char *secret_at(const char *p)
{
    for (size_t i = 0; i < secrets.n; i++)
        if (text_starts(p, secrets.v[i]))
            return secrets.v[i];
    return NULL;
}

static void add_redacted(struct str *out, const char *text)
{
    if (secrets.n == 0)
        str_add(out, text);
    else
        while (*text) {
            const char *secret = secret_at(text);
            if (secret)
                str_add(out, "[secret]");
            else
                str_addc(out, *text);
            text += secret ? strlen(secret) : 1;
        }
}

char *log_redact(const char *text)
{
    struct str out = {0};
    pthread_mutex_lock(&lock);
    add_redacted(&out, text ? text : "");
    pthread_mutex_unlock(&lock);
    return str_take(&out);
}

void log_finish(void)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < secrets.n; i++) {
        sodium_memzero(secrets.v[i], strlen(secrets.v[i]));
        free(secrets.v[i]);
    }
    array_free(&secrets);
    pthread_mutex_unlock(&lock);
}

/* U+0080 to U+009F, and the line and paragraph separators, which some viewers show as a new line. */
static size_t hidden_break(const unsigned char *p)
{
    if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
        return 2;
    return p[0] == 0xe2 && p[1] == 0x80 && (p[2] == 0xa8 || p[2] == 0xa9) ? 3 : 0;
}

static void add_bytes_escaped(struct str *out, const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        str_addf(out, "\\x%02x", p[i]);
}

/* Redacted, then escaped: always UTF-8 without line breaks. */
static void add_clean(struct str *out, const char *text, bool quoted)
{
    CLEANUP_STR struct str redacted = {0};
    add_redacted(&redacted, text);
    const char *whole = str_text(&redacted);
    size_t n = utf8_cut(whole, redacted.len, TEXT_MOST);
    bool valid = utf8_valid(whole, n);
    for (size_t i = 0, step; i < n; i += step) {
        const unsigned char *p = (const unsigned char *)whole + i;
        size_t hidden = valid ? hidden_break(p) : *p >= 0x80;
        step = MAX(hidden, 1);
        if (*p == '\n')
            str_add(out, "\\n");
        else if (hidden || *p < 0x20 || *p == 0x7f)
            add_bytes_escaped(out, p, step);
        else if (quoted && (*p == '"' || *p == '\\'))
            str_addn(out, (const char[]){'\\', (char)*p}, 2);
        else
            str_addc(out, (char)*p);
    }
    if (n < redacted.len)
        str_add(out, "…");
}

static void add_field(struct str *out, const char *name, const char *value)
{
    if (!value)
        return;
    const char *quote = *value == '\0' || strpbrk(value, " \t\"=\\") ? "\"" : "";
    str_addf(out, " %s=%s", name, quote);
    add_clean(out, value, *quote != '\0');
    str_add(out, quote);
}

static void add_head(struct str *out, enum log_level level, const struct log_context *context)
{
    char now[INSTANT_TEXT];
    if (under_systemd)
        str_add(out, levels[level].priority);
    else
        str_addf(out, "%s ", instant_format(clock_now(), now));
    str_add(out, levels[level].word);
    if (context) {
        add_field(out, "incident", context->incident);
        add_field(out, "connector", context->connector);
        add_field(out, "request", context->request);
    }
    str_add(out, "  ");
}

static void write_line(const char *line, size_t n)
{
    while (n > 0) {
        ssize_t written = write(STDERR_FILENO, line, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return; /* nowhere to report it */
        line += written;
        n -= (size_t)written;
    }
}

void log_at(enum log_level level, const struct log_context *context, const char *format, ...)
{
    CLEANUP_STR struct str text = {0}, line = {0};
    va_list args;
    va_start(args, format);
    pthread_mutex_lock(&lock);
    if (level >= least_level) {
        str_vaddf(&text, format, args);
        add_head(&line, level, context);
        add_clean(&line, str_text(&text), false);
        str_addc(&line, '\n');
        if (sink_function)
            sink_function(sink_ctx, line.p, line.len);
        else
            write_line(line.p, line.len);
    }
    pthread_mutex_unlock(&lock);
    va_end(args);
}
