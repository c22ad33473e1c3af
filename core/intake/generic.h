/*
 * generic - Tocsin's own JSON: an alert or an array of alerts.
 *
 *   title        what failed, one line                                       required
 *   message      more about it
 *   level        debug info warning error fatal                              default error
 *   status       firing resolved acknowledged                                default firing
 *   fingerprint  text: alerts with the same text are one group               default: exception or title
 *   id           the sender's own id of this alert
 *   service, environment, release, host, stream
 *   exception    {"type", "value"}
 *   culprit      the place in the code
 *   url          a link to the sender, http or https
 *   links        {"runbook": "https://…"} or [{"label", "url"}]; also members and tags like runbook_url (evidence.h)
 *   at           RFC 3339, or seconds since 1970                             default now
 *   count        errors that this alert represents                           default 1
 *   tags         {"key": "value"}
 *   customer     text, or {"key", "name"}
 *   user         text, or {"id", "email"}
 *
 * Other members are ignored. The answer is 202 {"accepted": n}. If one alert is invalid, all are refused and the answer
 * says which.
 */
#ifndef TOCSIN_INTAKE_GENERIC_H
#define TOCSIN_INTAKE_GENERIC_H

#include "intake/request.h"

extern intake_decoder generic_alerts;

#endif
