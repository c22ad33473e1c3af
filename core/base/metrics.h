/*
 * metrics - what Tocsin counts about itself, for Prometheus: one static table, updated from wherever things
 * happen.
 *
 * A new metric is a line in METRICS below: nothing is registered, allocated or looked up at run time, and the
 * values of labels are fixed, so no outside input can make the page grow. Any thread may update a metric (relaxed
 * atomics).
 */
#ifndef TOCSIN_BASE_METRICS_H
#define TOCSIN_BASE_METRICS_H

#include <stdint.h>

#include "base/str.h"

/*      id                      kind       name                                     labels, help */
#define METRICS(X)                                                                                             \
    X(HTTP_2XX, COUNTER, "tocsin_http_requests_total", "class=\"2xx\"", "HTTP requests answered")              \
    X(HTTP_3XX, COUNTER, "tocsin_http_requests_total", "class=\"3xx\"", "")                                    \
    X(HTTP_4XX, COUNTER, "tocsin_http_requests_total", "class=\"4xx\"", "")                                    \
    X(HTTP_5XX, COUNTER, "tocsin_http_requests_total", "class=\"5xx\"", "")                                    \
    X(HTTP_GONE, COUNTER, "tocsin_http_gone_total", "", "Clients that disconnected before their answer")       \
    X(HTTP_CONNECTIONS, GAUGE, "tocsin_http_connections", "", "Open HTTP and WebSocket connections")           \
    X(HTTP_SECONDS, HISTOGRAM, "tocsin_http_request_seconds", "", "From the end of a request to its answer")   \
    X(STREAM_CLIENTS, GAUGE, "tocsin_stream_clients", "", "Followers of the live stream")                      \
    X(STREAM_SLOW, COUNTER, "tocsin_stream_slow_total", "", "Followers closed because they were too slow")     \
    X(ALERTS, COUNTER, "tocsin_alerts_total", "", "Alerts received")                                           \
    X(ALERTS_REFUSED, COUNTER, "tocsin_alerts_refused_total", "", "Alert requests refused")                    \
    X(ALERT_GROUPS, GAUGE, "tocsin_alert_groups", "", "Alert groups in memory")                                \
    X(COMMITS, COUNTER, "tocsin_journal_commits_total", "", "Journal transactions")                            \
    X(COMMITS_FAILED, COUNTER, "tocsin_journal_commits_failed_total", "", "Failed journal transactions")       \
    X(EVENTS, COUNTER, "tocsin_journal_events_total", "", "Events made durable")                               \
    X(COMMIT_SECONDS, HISTOGRAM, "tocsin_journal_commit_seconds", "", "From start to durable")                 \
    X(INCIDENTS_OPEN, GAUGE, "tocsin_incidents_open", "", "Public incidents in triage, active or paused")      \
    X(INCIDENTS_DECLARED, COUNTER, "tocsin_incidents_declared_total", "", "Public incidents declared")         \
    X(FIRST_CONTACT, LONG_HISTOGRAM, "tocsin_first_contact_seconds", "",                                       \
      "From the first affected customer to the first who was told")                                            \
    X(SILENCE, LONG_HISTOGRAM, "tocsin_customer_silence_seconds", "",                                          \
      "The longest silence towards customers, of each incident that ended")                                    \
    X(ENDED, COUNTER, "tocsin_incidents_ended_total", "outcome=\"counted\"",                                   \
      "Public incidents that ended; drills and merged ones are left out")                                      \
    X(ENDED_DECLINED, COUNTER, "tocsin_incidents_ended_total", "outcome=\"declined\"", "")                     \
    X(ACCEPT_TIME, LONG_HISTOGRAM, "tocsin_accept_seconds", "",                                                \
      "From declared to accepted, of each incident that ended")                                                \
    X(FIX_TIME, LONG_HISTOGRAM, "tocsin_fix_seconds", "", "From declared to the fix that held")                \
    X(RESOLVE_TIME, LONG_HISTOGRAM, "tocsin_resolve_seconds", "", "From declared to the resolution that held") \
    X(WROTE_FIRST, COUNTER, "tocsin_customers_wrote_first_total", "",                                          \
      "Incidents in which a customer wrote before any was told")                                               \
    X(COMMANDS, COUNTER, "tocsin_commands_total", "", "Commands decided")                                      \
    X(COMMANDS_REFUSED, COUNTER, "tocsin_commands_refused_total", "", "Commands refused")                      \
    X(ACTIONS_WAITING, GAUGE, "tocsin_actions", "state=\"waiting\"", "Unfinished actions")                     \
    X(ACTIONS_SENDING, GAUGE, "tocsin_actions", "state=\"sending\"", "")                                       \
    X(ACTIONS_DEAD, GAUGE, "tocsin_actions", "state=\"dead\"", "")                                             \
    X(ACTIONS_UNCERTAIN, GAUGE, "tocsin_actions", "state=\"uncertain\"", "")                                   \
    X(ACTIONS_DONE, COUNTER, "tocsin_actions_done_total", "", "Actions done")                                  \
    X(ACTIONS_RETRIED, COUNTER, "tocsin_actions_retried_total", "", "Failed attempts that will be repeated")   \
    X(PICTURES_FAILED, COUNTER, "tocsin_pictures_failed_total", "", "Pictures that could not be drawn")        \
    X(JOURNAL_DAMAGE, GAUGE, "tocsin_journal_damaged", "", "Damaged places of the journal that were noticed")  \
    X(CONNECTORS_UP, GAUGE, "tocsin_connectors_up", "", "Running connectors")                                  \
    X(CONNECTOR_RESTARTS, COUNTER, "tocsin_connector_restarts_total", "", "Connector restarts")                \
    X(FEEDS_FAILING, GAUGE, "tocsin_holiday_feeds_failing", "", "Addresses of holidays that cannot be read")   \
    X(STATUS_BEHIND, GAUGE, "tocsin_status_directory_behind", "",                                              \
      "1 while the status page cannot be written to its directory")                                            \
    X(STATUS_BUCKET_BEHIND, GAUGE, "tocsin_status_bucket_behind", "",                                          \
      "1 while the status page cannot be written to its bucket")                                               \
    X(POLICY_FAILURES, COUNTER, "tocsin_policy_failures_total", "",                                            \
      "Policy calls that failed or were stopped")                                                              \
    X(POLICY_SECONDS, HISTOGRAM, "tocsin_policy_call_seconds", "", "Duration of one policy call")

enum metric {
#define METRIC_ID(id, kind, name, labels, help) METRIC_##id,
    METRICS(METRIC_ID)
#undef METRIC_ID
        METRIC_COUNT
};

void metric_add(enum metric metric, int64_t n);     /* to a counter or a gauge; n may be negative */
void metric_set(enum metric metric, int64_t value); /* a gauge */
void metric_observe_ns(enum metric metric,
                       int64_t nanoseconds); /* a histogram; a long one counts minutes and hours */
int64_t metric_value(enum metric metric);    /* of a histogram: the number of observations */

/* The Prometheus text format, version 0.0.4. */
void metrics_write(struct str *out);
#define METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

#endif
