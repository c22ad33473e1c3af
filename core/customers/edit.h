/*
 * edit - changes one field of a customer's record, as somebody typed it. Pure.
 */
#ifndef TOCSIN_CUSTOMERS_EDIT_H
#define TOCSIN_CUSTOMERS_EDIT_H

#include "customers/record.h"

/*
 * `field`: name, tier, owner (a person's id), language, cares, wish, contact, route, prefer, alias or domain. `value`: as typed; NULL
 * or empty: nothing. `remove`: takes the value away instead. On an error the record may be half changed: edit a copy. The text says
 * what to type.
 */
int customer_edit(struct customer *record, const char *field, const char *value, bool remove,
                  struct error *err);
/* "Jo Doe <jo@acme.example> billing" as its name, address and role. The caller frees what it has; it may have nothing. */
struct contact contact_read(const char *text);
/* "name, tier, …": what can be changed. */
void customer_fields(struct str *out);

#endif
