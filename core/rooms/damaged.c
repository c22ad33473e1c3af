/* Says where incidents are announced that the journal is damaged: once for what is found together. */
#include "delivery/link.h"
#include "rooms/inside.h"
#include "rooms/rooms.h"
#include "turn/damage.h"

static bool anybody_hears(const struct core *core)
{
    for (size_t i = 0; i < links(core)->n; i++) {
        const struct link *link = &links(core)->v[i];
        if (rooms_announces(core, link) && !link_trouble(link) && !link->unannounced)
            return true;
    }
    return false;
}

void damaged_tick(struct core *core, instant now)
{
    CLEANUP_STR struct str text = {0};
    size_t *told = &rooms_of(core)->damage_told;
    if (damage_count(core) == *told || !core_ready(core, NULL) || !anybody_hears(core))
        return;
    *told = damage_count(core);
    damage_describe(core, &text);
    struct turn *turn = turn_begin(core, now);
    CLEANUP_FREE char *key = turn_key_as(turn, "damage:");
    rooms_say_elsewhere(turn, NULL, key, text.p);
    turn_commit(turn, NULL, NULL);
}
