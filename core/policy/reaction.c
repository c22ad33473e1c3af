/* Lists of reactions. */
#include "policy/policy.h"

void reaction_list_finish(reaction_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        struct reaction *r = &list->v[i];
        char *texts[] = {r->verb, r->name, r->text, r->value, r->channel, r->rule};
        for (size_t k = 0; k < ARRAY_SIZE(texts); k++)
            free(texts[k]);
    }
    array_free(list);
}
