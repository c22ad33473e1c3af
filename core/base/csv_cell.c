#include "base/csv_cell.h"

#include <string.h>

void csv_cell_add(struct str *out, const char *text)
{
    const char *shown = text ? text : "";
    bool formula = *shown && strchr("=+-@\t\r", *shown), quoted = formula || strpbrk(shown, ",\"\r\n");
    str_add(out, quoted ? "\"" : "");
    str_add(out, formula ? "'" : "");
    for (const char *p = shown; *p; p++) {
        if (*p == '"')
            str_addc(out, '"');
        str_addc(out, *p);
    }
    str_add(out, quoted ? "\"" : "");
}
