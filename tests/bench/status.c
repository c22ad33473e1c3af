/*
 * status PORT DIR [MS]: serves a status page of 200 components and five years of posts at /status/ on the port, for
 * scripts/bench/status.sh, and writes the same page into the directory, for nginx. With MS there is a new word, and so a new model,
 * each so many milliseconds. Ends with SIGTERM.
 */
#include <signal.h>
#include <stdio.h>
#include <uv.h>

#include "base/clock.h"
#include "base/mem.h"
#include "publish/directory.h"
#include "web/status.h"

#define COMPONENTS 200
#define POSTS      300 /* 60 months with five each */

static uv_loop_t loop;
static struct status_server *status;
static int words; /* so far */

static void add_components(struct public_page *page)
{
    for (int i = 0; i < COMPONENTS; i++) {
        struct public_component *component = array_add(&page->components);
        component->name = xasprintf("Component %d", i);
        public_id("component", component->name, component->id);
        component->group = PUBLIC_ALONE;
        for (int k = 0; k < 10; k++)
            *array_add(&component->past) = (struct public_change){
                page->built - (90 - 9 * k) * DAY, k % 3 == 1 ? STATE_PARTIAL : STATE_OPERATIONAL};
    }
}

static void add_posts(struct public_page *page)
{
    for (int i = 0; i < POSTS; i++) {
        struct public_post *post = array_add(&page->posts);
        instant at = page->built - i * 6 * DAY;
        post->title = xasprintf("Payments are delayed, number %d", i ? i : words);
        public_id("post", post->title, post->id);
        post->impact = IMPACT_MINOR;
        post->status = POST_RESOLVED;
        post->created = post->started = post->updated = post->resolved = at;
        struct public_word *word = array_add(&post->words);
        word->text = xstrdup("Payments work again. We are sorry for the delay.");
        public_id("word", post->title, word->id);
        word->status = POST_RESOLVED;
        word->created = word->updated = word->shown = at;
        *array_add(&post->components) = (size_t)(i % COMPONENTS);
    }
}

static struct public_page *page_of(void *ctx, const char *name)
{
    (void)ctx, (void)name;
    struct public_page *page = public_create();
    public_id("page", "bench", page->id);
    page->name = xstrdup("public");
    page->title = xstrdup("Acme");
    page->url = xstrdup("https://status.acme.example");
    page->zone = xstrdup("Etc/UTC");
    page->language = xstrdup("en");
    page->updated = page->built = clock_now();
    add_components(page);
    add_posts(page);
    return page;
}

static void on_word(uv_timer_t *timer)
{
    (void)timer;
    words++;
    status_changed(status);
}

static void on_term(uv_signal_t *signal, int number)
{
    (void)signal, (void)number;
    exit(0);
}

static void write_files(const char *directory)
{
    struct published published;
    struct error err;
    struct public_page *page = page_of(NULL, NULL);
    if (publish_directory(&(struct publish_source){.page = page}, directory, &published, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    public_unref(page);
}

int main(int argc, char **argv)
{
    uv_timer_t timer;
    uv_signal_t term;
    struct error err;
    if (argc < 3)
        return 2;
    int every = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 0;
    CLEANUP_FREE char *listen = xasprintf("127.0.0.1:%s", argv[1]);
    write_files(argv[2]);
    uv_loop_init(&loop);
    status = status_create(&(struct status_settings){.loop = &loop, .page = page_of});
    struct server *server = server_create(&(struct server_settings){.listen = listen}, NULL, &loop);
    status_serve(status, server);
    status_changed(status);
    if (server_listen(server, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    uv_signal_init(&loop, &term);
    uv_signal_start(&term, on_term, SIGTERM);
    uv_timer_init(&loop, &timer);
    if (every)
        uv_timer_start(&timer, on_word, (uint64_t)every, (uint64_t)every);
    return uv_run(&loop, UV_RUN_DEFAULT);
}
