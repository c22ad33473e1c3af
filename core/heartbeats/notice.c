/* Alerts that Tocsin itself gives. */
#include "heartbeats/inside.h"
#include "intake/fingerprint.h"
#include "triage/triage.h"

static uint64_t fingerprint_of(const struct notice *notice)
{
    struct fingerprint f;
    fingerprint_begin(&f, notice->source, notice->about, GROUPING_SENDER);
    return fingerprint_end(&f);
}

void notice_give(struct core *core, const struct notice *notice, instant now)
{
    struct alert alert;
    alert_init(&alert, notice->source, now);
    alert.about.origin = notice->source;
    alert.about.stream = notice->about;
    alert.about.title = notice->title;
    alert.about.service = notice->service;
    alert.about.environment = notice->environment;
    alert.fingerprint = fingerprint_of(notice);
    alert.grouping = GROUPING_SENDER;
    alert.level = notice->level;
    alert.status = notice->status;
    alert.message = notice->message;
    alert.sender_id = notice->about;
    triage_alerts(core, &alert, 1, now, NULL, NULL);
}
