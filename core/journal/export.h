/*
 * export - the whole journal as JSON Lines, and back, byte for byte: exporting what was imported gives the same file.
 *
 *     {"tocsin":"journal","format":1}
 *     {"seq":1,"stream":"INC-1","version":1,"at":1795446382123,"type":"declared","by":"ana","hash":"…","search":"…",
 *      "data":{…}}                                     one a line, every event in order; at: milliseconds since 1970
 *     {"kind":1,"key":"0000000001","tag":"fixing","at":0,"body":{…}}                  every document, by kind and key
 *     {"events":1,"documents":1,"hash":"…"}                            the end, so that a file cut short is noticed
 *
 * `search` and `tag` are left out where there is none. What is not JSON on one line (some documents are plain text) is
 * written as a string, in "data_text" or "body_text".
 *
 * All of it is exported: private incidents, people's names and addresses, customers, and what connectors keep for
 * themselves (DOC_CONNECTOR). Tokens are in it as hashes only; the connectors' secrets are not in a journal at all. So
 * an export is to be kept as carefully as the journal.
 */
#ifndef TOCSIN_JOURNAL_EXPORT_H
#define TOCSIN_JOURNAL_EXPORT_H

#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

struct export_counts {
    uint64_t events, documents;
};
/* Reads one snapshot beside a running daemon. The caller opens, flushes and closes `out`; a failed write is an error. */
int journal_export(const char *path, FILE *out, struct export_counts *ret, struct error *err);
/*
 * Into a store that is empty or not there yet, which no daemon may hold meanwhile. All or nothing: the chain, the versions
 * and the end are checked, and a bad line is named by its number.
 */
int journal_import(const char *path, FILE *in, struct export_counts *ret, struct error *err);

#endif
