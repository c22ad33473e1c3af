#include <stdarg.h>
#include <sys/eventfd.h>

#include "irc.h"

static char *take_word(char **at)
{
    char *word = strsep(at, " ");
    *at = *at ? *at + strspn(*at, " ") : word + strlen(word);
    return word;
}

bool irc_parse(char *text, struct irc_line *ret)
{
    char *prefix = "";
    bool good = kit_utf8_valid(text, strlen(text)); /* else no letter beyond ASCII is known for certain */
    for (char *p = text; *p && !good; p++)
        *p = (char)(*p < 0 ? '?' : *p);
    *ret = (struct irc_line){.tags = *text == '@' ? take_word(&text) + 1 : "", .last = ""};
    for (int i = 0; i < 15; i++)
        ret->params[i] = "";
    if (*text == ':')
        prefix = take_word(&text) + 1;
    ret->nick = *prefix ? strsep(&prefix, "!") : "";
    ret->user = prefix && *prefix ? strsep(&prefix, "@") : "";
    ret->host = prefix ? prefix : "";
    ret->command = take_word(&text);
    for (bool rest = false; *text && !rest && ret->n < 15; ret->n++) {
        rest = *text == ':' || ret->n == 14;
        ret->last = ret->params[ret->n] = rest ? text + (*text == ':') : take_word(&text);
    }
    return *ret->command && strlen(ret->nick) < IRC_NAME / 2;
}

bool irc_tag(const struct irc_line *line, const char *name, char *value, size_t size)
{
    static const char codes[] = ":s\\rn", means[] = "; \\\r\n";
    const char *at = line->tags;
    size_t n = strlen(name), out = 0;
    while (*at && !(strncmp(at, name, n) == 0 && strchr("=;", at[n]))) /* strchr finds the end, too */
        at = at[strcspn(at, ";")] ? strchr(at, ';') + 1 : "";
    bool found = *at;
    for (at += found ? n + (at[n] == '=') : 0; *at && *at != ';' && out + 1 < size; at++) {
        const char *code = *at == '\\' && at[1] ? strchr(codes, *++at) : NULL;
        value[out++] = code ? means[code - codes] : *at;
    }
    value[out] = '\0';
    return found;
}

bool irc_channel(const char *name, char *id, size_t size)
{
    char clean[160];
    size_t n = kit_clean_name(name, clean, sizeof(clean));
    if (!n || n != strlen(name) || n + 2 > size || strpbrk(clean, " ,:") || *clean == '@')
        return false;
    snprintf(id, size, "%s%s", strchr("#&+!", *clean) ? "" : "#", clean);
    kit_lower(id);
    return id[1];
}

const char *irc_setting(const struct irc *irc, const char *name)
{
    return kit_json_text(irc->settings, name);
}

bool irc_is_by(const struct irc *irc, const char *identity)
{
    return strcmp(irc_setting(irc, "identity"), identity) == 0;
}

void irc_drop(struct irc *irc, int32_t code, const char *format, ...)
{
    va_list args;
    if (irc->link.phase == IRC_CLOSED)
        return; /* the first reason counts */
    va_start(args, format);
    vsnprintf(irc->error.text, sizeof(irc->error.text), format, args);
    va_end(args);
    irc->error.code = code;
    kit_stream_close(&irc->link.stream);
    cJSON_Delete(irc->link.queue);
    cJSON_Delete(irc->link.channels);
    cJSON_Delete(irc->link.nicks);
    cJSON_Delete(irc->link.told);
    irc->link = (struct irc_link){.stream.fd = -1};
    if (irc->job)
        irc->job->cut = true;
    pthread_cond_broadcast(&irc->changed);
}

void irc_say(struct irc *irc, cJSON *list, const char *format, ...)
{
    char line[2 * IRC_LINE];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    for (char *p = line; (p = strpbrk(p, "\r\n"));) /* whatever is in it, it stays one line */
        *p = ' ';
    if (list)
        cJSON_AddItemToArray(list, cJSON_CreateString(line));
    else
        kit_text_addf(&irc->link.stream.out, "%s\r\n", line);
}

int32_t irc_ask(struct irc *irc, struct irc_job *job, const char *target)
{
    int64_t soon = kit_now_ms() + (job->until - kit_now_ms()) / 4; /* it may be connecting */
    job->target = target;
    job->over = job->split = false;
    *job->fault = 0;
    job->confirmed = job->sent = 0;
    snprintf(job->end, sizeof(job->end), "tocsin-%llu", ++irc->counter);
    irc_say(irc, job->lines, "PING :%s", job->end);
    for (bool in_time = true; in_time && !job->over && !job->cut;) {
        irc->job = irc->link.phase == IRC_UP ? job : irc->job;
        eventfd_write(irc->wake, 1);
        in_time = (irc->job || !irc->host->stopping(irc->host->ctx)) &&
                  kit_cond_wait(&irc->changed, &irc->lock, irc->job ? job->until - 2000 : soon);
    }
    irc->job = NULL;
    return job->over ? TOCSIN_DONE : job->sent ? TOCSIN_UNKNOWN : TOCSIN_RETRY;
}
