/* PagerDuty events; the harness adds the routing key, which no fuzzer would find. */
#include <stdint.h>
#include <string.h>

#include "../support/intake.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct intake_world w;
    intake_world_init(&w);
    CLEANUP_STR struct str body = {0};
    str_add(&body, "{\"routing_key\":\"rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr\",");
    str_addn(&body, (const char *)data, size);
    intake_post_forms(&w, "/v2/enqueue", str_text(&body), body.len);
    intake_world_finish(&w);
    return 0;
}
