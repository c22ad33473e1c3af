/*
 * import - many customers at once, from CSV or JSON: read, compared with the directory, and stored in one turn.
 *
 * Each row is taken whole or refused with its line and the reason. A column or member that is absent leaves what the directory says;
 * an empty cell, or null, takes it away. Loop's thread only.
 */
#ifndef TOCSIN_CUSTOMERS_IMPORT_H
#define TOCSIN_CUSTOMERS_IMPORT_H

#include "customers/customers.h"

#define IMPORT_BYTES ((size_t)16 << 20)
#define IMPORT_ROWS  50000

enum import_what { IMPORT_NEW, IMPORT_CHANGED, IMPORT_SAME, IMPORT_REFUSED };

struct import_row {
    size_t line; /* of the file; of JSON: the number of the customer in the list */
    enum import_what what;
    struct customer record; /* as it is to be stored */
    char *detail;           /* what it has, the difference, or why it is refused; NULL: none */
};
struct import {
    ARRAY(struct import_row) rows;
    customer_words unknown; /* connectors that routes name, and that are not set up here */
};

/* Reads and compares; stores nothing. An error means that nothing of the file can be read. Finish *ret in either case. */
int import_csv(const struct core *core, const char *text, size_t n, struct import *ret, struct error *err);
int import_json(const struct core *core, const cJSON *list, struct import *ret, struct error *err);
void import_finish(struct import *import);
/* Stores the rows that were not refused. */
int import_store(struct turn *turn, const char *by, const struct import *import, struct error *err);
/* {"new":1,"changed":0,"same":0,"refused":1,"rows":[{"line","key","what","detail"}],"unknown_connectors":["emial"]}; rows that are the
   same are left out. */
void import_encode(const struct import *import, struct str *out);

#endif
