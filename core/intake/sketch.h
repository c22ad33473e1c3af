/*
 * sketch - how many distinct texts there were, counted in SKETCH_BYTES however many there are: a HyperLogLog.
 *
 * Each text is hashed with a fixed key, so that a stored sketch goes on counting after a restart. The estimate is that of Otmar
 * Ertl ("New cardinality estimation algorithms for HyperLogLog sketches", 2017), which has no bias for small numbers and needs
 * no table. The standard error is 0.8 %. Pure.
 */
#ifndef TOCSIN_INTAKE_SKETCH_H
#define TOCSIN_INTAKE_SKETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SKETCH_BYTES 16384

/* Counts a text. True: the sketch changed, so it is a new one. */
bool sketch_add(uint8_t sketch[SKETCH_BYTES], const char *text);
int64_t sketch_estimate(const uint8_t sketch[SKETCH_BYTES]);
/* Counts what the other one has counted. */
void sketch_merge(uint8_t sketch[SKETCH_BYTES], const uint8_t other[SKETCH_BYTES]);

/* As SKETCH_BYTES printable characters and a NUL. Freed by the caller. */
char *sketch_encode(const uint8_t sketch[SKETCH_BYTES]);
/* False: the text is no sketch, and nothing changed. */
bool sketch_decode(const char *text, uint8_t sketch[SKETCH_BYTES]);

#endif
