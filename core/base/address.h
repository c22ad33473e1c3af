/*
 * address - parses the addresses to listen on that the configuration holds. Pure.
 */
#ifndef TOCSIN_BASE_ADDRESS_H
#define TOCSIN_BASE_ADDRESS_H

#include <sys/socket.h>

#include "base/error.h"

/* "127.0.0.1:80", "[::1]:80", ":80" (every address); port 0: any free port. The error says what to write. */
int address_parse(const char *text, struct sockaddr_storage *ret, struct error *err);

#endif
