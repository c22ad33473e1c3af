/* Lists of labelled alerts. The reader must accept what json_parse accepts, except for what only cJSON lets pass: control
   characters between tokens, \\u without four digits, and a byte order mark, which is cut off before (charset.h). */
#include <stdint.h>
#include <string.h>

#include "../support/intake.h"
#include "base/json.h"
#include "base/mem.h"
#include "intake/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_comparable(const char *bytes, size_t n)
{
    if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
        return false;
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)bytes[i] < 0x20 && (bytes[i] == 0 || !strchr("\t\n\r", bytes[i])))
            return false;
        if (bytes[i] == '\\' && i + 1 < n && bytes[i + 1] == 'u')
            return false;
    }
    return true;
}

static void compare(const char *bytes, size_t n, struct arena *arena)
{
    CLEANUP_JSON cJSON *doc = NULL;
    struct reader r;
    size_t at;
    if (!is_comparable(bytes, n) || json_parse(bytes, n, 1 << 20, 60, "input", &doc, NULL) < 0)
        return;
    reader_init(&r, arena, bytes, n);
    reader_skip(&r);
    require(reader_end(&r, &at));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct intake_world w;
    intake_world_init(&w);
    static const char *const paths[] = {"/api/v2/alerts", "/intake/alertmanager", "/intake/grafana"};
    if (size > 0) {
        compare((const char *)data + 1, size - 1, &w.arena);
        intake_post_forms(&w, paths[data[0] % 3], (const char *)data + 1, size - 1);
    }
    intake_world_finish(&w);
    return 0;
}
