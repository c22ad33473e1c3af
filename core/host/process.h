/*
 * process - the process of one runner: starts it, reads and writes its channel, kills it, cleans up. Loop thread only.
 *
 * It owns the handles: the process, its channel, the pipes of its standard output and error. It handles bytes and frames, not
 * their meaning, and decides nothing: its owner decides when to start, read and kill. The owner embeds it, zeroed, and
 * keeps it until `cleared`. Everything that a runner sent before it died is delivered before `ended`.
 */
#ifndef TOCSIN_HOST_PROCESS_H
#define TOCSIN_HOST_PROCESS_H

#include <stdbool.h>
#include <uv.h>

#include "base/str.h"
#include "host/frame.h"

struct process;

struct program { /* tocsin-runner */
    char *path;
    bool other_user; /* it runs as uid and gid, and not as who starts it; only root can do so */
    unsigned uid, gid;
};

struct process_ops {
    void (*frame)(struct process *process, const char *json, size_t n); /* may pause the process */
    void (*broken)(struct process *process, const char *why);           /* its bytes are not frames */
    void (*output)(struct process *process, bool error, const char *bytes, size_t n); /* n 0: the end */
    void (*ended)(struct process *process, int64_t status, int signal);               /* call process_clear */
    void (*cleared)(struct process *process); /* everything is cleaned up: it may be started again */
};

struct process {
    const struct process_ops *ops;
    bool alive;
    bool paused; /* its channel is not being read */
    uv_process_t handle;
    uv_pipe_t channel, output, error;
    int closing; /* handles that are not closed yet */
    struct frames frames;
};

/* 0, or a libuv error code; in both cases call process_clear later. */
int process_start(struct process *process, uv_loop_t *loop, const struct program *runner, const char *file);
/* Sends one frame; wipes and frees json. False: too much is queued, since the runner does not read; it should be ended. */
bool process_send(struct process *process, struct str *json);
void process_pause(struct process *process);
void process_resume(struct process *process);
void process_kill(struct process *process, int signal); /* does nothing when the process is dead */
void process_clear(struct process *process);

#endif
