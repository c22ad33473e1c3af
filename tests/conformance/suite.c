/* What a check found: the first fault of each counts. */
#include "conformance/suite.h"

#include <stdarg.h>

void suite_fail(struct suite *suite, const char *format, ...)
{
    va_list args;
    if (suite->verdict == CHECK_FAILED)
        return;
    suite->verdict = CHECK_FAILED;
    str_clear(&suite->why);
    va_start(args, format);
    str_vaddf(&suite->why, format, args);
    va_end(args);
}

void suite_skip(struct suite *suite, const char *format, ...)
{
    va_list args;
    if (suite->verdict != CHECK_OK)
        return;
    suite->verdict = CHECK_SKIPPED;
    va_start(args, format);
    str_vaddf(&suite->why, format, args);
    va_end(args);
}

bool suite_failed(const struct suite *suite)
{
    return suite->verdict == CHECK_FAILED;
}
