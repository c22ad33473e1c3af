/* The runner's channel from both sides: the first byte chooses the side and the phase, the rest is the input. */
#include <stddef.h>
#include <stdint.h>

#include "host/frame.h"
#include "host/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n < 2)
        return 0;
    enum message_side side = data[0] & 1 ? FROM_RUNNER : FROM_CORE;
    enum message_phase phase = (enum message_phase)(1 << (data[0] >> 1) % 5);
    size_t step = 1 + data[0] % 64;
    struct frames frames = {0};
    for (size_t at = 1; at < n; at += step) {
        const char *json;
        size_t length;
        frames_feed(&frames, (const char *)data + at, at + step < n ? step : n - at);
        while (frames_next(&frames, &json, &length, NULL) == 1) {
            enum message_type type;
            cJSON *message;
            if (message_parse(json, length, side, phase, &type, &message, NULL) == 0) {
                if (type < 0 || type >= MESSAGE_TYPES)
                    __builtin_trap();
                cJSON_Delete(message);
            }
        }
    }
    frames_finish(&frames);
    return 0;
}
