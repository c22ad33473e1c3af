/*
 * answers - a connector to a JSON API whose platform answers anything, for fuzzers. The program is linked with --wrap=kit_http_call.
 */
#ifndef TOCSIN_TESTS_ANSWERS_H
#define TOCSIN_TESTS_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tocsin/connector.h>

/*
 * Are the bytes for it? They begin with '@' and a letter, which says what the connector is asked for: an action, a check or a round. Each
 * line after that is the answer to one call: a digit or letter for its status (see answers.c), and its body. Where lines run out,
 * nothing is reached. False: they are for something else.
 */
bool answers_fuzz(const struct tocsin_connector *connector, const char *settings, const uint8_t *data,
                  size_t n);

#endif
