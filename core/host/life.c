#include "host/life.h"

#include <stddef.h>

#include "base/mem.h"

static const char *const names[LIFE_STATES] = {
    [LIFE_STOPPED] = "stopped", [LIFE_STARTING] = "starting", [LIFE_OPENING] = "opening",
    [LIFE_RUNNING] = "running", [LIFE_STOPPING] = "stopping", [LIFE_ENDING] = "ending",
    [LIFE_WAITING] = "waiting", [LIFE_BROKEN] = "broken",
};

const char *life_name(enum life_state state)
{
    return names[state];
}

bool life_has_process(enum life_state state)
{
    return state >= LIFE_STARTING && state <= LIFE_ENDING;
}

static unsigned enter(struct life *life, enum life_state state, int64_t due, unsigned act)
{
    life->state = state;
    life->due = due;
    return act;
}

static unsigned spawn(struct life *life, int64_t now, const struct life_times *times)
{
    life->wanted = true;
    life->unusable = life->restarting = false;
    life->running_since = 0;
    return enter(life, LIFE_STARTING, now + times->start, LIFE_SPAWN);
}

static unsigned end(struct life *life, int64_t now, const struct life_times *times, const char *why)
{
    life->why = why;
    return enter(life, LIFE_ENDING, now + times->kill, LIFE_TERMINATE);
}

/* A running connector is asked to stop and has time to finish its work; one that is still starting has none. */
static unsigned stop(struct life *life, int64_t now, const struct life_times *times)
{
    switch (life->state) {
    case LIFE_RUNNING:
        return enter(life, LIFE_STOPPING, now + times->stop, LIFE_ASK_STOP);
    case LIFE_STARTING:
    case LIFE_OPENING:
        return end(life, now, times, NULL);
    case LIFE_WAITING:
    case LIFE_BROKEN:
        return enter(life, LIFE_STOPPED, 0, 0);
    default:
        return 0;
    }
}

static unsigned start(struct life *life, int64_t now, const struct life_times *times)
{
    life->failures = 0;
    if (!life_has_process(life->state))
        return spawn(life, now, times);
    life->wanted = life->restarting = true;
    return stop(life, now, times);
}

static unsigned tick(struct life *life, int64_t now, const struct life_times *times)
{
    switch (life->state) {
    case LIFE_STARTING:
    case LIFE_OPENING:
        return end(life, now, times, "it did not start in time");
    case LIFE_RUNNING:
        if (now - life->heard > times->silence)
            return end(life, now, times,
                       "it hung: a call ran past its deadline, or the process stopped answering");
        return enter(life, LIFE_RUNNING, now + times->ping, LIFE_PING);
    case LIFE_STOPPING:
        return end(life, now, times, "it did not stop in time");
    case LIFE_ENDING:
        return enter(life, LIFE_ENDING, now + times->kill, LIFE_KILL);
    case LIFE_WAITING:
        return spawn(life, now, times);
    default:
        return enter(life, life->state, 0, 0);
    }
}

static duration backoff(struct life *life, int64_t now, const struct life_times *times)
{
    if (life->running_since && now - life->running_since >= times->healthy)
        life->failures = 0;
    duration delay = times->backoff_least;
    for (int i = 0; i < life->failures && delay < times->backoff_most; i++)
        delay *= 2;
    life->failures++;
    return MIN(delay, times->backoff_most);
}

static unsigned cleared(struct life *life, int64_t now, const struct life_times *times)
{
    if (!life->wanted)
        return enter(life, LIFE_STOPPED, 0, 0);
    if (life->restarting)
        return spawn(life, now, times);
    if (life->unusable)
        return enter(life, LIFE_BROKEN, 0, 0);
    return enter(life, LIFE_WAITING, now + backoff(life, now, times), 0);
}

unsigned life_step(struct life *life, enum life_event event, int64_t now, const struct life_times *times)
{
    bool opening = life->state == LIFE_STARTING || life->state == LIFE_OPENING;
    life->why = NULL;
    switch (event) {
    case LIFE_START:
        return start(life, now, times);
    case LIFE_DESCRIBED:
        return opening ? enter(life, LIFE_OPENING, life->due, 0) : 0;
    case LIFE_READY:
        life->heard = life->running_since = now;
        return opening ? enter(life, LIFE_RUNNING, now + times->ping, 0) : 0;
    case LIFE_PONG:
        life->heard = now;
        return 0;
    case LIFE_STOP:
        life->wanted = life->restarting = false;
        return stop(life, now, times);
    case LIFE_UNUSABLE:
        life->unusable = true;
        /* fall through */
    case LIFE_FAULT:
        return life_has_process(life->state) && life->state != LIFE_ENDING ? end(life, now, times, NULL) : 0;
    case LIFE_TIMER:
        return tick(life, now, times);
    case LIFE_EXITED:
        return enter(life, LIFE_ENDING, 0, 0);
    case LIFE_CLEARED:
        return cleared(life, now, times);
    }
    return 0;
}
