/* wrong_abi - was built for an ABI that does not exist yet. */
#include <tocsin/connector.h>

extern TOCSIN_EXPORT const struct tocsin_connector tocsin_connector_entry;
const struct tocsin_connector tocsin_connector_entry = {.size = sizeof(struct tocsin_connector),
                                                        .abi = 99,
                                                        .setting_size = sizeof(struct tocsin_setting),
                                                        .name = "wrong"};
