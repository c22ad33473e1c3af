/* wrong_size - claims to be larger than it is. */
#include <tocsin/connector.h>

extern TOCSIN_EXPORT const struct tocsin_connector tocsin_connector_entry;
const struct tocsin_connector tocsin_connector_entry = {.size = sizeof(struct tocsin_connector) + 800,
                                                        .abi = TOCSIN_ABI,
                                                        .setting_size = sizeof(struct tocsin_setting),
                                                        .name = "wrong"};
