/*
 * space - what the journal's files take of the disk, and what is left of that. Any thread.
 */
#ifndef TOCSIN_JOURNAL_SPACE_H
#define TOCSIN_JOURNAL_SPACE_H

#include <stdint.h>

#include "base/error.h"

struct journal_space {  /* bytes */
    int64_t bytes, log; /* of the journal; of what was committed and is not copied into it yet */
    int64_t left, disk; /* of its file system: what anybody may still write; all of it */
};
/* `path`: of the journal. ERR_IO: it cannot be told; the text says why. */
int journal_space(const char *path, struct journal_space *ret, struct error *err);

#endif
