/*
 * posting - what the policy says about the status page: post{}. Whether an incident is posted about is decided there beforehand, so that
 * nobody has to in the minute. Loop's thread only.
 */
#ifndef TOCSIN_POLICY_POSTING_H
#define TOCSIN_POLICY_POSTING_H

#include "policy/policy.h"

#define POSTING_MESSAGE "status-page" /* message{}: the first word, where there is one */

enum post_verdict { POSTING_ASK, POSTING_YES, POSTING_NO }; /* ask: people decide */

/* Adds the reason in plain words: "it is major (post.lua:3)". A table that says never wins over all others. */
enum post_verdict policy_posting(const struct policy *policy, const struct incident *incident, struct str *why);
/* The title of a first word that nobody had time to choose one for: of the first table that fits; NULL: none has one. Borrowed until the
   next load. */
const char *policy_posting_title(const struct policy *policy, const struct incident *incident);

#endif
