/* Whatever comes: a callback brings events of the page that is known alone, and XML that is well-formed; an SMS has as many parts as it may. */
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>

#include "../support/store_host.h"
#include "sms/sms.h"
#include "sms/words.h"

#define MARK "0123456789abcdef0123456789abcdef"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The signature is checked, and counts as good. */
bool __real_signature_is_good(const struct signature_keys *keys, const char *base,
                              const struct tocsin_request *request);
bool __wrap_signature_is_good(const struct signature_keys *keys, const char *base,
                              const struct tocsin_request *request);
bool __wrap_signature_is_good(const struct signature_keys *keys, const char *base,
                              const struct tocsin_request *request)
{
    if (__real_signature_is_good(keys, base, request))
        abort(); /* it has none */
    return true;
}

static void check_said(void)
{
    const char *said = store_host_said(), *last = NULL;
    for (const char *at = strchr(said, '<'); at; at = strchr(at + 1, '<')) {
        const char *end = strchr(at, '>');
        if (!end || (last && last > at))
            abort();
        last = end;
    }
    if (*said == '<' && !strstr(said, "</Response>"))
        abort();
}

static void serve(const char *path, const char *form, size_t n)
{
    static const struct tocsin_header headers[] = {{"content-type", "application/x-www-form-urlencoded"},
                                                   {"x-twilio-signature", "none"}};
    static struct sms sms = {.kit.host = &store_host,
                             .public_url = "https://t.example/connector/sms",
                             .keys = {"x-twilio-signature", {"token", "old", "key"}}};
    const struct tocsin_request request = {sizeof(request), 2, "POST", path, "p=" MARK, headers, form, n, 0};
    struct tocsin_response response = store_host_response();
    const cJSON *event;
    sms_serve(&sms, &request, &response);
    check_said();
    cJSON_ArrayForEach(event, store_host_events())
    {
        if (strcmp(kit_json_text(event, "message"), "SM1") != 0)
            abort();
    }
}

static void say(const char *bytes, size_t n)
{
    cJSON *body = kit_json_parse(bytes, n);
    struct kit_page_words words = kit_page_words(body);
    const char *code = kit_json_text(body, "code");
    struct kit_text text = {0};
    words_sms(&words, code, 2, &text);
    if (!kit_utf8_valid(kit_text_get(&text), text.n) ||
        (strlen(code) + words.link.n < 30 && words_parts(kit_text_get(&text)) > 2))
        abort();
    kit_text_finish(&text);
    sms_api.said(body, &text);
    kit_text_finish(&text);
    kit_page_words_finish(&words);
    cJSON_Delete(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const char *bytes = (const char *)data;
    store_host_clear();
    store_host_set("page/" MARK, "{'user':'+491701234567','code':'12a','say':'INC-12 <slow>','id':'SM1'}");
    store_host_set("known/SM1", "{'page':'" MARK "'}");
    store_host_set("reply/+491701234567/12a", "{'page':'" MARK "'}");
    store_host_set("person/+491701234567", "{}");
    serve("/status", bytes, n);
    serve("/key", bytes, n);
    serve("/message", bytes, n);
    say(bytes, n);
    store_host_clear();
    return 0;
}
