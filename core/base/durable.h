/* durable - files and folders that a loss of power does not take away again. Any thread. */
#ifndef TOCSIN_BASE_DURABLE_H
#define TOCSIN_BASE_DURABLE_H

#include <sys/types.h>

#include "base/error.h"

/* Waits until a file, or the names in a folder, are on the disk. */
int durable_sync(const char *path, struct error *err);
/* Makes a folder, unless it is there, and waits until its name in the folder above is on the disk: another start may have made it just
   before the power failed. Where that folder may not be read, nothing can be waited for. */
int durable_folder(const char *path, mode_t mode, struct error *err);

#endif
