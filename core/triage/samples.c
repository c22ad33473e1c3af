#include "triage/samples.h"

#include <string.h>

#include "triage/inside.h"

#define SAMPLES_MOST 1000 /* groups; beyond that all are dropped, and read from the journal again */

static void kept_free(struct kept_sample *kept)
{
    if (!kept)
        return;
    free(kept->sample);
    free(kept->text);
    free(kept);
}

void samples_finish(struct triage *triage)
{
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&triage->samples, &position));)
        kept_free(slot->value);
    map_finish(&triage->samples);
    triage->samples = (struct map){0};
}

struct kept_sample *samples_keep(struct triage *triage, const char *fingerprint, const char *sample,
                                 uint64_t incident)
{
    struct kept_sample *kept = map_get(&triage->samples, fingerprint);
    if (kept && kept->incident == incident && strcmp(kept->sample, sample) == 0)
        return kept;
    kept = xcalloc(1, sizeof(*kept));
    *kept = (struct kept_sample){.sample = xstrdup(sample), .incident = incident};
    if (triage->samples.n >= SAMPLES_MOST && !map_get(&triage->samples, fingerprint))
        samples_finish(triage);
    kept_free(map_put(&triage->samples, fingerprint, kept));
    return kept;
}

struct kept_sample *samples_find(const struct triage *triage, const char *fingerprint)
{
    return map_get(&triage->samples, fingerprint);
}

void samples_drop(struct triage *triage, const char *fingerprint)
{
    kept_free(map_remove(&triage->samples, fingerprint));
}
