/*
 * samples - the latest samples of groups that have an incident, in memory: a card is written in the turn that records a sample, when
 * the journal has it not yet, and often again. The part's state owns them; one is borrowed until the next is kept. Loop's thread only.
 */
#ifndef TOCSIN_TRIAGE_SAMPLES_H
#define TOCSIN_TRIAGE_SAMPLES_H

#include <stdint.h>

struct triage;

struct kept_sample {
    char *sample, *text; /* JSON, "": the group has none; what a card says of it, NULL: not written yet */
    uint64_t incident;   /* that the group belongs to: the sample is as visible as it is */
};

/* Keeps a copy in the place of the group's earlier one. */
struct kept_sample *samples_keep(struct triage *triage, const char *fingerprint, const char *sample,
                                 uint64_t incident);
struct kept_sample *samples_find(const struct triage *triage,
                                 const char *fingerprint); /* NULL: not in memory */
void samples_drop(struct triage *triage, const char *fingerprint);
void samples_finish(struct triage *triage);

#endif
