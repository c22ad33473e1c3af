/* Feeds: any answer of tocsin-fetch gives sorted days or is refused, and any address that is taken has a host to be told of. */
#include <stdint.h>
#include <string.h>

#include "feeds/feeds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void parse_answer(const char *json, size_t n)
{
    struct feed_answer answer = {0};
    struct feed feed = {0};
    if (feed_answer_parse(json, n, &answer, NULL))
        return;
    require(answer.days.days.n <= HOLIDAYS_MOST);
    for (size_t i = 1; i < answer.days.days.n; i++)
        require(answer.days.days.v[i - 1] < answer.days.days.v[i]);
    require(!answer.etag || !strpbrk(answer.etag, "\r\n"));
    feed_take(&feed, &answer, 1);
    require(feed.read_at || feed.why);
    feed_answer_finish(&answer);
    feed_finish(&feed);
}

static void check_address(const char *data, size_t n)
{
    CLEANUP_FREE char *url = xstrndup(data, n), *host = feed_host(url);
    if (feed_check(url, NULL))
        return;
    require(*host && !strpbrk(host, "/?#@ \n"));
    require(strncasecmp(url, "https:", 6) == 0 || feed_host_is_loopback(host));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    parse_answer((const char *)data, n);
    check_address((const char *)data, n);
    return 0;
}
