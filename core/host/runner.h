/*
 * runner - what the parts of tocsin-runner share: runner.c reads the core's messages, runner_host.c asks the core,
 * runner_work.c calls the connector.
 *
 * One process has one connector, so there is one runner. `lock` guards everything below it; the fields above it are
 * written before the first thread starts.
 */
#ifndef TOCSIN_HOST_RUNNER_H
#define TOCSIN_HOST_RUNNER_H

#include <cjson/cJSON.h>
#include <pthread.h>

#include "base/mem.h"
#include "host/load.h"
#include "host/message.h"

#define WORKERS_MOST 16
#define STACK_BYTES  ((size_t)2 << 20) /* of each thread */

struct waiter { /* a thread that waits for the core's answer */
    uint64_t token;
    bool answered;
    cJSON *answer;
    struct waiter *next;
};

struct job {
    enum message_type type; /* perform, serve, check */
    cJSON *message;
    struct job *next;
};

struct worker {
    pthread_t thread;
    int64_t overdue_at; /* monotonic ms; 0: idle */
};

struct runner {
    const char *file; /* of the connector */
    struct loaded loaded;
    void *self;
    pthread_mutex_t lock, writing;
    pthread_cond_t answered, work;
    struct waiter *waiters;
    struct job *jobs, **last_job;
    struct worker workers[WORKERS_MOST];
    int n_workers;
    pthread_t run_thread;
    bool trial;    /* it is only checked: run() is not called */
    bool running;  /* run_thread exists */
    bool stopping; /* atomic as well */
    uint64_t token;
};
extern struct runner runner;

/* runner_host.c; any thread. */
extern const struct tocsin_host runner_host_table;
void runner_send(struct str *json); /* frees json */
void runner_say(enum message_type type);
__attribute__((noreturn)) void runner_fail(int code, const char *text); /* reports why and ends the process */
void runner_take_answer(cJSON *message);                                /* owns message */
/* The values that this thread keeps: adds them to the message that is being written, or drops them. */
void runner_put_kept(struct json_out *j);
void runner_forget_kept(void);

/* runner_files.c: what is loaded reaches its own file, those of its settings and those of the system from now on, and no other.
   First thread. */
void runner_keep_files(const char *file, const cJSON *settings);

/* runner_work.c */
void runner_open(cJSON *message); /* message: the settings, owned; sends ready once the connector is open */
void runner_add_job(enum message_type type, cJSON *message); /* owns message */
bool runner_is_healthy(void);                                /* no call is past its deadline */
void runner_stop(void); /* sends bye when everything is closed, and ends the process */

#endif
