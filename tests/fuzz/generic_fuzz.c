/* Tocsin's own JSON. */
#include <stdint.h>
#include <string.h>

#include "../support/intake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct intake_world w;
    intake_world_init(&w);
    intake_post_forms(&w, "/intake/alerts", (const char *)data, size);
    intake_world_finish(&w);
    return 0;
}
