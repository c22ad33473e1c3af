/* well_formed - a strict reader of the HTML, XML and SVG of a status page. */
#ifndef TOCSIN_TESTS_WELL_FORMED_H
#define TOCSIN_TESTS_WELL_FORMED_H

#include <stdbool.h>

/*
 * What is wrong, or NULL: tags that do not nest, a raw '<' or '&', an attribute without quotes, twice, "style" or "on…", an address that is
 * none of ours, an unknown tag, a script without a file, an override of direction that is left open in a text. Static.
 */
const char *well_formed_fault(const char *text, bool html);

#endif
