#include "quoted.h"

#include "check.h"

#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>

cJSON *json(const char *text)
{
    char *copy = strdup(text);
    for (char *p = copy; *p; p++) {
        if (*p == '\'')
            *p = '"';
    }
    cJSON *value = kit_json_parse(copy, strlen(copy));
    assert_non_null(value);
    free(copy);
    return value;
}
