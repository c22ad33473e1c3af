/* Lines that wait to be sent, and actions that wait for the answers. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>

#include "irc.h"

int64_t irc_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const char *irc_setting(const struct irc *irc, const char *name)
{
    return kit_json_text(irc->settings, name);
}

bool irc_is_by(const struct irc *irc, const char *identity)
{
    return strcmp(kit_json_text(irc->settings, "identity"), identity) == 0;
}

bool irc_has(const struct irc *irc, const char *capability)
{
    char word[40];
    snprintf(word, sizeof(word), " %s ", capability);
    return strstr(kit_text_get(&irc->link.caps), word);
}

void irc_drop(struct irc *irc, int32_t code, const char *format, ...)
{
    struct irc_link *link = &irc->link;
    va_list args;
    if (!link->curl)
        return; /* the first reason counts */
    va_start(args, format);
    vsnprintf(irc->why, sizeof(irc->why), format, args);
    va_end(args);
    irc->code = code;
    curl_easy_cleanup(link->curl);
    kit_text_finish(&link->in);
    kit_text_finish(&link->out);
    kit_text_finish(&link->caps);
    cJSON_Delete(link->queue);
    cJSON_Delete(link->channels);
    cJSON_Delete(link->nicks);
    cJSON_Delete(link->told);
    *link = (struct irc_link){.fd = -1};
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
        kit_text_addf(&irc->link.out, "%s\r\n", line);
}

int32_t irc_ask(struct irc *irc, struct irc_job *job, int64_t most_ms)
{
    struct timespec soon, end;
    clock_gettime(CLOCK_REALTIME, &end);
    soon = end;
    soon.tv_sec += most_ms / 4000; /* it may be connecting */
    end.tv_sec += most_ms / 1000 - 2;
    pthread_mutex_lock(&irc->lock);
    job->replies = cJSON_CreateArray();
    snprintf(job->end, sizeof(job->end), "tocsin-%llu", ++irc->counter);
    irc_say(irc, job->lines, "PING :%s", job->end);
    for (int late = 0; !job->over && !job->cut && !late;) {
        if (!irc->job && irc->link.phase == IRC_UP) {
            irc->job = job;
            eventfd_write(irc->wake, 1);
        }
        late = pthread_cond_timedwait(&irc->changed, &irc->lock, irc->job ? &end : &soon);
    }
    irc->job = NULL;
    pthread_mutex_unlock(&irc->lock);
    return job->over ? TOCSIN_DONE : job->sent ? TOCSIN_UNKNOWN : TOCSIN_RETRY;
}
