/* A wall clock that stands still at 2024-05-17 10:20:30.123456 UTC, for recording transcripts.
 *
 * Preloaded into Python it answers every reading of the real time, Python's and SQLite's alike, so that
 * a recording made tomorrow equals one made today. Monotonic and CPU clocks go to the kernel: time limits
 * and durations keep working.
 *
 *     cc -shared -fPIC -O1 -o frozenclock.so frozenclock.c
 */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const struct timespec MOMENT = {.tv_sec = 1715941230, .tv_nsec = 123456000};

int clock_gettime(clockid_t clock, struct timespec *reading) {
    if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE) {
        return (int)syscall(SYS_clock_gettime, clock, reading);
    }
    *reading = MOMENT;
    return 0;
}

int gettimeofday(struct timeval *restrict reading, void *restrict zone) {
    (void)zone;
    reading->tv_sec = MOMENT.tv_sec;
    reading->tv_usec = MOMENT.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *reading) {
    if (reading) {
        *reading = MOMENT.tv_sec;
    }
    return MOMENT.tv_sec;
}
