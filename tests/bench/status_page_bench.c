/* How long the files of a large status page take: 200 components, and a post a day for five years. */
#include <stdio.h>

#include "../support/status_page.h"
#include "../support/stopwatch.h"
#include "base/mem.h"

#define RUNS 21

static void measure(const struct public_page *page, const char *path)
{
    double took[RUNS];
    size_t bytes = 0;
    for (size_t i = 0; i < RUNS; i++) {
        struct public_file file;
        double begin = stopwatch_micros();
        require(public_render(page, path, "", &file, NULL) == 0);
        took[i] = stopwatch_micros() - begin;
        bytes = file.body.len;
        str_finish(&file.body);
    }
    printf("status page: %-24s %8zu bytes %7.2f ms (median) %7.2f ms (p95)\n", *path ? path : "(the page)",
           bytes, stopwatch_percentile(took, RUNS, 50) / 1000, stopwatch_percentile(took, RUNS, 95) / 1000);
}

int main(void)
{
    static const char *const paths[] = {"", "history", "api/v2/summary.json", "api/v2/incidents.json",
                                        "history.atom"};
    struct public_page *page =
        status_page_large(200, 5 * 365, "Some orders were **slow**. See [the notes](https://acme.example).");
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
        measure(page, paths[i]);
    public_unref(page);
    return 0;
}
