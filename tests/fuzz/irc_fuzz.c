/* What an IRC server sends: any lines. The first byte chooses who names people, and how far signing in has come. Each line of ours must
   stay one line, and each event must be whole. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "irc/irc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_event(const cJSON *event)
{
    char *text = cJSON_PrintUnformatted(event);
    cJSON *again = kit_json_parse(text, strlen(text)); /* UTF-8, too */
    if (!again || !*kit_json_text(event, "id") || !*kit_json_text(event, "channel") ||
        !*kit_json_text(kit_json_member(event, "user"), "id"))
        abort();
    cJSON_Delete(again);
    cJSON_free(text);
}

static void begin(struct irc *irc, uint8_t choice)
{
    static const char *const identities[] = {"account", "user", "nick", "account"};
    irc->settings = kit_json_texts("nick", "tocsin", "identity", identities[choice & 3], "account",
                                   choice & 16 ? "bot" : NULL, NULL);
    irc->rooms = kit_json_texts("#incidents", "", NULL);
    irc->events = cJSON_CreateArray();
    irc_sign_in(irc);
    irc->link.phase = (choice >> 2) % 3 + IRC_SIGNING_IN;
    cJSON_AddTrueToObject(irc->link.channels, "#incidents");
    snprintf(irc->link.caps, sizeof(irc->link.caps), "%s", choice & 32 ? "account-tag" : "account-notify");
}

static void check_line(const char *line, size_t n)
{
    if (n > (size_t)2 * IRC_LINE || memchr(line, '\r', n) || memchr(line, '\n', n))
        abort();
}

static void end(struct irc *irc)
{
    const cJSON *line, *event;
    for (const char *at = kit_text_get(&irc->link.stream.out); *at; at = strstr(at, "\r\n") + 2) {
        if (!strstr(at, "\r\n"))
            abort();
        check_line(at, (size_t)(strstr(at, "\r\n") - at));
    }
    cJSON_ArrayForEach(line, irc->link.queue)
    {
        check_line(line->valuestring, strlen(line->valuestring));
    }
    cJSON_ArrayForEach(event, irc->events)
    {
        check_event(event);
    }
    irc_drop(irc, 0, "the end");
    cJSON_Delete(irc->settings);
    cJSON_Delete(irc->rooms);
    cJSON_Delete(irc->events);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct irc irc = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    struct irc_line line;
    if (!n)
        return 0;
    begin(&irc, data[0]);
    char *text = strndup((const char *)data + 1, n - 1), *rest = text, *one;
    while (irc.link.phase && (one = strsep(&rest, "\n"))) {
        one[strcspn(one, "\r")] = '\0';
        if (irc_parse(one, &line))
            irc_take(&irc, &line);
    }
    end(&irc);
    free(text);
    return 0;
}
