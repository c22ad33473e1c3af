/*
 * serve - requests under /connector/NAME/. Any thread.
 */
#ifndef EMAIL_SERVE_H
#define EMAIL_SERVE_H

#include "email.h"

void email_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response);

#endif
