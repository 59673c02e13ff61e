/* Waits for ever, in one of several ways; the line that waits says so. Compiled by `places.rs` in several ways. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t other = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int ready[2];

static void *ends_with_it(void *unused)
{
    pthread_mutex_lock(&lock);
    return unused;
}

static void *takes_other_first(void *unused)
{
    pthread_mutex_lock(&other);
    write(ready[1], "x", 1);
    pthread_mutex_lock(&lock); /* HERE second */
    return unused;
}

static void handler(int number)
{
    (void)number;
    pthread_mutex_lock(&lock); /* HERE handler */
}

static void twice(void)
{
    pthread_mutex_lock(&lock);
    pthread_mutex_lock(&lock); /* HERE twice */
}

static void opposite(void)
{
    pthread_t thread;
    char byte;
    pthread_mutex_lock(&lock);
    pthread_create(&thread, NULL, takes_other_first, NULL);
    read(ready[0], &byte, 1);
    pthread_mutex_lock(&other); /* HERE opposite */
}

static void orphaned(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, ends_with_it, NULL);
    pthread_join(thread, NULL);
    pthread_mutex_lock(&lock); /* HERE orphaned */
}

static void forked(void)
{
    pthread_mutex_lock(&lock);
    if (fork() == 0)
        pthread_mutex_lock(&lock); /* HERE forked */
    pause(); /* HERE parent */
}

static void interrupted(void)
{
    pthread_mutex_lock(&lock);
    signal(SIGUSR1, handler);
    raise(SIGUSR1); /* HERE interrupted */
}

static void waits(void)
{
    pthread_mutex_lock(&lock);
    pthread_cond_wait(&condition, &lock); /* HERE condition */
}

static void line(void)
{
    char text[80];
    puts(fgets(text, sizeof text, fdopen(ready[0], "r"))); /* HERE line */
}

int main(int count, char **args)
{
    static const struct { const char *name; void (*run)(void); } ways[] = {
        {"twice", twice}, {"opposite", opposite}, {"orphaned", orphaned}, {"forked", forked},
        {"interrupted", interrupted}, {"condition", waits}, {"line", line},
    };
    if (count < 2 || pipe(ready) != 0)
        return 1;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        if (strcmp(ways[i].name, args[1]) == 0)
            ways[i].run();
    return 0;
}
