/*
 * The smallest app that tells how it is run: answers HTTP on $PORT (or $LISTEN) with facts, ends on SIGTERM with $CODE, not at all with
 * $STUBBORN. `exit N` and `abort` end at once.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *variable(const char *name, const char *otherwise) {
	const char *value = getenv(name);
	return value ? value : otherwise;
}

static void stop(int number) {
	char line[40];
	write(1, line, snprintf(line, sizeof line, "stopped by %d\n", number));
	if (!getenv("STUBBORN")) _exit(atoi(variable("CODE", "0")));
}

static const char *writes(const char *path) { return open(path, O_CREAT | O_WRONLY, 0600) < 0 ? strerror(errno) : "written"; }

static const char *reads(const char *path) {
	static char text[200];
	int file = open(path, O_RDONLY);
	ssize_t length = file < 0 ? -1 : read(file, text, sizeof text - 1);
	text[length < 0 ? 0 : length] = 0;
	return text;
}

int main(int count, char **words) {
	if (count > 2 && !strcmp(words[1], "exit")) return atoi(words[2]);
	if (count > 1 && !strcmp(words[1], "abort")) {
		kill(getpid(), SIGABRT);
		/* The first process of a namespace is spared by its own signals, but not by this. */
		*(volatile int *)0 = 0;
	}
	for (int number = 1; number < 16; number++)
		if (number == SIGHUP || number == SIGINT || number == SIGTERM || number == SIGUSR1) signal(number, stop);
	int server = socket(AF_INET, SOCK_STREAM, 0), one = 1;
	setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	struct sockaddr_in place = {AF_INET, htons(atoi(variable("LISTEN", variable("PORT", "8080")))), {0}};
	if (bind(server, (void *)&place, sizeof place) || listen(server, 64)) return 98;
	write(1, "listening\n", 10);
	write(2, "on stderr\n", 10);
	for (;;) {
		char request[4096], body[2000], head[200];
		int client = accept(server, 0, 0);
		read(client, request, sizeof request);
		int length = snprintf(body, sizeof body,
			"{\"uid\":%d,\"gid\":%d,\"root\":\"%s\",\"tmp\":\"%s\",\"data\":\"%s\",\"volume\":\"%s\",\"greeting\":\"%s\",\"file\":\"%s\",\"home\":\"%s\",\"port\":\"%s\"}", getuid(), getgid(),
			writes("/written"), writes("/tmp/written"), writes("/data/written"), reads("/volume/text"), variable("GREETING", ""), variable("FROM_FILE", ""),
			variable("HOME", ""), variable("PORT", ""));
		write(client, head, snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n", length));
		write(client, body, length);
		close(client);
	}
}
