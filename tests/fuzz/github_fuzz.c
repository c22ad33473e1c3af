/* Whatever GitHub sends or answers: a webhook's body becomes well-formed events or none, an issue a ticket, and a text an id or none. */
#include <stdlib.h>
#include <string.h>

#include "../support/answers.h"
#include "../support/tracker.h"
#include "github/github.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

extern const struct tocsin_connector tocsin_connector_entry;

static void read_issue(const char *text, const cJSON *issue)
{
    char id[GITHUB_ID_BYTES] = "", title[GITHUB_TITLE_BYTES];
    struct kit_text path = {0}, shown = {0};
    if (github_id(text, "https://github.com", id) && !strchr(id, '#'))
        abort();
    github_title(text, &shown);
    github_id_of(issue, id);
    github_path(id, &path);
    if (*id && (strstr(kit_text_get(&path), "/../") || strpbrk(kit_text_get(&path), " ?#%\\")))
        abort();
    github_ticket(issue, id, title);
    github_updated_ms(issue);
    kit_text_finish(&path);
    kit_text_finish(&shown);
}

static const char settings[] =
    "{\"url\":\"https://github.com\",\"api_url\":\"\",\"token\":\"x\",\"repository\":\"acme/"
    "shop\",\"labels\":[\"incident\"],\"issue_type\":\"\",\"secret\":\"\",\"interval\":10000}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (answers_fuzz(&tocsin_connector_entry, settings, data, n))
        return 0;
    struct tracker tracker;
    char *body = strndup((const char *)data, n);
    cJSON *payload = kit_json_parse(body, strlen(body));
    tracker_begin(&tracker, &tocsin_connector_entry,
                  "{\"url\":\"https://github.com\",\"api_url\":\"http://127.0.0.1:1\",\"token\":\"x\","
                  "\"repository\":\"acme/shop\",\"secret\":\"s\"}");
    tracker.known = "{\"ticket\":\"acme/shop#1\",\"state\":\"open\",\"updated\":1000,\"n\":3}";
    tracker_hears(&tracker, "x-hub-signature-256", "s", "issues", body, strlen(body));
    tracker_check(&tracker);
    read_issue(body, payload);
    read_issue(kit_json_text(payload, "action"), kit_json_member(payload, "issue"));
    tracker_end(&tracker);
    cJSON_Delete(payload);
    free(body);
    return 0;
}
