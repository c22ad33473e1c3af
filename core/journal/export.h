/*
 * export - writes the whole journal as JSON Lines and reads it back; exporting an imported journal gives the same bytes.
 *
 *     {"tocsin":"journal","format":1}
 *     {"seq":1,"stream":"INC-1","version":1,"at":1795446382123,"type":"declared","by":"ana","hash":"…","search":"…",
 *      "data":{…}}                                  one line per event, in order; at: milliseconds since 1970
 *     {"kind":1,"key":"0000000001","tag":"fixing","at":0,"body":{…}}           every document, by kind and key
 *     {"events":1,"documents":1,"hash":"…"}                       the end, so that a truncated file is noticed
 *
 * `search` and `tag` are left out when there is none. Content that is not JSON on one line (some documents are plain
 * text) is written as a string, in "data_text" or "body_text".
 *
 * The export holds everything: private incidents, people's names and addresses, customers, and what connectors store
 * (DOC_CONNECTOR). It holds tokens only as hashes. Connectors' secrets are never in a journal. Keep an export as
 * carefully as the journal.
 */
#ifndef TOCSIN_JOURNAL_EXPORT_H
#define TOCSIN_JOURNAL_EXPORT_H

#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

struct export_counts {
    uint64_t events, documents;
    uint64_t damaged; /* documents that were left out, since their checksum does not fit */
};
/* Reads one snapshot, even while a daemon runs. The caller opens, flushes and closes `out`; a failed write is an error. */
int journal_export(const char *path, FILE *out, struct export_counts *ret, struct error *err);
/*
 * Reads into a store that is empty or does not exist yet; no daemon may hold it. All or nothing: the chain, the versions
 * and the end are checked, and an error names the line.
 */
int journal_import(const char *path, FILE *in, struct export_counts *ret, struct error *err);

#endif
