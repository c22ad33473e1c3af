/*
 * files - a directory of policy as it stands on disk: names, texts, and what tells one state of it from another.
 *
 * Only *.lua of the directory itself; those that begin with a dot (an editor's) are not looked at. x_test.lua are tests.
 */
#ifndef TOCSIN_POLICY_FILES_H
#define TOCSIN_POLICY_FILES_H

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"

#define POLICY_FILES      200
#define POLICY_FILE_BYTES ((size_t)256 << 10)

struct policy_file {
    char *name; /* "payments.lua" */
    char *text; /* NULL: only looked at */
    size_t n;
    bool test;
    uint64_t size, inode;
    int64_t changed_s, changed_ns;
};

struct policy_files {
    char *directory;                 /* NULL: none, no files */
    ARRAY(struct policy_file) files; /* in order of name */
    uint8_t digest[32];              /* of names and texts */
    bool read;                       /* the texts were read, and the digest is theirs */
};

/* Reads names and texts. On failure *ret still knows the directory and what was seen, so that a change shows. */
int files_read(const char *directory, struct policy_files **ret, struct error *err);
void files_destroy(struct policy_files *files);
/* Whether the directory is otherwise now: sizes, times and numbers first, and only where those differ the texts. */
bool files_changed(struct policy_files *files);
/* Text of a file up to a limit; the caller frees. */
int file_read(const char *path, size_t most, char **ret, size_t *ret_n, struct error *err);

#endif
