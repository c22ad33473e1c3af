/*
 * process - the process of one runner: started, heard, spoken to, killed, cleared away. Loop's thread only.
 *
 * It owns the handles: the process, its channel, the pipes of its standard output and error. It knows bytes and frames, not
 * what they say, and decides nothing: when to start, to listen and to kill is up to its owner, who embeds it (zeroed) and
 * keeps it until `cleared`. What a runner said before it died is handed over before `ended`.
 */
#ifndef TOCSIN_HOST_PROCESS_H
#define TOCSIN_HOST_PROCESS_H

#include <stdbool.h>
#include <uv.h>

#include "base/str.h"
#include "host/frame.h"

struct process;

struct process_ops {
    void (*frame)(struct process *process, const char *json, size_t n); /* may pause it */
    void (*broken)(struct process *process, const char *why);           /* what comes is not frames */
    void (*output)(struct process *process, bool error, const char *bytes, size_t n); /* n 0: its end */
    void (*ended)(struct process *process, int64_t status, int signal);               /* clear it away */
    void (*cleared)(struct process *process); /* nothing of it is left: it may be started again */
};

struct process {
    const struct process_ops *ops;
    bool alive;
    bool paused; /* its channel is not read */
    uv_process_t handle;
    uv_pipe_t channel, output, error;
    int closing; /* handles that are still to close */
    struct frames frames;
};

/* 0, or a code of libuv; in both cases process_clear must follow some day. */
int process_start(struct process *process, uv_loop_t *loop, const char *runner, const char *file);
/* One frame; frees json, and wipes it. False: the runner reads so little that it should be ended. */
bool process_send(struct process *process, struct str *json);
void process_pause(struct process *process);
void process_resume(struct process *process);
void process_kill(struct process *process, int signal); /* nothing happens when it is dead */
void process_clear(struct process *process);

#endif
