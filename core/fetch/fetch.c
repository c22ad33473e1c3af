/*
 * tocsin-fetch - reads the holidays at one address for tocsind, and ends.
 *
 * It is confined as runners are, and has nothing to read but the system's own files: what a stranger's server sends is parsed here, and
 * nowhere else. The request comes as a frame on descriptor 3, because the address may hold a secret; so does the answer leave.
 */
#include <curl/curl.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "feeds/feeds.h"
#include "fetch/get.h"
#include "host/confine.h"
#include "host/frame.h"

#define CHANNEL 3
#define MEMORY  ((int64_t)128 << 20)

static void send_answer(const struct feed_answer *answer)
{
    CLEANUP_STR struct str json = {0};
    feed_answer_write(answer, &json);
    frame_send(CHANNEL, json.p, json.len);
}

static int read_days(const struct feed_request *request, struct feed_answer *answer, struct error *err)
{
    struct got got = {0};
    int rc = get(request->url, request->etag, &got, err);
    answer->unchanged = !rc && got.unchanged;
    if (!rc && !got.unchanged && holidays_read(str_text(&got.body), got.body.len, &answer->days, err))
        rc = error_prefix(err, "it cannot be read as holidays");
    if (!rc && got.etag.len)
        answer->etag = xstrdup(got.etag.p);
    got_finish(&got);
    return rc;
}

static void serve(const struct feed_request *request)
{
    struct feed_answer answer = {0};
    struct error err = {0};
    if (read_days(request, &answer, &err))
        answer.why = xstrdup(err.text);
    send_answer(&answer);
    feed_answer_finish(&answer);
}

int main(void)
{
    struct frames frames = {0};
    struct feed_request request = {0};
    const char *json;
    size_t n;
    signal(SIGPIPE, SIG_IGN);
    if (fcntl(CHANNEL, F_GETFD) < 0) {
        fprintf(stderr, "tocsin-fetch is started by tocsind, to read holidays from an address.\n");
        return 2;
    }
    close_range(CHANNEL + 1, ~0U, 0);
    confine_process();
    confine_memory(MEMORY);
    confine_files(NULL, 0);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (frame_receive(CHANNEL, &frames, &json, &n) && feed_request_parse(json, n, &request, NULL) == 0)
        serve(&request);
    feed_request_finish(&request);
    frames_finish(&frames);
    curl_global_cleanup();
    return 0;
}
