#include "base/json_check.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

#define NUL_ESCAPE "\\u0000"
#define FEW        16 /* up to this many names are compared pairwise; more are sorted first */

/* Does this backslash escape, rather than being escaped itself? */
static bool escapes(const char *begin, const char *backslash)
{
    const char *p = backslash;
    while (p > begin && p[-1] == '\\')
        p--;
    return (backslash - p) % 2 == 0;
}

const char *json_find_nul(const char *bytes, size_t n)
{
    const char *end = bytes + n, *at = bytes;
    while ((at = memmem(at, (size_t)(end - at), NUL_ESCAPE, strlen(NUL_ESCAPE)))) {
        if (escapes(bytes, at))
            return at;
        at++;
    }
    return NULL;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *twice_among_few(const cJSON *object)
{
    for (const cJSON *a = object->child; a; a = a->next) {
        for (const cJSON *b = a->next; b; b = b->next) {
            if (strcmp(a->string, b->string) == 0)
                return a->string;
        }
    }
    return NULL;
}

static const char *twice_among_many(const cJSON *object, size_t n)
{
    const char **names = xcalloc(n, sizeof(names[0])), *twice = NULL;
    size_t i = 0;
    for (const cJSON *member = object->child; member; member = member->next)
        names[i++] = member->string;
    qsort(names, n, sizeof(names[0]), by_name);
    for (i = 1; i < n && !twice; i++)
        twice = strcmp(names[i - 1], names[i]) == 0 ? names[i] : NULL;
    free(names);
    return twice;
}

static const char *name_twice(const cJSON *object)
{
    size_t n = 0;
    for (const cJSON *member = object->child; member; member = member->next)
        n++;
    return n <= FEW ? twice_among_few(object) : twice_among_many(object, n);
}

int json_check_tree(const cJSON *doc, const char *what, struct error *err)
{
    const char *twice = cJSON_IsObject(doc) ? name_twice(doc) : NULL;
    if (twice)
        return error_set(err, ERR_INVALID, "%s: the name '%.60s' appears twice in one object", what, twice);
    if (cJSON_IsNumber(doc) && !isfinite(doc->valuedouble))
        return error_set(err, ERR_INVALID, "%s: a number is too large", what);
    int rc = 0;
    for (const cJSON *child = doc->child; child && !rc; child = child->next)
        rc = json_check_tree(child, what, err);
    return rc;
}
