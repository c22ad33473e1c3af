/* Customers who heard from us another way than by a message of ours. */
#include "comms/comms.h"
#include "comms/conversations.h"

size_t comms_told(struct turn *turn, const struct incident *incident, const char *by, const char *audience,
                  const char *how)
{
    size_t n = 0;
    recipient_list list;
    recipients_of(turn_core(turn), incident, audience, &list);
    for (size_t i = 0; i < list.n; i++) {
        const char *customer = list.v[i].record ? list.v[i].record->key : list.v[i].key;
        struct command command = {
            .verb = "told",
            .by = by,
            .name = customer,
            .value = how,
            .until = conversation_silent_since(turn_core(turn), incident, customer),
            .flag = true,
        };
        n += turn_do(turn, incident->id, &command, NULL, NULL) == 0;
    }
    recipients_finish(&list);
    return n;
}
