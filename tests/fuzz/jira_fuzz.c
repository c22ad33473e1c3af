/* Whatever Jira sends or answers: a webhook's body becomes well-formed events or none, an issue a ticket, and a text a key or none. */
#include <stdlib.h>
#include <string.h>

#include "../support/answers.h"
#include "../support/tracker.h"
#include "jira/jira.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

extern const struct tocsin_connector tocsin_connector_entry;

static void read_issue(struct jira *jira, const char *text, const cJSON *issue)
{
    char key[JIRA_KEY_BYTES];
    struct kit_text link = {0};
    if (jira_key(text, "https://acme.atlassian.net", key) && strpbrk(key, "/?#% \\."))
        abort();
    jira_ticket(jira, issue, NULL, &link);
    jira_updated_ms(issue);
    kit_text_finish(&link);
}

static const char settings[] = "{\"url\":\"https://"
                               "acme.atlassian.net\",\"email\":\"a@acme.example\",\"token\":\"x\",\"api_url\":"
                               "\"\",\"project\":\"PAY\",\"issue_type\":\"Task\",\"labels\":[\"incident\"],"
                               "\"done_status\":\"\",\"secret\":\"\",\"interval\":10000}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (answers_fuzz(&tocsin_connector_entry, settings, data, n))
        return 0;
    struct tracker tracker;
    char *body = strndup((const char *)data, n);
    cJSON *payload = kit_json_parse(body, strlen(body));
    tracker_begin(&tracker, &tocsin_connector_entry,
                  "{\"url\":\"http://127.0.0.1:1\",\"token\":\"x\",\"project\":\"PAY\",\"secret\":\"s\"}");
    tracker.known = "{\"ticket\":\"PAY-1\",\"state\":\"open\",\"updated\":1000,\"n\":3}";
    tracker_hears(&tracker, "x-hub-signature", "s", "", body, strlen(body));
    tracker_check(&tracker);
    read_issue(tracker.self, body, kit_json_member(payload, "issue"));
    tracker_end(&tracker);
    cJSON_Delete(payload);
    free(body);
    return 0;
}
