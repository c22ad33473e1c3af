#include "cli/input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int read_all(FILE *file, const char *path, struct str *out, struct error *err)
{
    char block[16384];
    size_t n;
    while ((n = fread(block, 1, sizeof(block), file)) > 0) {
        str_addn(out, block, n);
        if (out->len > INPUT_BYTES)
            return error_set(err, ERR_TOO_BIG, "%s has more than 12 MB; import it in parts", path);
    }
    return ferror(file) ? error_set(err, ERR_IO, "cannot read %s", path) : 0;
}

int input_read(const char *path, struct str *out, struct error *err)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
    if (!file)
        return error_set(err, ERR_NOT_FOUND, "cannot open %s: %s", path, strerror(errno));
    int rc = read_all(file, path, out, err);
    if (file != stdin)
        fclose(file);
    return rc;
}
