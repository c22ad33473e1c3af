/*
 * files - a policy directory on disk: names, texts, and how to notice changes.
 *
 * Only the *.lua files of the directory itself, and the *.ics calendars that they may name, without those that begin with a dot
 * (editors create them). Files named x_test.lua are tests.
 */
#ifndef TOCSIN_POLICY_FILES_H
#define TOCSIN_POLICY_FILES_H

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"

#define POLICY_FILES      200
#define POLICY_FILE_BYTES ((size_t)256 << 10)

enum policy_file_kind { POLICY_SCRIPT, POLICY_TEST, POLICY_CALENDAR };

struct policy_file {
    char *name; /* "payments.lua" */
    char *text; /* NULL: not read */
    size_t n;
    enum policy_file_kind kind;
    uint64_t size, inode;
    int64_t changed_s, changed_ns;
};

struct policy_files {
    char *directory;                 /* NULL: no directory, so no files */
    ARRAY(struct policy_file) files; /* in order of name */
    uint8_t digest[32];              /* of names and texts */
    bool read;                       /* the texts were read, and the digest is valid */
};

/* Reads names and texts. On failure *ret still holds the directory and what was found, so that a change is noticed. */
int files_read(const char *directory, struct policy_files **ret, struct error *err);
void files_destroy(struct policy_files *files);
/* Whether the directory has changed: compares sizes, times and inodes, and only if they differ, the texts. */
bool files_changed(struct policy_files *files);
/* The calendar with that name; NULL: there is none, or no directory. */
const struct policy_file *files_calendar(const struct policy_files *files, const char *name);
/* The text of a file, up to a limit; the caller frees it. */
int file_read(const char *path, size_t most, char **ret, size_t *ret_n, struct error *err);

#endif
