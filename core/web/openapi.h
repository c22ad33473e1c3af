/* openapi - docs/openapi.json, compiled in as bytes. */
#ifndef TOCSIN_WEB_OPENAPI_H
#define TOCSIN_WEB_OPENAPI_H

#include <stddef.h>

extern const char openapi_json[];
extern const size_t openapi_json_size;

#endif
