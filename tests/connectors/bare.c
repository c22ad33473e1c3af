/* bare - declares itself badly: no summary, a setting without help, and one that shows a secret. */
#include "simple.h"

static const struct tocsin_setting settings[] = {
    {"api_token", TOCSIN_SETTING_TEXT, 0, "none", 0, 0, ""},
    {0},
};

TOCSIN_CONNECTOR(.name = "bare", .version = "1.0", .summary = "", .parallel = 1, .can = TOCSIN_CAN_EDIT,
                 .settings = settings, .open = simple_open, .perform = simple_perform, .close = simple_close);
