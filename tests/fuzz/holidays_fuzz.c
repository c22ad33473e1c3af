/* Holidays: reading any calendar ends soon, with sorted days or a reason. */
#include <stdint.h>

#include "rotation/holidays.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct holidays holidays = {0};
    struct error err = {0};
    if (holidays_read((const char *)data, n, &holidays, &err)) {
        require(err.text[0] != '\0' && !holidays.days.v);
        return 0;
    }
    require(holidays.days.n <= HOLIDAYS_MOST);
    for (size_t i = 0; i < holidays.days.n; i++) {
        require(holidays.days.v[i] >= 0 && (i == 0 || holidays.days.v[i - 1] < holidays.days.v[i]));
        require(holidays_has(&holidays, holidays.days.v[i]));
    }
    holidays_finish(&holidays);
    return 0;
}
