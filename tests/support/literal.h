/*
 * literal - holds text_literal (base/markup.h) against the kit's renderers: what each of them shows of a value is the value.
 */
#ifndef TESTS_SUPPORT_LITERAL_H
#define TESTS_SUPPORT_LITERAL_H

#include <stddef.h>

/* The target that shows something else for these bytes, alone or between other text; NULL: all show them. Bad UTF-8 and control
   characters do not count: every renderer drops them. */
const char *literal_fault(const char *bytes, size_t n);

#endif
