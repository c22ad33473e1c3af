#include <tocsin/kit/cursor.h>

#include <stdio.h>
#include <string.h>

void kit_cursor_load(struct kit_cursor *cursor, const struct tocsin_host *host, const char *key)
{
    *cursor = (struct kit_cursor){.host = host};
    snprintf(cursor->key, sizeof(cursor->key), "cursor:%s", key);
    int64_t n = host->get(host->ctx, cursor->key, cursor->value, sizeof(cursor->value) - 1);
    if (n < 0 || (size_t)n >= sizeof(cursor->value)) /* one that long is not ours */
        n = 0;
    cursor->value[n] = '\0';
}

int32_t kit_cursor_pass(struct kit_cursor *cursor, const char *event, size_t n, const char *after)
{
    int32_t rc = cursor->host->emit(cursor->host->ctx, event, n);
    size_t length = strlen(after);
    if (rc == TOCSIN_EMIT_RETRY || length >= sizeof(cursor->value))
        return rc;
    memcpy(cursor->value, after, length + 1);
    cursor->moved = true;
    return rc;
}

bool kit_cursor_save(struct kit_cursor *cursor)
{
    const struct tocsin_host *host = cursor->host;
    if (cursor->moved && host->put(host->ctx, cursor->key, cursor->value, strlen(cursor->value)) == 0)
        cursor->moved = false;
    return !cursor->moved;
}
