/* Sentry envelopes and events: the first byte chooses which. */
#include <stdint.h>
#include <string.h>

#include "../support/intake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct intake_world w;
    intake_world_init(&w);
    w.request.query = "sentry_key=0123456789abcdef0123456789abcdef";
    if (size > 0) {
        const char *path = data[0] == 's' ? "/api/7/store/" : "/api/7/envelope/";
        intake_post_forms(&w, path, (const char *)data + 1, size - 1);
    }
    intake_world_finish(&w);
    return 0;
}
