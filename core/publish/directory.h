/*
 * directory - a status page as files on disk, for any web server: it is read while Tocsin is down.
 *
 * A page whose path has no ending gets .html ("history/2026-11.html"), and a directory its index.html. Each file is written beside its
 * place and renamed, so a reader sees the old one or the new one; one that is as it should be is left alone, so that rsync copies only
 * what changed. What an earlier export wrote and the page no longer has is removed. A list of those files is kept in the directory, so
 * nothing else in it is ever overwritten or removed.
 *
 * Blocking; any thread, but one at a time for a directory.
 */
#ifndef TOCSIN_PUBLISH_DIRECTORY_H
#define TOCSIN_PUBLISH_DIRECTORY_H

#include "publish/source.h"

/* Creates the directory, whose parent must exist. ERR_REFUSED: it has files, but none from an earlier export. ERR_IO names the file. */
int publish_directory(const struct publish_source *source, const char *directory, struct published *ret,
                      struct error *err);

#endif
