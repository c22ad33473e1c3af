#include <tocsin/kit/report.h>

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/text.h>

#define LINE_BYTES 2000 /* of the log: what the host takes */

int32_t kit_emit(const struct tocsin_host *host, cJSON *event)
{
    struct kit_text text = {0};
    int32_t rc =
        kit_json_write(event, &text) ? host->emit(host->ctx, kit_text_get(&text), text.n) : TOCSIN_EMIT_RETRY;
    kit_text_finish(&text);
    cJSON_Delete(event);
    return rc;
}

bool kit_pass(const struct tocsin_host *host, cJSON *event)
{
    return !event || kit_emit(host, event) != TOCSIN_EMIT_RETRY;
}

/* As vsnprintf, and never ends within a character. */
__attribute__((format(printf, 3, 0))) static void print(char *to, size_t size, const char *format, va_list args)
{
    char whole[LINE_BYTES + 4];
    int n = vsnprintf(whole, sizeof(whole), format, args);
    size_t length = n < 0 ? 0 : strlen(whole);
    length = kit_utf8_cut(whole, length, size - 1);
    memcpy(to, whole, length);
    to[length] = '\0';
}

void kit_log(const struct tocsin_host *host, enum kit_level level, const char *format, ...)
{
    char line[LINE_BYTES];
    va_list args;
    va_start(args, format);
    print(line, sizeof(line), format, args);
    va_end(args);
    host->log(host->ctx, (int32_t)level, line);
}

void kit_health(const struct tocsin_host *host, const char *why)
{
    if (host->size >= offsetof(struct tocsin_host, health) + sizeof(host->health) && host->health)
        host->health(host->ctx, why);
}

int32_t kit_fail(struct tocsin_error *error, int32_t code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print(error->text, sizeof(error->text), format, args);
    va_end(args);
    error->code = code;
    return code;
}

void kit_result(struct tocsin_result *result, int32_t code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print(result->detail, sizeof(result->detail), format, args);
    va_end(args);
    result->code = code;
}

void kit_result_answer(struct tocsin_result *result, cJSON *answer)
{
    struct kit_text text = {0};
    bool asked =
        result->size >= offsetof(struct tocsin_result, answer) + sizeof(result->answer) && result->answer;
    if (!kit_json_write(answer, &text))
        kit_result(result, TOCSIN_RETRY, "memory ran out");
    else if (!asked || result->answer(result, kit_text_get(&text), text.n))
        kit_result(result, TOCSIN_REFUSED, "the answer is too long for Tocsin");
    kit_text_finish(&text);
    cJSON_Delete(answer);
}
