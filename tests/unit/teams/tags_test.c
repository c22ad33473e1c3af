/* A tag's members follow a rotation: whoever comes is added before whoever goes is removed, and it is never left without members. */
#include "../../support/check.h"
#include "../../support/teams.h"

#include <stdlib.h>
#include <string.h>

#define TAGS   "/teams/group-1/tags"
#define ONCALL "{\"id\":\"tag-1\",\"displayName\":\"OnCall\",\"tagType\":\"standard\"}"
#define TO_ANA "{\"group\":\"oncall\",\"users\":[\"29:ana\"]}"

static const char *members;       /* of the tag, as Graph shows them */
static const char *tags;          /* of the team */
static const char *add, *removed; /* the answers to these; NULL: it works */

static cJSON *answer(const char *method, const char *path, const cJSON *json)
{
    if (strcmp(path, TAGS) == 0)
        return cJSON_Parse(tags);
    if (strcmp(path, TAGS "?$skiptoken=2") == 0)
        return cJSON_Parse("{\"value\":[" ONCALL "]}");
    if (strcmp(method, "GET") == 0 && strcmp(path, TAGS "/tag-1/members") == 0)
        return cJSON_Parse(members);
    if (strcmp(method, "POST") == 0 && strcmp(path, TAGS "/tag-1/members") == 0)
        return cJSON_Parse(add ? add : "{\"status\":201,\"id\":\"m-ana\"}");
    if (strcmp(method, "DELETE") == 0)
        return cJSON_Parse(removed ? removed : "{\"status\":204}");
    return teams_fake_usual(method, path, json);
}

/* The calls that change something, in order: "POST …/members {json}", one a line. The caller finishes. */
static struct kit_text changes(struct teams_fake *fake)
{
    struct kit_text text = {0};
    const cJSON *call;
    cJSON_ArrayForEach(call, fake->called)
    {
        const char *method = kit_json_text(call, "method"),
                   *url = strstr(kit_json_text(call, "url"), "/members");
        if (strcmp(method, "GET") != 0)
            kit_text_addf(&text, "%s %s %s\n", method, url ? url : kit_json_text(call, "url"),
                          kit_json_text(kit_json_member(call, "json"), "userId"));
    }
    return text;
}

static struct tocsin_result performs(const char *body, const char *wanted)
{
    struct teams_fake fake;
    teams_fake_init(&fake, answer);
    struct tocsin_result result = teams_fake_perform(&fake, "group.members", body);
    struct kit_text made = changes(&fake);
    assert_string_equal(kit_text_get(&made), wanted);
    kit_text_finish(&made);
    teams_fake_finish(&fake);
    return result;
}

#define ADDS_AND_REMOVES "POST /members aad-ana\nDELETE /members/m-bo \n"

static int set_up(void **state)
{
    (void)state;
    tags = "{\"value\":[{\"id\":\"tag-0\",\"displayName\":\"oncall-eu\"}," ONCALL "]}";
    members = "{\"value\":[{\"id\":\"m-bo\",\"userId\":\"aad-bo\"}]}";
    add = removed = NULL;
    return 0;
}

static void whoever_comes_is_added_before_whoever_goes_is_removed(void **state)
{
    (void)state;
    struct tocsin_result result = performs(TO_ANA, ADDS_AND_REMOVES);
    assert_int_equal(result.code, TOCSIN_DONE);
    assert_string_equal(result.detail, "");
    assert_int_equal(performs("{\"group\":\"tag-1\",\"emails\":[\"ana@example.com\"]}", ADDS_AND_REMOVES).code,
                     TOCSIN_DONE);
}

static void what_is_so_already_is_not_changed(void **state)
{
    (void)state;
    members = "{\"value\":[{\"id\":\"m-ana\",\"userId\":\"AAD-ANA\"}]}";
    assert_int_equal(performs(TO_ANA, "").code, TOCSIN_DONE);
}

static void lists_are_read_to_their_end(void **state)
{
    (void)state;
    tags = "{\"value\":[],\"@odata.nextLink\":\"https://graph.microsoft.com/v1.0" TAGS "?$skiptoken=2\"}";
    assert_int_equal(performs(TO_ANA, ADDS_AND_REMOVES).code, TOCSIN_DONE);
    tags = "{\"value\":[],\"@odata.nextLink\":\"https://evil.example" TAGS "?$skiptoken=2\"}";
    assert_int_equal(performs(TO_ANA, "").code, TOCSIN_REFUSED);
}

static void a_tag_that_cannot_be_used_is_said(void **state)
{
    (void)state;
    struct tocsin_result result = performs("{\"group\":\"other\",\"users\":[\"29:ana\"]}", "");
    assert_int_equal(result.code, TOCSIN_REFUSED);
    assert_non_null(strstr(result.detail, "the team has no tag 'other'; make it in Teams"));
    tags = "{\"value\":[{\"id\":\"tag-1\",\"displayName\":\"oncall\",\"tagType\":\"scheduled\"}]}";
    result = performs(TO_ANA, "");
    assert_int_equal(result.code, TOCSIN_REFUSED);
    assert_non_null(strstr(result.detail, "the app Shifts keeps the members"));
    tags = "{\"status\":403,\"error\":{\"code\":\"Forbidden\",\"message\":\"API requires one of "
           "'TeamworkTag.Read.All'\"}}";
    result = performs(TO_ANA, "");
    assert_int_equal(result.code, TOCSIN_REFUSED);
    assert_non_null(strstr(result.detail, "TeamworkTag"));
}

static void it_is_never_left_without_members(void **state)
{
    (void)state;
    struct tocsin_result result = performs("{\"group\":\"oncall\",\"users\":[\"29:nobody\"]}", "");
    assert_int_equal(result.code, TOCSIN_DONE);
    assert_non_null(strstr(result.detail, "so the tag stays as it was"));
    add = "{\"status\":400,\"error\":{\"code\":\"BadRequest\",\"message\":\"the tag is full\"}}";
    result = performs(TO_ANA, "POST /members aad-ana\n");
    assert_int_equal(result.code, TOCSIN_REFUSED);
    assert_non_null(strstr(result.detail, "the tag is full"));
}

static void what_may_help_is_tried_again(void **state)
{
    (void)state;
    add = "{\"status\":429,\"retry\":3000}";
    struct tocsin_result result = performs(TO_ANA, "POST /members aad-ana\n");
    assert_int_equal(result.code, TOCSIN_RETRY);
    assert_int_equal(result.retry_after_ms, 3000);
    add = "{\"cut\":true}"; /* it may be in: the next attempt looks */
    assert_int_equal(performs(TO_ANA, "POST /members aad-ana\n").code, TOCSIN_RETRY);
    add = NULL;
    removed = "{\"status\":503}";
    assert_int_equal(performs(TO_ANA, ADDS_AND_REMOVES).code, TOCSIN_RETRY);
    removed = "{\"status\":404}"; /* somebody else did it */
    assert_int_equal(performs(TO_ANA, ADDS_AND_REMOVES).code, TOCSIN_DONE);
    tags = "{\"status\":502}";
    assert_int_equal(performs(TO_ANA, "").code, TOCSIN_RETRY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(whoever_comes_is_added_before_whoever_goes_is_removed, set_up),
        cmocka_unit_test_setup(what_is_so_already_is_not_changed, set_up),
        cmocka_unit_test_setup(lists_are_read_to_their_end, set_up),
        cmocka_unit_test_setup(a_tag_that_cannot_be_used_is_said, set_up),
        cmocka_unit_test_setup(it_is_never_left_without_members, set_up),
        cmocka_unit_test_setup(what_may_help_is_tried_again, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
