/*
 * quoted - JSON in a test's text, with ' in place of ".
 */
#ifndef TOCSIN_TESTS_QUOTED_H
#define TOCSIN_TESTS_QUOTED_H

#include <cjson/cJSON.h>

/* The caller deletes it. Fails the test if it is no JSON. */
cJSON *json(const char *text);

#endif
