// account FILE COMMAND…: runs COMMAND, passes SIGINT and SIGTERM on to it, and appends to FILE what it cost: wall, user and system
// seconds and the largest resident size in KiB, of the command and all that it started, helpers that left its session included.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile pid_t child;

static void pass_on(int number)
{
	if (child > 0)
		kill(child, number);
}

static double seconds(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = pass_on };
	struct rusage used;
	int status, result = 1;
	if (argc < 3)
		return 2;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	double start = now();
	child = fork();
	if (child == 0) {
		// A shell starts what it puts into the background deaf to Ctrl-C.
		signal(SIGINT, SIG_DFL);
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	for (;;) {
		pid_t ended = wait(&status);
		if (ended < 0 && errno != EINTR)
			break;
		if (ended == child) {
			child = 0;
			result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		}
	}
	double wall = now() - start;
	getrusage(RUSAGE_CHILDREN, &used);
	FILE *file = fopen(argv[1], "a");
	if (!file || fprintf(file, "%.6f\t%.6f\t%.6f\t%ld\n", wall, seconds(used.ru_utime), seconds(used.ru_stime), used.ru_maxrss) < 0 || fclose(file)) {
		perror(argv[1]);
		return 1;
	}
	return result;
}
