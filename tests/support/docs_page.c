#include "docs_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "check.h"

static char *read_file(const char *path)
{
    struct str text = {0};
    char buffer[4096];
    FILE *file = fopen(path, "r");
    for (size_t n; file && (n = fread(buffer, 1, sizeof(buffer), file)) > 0;)
        str_addn(&text, buffer, n);
    if (file)
        fclose(file);
    return str_take(&text);
}

void docs_page_check(const char *path, const char *text)
{
    if (getenv("TOCSIN_WRITE")) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(text, file);
        fclose(file);
    }
    CLEANUP_FREE char *written = read_file(path);
    if (strcmp(written, text) != 0)
        fail_msg("%s differs from the table: run TOCSIN_WRITE=1 with this test", path);
}
